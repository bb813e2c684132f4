"""Reading a long file in a process of its own, a batch ahead of the log.

Reading costs as much as appending; with a second core a long import takes little more than half the time.
"""

import gc
import marshal
import os
import signal
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.identity.numbers import Identity
from ingest.importing.row_batches import BATCH, BatchReader, RowBatch, RowTally
from ingest.importing.row_compiler import RowReader
from ingest.kinds import Reading
from ingest.profiles.profile import load_profiles, named
from ingest.recognition.column_values import check_columns
from ingest.recognition.recognise import recognise
from tracker.log import PreparedEvents
from tracker.tabular import FileRefused, open_tables
from tracker.vault import CenterVault
from tracker.workdays import Calendar

_WITHOUT_REFERENCES = 2  # of marshal's versions: looking for objects met before takes as long as writing them

PART = 500  # events
FIRST = 1_000  # events, so that the log has something to do soon

LONG_FILE = 8 << 20  # bytes; below, starting a process takes longer than it saves


class ReadingStopped(RuntimeError):
    """读取文件的进程意外停止；没有导入任何内容，可以重新导入。"""


@dataclass(frozen=True, kw_only=True)
class ReadingAssignment:
    """What a reading process must know to read a table as its parent would."""

    home: Path
    center: str
    path: Path
    sheet: int  # number of the table
    profile: str
    today: date
    vault: CenterVault
    encoding: str | None = None
    identity: Identity = field(default_factory=Identity)
    name: str = ""  # tells the table from all others

    def intake(self) -> BatchReader:
        """The table, opened and recognised. Raises: FileRefused."""
        profile = named(load_profiles(self.home / "profiles", self.center), self.profile)
        table = next(
            table for table in open_tables(self.path, self.encoding)[0] if table.number == self.sheet
        )
        reading = Reading(
            token=self.vault.token,
            rules=profile.rules,
            today=self.today,
            calendar=Calendar.load(self.home / "calendars"),
        )
        recognition = check_columns(table, recognise(table.head(), [profile]))
        reader = RowReader(recognition, reading)
        return BatchReader(reader, table, self.today, self.identity, self.name)


class ParallelReader:
    """Gives the batches of a table that another process reads; the tally is there after the last one."""

    def __init__(self, assignment: ReadingAssignment) -> None:
        self.tally = RowTally()
        self._assignment = assignment

    def batches(self) -> Iterator[RowBatch]:
        """As Intake gives them. Raises: FileRefused, ReadingStopped."""
        processes = get_context("fork") if _may_fork() else get_context("spawn")
        receiving, sending = processes.Pipe(duplex=False)
        _widen(receiving)
        process = processes.Process(target=_read, args=(self._assignment, receiving, sending), daemon=True)
        process.start()
        sending.close()
        try:
            yield from self._receive_batches(receiving)
        finally:
            receiving.close()
            process.terminate()
            process.join()

    def _receive_batches(self, receiving: Connection) -> Iterator[RowBatch]:
        while True:
            try:
                message, content = receiving.recv()
            except EOFError:
                raise ReadingStopped("读取文件的进程意外停止；没有导入任何内容，可以重新导入。") from None
            if message == "refused":
                raise FileRefused(content)
            if message == "failed":
                raise ReadingStopped(f"读取文件时出错；没有导入任何内容。\n{content}")
            if message == "tally":
                self.tally = content
                return
            batch, parts = content
            for _ in range(parts):
                # a process of our own wrote it
                columns, met = marshal.loads(receiving.recv_bytes())  # nosec B302
                batch.events.extend(PreparedEvents(*columns))
                self._assignment.vault.remember(met)
            yield batch


def is_worthwhile(path: Path) -> bool:
    """Whether a file is long enough, and there is a second core."""
    return path.stat().st_size >= LONG_FILE and (os.cpu_count() or 1) > 1


def _widen(pipe: Connection) -> None:
    """Lets a pipe hold a megabyte, where the system can: else the processes wake each other every 64 KB."""
    with suppress(ImportError, OSError):  # Linux alone has it, and grants a user so many
        from fcntl import F_SETPIPE_SZ, fcntl

        fcntl(pipe.fileno(), F_SETPIPE_SZ, 1 << 20)


def _may_fork() -> bool:
    """A fork is there at once, a process begun anew takes most of a second; but threads bear no fork."""
    tasks = Path("/proc/self/task")  # of Linux alone; native threads are listed too
    return tasks.exists() and len(list(tasks.iterdir())) == 1


def _read(assignment: ReadingAssignment, receiving: Connection, sending: Connection) -> None:
    """The reading process: sends batches, then the tally, or why there is none."""
    receiving.close()  # else a parent that was killed would never be missed
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is asked to stop, and stops this process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.disable()
    try:
        intake = assignment.intake()
        for batch, parts in _pack_batches(intake, assignment.vault):
            sending.send(("batch", (batch, len(parts))))
            for part in parts:
                sending.send_bytes(part)
        sending.send(("tally", intake.tally))
    except FileRefused as refusal:
        sending.send(("refused", str(refusal)))
    except BrokenPipeError:
        pass  # the parent gave up
    except Exception:
        sending.send(("failed", traceback.format_exc()))


def _pack_batches(intake: BatchReader, vault: CenterVault) -> Iterator[tuple[RowBatch, list[bytes]]]:
    """Batches, the first ones smaller; their events, and the values met in them, beside them in parts.

    Some hundred events are packed, and let go of, while they are in the processor's cache.
    Marshalled columns take half the time of pickled events, as there are many and all plain.
    """
    batch, parts, events, enough = RowBatch(), [], 0, FIRST
    for part in intake.batches(PART):
        parts.append(marshal.dumps((part.events.columns(), vault.met()), _WITHOUT_REFERENCES))
        events += len(part.events)
        batch.problems += part.problems
        batch.row, batch.share = part.row, part.share
        if events >= enough or len(batch.problems) >= enough:
            yield batch, parts
            batch, parts, events, enough = RowBatch(row=batch.row), [], 0, min(2 * enough, BATCH)
    yield batch, parts

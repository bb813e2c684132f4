"""Reading a long file in a process of its own, a batch ahead of the log.

Reading costs as much as appending; with a second core a long import takes little more than half the time.
"""

import gc
import marshal
import os
import signal
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.intake import Batch, Intake, Tally
from ingest.kinds import Reading
from ingest.profiles import load_profiles, named
from ingest.readers import FileRefused, open_tables
from ingest.recognition import recognise
from ingest.rows import RowReader
from tracker.log import Prepared
from tracker.vault import Met, Vault
from tracker.workdays import Calendar

_WITHOUT_REFERENCES = 2  # of marshal's versions: looking for objects met before takes as long as writing them

LONG_FILE = 8 << 20  # bytes; below, starting a process takes longer than it saves


class ReadingStopped(RuntimeError):
    """读取文件的进程意外停止；没有导入任何内容，可以重新导入。"""


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What a reading process must know to read a table as its parent would."""

    home: Path
    center: str
    path: Path
    sheet: int  # number of the table
    profile: str
    today: date
    vault: Vault
    encoding: str | None = None

    def intake(self) -> Intake:
        """The table, opened and recognised. Raises: FileRefused."""
        profile = named(load_profiles(self.home / "profiles", self.center), self.profile)
        table = next(
            table for table in open_tables(self.path, self.encoding)[0] if table.number == self.sheet
        )
        reading = Reading(
            token=self.vault.token, rules=profile.rules, calendar=Calendar.load(self.home / "calendars")
        )
        return Intake(RowReader(recognise(table.head(), [profile]), reading), table, self.today)


class ReadingAhead:
    """Gives the batches of a table that another process reads; the tally is there after the last one."""

    def __init__(self, assignment: Assignment) -> None:
        self.tally = Tally()
        self._assignment = assignment

    def batches(self) -> Iterator[Batch]:
        """As Intake gives them. Raises: FileRefused, ReadingStopped."""
        processes = get_context("fork") if _may_fork() else get_context("spawn")
        receiving, sending = processes.Pipe(duplex=False)
        process = processes.Process(target=_read, args=(self._assignment, receiving, sending), daemon=True)
        process.start()
        sending.close()
        try:
            yield from self._received(receiving)
        finally:
            receiving.close()
            process.terminate()
            process.join()

    def _received(self, receiving: Connection) -> Iterator[Batch]:
        while True:
            try:
                said, content = receiving.recv()
            except EOFError:
                raise ReadingStopped("读取文件的进程意外停止；没有导入任何内容，可以重新导入。") from None
            if said == "refused":
                raise FileRefused(content)
            if said == "failed":
                raise ReadingStopped(f"读取文件时出错；没有导入任何内容。\n{content}")
            if said == "tally":
                self.tally = content
                return
            columns, met = marshal.loads(receiving.recv_bytes())
            content.events = list(map(Prepared._make, zip(*columns, strict=True)))
            self._assignment.vault.remember(met)
            yield content


def worthwhile(path: Path) -> bool:
    """Whether a file is long enough, and there is a second core."""
    return path.stat().st_size >= LONG_FILE and (os.cpu_count() or 1) > 1


def _may_fork() -> bool:
    """A fork is there at once, a process begun anew takes most of a second; but threads bear no fork."""
    tasks = Path("/proc/self/task")  # of Linux alone; native threads are listed too
    return tasks.exists() and len(list(tasks.iterdir())) == 1


def _read(assignment: Assignment, receiving: Connection, sending: Connection) -> None:
    """The reading process: sends batches, then the tally, or why there is none."""
    receiving.close()  # else a parent that was killed would never be missed
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is asked to stop, and stops this process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.disable()
    try:
        intake = assignment.intake()
        for batch in intake.batches():
            _send(sending, batch, assignment.vault.met())
        sending.send(("tally", intake.tally))
    except FileRefused as refusal:
        sending.send(("refused", str(refusal)))
    except BrokenPipeError:
        pass  # the parent gave up
    except Exception:
        sending.send(("failed", traceback.format_exc()))


def _send(sending: Connection, batch: Batch, met: Met) -> None:
    """Hands over a batch and lets go of it before the next one is read.

    Events go by columns and marshalled, as there are many and all plain: in half the time of pickling them.
    """
    plain = marshal.dumps((tuple(zip(*batch.events, strict=True)), met), _WITHOUT_REFERENCES)
    batch.events.clear()
    sending.send(("batch", batch))
    sending.send_bytes(plain)

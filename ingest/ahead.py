"""Reading a long text file in a process of its own, one batch ahead of the log.

Parsing and checking take as long as numbering, chaining and copying; side by side they take half. Only
texts cross over: the events as the log will hold them, and problems with the rows.
"""

import multiprocessing
import pickle
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.intake import Batch, Intake
from ingest.kinds import Reading
from ingest.profiles import load_profiles, named
from ingest.readers import TextTable
from ingest.recognition import recognise
from ingest.rows import RowReader
from tracker.log import Prepared
from tracker.vault import Vault
from tracker.workdays import Calendar

LONG = 8 << 20  # bytes; below this, starting a process costs more than it saves


@dataclass(frozen=True)
class Errand:
    """What the reading process is sent off with: enough to understand the table again by itself."""

    path: Path
    home: Path
    profile: str
    vault: Vault
    today: date


class ReadAhead:
    """Stands for an Intake whose rows are read elsewhere; has its counts once the batches are taken."""

    def __init__(self, errand: Errand, reader: RowReader) -> None:
        self.accepted = 0
        self.quarantined = 0
        self.skipped: Counter[str] = Counter()
        self.days: Counter[date] = Counter()
        self.last_row = 0
        self.share = 0.0
        self.reader = reader
        self._errand = errand

    @property
    def rows(self) -> int:
        return self.accepted + self.quarantined

    def batches(self) -> Iterator[Batch]:
        """What the other process reads. Raises: what it raised."""
        spawning = multiprocessing.get_context("spawn")
        near, far = spawning.Pipe(duplex=False)
        process = spawning.Process(target=_read, args=(self._errand, far), daemon=True)
        process.start()
        far.close()
        try:
            yield from self._received(near)
        finally:
            near.close()
            process.join()

    def _received(self, near: Connection) -> Iterator[Batch]:
        while True:
            told = pickle.loads(near.recv_bytes())
            if isinstance(told, BaseException):
                raise told
            events, problems, personal, self.last_row, self.share, ending = told
            self._errand.vault.remember(personal)
            if ending:
                self.accepted, self.quarantined, self.skipped, self.days, notices = ending
                self.reader.recognition.notices.update(notices)
            yield Batch([Prepared(*event) for event in events], problems)
            if ending:
                return


def _read(errand: Errand, far: Connection) -> None:
    """The other process: reads and checks, and hands on batch by batch until the file or the reader ends."""
    try:
        try:
            for told in _told(errand):
                far.send_bytes(pickle.dumps(told, pickle.HIGHEST_PROTOCOL))
        except Exception as problem:
            far.send_bytes(pickle.dumps(problem))
    except BrokenPipeError:
        pass  # the import was given up


def _told(errand: Errand) -> Iterator[tuple[object, ...]]:
    table = TextTable(errand.path)
    profile = named(load_profiles(errand.home / "profiles"), errand.profile)
    recognition = recognise(table.head(), [profile])
    calendar = Calendar.load(errand.home / "calendars")
    reading = Reading(token=errand.vault.token, rules=recognition.profile.rules, calendar=calendar)
    intake = Intake(RowReader(recognition, reading), table, errand.today)
    batches = intake.batches()
    batch = next(batches, Batch())
    while batch is not None:
        following = next(batches, None)
        ending = None
        if following is None:
            ending = (
                intake.accepted,
                intake.quarantined,
                intake.skipped,
                intake.days,
                dict(recognition.notices),
            )
        events = [tuple(event) for event in batch.events]
        yield events, batch.problems, errand.vault.met(), intake.last_row, table.share_read(), ending
        batch = following

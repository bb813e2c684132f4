"""One table's rows on their way to the log: read, checked, counted, handed on in batches."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

from ingest.cells import Notices
from ingest.kinds import RowProblem
from ingest.readers import Cell, Row, Table
from ingest.recognition import Recognition
from ingest.rejection import Problem, kind_of_no_data, problem_of_row, problems_of
from ingest.rows import RowReader, RowUnfit
from tracker.log import Prepared, prepare

BATCH = 10_000  # events
_ROWS = 100  # read together: few enough to stay in the processor's cache

Told = dict[str | tuple[str, str], tuple[int, int]]  # subject, or it and slot → row, hash of what it said


@dataclass
class Batch:
    """Some rows' events, and the problems of those that were not read."""

    events: list[Prepared] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    row: int = 0  # the last one
    share: float = 0  # of the table read so far, 0 to 1


@dataclass
class Tally:
    """What a table's rows were."""

    accepted: int = 0
    quarantined: int = 0
    skipped: Counter[str] = field(default_factory=Counter)  # rows that are no data, by sort
    days: Counter[date] = field(default_factory=Counter)  # rows accepted, by the day they count on
    notices: Notices = field(default_factory=Notices)

    @property
    def rows(self) -> int:
        """Data rows."""
        return self.accepted + self.quarantined


class Intake:
    """Reads one table once; the tally grows while the batches are taken."""

    def __init__(self, reader: RowReader, table: Table, today: date) -> None:
        self.tally = Tally(notices=reader.recognition.notices)
        self._reader = reader
        self._table = table
        self._day = reader.kind.day
        self._date = lru_cache(_date)
        self._today = today
        self._told: Told = {}
        self._told_before: Told = {}

    def batches(self) -> Iterator[Batch]:
        """Batches of some ten thousand events, the last one smaller. Raises: FileRefused."""
        batch = Batch()
        for rows in _some(self._rows()):
            for row, ready in zip(rows, self._reader.prepared(rows), strict=True):
                self._take_in(*row, ready, batch)
            batch.row, batch.share = rows[-1][0], self._table.share_read()
            if len(batch.events) >= BATCH or len(batch.problems) >= BATCH:
                yield batch
                batch = Batch(row=batch.row)
        batch.share = 1
        yield batch

    def _rows(self) -> Iterator[Row]:
        header = self._reader.recognition.header.last_row
        return (row for row in self._table.rows(filled_down(self._reader.recognition)) if row[0] > header)

    def _take_in(self, number: int, cells: Sequence[Cell], ready: Prepared | None, batch: Batch) -> None:
        try:
            if ready is None:
                self._read(number, cells, batch)
            else:
                self._check_repeated(ready, number)
                self._count(self._date(ready.days))
                batch.events.append(ready)
        except RowUnfit:
            self._set_aside(number, cells, batch)
        except RowProblem as wrong:
            self.tally.quarantined += 1
            batch.problems.append(problem_of_row(self._reader, number, cells, wrong))

    def _read(self, number: int, cells: Sequence[Cell], batch: Batch) -> None:
        """Raises: RowUnfit, RowProblem; then nothing of the row is in the batch."""
        events = self._reader.events(cells)
        alone = len(events) == 1 and not events[0].slot
        prepared = [prepare(event, number, alone=alone) for event in events]
        for ready in prepared:
            self._check_repeated(ready, number)
        self._count(self._day(events[0]) if events else None)
        batch.events += prepared

    def _count(self, day: date | None) -> None:
        """Raises: RowProblem for a day that cannot be."""
        if day is not None:
            if day not in self.tally.days:
                self._check_past(day)
            self.tally.days[day] += 1
        self.tally.accepted += 1

    def _check_repeated(self, ready: Prepared, number: int) -> None:
        """Raises: RowProblem when a row shortly before said something else of the same thing.

        The same row again passes: the log holds it. Memory reaches back some ten thousand events."""
        key = (ready.subject, ready.slot) if ready.slot else ready.subject
        known = self._told.get(key) or self._told_before.get(key)
        said = hash(ready.text)
        if known is not None and known[1] != said:
            kind = self._reader.kind
            raise RowProblem(kind.fields[0].key, f"在第 {known[0]} 行已有不同的内容", kind.when_repeated)
        if len(self._told) >= BATCH:
            self._told, self._told_before = {}, self._told
        self._told[key] = (number, said)

    def _set_aside(self, number: int, cells: Sequence[Cell], batch: Batch) -> None:
        """Counts a row that is no data; otherwise notes everything that is wrong with it."""
        sort = kind_of_no_data(self._reader, cells)
        if sort:
            self.tally.skipped[sort] += 1
            return
        self.tally.quarantined += 1
        batch.problems += problems_of(self._reader, number, cells)

    def _check_past(self, day: date) -> None:
        """Raises: RowProblem for a day after tomorrow: clocks differ, but not by that much."""
        kind = self._reader.kind
        if kind.past and day > self._today + timedelta(days=1):
            raise RowProblem(kind.dated_by, "在将来", "请核对年份和日期")


def filled_down(recognition: Recognition) -> frozenset[int]:
    """Columns in which a vertically merged cell speaks for every row it spans."""
    columns, by_key = recognition.columns, recognition.profile.kind.by_key
    return frozenset(
        column.index for key, found in columns.items() if not by_key[key].additive for column in found
    )


def _some(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while some := list(islice(rows, _ROWS)):
        yield some


def _date(piece: bytes) -> date:
    return date.fromisoformat(piece[1:-1].decode())

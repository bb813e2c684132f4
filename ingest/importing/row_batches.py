"""One table's rows on their way to the log: read, checked, counted, handed on in batches."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import dropwhile, groupby, islice
from typing import Any

import orjson

from ingest.cells import NoticeCounts, to_comparable, to_plain
from ingest.identity.numbers import UNSCOPED, Identity
from ingest.importing.row_compiler import RowReader, RowUnfit
from ingest.importing.row_errors import (
    NOTE,
    REPEATED_HEADER,
    TOTAL,
    Problem,
    check_note,
    check_repeated_header,
    classify_no_data,
    hold_back,
    list_doubts,
    list_problems,
    make_row_problem,
)
from ingest.kinds import RowProblem
from ingest.kinds.kind import AHEAD
from ingest.recognition.header_labels import parse_label
from ingest.recognition.recognise import Recognition
from ingest.recognition.unread_columns import UnreadColumns, UnreadWords
from tracker.log import PreparedEvent, PreparedEvents, prepare_event
from tracker.log.personal_events import replace_personal
from tracker.personal_text import replace_in_code
from tracker.tabular import Cell, Row, Table, UnreadableRow

BATCH = 5_000  # events
_REMEMBERED = 10_000  # events, and as many before them, with which the next ones are compared
_NOTES = 20  # kept of a table, beside the last one
_ROWS = 100  # read together: few enough to stay in the processor's cache

# Subject, or it and what else tells things apart → row, hash of what it said, day that it counts on
SeenThings = dict[str | tuple[Any, ...], tuple[int | None, int, date | None]]


@dataclass
class RowBatch:
    """Some rows' events, and the problems of those that were not read."""

    events: PreparedEvents = field(default_factory=PreparedEvents)
    problems: list[Problem] = field(default_factory=list)
    row: int = 0  # the last one
    share: float = 0  # of the table read so far, 0 to 1


@dataclass
class RowTally:
    """What a table's rows were."""

    accepted: int = 0
    quarantined: int = 0  # rows held back
    doubtful: int = 0  # of the accepted, those with a field that was not understood
    skipped: Counter[str] = field(default_factory=Counter)  # rows that are no data, by sort
    days: Counter[date] = field(default_factory=Counter)  # rows accepted, by the day they count on
    notices: NoticeCounts = field(default_factory=NoticeCounts)
    notes: list[list[str]] = field(default_factory=list)  # lines that are no rows, the last ones
    totals: list[Sequence[Cell]] = field(default_factory=list)  # lines of totals, the last ones
    unread: UnreadWords = field(default_factory=Counter)  # what decides, in columns that nothing reads

    @property
    def rows(self) -> int:
        """Data rows."""
        return self.accepted + self.quarantined


class BatchReader:
    """Reads one table once; the tally grows while the batches are taken."""

    def __init__(
        self,
        reader: RowReader,
        table: Table,
        today: date,
        identity: Identity | None = None,
        name: str = "",
        times: Mapping[int, datetime] | None = None,
    ) -> None:
        """`identity`: what its numbers identify; `name` tells the table from all others; `times`: row → of
        when it speaks, where rows say so."""
        self._unread = UnreadColumns(reader.recognition)
        self.tally = RowTally(notices=reader.recognition.notices, unread=self._unread.found)
        self._reader = reader
        self._open_table = table
        self._only = _find_only(reader.recognition)
        self._day = reader.kind.day
        self._date = lru_cache(_parse_date)
        self._today = today
        self._identity = identity or Identity()
        self._name = name
        self._times = times or {}
        self._told: SeenThings = {}
        self._told_before: SeenThings = {}

    def batches(self, size: int | None = None) -> Iterator[RowBatch]:
        """Batches of at least so many events, or problems, the last one smaller. Raises: FileRefused."""
        size, batch = size or BATCH, RowBatch()
        for rows in _chunk_rows(self._rows()):
            self._unread.look_through(rows)
            prepared = self._reader.prepared(rows) if self._identity.plain else PreparedEvents()
            for stretch, ready in _split_stretches(rows, prepared):
                if ready and self._is_expected(ready):
                    self._accept(ready, batch)
                else:
                    for number, cells in stretch:
                        self._take_in(number, cells, batch)
            batch.row, batch.share = rows[-1][0], self._open_table.share_read()
            if len(batch.events) >= size or len(batch.problems) >= size:
                yield batch
                batch = RowBatch(row=batch.row)
        batch.share = 1
        yield batch

    def _rows(self) -> Iterator[Row]:
        header = self._reader.recognition.header.last_row
        rows = dropwhile(
            lambda row: row[0] <= header, self._open_table.rows(find_filled_columns(self._reader.recognition))
        )
        return filter(self._counts, rows) if self._only else rows

    def _counts(self, row: Row) -> bool:
        """Whether a row is one of those that its profile says are read; else it is counted and left out."""
        _, cells = row
        for index, title, words in () if isinstance(cells, UnreadableRow) else self._only:
            word = to_comparable(to_plain(cells[index])) if index < len(cells) else ""
            if word and word not in words and word != to_comparable(title):
                self.tally.skipped[f"{title}不是{'、'.join(self._words_of(title))}的行"] += 1
                return False
        return True

    def _words_of(self, title: str) -> tuple[str, ...]:
        return self._reader.recognition.profile.rules.only[title]

    def _is_expected(self, ready: PreparedEvents) -> bool:
        """Whether all tell of different things, none of them told of shortly before, and of possible days."""
        subjects = ready.subjects
        return (
            len(set(subjects)) == len(subjects)
            and self._told.keys().isdisjoint(subjects)
            and self._told_before.keys().isdisjoint(subjects)
            and not any(self._is_in_future(self._date(day)) for day in set(ready.days))
        )

    def _accept(self, ready: PreparedEvents, batch: RowBatch) -> None:
        """Takes in expected events, each of which is all of its row."""
        if len(self._told) >= _REMEMBERED:
            self._told, self._told_before = {}, self._told
        entries = zip(ready.rows, map(hash, ready.texts), map(self._date, ready.days), strict=True)
        self._told.update(zip(ready.subjects, entries, strict=True))
        for day, times in Counter(ready.days).items():
            self.tally.days[self._date(day)] += times
        self.tally.accepted += len(ready)
        batch.events.extend(ready)

    def _take_in(self, number: int, cells: Sequence[Cell], batch: RowBatch) -> None:
        noticed = self.tally.notices.copy()
        try:
            self._read(number, cells, batch)
        except RowUnfit:
            self._set_aside(number, cells, batch)
            self._reader.forget_since(noticed)
        except RowProblem as wrong:
            self._hold_back(cells, batch, [make_row_problem(self._reader, number, cells, wrong)])
            self._reader.forget_since(noticed)

    def _read(self, number: int, cells: Sequence[Cell], batch: RowBatch) -> None:
        """Raises: RowUnfit, RowProblem; then nothing of the row is in the batch."""
        events, doubts = self._reader.read(cells)
        alone = len(events) == 1 and not events[0].slot
        day = self._day(events[0]) if events else None
        prepared = [prepare_event(event, number, alone=alone) for event in events]
        prepared = [replace_personal(ready, self._reader.token) for ready in prepared]
        if not self._identity.plain:
            prepared = [self._identity.named(ready, day, self._name) for ready in prepared]
        for ready in prepared if not self._reader.kind.counted else ():
            self._check_repeated(ready, number, day)
        self._count(day)
        if doubts:
            self.tally.doubtful += 1
            batch.problems += list_doubts(self._reader, number, doubts)
        for ready in prepared:
            batch.events.append(ready)

    def _count(self, day: date | None) -> None:
        """Raises: RowProblem for a day that cannot be."""
        if day is not None:
            if self._is_in_future(day):
                raise RowProblem(self._reader.kind.dated_by, "在将来", "请核对年份和日期")
            self.tally.days[day] += 1
        self.tally.accepted += 1

    def _check_repeated(self, ready: PreparedEvent, number: int, day: date | None) -> None:
        """Raises: RowProblem when a row shortly before said something else of the same thing.

        The same row again passes: the log holds it. So does one of another day, where numbers may start
        again: it is asked about; and one that speaks of another time. Memory reaches back some ten thousand
        events; what lies further back is found when the events are taken in
        (`ingest/changes/repeated_numbers.py`)."""
        kind = self._reader.kind
        key: str | tuple[Any, ...] = (ready.subject, ready.slot) if ready.slot else ready.subject
        if kind.apart is not None:
            data = orjson.loads(ready.text)
            key = (ready.subject, ready.slot, *(data.get(name) for name in kind.apart))
        previous = self._told.get(key) or self._told_before.get(key)
        digest = hash(ready.text)
        at_once = previous is None or self._times.get(previous[0] or 0) == self._times.get(number)
        if (
            previous is not None
            and previous[1] != digest
            and at_once
            and (kind.marks is None or previous[2] == day)
        ):
            raise RowProblem(
                kind.fields[0].key, f"与第 {previous[0]} 行编号相同、内容不同", kind.when_repeated
            )
        if len(self._told) >= _REMEMBERED:
            self._told, self._told_before = {}, self._told
        self._told[key] = (number, digest, day)

    def _set_aside(self, number: int, cells: Sequence[Cell], batch: RowBatch) -> None:
        """Counts a row that is no data; otherwise notes everything that is wrong with it.

        Raises: FileRefused for a line that states another unit than the rows before it were read in, or
        other columns."""
        sort = classify_no_data(self._reader, cells)
        if sort == NOTE:
            check_note(number, cells)
        if sort == REPEATED_HEADER:
            check_repeated_header(self._reader, number, cells)
        if sort:
            self._reader.recognition.check_units(number, cells)
            self.tally.skipped[sort] += 1
            if sort in (NOTE, TOTAL):
                self.tally.notes = [
                    *self.tally.notes[-_NOTES:],
                    [to_plain(cell) for cell in cells if cell != ""],
                ]
            if sort == TOTAL:
                self.tally.totals = [*self.tally.totals[-_NOTES:], cells]
            return
        self._hold_back(cells, batch, list_problems(self._reader, number, cells))

    def _hold_back(self, cells: Sequence[Cell], batch: RowBatch, problems: Sequence[Problem]) -> None:
        problems = hold_back(self._reader, cells, problems)
        day, moment = problems[0].day, problems[0].moment
        if day is not None and self._reader.kind.past and day > self._today + AHEAD:
            day = moment = None  # no row is of a day to come: its day was misread, or mistyped
        thing = problems[0].thing
        if thing is not None:
            thing = replace_in_code(thing, self._reader.token)
            thing = self._identity.subject(thing, day, self._name, UNSCOPED)
        self.tally.quarantined += 1
        batch.problems += [replace(problem, day=day, moment=moment, thing=thing) for problem in problems]

    def _is_in_future(self, day: date) -> bool:
        """Whether a day cannot be: it comes after tomorrow, as clocks differ, but not by more than that."""
        return self._reader.kind.past and day not in self.tally.days and day > self._today + AHEAD


def find_filled_columns(recognition: Recognition) -> frozenset[int]:
    """Columns in which a vertically merged cell speaks for every row it spans."""
    columns, by_key = recognition.columns, recognition.profile.kind.by_key
    return frozenset(
        column.index for key, found in columns.items() if not by_key[key].additive for column in found
    )


def _find_only(recognition: Recognition) -> list[tuple[int, str, frozenset[str]]]:
    """Of the columns that say which rows count: place, title, comparable words."""
    bases = [parse_label(title).base for title in recognition.header.titles]
    return [
        (bases.index(base), title, frozenset(map(to_comparable, words)))
        for title, words in recognition.profile.rules.only.items()
        if (base := parse_label(title).base) in bases
    ]


def _chunk_rows(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while some := list(islice(rows, _ROWS)):
        yield some


def _split_stretches(
    rows: Sequence[Row], ready: PreparedEvents
) -> Iterator[tuple[Sequence[Row], PreparedEvents | None]]:
    """The rows in turn: those side by side whose events are ready with these, the others without any."""
    if len(ready) == len(rows):
        yield rows, ready
        return
    numbers, place = set(ready.rows), 0
    for is_ready, found in groupby(rows, lambda row: row[0] in numbers):
        stretch = list(found)
        yield stretch, ready.cut(place, place + len(stretch)) if is_ready else None
        place += len(stretch) if is_ready else 0


def _parse_date(piece: bytes) -> date:
    return date.fromisoformat(piece[1:-1].decode())

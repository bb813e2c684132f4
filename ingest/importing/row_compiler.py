"""Rows to events: the columns of a table compiled once, then applied to every row."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from ingest.cells import (
    NULL,
    CellProblem,
    Column,
    JsonValue,
    NoticeCounts,
    find_unit_family,
    read_id,
    text,
    to_plain,
)
from ingest.importing.field_readers import (
    is_composed,
    join_columns,
    list_composed,
    make_column_json_reader,
    make_composer,
    make_many_reader,
    make_parser,
    make_row_reader,
)
from ingest.kinds import Reading, RowProblem
from ingest.kinds.kind import AHEAD
from ingest.recognition.fields import Field
from ingest.recognition.recognise import Recognition
from ingest.recognition.total_rows import TOTALS, is_balance, is_like_a_total, is_part, is_sum, is_total
from tracker.events import Event
from tracker.log import PreparedEvents
from tracker.tabular import Cell, Row, UnreadableRow

_PART = ("像是上面一行的一部分", "已经算在上面一行里的，请删去这一行；没有算在里面的，请去掉“其中”二字")
_BALANCE = ("像是结转或余额行", "不是一笔明细的，请删去这一行；是的，请换一个名称")
_BEGIN_OF_NUMBER, _REST_OF_NUMBER = re.compile(r"[-+¥￥]*\d{1,3}"), re.compile(r"\d{3}(?:\.\d+)?元?")
_LIKE_A_TOTAL = ("像是合计", "是合计行的，请删去这一行；不是的，请换一个名称")


class RowUnfit(Exception):
    """A row gives no events as it stands; `ingest.importing.row_errors` says why."""


CellDoubt = tuple[str, Cell, CellProblem | RowProblem]  # key of a field, its cell, what is wrong there


class RowReader:
    """Turns the rows of one table into events."""

    def __init__(self, recognition: Recognition, reading: Reading) -> None:
        self.recognition = recognition
        self.kind = recognition.profile.kind
        present = reading.present | {*recognition.columns, *recognition.profile.constants}
        units = {key: columns[0].unit for key, columns in recognition.columns.items() if columns}
        labels = {key: columns[0].label for key, columns in recognition.columns.items() if columns}
        reading = replace(reading, present=present, units=units, labels=labels, notices=recognition.notices)
        self.token, self._today = reading.token, reading.today
        self._doubts = reading.doubts
        self._notices = reading.notices
        self._build = self.kind.build(reading)
        self._untold = frozenset(self.kind.by_key) - present
        self._vital = frozenset(field.key for field in self.kind.fields if field.is_vital or field.many)
        self._width = recognition.header.width
        self._printed_width = len(recognition.header.titles)
        self._counting = [
            column.index
            for key, columns in recognition.columns.items()
            if find_unit_family(self.kind.by_key[key].read)
            for column in columns
        ]
        derived = recognition.profile.rules.derived  # of these a cell may be empty
        fields = [replace(one, filled=False) if one.key in derived else one for one in self.kind.fields]
        self._takes = [self._take(field) for field in fields]
        self._named_by = (
            [  # by these a row of totals is known that could pass as one of data
                (field.key, recognition.columns[field.key][0].index)
                for field in self.kind.fields
                if field.read in (text, read_id) and field.is_vital and recognition.columns.get(field.key)
            ]
            if self.kind.in_columns is None
            else []
        )
        self._may_total = any(field.read is text and field.required for field in self.kind.fields)
        self._carries_over = "movement" in self.kind.by_key  # 上年结转 is a movement of a budget
        self._in_columns = self.kind.in_columns(reading) if self.kind.in_columns else None
        self._take_pieces = (
            [self._make_json_reader(field) for field in self.kind.fields] if self._in_columns else []
        )

    def events(self, cells: Sequence[Cell]) -> Sequence[Event]:
        """The events of a row all of whose cells are understood. Raises: RowUnfit, RowProblem."""
        if len(cells) != self._width:
            cells = self._fit_width(cells)
        try:
            values = [parse(cells[place]) for place, parse in self._takes]
        except CellProblem as problem:
            raise RowUnfit from problem
        self._check_totals(cells)
        events = self._build(*values)
        if self._doubts:
            self._doubts.clear()
            raise RowUnfit
        return self.kind.leave_out(events, self._untold, frozenset())

    def is_total(self, cells: Sequence[Cell]) -> bool:
        """Whether a row, filled as one of data may be, is the sum of others."""
        if self._may_total and not TOTALS.isdisjoint(cells):
            return True
        return any(is_total(cell) for _, place in self._named_by for cell in cells[place : place + 1])

    def _check_totals(self, cells: Sequence[Cell]) -> None:
        """Raises: RowUnfit for a row of totals, RowProblem for one that may be."""
        if self.is_total(cells):
            if not self.has_thing(cells):
                raise RowUnfit
            key = next(
                (key for key, place in self._named_by if is_total(cells[place])), self.kind.fields[0].key
            )
            raise RowProblem(key, *_LIKE_A_TOTAL)
        for key, place in self._named_by:
            if is_like_a_total(cells[place]):
                raise RowProblem(key, *_LIKE_A_TOTAL)
            if is_part(cells[place]):
                raise RowProblem(key, *_PART)
            if self._may_total and is_balance(cells[place]) and not self._carries_over:
                raise RowProblem(key, *_BALANCE)

    def read(self, cells: Sequence[Cell]) -> tuple[Sequence[Event], list[CellDoubt]]:
        """The events of a row, and what in it is not understood: fields that are unknown then, and no more.

        Raises: RowUnfit, RowProblem where the row cannot do without such a field."""
        noticed = self._notices.copy()
        try:
            return self.events(cells), []
        except (RowUnfit, RowProblem):
            self.forget_since(noticed)
            return self._read_in_doubt(self._fit_width(cells), noticed)

    def forget_since(self, noticed: NoticeCounts) -> None:
        """Takes back what was noticed in a row that is read once more, or not taken in."""
        self._notices.clear()
        self._notices.update(noticed)

    def _read_in_doubt(
        self, cells: Sequence[Cell], noticed: NoticeCounts
    ) -> tuple[Sequence[Event], list[CellDoubt]]:
        self._check_totals(cells)
        doubts: list[CellDoubt] = [*self.problems(cells)]
        unclear = {key for key, _, _ in doubts}
        while not unclear & self._vital:
            self._doubts.clear()
            self.forget_since(noticed)
            try:
                events = self._build(*self._values(cells, unclear))
            except RowProblem as wrong:
                if unclear.issuperset(wrong.doubtful) or self._vital.intersection(wrong.doubtful):
                    raise
                self._note(wrong, cells, unclear, doubts)
            else:
                for doubt in self._doubts:
                    self._note(doubt, cells, unclear, doubts)
                self._doubts.clear()
                return self.kind.leave_out(events, self._untold, unclear), doubts
        raise RowUnfit

    def _note(
        self, wrong: RowProblem, cells: Sequence[Cell], unclear: set[str], doubts: list[CellDoubt]
    ) -> None:
        if unclear.isdisjoint(wrong.doubtful):  # else it follows from what is in doubt already
            doubts.append((wrong.key, self._cell(cells, wrong.key), wrong))
        unclear.update(wrong.doubtful)

    def _values(self, cells: Sequence[Cell], unclear: Collection[str]) -> list[Any]:
        takes = zip(self.kind.fields, self._takes, strict=True)
        return [None if field.key in unclear else parse(cells[place]) for field, (place, parse) in takes]

    def _cell(self, cells: Sequence[Cell], key: str) -> Cell:
        columns = self.recognition.columns.get(key, ())
        return cells[columns[0].index] if columns else ""

    def prepared(self, rows: Sequence[Row]) -> PreparedEvents:
        """Of many of the rows the one event that `events` would give, without a slot, ready for the log."""
        if self._in_columns is None:
            return PreparedEvents()
        blank = [""] * self._width  # is never an event
        columns = [*zip(*(cells if len(cells) == self._width else blank for _, cells in rows), strict=True)]
        pieces = [read(columns[place]) for place, read in self._take_pieces]
        return self._in_columns([number for number, _ in rows], pieces)

    def problems(self, cells: Sequence[Cell]) -> list[tuple[str, Cell, CellProblem]]:
        """What is wrong with each cell of an unfit row: field key, value, problem."""
        cells = self._fit_width(cells)
        found: list[tuple[str, Cell, CellProblem]] = []
        for field, (place, parse) in zip(self.kind.fields, self._takes, strict=True):
            try:
                parse(cells[place])
            except CellProblem as problem:
                found.append((field.key, "" if isinstance(place, slice) else cells[place], problem))
        return found

    def has_thing(self, cells: Sequence[Cell]) -> bool:
        """Whether a row tells its own number, its day and what else its kind needs, as no sum does."""
        if self._read_one(cells, self.kind.dated_by) is None:
            return False
        number = self.kind.fields[0] if self.kind.thing else None
        if (number is None or number.key not in self.recognition.columns) and any(map(is_sum, cells)):
            return False
        for field in self.kind.fields:
            columns = self.recognition.columns.get(field.key)
            if columns and (field is number or field.is_vital):
                if self._read_one(cells, field.key) is None:
                    return False
                if field is number and any(map(_may_be_total, cells[columns[0].index :][:1])):
                    return False
        return True

    def has_number(self, cells: Sequence[Cell], after: int) -> bool:
        """Whether a cell behind this place holds a number that the kind cannot do without."""
        return any(
            isinstance(self._read_one(cells, field.key), int | float | Decimal)
            for field in self.kind.fields
            if field.is_vital
            and any(column.index > after for column in self.recognition.columns.get(field.key, ())[:1])
        )

    def find_time_and_thing(self, cells: Sequence[Cell]) -> tuple[date | None, datetime | None, str | None]:
        """The day that a row counts on, the moment, and the subject of its thing; None where no cell tells it
        or it cannot be read. One told by its day alone tells no moment."""
        kind = self.kind
        on = self._read_one(cells, kind.dated_by)
        day = on.date() if isinstance(on, datetime) else on if isinstance(on, date) else None
        moment = on if isinstance(on, datetime) and on.time() != time() else None
        number = self._read_one(cells, kind.fields[0].key) if kind.thing else None
        return day, moment, f"{kind.thing}/{number}" if number else None

    def _read_one(self, cells: Sequence[Cell], key: str) -> Any:
        columns = self.recognition.columns.get(key, ())
        if isinstance(cells, UnreadableRow) or not columns or columns[0].index >= len(cells):
            return None
        if key in self.recognition.profile.rules.several or columns[-1].half is not None:
            return self._read_one_of(cells, key, columns)
        try:
            return self.kind.by_key[key].read(columns[0])(cells[columns[0].index])
        except CellProblem:
            return None

    def _read_one_of(self, cells: Sequence[Cell], key: str, columns: tuple[Column, ...]) -> Any:
        try:
            return make_row_reader(self.recognition, self.kind.by_key[key], columns)(self._fit_width(cells))
        except (CellProblem, RowUnfit):
            return None

    def _fit_width(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """A row as wide as the header; what is short was cut off by an exporter that drops empty cells.

        Raises: RowUnfit for one that is wider, unless all are by the separators that end them."""
        surplus = cells[self._width :]
        if any(cell != "" for cell in surplus):
            raise RowUnfit
        others_end_so = self.recognition.narrowest > self._printed_width
        if len(cells) > self._printed_width and (not others_end_so or self._has_split_number(cells)):
            raise RowUnfit
        return [*cells[: self._width], *[""] * (self._width - len(cells))]

    def _has_split_number(self, cells: Sequence[Cell]) -> bool:
        """Whether 12,500.00 without quotes has become two cells."""
        return any(
            _BEGIN_OF_NUMBER.fullmatch(to_plain(cells[index]))
            and _REST_OF_NUMBER.fullmatch(to_plain(cells[index + 1]))
            for index in self._counting
            if index + 1 < len(cells) and index + 1 not in self._counting
        )

    def _take(self, field: Field) -> tuple[Any, Callable[[Any], Any]]:
        """Where a field's value is in a row, and how it is read."""
        profile = self.recognition.profile
        columns = self.recognition.columns.get(field.key, ())
        if field.many:
            return slice(None), make_many_reader(field, columns)
        if is_composed(columns):
            return slice(None), self._refuse_future(field, make_row_reader(self.recognition, field, columns))
        if columns:
            return columns[0].index, self._refuse_future(field, make_parser(field, columns[0]))
        value = None
        if field.key in profile.constants:
            value = field.read(self._make_constant(field))(profile.constants[field.key])
        return 0, lambda cell: value

    def _refuse_future(self, field: Field, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """The reader, for which what has happened lies in no day to come."""
        if not field.happened or self._today is None:
            return parse
        last = self._today + AHEAD

        def happened(cell: Any) -> Any:
            at = parse(cell)
            if isinstance(at, date) and (at.date() if isinstance(at, datetime) else at) > last:
                raise CellProblem("在将来", "请核对年份和日期")
            return at

        return happened

    def _make_json_reader(self, field: Field) -> tuple[Any, Callable[[Any], list[JsonValue]]]:
        """Where a field's cells are in a table that lies by columns, and what makes JSON of them."""
        columns, constants = self.recognition.columns.get(field.key, ()), self.recognition.profile.constants
        if is_composed(columns):
            pieces = make_column_json_reader(field, join_columns(columns))
            places, compose = list_composed(columns), make_composer(columns)
            return slice(None), lambda table: pieces([*map(compose, *(table[place] for place in places))])
        if columns:
            return columns[0].index, make_column_json_reader(field, columns[0])
        if field.key not in constants:
            return 0, lambda cells: [NULL] * len(cells)
        [piece] = make_column_json_reader(field, self._make_constant(field))([constants[field.key]])
        return 0, lambda cells: [piece] * len(cells)

    def _make_constant(self, field: Field) -> Column:
        words = self.recognition.profile.words.get(field.key, {})
        return Column(index=-1, label=field.title, words=words)


def _may_be_total(cell: Cell) -> bool:
    return is_total(cell) or is_like_a_total(cell)


__all__ = ["CellDoubt", "RowProblem", "RowReader", "RowUnfit"]

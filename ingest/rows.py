"""Rows to events: the columns of a table compiled once, then applied to every row."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ingest.cells import CellProblem, Column, Parse, Reader, Unusual, text
from ingest.fields import Field
from ingest.kinds import Reading, RowProblem, Usual
from ingest.readers import Cell
from ingest.recognition import Recognition
from tracker.events import Event

TOTALS = frozenset(
    {"合计", "总计", "小计", "共计", "累计", "总合计", "合 计", "总 计", "小 计", "合  计", "总  计"}
)

_EMPTY = CellProblem("是空的", "请填上")


class RowUnfit(Exception):
    """A row gives no events as it stands; `ingest.rejection` says why."""


class RowReader:
    """Turns the rows of one table into events."""

    def __init__(self, recognition: Recognition, reading: Reading) -> None:
        self.recognition = recognition
        self.kind = recognition.profile.kind
        reading = replace(reading, present=frozenset(recognition.columns), notices=recognition.notices)
        self._build = self.kind.build(reading)
        self._width = recognition.header.width
        self._takes = [self._take(field, field.read) for field in self.kind.fields]
        self._usual = self.kind.usual(reading) if self.kind.usual else None
        try:
            self._takes_usual = [self._take(field, field.usually or field.read) for field in self.kind.fields]
        except Unusual:  # a constant of the profile
            self._usual = None
        self._may_total = any(field.read is text and field.required for field in self.kind.fields)

    def events(self, cells: Sequence[Cell]) -> Sequence[Event]:
        """The events of a row. Raises: RowUnfit, RowProblem."""
        if self._may_total and not TOTALS.isdisjoint(cells):
            raise RowUnfit
        if len(cells) != self._width:
            cells = self._fitted(cells)
        try:
            values = [parse(cells[place]) for place, parse in self._takes]
        except CellProblem as problem:
            raise RowUnfit from problem
        return self._build(*values)

    def usual(self, cells: Sequence[Cell]) -> Usual | None:
        """The event of a row that is written as nearly all are; None: see `events`."""
        if self._usual is None or len(cells) != self._width or not TOTALS.isdisjoint(cells):
            return None
        try:
            return self._usual(*[parse(cells[place]) for place, parse in self._takes_usual])
        except (Unusual, CellProblem):
            return None

    def problems(self, cells: Sequence[Cell]) -> list[tuple[str, Cell, CellProblem]]:
        """What is wrong with each cell of an unfit row: field key, value, problem."""
        cells = self._fitted(cells)
        found: list[tuple[str, Cell, CellProblem]] = []
        for field, (place, parse) in zip(self.kind.fields, self._takes, strict=True):
            try:
                parse(cells[place])
            except CellProblem as problem:
                found.append((field.key, "" if isinstance(place, slice) else cells[place], problem))
        return found

    def _fitted(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """A row as wide as the header; what is short was cut off by an exporter that drops empty cells."""
        surplus = cells[self._width :]
        if any(cell != "" for cell in surplus):
            raise RowUnfit
        return [*cells[: self._width], *[""] * (self._width - len(cells))]

    def _take(self, field: Field, read: Reader) -> tuple[Any, Callable[[Any], Any]]:
        """Where a field's value is in a row, and how it is read."""
        profile = self.recognition.profile
        columns = self.recognition.columns.get(field.key, ())
        if field.many:
            return slice(None), _reader_of_many(field, columns)
        if columns:
            return columns[0].index, _reader_of(field, read(columns[0]))
        value = None
        if field.key in profile.constants:
            constant = Column(index=-1, label=field.title, words=profile.words.get(field.key, {}))
            value = read(constant)(profile.constants[field.key])
        return 0, lambda cell: value


def _reader_of(field: Field, parse: Parse) -> Parse:
    if not field.must_be_filled:
        return parse

    def required(cell: Cell) -> Any:
        value = parse(cell)
        if value is None:
            raise _EMPTY
        return value

    return required


def _reader_of_many(field: Field, columns: tuple[Column, ...]) -> Callable[[Sequence[Cell]], dict[str, Any]]:
    parses = [(column.index, column.label, field.read(column)) for column in columns]
    return lambda cells: {label: parse(cells[index]) for index, label, parse in parses}


__all__ = ["TOTALS", "RowProblem", "RowReader", "RowUnfit"]

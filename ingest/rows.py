"""Rows to events: the columns of a table compiled once, then applied to every row."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ingest.cells import NULL, CellProblem, Column, Parse, Piece, Pieces, text
from ingest.fields import Field
from ingest.kinds import Reading, RowProblem
from ingest.readers import Cell, Row
from ingest.recognition import Recognition
from tracker.events import Event
from tracker.log import PreparedEvents

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
        self._takes = [self._take(field) for field in self.kind.fields]
        self._may_total = any(field.read is text and field.required for field in self.kind.fields)
        self._in_columns = self.kind.in_columns(reading) if self.kind.in_columns else None
        self._take_pieces = [self._pieces(field) for field in self.kind.fields] if self._in_columns else []

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

    def prepared(self, rows: Sequence[Row]) -> PreparedEvents:
        """Of many of the rows the one event that `events` would give, without a slot, ready for the log."""
        if self._in_columns is None or self._may_total:
            return PreparedEvents()
        blank = [""] * self._width  # is never an event
        columns = [*zip(*(cells if len(cells) == self._width else blank for _, cells in rows), strict=True)]
        pieces = [read(columns[place]) for place, read in self._take_pieces]
        return self._in_columns([number for number, _ in rows], pieces)

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

    def _take(self, field: Field) -> tuple[Any, Callable[[Any], Any]]:
        """Where a field's value is in a row, and how it is read."""
        profile = self.recognition.profile
        columns = self.recognition.columns.get(field.key, ())
        if field.many:
            return slice(None), _reader_of_many(field, columns)
        if columns:
            return columns[0].index, _reader_of(field, columns[0])
        value = None
        if field.key in profile.constants:
            value = field.read(self._constant(field))(profile.constants[field.key])
        return 0, lambda cell: value

    def _pieces(self, field: Field) -> tuple[int, Pieces]:
        """The same for a column of cells."""
        columns, constants = self.recognition.columns.get(field.key, ()), self.recognition.profile.constants
        if columns:
            return columns[0].index, _pieces_of(field, columns[0])
        if field.key not in constants:
            return 0, lambda cells: [NULL] * len(cells)
        [piece] = _pieces_of(field, self._constant(field))([constants[field.key]])
        return 0, lambda cells: [piece] * len(cells)

    def _constant(self, field: Field) -> Column:
        words = self.recognition.profile.words.get(field.key, {})
        return Column(index=-1, label=field.title, words=words)


def _pieces_of(field: Field, column: Column) -> Pieces:
    pieces = field.in_pieces(column, field.read)
    if not field.must_be_filled:
        return pieces

    def required(cells: Sequence[Cell]) -> list[Piece]:
        found = pieces(cells)
        return [None if piece == NULL else piece for piece in found] if NULL in found else found

    return required


def _reader_of(field: Field, column: Column) -> Parse:
    parse = field.read(column)
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

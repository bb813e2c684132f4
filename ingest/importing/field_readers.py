"""How the value of a field is read from the cells of a row: from one column, or from several."""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest.cells import (
    NULL,
    CellParser,
    CellProblem,
    Column,
    ColumnReader,
    JsonReader,
    JsonValue,
    memoize_values,
    to_plain,
)
from ingest.recognition.fields import Field
from ingest.recognition.recognise import Recognition
from tracker.tabular import Cell

_CLOCK_AT_END = re.compile(r"[\sT]+(\d{1,2}[:：]\d{1,2}.*)$")
_EMPTY = CellProblem("不能为空", "请补填")


def make_field_reader(recognition: Recognition, key: str) -> Callable[[Sequence[Cell]], Any]:
    """Reads a field that takes one value from a row as wide as the header; None where it has no column.

    Raises (the reader): CellProblem."""
    field, columns = recognition.profile.kind.by_key[key], recognition.columns.get(key, ())
    if is_composed(columns):
        return make_row_reader(recognition, field, columns)
    if not columns:
        return lambda cells: None
    parse, index = make_parser(field, columns[0]), columns[0].index
    return lambda cells: parse(cells[index])


def _make_doubting_reader(field: Field) -> ColumnReader:
    """The field's reader, for which no value of a column is true that is in doubt as a whole."""

    def compiled(column: Column) -> CellParser:
        parse = field.read(column)
        if column.separator:
            parse = _take_first(parse, column.separator)
        if column.doubted is None:
            return parse
        rule, remedy = column.doubted

        def doubting(cell: Cell) -> Any:
            if parse(cell) is not None:
                raise CellProblem(rule, remedy)
            return None

        return doubting

    return compiled


def _take_first(parse: CellParser, separator: str) -> CellParser:
    return lambda cell: parse(to_plain(cell).partition(separator)[0])


def make_column_json_reader(field: Field, column: Column) -> JsonReader:
    """Reads a column at once; None where a cell must be read with its row, or is empty and must not be."""
    pieces = (field.in_pieces if column.doubted is None else memoize_values)(
        column, _make_doubting_reader(field)
    )
    if not field.must_be_filled:
        return pieces

    def required(cells: Sequence[Cell]) -> list[JsonValue]:
        found = pieces(cells)
        return [None if piece == NULL else piece for piece in found] if NULL in found else found

    return required


def make_parser(field: Field, column: Column) -> CellParser:
    """Reads the cells of one column.

    Raises (the parser): CellProblem, also for an empty cell of a field that must be filled.
    """
    parse = _make_doubting_reader(field)(column)
    if not field.must_be_filled:
        return parse

    def required(cell: Cell) -> Any:
        value = parse(cell)
        if value is None:
            raise _EMPTY
        return value

    return required


def make_row_reader(
    recognition: Recognition, field: Field, columns: tuple[Column, ...]
) -> Callable[[Sequence[Cell]], Any]:
    """The reader of a field that several columns of a row tell."""
    rules = recognition.profile.rules
    if field.key not in rules.several:
        return _make_joined_reader(field, columns)
    parses = [(column.index, _make_doubting_reader(field)(column)) for column in columns]
    choose = min if field.key in rules.earliest else operator.itemgetter(0)

    def read(cells: Sequence[Cell]) -> Any:
        filled = (parse(cells[index]) for index, parse in parses)
        found = [value for value in filled if value is not None]
        if not found and field.must_be_filled:
            raise _EMPTY
        return choose(found) if found else None

    return read


def is_composed(columns: Sequence[Column]) -> bool:
    """Whether a value is made of several cells of its row."""
    return len(columns) > 1 or any(column.half is not None for column in columns)


def list_composed(columns: tuple[Column, ...]) -> tuple[int, ...]:
    """Where the cells of a composed moment stand: day and time, or both in one, then the half of the day."""
    half = columns[-1].half
    return (*(column.index for column in columns), *(() if half is None else (half,)))


def make_composer(columns: tuple[Column, ...]) -> Callable[..., Cell]:
    """What makes one cell of those that `list_composed` names, in their order."""
    if columns[-1].half is None:
        return _join_day_and_time
    return _put_half_before if len(columns) == 1 else _join_with_half


def join_columns(columns: tuple[Column, ...]) -> Column:
    """The one column that several make."""
    return replace(columns[-1], label="＋".join(column.label for column in columns))


def _make_joined_reader(field: Field, columns: tuple[Column, ...]) -> Callable[[Sequence[Cell]], Any]:
    parse, compose = make_parser(field, join_columns(columns)), make_composer(columns)
    places = list_composed(columns)
    return lambda cells: parse(compose(*(cells[place] for place in places)))


def _join_with_half(day: Cell, time: Cell, half: Cell) -> Cell:
    """2023-05-01, 1:30 and 下午: 2023-05-01 下午1:30."""
    return _join_day_and_time(day, f"{_get_half(half)}{to_plain(time)}") if to_plain(time) else ""


def _put_half_before(moment: Cell, half: Cell) -> Cell:
    """2023-05-01 1:30 and 下午: 2023-05-01 下午1:30. Another spelling of a moment takes no half, and is not
    understood then."""
    at = to_plain(moment)
    found = _CLOCK_AT_END.search(at)
    return f"{at[: found.start()]} {_get_half(half)}{found[1]}" if found else at and f"{at}?"


def _get_half(half: Cell) -> str:
    """A half of the day that is not told makes a moment that nobody understands."""
    return to_plain(half) or "?"


def _join_day_and_time(day: Cell, time: Cell) -> Cell:
    """A moment from its day and its time of day; without a time there is none."""
    on, at = to_plain(day), to_plain(time)
    if isinstance(day, datetime):
        on = on[:10]
    return f"{on} {at}" if at else ""


def make_many_reader(field: Field, columns: tuple[Column, ...]) -> Callable[[Sequence[Cell]], dict[str, Any]]:
    """Reads a field that takes every matching column from a row: label of the column → value."""
    parses = [(column.index, column.label, field.read(column)) for column in columns]
    return lambda cells: {label: parse(cells[index]) for index, label, parse in parses}

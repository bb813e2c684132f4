"""Columns of cells as pieces of JSON, some hundred at a time: far quicker than cell by cell.

A piece stands as it is in the log's payload and in a line of CSV. None is a cell that cannot be read, gives
rise to a notice or is written in a way of its own: its row goes the long way, cell by cell.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from ingest.cells.column import CellParser, CellProblem, Column, ColumnReader, NoticeCounts
from tracker.personal_numbers import may_hold_personal
from tracker.personal_text import holds_number
from tracker.tabular import Cell

JsonValue = bytes | None
JsonReader = Callable[[Sequence[Cell]], list[JsonValue]]
JsonReaderFactory = Callable[
    [Column, ColumnReader], JsonReader
]  # compiles a column for the reader of its cells

NULL = b"null"

_MEMORY = 4096
_WIDTH = len("2023-05-01 08:03:05")
_FIRST, _PAST = "1971", "2100"  # years


def memoize_values(column: Column, read: ColumnReader) -> JsonReader:
    """For columns with few different values: each is read once."""
    lookup = _ValueMemory(_exclude_personal(_make_value_reader(column, read))).__getitem__
    return lambda cells: list(map(lookup, cells))


def read_each(column: Column, read: ColumnReader, *, personal: bool = False) -> JsonReader:
    """For columns in which every cell is different; `personal` as in `as_written`."""
    piece = _make_value_reader(column, read)
    piece = piece if personal else _exclude_personal(piece)
    return lambda cells: list(map(piece, cells))


def as_written(
    usual: Callable[[Column], Callable[[Sequence[str]], bool]], *, personal: bool = False
) -> JsonReaderFactory:
    """For columns whose filled cells mostly are what they say: `usual` tells of some whether they all are.

    `personal`: a person's number is what the column is for; elsewhere it goes the long way.
    """

    def compiled(column: Column, read: ColumnReader) -> JsonReader:
        are_usual, otherwise = usual(column), read_each(column, read, personal=personal)

        def pieces(cells: Sequence[Cell]) -> list[JsonValue]:
            filled = [cell for cell in cells if cell != ""]
            if not filled:
                return [NULL] * len(cells)
            if not set(map(type, filled)) <= {str} or not are_usual(filled):  # type: ignore[arg-type]
                return otherwise(cells)
            return _fill_between_blanks(cells, '"\n"'.join(filled))  # type: ignore[arg-type]

        return pieces

    return compiled


def read_moments(column: Column, read: ColumnReader) -> JsonReader:
    """For moments written 2023-05-01 08:03:05, or not at all."""
    if column.to_the_minute or column.zone:
        return lambda cells: [NULL if cell == "" else None for cell in cells]
    return _read_moments


class _ValueMemory(dict[Cell, JsonValue]):
    """Pieces by their cells; only texts are kept, as 1 and True are the same key."""

    def __init__(self, piece: Callable[[Cell], JsonValue]) -> None:
        self._piece = piece

    def __missing__(self, cell: Cell) -> JsonValue:
        piece = self._piece(cell)
        if piece is not None and len(self) < _MEMORY:
            self[cell] = piece
        return piece


def _make_value_reader(column: Column, read: ColumnReader) -> Callable[[Cell], JsonValue]:
    notices = NoticeCounts()
    parse: CellParser = read(replace(column, notices=notices))

    def piece(cell: Cell) -> JsonValue:
        if type(cell) is not str:
            return None
        try:
            written = orjson.dumps(parse(cell))
        except CellProblem:
            return None
        if notices:
            notices.clear()
            return None
        return None if b"\\" in written else bytes(memoryview(written))

    return piece


def _exclude_personal(piece: Callable[[Cell], JsonValue]) -> Callable[[Cell], JsonValue]:
    """The reader, which leaves a person's number to the slower way, where it becomes a token of the vault."""

    def impersonal(cell: Cell) -> JsonValue:
        found = piece(cell)
        text = found.decode() if found else ""
        return None if may_hold_personal(text) and holds_number(text[1:-1]) else found

    return impersonal


def _read_moments(cells: Sequence[Cell]) -> list[JsonValue]:
    filled = [cell for cell in cells if cell != ""]
    if not filled:
        return [NULL] * len(cells)
    if not _is_usual(filled):
        return [None] if len(cells) == 1 else [_read_moments([cell])[0] for cell in cells]
    joined = '+08:00"\n"'.join(filled).replace(" ", "T")  # type: ignore[arg-type]
    return _fill_between_blanks(cells, f"{joined}+08:00")


def _fill_between_blanks(cells: Sequence[Cell], joined: str) -> list[JsonValue]:
    """Cells as pieces: what is `told`, joined by quoted newlines, is that of all that are not blank."""
    pieces = f'"{joined}"'.encode().split(b"\n")
    if len(pieces) == len(cells):
        return [*pieces]
    following = iter(pieces)
    return [NULL if cell == "" else next(following) for cell in cells]


def _is_usual(cells: Sequence[Cell]) -> bool:
    """Whether all are moments with every part in its place."""
    try:
        joined = "".join(cells)  # type: ignore[arg-type]
        deque(map(datetime.fromisoformat, cells), maxlen=0)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    of_all = len(cells)
    return (
        set(map(len, cells)) == {_WIDTH}  # type: ignore[arg-type]
        and joined[4::_WIDTH] == joined[7::_WIDTH] == "-" * of_all
        and joined[10::_WIDTH] == " " * of_all
        and joined[13::_WIDTH] == joined[16::_WIDTH] == ":" * of_all
        and " 24:" not in joined  # which some versions of Python take for the next day
        and _FIRST <= min(cells) <= max(cells) < _PAST  # type: ignore[operator]
    )

"""The reading process: opens a delivered file and hands its rows on as they are asked for."""

import errno
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from math import isfinite
from pathlib import Path
from typing import Any

import orjson

from tracker.sandbox import Channel
from tracker.tabular.archive import open_file
from tracker.tabular.cell_meanings import From1904
from tracker.tabular.encoding import detect_encoding
from tracker.tabular.table import Cell, FileRefused, NoTable, Row, Table, UnreadableRow
from tracker.tabular.text import TextTable

MOST_COLUMNS = 16_384  # of a row, as Excel has it
PLAIN, MARKED = b"p", b"m"  # rows of text, numbers and truths alone; rows with other values among them
MARK = "?"  # the key by which other values are known
_FIRST, _MOST = 1_000, 32_000  # cells of an answer
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
_WIDEST_INTEGER = 1 << 63
_BROKEN = "文件已损坏，读不下去；请重新导出，或用原来的程序打开后另存一份，再导入。"


def serve(channel: Channel, argument: list[str | None]) -> None:
    """Opens a file, `argument` being its path and the encoding that a person said; then hands on its rows.

    Requests: [iteration, table, columns to fill down] for the first rows of an iteration, [iteration] for the
    following ones. What cannot be read is answered with why."""
    path, encoding = argument
    try:
        tables, notes = open_file(Path(path or ""), encoding, channel.begin)
        opened = {
            "tables": [_describe(table, encoding, channel) for table in tables],
            "notes": list(map(_make_readable, notes)),
        }
    except Exception as problem:
        channel.answer(orjson.dumps(_explain(problem)))
        return
    channel.answer(orjson.dumps(opened))
    running: dict[int, Iterator[bytes]] = {}
    for iteration, *begun in channel.requests():
        if begun:
            number, columns = begun
            channel.begin(_make_readable(tables[number].sheet or ""))
            running[iteration] = _read_rows(tables[number], frozenset(columns))
        channel.answer(next(running[iteration]))


def _describe(table: Table, said: str | None, channel: Channel) -> dict[str, Any]:
    """A table as whoever asks sees it before its rows."""
    channel.begin(_make_readable(table.sheet or ""))
    head = table.head()
    for row in head:
        _check_width(row)
    return {
        "form": table.form,
        "sheet": table.sheet and _make_readable(table.sheet),
        "number": table.number,
        "encoding": _find_encoding(table, said),
        "times": {str(row): time for row, time in getattr(table, "times", {}).items()},
        "head": _pack(head).decode(),
    }


def _find_encoding(table: Table, said: str | None) -> str | None:
    """What a text is found to be in; None for what is no text."""
    if not isinstance(table, TextTable):
        return None
    try:
        return table.encoding if said is None else detect_encoding(table.source)
    except FileRefused:  # its mark is wrong, and a person said what it is in
        return said


def _read_rows(table: Table, columns: frozenset[int]) -> Iterator[bytes]:
    """The rows in parts, each with the share read before it; nothing after the last one."""
    rows: list[Row] = []
    cells, enough = 0, _FIRST
    try:
        for row in table.rows(columns):
            _check_width(row)
            rows.append(row)
            cells += len(row[1]) + 1
            if cells >= enough:
                yield _pack_part(rows, table.share_read())
                rows, cells, enough = [], 0, min(2 * enough, _MOST)
        yield _pack_part(rows, table.share_read())
        yield orjson.dumps({"end": True})
    except Exception as problem:
        refusal = _explain(problem)
        yield _pack_part(rows, table.share_read())
        yield orjson.dumps(refusal)


def _pack_part(rows: Sequence[Row], share: float) -> bytes:
    return orjson.dumps(share) + b" " + _pack(rows)


def _check_width(row: Row) -> None:
    """Raises: FileRefused for a row that no spreadsheet could hold."""
    if len(row[1]) > MOST_COLUMNS:
        raise FileRefused(
            f"第 {row[0]} 行有 {len(row[1]):,} 个单元格，超过 {MOST_COLUMNS:,} 列的上限，不像一张表；"
            "请核对分隔符和换行，重新导出后再导入。"
        )


def _explain(problem: Exception) -> dict[str, Any]:
    """Why a file cannot be read. Raises: what nobody foresaw."""
    match problem:
        case FileRefused():
            return {"refused": _make_readable(str(problem)), "no_table": isinstance(problem, NoTable)}
        case zipfile.BadZipFile() | zlib.error() | lzma.LZMAError() | EOFError() | OSError(errno=None):
            return {"refused": _BROKEN, "no_table": False}  # the last is what bz2 raises
        case OSError(errno=errno.EINVAL):  # a place before a file's beginning
            return {"refused": _BROKEN, "no_table": False}
        case OSError():
            return {"errno": problem.errno or errno.EIO, "strerror": problem.strerror or str(problem)}
    raise problem


def _pack(rows: Sequence[Row]) -> bytes:
    """Rows as JSON behind a sign for what is in them."""
    marked = False

    def mark(value: object) -> object:
        nonlocal marked
        marked = True
        return _mark(value)

    try:
        content = orjson.dumps(rows, mark, _OPTIONS)
    except TypeError:  # a number too long, or half a character
        content = b"null"
    if b"null" in content:  # perhaps a number that is none
        content = orjson.dumps(list(map(_make_row_readable, rows)), mark, _OPTIONS)
    return (MARKED if marked else PLAIN) + content


def _mark(value: object) -> object:
    match value:
        case datetime():
            return {MARK: "datetime", "of": value.isoformat()}
        case date():
            return {MARK: "date", "of": value.isoformat()}
        case time():
            return {MARK: "time", "of": value.isoformat()}
        case timedelta():
            return {MARK: "timedelta", "of": [value.days, value.seconds, value.microseconds]}
        case From1904():
            return {MARK: "1904", "of": float(value)}
        case UnreadableRow():
            return {MARK: "unreadable", "of": [value.rule, value.remedy]}
    raise TypeError(type(value).__name__)


def _make_row_readable(row: Row) -> tuple[int, object]:
    number, cells = row
    return number, cells if isinstance(cells, UnreadableRow) else [
        _make_cell_readable(cell) for cell in cells
    ]


def _make_cell_readable(cell: Cell) -> object:
    """Text without half characters; a number without end or too long as the text that it is."""
    if isinstance(cell, str):
        return _make_readable(cell)
    if isinstance(cell, float) and not isfinite(cell):
        return str(float(cell))
    if type(cell) is int and not -_WIDEST_INTEGER <= cell < _WIDEST_INTEGER:
        return str(cell)  # of some thousand digits at most, as JSON is read
    return cell


def _make_readable(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")

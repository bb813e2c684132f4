"""xls workbooks as records (BIFF8): the one stream of a compound file.

Source: [MS-XLS] 2.4 Records.
"""

from collections.abc import Iterator
from struct import unpack_from
from typing import IO

from tracker.tabular.ole_stream import BrokenContainer, read_stream

BOF = 0x809
_GLOBALS = 0x0005  # a part about the whole workbook, which comes first
_BOUND_SHEET, _BOOL_OR_ERROR, _FORMULA = 0x85, 0x205, 0x06
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A",
}  # fmt: skip


def read_records_of_xls(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record. Raises: Broken."""
    stream, at = read_stream(data, ("Workbook", "Book")), 0
    while at + 4 <= len(stream):
        kind, length = unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def read_errors_of_xls(file: IO[bytes]) -> dict[str, dict[tuple[int, int], str]]:
    """Of each sheet the cells that hold an error: row from 1, column from 0 → the error. Empty: no xls."""
    file.seek(0)
    names: list[str] = []
    found: list[dict[tuple[int, int], str]] = []
    try:
        for kind, content in read_records_of_xls(file.read()):
            if kind == BOF and len(content) >= 4 and unpack_from("<H", content, 2)[0] != _GLOBALS:
                found.append({})
            elif kind == _BOUND_SHEET and len(content) >= 8:
                names.append(_read_name(content))
            elif found and (code := _read_error(kind, content)) is not None:
                row, column = unpack_from("<HH", content)
                found[-1][row + 1, column] = _ERRORS.get(code, "#ERROR!")
    except BrokenContainer:
        return {}
    return dict(zip(names, found, strict=False))


def _read_error(kind: int, content: bytes) -> int | None:
    if kind == _BOOL_OR_ERROR and len(content) >= 8 and content[7]:
        return content[6]
    if kind == _FORMULA and len(content) >= 14 and content[6] == 2 and content[12:14] == b"\xff\xff":
        return content[8]
    return None


def _read_name(content: bytes) -> str:
    length, is_wide = content[6], content[7] & 1
    return content[8 : 8 + length * (1 + is_wide)].decode("utf-16-le" if is_wide else "latin-1", "replace")

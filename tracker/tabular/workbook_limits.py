"""How much a workbook holds, found out before calamine takes it into memory.

calamine makes room for every cell between the first and the last one of a sheet, and takes the whole process
down when there is none left: a file of a kilobyte with one cell in XFD1048576 does it. What a file states of
itself (dimensions, names and sizes of its parts) is not believed; its cells are looked at.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from struct import unpack_from
from typing import BinaryIO
from xml.parsers import expat

from tracker.tabular.old_workbook import BOF, read_records_of_xls
from tracker.tabular.ole_stream import BrokenContainer
from tracker.tabular.table import FileRefused
from tracker.tabular.zip_file import open_zip

LARGEST = 128 << 20  # bytes once unpacked: some 170,000 call rows and 400 MB of memory, or a zip bomb
MOST_CELLS = 10_000_000  # from a sheet's first cell to its last, empty ones too: 320 MB
LOCKED = "文件有打开密码；请在 Excel 中去掉密码后另存，再导入。"

_DAMAGED = "工作簿已损坏，打不开；请用 Excel 打开后另存为 xlsx，再导入。"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LOCKED_PART, _MANIFEST = "encrypted-package", "META-INF/manifest.xml"  # of ods
_CONTENTS = ("[Content_Types].xml", "content.xml", _LOCKED_PART)  # xlsx, xlsm, xlsb; ods; locked ods
_ROWS, _COLUMNS = 1_048_576, 16_384  # of the largest sheet that there can be
_CHUNK = 1 << 18
_LOCAL_HEADER = 30
_MARKS = (b"sheetData", b"table-cell")  # without which calamine finds no cell in a part, whatever its name
_ENCRYPTED_PART = b"encryption-data"  # of ods, in its manifest
_LONGEST_MARK = max(map(len, (*_MARKS, _ENCRYPTED_PART)))
_SHEET_BEGINS = 145  # records of xlsb
_FILLED = frozenset((*range(2, 12), 62))
_OLD_CELLS_OF_MANY = frozenset((0xBD,))
_OLD_CELLS = frozenset((0x03, 0x04, 0x06, 0x203, 0x204, 0x205, 0x207, 0xFD, 0x27E, 0xD6, *_OLD_CELLS_OF_MANY))
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether a ZIP archive is a workbook."""
    return not {entry.filename for entry in archive.infolist()}.isdisjoint(_CONTENTS)


def check_workbook(file: BinaryIO) -> None:
    """Raises: FileRefused for a workbook that is too large, locked or damaged."""
    try:
        if zipfile.is_zipfile(file):
            _check_archive(file)
        else:
            _check_old(file)
    except (
        zipfile.BadZipFile,
        zlib.error,
        expat.ExpatError,
        BrokenContainer,
        ValueError,
        LookupError,
    ) as problem:
        raise FileRefused(_DAMAGED) from problem


class _Extent:
    """From the first to the last filled cell of a sheet."""

    def __init__(self) -> None:
        self._top, self._left, self._bottom, self._right = _ROWS, _COLUMNS, -1, -1

    def take(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """Takes in filled cells, counted from 0. Raises: FileRefused as soon as it is too much."""
        bottom, right = row + rows - 1, column + columns - 1
        if self._top <= row and bottom <= self._bottom and self._left <= column and right <= self._right:
            return
        self._top, self._left = min(self._top, row), min(self._left, column)
        self._bottom, self._right = max(self._bottom, bottom), max(self._right, right)
        cells = (self._bottom - self._top + 1) * (self._right - self._left + 1)
        if self._bottom >= _ROWS or self._right >= _COLUMNS or cells > MOST_CELLS:
            raise FileRefused(
                f"工作表太大：有内容的单元格一直到第 {self._bottom + 1} 行、第 {self._right + 1} 列。"
                "请删去表格以外的零星内容后另存，或另存为 CSV 后导入，CSV 不限长度。"
            )


def _check_archive(file: BinaryIO) -> None:
    with open_zip(file) as archive:
        entries, whole = archive.infolist(), is_workbook(archive)
    if not whole:
        raise FileRefused("这是 ZIP 压缩包，不是工作簿；请解压后导入其中的文件。")
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused(LOCKED)
    names = {entry.filename.lower() for entry in entries}
    if _LOCKED_PART in names:
        raise FileRefused(LOCKED)
    if len(names) < len(entries):
        raise zipfile.BadZipFile("two parts of one name")
    binary = any(name.endswith("workbook.bin") for name in names)
    size = 0
    for entry in entries:
        start, marked = b"", False
        for chunk in _unpack(file, entry):
            size += len(chunk)
            if size > LARGEST:
                raise FileRefused(
                    f"工作簿展开后超过 {LARGEST >> 20} MB 的上限；"
                    "请在 Excel 中另存为 CSV 后导入，CSV 不限长度。"
                )
            if entry.filename == _MANIFEST and _ENCRYPTED_PART in start + chunk:
                raise FileRefused(LOCKED)
            marked = marked or any(mark in start + chunk for mark in _MARKS)
            start = chunk[-_LONGEST_MARK:]
        if marked:
            _check_markup(_unpack(file, entry))
        elif binary and not entry.filename.endswith((".xml", ".rels")):
            _check_records(b"".join(_unpack(file, entry)))


def _unpack(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes that are really packed in a part, however many it is said to have.

    Raises: zipfile.BadZipFile, zlib.error."""
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile("no local header")
    at = file.tell() + sum(unpack_from("<HH", header, 26))
    end = at + entry.compress_size
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile("packed in another way")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    while at < end:
        file.seek(at)
        packed = file.read(min(_CHUNK, end - at))
        if not packed:
            raise zipfile.BadZipFile("cut off")
        at += len(packed)
        if inflate is None:
            yield packed
            continue
        while packed and not inflate.eof:
            yield inflate.decompress(packed, _CHUNK)
            packed = inflate.unconsumed_tail
        if inflate.eof:
            return


def _check_markup(chunks: Iterable[bytes]) -> None:
    """A sheet of xlsx, or the content of ods. Raises: FileRefused, expat.ExpatError."""
    look = _MarkupCheck()
    parser = expat.ParserCreate()
    parser.StartElementHandler = look.start
    parser.EndElementHandler = look.end
    parser.EntityDeclHandler = look.refuse
    for chunk in chunks:
        parser.Parse(chunk)
    parser.Parse(b"", True)


class _MarkupCheck:
    """Follows rows and cells; names are compared without their prefix, as calamine does."""

    def __init__(self) -> None:
        self._in_sheet = False  # of xlsx, which holds no other, whatever elements stand in it
        self._begin()

    def _begin(self) -> None:
        self._extent = _Extent()
        self._row, self._column = -1, -1  # of the cell that is open
        self._rows, self._columns = 1, 1  # how often it is repeated

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._column, self._rows, self._columns = self._column + 1, 1, 1
            if "r" in attributes:
                self._row, self._column = _parse_reference(attributes["r"])
        elif name in ("v", "is", "p"):
            if self._column >= 0:
                self._extent.take(self._row, self._column, self._rows, self._columns)
        elif name == "row":
            self._row, self._column = int(attributes.get("r") or self._row + 2) - 1, -1
        elif name in ("table-cell", "covered-table-cell"):
            self._column += self._columns
            self._columns = _read_repeat(attributes, "number-columns-repeated")
            if any(key.endswith(":value-type") for key in attributes):
                self._extent.take(self._row, self._column, self._rows, self._columns)
        elif name == "table-row":
            self._row += self._rows
            self._column, self._rows, self._columns = -1, _read_repeat(attributes, "number-rows-repeated"), 1
        elif name == "sheetData":
            self._in_sheet = True
        elif name == "table" and not self._in_sheet:
            self._begin()

    def end(self, name: str) -> None:
        """Nothing is filled between rows."""
        if name.rpartition(":")[2] in ("row", "table-row"):
            self._column = -1

    def refuse(self, *declared: object) -> None:
        """Raises: FileRefused: no workbook declares entities."""
        raise FileRefused(_DAMAGED)


def _parse_reference(reference: str) -> tuple[int, int]:
    """Row and column of a reference such as B12, from 0. Raises: FileRefused."""
    written = _REFERENCE.fullmatch(reference)
    if written is None:
        raise FileRefused(_DAMAGED)
    column = 0
    for letter in written[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(written[2]) - 1, column - 1


def _read_repeat(attributes: dict[str, str], name: str) -> int:
    times = next((value for key, value in attributes.items() if key.endswith(name)), "1")
    if not (times.isascii() and times.isdigit() and 0 < int(times) <= _ROWS):
        raise FileRefused(_DAMAGED)
    return int(times)


def _check_records(data: bytes) -> None:
    """A part of xlsb, as far as it is one. Raises: FileRefused."""
    extent, row, at, in_sheet = _Extent(), 0, 0, False
    while at + 2 <= len(data):
        kind, at = data[at], at + 1
        if kind & 0x80:
            kind, at = kind & 0x7F | (data[at] & 0x7F) << 7, at + 1
        length = 0
        for shift in (0, 7, 14, 21):
            if at >= len(data):
                return
            byte, at = data[at], at + 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if at + length > len(data):
            return
        if kind == _SHEET_BEGINS:
            extent, in_sheet = _Extent(), True
        elif in_sheet and kind == 0 and length >= 4:
            row = unpack_from("<I", data, at)[0]
        elif in_sheet and kind in _FILLED and length >= 4:
            extent.take(row, unpack_from("<I", data, at)[0])
        at += length


def _check_old(file: BinaryIO) -> None:
    """xls. Raises: FileRefused, Broken."""
    file.seek(0)
    data = file.read()
    if _ENCRYPTED in data:
        raise FileRefused(LOCKED)
    extent = _Extent()
    for kind, content in read_records_of_xls(data):
        if kind == BOF:
            extent = _Extent()
        elif kind in _OLD_CELLS and len(content) >= 4:
            row, column = unpack_from("<HH", content)
            last = column
            if kind in _OLD_CELLS_OF_MANY and len(content) >= 6:
                last = unpack_from("<H", content, len(content) - 2)[0]
            extent.take(row, column, columns=max(last - column + 1, 1))

"""Workbooks (xlsx, xlsm, xlsb, xls, ods) through calamine.

calamine holds a whole sheet in memory, so a workbook has a largest size; longer tables come as CSV.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import python_calamine as calamine

from ingest.readers.table import HEAD_ROWS, Cell, FileRefused, Row

LARGEST = 128 << 20  # bytes of XML once unpacked: some 170,000 call rows and 400 MB of memory, or a zip bomb
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CONTENTS = ("[Content_Types].xml", "content.xml")  # xlsx, xlsm, xlsb; ods
_PARTS = (".xml", ".bin")
_LONGEST_MERGE = 1000  # rows; longer ones are decoration


class SheetTable:
    """One sheet."""

    def __init__(self, sheet: calamine.CalamineSheet, number: int) -> None:
        self.sheet: str | None = sheet.name
        self.number = number
        self._sheet = sheet
        self._done = 0
        self._left = sheet.start[1] if sheet.start else 0

    def head(self) -> list[Row]:
        rows = [list(cells) for cells, _ in zip(self._sheet.iter_rows(), range(HEAD_ROWS), strict=False)]
        for (top, left), (bottom, right) in self._sheet.merged_cell_ranges or ():
            if top >= len(rows):
                continue
            value = rows[top][left - self._left]
            for row in rows[top : bottom + 1]:
                for column in range(left - self._left, min(right - self._left + 1, len(row))):
                    row[column] = value
        return list(enumerate(rows, 1))

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        merged = self._merged(fill_down)
        held: dict[int, Cell] = {}
        for number, cells in enumerate(self._sheet.iter_rows(), 1):
            self._done = number
            for column, first in merged.get(number, ()):
                if first:
                    held[column] = cells[column]
                else:
                    cells[column] = held[column]
            yield number, cells

    def share_read(self) -> float:
        return self._done / max(self._sheet.total_height, 1)

    def _merged(self, columns: frozenset[int]) -> dict[int, list[tuple[int, bool]]]:
        """Row number → columns in a vertical merge there, and whether it is the merge's first row."""
        found: dict[int, list[tuple[int, bool]]] = {}
        for (top, left), (bottom, _) in self._sheet.merged_cell_ranges or ():
            column = left - self._left
            if column in columns and 0 < bottom - top < _LONGEST_MERGE:
                for row in range(top, bottom + 1):
                    found.setdefault(row + 1, []).append((column, row == top))
        return found


def open_sheets(path: Path) -> tuple[list[SheetTable], list[str]]:
    """The visible sheets that hold anything, and a note on each other one. Raises: FileRefused."""
    _check_size(path)
    with path.open("rb") as file:
        try:
            book = calamine.CalamineWorkbook.from_filelike(file)
            return _sheets_of(book)
        except calamine.PasswordError as problem:
            raise _locked() from problem
        except Exception as problem:  # besides calamine's own, what reading a damaged archive raises
            raise FileRefused("工作簿已损坏，打不开；请用 Excel 打开后另存为 xlsx，再导入。") from problem


def _sheets_of(book: calamine.CalamineWorkbook) -> tuple[list[SheetTable], list[str]]:
    tables: list[SheetTable] = []
    notes: list[str] = []
    for number, about in enumerate(book.sheets_metadata, 1):
        if about.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        if about.visible != calamine.SheetVisibleEnum.Visible:
            notes.append(f"工作表“{about.name}”是隐藏的，未读取。")
            continue
        sheet = book.get_sheet_by_name(about.name)
        if sheet.height:
            tables.append(SheetTable(sheet, number))
    return tables, notes


def _check_size(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        if _ENCRYPTED in path.read_bytes():
            raise _locked()
        return
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    if not any(entry.filename in _CONTENTS for entry in entries):
        raise FileRefused("这是 ZIP 压缩包，不是工作簿；请解压后导入其中的文件。")
    unpacked = sum(entry.file_size for entry in entries if entry.filename.endswith(_PARTS))
    if unpacked > LARGEST:
        raise FileRefused(
            f"工作簿展开后有 {unpacked >> 20} MB，超过 {LARGEST >> 20} MB 的上限；"
            "请在 Excel 中另存为 CSV 后导入，CSV 不限长度。"
        )


def _locked() -> FileRefused:
    return FileRefused("文件有打开密码；请在 Excel 中去掉密码后另存，再导入。")

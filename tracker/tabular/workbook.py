"""Workbooks (xlsx, xlsm, xlsb, xls, ods) through calamine.

calamine holds a whole sheet in memory, so a workbook has a largest size; longer tables come as CSV.
"""

from collections.abc import Iterator, Sequence

import python_calamine as calamine

from tracker.tabular.cell_meanings import CellMeanings, read_cell_meanings
from tracker.tabular.merged_cells import MergedRanges
from tracker.tabular.source import ByteSource
from tracker.tabular.table import HEAD_ROWS, Cell, FileRefused, Row
from tracker.tabular.workbook_limits import LOCKED, check_workbook

_DAMAGED = "工作簿已损坏，打不开；请用 Excel 打开后另存为 xlsx，再导入。"


class SheetTable:
    """One sheet."""

    meanings = CellMeanings()
    form = "Excel 工作簿"
    encoding: str | None = None

    def __init__(self, sheet: calamine.CalamineSheet, number: int) -> None:
        self.sheet: str | None = sheet.name
        self.number = number
        self._sheet = sheet
        self._left = sheet.start[1] if sheet.start else 0
        self._merges = MergedRanges(sheet.merged_cell_ranges or (), self._left)
        self._done = 0

    def head(self) -> list[Row]:
        rows = [list(cells) for cells, _ in zip(self._sheet.iter_rows(), range(HEAD_ROWS), strict=False)]
        self._merges.spread(rows)
        return [(number, self._meant(number, cells)) for number, cells in enumerate(rows, 1)]

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        for number, cells in self._merges.fill_down(self._sheet.iter_rows(), fill_down):
            self._done = number
            yield number, self._meant(number, cells)

    def _meant(self, number: int, cells: Sequence[Cell]) -> Sequence[Cell]:
        return self.meanings.meant(self.sheet, number, self._left, cells)

    def share_read(self) -> float:
        return self._done / max(self._sheet.total_height, 1)


def open_sheets(source: ByteSource) -> tuple[list[SheetTable], list[str]]:
    """The visible sheets that hold anything, and a note on each other one. Raises: FileRefused."""
    with source.open_seekable() as file:
        check_workbook(file)
        file.seek(0)
        try:
            tables, notes = _list_sheets(calamine.CalamineWorkbook.from_filelike(file))
            meanings = read_cell_meanings(file)
            for table in tables:
                table.meanings = meanings
            return tables, notes
        except calamine.PasswordError as problem:
            raise FileRefused(LOCKED) from problem
        except MemoryError:
            raise
        except Exception as problem:  # besides calamine's own, what reading a damaged archive raises
            raise FileRefused(_DAMAGED) from problem
        except BaseException as problem:  # a panic in calamine is no Exception
            if type(problem).__name__ == "PanicException":
                raise FileRefused(_DAMAGED) from problem
            raise


def _list_sheets(book: calamine.CalamineWorkbook) -> tuple[list[SheetTable], list[str]]:
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

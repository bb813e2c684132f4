"""Writing tables as the vendors write them: CSV with CRLF lines, one-sheet workbooks."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xlsxwriter  # type: ignore[import-untyped]

GB18030 = "gb18030"
UTF8_WITH_BOM = "utf-8-sig"


@dataclass(frozen=True)
class WrittenFile:
    name: str
    rows: int  # without the header


class CsvTable:
    """A CSV file written row by row; None is an empty cell."""

    def __init__(self, path: Path, header: Sequence[str], encoding: str) -> None:
        self.path = path
        self.rows = 0
        self._file = path.open("w", encoding=encoding, newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(header)

    def write(self, row: Sequence[object]) -> None:
        self._writer.writerow(row)
        self.rows += 1

    @property
    def written(self) -> WrittenFile:
        return WrittenFile(self.path.name, self.rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], encoding: str
) -> WrittenFile:
    with CsvTable(path, header, encoding) as table:
        for row in rows:
            table.write(row)
    return table.written


def write_workbook(
    path: Path, sheet: str, header: Sequence[str], rows: Iterable[Sequence[object]], created: datetime
) -> WrittenFile:
    """One sheet, written row by row: text, numbers, days as real dates; None is no cell."""
    count = 0
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.set_properties({"created": created})
        as_day = book.add_format({"num_format": "yyyy-mm-dd"})
        page = book.add_worksheet(sheet)
        _write_row(page, 0, header, as_day)
        for count, row in enumerate(rows, start=1):
            _write_row(page, count, row, as_day)
    return WrittenFile(path.name, count)


def _write_row(page: Any, number: int, row: Sequence[object], as_day: Any) -> None:
    for column, value in enumerate(row):
        if isinstance(value, str):
            page.write_string(number, column, value)
        elif isinstance(value, date):
            page.write_datetime(number, column, value, as_day)
        elif value is not None:
            page.write_number(number, column, value)

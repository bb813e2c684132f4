"""Sheets of a workbook: a header, rows, readable widths; no cell that a spreadsheet would run.

The one module that knows XlsxWriter.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from kpi.figures.figure import Status
from kpi.tables import width

Cell = str | int | Decimal | Fraction | None
Format = Any
Styled = Cell | tuple[Cell, Format]

RUNNING = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes text beginning so for a formula
NARROWEST, WIDEST = 8, 50
_EVERY = {"valign": "top", "border": 1, "border_color": "#CCCCCC"}
_HEADER = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF"}
_COLOURS = {
    Status.VERIFIABLE: "#E7F4EA",
    Status.PARTLY: "#FFF4D6",
    Status.UNVERIFIABLE: "#FBE3E1",
    Status.NOT_APPLICABLE: "#EEEEEE",
}


@contextmanager
def open_book(path: Path, title: str, now: datetime, stamp: str | None = None) -> Iterator["Book"]:
    """A new workbook, written when the block ends; every printed page carries the stamp."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"title": title, "created": now.replace(tzinfo=None)})
        yield Book(workbook, stamp)


class Book:
    """A workbook being written, and its cell formats, each made once."""

    def __init__(self, workbook: Any, stamp: str | None = None):
        self._workbook = workbook
        self._stamp = (stamp or "").replace("&", "&&")  # a single & begins a code there
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def number(self, places: int, status: Status | None = None) -> Format:
        """Numbers with that many places and thousands separated, coloured by status."""
        return self._format(num_format="#,##0" + ("." + "0" * places if places else ""), **_colour(status))

    def words(self, status: Status | None = None) -> Format:
        return self._format(text_wrap=True, **_colour(status))

    def share(self) -> Format:
        return self._format(num_format="0.00%")

    def sheet(
        self, name: str, header: Sequence[str], rows: Sequence[Sequence[Styled]], *, frozen: int = 1
    ) -> None:
        """Adds a sheet with a filter, its header and first columns frozen; numbers stay numbers."""
        sheet = self._workbook.add_worksheet(name)
        sheet.write_row(0, 0, header, self._format(**_HEADER))
        widest = [width(title) + 4 for title in header]
        for line, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                value, style = cell if isinstance(cell, tuple) else (cell, self.words())
                _write(sheet, line, place, value, style)
                widest[place] = max(widest[place], _width(value))
        for place, wanted in enumerate(widest):
            sheet.set_column(place, place, min(max(wanted, NARROWEST), WIDEST))
        sheet.freeze_panes(1, frozen)
        sheet.autofilter(0, 0, max(len(rows), 1), len(header) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_header(f"&R{self._stamp}")
        sheet.set_footer(f"&L{self._stamp}&R第 &P 页，共 &N 页")

    def _format(self, **wanted: Any) -> Format:
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(_EVERY | wanted)
        return self._made[key]


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula, even after it went through CSV."""
    return f"'{text}" if text.startswith(RUNNING) else text


def _width(value: Cell) -> int:
    if value is None:
        return 0
    return width(value) + 2 if isinstance(value, str) else len(f"{float(value):,.2f}") + 1


def _write(sheet: Any, line: int, place: int, value: Cell, style: Format) -> None:
    if value is None:
        sheet.write_blank(line, place, None, style)
    elif isinstance(value, str):
        sheet.write_string(line, place, safe(value), style)
    else:
        sheet.write_number(line, place, float(value), style)


def _colour(status: Status | None) -> dict[str, str]:
    return {} if status is None else {"bg_color": _COLOURS[status]}

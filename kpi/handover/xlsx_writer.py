"""Sheets of a workbook: a header, rows, readable widths; no cell that a spreadsheet would run.

The one module that knows XlsxWriter.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]

from kpi.figures.figure import Status
from kpi.terminal_tables import measure_width
from tracker.file_writing import write_whole
from tracker.spreadsheet_cells import escape_formula


class CellFormula(NamedTuple):
    """A live formula with our own result, shown until a spreadsheet computes it."""

    text: str  # =SUM(A1:A9)
    value: "str | int | Decimal | Fraction"


CellValue = str | int | Decimal | Fraction | CellFormula | None
CellFormat = Any
StyledCell = CellValue | tuple[CellValue, CellFormat]

NARROWEST, WIDEST = 8, 50
A3, A4 = 8, 9  # as XlsxWriter numbers papers
_ON_A4 = 140  # columns of a form that can be read on a sheet of A4
_ROW_PIXELS = 20
_EVERY = {"valign": "top", "border": 1, "border_color": "#CCCCCC"}
_HEADER = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF"}
_COLOURS = {
    Status.VERIFIABLE: "#E7F4EA",
    Status.PARTLY: "#FFF4D6",
    Status.UNVERIFIABLE: "#FBE3E1",
    Status.NOT_APPLICABLE: "#EEEEEE",
}


class ColumnMerge(NamedTuple):
    """Cells of a column merged over rows of a table; both ends are included, the first row is 0."""

    place: int
    first: int
    last: int
    text: str


class ChartSeries(NamedTuple):
    """One line or bar of a chart: its name, and where its categories and values stand."""

    name: str
    categories: str
    values: str


class WorkbookChart(NamedTuple):
    """A native chart."""

    kind: str  # line, bar, column
    title: str
    unit: str
    series: tuple[ChartSeries, ...]
    low: float | None = None
    high: float | None = None  # 1: shares, shown in per cent
    height: int = 420  # pixels


@contextmanager
def open_book(path: Path, title: str, now: datetime, stamp: str | None = None) -> Iterator["WorkbookWriter"]:
    """A new workbook, written when the block ends; every printed page carries the stamp."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with write_whole(path) as part, xlsxwriter.Workbook(str(part), options) as workbook:
        workbook.set_properties({"title": title, "created": now.replace(tzinfo=None)})
        yield WorkbookWriter(workbook, stamp)


class WorkbookWriter:
    """A workbook being written, and its cell formats, each made once."""

    def __init__(self, workbook: Any, stamp: str | None = None):
        self._workbook = workbook
        self._stamp = (stamp or "").replace("&", "&&")  # a single & begins a code there
        self._made: dict[tuple[tuple[str, Any], ...], CellFormat] = {}

    def number(self, places: int, status: Status | None = None) -> CellFormat:
        """Numbers with that many places and thousands separated, coloured by status."""
        return self._format(
            num_format="#,##0" + ("." + "0" * places if places else ""), **_get_colour(status)
        )

    def words(self, status: Status | None = None) -> CellFormat:
        return self._format(text_wrap=True, **_get_colour(status))

    def share(self) -> CellFormat:
        return self._format(num_format="0.00%")

    def rate(self) -> CellFormat:
        """A share in the middle of a form's cell."""
        return self._format(num_format="0.00%", align="center", valign="vcenter")

    def line(self) -> CellFormat:
        """Words that run on over the cells to the right."""
        return self._format(border=0)

    def sheet(
        self,
        name: str,
        header: Sequence[str],
        rows: Sequence[Sequence[StyledCell]],
        *,
        frozen: int = 1,
        above: Sequence[Sequence[StyledCell]] = (),
    ) -> None:
        """Adds a sheet with a filter, its header and first columns frozen; numbers stay numbers.

        `above` are rows before the header, with an empty row between.
        """
        sheet = self._workbook.add_worksheet(name)
        top = len(above) + 1 if above else 0
        widest = [measure_width(title) + 4 for title in header]
        for first, block in ((0, above), (top + 1, rows)):
            for line, row in enumerate(block, start=first):
                for place, cell in enumerate(row):
                    value, style = _split_style(cell, self.words())
                    _write(sheet, line, place, value, style)
                    if len(row) > 1:
                        widest[place] = max(widest[place], _compute_width(value))
        sheet.write_row(top, 0, [*map(escape_formula, header)], self._format(**_HEADER))
        widths = [min(max(wanted, NARROWEST), WIDEST) for wanted in widest]
        for place, columns in enumerate(widths):
            sheet.set_column(place, place, columns)
        if max(widest) > WIDEST:
            for line, row in enumerate(rows, start=top + 1):
                sheet.set_row(line, _compute_height([_split_style(cell, None)[0] for cell in row], widths))
        sheet.freeze_panes(top + 1, frozen)
        sheet.autofilter(top, 0, top + max(len(rows), 1), len(header) - 1)
        _set_up_printing(sheet, self._stamp, first=top)

    def general(self) -> CellFormat:
        """Numbers as they are."""
        return self._format(num_format="General")

    def title(self) -> CellFormat:
        return self._format(bold=True, font_size=16, align="center", border=0, valign="vcenter")

    def strong(self) -> CellFormat:
        return self._format(bold=True, text_wrap=True, bg_color="#EEF3F8")

    def points(self) -> CellFormat:
        """Scores: no more places than there are."""
        return self._format(num_format="0.##;-0.##;0", align="center", valign="vcenter")

    def left(self) -> CellFormat:
        """Words of a form."""
        return self._format(text_wrap=True, valign="vcenter")

    def middle(self) -> CellFormat:
        """Words in the middle of a merged cell."""
        return self._format(text_wrap=True, align="center", valign="vcenter")

    def form(
        self,
        name: str,
        title: str,
        header: Sequence[str],
        rows: Sequence[Sequence[StyledCell]],
        *,
        widths: Sequence[float],
        merged: Sequence[ColumnMerge] = (),
        notes: Sequence[str] = (),
    ) -> None:
        """Adds a table as it is printed: title, header, cells merged downwards, notes under it."""
        sheet, last = self._workbook.add_worksheet(name), len(header) - 1
        sheet.merge_range(0, 0, 0, last, escape_formula(title), self.title())
        sheet.set_row(0, 30)
        style = self._format(align="center", text_wrap=True, **_HEADER)
        sheet.write_row(1, 0, [*map(escape_formula, header)], style)
        spanned = {span.place for span in merged}
        for line, row in enumerate(rows, start=2):
            for place, cell in enumerate(row):
                _write(sheet, line, place, *_split_style(cell, self.left()))
            cells = [cell if place not in spanned else None for place, cell in enumerate(row)]
            sheet.set_row(line, _compute_height(cells, widths))
        for span in merged:
            if span.last > span.first:
                sheet.merge_range(
                    span.first + 2,
                    span.place,
                    span.last + 2,
                    span.place,
                    escape_formula(span.text),
                    self.middle(),
                )
        for number, note in enumerate(notes, start=len(rows) + 2):
            sheet.merge_range(
                number, 0, number, last, escape_formula(note), self._format(border=0, text_wrap=True)
            )
            sheet.set_row(number, _compute_height([note], [sum(widths)]))
        for place, columns in enumerate(widths):
            sheet.set_column(place, place, columns)
        sheet.freeze_panes(2, 0)
        wide = sum(widths) > _ON_A4
        _set_up_printing(sheet, self._stamp, first=1, paper=A3 if wide else A4, upright=not wide)

    def charts(self, name: str, charts: Sequence["WorkbookChart"]) -> None:
        """Adds a sheet of native charts, one under another."""
        sheet = self._workbook.add_worksheet(name)
        line, breaks = 0, []
        for one in charts:
            sheet.insert_chart(line, 0, self._chart(one), {"y_offset": 10})
            line += -(-one.height // _ROW_PIXELS) + 1
            breaks.append(line)
        sheet.set_h_pagebreaks(breaks[:-1])
        sheet.set_print_scale(75)
        _set_up_printing(sheet, self._stamp, first=None)

    def _chart(self, one: "WorkbookChart") -> Any:
        chart = self._workbook.add_chart({"type": one.kind})
        for series in one.series:
            chart.add_series(
                {"name": series.name, "categories": series.categories, "values": series.values}
                | ({"data_labels": {"value": True}} if len(one.series) == 1 else {})
                | ({"marker": {"type": "circle", "size": 4}} if one.kind == "line" else {})
            )
        chart.set_title({"name": one.title, "name_font": {"size": 12}})
        along, across = ("y_axis", "x_axis") if one.kind == "bar" else ("x_axis", "y_axis")
        scale = {"num_format": "0%"} if one.high == 1 else {}
        getattr(chart, f"set_{across}")({"name": one.unit, "min": one.low, "max": one.high} | scale)
        getattr(chart, f"set_{along}")({"reverse": one.kind == "bar"})
        if len(one.series) == 1:
            chart.set_legend({"none": True})
        else:
            chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 900, "height": one.height})
        return chart

    def _format(self, **wanted: Any) -> CellFormat:
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(_EVERY | wanted)
        return self._made[key]


def _split_style(cell: StyledCell, otherwise: CellFormat) -> tuple[CellValue, CellFormat]:
    if isinstance(cell, tuple) and not isinstance(cell, CellFormula):
        return cell
    return cell, otherwise


def _compute_height(row: Sequence[StyledCell], widths: Sequence[float]) -> float:
    """Points that a row needs so that its longest text is not cut; a spreadsheet does not find out itself."""
    lines = [
        -(-measure_width(cell) // max(int(columns * 0.88), 1))
        for cell, columns in zip(row, widths, strict=False)
        if isinstance(cell, str)
    ]
    return 15.0 * max([1, *lines]) + 3


def _set_up_printing(
    sheet: Any, stamp: str, *, first: int | None, paper: int = A4, upright: bool = False
) -> None:
    """One page wide, as many high as it takes; the header is repeated, each page stamped."""
    if not upright:
        sheet.set_landscape()
    sheet.set_paper(paper)
    if first is not None:
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(first)
    if stamp:
        sheet.set_header(f"&R{stamp}")
    sheet.set_footer((f"&L{stamp}" if stamp else "") + "&R第 &P 页，共 &N 页")


def _compute_width(value: CellValue) -> int:
    if isinstance(value, CellFormula):
        return _compute_width(value.value)
    if value is None:
        return 0
    return measure_width(value) + 2 if isinstance(value, str) else len(f"{float(value):,.2f}") + 1


def _write(sheet: Any, line: int, place: int, value: CellValue, style: CellFormat) -> None:
    if value is None:
        sheet.write_blank(line, place, None, style)
    elif isinstance(value, CellFormula):
        result = value.value if isinstance(value.value, str) else float(value.value)
        sheet.write_formula(line, place, value.text, style, result)
    elif isinstance(value, str):
        sheet.write_string(line, place, escape_formula(value), style)
    else:
        sheet.write_number(line, place, float(value), style)


def _get_colour(status: Status | None) -> dict[str, str]:
    return {} if status is None else {"bg_color": _COLOURS[status]}

"""HTML tables: what many vendors' "Excel" export is, named .xls; Excel opens it, so it is read."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]

from tracker.tabular.encoding import detect_encoding
from tracker.tabular.merged_cells import CellRange, MemoryTable
from tracker.tabular.source import ByteSource
from tracker.tabular.table import Cell, FileRefused, NoTable

LARGEST = 128 << 20  # bytes
MOST_CELLS = 5_000_000
_WIDEST, _TALLEST = 1_000, 65_534  # cells that one may span, as browsers have it
_CHUNK = 1 << 18
_BLANKS = re.compile(r"[ \t\r\n\f]+")  # say no more than one
_AROUND_BREAK = re.compile(r" *\n[ \n]*")
_SILENT = ("script", "style", "title", "select", "textarea")


def open_html(source: ByteSource, encoding: str | None) -> list[MemoryTable]:
    """The tables with anything in them; one that holds other tables is there for the layout alone.

    Raises: NoTable for a page without any, FileRefused for one that is too large."""
    if source.size > LARGEST:
        raise FileRefused(f"网页表格超过 {LARGEST >> 20} MB；请用 Excel 打开后另存为 CSV 再导入。")
    parser = etree.HTMLParser(
        target=_TableCollector(), no_network=True, huge_tree=False, remove_comments=True
    )
    try:
        for chunk in _decode(source, encoding or detect_encoding(source)):
            parser.feed(chunk)
        tables = parser.close()
    except etree.LxmlError as problem:
        raise FileRefused("网页表格读不下去；请用 Excel 打开后另存为 xlsx，再导入。") from problem
    found = [table for table in tables if any(any(row) for row in table.rows)]
    if not found:
        raise NoTable(
            "这是网页（HTML），里面没有表格：可能是登录页面、出错页面，或表格在另一个文件里。"
            "请重新导出；若用 Excel 打开能看到表格，请另存为 xlsx 再导入。"
        )
    names = [f"网页中的第 {number} 张表" for number in range(1, len(found) + 1)] if found[1:] else [None]
    return [
        MemoryTable("网页表格（HTML）", table.rows, table.merges, name, number)
        for number, (name, table) in enumerate(zip(names, found, strict=True), 1)
    ]


def _decode(source: ByteSource, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with source.open() as file:
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk).replace("\0", "\ufffd")
    yield decoder.decode(b"", True)


@dataclass
class _TableBuilder:
    """A table on its way."""

    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[CellRange] = field(default_factory=list)
    covered: dict[int, int] = field(default_factory=dict)  # column → last row that a cell above reaches to
    text: list[str] | None = None  # of the open cell
    span: tuple[int, int] = (1, 1)  # rows and columns of it
    layout: bool = False  # holds other tables

    def begin_row(self) -> None:
        self.end_cell()
        if self.rows:
            self._skip_covered()
        self.rows.append([])

    def begin_cell(self, rows: int, columns: int) -> None:
        self.end_cell()
        if not self.rows:
            self.rows.append([])
        self.text, self.span = [], (rows, columns)

    def end_cell(self) -> None:
        if self.text is None:
            return
        self._skip_covered()
        row, at, (rows, columns) = self.rows[-1], len(self.rows) - 1, self.span
        left = len(row)
        row += [_AROUND_BREAK.sub("\n", "".join(self.text)).strip(), *[""] * (columns - 1)]
        if rows > 1:
            self.covered.update(dict.fromkeys(range(left, left + columns), at + rows - 1))
        if rows > 1 or columns > 1:
            self.merges.append(((at, left), (at + rows - 1, left + columns - 1)))
        self.text = None

    def end(self) -> None:
        self.end_cell()
        if self.rows:
            self._skip_covered()

    def _skip_covered(self) -> None:
        row, at = self.rows[-1], len(self.rows) - 1
        while self.covered.get(len(row), -1) >= at:
            row.append("")


class _TableCollector:
    """Takes the parser's events; knows the tables that are open, the innermost last."""

    def __init__(self) -> None:
        self._open: list[_TableBuilder] = []
        self._closed: list[_TableBuilder] = []
        self._silent = 0
        self._cells = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            for table in self._open[-1:]:
                table.layout = True
            self._open.append(_TableBuilder())
        elif self._open:
            self._start_inside(self._open[-1], tag, attributes)

    def end(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif self._open and tag in ("td", "th", "tr"):
            self._open[-1].end_cell()
        elif self._open and tag == "table":
            self._open[-1].end()
            self._closed.append(self._open.pop())

    def data(self, text: str) -> None:
        if self._open and not self._silent and (cell := self._open[-1].text) is not None:
            cell.append(_BLANKS.sub(" ", text))

    def close(self) -> list[_TableBuilder]:
        """The tables that hold no others."""
        while self._open:
            self.end("table")
        return [table for table in self._closed if not table.layout]

    def _start_inside(self, table: _TableBuilder, tag: str, attributes: dict[str, str]) -> None:
        if tag == "tr":
            self._count(len(table.covered) + 1)
            table.begin_row()
        elif tag in ("td", "th"):
            rows = _parse_span(attributes.get("rowspan"), _TALLEST)
            columns = _parse_span(attributes.get("colspan"), _WIDEST)
            self._count(columns)
            table.begin_cell(rows, columns)
        elif tag in ("br", "p", "div") and table.text:
            table.text.append("\n")

    def _count(self, cells: int) -> None:
        """Raises: FileRefused for more than fit."""
        self._cells += cells
        if self._cells > MOST_CELLS:
            raise FileRefused(
                f"网页表格有 {MOST_CELLS} 个以上单元格；请用 Excel 打开后另存为 CSV 再导入，CSV 不限长度。"
            )


def _parse_span(written: str | None, most: int) -> int:
    """How many cells one spans; what is no number is one."""
    number = (written or "").strip()
    return min(max(int(number), 1), most) if number.isascii() and number.isdigit() and len(number) < 9 else 1

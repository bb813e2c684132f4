"""XML spreadsheets of Excel 2003 (SpreadsheetML), mostly named .xls."""

import codecs
from collections.abc import Iterator
from datetime import datetime
from xml.parsers import expat

from tracker.tabular.encoding import detect_encoding
from tracker.tabular.merged_cells import CellRange, MemoryTable
from tracker.tabular.source import ByteSource
from tracker.tabular.table import Cell, FileRefused, NoTable, Table

LARGEST = 128 << 20  # bytes
MOST_CELLS = 5_000_000
_ROWS, _COLUMNS = 1_048_576, 16_384  # of the largest sheet that there can be
_CHUNK = 1 << 18
_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_VISIBLE = "urn:schemas-microsoft-com:office:excel Visible"
_LAST_OF_1899 = datetime(1899, 12, 31)


def open_spreadsheetml(source: ByteSource, encoding: str | None) -> tuple[list[Table], list[str]]:
    """The visible sheets that hold anything, and a note on each hidden one.

    Raises: FileRefused for other XML, for what is broken or too large, and for declared entities."""
    if source.size > LARGEST:
        raise FileRefused(f"XML 表格超过 {LARGEST >> 20} MB；请用 Excel 打开后另存为 CSV 再导入。")
    book = _BookParser()
    parser = expat.ParserCreate("utf-8", " ")  # whatever it declares: it is decoded here, from GBK too
    parser.buffer_text = True
    parser.StartElementHandler = book.start
    parser.EndElementHandler = book.end
    parser.CharacterDataHandler = book.text
    parser.StartDoctypeDeclHandler = _refuse_declaration
    parser.EntityDeclHandler = _refuse_declaration
    try:
        for chunk in _to_utf8(source, encoding or detect_encoding(source)):
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except expat.ExpatError as problem:
        raise FileRefused(
            f"XML 在第 {problem.lineno} 行读不下去；请用 Excel 打开后另存为 xlsx，再导入。"
        ) from problem
    tables: list[Table] = [
        MemoryTable("XML 表格", sheet.rows, sheet.merges, sheet.name, number)
        for number, sheet in enumerate(book.sheets, 1)
        if not sheet.hidden and any(any(cell != "" for cell in row) for row in sheet.rows)
    ]
    if not tables:
        raise NoTable("工作簿里没有可读的数据：工作表全是空的或隐藏的。")
    return tables, [f"工作表“{sheet.name}”是隐藏的，未读取。" for sheet in book.sheets if sheet.hidden]


def _to_utf8(source: ByteSource, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with source.open() as file:
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", True).encode()


def _refuse_declaration(*declared: object) -> None:
    """Raises: FileRefused: a spreadsheet declares nothing, and what is declared may grow without end."""
    raise FileRefused("XML 里带有文档类型或实体声明，为安全起见不读；请用 Excel 打开后另存为 xlsx，再导入。")


class _SheetBuilder:
    """One worksheet on its way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[list[Cell]] = []
        self.merges: list[CellRange] = []
        self.hidden = False
        self.skipped = 0  # rows that the last one stands for, besides itself


class _BookParser:
    """Takes the parser's events."""

    def __init__(self) -> None:
        self.sheets: list[_SheetBuilder] = []
        self._cells = 0
        self._depth = 0
        self._column = 0  # of the open cell
        self._comments = 0  # that are open
        self._type = ""  # of the open datum
        self._text: list[str] | None = None  # of it

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        namespace, _, local = name.rpartition(" ")
        if self._depth == 1 and (namespace, local) != (_NAMESPACE, "Workbook"):
            raise FileRefused(
                f"这是 XML 文件（{local[:40]}），不是 Excel 的表格；请从原系统导出 Excel 或 CSV 文件。"
            )
        if name == _VISIBLE:
            self._text = []
        if namespace != _NAMESPACE:
            return
        if local == "Worksheet":
            self.sheets.append(
                _SheetBuilder(attributes.get(f"{_NAMESPACE} Name", f"表{len(self.sheets) + 1}"))
            )
        elif not self.sheets:
            return
        elif local == "Row":
            self._begin_row(self.sheets[-1], attributes)
        elif local == "Cell" and self.sheets[-1].rows:
            self._begin_cell(self.sheets[-1], attributes)
        elif local == "Comment":
            self._comments += 1
        elif local == "Data" and not self._comments:
            self._type, self._text = attributes.get(f"{_NAMESPACE} Type", "String"), []

    def text(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, name: str) -> None:
        self._depth -= 1
        self._comments -= name == f"{_NAMESPACE} Comment"
        if name not in (_VISIBLE, f"{_NAMESPACE} Data") or self._text is None:
            return
        text, self._text = "".join(self._text), None
        if not self.sheets:
            return
        sheet = self.sheets[-1]
        if name == _VISIBLE:
            sheet.hidden = text.strip() in ("SheetHidden", "SheetVeryHidden")
        elif sheet.rows and self._column < len(sheet.rows[-1]):
            sheet.rows[-1][self._column] = _to_cell(self._type, text)

    def _begin_row(self, sheet: _SheetBuilder, attributes: dict[str, str]) -> None:
        missing = _read_number(attributes, "Index", len(sheet.rows) + sheet.skipped + 1) - len(sheet.rows) - 1
        if missing < 0 or len(sheet.rows) + missing >= _ROWS:
            raise FileRefused("XML 表格的行号不合理；请用 Excel 打开后另存为 xlsx，再导入。")
        self._count(missing + 1)
        sheet.rows += [[] for _ in range(missing + 1)]
        sheet.skipped = _read_number(attributes, "Span", 0)

    def _begin_cell(self, sheet: _SheetBuilder, attributes: dict[str, str]) -> None:
        row = sheet.rows[-1]
        missing = _read_number(attributes, "Index", len(row) + 1) - len(row) - 1
        across, down = _read_number(attributes, "MergeAcross", 0), _read_number(attributes, "MergeDown", 0)
        if missing < 0 or len(row) + missing + across >= _COLUMNS:
            raise FileRefused("XML 表格的列号不合理；请用 Excel 打开后另存为 xlsx，再导入。")
        self._count(missing + 1 + across)
        self._column = len(row) + missing
        row += [""] * (missing + 1 + across)
        if across or down:
            top = len(sheet.rows) - 1
            sheet.merges.append(((top, self._column), (top + down, self._column + across)))

    def _count(self, cells: int) -> None:
        """Raises: FileRefused for more than fit."""
        self._cells += cells
        if self._cells > MOST_CELLS:
            raise FileRefused(
                f"XML 表格有 {MOST_CELLS} 个以上单元格；请用 Excel 打开后另存为 CSV 再导入，CSV 不限长度。"
            )


def _read_number(attributes: dict[str, str], name: str, otherwise: int) -> int:
    """A whole number of an attribute. Raises: FileRefused."""
    written = attributes.get(f"{_NAMESPACE} {name}")
    if written is None:
        return otherwise
    if not (written.isascii() and written.isdigit() and len(written) < 9):
        raise FileRefused("XML 表格的行号或列号不是数；请用 Excel 打开后另存为 xlsx，再导入。")
    return int(written)


def _to_cell(kind: str, text: str) -> Cell:
    """A value by its stated type; what does not fit its type stays text."""
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return _to_time(datetime.fromisoformat(text.strip()))
    except ValueError:
        return text
    if kind == "Boolean":
        return text.strip() == "1"
    return text


def _to_time(at: datetime) -> Cell:
    """Times without a day, and lengths of a day and more, count from the last of 1899."""
    if at.year > _LAST_OF_1899.year + 1:
        return at
    return at.time() if at.date() == _LAST_OF_1899.date() else at - _LAST_OF_1899

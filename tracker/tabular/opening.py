"""What a file is, told by its first bytes, and the tables in it."""

from tracker.tabular.encoding import decode_beginning
from tracker.tabular.html import open_html
from tracker.tabular.json_document import JsonDocument
from tracker.tabular.mht import is_mht, open_mht
from tracker.tabular.ndjson import NdjsonTable, is_ndjson
from tracker.tabular.parquet import MAGIC, ParquetTable
from tracker.tabular.queue_log import is_queue_log, open_queue_log
from tracker.tabular.source import ByteSource
from tracker.tabular.spreadsheetml import open_spreadsheetml
from tracker.tabular.table import NoTable, Table
from tracker.tabular.text import TextTable
from tracker.tabular.word import is_word_document, open_document
from tracker.tabular.workbook import open_sheets

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_FOREIGN = (
    (b"%PDF", "PDF 文件"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
)
_MARKUP = ("<html", "<!doctype html", "<table", "<meta", "<head", "<body", "<div", "<style", "<center")
_START = 4096


def open_source(source: ByteSource, encoding: str | None) -> tuple[list[Table], list[str]]:
    """The tables, and notes on what was left out. Raises: FileRefused."""
    with source.open() as file:
        start = file.read(_START)
    _refuse_foreign(start)
    if start.startswith(MAGIC):
        return [ParquetTable(source)], []
    if is_mht(start):
        return [*open_mht(source, encoding)], []
    if start.startswith(_WORKBOOKS[0]) and is_word_document(source):
        return [*open_document(source)], []
    if start.startswith(_WORKBOOKS):
        sheets, notes = open_sheets(source)
        if not sheets:
            raise NoTable("工作簿里没有可读的数据：工作表全是空的或隐藏的。")
        return [*sheets], notes
    begin = decode_beginning(start)
    if begin.startswith("{") and is_ndjson(source):
        return [NdjsonTable(source)], []
    if begin.startswith(("{", "[")):
        return [JsonDocument(source)], []
    if begin.startswith("<"):
        if begin.lower().startswith(_MARKUP) or "<html" in begin.lower():
            return [*open_html(source, encoding)], []
        if begin.startswith("<?xml") or "schemas-microsoft-com:office:spreadsheet" in begin:
            return open_spreadsheetml(source, encoding)
    if is_queue_log(begin):
        return open_queue_log(source)
    return [TextTable(source, encoding)], []


def _refuse_foreign(start: bytes) -> None:
    if not start.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise NoTable("文件是空的；若当天确实没有业务，请登记零报告。")
    for magic, name in _FOREIGN:
        if start.startswith(magic):
            raise NoTable(f"这是{name}，不能导入；请导入其中的 CSV 或 Excel 文件。")

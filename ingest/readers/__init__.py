"""Delivered files as tables of rows, whatever they were written with."""

from pathlib import Path

from ingest.readers.ndjson import JsonTable
from ingest.readers.table import HEAD_ROWS, Cell, FileRefused, Row, Table, Unreadable
from ingest.readers.text import TextTable
from ingest.readers.workbook import open_sheets

__all__ = ["HEAD_ROWS", "Cell", "FileRefused", "Row", "Table", "Unreadable", "open_tables"]

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_FOREIGN = (
    (b"%PDF", "PDF 文件"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
)
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head")


def open_tables(path: Path, encoding: str | None = None) -> tuple[list[Table], list[str]]:
    """The tables of a file, told apart by its content and not by its name; with notes on what was left out.

    `encoding` is what a person says that a text file is in; None: it is found out.

    Raises: FileRefused for a file that is empty, broken, locked or of no kind that can be read."""
    with path.open("rb") as file:
        start = file.read(4096)
    _refuse_foreign(start)
    if start.startswith(_WORKBOOKS):
        tables, notes = open_sheets(path)
        if not tables:
            raise FileRefused("工作簿里没有可读的数据：工作表全是空的或隐藏的。")
        return list(tables), notes
    begin = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begin.startswith(b"{"):
        return [JsonTable(path)], []
    if begin.startswith(b"["):
        raise FileRefused("文件是一个 JSON 数组；请改成每行一个 JSON 对象（ndjson）。")
    return [TextTable(path, encoding)], []


def _refuse_foreign(start: bytes) -> None:
    if not start.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise FileRefused("文件是空的；若确实没有业务，请用 hotline zero-report 登记零报告。")
    for magic, name in _FOREIGN:
        if start.startswith(magic):
            raise FileRefused(f"这是{name}，不能导入；请导入其中的 CSV 或 Excel 文件。")
    if start.lstrip().lower().startswith(_MARKUP):
        raise FileRefused("文件名虽像表格，内容却是网页（HTML/XML）；请用 Excel 打开后另存为 xlsx 再导入。")

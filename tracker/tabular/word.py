"""Tables of a Word document (.docx). Merged cells are repeated over their whole range."""

import io
import zipfile
from typing import Any
from xml.etree.ElementTree import ParseError

from tracker.tabular.merged_cells import MemoryTable
from tracker.tabular.source import ByteSource
from tracker.tabular.table import Cell, FileRefused, NoTable
from tracker.tabular.zip_file import open_zip

LARGEST = 128 << 20  # bytes once unpacked
MOST_CELLS = 200_000
_BODY = "word/document.xml"
_DAMAGED = "Word 文档已损坏，打不开；请用 Word 打开后另存为 docx，再试。"


def is_word_document(source: ByteSource) -> bool:
    """Whether a ZIP archive is a Word document."""
    with source.open_seekable() as file:
        try:
            return zipfile.is_zipfile(file) and _BODY in open_zip(file).namelist()
        except zipfile.BadZipFile:
            return False


def open_document(source: ByteSource) -> list[MemoryTable]:
    """The tables in the order of the document, named 表1, 表2 …

    Raises: NoTable for a document without any, FileRefused for one that is damaged or too large."""
    with source.open_seekable() as file:
        content = io.BytesIO(file.read())
    tables = [_read_rows(table) for table in _read(content).tables]
    if not tables:
        raise NoTable("Word 文档里没有表格。")
    if sum(len(row) for rows in tables for row in rows) > MOST_CELLS:
        raise FileRefused(
            f"Word 文档里的表格超过 {MOST_CELLS:,} 个单元格；请把表格贴到 Excel 里另存为 xlsx，再导入。"
        )
    return [
        MemoryTable("Word 文档中的表格", rows, (), f"表{number}", number)
        for number, rows in enumerate(tables, 1)
    ]


def _read(content: io.BytesIO) -> Any:
    """Raises: FileRefused."""
    import docx  # takes a third of a second, and few files are Word documents
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError  # type: ignore[import-untyped]

    try:
        if sum(member.file_size for member in open_zip(content).infolist()) > LARGEST:
            raise FileRefused(f"Word 文档展开后超过 {LARGEST >> 20} MB；请把其中的表格另存为 xlsx，再导入。")
        return docx.Document(content)
    except (PackageNotFoundError, zipfile.BadZipFile, LxmlError, ParseError, KeyError, ValueError) as problem:
        raise FileRefused(_DAMAGED) from problem


def _read_rows(table: Any) -> list[list[Cell]]:
    return [[cell.text.strip() for cell in row.cells] for row in table.rows]

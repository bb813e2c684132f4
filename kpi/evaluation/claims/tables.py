"""Tables of claimed figures, as files hold them: CSV, XLSX, DOCX."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import python_calamine

ENCODINGS = ("utf-8-sig", "gb18030")


class ClaimsProblem(ValueError):
    """要核对的文件读不出来：说明里有原因和改法。"""


class Table(NamedTuple):
    """A table as text; its rows are numbered from 1."""

    name: str  # sheet, or 表1, 表2 … of a document; empty for a text file
    rows: list[list[str]]


def read_tables(path: Path) -> list[Table]:
    """All tables of a file. Raises: ClaimsProblem for a file that cannot be read as one."""
    readers = {".csv": _csv, ".xlsx": _xlsx, ".docx": _docx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ClaimsProblem(f"{path.name} 不是可以核对的文件；请用 {'、'.join(readers)}。")
    if not path.is_file():
        raise ClaimsProblem(f"没有文件 {path}。")
    return list(reader(path))


def _csv(path: Path) -> Iterator[Table]:
    data = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        yield Table("", [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))])
        return
    raise ClaimsProblem(f"{path.name} 的编码读不出来；请另存为UTF-8的CSV。")


def _xlsx(path: Path) -> Iterator[Table]:
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, BadZipFile) as problem:
        raise ClaimsProblem(f"{path.name} 不是完好的Excel工作簿；请用Excel打开后另存一份。") from problem
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        yield Table(name, [_texts(row) for row in rows])


def _docx(path: Path) -> Iterator[Table]:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, BadZipFile, KeyError) as problem:
        raise ClaimsProblem(f"{path.name} 不是完好的Word文档；请用Word打开后另存一份。") from problem
    for number, table in enumerate(document.tables, start=1):
        rows = [[cell.text.strip() for cell in row.cells] for row in table.rows]
        yield Table(f"表{number}", rows)


def _texts(row: Sequence[object]) -> list[str]:
    return [_text(cell) for cell in row]


def _text(cell: object) -> str:
    """A cell as it reads; a whole number without its point."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).strip()

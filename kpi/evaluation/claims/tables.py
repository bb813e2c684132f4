"""Tables of claimed figures as text, whatever file holds them."""

from pathlib import Path
from typing import NamedTuple

from tracker.tabular import Cell, FileRefused, open_tables
from tracker.tabular import Table as Source


class ClaimsProblem(ValueError):
    """要核对的文件读不出来：说明里有原因和改法。"""


class TextTable(NamedTuple):
    """A table as text; its rows are numbered from 1."""

    name: str  # sheet, or 表1, 表2 … of a document; empty for a text file
    rows: list[list[str]]


def read_tables(path: Path) -> list[TextTable]:
    """All tables of a file (CSV, XLSX, DOCX and what else `tracker.tabular` reads).

    Raises: ClaimsProblem for a file that cannot be read as one."""
    if not path.is_file():
        raise ClaimsProblem(f"没有文件 {path}。")
    try:
        return [TextTable(one.sheet or "", _list_rows(one)) for one in open_tables(path)[0]]
    except FileRefused as problem:
        raise ClaimsProblem(f"{path.name}：{problem}") from problem


def _list_rows(table: Source) -> list[list[str]]:
    """Every row at its number; those that the file skips are empty."""
    rows: list[list[str]] = []
    for number, cells in table.rows():
        rows += [[] for _ in range(number - 1 - len(rows))]
        rows.append([_format_cell(cell) for cell in cells])
    if any("\ufffd" in cell for row in rows for cell in row):
        raise FileRefused("有些字的编码读不出来；请另存为 UTF-8 的 CSV，再试。")
    return rows


def _format_cell(cell: Cell) -> str:
    """A cell as it reads; a whole number without its point."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(float(cell))
    return str(cell).strip()

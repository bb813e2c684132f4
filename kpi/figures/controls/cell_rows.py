"""A cell of the matrix opened: the rows behind it, and which of them a missing day explains."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from kpi.figures.controls.cells import COUNTS, FINDINGS, MatrixCell
from kpi.figures.controls.matrix import count_by_day, is_excused, read_matrix_backing
from tracker.events.times import get_day
from tracker.periods import Period, Year

CELLS: dict[str, MatrixCell] = {cell.key: cell for cell in (*COUNTS, *FINDINGS)}


class MatrixCellProblem(LookupError):
    """数据勾稽表里没有这一格。"""


@dataclass(frozen=True)
class CellRow:
    """A row behind a cell."""

    subject: str
    seq: int
    day: date
    cells: tuple[Any, ...]
    explained: bool


@dataclass(frozen=True)
class CellRowPage:
    """A page of the rows behind a cell, in the order of their days."""

    cell: MatrixCell
    columns: tuple[str, ...]
    rows: list[CellRow]
    count: int  # rows there are, whatever the page


def open_cell(
    connection: sa.Connection,
    center: str,
    key: str,
    period: Period,
    now: datetime,
    *,
    limit: int | None = None,
    offset: int = 0,
    unexplained: bool = False,
) -> CellRowPage:
    """The rows behind a cell in a month or longer, by its key or title; with `unexplained` only those that no
    missing day explains. Raises: CellProblem."""
    cell, today = find_cell(key), get_day(now)
    among, first, end = cell.among, period.first_day, min(period.end_day, today)
    backing = read_matrix_backing(connection, center, Year(first.year), today)
    condition = sa.and_(among.center_id == center, among.day >= first, among.day < end, cell.where)
    if unexplained:
        days = count_by_day(connection, center, cell, first, end)
        condition &= among.day.in_([day for day in days if not is_excused(cell, backing, day)])
    columns = [column.label(f"c{number}") for number, (_, column) in enumerate(among.columns)]
    page = (
        sa.select(among.subject, among.seq, among.day, *columns)
        .select_from(among.rows)
        .where(condition)
        .order_by(among.day, among.subject)
        .limit(limit)
        .offset(offset)
    )
    count = connection.scalar(sa.select(sa.func.count()).select_from(among.rows).where(condition))
    words = [among.words.get(title, {}) for title, _ in among.columns]
    rows = [
        CellRow(
            subject,
            seq,
            day,
            tuple(texts.get(value, value) for texts, value in zip(words, cells, strict=True)),
            is_excused(cell, backing, day),
        )
        for subject, seq, day, *cells in connection.execute(page)
    ]
    return CellRowPage(cell, tuple(title for title, _ in among.columns), rows, count or 0)


def find_cell(key: str) -> MatrixCell:
    """The cell of that key, or of that Chinese title. Raises: CellProblem that lists them."""
    for cell in CELLS.values():
        if key in (cell.key, cell.title):
            return cell
    available = "、".join(f"{cell.key}（{cell.title}）" for cell in CELLS.values())
    raise MatrixCellProblem(f"数据勾稽表里没有“{key}”；可以打开的有：{available}。")

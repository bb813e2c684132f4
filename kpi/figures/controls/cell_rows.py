"""A cell of the matrix opened: the rows behind it, and which of them a missing day explains."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from kpi.figures.controls.cells import COUNTS, FINDINGS, Cell
from kpi.figures.controls.matrix import backing_of, count_by_day, is_excused
from tracker.events.times import day_of
from tracker.periods import Period, Year

CELLS: dict[str, Cell] = {cell.key: cell for cell in (*COUNTS, *FINDINGS)}


class CellProblem(LookupError):
    """对账矩阵里没有这一格。"""


@dataclass(frozen=True)
class CellRow:
    """A row behind a cell."""

    subject: str
    seq: int
    day: date
    cells: tuple[Any, ...]
    explained: bool


@dataclass(frozen=True)
class CellRows:
    """A page of the rows behind a cell, in the order of their days."""

    cell: Cell
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
) -> CellRows:
    """The rows behind a cell in a month or longer, by its key or title; with `unexplained` only those that no
    missing day explains. Raises: CellProblem."""
    cell, today = find_cell(key), day_of(now)
    among, first, end = cell.among, period.first_day, min(period.end_day, today)
    backing = backing_of(connection, center, Year(first.year), today)
    chosen = sa.and_(among.center_id == center, among.day >= first, among.day < end, cell.where)
    if unexplained:
        days = count_by_day(connection, center, cell, first, end)
        chosen &= among.day.in_([day for day in days if not is_excused(cell, backing, day)])
    columns = [column.label(f"c{number}") for number, (_, column) in enumerate(among.columns)]
    page = (
        sa.select(among.subject, among.seq, among.day, *columns)
        .select_from(among.rows)
        .where(chosen)
        .order_by(among.day, among.subject)
        .limit(limit)
        .offset(offset)
    )
    count = connection.scalar(sa.select(sa.func.count()).select_from(among.rows).where(chosen))
    words = [among.words.get(title, {}) for title, _ in among.columns]
    rows = [
        CellRow(
            subject,
            seq,
            day,
            tuple(told.get(value, value) for told, value in zip(words, cells, strict=True)),
            is_excused(cell, backing, day),
        )
        for subject, seq, day, *cells in connection.execute(page)
    ]
    return CellRows(cell, tuple(title for title, _ in among.columns), rows, count or 0)


def find_cell(key: str) -> Cell:
    """The cell of that key, or of that Chinese title. Raises: CellProblem that lists them."""
    for cell in CELLS.values():
        if key in (cell.key, cell.title):
            return cell
    known = "、".join(f"{cell.key}（{cell.title}）" for cell in CELLS.values())
    raise CellProblem(f"对账矩阵里没有“{key}”；可以打开的有：{known}。")

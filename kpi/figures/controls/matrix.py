"""The reconciliation matrix: month by month what different systems count, and what does not fit together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kpi.figures.controls.cells import COUNTS, FINDINGS, MatrixCell
from kpi.figures.controls.checking import TotalCheck, check_stated, list_measures, read_stated_totals
from kpi.figures.coverage import compute_ended_coverage
from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_runs import name_days
from kpi.figures.day_states import list_units
from kpi.figures.sources import SOURCES, Rhythm
from kpi.figures.sums import Sums, sum_by_month
from tracker import events
from tracker.events.times import get_day
from tracker.periods import Month, Year

LONGEST_LAG = max(cell.lag for cell in FINDINGS)
_TITLES = events.SOURCES | {key: source.title for key, source in SOURCES.items()}
_DAILY = ("calls", "work_orders")

ByDay = dict[date, int]


@dataclass(frozen=True)
class MatrixFinding:
    """A finding in a month: rows, and how many of them the missing days of another source explain."""

    cell: MatrixCell
    count: int
    explained: int
    explanation: str  # 话单缺8月12日、8月13日; empty where nothing is explained

    @property
    def unexplained(self) -> int:
        return self.count - self.explained


@dataclass(frozen=True)
class MatrixMonth:
    """One month of the matrix; None: nothing was delivered that the cell could be counted from."""

    month: Month
    counts: dict[str, int | None]
    found: dict[str, MatrixFinding | None]
    checks: tuple[TotalCheck, ...]  # the month's control totals
    gaps: str  # days that a daily source lacks


def build_matrix(connection: sa.Connection, center: str, year: Year, now: datetime) -> list[MatrixMonth]:
    """The months of a year that have begun; the rollup must be up to date."""
    today = get_day(now)
    months = [month for month in year.months if month.first_day < today]
    totals = read_stated_totals(connection, center, year)
    latest = max((one.end_day for one in totals), default=year.end_day)
    backing = read_matrix_backing(connection, center, year, today, latest)
    measures = {cell.measure for cell in COUNTS if cell.measure} | list_measures(totals)
    sums = sum_by_month(connection, center, year, today, measures)
    checks = check_stated(connection, center, totals, backing, sums)
    unrolled = [
        cell
        for cell in (*COUNTS, *FINDINGS)
        if cell.measure is None and any(is_delivered(cell, backing, month) for month in months)
    ]
    days = count_by_days(connection, center, unrolled, year.first_day, min(year.end_day, today))
    return [
        MatrixMonth(
            month,
            {cell.key: _count(cell, month, backing, sums, days) for cell in COUNTS},
            {cell.key: _build_finding(cell, month, backing, days.get(cell.key, {})) for cell in FINDINGS},
            tuple(one for one in checks if one.stated.months == (month,)),
            _describe_gaps(backing, month),
        )
        for month in months
    ]


def read_matrix_backing(
    connection: sa.Connection, center: str, year: Year, today: date, latest: date | None = None
) -> Backing:
    """What was delivered in a year (to before `latest`, where that is later), and shortly before it, where a
    missing day may explain a row."""
    first = year.first_day - timedelta(days=LONGEST_LAG)
    return read_backing(connection, center, first, max(latest or year.end_day, year.end_day), today)


def count_by_day(connection: sa.Connection, center: str, cell: MatrixCell, first: date, end: date) -> ByDay:
    """A cell's rows from the day `first` to before `end`, counted by day."""
    return count_by_days(connection, center, [cell], first, end)[cell.key]


def count_by_days(
    connection: sa.Connection, center: str, cells: Sequence[MatrixCell], first: date, end: date
) -> dict[str, ByDay]:
    """Rows of several cells from the day `first` to before `end`: key of the cell → day → count."""
    days_by_cell: dict[str, ByDay] = {cell.key: {} for cell in cells}
    if not cells:
        return days_by_cell
    among: dict[str, list[MatrixCell]] = {}
    for cell in cells:
        among.setdefault(cell.among.key, []).append(cell)
    width = max(map(len, among.values()))
    selects = (_select_counts(alike, width, center, first, end) for alike in among.values())
    for key, day, *counts in connection.execute(sa.union_all(*selects)).all():
        for cell, count in zip(among[key], counts, strict=False):
            if count:
                days_by_cell[cell.key][day] = count
    return days_by_cell


def _select_counts(
    cells: Sequence[MatrixCell], width: int, center: str, first: date, end: date
) -> sa.Select[Any]:
    """(population, day, rows of each cell) of the cells of one population, filled up with zeros."""
    among = cells[0].among
    counts = [sa.func.count().filter(cell.where) for cell in cells]
    columns: list[Any] = [sa.literal(among.key), among.day, *counts, *[sa.literal(0)] * (width - len(cells))]
    return (
        sa.select(*columns)
        .select_from(among.rows)
        .where(among.center_id == center, among.day >= first, among.day < end)
        .where(sa.or_(*(cell.where for cell in cells)))
        .group_by(among.day)
    )


def is_excused(cell: MatrixCell, backing: Backing, day: date) -> bool:
    """Whether the source that would speak against a row lacks its day, or one shortly before."""
    return bool(_find_missing_days(cell, backing, [day]))


def is_delivered(cell: MatrixCell, backing: Backing, month: Month) -> bool:
    """Whether anything was delivered that the cell could be counted from."""
    source = SOURCES.get(cell.needs)
    if source is not None and source.rhythm is Rhythm.MONTHLY:
        return backing.has_month(source, month)
    return any(day in backing.days.get(cell.needs, {}) for day in _list_days(month, backing.today))


def _count(
    cell: MatrixCell, month: Month, backing: Backing, sums: Sums, days: dict[str, ByDay]
) -> int | None:
    if not is_delivered(cell, backing, month):
        return None
    if cell.measure:
        return sums.total(cell.measure, [month])
    return sum(_limit_to_month(days[cell.key], month).values())


def _build_finding(cell: MatrixCell, month: Month, backing: Backing, days: ByDay) -> MatrixFinding | None:
    if not is_delivered(cell, backing, month):
        return None
    days_in_month = _limit_to_month(days, month)
    excused = [day for day in days_in_month if is_excused(cell, backing, day)]
    missing = _find_missing_days(cell, backing, excused)
    explanation = f"{_TITLES[cell.excused_by]}缺{name_days(missing)}" if cell.excused_by and missing else ""
    return MatrixFinding(
        cell, sum(days_in_month.values()), sum(days_in_month[day] for day in excused), explanation
    )


def _find_missing_days(cell: MatrixCell, backing: Backing, days: Sequence[date]) -> set[date]:
    """The missing days that explain rows of these days."""
    if cell.excused_by is None:
        return set()
    covered = backing.days.get(cell.excused_by, {})
    reach = {day - timedelta(days=back) for day in days for back in range(cell.lag + 1)}
    return {day for day in reach if day not in covered}


def _describe_gaps(backing: Backing, month: Month) -> str:
    """Days that a daily source lacks; no month needs a list of recordings, but one begun should be whole."""
    units = {key: list_units(backing, SOURCES[key], month) for key in _DAILY}
    texts = [
        f"{SOURCES[key].title}{gaps}"
        for key, source_units in units.items()
        if (gaps := compute_ended_coverage(SOURCES[key], source_units).named)
    ]
    days, recorded = _list_days(month, backing.today), backing.days.get("recordings", {})
    missing_days = [day for day in days if day not in recorded]
    if 0 < len(missing_days) < len(days):
        texts.append(f"{_TITLES['recordings']}缺{name_days(missing_days)}")
    return "；".join(texts)


def _list_days(month: Month, today: date) -> Collection[date]:
    first, end = month.first_day, min(month.end_day, today)
    return [first + timedelta(days=n) for n in range((end - first).days)]


def _limit_to_month(days: ByDay, month: Month) -> ByDay:
    first, end = month.first_day, month.end_day
    return {day: count for day, count in days.items() if first <= day < end}

"""Measures summed by month: from the daily rollup, and from the facts for what stays small."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from kpi.figures.measures import MEASURES, POPULATIONS, Measure, Population, measures_among, months
from kpi.figures.rollup import daily_measures
from tracker.periods import Month, Period

_NOTHING: dict[int, tuple[int, int]] = {}


@dataclass(frozen=True)
class Sums:
    """Totals of measures in the months of one year, with the largest day of each month."""

    _by_month: dict[str, dict[int, tuple[int, int]]] = field(default_factory=dict)  # measure → month → both

    def total(self, measure: str, of: Iterable[Month]) -> int:
        """Σ over the months; 0 where nothing was counted (whether that is a zero, coverage says)."""
        found = self._by_month.get(measure, _NOTHING)
        return sum(found[month.month][0] for month in of if month.month in found)

    def busiest_day(self, measure: str, of: Iterable[Month]) -> int:
        """The largest sum of one day in the months."""
        found = self._by_month.get(measure, _NOTHING)
        return max((found[month.month][1] for month in of if month.month in found), default=0)

    def busiest_month(self, measure: str, of: Iterable[Month]) -> int:
        """The largest sum of one of the months."""
        found = self._by_month.get(measure, _NOTHING)
        return max((found[month.month][0] for month in of if month.month in found), default=0)

    def add(self, measure: str, month: int, total: int, busiest: int) -> None:
        """Takes in a day's or a month's sum."""
        found = self._by_month.setdefault(measure, {})
        before, most = found.get(month, (0, 0))
        found[month] = (before + total, max(most, busiest))


def monthly(
    connection: sa.Connection,
    center: str,
    span: Period,
    end: date,
    keys: Collection[str],
    *,
    from_facts: bool = False,
) -> Sums:
    """Measures of a centre in a year, or a part of it, by month; only days before `end` count.

    With `from_facts` nothing is taken from the rollup: slower, and of one moment with what is never rolled.
    """
    sums, first = Sums(), span.first_day
    end = max(first, min(end, span.end_day))
    rolled = set() if from_facts else {key for key in keys if MEASURES[key].rolled}
    _add_rolled(sums, connection, center, first, end, rolled)
    for population in POPULATIONS:
        counted = (measure for measure in measures_among(population) if measure.key not in rolled)
        chosen = [measure for measure in counted if measure.key in keys]
        if chosen:
            for day, *values in connection.execute(by_day(population, center, first, end, chosen)):
                for measure, value in zip(chosen, values, strict=True):
                    sums.add(measure.key, day.month, int(value), int(value))
    return sums


def by_day(
    population: Population, center: str, first: date, end: date, measures: Sequence[Measure]
) -> sa.Select[Any]:
    """(day, each measure's sum) over a population, straight from the facts; days without rows are absent."""
    columns: list[Any] = [population.day, *(measure.sum for measure in measures)]
    statement = (
        sa.select(*columns)
        .select_from(population.rows)
        .where(population.center_id == center, population.day >= first, population.day < end)
        .group_by(population.day)
    )
    return statement.add_cte(calendar(first, end)) if population.by_month else statement


def measured(connection: sa.Connection, center: str, measure: str, first: date, end: date) -> int:
    """One measure over any span of days, counted from the facts."""
    declared = MEASURES[measure]
    rows = connection.execute(by_day(declared.among, center, first, end, [declared]))
    return sum(int(value) for _, value in rows)


def calendar(first: date, end: date) -> sa.CTE:
    """The table `months` that populations by month join: the months that end from `first` to before `end`."""
    ending = [
        (month.first_day, month.end_day - timedelta(days=1), month.end_day) for month in _ending(first, end)
    ]
    rows = [[sa.cast(day, sa.Date) for day in days] for days in ending or [(date.max,) * 3]]
    columns = (sa.column(column.name, sa.Date) for column in months.columns)
    return sa.values(*columns, name="months").data([tuple(row) for row in rows]).cte("months")


def spans_of(months: Sequence[Month], end: date) -> tuple[tuple[date, date], ...]:
    """The days of the months that lie before `end`, as spans without gaps; a span excludes its end."""
    spans: list[tuple[date, date]] = []
    for month in months:
        first, last = min(month.first_day, end), min(month.end_day, end)
        if spans and spans[-1][1] == first:
            first = spans.pop()[0]
        spans.append((first, last))
    return tuple(span for span in spans if span[0] < span[1])


def _ending(first: date, end: date) -> list[Month]:
    """The months whose last day lies from `first` to before `end`."""
    found, month = [], Month.of(first)
    while month.end_day <= end:
        found.append(month)
        month = month.next
    return found


def _add_rolled(
    sums: Sums, connection: sa.Connection, center: str, first: date, end: date, rolled: Collection[str]
) -> None:
    if not rolled:
        return
    month, value = sa.extract("month", daily_measures.c.day), daily_measures.c.value
    rows = (
        sa.select(daily_measures.c.measure, month, sa.func.sum(value), sa.func.max(value))
        .where(
            daily_measures.c.center_id == center,
            daily_measures.c.measure.in_(rolled),
            daily_measures.c.day >= first,
            daily_measures.c.day < end,
        )
        .group_by(daily_measures.c.measure, month)
    )
    for key, number, total, busiest in connection.execute(rows):
        sums.add(key, int(number), int(total), int(busiest))

"""Measures summed by month: from the daily rollup, and from the facts for what stays small."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from kpi.figures.measures import MEASURES, POPULATIONS, Measure, Population, measures_among, months
from kpi.figures.rollup import daily_measures
from tracker.events.times import day_start
from tracker.periods import Month, Period

_NOTHING: dict[int, tuple[int, int]] = {}


@dataclass(frozen=True)
class Sums:
    """Totals of measures in the months of one year, with the largest day of each month."""

    _by_month: dict[str, dict[int, tuple[int, int]]] = field(default_factory=dict)  # measure → month → both
    _by_day: dict[str, dict[date, int]] = field(default_factory=dict)  # of those whose days are compared
    _ranked: dict[str, dict[int, list[tuple[int, int]]]] = field(
        default_factory=dict
    )  # measure → month → (value, rows that have it)
    _in_order: dict[tuple[str, tuple[Month, ...]], list[tuple[int, int]]] = field(default_factory=dict)

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

    def days(self, measure: str) -> Mapping[date, int]:
        """Day → what was counted of a measure whose days are compared; days with nothing are absent."""
        return self._by_day.get(measure, {})

    def values(self, measure: str, of: Iterable[Month]) -> list[tuple[int, int]]:
        """(value, rows that have it) of a ranked measure over the months, in order; one may stand twice."""
        key = measure, tuple(of)
        if key not in self._in_order:
            by_month = self._ranked.get(measure, {})
            self._in_order[key] = sorted(pair for month in key[1] for pair in by_month.get(month.month, ()))
        return self._in_order[key]

    def keep_value(self, measure: str, month: int, value: int, rows: int) -> None:
        """Takes in the rows of a month that have one value of a ranked measure."""
        self._ranked.setdefault(measure, {}).setdefault(month, []).append((value, rows))

    def keep(self, measure: str, day: date, value: int) -> None:
        """Takes in a day of a measure whose days are compared."""
        self._by_day.setdefault(measure, {})[day] = value

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
    One statement.
    """
    sums, first = Sums(), span.first_day
    end = max(first, min(end, span.end_day))
    rolled = set() if from_facts else {key for key in keys if MEASURES[key].rolled}
    chosen = _by_population(set(keys) - rolled)
    if rolled or chosen:
        for population, of_rollup, day, *values in connection.execute(
            _all_sums(center, first, end, rolled, chosen)
        ).all():
            if population is not None and of_rollup is not None:
                sums.keep_value(of_rollup, day.month, *values[:2])
                continue
            if of_rollup is None:
                counted = zip((one.key for one in chosen[population]), values, values, strict=False)
            else:
                counted = zip([of_rollup], values[:1], values[1:2], strict=True)
            for key, value, busiest in counted:
                if MEASURES[key].among.compared:
                    sums.keep(key, day, value)
                else:
                    sums.add(key, day.month, value, busiest)
    return sums


def by_day(
    population: Population, center: str, first: date, end: date, measures: Sequence[Measure]
) -> sa.Select[Any]:
    """(day, each measure's sum) over a population, straight from the facts; days without rows are absent."""
    statement = _by_day(population, center, first, end, [population.day, *(one.sum for one in measures)])
    return statement.add_cte(calendar(first, end)) if population.by_month else statement


Span = tuple[str, date, date]  # a measure, first day, the day after the last


def measured(connection: sa.Connection, center: str, spans: Collection[Span]) -> dict[Span, int]:
    """Measures over any spans of days, counted from the facts. One statement."""
    asked = sorted(spans)
    selects = []
    for place, (key, first, end) in enumerate(asked):
        among = MEASURES[key].among
        total = sa.cast(MEASURES[key].sum, sa.BigInteger)
        counted = sa.select(sa.literal(place), total).select_from(among.rows)
        selects.append(counted.where(among.center_id == center, among.day >= first, among.day < end))
    if not asked:
        return {}
    statement: Any = sa.union_all(*selects)
    if any(MEASURES[key].among.by_month for key, _, _ in asked):
        span = calendar(min(first for _, first, _ in asked), max(end for _, _, end in asked))
        statement = statement.add_cte(span)
    return {asked[place]: total for place, total in connection.execute(statement)}


def calendar(first: date, end: date) -> sa.CTE:
    """The table `months` that populations by month join: the months that end from `first` to before `end`."""
    days = sa.cast([month.first_day for month in _ending(first, end)], postgresql.ARRAY(sa.Date))
    # not VALUES, with which SQLAlchemy would compile the whole statement anew each time
    given = sa.func.unnest(days).table_valued(sa.column("first", sa.Date)).render_derived(name="given")
    following = sa.cast(given.c.first + sa.literal_column("interval '1 month'"), sa.Date)
    return sa.select(
        given.c.first.label(months.c.first_day.name),
        (following - 1).label(months.c.last_day.name),
        following.label(months.c.end_day.name),
    ).cte("months")


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


def _by_population(keys: Collection[str]) -> dict[str, list[Measure]]:
    """Population → those of its measures that are asked for."""
    asked = {
        one.key: [measure for measure in measures_among(one) if measure.key in keys] for one in POPULATIONS
    }
    return {key: measures for key, measures in asked.items() if measures}


def _all_sums(
    center: str, first: date, end: date, rolled: Collection[str], chosen: Mapping[str, Sequence[Measure]]
) -> Any:
    """One statement; what a part has no columns for is NULL.

    Of facts (population, None, day, each measure's sum); of the rollup (None, measure, a day of the month,
    the month's total, its busiest day), or each day by itself where days are compared; of ranked measures,
    beside their sums, (population, measure, a day of the month, a value, its rows).
    """
    width = max(2, *map(len, chosen.values())) if chosen else 2
    compared = {key for key in rolled if MEASURES[key].among.compared}
    selects = [
        _rolled(center, first, end, keys, width, by)
        for keys, by in ((set(rolled) - compared, _MONTH), (compared, _DAY))
        if keys
    ]
    for population in (one for one in POPULATIONS if one.key in chosen):
        sums = [measure.sum for measure in chosen[population.key]]
        columns = [sa.literal(population.key), sa.cast(sa.null(), sa.Text), population.day]
        counted = _by_day(population, center, first, end, [*columns, *_whole(sums, width)])
        if population.at is not None:  # says the same as its days, and spares their computing for every row
            counted = counted.where(population.at >= day_start(first), population.at < day_start(end))
        selects.append(counted)
        selects += [_ranked(center, first, end, one, width) for one in chosen[population.key] if one.ranked]
    statement = sa.union_all(*selects)
    levels = any(one.by_month for one in POPULATIONS if one.key in chosen)
    return statement.add_cte(calendar(first, end)) if levels else statement


def _whole(values: Sequence[Any], width: int) -> list[sa.ColumnElement[Any]]:
    """Values as integers, filled up with NULL."""
    return [sa.cast(value, sa.BigInteger) for value in (*values, *[sa.null()] * (width - len(values)))]


def _by_day(
    population: Population, center: str, first: date, end: date, columns: Sequence[Any]
) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(population.rows)
        .where(population.center_id == center, population.day >= first, population.day < end)
        .group_by(population.day)
    )


def _ranked(center: str, first: date, end: date, measure: Measure, width: int) -> sa.Select[Any]:
    among, value = measure.among, measure.value
    assert value is not None
    counts = sa.true() if measure.condition is None else measure.condition
    return (
        sa.select(
            sa.literal(among.key), sa.literal(measure.key), sa.func.min(among.day),
            *_whole([value, sa.func.count()], width),
        )
        .select_from(among.rows)
        .where(among.center_id == center, among.day >= first, among.day < end, counts, value.is_not(None))
        .group_by(sa.extract("month", among.day), value)
    )  # fmt: skip


_MONTH, _DAY = sa.extract("month", daily_measures.c.day), daily_measures.c.day


def _rolled(
    center: str, first: date, end: date, rolled: Collection[str], width: int, by: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    table = daily_measures.c
    sums = _whole([sa.func.sum(table.value), sa.func.max(table.value)], width)
    return (
        sa.select(sa.cast(sa.null(), sa.Text), table.measure, sa.func.min(table.day), *sums)
        .where(
            table.center_id == center,
            table.measure.in_(sorted(rolled)),
            table.day >= first,
            table.day < end,
        )
        .group_by(table.measure, by)
    )

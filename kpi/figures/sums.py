"""Measures summed by month: from the daily rollup, and from the facts for what stays small."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from kpi.figures.measures import MEASURES, POPULATIONS, Measure, Population, list_measures, months
from kpi.figures.rollup import daily_measures
from tracker.events.times import get_day_start
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
        by_month = self._by_month.get(measure, _NOTHING)
        return sum(by_month[month.month][0] for month in of if month.month in by_month)

    def find_busiest_day(self, measure: str, of: Iterable[Month]) -> int:
        """The largest sum of one day in the months."""
        by_month = self._by_month.get(measure, _NOTHING)
        return max((by_month[month.month][1] for month in of if month.month in by_month), default=0)

    def find_busiest_month(self, measure: str, of: Iterable[Month]) -> int:
        """The largest sum of one of the months."""
        by_month = self._by_month.get(measure, _NOTHING)
        return max((by_month[month.month][0] for month in of if month.month in by_month), default=0)

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
        by_month = self._by_month.setdefault(measure, {})
        before, most = by_month.get(month, (0, 0))
        by_month[month] = (before + total, max(most, busiest))


def sum_by_month(
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
    by_population = _group_by_population(set(keys) - rolled)
    if rolled or by_population:
        for population, of_rollup, day, *values in connection.execute(
            _select_all_sums(center, first, end, rolled, by_population)
        ).all():
            if population is not None and of_rollup is not None:
                sums.keep_value(of_rollup, day.month, *values[:2])
                continue
            if of_rollup is None:
                values_by_key = zip(
                    (one.key for one in by_population[population]), values, values, strict=False
                )
            else:
                values_by_key = zip([of_rollup], values[:1], values[1:2], strict=True)
            for key, value, busiest in values_by_key:
                if MEASURES[key].among.compared:
                    sums.keep(key, day, value)
                else:
                    sums.add(key, day.month, value, busiest)
    return sums


def select_by_day(
    population: Population, center: str, first: date, end: date, measures: Sequence[Measure]
) -> sa.Select[Any]:
    """(day, each measure's sum) over a population, straight from the facts; days without rows are absent."""
    statement = _select_population(
        population, center, first, end, [population.day, *(one.sum for one in measures)]
    )
    return statement.add_cte(build_calendar(first, end)) if population.by_month else statement


MeasureSpan = tuple[str, date, date]  # a measure, first day, the day after the last


def sum_spans(
    connection: sa.Connection, center: str, spans: Collection[MeasureSpan]
) -> dict[MeasureSpan, int]:
    """Measures over any spans of days, counted from the facts. One statement."""
    wanted = sorted(spans)
    selects = []
    for place, (key, first, end) in enumerate(wanted):
        among = MEASURES[key].among
        total = sa.cast(MEASURES[key].sum, sa.BigInteger)
        select = sa.select(sa.literal(place), total).select_from(among.rows)
        selects.append(select.where(among.center_id == center, among.day >= first, among.day < end))
    if not wanted:
        return {}
    statement: Any = sa.union_all(*selects)
    if any(MEASURES[key].among.by_month for key, _, _ in wanted):
        span = build_calendar(min(first for _, first, _ in wanted), max(end for _, _, end in wanted))
        statement = statement.add_cte(span)
    return {wanted[place]: total for place, total in connection.execute(statement)}


def build_calendar(first: date, end: date) -> sa.CTE:
    """The table `months` that populations by month join: the months that end from `first` to before `end`."""
    days = sa.cast([month.first_day for month in _list_months_ending(first, end)], postgresql.ARRAY(sa.Date))
    # not VALUES, with which SQLAlchemy would compile the whole statement anew each time
    firsts = sa.func.unnest(days).table_valued(sa.column("first", sa.Date)).render_derived(name="given")
    following = sa.cast(firsts.c.first + sa.literal_column("interval '1 month'"), sa.Date)
    return sa.select(
        firsts.c.first.label(months.c.first_day.name),
        (following - 1).label(months.c.last_day.name),
        following.label(months.c.end_day.name),
    ).cte("months")


def list_spans(months: Sequence[Month], end: date) -> tuple[tuple[date, date], ...]:
    """The days of the months that lie before `end`, as spans without gaps; a span excludes its end."""
    spans: list[tuple[date, date]] = []
    for month in months:
        first, last = min(month.first_day, end), min(month.end_day, end)
        if spans and spans[-1][1] == first:
            first = spans.pop()[0]
        spans.append((first, last))
    return tuple(span for span in spans if span[0] < span[1])


def _list_months_ending(first: date, end: date) -> list[Month]:
    """The months whose last day lies from `first` to before `end`."""
    months_ending, month = [], Month.of(first)
    while month.end_day <= end:
        months_ending.append(month)
        month = month.next
    return months_ending


def _group_by_population(keys: Collection[str]) -> dict[str, list[Measure]]:
    """Population → those of its measures that are asked for."""
    wanted = {
        one.key: [measure for measure in list_measures(one) if measure.key in keys] for one in POPULATIONS
    }
    return {key: measures for key, measures in wanted.items() if measures}


def _select_all_sums(
    center: str,
    first: date,
    end: date,
    rolled: Collection[str],
    by_population: Mapping[str, Sequence[Measure]],
) -> Any:
    """One statement; what a part has no columns for is NULL.

    Of facts (population, None, day, each measure's sum); of the rollup (None, measure, a day of the month,
    the month's total, its busiest day), or each day by itself where days are compared; of ranked measures,
    beside their sums, (population, measure, a day of the month, a value, its rows).
    """
    width = max(2, *map(len, by_population.values())) if by_population else 2
    compared = {key for key in rolled if MEASURES[key].among.compared}
    selects = [
        _select_rolled(center, first, end, keys, width, by)
        for keys, by in ((set(rolled) - compared, _MONTH), (compared, _DAY))
        if keys
    ]
    for population in (one for one in POPULATIONS if one.key in by_population):
        sums = [measure.sum for measure in by_population[population.key]]
        columns = [sa.literal(population.key), sa.cast(sa.null(), sa.Text), population.day]
        select = _select_population(population, center, first, end, [*columns, *_cast_and_pad(sums, width)])
        if population.at is not None:  # says the same as its days, and spares their computing for every row
            select = select.where(population.at >= get_day_start(first), population.at < get_day_start(end))
        selects.append(select)
        selects += [
            _select_ranked(center, first, end, one, width)
            for one in by_population[population.key]
            if one.ranked
        ]
    statement = sa.union_all(*selects)
    levels = any(one.by_month for one in POPULATIONS if one.key in by_population)
    return statement.add_cte(build_calendar(first, end)) if levels else statement


def _cast_and_pad(values: Sequence[Any], width: int) -> list[sa.ColumnElement[Any]]:
    """Values as integers, filled up with NULL."""
    return [sa.cast(value, sa.BigInteger) for value in (*values, *[sa.null()] * (width - len(values)))]


def _select_population(
    population: Population, center: str, first: date, end: date, columns: Sequence[Any]
) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(population.rows)
        .where(population.center_id == center, population.day >= first, population.day < end)
        .group_by(population.day)
    )


def _select_ranked(center: str, first: date, end: date, measure: Measure, width: int) -> sa.Select[Any]:
    among, value = measure.among, measure.value
    assert value is not None
    counts = sa.true() if measure.condition is None else measure.condition
    return (
        sa.select(
            sa.literal(among.key), sa.literal(measure.key), sa.func.min(among.day),
            *_cast_and_pad([value, sa.func.count()], width),
        )
        .select_from(among.rows)
        .where(among.center_id == center, among.day >= first, among.day < end, counts, value.is_not(None))
        .group_by(sa.extract("month", among.day), value)
    )  # fmt: skip


_MONTH, _DAY = sa.extract("month", daily_measures.c.day), daily_measures.c.day


def _select_rolled(
    center: str, first: date, end: date, rolled: Collection[str], width: int, by: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    table = daily_measures.c
    sums = _cast_and_pad([sa.func.sum(table.value), sa.func.max(table.value)], width)
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

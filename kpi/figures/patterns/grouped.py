"""Measures summed by one or several splits, all in one statement."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import add
from typing import Any, TypeVar

import sqlalchemy as sa

from kpi.figures.measures import MEASURES, Measure, Population
from kpi.figures.patterns.splits import DAY, MONTH, Split
from kpi.figures.rollup import daily_measures
from kpi.figures.sums import build_calendar
from kpi.figures.unknowns_reading import find_unknown_populations, is_counted, is_watched

Spans = tuple[tuple[date, date], ...]  # days; a span excludes its end


@dataclass(frozen=True)
class SummedMeasure:
    """A measure, and the days over which it is summed; perhaps only over rows that are known to others."""

    measure: Measure
    spans: Spans
    known_to: tuple[str, ...] = ()  # measures for which it is certain whether the rows count


@dataclass(frozen=True)
class GroupSums:
    """The sums of the rows that share the values of all splits; 0 where none of them counts."""

    values: tuple[Any, ...]
    sums: tuple[int, ...]  # in the order asked for


def sum_groups(
    connection: sa.Connection, center: str, summed: Sequence[SummedMeasure], splits: Sequence[Split]
) -> list[GroupSums]:
    """The measures by the values of the splits, in no order; values that no row has are absent."""
    if not any(one.spans for one in summed):
        return []
    populations = dict.fromkeys(one.measure.among for one in summed)
    measures = [one.measure for one in summed] + [MEASURES[key] for one in summed for key in one.known_to]
    doubtful = {
        *find_unknown_populations(connection, center, populations),
        *(one.among for one in measures if is_watched(one)),
    }
    wide = sa.union_all(
        *(_select_population(center, one, summed, splits, doubtful=one in doubtful) for one in populations)
    )
    wide = _add_calendar(wide, summed)
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row in connection.execute(wide).all():
        values, sums = tuple(row[: len(splits)]), row[len(splits) :]
        totals = groups.setdefault(values, [0] * len(summed))
        for place, value in enumerate(sums):
            totals[place] += int(value or 0)
    return [GroupSums(values, tuple(sums)) for values, sums in groups.items()]


def sum_groups_each(
    connection: sa.Connection, center: str, summed: Sequence[SummedMeasure], splits: Sequence[Split]
) -> dict[Split, dict[Any, tuple[int, ...]]]:
    """The measures by the values of each split by itself: the rows are read once, in one statement."""
    found: dict[Split, dict[Any, tuple[int, ...]]] = {split: {} for split in splits}
    if not splits or not any(one.spans for one in summed):
        return found
    populations = dict.fromkeys(one.measure.among for one in summed)
    wide = sa.union_all(*(_select_each(center, one, summed, splits) for one in populations))
    for which, *row in connection.execute(_add_calendar(wide, summed)).all():
        values, sums = row[: len(splits)], [int(value or 0) for value in row[len(splits) :]]
        place = _find_grouped(which, len(splits))
        groups, value = found[splits[place]], values[place]
        groups[value] = tuple(map(add, groups[value], sums)) if value in groups else tuple(sums)
    return found


def _select_each(
    center: str, population: Population, summed: Sequence[SummedMeasure], splits: Sequence[Split]
) -> sa.Select[Any]:
    """(which splits are not grouped by, each split's value, each measure's sum; null among others)"""
    columns = [split.of[population.key] for split in splits]
    among = [one for one in summed if one.measure.among is population]
    sums = [_sum(one) if one in among else _NOTHING for one in summed]
    return (
        sa.select(
            sa.func.grouping(*columns).label("which"),
            *(column.label(split.key) for column, split in zip(columns, splits, strict=True)),
            *(column.label(f"s{place}") for place, column in enumerate(sums)),
        )
        .select_from(population.rows)
        .where(
            population.center_id == center, sa.or_(*(_is_within(population.day, one.spans) for one in among))
        )
        .group_by(sa.func.grouping_sets(*(sa.tuple_(column) for column in columns)))
    )


def _find_grouped(which: int, number: int) -> int:
    """The place of the one split whose bit is not set; the first split has the highest."""
    return next(place for place in range(number) if not which >> (number - 1 - place) & 1)


def _add_calendar(wide: sa.CompoundSelect[Any], summed: Sequence[SummedMeasure]) -> sa.CompoundSelect[Any]:
    """Brings the months along where a population has one row for each."""
    if not any(one.measure.among.by_month for one in summed):
        return wide
    days = [day for one in summed for span in one.spans for day in span]
    return wide.add_cte(build_calendar(min(days), max(days)))


Key = TypeVar("Key")


def add_up_groups(
    groups: Iterable[GroupSums], by: Callable[[tuple[Any, ...]], Key]
) -> dict[Key, tuple[int, ...]]:
    """The groups of the same key added up; `by` gives the key of a group's values."""
    totals: dict[Key, tuple[int, ...]] = {}
    for group in groups:
        key = by(group.values)
        previous = totals.get(key)
        totals[key] = tuple(map(add, previous, group.sums)) if previous else group.sums
    return totals


def _select_population(
    center: str,
    population: Population,
    summed: Sequence[SummedMeasure],
    splits: Sequence[Split],
    *,
    doubtful: bool,
) -> sa.Select[Any]:
    """(each split's value, each measure's sum; null for measures among others)"""
    if population.rolled and all(split in (DAY, MONTH) for split in splits) and not doubtful:
        return _select_rolled(center, population, summed, splits)
    by = [split.of[population.key].label(split.key) for split in splits]
    among = [one for one in summed if one.measure.among is population]
    sums = [_sum(one) if one in among else _NOTHING for one in summed]
    return (
        sa.select(*by, *(column.label(f"s{place}") for place, column in enumerate(sums)))
        .select_from(population.rows)
        .where(
            population.center_id == center, sa.or_(*(_is_within(population.day, one.spans) for one in among))
        )
        .group_by(*(split.of[population.key] for split in splits))
    )


def _select_rolled(
    center: str, population: Population, summed: Sequence[SummedMeasure], splits: Sequence[Split]
) -> sa.Select[Any]:
    """(each split's value, each measure's sum; null for measures among others), from the daily rollup"""
    stored = daily_measures.c
    month = sa.cast(sa.func.date_trunc("month", stored.day), sa.Date)
    by = [(stored.day if split is DAY else month).label(split.key) for split in splits]
    among = [one for one in summed if one.measure.among is population]
    sums = [
        sa.func.sum(stored.value).filter(stored.measure == one.measure.key, _is_within(stored.day, one.spans))
        if one in among
        else _NOTHING
        for one in summed
    ]
    return (
        sa.select(*by, *(sa.cast(one, sa.BigInteger).label(f"s{place}") for place, one in enumerate(sums)))
        .where(
            stored.center_id == center,
            stored.measure.in_([one.measure.key for one in among]),
            sa.or_(*(_is_within(stored.day, one.spans) for one in among)),
        )
        .group_by(*by)
    )


_NOTHING = sa.cast(sa.null(), sa.BigInteger)


def _sum(one: SummedMeasure) -> sa.ColumnElement[Any]:
    measure = one.measure
    within = _is_within(measure.among.day, one.spans)
    condition = sa.and_(within, is_counted(measure, one.known_to))
    total = sa.func.count() if measure.value is None else sa.func.sum(measure.value)
    return sa.cast(total.filter(condition), sa.BigInteger)


def _is_within(day: sa.ColumnElement[Any], spans: Spans) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(sa.and_(day >= first, day < last) for first, last in spans))

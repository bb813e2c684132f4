"""Why a figure moved: its change since another period, by day, hour, group, unit and so on."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator, find_indicator
from kpi.figures.indicators.formula import CountedMonths, Part
from kpi.figures.measures import MEASURES
from kpi.figures.patterns.breakdown import compute_number, label_value, list_parts
from kpi.figures.patterns.contributions import (
    Contribution,
    Counted,
    add_up,
    compute_contributions,
    compute_excesses,
)
from kpi.figures.patterns.grouped import SummedMeasure, sum_groups_each
from kpi.figures.patterns.splits import DAY, MONTH, WEEK_HOUR, Split, list_splits
from kpi.figures.results import read_periods
from kpi.figures.rows import RowsProblem, find_counted_months
from kpi.figures.sums import list_spans
from tracker.periods import Month, Period, Quarter, Year


class Comparison(StrEnum):
    """Which period a figure is set against."""

    BEFORE = "before"  # the month, quarter or year before
    YEAR = "year"  # the same of the year before


class _Rest(StrEnum):
    """The key of what the stored figure has beyond its rows of today, or they beyond it."""

    MOVED = "moved"


@dataclass(frozen=True)
class ChangePiece:
    """One value of a split: what it had in each period, and what it contributes."""

    key: Any
    label: str
    now: Counted | None  # None: no row of it in this period
    before: Counted | None
    contribution: Contribution  # times the formula's factor

    @property
    def of_rows(self) -> bool:
        """Whether there are rows of it; else it is what was recorded since the figures were fixed."""
        return self.key is not _Rest.MOVED


@dataclass(frozen=True)
class ChangeWay:
    """A change taken apart by one split; `paired` tells whether parts of both periods are compared."""

    split: Split
    pieces: list[ChangePiece]
    paired: bool


@dataclass(frozen=True)
class FigureChange:
    """A figure and the one it is set against, which are both sure, and the change in several ways."""

    indicator: Indicator
    now: Figure
    before: Figure
    ways: list[ChangeWay]
    hours: dict[int, Counted]  # (weekday − 1) × 24 + hour → of this period; empty where calls are not counted

    @property
    def exact(self) -> Fraction:
        """The change in the indicator's unit, before rounding."""
        return _compute_value(self.indicator, self.now) - _compute_value(self.indicator, self.before)

    @property
    def rounded(self) -> Decimal:
        """The difference of the two printed values."""
        assert self.now.value is not None and self.before.value is not None
        return self.now.value - self.before.value


def find_period_before(period: Period, comparison: Comparison) -> Period:
    """The period that one is set against. Raises: PeriodProblem for the first year there is."""
    match period:
        case Month() if comparison is Comparison.BEFORE:
            return period.previous
        case Month():
            return Month(period.year - 1, period.month)
        case Quarter() if comparison is Comparison.BEFORE and period.quarter > 1:
            return Quarter(period.year, period.quarter - 1)
        case Quarter():
            return Quarter(period.year - 1, 4 if comparison is Comparison.BEFORE else period.quarter)
        case _:
            return Year(period.year - 1)


def explain_change(
    connection: sa.Connection, center: str, indicator: str, period: Period, before: Period
) -> FigureChange:
    """The figures shown of two periods, and the rows of today behind them, by every split that both allow.

    What the stored figures and the rows of today differ by is a piece of its own, so that the contributions
    always come to the change of the stored figures.
    Raises: IndicatorProblem; RowsProblem with a sentence where there is nothing to compare.
    """
    key = find_indicator(indicator).key
    found = {figure.period: figure for figure in read_periods(connection, center, key, [period, before])}
    then, now = found.get(before), found.get(period)
    for of, figure in ((before, then), (period, now)):
        if figure is None or figure.value is None or figure.numerator is None:
            reason = figure.reason if figure else "尚未计算，或本期尚未开始。"
            raise RowsProblem(f"{of.label}没有可比的数值：{reason}")
    assert now is not None and then is not None
    if now.definition_version != then.definition_version:
        raise RowsProblem(
            f"{period.label}按口径第{now.definition_version}版计算，{before.label}按第{then.definition_version}版，"
            "口径不同，两数不可比。"
        )
    declared = read_definitions(connection, center).version(key, now.definition_version)
    splits = list_change_splits(declared, period)
    if not splits:
        raise RowsProblem(f"“{declared.title}”不是各部分相加得出的，不能按部分说明变化。")
    sums = _sum_both(connection, center, declared, now, then, splits)
    ways = [_take_apart(declared, now, then, one, *sums[one]) for one in splits if one is not WEEK_HOUR]
    hours = sums[WEEK_HOUR][0] if WEEK_HOUR in sums else {}
    return FigureChange(
        declared, now, then, ways, {key: one for key, one in hours.items() if key is not None}
    )


def list_change_splits(indicator: Indicator, period: Period) -> list[Split]:
    """The splits by which a change can be told apart: days of a month, months of a longer period.

    A count is told apart by time only where its months are those of the year before: a single day has no
    expectation to be set against.
    """
    several = len(indicator.months(period)) > 1
    unsuited = {DAY if several else MONTH}
    if indicator.formula.denominator is None:
        unsuited |= {DAY} if isinstance(period, Year) else {DAY, MONTH}
    return [one for one in list_splits(indicator, hidden=(WEEK_HOUR,)) if one not in unsuited]


_Pieces = Mapping[Any, Counted]


def _sum_both(
    connection: sa.Connection,
    center: str,
    indicator: Indicator,
    now: Figure,
    before: Figure,
    splits: Sequence[Split],
) -> dict[Split, tuple[dict[Any, Counted], dict[Any, Counted]]]:
    """What each value of each split has in either period, all in one statement."""
    counted = [find_counted_months(connection, indicator, figure) for figure in (now, before)]
    summed = [one for months, end in counted for one in _list_summed(indicator, months, end)]
    half = len(summed) // 2
    found: dict[Split, tuple[dict[Any, Counted], dict[Any, Counted]]] = {}
    for split, groups in sum_groups_each(connection, center, summed, splits).items():
        sides = tuple(
            dict(_count_pieces(indicator, counted[place][0], groups, place * half, half)) for place in (0, 1)
        )
        found[split] = (sides[0], sides[1])
    return found


def _list_summed(indicator: Indicator, months: CountedMonths, end: date) -> Iterator[SummedMeasure]:
    for part in list_parts(indicator):
        for term in part.terms:
            yield SummedMeasure(MEASURES[term.measure], list_spans(months.of_term(term), end), term.known_to)


def _count_pieces(
    indicator: Indicator, months: CountedMonths, groups: Mapping[Any, Sequence[int]], first: int, size: int
) -> Iterator[tuple[Any, Counted]]:
    for key, sums in groups.items():
        mine = sums[first : first + size]
        if any(mine):
            yield key, _count(indicator, mine, months)


def _count(indicator: Indicator, sums: Sequence[int], months: CountedMonths) -> Counted:
    parts: list[Part] = list_parts(indicator)
    above = compute_number(parts[0], sums[: len(parts[0].terms)], months)
    below = compute_number(parts[1], sums[len(parts[0].terms) :], months) if len(parts) > 1 else None
    return Counted(above, below)


def _take_apart(
    indicator: Indicator, now: Figure, before: Figure, split: Split, here: _Pieces, there: _Pieces
) -> ChangeWay:
    """By one split; a day or month is compared with itself only, or with that of the year before."""
    shifted = _shift_months(there, before.period, now.period) if split is MONTH else there
    paired = not split.in_time or before.denominator is None or bool(here.keys() & shifted.keys())
    here = {**here, **_find_rest(here, now)}
    shifted = {**shifted, **_find_rest(shifted, before)}
    whole = Counted(before.numerator or Fraction(0), before.denominator)
    found = compute_contributions(here, shifted) if paired else compute_excesses(here, whole)
    pieces = [
        ChangePiece(
            key,
            "数据变动" if key is _Rest.MOVED else _label(split, key, now.period),
            here.get(key),
            shifted.get(key),
            Contribution(one.own * indicator.formula.times, one.weight * indicator.formula.times),
        )
        for key, one in found.items()
    ]
    return ChangeWay(split, sorted(pieces, key=lambda one: (one.contribution.total, one.label)), paired)


def _label(split: Split, key: Hashable, period: Period) -> str:
    return f"{key.month}月" if split is MONTH and isinstance(key, date) else label_value(split, key)


def _shift_months(pieces: _Pieces, before: Period, now: Period) -> dict[Any, Counted]:
    """The months of the year before under the keys of this year's."""
    years = now.first_day.year - before.first_day.year
    same = (before.first_day.month, type(before)) == (now.first_day.month, type(now))
    return {key.replace(year=key.year + years) if same else key: one for key, one in pieces.items()}


def _find_rest(pieces: _Pieces, figure: Figure) -> dict[Any, Counted]:
    """What the stored figure has beyond the rows of today; nothing where they agree."""
    whole = add_up(pieces)
    above = (figure.numerator or Fraction(0)) - whole.above
    below = None if figure.denominator is None else figure.denominator - (whole.below or Fraction(0))
    return {_Rest.MOVED: Counted(above, below)} if above or below else {}


def _compute_value(indicator: Indicator, figure: Figure) -> Fraction:
    above = (figure.numerator or Fraction(0)) * indicator.formula.times
    return above if figure.denominator is None else above / figure.denominator

"""A figure taken apart: by day, unit, kind and so on. The parts add up to it, and say so."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from kpi.figures.coverage_reading import read_backed_days
from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import CountedMonths, Part
from kpi.figures.measures import MEASURES
from kpi.figures.patterns.grouped import SummedMeasure, sum_groups
from kpi.figures.patterns.splits import DAY, MONTH, SPLITS, Split, list_splits
from kpi.figures.rows import RowsProblem, find_counted_months, find_figure_with_definition
from kpi.figures.sources import SOURCES, Rhythm
from kpi.figures.sums import list_spans
from tracker.periods import Month, Period

UNSTATED = "未写明"  # rows that leave the column empty


@dataclass(frozen=True)
class Piece:
    """What one value of the split has of the figure. `numerator` is None for a day or month without data."""

    key: Any  # the column's value; None: the rows leave it empty
    label: str
    numerator: Fraction | None
    denominator: Fraction | None  # None also where the indicator has none
    value: Decimal | None  # None: no data, or nothing to divide by


@dataclass(frozen=True)
class Breakdown:
    """A figure's pieces, and what they come to."""

    indicator: Indicator
    figure: Figure
    split: Split
    others: list[Split]  # further ways
    pieces: list[Piece]

    @property
    def numerator(self) -> Fraction:
        return sum((one.numerator for one in self.pieces if one.numerator is not None), Fraction())

    @property
    def denominator(self) -> Fraction | None:
        if self.indicator.formula.denominator is None:
            return None
        return sum((one.denominator for one in self.pieces if one.denominator is not None), Fraction())

    @property
    def adds_up(self) -> bool:
        """Whether the pieces come to the stored figure; they do not while newer events wait."""
        return (self.numerator, self.denominator) == (self.figure.numerator, self.figure.denominator)


def break_down(
    connection: sa.Connection,
    center: str,
    indicator: str,
    period: Period,
    by: str = "",
    *,
    figure: Figure | None = None,
) -> Breakdown:
    """A figure by a split, by the definition that it was computed by; without a split, by the first that
    suits it.

    The figure is the one shown, or an earlier `figure` given; the facts are those of the connection.
    Raises: IndicatorProblem; RowsProblem where there is no figure to take apart, or not in this way.
    """
    figure, declared = find_figure_with_definition(connection, center, indicator, period, figure)
    if figure.numerator is None:
        raise RowsProblem(f"{period.label}的{declared.title}没有数字可以分组：缺数据。")
    ways = select_splits(declared, period)
    if not ways or (by and by not in {way.key for way in ways}):
        titles = "、".join(way.title for way in ways)
        raise RowsProblem(f"“{declared.title}”不支持按此方式分组{f'；可按{titles}分组' if titles else ''}。")
    split = SPLITS[by] if by else ways[0]
    months, end = find_counted_months(connection, declared, figure)
    groups = sum_by_split(connection, center, list_parts(declared), months, end, split)
    expected = _read_expected(connection, center, declared, period, split, end)
    pieces = list(_build_pieces(declared, groups, expected, split, months))
    return Breakdown(declared, figure, split, [way for way in ways if way is not split], pieces)


def select_splits(indicator: Indicator, period: Period) -> list[Split]:
    """The splits that suit an indicator in a period: days within a month, months within longer ones."""
    months = indicator.months(period)
    unsuited = DAY if len(months) > 1 else MONTH
    return [split for split in list_splits(indicator) if split is not unsuited]


def sum_by_split(
    connection: sa.Connection,
    center: str,
    parts: Sequence[Part],
    months: CountedMonths,
    end: date,
    split: Split,
) -> dict[Any, tuple[int, ...]]:
    """Each value's sums of the parts' terms, in the order of the terms."""
    summed = [
        SummedMeasure(MEASURES[term.measure], list_spans(months.of_term(term), end), term.known_to)
        for part in parts
        for term in part.terms
    ]
    return {group.values[0]: group.sums for group in sum_groups(connection, center, summed, [split])}


def compute_number(part: Part, sums: Sequence[int], months: CountedMonths) -> Fraction:
    """A part's number from the sums of its terms."""
    total = sum((term.times * Fraction(of) for term, of in zip(part.terms, sums, strict=True)), Fraction())
    return total / part.divisor(months)


def list_parts(indicator: Indicator) -> list[Part]:
    """The numerator, and the denominator where there is one."""
    formula = indicator.formula
    return [formula.numerator, *([formula.denominator] if formula.denominator else [])]


def _build_pieces(
    indicator: Indicator,
    groups: dict[Any, tuple[int, ...]],
    expected: dict[Any, bool],
    split: Split,
    months: CountedMonths,
) -> Iterator[Piece]:
    nothing = (0,) * sum(len(part.terms) for part in list_parts(indicator))
    for key in _sort_keys(groups.keys() | expected.keys(), groups, split):
        label = label_value(split, key)
        if key not in groups and not expected[key]:
            yield Piece(key, label, None, None, None)
        elif any(groups.get(key, nothing)) or key in expected:
            yield _build_piece(indicator, key, label, groups.get(key, nothing), months)


def _build_piece(
    indicator: Indicator, key: Any, label: str, sums: tuple[int, ...], months: CountedMonths
) -> Piece:
    rest, numbers = list(sums), []
    for part in list_parts(indicator):
        of_part, rest = rest[: len(part.terms)], rest[len(part.terms) :]
        numbers.append(compute_number(part, of_part, months))
    above, below = numbers[0], numbers[1] if len(numbers) > 1 else None
    value = above * indicator.formula.times if below is None else None
    if below:
        value = above * indicator.formula.times / below
    return Piece(key, label, above, below, None if value is None else indicator.round_value(value))


def label_value(split: Split, key: Any) -> str:
    """A value of a split in words."""
    if key is None:
        return UNSTATED
    if split is DAY:
        return f"{key.month}月{key.day}日"
    if split is MONTH:
        return Month.of(key).label
    return split.words.get(key, str(key))


def _sort_keys(keys: Iterable[Any], groups: dict[Any, tuple[int, ...]], split: Split) -> list[Any]:
    """In their own order where they have one; otherwise the largest first, what is not said last."""
    if split.in_time or split.words:
        return sorted(keys)
    return sorted(keys, key=lambda key: (key is None, *(-count for count in groups[key][::-1]), str(key)))


def _read_expected(
    connection: sa.Connection, center: str, indicator: Indicator, period: Period, split: Split, end: date
) -> dict[Any, bool]:
    """The days or months that a daily source should tell of, and whether it does; empty for other splits."""
    daily = [SOURCES[need] for need in indicator.needs if SOURCES[need].rhythm is Rhythm.DAILY]
    months = indicator.months(period)
    first, last = months[0].first_day, min(months[-1].end_day, end)
    if not split.in_time or len(daily) < len(indicator.needs) or first >= last:
        return {}
    days_by_source = [read_backed_days(connection, center, source, first, last) for source in daily]
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    flags = {day: all(day in source_days for source_days in days_by_source) for day in days}
    if split is DAY:
        return flags
    return {month.first_day: any(flags[day] for day in flags if Month.of(day) == month) for month in months
            if month.first_day < last}  # fmt: skip

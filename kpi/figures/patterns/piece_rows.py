"""The rows behind one piece of a figure: of one day, one unit, one kind; all of them, or those missed."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import CountedMonths, Formula, Part, Quantity
from kpi.figures.measures import MEASURES
from kpi.figures.patterns.breakdown import (
    compute_number,
    label_value,
    list_parts,
    select_splits,
    sum_by_split,
)
from kpi.figures.patterns.splits import WEEK_HOUR, Split, list_splits
from kpi.figures.rows import (
    Conditions,
    RowFilter,
    RowPage,
    RowsProblem,
    find_figure_with_definition,
    read_figure_rows,
)
from kpi.figures.unknowns_reading import is_counted
from tracker.periods import Period


def read_piece_rows(
    connection: sa.Connection,
    center: str,
    indicator: str,
    period: Period,
    part: str,
    by: str,
    value: str | None,
    *,
    missed: bool = False,
    limit: int | None = None,
    offset: int = 0,
    figure: Figure | None = None,
) -> tuple[RowPage, str]:
    """The rows of one piece, set against what the piece comes to; and the piece in words.

    `value` is as an address has it; None: the rows leave the column empty. An empty `by`: the whole figure.
    `missed`: of the denominator's rows only those that the numerator does not count. The figure is the one
    shown, or an earlier `figure` given.
    Raises: IndicatorProblem; RowsProblem where there is no such way or value, or nothing is missed.
    """
    figure, declared = find_figure_with_definition(connection, center, indicator, period, figure)
    split, key = _find_piece(declared, period, by, value) if by else (None, None)
    conditions = [split.only(key)] if split else []
    if missed:
        conditions.append(select_missed(declared))
    parts = list_parts(declared)

    def number(figure_part: Part, months: CountedMonths, end: date) -> Fraction:
        counted = parts if missed else [figure_part]
        if split is None:
            amounts = [figure.numerator or Fraction(0), figure.denominator or Fraction(0)]
        else:
            sums = sum_by_split(connection, center, counted, months, end, split)
            amounts = list(_compute_numbers(counted, sums.get(key), months))
        return amounts[1] - amounts[0] if missed else amounts[0]

    row_filter = RowFilter(_join(conditions), number)
    page = read_figure_rows(connection, declared, figure, part, limit=limit, offset=offset, only=row_filter)
    return page, f"{split.title}：{label_value(split, key)}" if split else ""


def can_miss(indicator: Indicator) -> bool:
    """Whether rows can be told that the denominator counts and the numerator does not."""
    formula = indicator.formula
    if type(formula) is not Formula or formula.kind is not Quantity.SHARE or formula.denominator is None:
        return False
    terms = (*formula.numerator.terms, *formula.denominator.terms)
    above, *_, below = (MEASURES[term.measure] for term in terms)
    return len(terms) == 2 and above.among is below.among and above.value is None and below.value is None


def select_missed(indicator: Indicator) -> Conditions:
    """The condition that keeps the rows that the numerator does not count. Raises: RowsProblem."""
    if not can_miss(indicator):
        raise RowsProblem(f"“{indicator.title}”的分母中，看不出哪些行未计入分子。")
    measure = MEASURES[indicator.formula.numerator.terms[0].measure]
    return {measure.among.key: sa.not_(sa.func.coalesce(is_counted(measure), sa.false()))}


def _find_piece(indicator: Indicator, period: Period, by: str, value: str | None) -> tuple[Split, Any]:
    ways = [*select_splits(indicator, period), *list_splits(indicator, hidden=(WEEK_HOUR,))]
    split = next((way for way in ways if way.key == by), None)
    if split is None:
        raise RowsProblem(f"“{indicator.title}”不支持按此方式分组。请从指标的构成页进入。")
    try:
        return split, None if value is None else split.read(value)
    except ValueError as problem:
        raise RowsProblem(f"没有{split.title}“{value}”。请从指标的构成页进入。") from problem


def _compute_numbers(
    parts: Sequence[Part], sums: Sequence[int] | None, months: CountedMonths
) -> Sequence[Fraction]:
    numbers, rest = [], list(sums or (0,) * sum(len(part.terms) for part in parts))
    for part in parts:
        of_part, rest = rest[: len(part.terms)], rest[len(part.terms) :]
        numbers.append(compute_number(part, of_part, months))
    return numbers


def _join(conditions: Sequence[Conditions]) -> Conditions:
    """Rows that fulfil all of them, of the populations that all of them know."""
    known = set.intersection(*(set(one) for one in conditions))
    return {key: sa.and_(*(one[key] for one in conditions)) for key in known}

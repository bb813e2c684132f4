"""The rows behind one piece of a figure: of one day, one unit, one kind."""

from datetime import date
from fractions import Fraction

import sqlalchemy as sa

from kpi.figures.figure import Figure
from kpi.figures.indicators.formula import CountedMonths, Part
from kpi.figures.patterns.breakdown import compute_number, label_value, select_splits, sum_by_split
from kpi.figures.rows import RowFilter, RowPage, RowsProblem, find_figure_with_definition, read_figure_rows
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
    limit: int | None = None,
    offset: int = 0,
    figure: Figure | None = None,
) -> tuple[RowPage, str]:
    """The rows of one piece, set against what the piece comes to; and the piece in words.

    `value` is as an address has it; None: the rows leave the column empty. The figure is the one shown, or an
    earlier `figure` given.
    Raises: IndicatorProblem; RowsProblem where there is no such way or value.
    """
    figure, declared = find_figure_with_definition(connection, center, indicator, period, figure)
    split = next((way for way in select_splits(declared, period) if way.key == by), None)
    if split is None:
        raise RowsProblem(f"“{declared.title}”不支持按此方式分组。请从指标的构成页进入。")
    try:
        key = None if value is None else split.read(value)
    except ValueError as problem:
        raise RowsProblem(f"没有{split.title}“{value}”。请从指标的构成页进入。") from problem

    def number(figure_part: Part, months: CountedMonths, end: date) -> Fraction:
        sums = sum_by_split(connection, center, [figure_part], months, end, split)
        return compute_number(figure_part, sums.get(key, (0,) * len(figure_part.terms)), months)

    row_filter = RowFilter(split.only(key), number)
    page = read_figure_rows(connection, declared, figure, part, limit=limit, offset=offset, only=row_filter)
    return page, f"{split.title}：{label_value(split, key)}"

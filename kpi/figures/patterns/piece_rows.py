"""The rows behind one piece of a figure: of one day, one unit, one kind."""

from datetime import date
from fractions import Fraction

import sqlalchemy as sa

from kpi.figures.figure import Figure
from kpi.figures.indicators.formula import Counted, Part
from kpi.figures.patterns.breakdown import label_of, number_of, sums_by, ways_of
from kpi.figures.rows import Only, Rows, RowsProblem, figure_with_definition, rows_of_figure
from tracker.periods import Period


def rows_of_piece(
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
) -> tuple[Rows, str]:
    """The rows of one piece, set against what the piece comes to; and the piece in words.

    `value` is as an address has it; None: the rows leave the column empty. The figure is the one shown, or an
    earlier `figure` given.
    Raises: IndicatorProblem; RowsProblem where there is no such way or value.
    """
    figure, declared = figure_with_definition(connection, center, indicator, period, figure)
    split = next((way for way in ways_of(declared, period) if way.key == by), None)
    if split is None:
        raise RowsProblem(f"“{declared.title}”不能这样分解。请从指标的分解页进入。")
    try:
        key = None if value is None else split.read(value)
    except ValueError as problem:
        raise RowsProblem(f"没有{split.title}“{value}”。请从指标的分解页进入。") from problem

    def number(chosen: Part, months: Counted, end: date) -> Fraction:
        sums = sums_by(connection, center, [chosen], months, end, split)
        return number_of(chosen, sums.get(key, (0,) * len(chosen.terms)), months)

    kept = Only(split.only(key), number)
    found = rows_of_figure(connection, declared, figure, part, limit=limit, offset=offset, only=kept)
    return found, f"{split.title}：{label_of(split, key)}"

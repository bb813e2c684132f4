"""Which rows a figure counts: the months that enter it, and the condition that its terms' rows fulfil.

It needs the facts alone, so that a verifier without the log's tables of today can ask.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from kpi.figures.coverage import list_counted_months, select_monthly_sources
from kpi.figures.coverage_inputs import Backing
from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import CountedMonths, Term
from kpi.figures.measures import MEASURES
from kpi.figures.sums import list_spans
from kpi.figures.unknowns_reading import is_counted
from tracker.events.times import get_day


class PartName(StrEnum):
    """Which side of the fraction."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


def list_conditions(
    center: str, term: Term, months: CountedMonths, end: date
) -> Iterator[sa.ColumnElement[bool]]:
    """What the rows of a term have in common."""
    measure = MEASURES[term.measure]
    day = measure.among.day
    within = [sa.and_(day >= first, day < last) for first, last in list_spans(months.of_term(term), end)]
    yield measure.among.center_id == center
    yield sa.or_(*within) if within else sa.false()
    yield is_counted(measure, term.known_to)


def list_months_of(
    backing: Backing | None, indicator: Indicator, figure: Figure
) -> tuple[CountedMonths, date]:
    """The months that entered the figure, and the day before which it counted.

    `backing` is that of its year; only indicators with a monthly source need it.
    """
    months, today = indicator.months(figure.period), get_day(figure.computed_at)
    if backing is None or not select_monthly_sources(indicator.needs):
        begun = CountedMonths(tuple(month for month in months if month.first_day < today))
        return (begun.ended(today) if indicator.is_level else begun), today
    then = replace(backing, today=today)
    return indicator.formula.counted(lambda needs: list_counted_months(then, needs, months)), today

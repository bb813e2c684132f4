"""The rows behind a figure: the same population, the same condition, the same months as the number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from kpi.figures.backing import read_backing
from kpi.figures.coverage import of_sources
from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator, find_indicator
from kpi.figures.indicators.formula import CronbachAlpha, Part, Term
from kpi.figures.measures import MEASURES
from kpi.figures.results import find
from kpi.figures.sums import calendar
from tracker.events.times import day_of
from tracker.periods import Month, Period, Year


class RowsProblem(LookupError):
    """这个数字没有可列的行。"""


class PartName(StrEnum):
    """Which side of the fraction."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


@dataclass(frozen=True)
class Row:
    """One row of a fact table: the thing, the event that says so, and what it adds."""

    subject: str
    seq: int
    day: date  # which places it in its month
    counted: str  # the measure it counts for
    adds: Decimal
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class Rows:
    """A page of rows, and what all of them come to."""

    columns: tuple[str, ...]  # titles of the cells
    rows: list[Row]
    count: int  # rows there are, whatever the page
    total: Fraction  # Σ of what they add
    divisor: int  # months averaged over; 1: none
    unit: str
    number: Fraction | None  # the stored figure's numerator or denominator; None: rows do not add up to it

    @property
    def agrees(self) -> bool | None:
        """Whether the rows come to the number. They do not while newer events wait to be computed."""
        return None if self.number is None else self.total / self.divisor == self.number


def rows_behind(
    connection: sa.Connection,
    center: str,
    indicator: str,
    period: Period,
    part: str = PartName.NUMERATOR,
    *,
    limit: int | None = None,
    offset: int = 0,
    figure: Figure | None = None,
) -> Rows:
    """The rows that make a figure's numerator or denominator: the one shown, or an earlier `figure` given.

    The rows are those of now; behind a sealed or earlier figure they may come to something else.
    Raises: IndicatorProblem; RowsProblem where there is no figure, or no such part.
    """
    declared = find_indicator(indicator)
    figure = figure or find(connection, center, declared.key, period)
    if figure is None:
        raise RowsProblem(f"{period.label}的{declared.title}还没有计算，或这一期尚未开始。")
    chosen = _part(declared, part)
    months, end = _counted_months(connection, declared, figure)
    found = rows_of(connection, center, chosen, months, end, limit=limit, offset=offset)
    return Rows(
        *found,
        max(len(months), 1) if chosen.averaged else 1,
        unit_of(chosen),
        _number(declared, figure, part),
    )


def rows_of(
    connection: sa.Connection,
    center: str,
    part: Part,
    months: Sequence[Month],
    end: date,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[tuple[str, ...], list[Row], int, Fraction]:
    """(column titles, one page of rows, count, total) of a part over months, days before `end` only."""
    population = MEASURES[part.terms[0].measure].among
    by_month = any(MEASURES[term.measure].among.by_month for term in part.terms)
    shared = [calendar(months[0].first_day, months[-1].end_day)] if by_month and months else []
    listed = sa.union_all(
        *(_rows_of_term(center, place, term, months, end) for place, term in enumerate(part.terms))
    ).subquery("listed")
    sums = sa.select(listed.c.term, sa.func.count(), sa.func.sum(listed.c.adds)).group_by(listed.c.term)
    count, total = 0, Fraction()
    for place, rows, added in connection.execute(sums.add_cte(*shared)):
        count, total = count + rows, total + int(added) * Fraction(part.terms[place].times)
    page = (
        sa.select(listed).order_by(listed.c.day, listed.c.subject, listed.c.term).limit(limit).offset(offset)
    )
    words = [population.words.get(title, {}) for title, _ in population.columns]
    titles = tuple(title for title, _ in population.columns)
    return titles, [_row(row, part, words) for row in connection.execute(page.add_cte(*shared))], count, total


def unit_of(part: Part) -> str:
    """The unit of what a part's rows add: the measure's, or the larger one that its factor makes of it."""
    term = part.terms[0]
    unit = MEASURES[term.measure].unit
    if term.times == Fraction(1, 1000) and unit == "毫秒":
        return "秒"
    return "元" if term.times == Fraction(1, 100) and unit == "分" else unit


def _rows_of_term(center: str, place: int, term: Term, months: Sequence[Month], end: date) -> sa.Select[Any]:
    measure = MEASURES[term.measure]
    population, taken = measure.among, term.over.of(months)
    within = [
        sa.and_(population.day >= first, population.day < min(last, end)) for first, last in _spans(taken)
    ]
    columns: list[Any] = [
        sa.literal(place).label("term"),
        population.subject.label("subject"),
        population.seq.label("seq"),
        population.day.label("day"),
        sa.cast(measure.row_value, sa.BigInteger).label("adds"),
        *(column.label(f"c{number}") for number, (_, column) in enumerate(population.columns)),
    ]
    return (
        sa.select(*columns)
        .select_from(population.rows)
        .where(
            population.center_id == center,
            sa.or_(*within) if within else sa.false(),
            sa.true() if measure.where is None else measure.where,
        )
    )


def _spans(months: Sequence[Month]) -> list[tuple[date, date]]:
    """The months as spans without gaps; the end is excluded."""
    spans: list[tuple[date, date]] = []
    for month in months:
        if spans and spans[-1][1] == month.first_day:
            spans[-1] = (spans[-1][0], month.end_day)
        else:
            spans.append((month.first_day, month.end_day))
    return spans


def _row(row: Any, part: Part, words: Sequence[Any]) -> Row:
    place, subject, seq, day, adds, *cells = row
    term = part.terms[place]
    shown = tuple(told.get(cell, cell) for told, cell in zip(words, cells, strict=True))
    times = Fraction(term.times)
    exact = Decimal(adds * times.numerator) / Decimal(times.denominator)
    return Row(subject, seq, day, MEASURES[term.measure].title, exact, shown)


def _part(indicator: Indicator, name: str) -> Part:
    formula = indicator.formula
    part = formula.numerator if PartName(name) is PartName.NUMERATOR else formula.denominator
    if part is None:
        raise RowsProblem(f"“{indicator.title}”没有分母，只有分子的行可列。")
    return part


def _number(indicator: Indicator, figure: Figure, name: str) -> Fraction | None:
    if isinstance(indicator.formula, CronbachAlpha):
        return None
    return figure.numerator if PartName(name) is PartName.NUMERATOR else figure.denominator


def _counted_months(
    connection: sa.Connection, indicator: Indicator, figure: Figure
) -> tuple[tuple[Month, ...], date]:
    """The months that entered the figure, and the day before which it counted."""
    months, today = indicator.months(figure.period), day_of(figure.computed_at)
    year = Year(figure.period.first_day.year)
    backing = read_backing(connection, figure.center, year.first_day, year.end_day, today)
    return of_sources(backing, indicator.needs, months).counted, today

"""The rows behind a figure: the same population, the same condition, the same months as the number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from kpi.figures.coverage import by_month, counted
from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_monthly_backing
from kpi.figures.definitions.in_force import definitions_for
from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator, find_indicator
from kpi.figures.indicators.formula import Counted, Lowest, Median, Part, Term
from kpi.figures.indicators.units import unit_of
from kpi.figures.measures import MEASURES
from kpi.figures.measures.call_windows import HOURS, WORST
from kpi.figures.measures.calls import CALLS
from kpi.figures.results import find
from kpi.figures.sums import calendar, spans_of
from kpi.figures.unknowns_reading import counts
from tracker.events.times import day_of
from tracker.facts.calls import calls
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
    number: Fraction | None  # what they should come to; None: rows do not add up to it
    whole: Fraction | None  # the stored figure's numerator or denominator, also where only a part is listed
    each: Callable[[], Iterator[Row]]  # all the rows whatever the page, read while they are asked for

    @property
    def agrees(self) -> bool | None:
        """Whether the rows come to the number. They do not while newer events wait to be computed."""
        return None if self.number is None else self.total / self.divisor == self.number


Conditions = Mapping[str, sa.ColumnElement[bool]]  # by population


@dataclass(frozen=True)
class Only:
    """A part of the rows, and the number that a part of the figure's months should come to."""

    where: Conditions
    number: Callable[[Part, Counted, date], Fraction]


def rows_behind(
    connection: sa.Connection,
    center: str,
    indicator: str,
    period: Period,
    part: str = PartName.NUMERATOR,
    *,
    limit: int | None = None,
    offset: int = 0,
    only: Only | None = None,
    figure: Figure | None = None,
) -> Rows:
    """The rows that make a figure's numerator or denominator, or those of them that `only` keeps.

    The figure is the one shown, or an earlier `figure` given.
    The rows are those of now; behind a sealed or earlier figure they may come to something else.
    Raises: IndicatorProblem; RowsProblem where there is no figure, or no such part.
    """
    figure, declared = figure_with_definition(connection, center, indicator, period, figure)
    return rows_of_figure(connection, declared, figure, part, limit=limit, offset=offset, only=only)


def figure_with_definition(
    connection: sa.Connection, center: str, indicator: str, period: Period, figure: Figure | None = None
) -> tuple[Figure, Indicator]:
    """The figure shown, or an earlier `figure` given, and the definition that it was computed by.

    Raises: IndicatorProblem; RowsProblem where there is no figure.
    """
    packaged = find_indicator(indicator)
    figure = figure or find(connection, center, packaged.key, period)
    if figure is None:
        raise RowsProblem(f"{period.label}的{packaged.title}还没有计算，或这一期尚未开始。")
    return figure, definitions_for(connection, center).version(packaged.key, figure.definition_version)


def rows_of_figure(
    connection: sa.Connection,
    declared: Indicator,
    figure: Figure,
    part: str = PartName.NUMERATOR,
    *,
    limit: int | None = None,
    offset: int = 0,
    only: Only | None = None,
) -> Rows:
    """The rows that make a figure, stored or not, by the definition that it was computed by."""
    chosen = _part(declared, part)
    months, end = counted_months(connection, declared, figure)
    kept = only.where if only else None
    if isinstance(declared.formula, Lowest):
        months, kept = _worst_window(connection, figure.center, declared.formula, months, end)
    if isinstance(declared.formula, Median):
        kept = _middle(figure.center, declared.formula, months, end)
    found = rows_of(connection, figure.center, chosen, months, end, limit=limit, offset=offset, only=kept)
    number = _number(figure, part)
    return Rows(
        *found,
        chosen.divisor(months),
        unit_of(chosen),
        only.number(chosen, months, end) if only else number,
        number,
        lambda: _each_row(connection, figure.center, chosen, months, end, kept),
    )


def _worst_window(
    connection: sa.Connection, center: str, formula: Lowest, months: Counted, end: date
) -> tuple[Counted, Conditions]:
    """The months that the worst window reaches into, and the condition that keeps its calls."""
    of = MEASURES[formula.below].among
    within = sa.or_(
        sa.false(), *(sa.and_(of.day >= a, of.day < b) for a, b in spans_of(months.of(formula.below), end))
    )
    share = sa.cast(WORST.c.answered, sa.Double) / WORST.c.offered
    worst = (
        sa.select(WORST.c.entered_at).where(of.center_id == center, within).order_by(share, of.day).limit(1)
    )
    last = connection.scalar(worst)
    if last is None:
        return Counted(()), {CALLS.key: sa.false()}
    first = last - timedelta(hours=HOURS)
    kept = sa.and_(calls.c.entered_at > first, calls.c.entered_at <= last)
    reached = dict.fromkeys(Month.of(day_of(at)) for at in (first, last))
    return Counted(tuple(reached)), {CALLS.key: kept}


def _middle(center: str, formula: Median, months: Counted, end: date) -> Conditions:
    """The condition that keeps the middle one or two of the rows that are put in order; of equal values the
    subject decides."""
    [term] = formula.numerator.terms
    measure = MEASURES[term.measure]
    among, value = measure.among, measure.value
    assert value is not None
    in_order = (
        sa.select(
            among.subject.label("subject"),
            sa.func.row_number().over(order_by=(value, among.subject)).label("place"),
            sa.func.count().over().label("size"),
        )
        .select_from(among.rows)
        .where(*_conditions(center, term, months, end))
        .subquery("in_order")
    )
    twice, size = in_order.c.place * 2, in_order.c.size
    middle = sa.select(in_order.c.subject).where(twice >= size, twice <= size + 2)
    return {among.key: among.subject.in_(middle)}


def rows_of(
    connection: sa.Connection,
    center: str,
    part: Part,
    months: Counted,
    end: date,
    *,
    limit: int | None = None,
    offset: int = 0,
    only: Conditions | None = None,
) -> tuple[tuple[str, ...], list[Row], int, Fraction]:
    """(column titles, one page of rows, count, total) of a part over months, days before `end` only."""
    listed, shared, words = _listed(center, part, months, end, only)
    sums = sa.select(listed.c.term, sa.func.count(), sa.func.sum(listed.c.adds)).group_by(listed.c.term)
    count, total = 0, Fraction()
    for place, rows, added in connection.execute(sums.add_cte(*shared)):
        count, total = count + rows, total + int(added) * Fraction(part.terms[place].times)
    page = _in_order(listed, shared).limit(limit).offset(offset)
    titles = tuple(title for title, _ in MEASURES[part.terms[0].measure].among.columns)
    return titles, [_row(row, part, words) for row in connection.execute(page)], count, total


def _each_row(
    connection: sa.Connection,
    center: str,
    part: Part,
    months: Counted,
    end: date,
    only: Conditions | None,
) -> Iterator[Row]:
    """All the rows, some at a time from the server's own cursor."""
    listed, shared, words = _listed(center, part, months, end, only)
    streamed = {"stream_results": True, "yield_per": _AT_ONCE}
    for row in connection.execute(_in_order(listed, shared), execution_options=streamed):
        yield _row(row, part, words)


_AT_ONCE = 2_000  # rows held at a time


def _listed(
    center: str, part: Part, months: Counted, end: date, only: Conditions | None
) -> tuple[sa.Subquery, list[sa.CTE], list[Any]]:
    """The rows of all terms, what the statement brings along for them, and the words of their codes."""
    population = MEASURES[part.terms[0].measure].among
    levels = any(MEASURES[term.measure].among.by_month for term in part.terms)
    taken = sorted({month for term in part.terms for month in months.of_term(term)})
    shared = [calendar(taken[0].first_day, taken[-1].end_day)] if levels and taken else []
    terms = (_rows_of_term(center, place, term, months, end, only) for place, term in enumerate(part.terms))
    words = [population.words.get(title, {}) for title, _ in population.columns]
    return sa.union_all(*terms).subquery("listed"), shared, words


def _in_order(listed: sa.Subquery, shared: Sequence[sa.CTE]) -> sa.Select[Any]:
    return (
        sa.select(listed)
        .order_by(listed.c.day, listed.c.subject, listed.c.term, listed.c.seq, *list(listed.c)[5:])
        .add_cte(*shared)
    )


def lacking_things(
    connection: sa.Connection,
    center: str,
    figures: Sequence[tuple[Indicator, Figure]],
    backing: Backing,
) -> dict[str, list[str]]:
    """Indicator → subjects of the rows of its denominator that its numerator has no row of. One statement.

    `backing` is that of the figures' year; figures without a denominator have nothing.
    """
    asked = tuple(
        (indicator, *_counted(backing, indicator, figure))
        for indicator, figure in figures
        if indicator.formula.denominator is not None
    )
    if not asked:
        return {}
    found: dict[str, list[str]] = {}
    statement = _lacking(center, asked, Year(figures[0][1].period.first_day.year))
    for key, subject in connection.execute(statement).all():
        found.setdefault(key, []).append(subject)
    return {key: sorted(subjects) for key, subjects in found.items()}


_Asked = tuple[Indicator, Counted, date]  # the months that entered, the day before which it counted


@lru_cache(maxsize=64)  # putting such a statement together takes a large part of its time
def _lacking(center: str, asked: tuple[_Asked, ...], year: Year) -> sa.CompoundSelect[Any]:
    both = sa.union_all(*(_lacking_of(center, *one) for one in asked))
    if any(MEASURES[key].among.by_month for indicator, *_ in asked for key in indicator.formula.measures):
        both = both.add_cte(calendar(year.first_day, year.end_day))
    return both


def _lacking_of(center: str, indicator: Indicator, months: Counted, end: date) -> sa.Select[Any]:
    formula = indicator.formula
    whole, there = (
        sa.union_all(
            *(
                sa.select(MEASURES[term.measure].among.subject.label("subject"))
                .select_from(MEASURES[term.measure].among.rows)
                .where(*_conditions(center, term, months, end))
                for term in (part.terms if part else ())
            )
        )
        for part in (formula.denominator, formula.numerator)
    )
    lacking = sa.except_(whole, there).subquery(f"lacking_{indicator.key}")
    return sa.select(sa.literal(indicator.key), lacking.c.subject)


def _conditions(center: str, term: Term, months: Counted, end: date) -> Iterator[sa.ColumnElement[bool]]:
    """What the rows of a term have in common."""
    measure = MEASURES[term.measure]
    day = measure.among.day
    within = [sa.and_(day >= first, day < last) for first, last in spans_of(months.of_term(term), end)]
    yield measure.among.center_id == center
    yield sa.or_(*within) if within else sa.false()
    yield counts(measure, term.known_to)


def _rows_of_term(
    center: str, place: int, term: Term, months: Counted, end: date, only: Conditions | None
) -> sa.Select[Any]:
    measure = MEASURES[term.measure]
    population = measure.among
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
        .where(*_conditions(center, term, months, end), sa.true() if only is None else only[population.key])
    )


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


def _number(figure: Figure, name: str) -> Fraction | None:
    return figure.numerator if PartName(name) is PartName.NUMERATOR else figure.denominator


def counted_months(connection: sa.Connection, indicator: Indicator, figure: Figure) -> tuple[Counted, date]:
    """The months that entered the figure, and the day before which it counted."""
    if not by_month(indicator.needs):
        return _counted(None, indicator, figure)
    year, today = Year(figure.period.first_day.year), day_of(figure.computed_at)
    backing = read_monthly_backing(connection, figure.center, year.first_day, year.end_day, today)
    return _counted(backing, indicator, figure)


def _counted(backing: Backing | None, indicator: Indicator, figure: Figure) -> tuple[Counted, date]:
    """The same by the backing of its year, which only indicators with a monthly source need."""
    months, today = indicator.months(figure.period), day_of(figure.computed_at)
    if backing is None or not by_month(indicator.needs):
        begun = Counted(tuple(month for month in months if month.first_day < today))
        return (begun.ended(today) if indicator.is_level else begun), today
    then = replace(backing, today=today)
    return indicator.formula.counted(lambda needs: counted(then, needs, months)), today

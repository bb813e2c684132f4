"""The rows behind a figure: the same population, the same condition, the same months as the number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from kpi.figures.counted_rows import PartName, list_conditions, list_months_of
from kpi.figures.coverage import select_monthly_sources
from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_monthly_backing
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator, find_indicator
from kpi.figures.indicators.formula import CountedMonths, Lowest, Median, Part, Term
from kpi.figures.indicators.units import get_part_unit
from kpi.figures.measures import MEASURES
from kpi.figures.measures.call_windows import HOURS, WORST
from kpi.figures.measures.calls import CALLS
from kpi.figures.results import find_figure
from kpi.figures.sums import build_calendar, list_spans
from tracker.events.times import get_day
from tracker.facts.calls import calls
from tracker.periods import Month, Period, Year


class RowsProblem(LookupError):
    """这个数字没有可列的行。"""


@dataclass(frozen=True)
class CountedRow:
    """One row of a fact table: the thing, the event that says so, and what it adds."""

    subject: str
    seq: int
    day: date  # which places it in its month
    counted: str  # the measure it counts for
    adds: Decimal
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class RowPage:
    """A page of rows, and what all of them come to."""

    columns: tuple[str, ...]  # titles of the cells
    rows: list[CountedRow]
    count: int  # rows there are, whatever the page
    total: Fraction  # Σ of what they add
    divisor: int  # months averaged over; 1: none
    unit: str
    number: Fraction | None  # what they should come to; None: rows do not add up to it
    whole: Fraction | None  # the stored figure's numerator or denominator, also where only a part is listed
    each: Callable[[], Iterator[CountedRow]]  # all the rows whatever the page, read while they are asked for

    @property
    def agrees(self) -> bool | None:
        """Whether the rows come to the number. They do not while newer events wait to be computed."""
        return None if self.number is None else self.total / self.divisor == self.number


Conditions = Mapping[str, sa.ColumnElement[bool]]  # by population


@dataclass(frozen=True)
class RowFilter:
    """A part of the rows, and the number that a part of the figure's months should come to."""

    where: Conditions
    number: Callable[[Part, CountedMonths, date], Fraction]


def read_rows(
    connection: sa.Connection,
    center: str,
    indicator: str,
    period: Period,
    part: str = PartName.NUMERATOR,
    *,
    limit: int | None = None,
    offset: int = 0,
    only: RowFilter | None = None,
    figure: Figure | None = None,
) -> RowPage:
    """The rows that make a figure's numerator or denominator, or those of them that `only` keeps.

    The figure is the one shown, or an earlier `figure` given.
    The rows are those of now; behind a sealed or earlier figure they may come to something else.
    Raises: IndicatorProblem; RowsProblem where there is no figure, or no such part.
    """
    figure, declared = find_figure_with_definition(connection, center, indicator, period, figure)
    return read_figure_rows(connection, declared, figure, part, limit=limit, offset=offset, only=only)


def find_figure_with_definition(
    connection: sa.Connection, center: str, indicator: str, period: Period, figure: Figure | None = None
) -> tuple[Figure, Indicator]:
    """The figure shown, or an earlier `figure` given, and the definition that it was computed by.

    Raises: IndicatorProblem; RowsProblem where there is no figure.
    """
    packaged = find_indicator(indicator)
    figure = figure or find_figure(connection, center, packaged.key, period)
    if figure is None:
        raise RowsProblem(f"{period.label}的{packaged.title}还没有计算，或这一期尚未开始。")
    return figure, read_definitions(connection, center).version(packaged.key, figure.definition_version)


def read_figure_rows(
    connection: sa.Connection,
    declared: Indicator,
    figure: Figure,
    part: str = PartName.NUMERATOR,
    *,
    limit: int | None = None,
    offset: int = 0,
    only: RowFilter | None = None,
) -> RowPage:
    """The rows that make a figure, stored or not, by the definition that it was computed by."""
    figure_part = _get_part(declared, part)
    months, end = find_counted_months(connection, declared, figure)
    conditions = only.where if only else None
    if isinstance(declared.formula, Lowest):
        months, conditions = _find_worst_window(connection, figure.center, declared.formula, months, end)
    if isinstance(declared.formula, Median):
        conditions = _match_middle(figure.center, declared.formula, months, end)
    listing = select_rows(
        connection, figure.center, figure_part, months, end, limit=limit, offset=offset, only=conditions
    )
    number = _get_number(figure, part)
    return RowPage(
        *listing,
        figure_part.divisor(months),
        get_part_unit(figure_part),
        only.number(figure_part, months, end) if only else number,
        number,
        lambda: _stream_rows(connection, figure.center, figure_part, months, end, conditions),
    )


def _find_worst_window(
    connection: sa.Connection, center: str, formula: Lowest, months: CountedMonths, end: date
) -> tuple[CountedMonths, Conditions]:
    """The months that the worst window reaches into, and the condition that keeps its calls."""
    of = MEASURES[formula.below].among
    within = sa.or_(
        sa.false(), *(sa.and_(of.day >= a, of.day < b) for a, b in list_spans(months.of(formula.below), end))
    )
    share = sa.cast(WORST.c.answered, sa.Double) / WORST.c.offered
    worst = (
        sa.select(WORST.c.entered_at).where(of.center_id == center, within).order_by(share, of.day).limit(1)
    )
    last = connection.scalar(worst)
    if last is None:
        return CountedMonths(()), {CALLS.key: sa.false()}
    first = last - timedelta(hours=HOURS)
    condition = sa.and_(calls.c.entered_at > first, calls.c.entered_at <= last)
    reached = dict.fromkeys(Month.of(get_day(at)) for at in (first, last))
    return CountedMonths(tuple(reached)), {CALLS.key: condition}


def _match_middle(center: str, formula: Median, months: CountedMonths, end: date) -> Conditions:
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
        .where(*list_conditions(center, term, months, end))
        .subquery("in_order")
    )
    twice, size = in_order.c.place * 2, in_order.c.size
    middle = sa.select(in_order.c.subject).where(twice >= size, twice <= size + 2)
    return {among.key: among.subject.in_(middle)}


def select_rows(
    connection: sa.Connection,
    center: str,
    part: Part,
    months: CountedMonths,
    end: date,
    *,
    limit: int | None = None,
    offset: int = 0,
    only: Conditions | None = None,
) -> tuple[tuple[str, ...], list[CountedRow], int, Fraction]:
    """(column titles, one page of rows, count, total) of a part over months, days before `end` only."""
    terms, shared, words = _select_listed(center, part, months, end, only)
    sums = sa.select(terms.c.term, sa.func.count(), sa.func.sum(terms.c.adds)).group_by(terms.c.term)
    count, total = 0, Fraction()
    for place, rows, added in connection.execute(sums.add_cte(*shared)):
        count, total = count + rows, total + int(added) * Fraction(part.terms[place].times)
    page = _select_in_order(terms, shared).limit(limit).offset(offset)
    titles = tuple(title for title, _ in MEASURES[part.terms[0].measure].among.columns)
    return titles, [_build_row(row, part, words) for row in connection.execute(page)], count, total


def _stream_rows(
    connection: sa.Connection,
    center: str,
    part: Part,
    months: CountedMonths,
    end: date,
    only: Conditions | None,
) -> Iterator[CountedRow]:
    """All the rows, some at a time from the server's own cursor."""
    terms, shared, words = _select_listed(center, part, months, end, only)
    streamed = {"stream_results": True, "yield_per": _AT_ONCE}
    for row in connection.execute(_select_in_order(terms, shared), execution_options=streamed):
        yield _build_row(row, part, words)


_AT_ONCE = 2_000  # rows held at a time


def _select_listed(
    center: str, part: Part, months: CountedMonths, end: date, only: Conditions | None
) -> tuple[sa.Subquery, list[sa.CTE], list[Any]]:
    """The rows of all terms, what the statement brings along for them, and the words of their codes."""
    population = MEASURES[part.terms[0].measure].among
    levels = any(MEASURES[term.measure].among.by_month for term in part.terms)
    all_months = sorted({month for term in part.terms for month in months.of_term(term)})
    shared = (
        [build_calendar(all_months[0].first_day, all_months[-1].end_day)] if levels and all_months else []
    )
    terms = (
        _select_term_rows(center, place, term, months, end, only) for place, term in enumerate(part.terms)
    )
    words = [population.words.get(title, {}) for title, _ in population.columns]
    return sa.union_all(*terms).subquery("listed"), shared, words


def _select_in_order(terms: sa.Subquery, shared: Sequence[sa.CTE]) -> sa.Select[Any]:
    return (
        sa.select(terms)
        .order_by(terms.c.day, terms.c.subject, terms.c.term, terms.c.seq, *list(terms.c)[5:])
        .add_cte(*shared)
    )


def find_lacking_subjects(
    connection: sa.Connection,
    center: str,
    figures: Sequence[tuple[Indicator, Figure]],
    backing: Backing,
) -> dict[str, list[str]]:
    """Indicator → subjects of the rows of its denominator that its numerator has no row of. One statement.

    `backing` is that of the figures' year; figures without a denominator have nothing.
    """
    queries = tuple(
        (indicator, *list_months_of(backing, indicator, figure))
        for indicator, figure in figures
        if indicator.formula.denominator is not None
    )
    if not queries:
        return {}
    subjects_by_key: dict[str, list[str]] = {}
    statement = _select_all_lacking(center, queries, Year(figures[0][1].period.first_day.year))
    for key, subject in connection.execute(statement).all():
        subjects_by_key.setdefault(key, []).append(subject)
    return {key: sorted(subjects) for key, subjects in subjects_by_key.items()}


_LackingQuery = tuple[
    Indicator, CountedMonths, date
]  # the months that entered, the day before which it counted


@lru_cache(maxsize=64)  # putting such a statement together takes a large part of its time
def _select_all_lacking(
    center: str, queries: tuple[_LackingQuery, ...], year: Year
) -> sa.CompoundSelect[Any]:
    both = sa.union_all(*(_select_lacking(center, *one) for one in queries))
    if any(MEASURES[key].among.by_month for indicator, *_ in queries for key in indicator.formula.measures):
        both = both.add_cte(build_calendar(year.first_day, year.end_day))
    return both


def _select_lacking(center: str, indicator: Indicator, months: CountedMonths, end: date) -> sa.Select[Any]:
    formula = indicator.formula
    whole, there = (
        sa.union_all(
            *(
                sa.select(MEASURES[term.measure].among.subject.label("subject"))
                .select_from(MEASURES[term.measure].among.rows)
                .where(*list_conditions(center, term, months, end))
                for term in (part.terms if part else ())
            )
        )
        for part in (formula.denominator, formula.numerator)
    )
    without = sa.except_(whole, there).subquery(f"lacking_{indicator.key}")
    return sa.select(sa.literal(indicator.key), without.c.subject)


def _select_term_rows(
    center: str, place: int, term: Term, months: CountedMonths, end: date, only: Conditions | None
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
        .where(
            *list_conditions(center, term, months, end), sa.true() if only is None else only[population.key]
        )
    )


def _build_row(row: Any, part: Part, words: Sequence[Any]) -> CountedRow:
    place, subject, seq, day, adds, *cells = row
    term = part.terms[place]
    texts = tuple(words_of_cell.get(cell, cell) for words_of_cell, cell in zip(words, cells, strict=True))
    times = Fraction(term.times)
    exact = Decimal(adds * times.numerator) / Decimal(times.denominator)
    return CountedRow(subject, seq, day, MEASURES[term.measure].title, exact, texts)


def _get_part(indicator: Indicator, name: str) -> Part:
    formula = indicator.formula
    part = formula.numerator if PartName(name) is PartName.NUMERATOR else formula.denominator
    if part is None:
        raise RowsProblem(f"“{indicator.title}”没有分母，只有分子的行可列。")
    return part


def _get_number(figure: Figure, name: str) -> Fraction | None:
    return figure.numerator if PartName(name) is PartName.NUMERATOR else figure.denominator


def find_counted_months(
    connection: sa.Connection, indicator: Indicator, figure: Figure
) -> tuple[CountedMonths, date]:
    """The months that entered the figure, and the day before which it counted."""
    if not select_monthly_sources(indicator.needs):
        return list_months_of(None, indicator, figure)
    year, today = Year(figure.period.first_day.year), get_day(figure.computed_at)
    backing = read_monthly_backing(connection, figure.center, year.first_day, year.end_day, today)
    return list_months_of(backing, indicator, figure)

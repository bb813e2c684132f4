"""Reads how many rows are in doubt for a measure, and how many were held back.

Most centres have none, which one look at an index says; then nothing is counted.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from kpi.figures.held_rows import HeldBackRows, HeldBackSpan
from kpi.figures.indicators.formula import Formula
from kpi.figures.measures import MEASURES, Measure, Population
from kpi.figures.measures.certainty import (
    DECLARED,
    FieldKey,
    find_fields,
    is_any_unknown,
    is_certain,
    is_possible,
    is_unknown,
)
from kpi.figures.sums import build_calendar
from kpi.figures.unknowns import Unknowns
from tracker.facts.deliveries import held_back
from tracker.periods import Month, Period


def read_doubts(
    connection: sa.Connection,
    center: str,
    span: Period,
    end: date,
    formulas: Iterable[Formula],
    head: sa.Select[Any] | None = None,
) -> tuple[Unknowns, HeldBackRows, int]:
    """The unknown rows for formulas in a year, or a part of it, of days before `end`; the rows held back; and
    the one number that `head` selects, which is read in the same statement; 0 where none is.

    One statement; where rows may be in doubt, one more for all of them."""
    first, end = span.first_day, max(span.first_day, min(end, span.end_day))
    wanted: dict[Population, dict[tuple[str, ...], None]] = {}
    for formula in formulas:
        for key in formula.measures:
            wanted.setdefault(MEASURES[key].among, {})[key,] = None
        for below, above in formula.paired:
            wanted.setdefault(MEASURES[below].among, {})[below, *above] = None
    unknowns, held_back, seq = Unknowns(), [], 0
    if not wanted:
        return unknowns, HeldBackRows(), seq
    by_key = {one.key: one for one in wanted}
    look = _select_unknown_days(tuple(wanted), center, first, span.end_day, head)
    doubtful = {
        one: _PopulationQuery(one, watched, first, end)
        for one, keys in wanted.items()
        if (watched := tuple(filter(_are_watched, keys)))
    }
    for key, *row in connection.execute(look).all():
        if key is None:
            held_back.append(HeldBackSpan(*row[:3], *map(int, row[3:])))
        elif key == _HEAD:
            seq = int(row[3] or 0)
        else:
            population = by_key[key]
            doubtful[population] = _PopulationQuery(population, tuple(wanted[population]), first, end).within(
                *row[1:3]
            )
    queries = tuple(one for one in doubtful.values() if one.first < one.end)
    if queries:
        statement, keys_by_place = _build_counting(queries, center, first, end)
        for month, numbers, place in connection.execute(statement):
            for what, number in zip(keys_by_place[place], numbers, strict=True):
                unknowns.add(what, int(month), int(number or 0))
    return unknowns, HeldBackRows(tuple(held_back)), seq


_HEAD = "head"


_CountKeys = tuple[tuple[str, ...], ...]


class _PopulationQuery(NamedTuple):
    """What is counted of a population's unknown rows, and the months outside of which it has none."""

    population: Population
    asked: _CountKeys
    first: date
    end: date

    def within(self, earliest: date | None, latest: date | None) -> "_PopulationQuery":
        """Of the whole months alone that things of these days can be counted in; None: nobody can tell."""
        if earliest is None or latest is None:
            return self
        first = max(self.first, Month.of(earliest).first_day)
        last = latest + timedelta(days=1 + self.population.reaches)
        return self._replace(first=first, end=min(self.end, Month.of(last).end_day))


@lru_cache(maxsize=64)
def _select_unknown_days(
    populations: tuple[Population, ...], center: str, first: date, end: date, head: sa.Select[Any] | None
) -> sa.CompoundSelect[Any]:
    """(population, …, the first and the last day, if they are known, …) of those with an unknown row; (None,
    and the parts of a span) of rows held back, whichever delivery brought them; (_HEAD, …, what `head`
    selects, …)."""
    table, text, day = held_back.c, sa.cast(sa.null(), sa.Text), sa.cast(sa.null(), sa.Date)
    held_rows = (
        sa.select(
            text,
            table.source,
            table.first_day,
            table.last_day,
            sa.func.sum(table.rows),
            sa.func.sum(table.known),
            sa.func.sum(sa.case((table.asked, table.rows), else_=0)),
        )
        .where(table.center_id == center, table.first_day < end)
        .group_by(table.source, table.first_day, table.last_day)
    )
    number = sa.cast(sa.null(), sa.BigInteger)
    suspects = []
    for one, rows in _select_suspects(center, populations):
        their = rows.selected_columns.get("day")
        if their is None:
            select = sa.select(sa.literal(one.key), text, day, day, number, number, number)
            suspects.append(select.where(sa.exists(rows)))
        else:
            days = sa.func.min(their), sa.func.max(their)
            select = rows.with_only_columns(sa.literal(one.key), text, *days, number, number, number)
            near = their >= first - timedelta(days=1 + one.reaches)
            suspects.append(select.where(near, their < end).having(days[0].is_not(None)))
    heads = (
        []
        if head is None
        else [sa.select(sa.literal(_HEAD), text, day, day, head.scalar_subquery(), number, number)]
    )
    return sa.union_all(held_rows, *suspects, *heads)


def find_unknown_populations(
    connection: sa.Connection, center: str, populations: Iterable[Population]
) -> list[Population]:
    """Those of the populations with a row of which not everything is known. One statement, on indexes."""
    suspects = _select_suspects(center, populations)
    if not suspects:
        return []
    flags = connection.execute(sa.select(*(sa.exists(rows) for _, rows in suspects))).one()
    return [one for (one, _), unknown in zip(suspects, flags, strict=True) if unknown]


def _select_suspects(
    center: str, populations: Iterable[Population]
) -> list[tuple[Population, sa.Select[Any]]]:
    """The populations whose rows say what they do not tell, and what selects the rows that may."""
    suspects: list[tuple[Population, sa.Select[Any]]] = []
    for one in populations:
        unknown = _find_unknown_column(one)
        if unknown is not None:
            rows = one.suspects
            if rows is None:
                rows = (
                    sa.select(sa.literal(1)).select_from(one.of).where(one.center_id == center, unknown != "")
                )
            else:
                rows = rows.where(rows.selected_columns.center_id == center)
            suspects.append((one, rows))
    return suspects


def is_counted(measure: Measure, known_to: Iterable[str] = ()) -> sa.ColumnElement[bool]:
    """Whether a row counts for a measure, and it is certain whether it counts for the others."""
    parts = [] if measure.condition is None else [measure.condition]
    for other in (MEASURES[key] for key in known_to):
        if _find_unknown_column(other.among) is not None:
            parts.append(sa.or_(sa.not_(_may_lack(other)), sa.not_(is_in_doubt(other))))
    return sa.and_(sa.true(), *parts)


def is_watched(measure: Measure) -> bool:
    """Whether rows may be in doubt for a measure that the index of unknown rows does not show."""
    fields = find_fields(measure.where, measure.value, measure.among.day)
    overtaken = measure.unsettled is not None or measure.fading is not None
    return overtaken or any(unknown.name == "untold" for unknown, _ in fields)


def _are_watched(keys: Iterable[str]) -> bool:
    return any(is_watched(MEASURES[key]) for key in keys)


def _may_lack(*measures: Measure) -> sa.ColumnElement[bool]:
    """Rows of one population outside of which none is in doubt for the measures."""
    fields = [field for one in measures for field in find_fields(one.where, one.value, one.among.day)]
    marks = {unknown for one in measures if (unknown := _find_unknown_column(one.among)) is not None}
    untold = {unknown for unknown, _ in fields if unknown.name == "untold"}
    return sa.or_(
        *(unknown != "" for unknown in (*marks, *untold)),
        *(one.unsettled for one in measures if one.unsettled is not None),
        *(one.fading for one in measures if one.fading is not None),
    )


def is_in_doubt(measure: Measure) -> sa.ColumnElement[bool]:
    """Whether a row may or may not count for a measure, or counts with an amount that nobody told."""
    sure = sa.func.coalesce(is_certain(measure.where), sa.false())
    unsure = sa.or_(sa.not_(sure), is_any_unknown(measure.value))
    doubtful = sa.and_(sa.func.coalesce(is_possible(measure.where), sa.false()), unsure)
    return doubtful if measure.unsettled is None else sa.or_(doubtful, measure.unsettled)


_NamedColumn = tuple[tuple[str, ...], sa.ColumnElement[Any]]


@cache
def _find_unknown_column(population: Population) -> sa.ColumnElement[str] | None:
    """The column that names what a population's rows do not tell."""
    unknown: sa.ColumnElement[str] | None = population.of.c.get("unknown")
    return unknown


_CountQuery = tuple[sa.Select[Any], list[tuple[str, ...]]]  # (month, numbers), and what the numbers are of


@lru_cache(maxsize=64)  # putting such a statement together takes a large part of its time
def _build_counting(
    queries: tuple[_PopulationQuery, ...], center: str, first: date, end: date
) -> tuple[Any, list[list[tuple[str, ...]]]]:
    """The statement that counts the unknown rows of populations by month: (month, numbers, place); and what
    the numbers of each place are of."""
    parts = [part for one in queries for part in _build_counts(one, center, first, end)]
    selects = [
        part.add_columns(sa.literal_column(str(place), sa.Integer)) for place, (part, _) in enumerate(parts)
    ]
    statement: Any = sa.union_all(*selects)
    if any(one.population.by_month for one in queries):
        statement = statement.add_cte(build_calendar(first, end))
    return statement, [keys for _, keys in parts]


def _build_counts(query: _PopulationQuery, center: str, first: date, end: date) -> list[_CountQuery]:
    """What counts a population's unknown rows, and those from `first` to before `end` that tell a field."""
    population, wanted = query.population, query.asked
    placed = [one for key in wanted for one in _list_counted(key)]
    parts = (part for (key, *_) in wanted for part in (MEASURES[key].where, MEASURES[key].value))
    fields = find_fields(population.day, *parts)
    whole: list[_NamedColumn] = []  # rows that tell a field: all of them, less those that do not
    for marks, name in fields:
        declared = DECLARED.get((marks, name))
        if declared and declared.is_partly_known:  # of these nobody asks whether any row tells them
            continue
        key_of_field = ("told", population.key, name)
        whole.append((key_of_field, sa.func.count()))
        placed.append((key_of_field, -sa.func.count().filter(is_unknown((marks, name)))))
    measures = dict.fromkeys(MEASURES[key] for keys in wanted for key in keys)
    not_whole = sa.true() if _find_unknown_column(population) is None else _may_lack(*measures)
    counts = [_select_by_month(population, population.day, placed, center, query.first, query.end, not_whole)]
    if whole:
        counts.append(_select_by_month(population, population.day, whole, center, first, end))
    days = list(find_fields(population.day))
    if days:
        unplaced = [one for key in wanted if len(key) == 1 for one in _list_without_day(key[0], days)]
        since = sa.cast(first, sa.Date) if population.since is None else population.since
        earliest = sa.func.greatest(since, sa.cast(first, sa.Date), type_=sa.Date)
        unknown = sa.and_(since.is_not(None), sa.or_(*map(is_unknown, days)))
        counts.append(_select_by_month(population, earliest, unplaced, center, first, end, unknown))
    return counts


def _select_by_month(
    population: Population,
    day: sa.ColumnElement[Any],
    columns: Sequence[_NamedColumn],
    center: str,
    first: date,
    end: date,
    *only: sa.ColumnElement[bool],
) -> _CountQuery:
    month = sa.extract("month", day)
    casts: list[Any] = [sa.cast(column, sa.BigInteger) for _, column in columns]
    numbers = postgresql.array(casts, type_=sa.BigInteger)
    statement = (
        sa.select(month, numbers)
        .select_from(population.rows)
        .where(population.center_id == center, day >= first, day < end, *only)
        .group_by(month)
    )
    return statement, [what for what, _ in columns]


def _list_counted(keys: tuple[str, ...]) -> Iterable[_NamedColumn]:
    """What is counted of a measure; or of one that is divided by, beside those that are counted among it."""
    below, *above = keys
    measure = MEASURES[below]
    adds = sa.literal(1) if measure.value is None else sa.func.coalesce(measure.value, 0)
    if above:
        doubtful = sa.or_(*(is_in_doubt(MEASURES[key]) for key in above))
        sure = sa.func.coalesce(is_certain(measure.where), sa.false())
        yield ("pair", *keys), sa.func.sum(adds).filter(sure, doubtful)
        return
    doubtful, untold = is_in_doubt(measure), is_any_unknown(measure.value)
    yield ("sum", below), sa.func.sum(adds).filter(doubtful, sa.not_(untold))
    yield ("open", below), sa.func.count().filter(doubtful, untold)
    for name in ("unsettled", "fading"):
        condition = getattr(measure, name)
        if condition is not None:
            yield (name, below), sa.func.count().filter(condition)
    for one in find_fields(measure.where, measure.value):
        yield ("field", below, one[1]), sa.func.count().filter(doubtful, is_unknown(one))
        yield ("misread", below, one[1]), sa.func.count().filter(doubtful, is_unknown(one, unclear=True))


def _list_without_day(key: str, days: Sequence[FieldKey]) -> Iterable[_NamedColumn]:
    """What is counted of a measure's rows whose day nobody told."""
    measure = MEASURES[key]
    adds = sa.literal(1) if measure.value is None else sa.func.coalesce(measure.value, 0)
    possible = is_possible(measure.where)
    yield ("unplaced", key), sa.func.sum(adds).filter(possible)
    for one in days:
        yield ("day", key, one[1]), sa.func.count().filter(possible, is_unknown(one))
        yield ("misread day", key, one[1]), sa.func.count().filter(possible, is_unknown(one, unclear=True))

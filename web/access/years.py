"""Which things and deliveries belong to the years that a person may see.

A thing belongs to the years of the days that it is counted by. The roster and the established posts hold
until they change, and so belong to every later year too.
"""

import re
from collections.abc import Collection
from typing import Any

import psycopg
import sqlalchemy as sa

from tracker.database import execute
from tracker.fact_rows import get_kind
from tracker.facts import FACTS
from tracker.facts.deliveries import covered_days, deliveries
from tracker.facts.documents import documents
from tracker.facts.fact import FactTable
from tracker.log.tables import events

LASTING = {"person": "left_on", "posts": None}  # by kind: the day on which it ends
LASTING_SOURCES = ["roster", "posts"]
_NEAR = 31  # days

Years = Collection[int] | None  # None: all

_NAMING = (  # kinds of things whose name says the year that they are of
    "month", "lock_exception", "recruitment", "outage", "indicator", "attestation", "expert_mark",
    "figure_verdict", "row_check", "chosen_scheme",
)  # fmt: skip
_YEAR = re.compile(r"/(\d{4})(?=[-/]|$)", re.ASCII)


def is_seen(connection: psycopg.Connection[Any], center: str, subject: str, years: Years) -> bool:
    """Whether a thing belongs to the years; what is counted by no day goes by when it happened."""
    if years is None:
        return True
    return _is_overlapping(_list_spans(connection, center, subject), years)


def list_foreign_years(connection: psycopg.Connection[Any], center: str, years: Years) -> list[int]:
    """The years, not among these, of which whole days with rows were delivered.

    What a year brings along does not count: people who joined long ago, and the month before and after, with
    orders that were still open and recordings that were heard in January.
    """
    if years is None:
        return []
    day = covered_days.c
    year = sa.cast(sa.extract("year", day.day), sa.Integer)
    near = [sa.cast(sa.extract("year", day.day + shift), sa.Integer) for shift in (-_NEAR, 0, _NEAR)]
    delivered = sa.select(year).where(
        day.center_id == center, day.is_whole, day.rows > 0, day.source.not_in(LASTING_SOURCES),
        *(one.not_in(years) for one in near),
    )  # fmt: skip
    return sorted(found for (found,) in execute(connection, delivered.distinct()))


def is_named(connection: psycopg.Connection[Any], center: str, token: str, years: Years) -> bool:
    """Whether an event of the years names somebody of the vault."""
    if years is None:
        return True
    one = events.c
    year = sa.extract("year", sa.func.timezone("Asia/Shanghai", one.occurred_at))
    naming = sa.and_(one.center_id == center, year.in_(years), one.data.contains(token, autoescape=True))
    return execute(connection, sa.select(sa.exists().where(naming))).fetchone() == (True,)


def _list_spans(connection: psycopg.Connection[Any], center: str, subject: str) -> "list[YearSpan]":
    kind = get_kind(subject)
    if kind == "document":
        return _list_spans(connection, center, _find_proved(connection, center, subject))
    if kind in _NAMING and (named := _YEAR.search(subject)):
        return [(int(named[1]), int(named[1]))]
    ends = LASTING.get(kind)
    dated = [
        fact for fact in FACTS if fact.kind == kind and fact.days and (ends is None or ends in fact.days)
    ]
    found = [touched for fact in dated for touched in _read_spans(connection, center, subject, fact, kind)]
    return found or _read_event_years(connection, center, subject)


def _find_proved(connection: psycopg.Connection[Any], center: str, subject: str) -> str:
    """What a document proves; a name of nothing where the log has no such document."""
    table = documents.c
    one = sa.select(table.about).where(table.center_id == center, table.subject == subject)
    row = execute(connection, one).fetchone()
    return str(row[0]) if row else ""


def list_visible_deliveries(
    connection: psycopg.Connection[Any], center: str, years: Years
) -> list[str] | None:
    """The deliveries with a day in the years, and those without any day; None: all."""
    if years is None:
        return None
    one, covered = deliveries.c, covered_days.c
    year = sa.extract("year", covered.day)
    theirs = sa.and_(covered.center_id == one.center_id, covered.subject == one.subject)
    seen = (
        sa.select(one.delivery)
        .join_from(deliveries, covered_days, theirs, isouter=True)
        .where(one.center_id == center)
        .group_by(one.delivery, one.source)
        .having(
            sa.or_(
                sa.func.count(covered.day) == 0,
                sa.func.bool_or(year.in_(years)),
                sa.and_(one.source.in_(LASTING_SOURCES), sa.func.min(year) <= max(years)),
            )
        )
    )
    return [delivery for (delivery,) in execute(connection, seen)]


YearSpan = tuple[int, int | None]  # first and last year; None: it lasts


def _read_spans(
    connection: psycopg.Connection[Any], center: str, subject: str, fact: FactTable, kind: str
) -> list[YearSpan]:
    table = fact.table.c
    days = sa.select(*(table[name] for name in fact.days)).distinct()
    of_thing = days.where(table.center_id == center, table.subject == subject)
    rows = execute(connection, of_thing).fetchall()
    if kind not in LASTING:
        return [(day.year, day.year) for row in rows for day in row if day]
    ends = LASTING[kind]
    place = fact.days.index(ends) if ends else None
    return [(row[0].year, row[place].year if place is not None and row[place] else None) for row in rows]


def _read_event_years(connection: psycopg.Connection[Any], center: str, subject: str) -> list[YearSpan]:
    year = sa.cast(
        sa.extract("year", sa.func.coalesce(events.c.occurred_at, events.c.recorded_at)), sa.Integer
    )
    happened = sa.select(year).distinct().where(events.c.center_id == center, events.c.subject == subject)
    return [(year, year) for (year,) in execute(connection, happened)]


def _is_overlapping(found: list[YearSpan], years: Collection[int]) -> bool:
    return any(first <= year and (last is None or year <= last) for first, last in found for year in years)

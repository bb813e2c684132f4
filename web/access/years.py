"""Which things and deliveries belong to the years that a person may see.

A thing belongs to the years of the days that it is counted by. The roster and the established posts hold
until they change, and so belong to every later year too.
"""

from collections.abc import Collection
from typing import Any

import psycopg
import sqlalchemy as sa

from tracker.database import execute
from tracker.fact_rows import get_kind
from tracker.facts import FACTS
from tracker.facts.deliveries import covered_days, deliveries
from tracker.facts.fact import FactTable
from tracker.log.tables import events

LASTING = {"person": "left_on", "posts": None}  # by kind: the day on which it ends
LASTING_SOURCES = ["roster", "posts"]

Years = Collection[int] | None  # None: all


def is_seen(connection: psycopg.Connection[Any], center: str, subject: str, years: Years) -> bool:
    """Whether a thing belongs to the years; what is counted by no day goes by when it happened."""
    if years is None:
        return True
    kind = get_kind(subject)
    ends = LASTING.get(kind)
    dated = [
        fact for fact in FACTS if fact.kind == kind and fact.days and (ends is None or ends in fact.days)
    ]
    found = [touched for fact in dated for touched in _read_spans(connection, center, subject, fact, kind)]
    return _is_overlapping(found or _read_event_years(connection, center, subject), years)


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

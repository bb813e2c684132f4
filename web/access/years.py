"""Which things and deliveries belong to the years that a person may see.

A thing belongs to the years of the days that it is counted by. The roster and the established posts hold
until they change, and so belong to every later year too.
"""

from collections.abc import Collection
from typing import Any

import psycopg
from psycopg import sql

from tracker.fact_rows import get_kind
from tracker.facts import FACTS
from tracker.facts.fact import FactTable

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
    rows = connection.execute(
        "SELECT d.delivery FROM deliveries d LEFT JOIN covered_days c USING (center_id, subject)"
        " WHERE center_id = %s GROUP BY d.delivery, d.source"
        " HAVING count(c.day) = 0 OR bool_or(extract(year FROM c.day) = ANY(%s))"
        " OR d.source = ANY(%s) AND min(extract(year FROM c.day)) <= %s",
        (center, list(years), LASTING_SOURCES, max(years)),
    )
    return [delivery for (delivery,) in rows]


YearSpan = tuple[int, int | None]  # first and last year; None: it lasts


def _read_spans(
    connection: psycopg.Connection[Any], center: str, subject: str, fact: FactTable, kind: str
) -> list[YearSpan]:
    columns = sql.SQL(", ").join(map(sql.Identifier, fact.days))
    statement = sql.SQL("SELECT DISTINCT {} FROM {} WHERE center_id = %s AND subject = %s")
    rows = connection.execute(
        statement.format(columns, sql.Identifier(fact.name)), (center, subject)
    ).fetchall()
    if kind not in LASTING:
        return [(day.year, day.year) for row in rows for day in row if day]
    ends = LASTING[kind]
    place = fact.days.index(ends) if ends else None
    return [(row[0].year, row[place].year if place is not None and row[place] else None) for row in rows]


def _read_event_years(connection: psycopg.Connection[Any], center: str, subject: str) -> list[YearSpan]:
    rows = connection.execute(
        "SELECT DISTINCT extract(year FROM coalesce(occurred_at, recorded_at))::int FROM events"
        " WHERE center_id = %s AND subject = %s",
        (center, subject),
    )
    return [(year, year) for (year,) in rows]


def _is_overlapping(found: list[YearSpan], years: Collection[int]) -> bool:
    return any(first <= year and (last is None or year <= last) for first, last in found for year in years)

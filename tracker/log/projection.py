"""Writes facts: the same code when appending and when rebuilding."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import psycopg
from psycopg import sql

from tracker.copying import CSV, copy_lines, csv_fields
from tracker.database import ANY_OF, listed
from tracker.facts import FACTS, Fact
from tracker.facts.fact import Row, Told
from tracker.facts.held import Held
from tracker.facts.projecting import BY_KIND, Touched, days_in, rows_of

__all__ = ["OnlyRow", "Touched", "days_in", "only_row", "project", "project_only", "rows_of", "write"]

OnlyRow = tuple[bytes, tuple[str | None, ...]]  # fields of CSV, and the days by which it is counted

_KEY = 3  # columns before a row's own: centre, subject, seq

_PLACES_OF_DAYS: dict[Fact, list[int]] = {
    fact: [list(fact.table.columns.keys()).index(day) for day in fact.days] for fact in FACTS
}


def only_row(kind: str, subject: str, slot: str, text: bytes) -> OnlyRow | None:
    """The fact row of a thing of which only this is told, ready to be copied behind subject and seq.

    None where it gives no row, or several. Made before the event has its number, so `Fact.rows` must not
    look at that.
    """
    facts = BY_KIND.get(subject.partition("/")[0], ())
    if len(facts) != 1:
        return None
    [fact] = facts
    rows = fact.rows({slot: Told(kind, 0, orjson.loads(text))})
    if len(rows) != 1:
        return None
    [row] = rows
    return csv_fields(row), tuple([row[place - _KEY] for place in _PLACES_OF_DAYS[fact]])


def project(
    connection: psycopg.Connection[Any], center: str, *, fresh: Mapping[str, Held], known: Mapping[str, Held]
) -> Touched:
    """Brings the facts of things up to their statements; `fresh` things had no event before.

    Gives the days whose measures change.
    """
    touched = _remove(connection, center, known)
    for fact, rows in rows_of({**fresh, **known}).items():
        touched |= days_in(fact, rows)
        write(connection, center, fact, rows)
    return touched


def project_only(
    connection: psycopg.Connection[Any], center: str, only: Iterable[tuple[str, int, OnlyRow]]
) -> Touched:
    """The same for new things, each with its seq and the row that `only_row` made."""
    lines: dict[str, list[bytes]] = {}
    told_days: dict[str, set[tuple[Any, ...]]] = {}
    for subject, seq, (row, days) in only:
        kind = subject.partition("/")[0]
        lines.setdefault(kind, []).append(b"%b,%b\n" % (csv_fields((center, subject, seq)), row))
        told_days.setdefault(kind, set()).add(days)
    touched: Touched = set()
    for kind in lines:
        [fact] = BY_KIND[kind]
        copy_lines(connection, _copying(fact), lines[kind])
        touched |= {(fact.name, day) for days in told_days[kind] for day in days if day is not None}
    return touched


def write(connection: psycopg.Connection[Any], center: str, fact: Fact, rows: Iterable[Row]) -> None:
    """Adds rows to a fact table."""
    copy_lines(connection, _copying(fact), (csv_fields((center, *row)) + b"\n" for row in rows))


def _copying(fact: Fact) -> sql.Composed:
    columns = [sql.Identifier(column.name) for column in fact.table.columns]
    return sql.SQL("COPY {} ({}) FROM STDIN {}").format(
        sql.Identifier(fact.name), sql.SQL(", ").join(columns), CSV
    )


def _remove(connection: psycopg.Connection[Any], center: str, known: Mapping[str, Held]) -> Touched:
    touched: Touched = set()
    by_kind: dict[str, list[str]] = {}
    for subject in known:
        by_kind.setdefault(subject.partition("/")[0], []).append(subject)
    for kind, subjects in by_kind.items():
        for fact in BY_KIND.get(kind, ()):
            names: list[sql.Composable] = [sql.Identifier(name) for name in fact.days]
            days = sql.SQL(", ").join(names or [sql.SQL("1")])
            statement = sql.SQL(
                f"DELETE FROM {{}} WHERE center_id = %s AND subject {ANY_OF} RETURNING {{}}"
            ).format(sql.Identifier(fact.name), days)
            removed = connection.execute(statement, (center, listed(subjects))).fetchall()
            if fact.days:
                touched |= {(fact.name, day.isoformat()) for row in removed for day in row if day is not None}
    return touched

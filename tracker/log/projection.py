"""Writes facts: the same code when appending and when rebuilding."""

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg import sql

from tracker.database import ANY_OF, listed
from tracker.facts import Fact
from tracker.facts.fact import Row
from tracker.facts.held import Held
from tracker.facts.projecting import BY_KIND, Touched, days_in, rows_of

__all__ = ["Touched", "days_in", "project", "rows_of", "write"]


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


def write(connection: psycopg.Connection[Any], center: str, fact: Fact, rows: Iterable[Row]) -> None:
    """Adds rows to a fact table."""
    columns = [sql.Identifier(column.name) for column in fact.table.columns]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(fact.name), sql.SQL(", ").join(columns)
    )
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row((center, *row))


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

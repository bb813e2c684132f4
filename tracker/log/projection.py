"""Writes facts: the same code when appending and when rebuilding."""

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg import sql

from tracker.database import ANY_OF, listed
from tracker.facts import FACTS, Fact
from tracker.facts.fact import Row
from tracker.log.held import Held, told

Touched = set[tuple[str, str]]  # fact table, day

_BY_KIND: dict[str, tuple[Fact, ...]] = {}
for _fact in FACTS:
    _BY_KIND[_fact.kind] = (*_BY_KIND.get(_fact.kind, ()), _fact)


def rows_of(things: Mapping[str, Held], facts: Iterable[Fact] = FACTS) -> dict[Fact, list[Row]]:
    """Fact rows of things, without their centre: subject, seq, then the table's own columns."""
    wanted = set(facts)
    rows: dict[Fact, list[Row]] = {fact: [] for fact in facts}
    for subject, held in things.items():
        slots = told(held)
        if slots:
            seq = max([part.seq for part in slots.values()])
            for fact in _BY_KIND.get(subject.partition("/")[0], ()):
                if fact in wanted:
                    rows[fact] += [(subject, seq, *row) for row in fact.rows(slots)]
    return {fact: found for fact, found in rows.items() if found}


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


def days_in(fact: Fact, rows: Iterable[Row]) -> Touched:
    """Every day by which one of the rows is counted."""
    columns = [column.name for column in fact.table.columns][1:]
    places = [columns.index(name) for name in fact.days]
    return {(fact.name, row[place]) for place in places for row in rows if row[place] is not None}


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
        for fact in _BY_KIND.get(kind, ()):
            names: list[sql.Composable] = [sql.Identifier(name) for name in fact.days]
            days = sql.SQL(", ").join(names or [sql.SQL("1")])
            statement = sql.SQL(
                f"DELETE FROM {{}} WHERE center_id = %s AND subject {ANY_OF} RETURNING {{}}"
            ).format(sql.Identifier(fact.name), days)
            removed = connection.execute(statement, (center, listed(subjects))).fetchall()
            if fact.days:
                touched |= {(fact.name, day.isoformat()) for row in removed for day in row if day is not None}
    return touched

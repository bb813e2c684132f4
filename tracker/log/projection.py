"""Writes facts: the same code when appending and when rebuilding."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from psycopg import sql

from tracker.database import ANY_OF, format_text_array
from tracker.fact_rows import BY_KIND, TouchedDays, get_kind, list_days, project_rows
from tracker.facts import FACTS, FactTable
from tracker.facts.fact import FactRow, SlotState
from tracker.facts.statements import StatementsBySlot
from tracker.pg_copy import CSV, copy_lines, format_csv_fields

__all__ = [
    "SingleEventRows",
    "TouchedDays",
    "list_days",
    "project",
    "project_rows",
    "project_single",
    "project_singles",
    "write_rows",
]

_PLACES_OF_DAYS: dict[FactTable, list[int]] = {
    fact: [list(fact.table.columns.keys()).index(day) for day in fact.days] for fact in FACTS
}


@dataclass
class SingleEventRows:
    """New things of one kind, of each of which one event is told, with what `only_row` made of them."""

    kind: str
    seqs: Sequence[int]
    rows: Sequence[bytes | None]  # none of them None
    days: Set[bytes]


def project_single(kind: str, subject: str, slot: str, text: bytes) -> tuple[bytes | None, bytes]:
    """The fact row of a thing of which only this is told, and the days it counts by, each as fields of CSV.

    The row is without its centre and seq: it is made before the event has its number, so `Fact.rows` must
    not look at that. None where there is no row, or several.
    """
    facts = BY_KIND.get(get_kind(subject), ())
    if len(facts) != 1:
        return None, b""
    [fact] = facts
    rows = fact.rows({slot: SlotState(kind, 0, orjson.loads(text))})
    if len(rows) != 1:
        return None, b""
    row = (None, subject, None, *rows[0])
    return format_csv_fields((subject, *rows[0])), format_csv_fields(
        [row[place] for place in _PLACES_OF_DAYS[fact]]
    )


def project(
    connection: psycopg.Connection[Any],
    center: str,
    *,
    fresh: Mapping[str, StatementsBySlot],
    existing: Mapping[str, StatementsBySlot],
) -> TouchedDays:
    """Brings the facts of things up to their statements; `fresh` things had no event before.

    Gives the days whose measures change.
    """
    touched = _remove(connection, center, existing)
    for fact, rows in project_rows({**fresh, **existing}).items():
        touched |= list_days(fact, rows)
        write_rows(connection, center, fact, rows)
    return touched


def project_singles(connection: psycopg.Connection[Any], center: str, only: SingleEventRows) -> TouchedDays:
    """Adds the fact rows of things that have one event each, their first; returns the days to count anew."""
    [fact] = BY_KIND[only.kind]
    line = format_csv_fields((center,)).replace(b"%", b"%%") + b",%d,%b\n"
    lines = map(line.__mod__, zip(only.seqs, only.rows, strict=True))
    copy_lines(connection, _build_copy(fact, "center_id", "seq", "subject"), lines)
    days_of_all = [day for days in only.days for day in orjson.loads(b"[%b]" % days)]
    return {(fact.name, day) for day in days_of_all if day is not None}


def write_rows(
    connection: psycopg.Connection[Any], center: str, fact: FactTable, rows: Iterable[FactRow]
) -> None:
    """Adds rows to a fact table."""
    copy_lines(connection, _build_copy(fact), (format_csv_fields((center, *row)) + b"\n" for row in rows))


def _build_copy(fact: FactTable, *first: str) -> sql.Composed:
    """A COPY of all columns, in their order but for those that come first."""
    others = [column.name for column in fact.table.columns if column.name not in first]
    columns = sql.SQL(", ").join(map(sql.Identifier, (*first, *others)))
    return sql.SQL("COPY {} ({}) FROM STDIN {}").format(sql.Identifier(fact.name), columns, CSV)


def _remove(
    connection: psycopg.Connection[Any], center: str, existing: Mapping[str, StatementsBySlot]
) -> TouchedDays:
    touched: TouchedDays = set()
    by_kind: dict[str, list[str]] = {}
    for subject in existing:
        by_kind.setdefault(get_kind(subject), []).append(subject)
    for kind, subjects in by_kind.items():
        for fact in BY_KIND.get(kind, ()):
            names: list[sql.Composable] = [sql.Identifier(name) for name in fact.days]
            days = sql.SQL(", ").join(names or [sql.SQL("1")])
            statement = sql.SQL(
                f"DELETE FROM {{}} WHERE center_id = %s AND subject {ANY_OF} RETURNING {{}}"
            ).format(sql.Identifier(fact.name), days)
            removed = connection.execute(statement, (center, format_text_array(subjects))).fetchall()
            if fact.days:
                touched |= {(fact.name, day.isoformat()) for row in removed for day in row if day is not None}
    return touched

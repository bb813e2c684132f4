"""What the log holds for a thing: reads its statements and ranks them."""

from collections.abc import Collection, Iterable
from typing import Any

import orjson
import psycopg

from tracker.database import ANY_OF, format_text_array
from tracker.facts.statements import (
    Confirmation,
    ConfirmationRanks,
    Rank,
    Statement,
    StatementsBySlot,
    fold_statements,
    get_rank,
    rank_statements,
)

__all__ = [
    "Rank",
    "Statement",
    "StatementsBySlot",
    "fold_statements",
    "gather_statements",
    "get_rank",
    "list_subjects",
    "read_statements",
]


def read_statements(
    connection: psycopg.Connection[Any], center: str, subjects: Collection[str]
) -> dict[str, StatementsBySlot]:
    """Statements of things by subject; a thing whose statements are all voided has an empty entry."""
    if not _has_any_between(connection, center, min(subjects, default=""), max(subjects, default="")):
        return {}
    rows = connection.execute(
        "SELECT subject, slot, type, seq, as_of, delivery, data FROM events"
        f" WHERE center_id = %s AND subject {ANY_OF}",
        (center, format_text_array(subjects)),
        binary=True,
    ).fetchall()
    return gather_statements(connection, center, rows) if rows else {}


def _has_any_between(connection: psycopg.Connection[Any], center: str, first: str, last: str) -> bool:
    """Whether anything is held in this range of subjects: as calls are numbered in the order they come in,
    one look mostly spares looking for each of ten thousand."""
    found = connection.execute(
        "SELECT subject FROM events WHERE center_id = %s AND subject >= %s ORDER BY subject LIMIT 1",
        (center, first),
    ).fetchone()
    return found is not None and found[0] <= last


def gather_statements(
    connection: psycopg.Connection[Any], center: str, rows: Iterable[Any]
) -> dict[str, StatementsBySlot]:
    """Rows (subject, slot, type, seq, as_of, delivery, data) as ranked statements, voided ones left out."""
    rows = list(rows)
    confirmed = _read_confirmations(connection, center, [row[3] for row in rows])
    return rank_statements(rows, *_read_voids(connection, center), confirmed)


def list_subjects(
    connection: psycopg.Connection[Any], center: str, event_seq: int | None, delivery: str | None
) -> set[str]:
    """The things that an event, or a delivery, made or confirmed a statement about."""
    ranges = [] if event_seq is None else [(event_seq, event_seq)]
    confirmations = connection.execute(
        "SELECT data FROM events WHERE center_id = %s AND delivery = %s AND type = 'statements.confirmed'",
        (center, delivery),
    )
    for (data,) in confirmations.fetchall():
        ranges += orjson.loads(data)["events"]
    subjects: set[str] = set()
    for first, last in ranges:
        rows = connection.execute(
            "SELECT subject FROM events WHERE center_id = %s AND seq BETWEEN %s AND %s", (center, first, last)
        )
        subjects.update(subject for (subject,) in rows)
    made = connection.execute(
        "SELECT subject FROM events WHERE center_id = %s AND delivery = %s AND source <> 'ledger'",
        (center, delivery),
    )
    subjects.update(subject for (subject,) in made)
    return subjects


def _read_voids(connection: psycopg.Connection[Any], center: str) -> tuple[set[int], set[str]]:
    rows = connection.execute(
        "SELECT event_seq, delivery FROM voids WHERE center_id = %s", (center,)
    ).fetchall()
    return {seq for seq, _ in rows if seq is not None}, {delivery for _, delivery in rows if delivery}


def _read_confirmations(
    connection: psycopg.Connection[Any], center: str, seqs: list[int]
) -> ConfirmationRanks:
    """The highest rank at which later deliveries said the same again."""
    ranges = connection.execute(
        "SELECT first_seq, last_seq, as_of, seq FROM confirmations"
        " WHERE center_id = %s AND last_seq >= %s AND first_seq <= %s",
        (center, min(seqs, default=0), max(seqs, default=0)),
    )
    return ConfirmationRanks(Confirmation(*row) for row in ranges)

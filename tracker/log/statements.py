"""What the log holds for a thing: reads its statements and ranks them."""

from collections.abc import Collection, Iterable
from typing import Any

import orjson
import psycopg

from tracker.database import ANY_OF, listed
from tracker.facts.statements import Confirmation, Confirmed, Held, Rank, Statement, rank_of, ranked, told

__all__ = ["Held", "Rank", "Statement", "gather", "held_of", "rank_of", "subjects_told", "told"]


def held_of(connection: psycopg.Connection[Any], center: str, subjects: Collection[str]) -> dict[str, Held]:
    """Statements of things by subject; a thing whose statements are all voided has an empty entry."""
    if not _any_between(connection, center, min(subjects, default=""), max(subjects, default="")):
        return {}
    rows = connection.execute(
        "SELECT subject, slot, type, seq, as_of, delivery, data FROM events"
        f" WHERE center_id = %s AND subject {ANY_OF}",
        (center, listed(subjects)),
        binary=True,
    ).fetchall()
    return gather(connection, center, rows) if rows else {}


def _any_between(connection: psycopg.Connection[Any], center: str, first: str, last: str) -> bool:
    """Whether anything is held in this range of subjects: as calls are numbered in the order they come in,
    one look mostly spares looking for each of ten thousand."""
    found = connection.execute(
        "SELECT subject FROM events WHERE center_id = %s AND subject >= %s ORDER BY subject LIMIT 1",
        (center, first),
    ).fetchone()
    return found is not None and found[0] <= last


def gather(connection: psycopg.Connection[Any], center: str, rows: Iterable[Any]) -> dict[str, Held]:
    """Rows (subject, slot, type, seq, as_of, delivery, data) as ranked statements, voided ones left out."""
    rows = list(rows)
    confirmed = _confirmed(connection, center, [row[3] for row in rows])
    return ranked(rows, *_voids(connection, center), confirmed)


def subjects_told(
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
        told = connection.execute(
            "SELECT subject FROM events WHERE center_id = %s AND seq BETWEEN %s AND %s", (center, first, last)
        )
        subjects.update(subject for (subject,) in told)
    made = connection.execute(
        "SELECT subject FROM events WHERE center_id = %s AND delivery = %s AND source <> 'ledger'",
        (center, delivery),
    )
    subjects.update(subject for (subject,) in made)
    return subjects


def _voids(connection: psycopg.Connection[Any], center: str) -> tuple[set[int], set[str]]:
    rows = connection.execute(
        "SELECT event_seq, delivery FROM voids WHERE center_id = %s", (center,)
    ).fetchall()
    return {seq for seq, _ in rows if seq is not None}, {delivery for _, delivery in rows if delivery}


def _confirmed(connection: psycopg.Connection[Any], center: str, seqs: list[int]) -> Confirmed:
    """The highest rank at which later deliveries said the same again."""
    ranges = connection.execute(
        "SELECT first_seq, last_seq, as_of, seq FROM confirmations"
        " WHERE center_id = %s AND last_seq >= %s AND first_seq <= %s",
        (center, min(seqs, default=0), max(seqs, default=0)),
    )
    return Confirmed(Confirmation(*row) for row in ranges)

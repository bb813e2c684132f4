"""Which days each batch moved, and what was held of things before it."""

from collections.abc import Collection
from typing import Any

import psycopg

from tracker.database import ANY_OF, format_text_array
from tracker.log.statements import Rank, Statement, StatementsBySlot, get_rank

TouchedDays = set[tuple[str, str]]  # fact table, day


def note_changes(
    connection: psycopg.Connection[Any], center: str, touched: TouchedDays, first: int, last: int
) -> None:
    """Notes that the events first … last moved these days."""
    if not touched or last < first:
        return
    with connection.cursor().copy(
        "COPY day_changes (center_id, fact, day, first_seq, last_seq) FROM STDIN"
    ) as copy:
        for fact, day in sorted(touched):
            copy.write_row((center, fact, day, first, last))


def read_statements_at(
    connection: psycopg.Connection[Any], center: str, subjects: Collection[str], seq: int
) -> dict[str, StatementsBySlot]:
    """What the log held of things when event `seq` was its last; things not told of yet are absent."""
    rows = connection.execute(
        "SELECT subject, slot, type, seq, as_of, delivery, data FROM events"
        f" WHERE center_id = %s AND subject {ANY_OF} AND seq <= %s",
        (center, format_text_array(subjects), seq),
    ).fetchall()
    events, deliveries = _read_voids_at(connection, center, seq)
    confirmed = _read_confirmations_at(connection, center, {row[3] for row in rows}, seq)
    things: dict[str, StatementsBySlot] = {}
    for subject, slot, kind, number, as_of, delivery, data in rows:
        if number in events or delivery in deliveries:
            continue
        rank = max((as_of, number), confirmed.get(number, (as_of, number)))
        statements = things.setdefault(subject, {}).setdefault(slot, [])
        statements.append(Statement(kind, number, rank, data.encode(), as_of))
    for slots in things.values():
        for statements in slots.values():
            statements.sort(key=get_rank)
    return things


def _read_voids_at(connection: psycopg.Connection[Any], center: str, seq: int) -> tuple[set[int], set[str]]:
    rows = connection.execute(
        "SELECT event_seq, delivery FROM voids WHERE center_id = %s AND seq <= %s", (center, seq)
    ).fetchall()
    return {event for event, _ in rows if event is not None}, {delivery for _, delivery in rows if delivery}


def _read_confirmations_at(
    connection: psycopg.Connection[Any], center: str, seqs: Collection[int], seq: int
) -> dict[int, Rank]:
    """The highest rank at which deliveries up to `seq` said the same again."""
    ranges = connection.execute(
        "SELECT first_seq, last_seq, as_of, seq FROM confirmations"
        " WHERE center_id = %s AND seq <= %s AND last_seq >= %s AND first_seq <= %s",
        (center, seq, min(seqs, default=0), max(seqs, default=0)),
    )
    confirmed: dict[int, Rank] = {}
    for first, last, as_of, by in ranges:
        for number in seqs if last - first > len(seqs) else range(first, last + 1):
            if first <= number <= last:
                confirmed[number] = max(confirmed.get(number, (as_of, by)), (as_of, by))
    return confirmed

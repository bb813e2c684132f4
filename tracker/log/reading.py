"""Reading the log: one event, a thing's timeline, the head."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from tracker.stored_event import Recorded as Recorded

_COLUMNS = (
    "center_id, seq, type, source, subject, slot, occurred_at, recorded_at, as_of, delivery, row, data, hash"
)


@dataclass(frozen=True)
class LogHead:
    """Where a centre's log ends."""

    seq: int
    hash: bytes


def read_last_recorded(connection: psycopg.Connection[Any], center: str) -> datetime | None:
    """When the last event of a centre was recorded; None where its log is empty."""
    row = connection.execute(
        "SELECT recorded_at FROM batches WHERE center_id = %s ORDER BY first_seq DESC LIMIT 1", (center,)
    ).fetchone()
    last: datetime | None = row[0] if row else None
    return last


def read_head(connection: psycopg.Connection[Any], center: str) -> LogHead:
    """The last position and hash; 0 and zeros while the log is empty. Raises: LookupError."""
    row = connection.execute("SELECT seq, hash FROM heads WHERE center_id = %s", (center,)).fetchone()
    if row is None:
        raise LookupError(f"没有编号为“{center}”的中心。")
    return LogHead(*row)


def read_event(connection: psycopg.Connection[Any], center: str, seq: int) -> Recorded | None:
    """One event by its number; None where the log has none."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM events WHERE center_id = %s AND seq = %s", (center, seq)
    ).fetchone()
    return Recorded(*row) if row else None


def read_timeline(connection: psycopg.Connection[Any], center: str, subject: str) -> list[Recorded]:
    """Everything ever recorded of a thing, superseded and voided statements included, in log order."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM events WHERE center_id = %s AND subject = %s ORDER BY seq", (center, subject)
    )
    return [Recorded(*row) for row in rows]


def read_between(
    connection: psycopg.Connection[Any], center: str, kind: str, first: str, end: str
) -> list[Recorded]:
    """Everything ever recorded of a type about the things from `first` up to `end`, which is excluded."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM events WHERE center_id = %s AND type = %s AND subject >= %s AND subject < %s"
        " ORDER BY seq",
        (center, kind, first, end),
    )
    return [Recorded(*row) for row in rows]


def stream_events(
    connection: psycopg.Connection[Any], center: str, *, first: int, last: int
) -> Iterator[Recorded]:
    """Events first … last in order, without holding them in memory."""
    with connection.cursor(name="log_stream") as cursor:
        cursor.itersize = 10_000
        cursor.execute(
            f"SELECT {_COLUMNS} FROM events WHERE center_id = %s AND seq BETWEEN %s AND %s ORDER BY seq",
            (center, first, last),
        )
        for row in cursor:
            yield Recorded(*row)

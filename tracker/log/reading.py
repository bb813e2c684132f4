"""Reading the log: one event, a thing's timeline, the head."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import psycopg

from tracker.events.times import BEIJING

_COLUMNS = (
    "center_id, seq, type, source, subject, slot, occurred_at, recorded_at, as_of, delivery, row, data, hash"
)


@dataclass(frozen=True)
class Recorded:
    """One event as it stands in the log."""

    center: str
    seq: int
    type: str
    source: str
    subject: str
    slot: str
    occurred_at: datetime | None
    recorded_at: datetime
    as_of: datetime
    delivery: str | None
    row: int | None
    text: str  # canonical payload
    hash: bytes

    @property
    def data(self) -> Any:
        return orjson.loads(self.text)

    def envelope(self) -> dict[str, Any]:
        """Everything but payload and hash, in the form that is hashed: times in Beijing time with offset."""
        return {
            "as_of": _text(self.as_of),
            "center": self.center,
            "delivery": self.delivery,
            "occurred_at": _text(self.occurred_at),
            "recorded_at": _text(self.recorded_at),
            "row": self.row,
            "seq": self.seq,
            "slot": self.slot,
            "source": self.source,
            "subject": self.subject,
            "type": self.type,
        }

    def cloudevent(self) -> dict[str, Any]:
        """The event after CloudEvents 1.0; what that lacks travels as extension attributes."""
        return {
            "specversion": "1.0",
            "id": f"{self.center}/{self.seq}",
            "source": f"/centers/{self.center}/{self.source}",
            "type": self.type,
            "subject": self.subject,
            "time": _text(self.occurred_at),
            "datacontenttype": "application/json",
            "recordedtime": _text(self.recorded_at),
            "asof": _text(self.as_of),
            "slot": self.slot,
            "delivery": self.delivery,
            "row": self.row,
            "hash": self.hash.hex(),
            "data": self.data,
        }


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(BEIJING).isoformat()


@dataclass(frozen=True)
class Head:
    """Where a centre's log ends."""

    seq: int
    hash: bytes


def head(connection: psycopg.Connection[Any], center: str) -> Head:
    """The last position and hash; 0 and zeros while the log is empty. Raises: LookupError."""
    row = connection.execute("SELECT seq, hash FROM heads WHERE center_id = %s", (center,)).fetchone()
    if row is None:
        raise LookupError(f"没有编号为“{center}”的中心。")
    return Head(*row)


def event(connection: psycopg.Connection[Any], center: str, seq: int) -> Recorded | None:
    """One event by its number; None where the log has none."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM events WHERE center_id = %s AND seq = %s", (center, seq)
    ).fetchone()
    return Recorded(*row) if row else None


def timeline(connection: psycopg.Connection[Any], center: str, subject: str) -> list[Recorded]:
    """Everything ever recorded of a thing, superseded and voided statements included, in log order."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM events WHERE center_id = %s AND subject = %s ORDER BY seq", (center, subject)
    )
    return [Recorded(*row) for row in rows]


def stream(connection: psycopg.Connection[Any], center: str, *, first: int, last: int) -> Iterator[Recorded]:
    """Events first … last in order, without holding them in memory."""
    with connection.cursor(name="log_stream") as cursor:
        cursor.itersize = 10_000
        cursor.execute(
            f"SELECT {_COLUMNS} FROM events WHERE center_id = %s AND seq BETWEEN %s AND %s ORDER BY seq",
            (center, first, last),
        )
        for row in cursor:
            yield Recorded(*row)

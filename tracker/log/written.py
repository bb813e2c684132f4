"""Events as they are prepared, hashed and copied."""

from datetime import datetime
from typing import NamedTuple

import orjson

from tracker import chain
from tracker.events import Event
from tracker.events.times import BEIJING
from tracker.log.projection import OnlyRow, only_row

COPY_EVENTS = (
    "COPY events (center_id, seq, type, source, subject, slot, occurred_at, recorded_at, as_of,"
    " delivery, row, data, hash) FROM STDIN"
)


_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Prepared(NamedTuple):
    """An event in the words of the log, all but its place there."""

    type: str
    source: str
    subject: str
    slot: str
    occurred_at: str | None  # Beijing time with offset
    row: int | None
    text: bytes  # canonical payload
    fact: OnlyRow | None = None  # its thing's, if this is all that is told of it


def prepare(event: Event, row: int | None, *, alone: bool = False) -> Prepared:
    """An event and the row it came from, ready to append. Raises: TypeError for what has no exact text.

    `alone`: most likely nothing else is told of its thing, so that its fact can be made ready as well.
    """
    at, subject, slot, text = event.occurred_at, event.subject, event.slot, event.text()
    return Prepared(
        event.type,
        event.source,
        subject,
        slot,
        None if at is None else _time(at),
        row,
        text,
        only_row(event.type, subject, slot, text) if alone else None,
    )


def _time(at: datetime) -> str:
    beijing = at if at.tzinfo is BEIJING else at.astimezone(BEIJING)
    return orjson.dumps(beijing)[1:-1].decode()


class Written:
    """How the events of one delivery are written: what all of them share is made once."""

    def __init__(self, center: str, delivery: str | None, as_of: datetime, recorded_at: datetime) -> None:
        known, recorded = as_of.astimezone(BEIJING).isoformat(), recorded_at.astimezone(BEIJING).isoformat()
        self._envelope = {"as_of": known, "center": center, "delivery": delivery, "recorded_at": recorded}
        self._center = _escaped(center)
        self._shared = f"{recorded}\t{known}\t{_escaped(delivery)}"

    def canonical(self, event: Prepared, seq: int) -> bytes:
        """The event as it is hashed."""
        return chain.canonical(
            {
                **self._envelope,
                "occurred_at": event.occurred_at,
                "row": event.row,
                "seq": seq,
                "slot": event.slot,
                "source": event.source,
                "subject": event.subject,
                "type": event.type,
            },
            event.text,
        )

    def line(self, event: Prepared, seq: int, digest: bytes) -> bytes:
        """The event as a line of COPY_EVENTS."""
        kind, source, subject, slot, occurred_at, row, text, _ = event
        place = (
            f"{self._center}\t{seq}\t{_escaped(kind)}\t{_escaped(source)}\t{_escaped(subject)}\t{_escaped(slot)}"
            f"\t{_escaped(occurred_at)}\t{self._shared}\t{_NULL if row is None else row}\t"
        )
        data = text.replace(b"\\", b"\\\\")  # all that JSON leaves to escape
        return place.encode() + data + f"\t\\\\x{digest.hex()}\n".encode()


def _escaped(text: str | None) -> str:
    """A text as a field of COPY. Source: PostgreSQL manual, COPY, "Text Format"."""
    if text is None:
        return _NULL
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)

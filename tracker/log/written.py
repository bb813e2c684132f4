"""Events as they are prepared, hashed and copied."""

from datetime import datetime
from typing import NamedTuple

import orjson

from tracker.copying import escaped
from tracker.events import Event
from tracker.events.times import BEIJING
from tracker.log.projection import only_row

COPY_EVENTS = (
    "COPY events (center_id, recorded_at, as_of, delivery, seq, hash, type, source, subject, slot,"
    " occurred_at, row, data) FROM STDIN"
)


class Prepared(NamedTuple):
    """An event in the words of the log, all but its place there."""

    type: str
    subject: str
    slot: str
    text: bytes  # canonical payload
    occurred_at: bytes  # canonical: Beijing time with offset, or null
    row: bytes  # canonical
    names: bytes  # the canonical form from slot to its end
    fields: bytes  # of COPY_EVENTS, from type to row
    fact: bytes | None = None  # its thing's row, if this is all that is told of it; see `only_row`
    days: bytes = b""


def prepare(event: Event, row: int | None, *, alone: bool = False) -> Prepared:
    """An event and the row it came from, ready to append. Raises: TypeError for what has no exact text.

    `alone`: most likely nothing else is told of its thing, so that its fact can be made ready as well.
    """
    kind, source, subject, slot, text = event.type, event.source, event.subject, event.slot, event.text()
    at = None if event.occurred_at is None else _time(event.occurred_at)
    names = orjson.dumps({"slot": slot, "source": source, "subject": subject, "type": kind})[1:]
    fact, days = only_row(kind, subject, slot, text) if alone else (None, b"")
    fields = (kind, source, subject, slot, at, None if row is None else str(row))
    return Prepared(
        kind,
        subject,
        slot,
        text,
        b"null" if at is None else b'"%b"' % at.encode(),
        b"null" if row is None else b"%d" % row,
        names,
        "\t".join(map(escaped, fields)).encode(),
        fact,
        days,
    )


class Plain:
    """The same for events of one type without slots, about things whose names JSON does not escape."""

    def __init__(self, event: type[Event]) -> None:
        kind, source = event.type.encode(), event.source.encode()
        self._type = event.type
        self._names = b'"slot":"","source":"%b","subject":"%%b","type":"%b"}' % (source, kind)
        self._fields = b"%b\t%b\t%%b\t\t%%b\t%%d" % (kind, source)

    def put(self, subject: bytes, at: bytes, row: int, text: bytes, fact: bytes, days: bytes) -> Prepared:
        """`at`: JSON of the time it occurred."""
        return Prepared(
            self._type,
            subject.decode(),
            "",
            text,
            at,
            b"%d" % row,
            self._names % subject,
            self._fields % (subject, at[1:-1], row),
            fact,
            days,
        )


def _time(at: datetime) -> str:
    beijing = at if at.tzinfo is BEIJING else at.astimezone(BEIJING)
    return orjson.dumps(beijing)[1:-1].decode()


class Written:
    """How the events of one delivery are written: what all of them share is made once."""

    def __init__(self, center: str, delivery: str | None, as_of: datetime, recorded_at: datetime) -> None:
        known, recorded = _time(as_of), _time(recorded_at)
        self._start = b'{"as_of":%b,"center":%b,"data":' % (orjson.dumps(known), orjson.dumps(center))
        self._delivery = b',"delivery":%b,"occurred_at":' % orjson.dumps(delivery)
        self._recorded = b',"recorded_at":%b,"row":' % orjson.dumps(recorded)
        self._shared = "\t".join((escaped(center), recorded, known, escaped(delivery))).encode()

    def canonical(self, event: Prepared, seq: int) -> bytes:
        """The event as it is hashed: what `chain.canonical` makes of its envelope and payload."""
        return b'%b%b%b%b%b%b,"seq":%d,%b' % (
            self._start,
            event.text,
            self._delivery,
            event.occurred_at,
            self._recorded,
            event.row,
            seq,
            event.names,
        )

    def line(self, event: Prepared, seq: int, digest: bytes) -> bytes:
        """The event as a line of COPY_EVENTS."""
        data = event.text.replace(b"\\", b"\\\\")  # all that JSON leaves to escape
        return b"%b\t%d\t\\\\x%b\t%b\t%b\n" % (self._shared, seq, digest.hex().encode(), event.fields, data)

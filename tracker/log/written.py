"""Events as they are hashed and copied."""

from binascii import hexlify
from datetime import datetime

import orjson

from tracker.copying import escaped
from tracker.log.prepared import time_text

COPY_EVENTS = (
    "COPY events (center_id, recorded_at, as_of, delivery, seq, hash, type, source, subject, slot,"
    " occurred_at, row, data) FROM STDIN"
)


class Written:
    """How the events of one delivery are written: what all of them share is made once.

    The other parts of an event are called as in `Prepared`.
    """

    def __init__(self, center: str, delivery: str | None, as_of: datetime, recorded_at: datetime) -> None:
        known, recorded = time_text(as_of), time_text(recorded_at)
        self._start = b'{"as_of":%b,"center":%b,"data":' % (orjson.dumps(known), orjson.dumps(center))
        self._delivery = b',"delivery":%b,"occurred_at":' % orjson.dumps(delivery)
        self._recorded = b',"recorded_at":%b,"row":' % orjson.dumps(recorded)
        self._shared = "\t".join((escaped(center), recorded, known, escaped(delivery))).encode()

    def canonical(self, text: bytes, occurred_at: bytes, row: int | None, names: bytes, seq: int) -> bytes:
        """An event as it is hashed: what `chain.canonical` makes of its envelope and payload."""
        return b'%b%b%b%b%b%b,"seq":%d,%b' % (
            self._start,
            text,
            self._delivery,
            occurred_at,
            self._recorded,
            b"null" if row is None else b"%d" % row,
            seq,
            names,
        )

    def line(self, fields: bytes, text: bytes, seq: int, digest: bytes) -> bytes:
        """An event as a line of COPY_EVENTS."""
        data = text.replace(b"\\", b"\\\\")  # all that JSON leaves to escape
        return b"%b\t%d\t\\\\x%b\t%b\t%b\n" % (self._shared, seq, hexlify(digest), fields, data)

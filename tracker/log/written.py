"""Events as they are hashed and copied."""

from binascii import hexlify
from collections.abc import Iterator
from datetime import datetime

import orjson

from tracker.chain import Digest
from tracker.copying import escaped
from tracker.log.prepared import PreparedEvents, time_text

COPY_EVENTS = (
    "COPY events (center_id, recorded_at, as_of, delivery, seq, hash, type, source, subject, slot,"
    " occurred_at, row, data) FROM STDIN"
)


class Written:
    """How the events of one delivery are written: what all of them share is made once."""

    def __init__(self, center: str, delivery: str | None, as_of: datetime, recorded_at: datetime) -> None:
        known, recorded = time_text(as_of), time_text(recorded_at)
        # what is hashed: the hash before, then what `chain.canonical` makes of envelope and payload
        self._hashed = b"".join(
            (
                b"%b",
                _verbatim(b'{"as_of":%b,"center":%b,"data":' % (orjson.dumps(known), orjson.dumps(center))),
                b"%b",
                _verbatim(b',"delivery":%b,"occurred_at":' % orjson.dumps(delivery)),
                b"%b",
                _verbatim(b',"recorded_at":%b,"row":' % orjson.dumps(recorded)),
                b'%b,"seq":%d,%b',
            )
        )
        shared = "\t".join((escaped(center), recorded, known, escaped(delivery))).encode()
        self._copied = _verbatim(shared) + b"\t%d\t\\\\x%b\t%b\t%b\n"

    def lines(
        self, events: PreparedEvents, seq: int, before: bytes, digest: Digest, hashes: list[bytes]
    ) -> Iterator[bytes]:
        """The events as lines of COPY_EVENTS, numbered after `seq` and chained to the hash `before`.

        Their hashes are added to `hashes`.
        """
        rows = [b"null" if row is None else b"%d" % row for row in events.rows]
        hashed, copied, noted = self._hashed, self._copied, hashes.append
        for text, at, row, names, fields in zip(
            events.texts, events.times, rows, events.names, events.fields, strict=True
        ):
            seq += 1
            before = digest(hashed % (before, text, at, row, seq, names))
            noted(before)
            # a backslash is all that JSON leaves to escape
            yield copied % (seq, hexlify(before), fields, text.replace(b"\\", b"\\\\"))


def _verbatim(text: bytes) -> bytes:
    """A text as part of a template."""
    return text.replace(b"%", b"%%")

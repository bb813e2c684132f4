"""Events as they are hashed and copied."""

from binascii import hexlify
from collections.abc import Iterator
from datetime import datetime

import orjson

from tracker.chain import Digest
from tracker.events import TYPES
from tracker.log.prepared_events import PreparedEvents, format_time
from tracker.pg_copy import escape_text

COPY_EVENTS = (
    "COPY events (center_id, recorded_at, as_of, delivery, type, source, slot, seq, hash, subject,"
    " occurred_at, row, data) FROM STDIN"
)

_NONE, _NULL = b"null", b"\\N"  # in JSON, and as COPY takes it


class EventSerializer:
    """How the events of one delivery are written: what all of them share is made once."""

    def __init__(self, center: str, delivery: str | None, as_of: datetime, recorded_at: datetime) -> None:
        as_of_text, recorded = format_time(as_of), format_time(recorded_at)
        # what is hashed: the hash before, then what `chain.canonical` makes of envelope and payload
        self._hashed = b"".join(
            (
                b"%b",
                _escape_template(
                    b'{"as_of":%b,"center":%b,"data":' % (orjson.dumps(as_of_text), orjson.dumps(center))
                ),
                b"%b",
                _escape_template(b',"delivery":%b,"occurred_at":' % orjson.dumps(delivery)),
                b"%b",
                _escape_template(b',"recorded_at":%b,"row":' % orjson.dumps(recorded)),
                b'%b,"seq":%d,',
            )
        )
        self._copied = "\t".join((escape_text(center), recorded, as_of_text, escape_text(delivery)))

    def lines(
        self, events: PreparedEvents, seq: int, before: bytes, digest: Digest, hashes: list[bytes]
    ) -> Iterator[bytes]:
        """Events, at least one, as lines of COPY_EVENTS, numbered after `seq`, chained to the hash `before`.

        Their hashes are added to `hashes`.
        """
        sorts = {
            sort: self._make_templates(*sort) for sort in set(zip(events.types, events.slots, strict=True))
        }
        templates = map(sorts.__getitem__, zip(events.types, events.slots, strict=True))
        subjects = _escape_texts(events.subjects)
        rows = [_NONE if row is None else b"%d" % row for row in events.rows]
        # subjects, times and rows as they are copied
        names = subjects
        if b"\\" in b"".join(subjects):  # as in few batches
            names = [escape_text(subject).encode() for subject in events.subjects]
        moments = [_NULL if at == _NONE else at[1:-1] for at in events.times]
        places = [_NULL if row == _NONE else row for row in rows]
        noted = hashes.append
        for (hashed, copied), text, at, row, subject, name, moment, place in zip(
            templates, events.texts, events.times, rows, subjects, names, moments, places, strict=True
        ):
            seq += 1
            before = digest(hashed % (before, text, at, row, seq, subject))
            noted(before)
            # a backslash is all that JSON leaves to escape
            yield copied % (seq, hexlify(before), name, moment, place, text.replace(b"\\", b"\\\\"))

    def _make_templates(self, kind: str, slot: str) -> tuple[bytes, bytes]:
        """What is hashed and what is copied of an event of this sort."""
        source = TYPES[kind].source
        named = b'"slot":%b,"source":"%b","subject":"' % (orjson.dumps(slot), source.encode())
        hashed = self._hashed + _escape_template(named) + b'%%b","type":"%b"}' % kind.encode()
        copied = "\t".join((self._copied, kind, source, escape_text(slot))).encode()
        return hashed, _escape_template(copied) + b"\t%d\t\\\\x%b\t%b\t%b\t%b\t%b\n"


def _escape_texts(texts: list[str]) -> list[bytes]:
    """Texts as they stand between the quotes of JSON, where a quote of their own follows a backslash."""
    return orjson.dumps(texts)[2:-2].split(b'","')


def _escape_template(text: bytes) -> bytes:
    """A text as part of a template."""
    return text.replace(b"%", b"%%")

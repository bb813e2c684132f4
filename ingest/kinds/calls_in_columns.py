"""Calls from columns of cells: what `calls.build` and its event give, in a third of the time.

A test holds both ways against each other. A row whose cells contradict each other is left to the other way,
which says what is wrong with it.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from ingest.cells import NULL, Piece
from ingest.kinds.kind import InColumns, Reading
from tracker.events.calls import CallEnded
from tracker.facts.calls import ONE_LEG
from tracker.log import Plain, Prepared

PAYLOAD = b"{%b}" % b",".join(
    b'"%b":%%b' % name for name in sorted(f.name.encode() for f in fields(CallEnded))
)

_ANSWERED = b'"answered"'
_MILLISECOND = timedelta(milliseconds=1)


def in_columns(reading: Reading, unanswered: frozenset[str]) -> InColumns | None:
    """`unanswered`: outcomes that deny an answer. None for a table with legs."""
    if reading.rules.legs:
        return None
    token, put = reading.token, Plain(CallEnded).put
    denied = frozenset(b'"%b"' % outcome.encode() for outcome in unanswered)

    def event(
        number: int,
        call_id: bytes,
        leg: bytes,
        direction: bytes,
        entered_at: bytes,
        queued_at: bytes,
        rang_at: bytes,
        answered_at: bytes,
        ended_at: bytes,
        talk_ms: bytes,
        outcome: bytes,
        agent: bytes,
        skill_group: bytes,
        caller: bytes,
        rating: bytes,
    ) -> Prepared | None:
        reached = queued_at if queued_at != NULL else entered_at  # pieces of moments are ordered as these are
        last = reached
        wait = NULL
        if answered_at != NULL:
            if answered_at < reached or outcome in denied:
                return None
            last = answered_at
            if queued_at != NULL:
                wait = b"%d" % ((_moment(answered_at) - _moment(queued_at)) // _MILLISECOND)
        elif outcome == _ANSWERED:
            return None
        if rang_at != NULL:
            if rang_at < entered_at:
                return None
            if answered_at == NULL:
                last = rang_at
        at = ended_at if ended_at != NULL else entered_at
        if leg != NULL or reached < entered_at or (ended_at != NULL and ended_at < last):
            return None
        if caller != NULL:
            caller = b'"%b"' % token("phone", caller[1:-1].decode()).encode()
        subject = b"call/" + call_id[1:-1]
        day = entered_at[:11] + b'"'
        text = PAYLOAD % (
            agent, answered_at, call_id, caller, direction, ended_at, entered_at, leg, outcome, queued_at,
            rang_at, rating, skill_group, talk_ms,
        )  # fmt: skip
        fact = ONE_LEG % (
            subject, direction, day, entered_at, queued_at, answered_at, ended_at, wait, talk_ms, outcome,
            agent, skill_group, caller, rating,
        )  # fmt: skip
        return put(subject, at, number, text, fact, day)

    def events(numbers: Sequence[int], columns: Sequence[Sequence[Piece]]) -> list[Prepared | None]:
        rows = zip(numbers, *columns, strict=True)
        return [None if None in row else event(*row) for row in rows]

    return events


def _moment(piece: bytes) -> datetime:
    return datetime.fromisoformat(piece[1:-1].decode())

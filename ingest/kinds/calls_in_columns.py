"""Calls from columns of cells: what `calls.build` and its event give, in a fraction of the time.

A test holds both ways against each other. A row whose cells contradict each other is left to the other way,
which says what is wrong with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import compress
from typing import Any

from ingest.cells import NULL, Piece
from ingest.kinds.kind import InColumns, Reading
from tracker.events.calls import CallEnded
from tracker.facts.calls import ONE_LEG
from tracker.log import PreparedEvents

PAYLOAD = b"{%b}" % b",".join(
    b'"%b":%%b' % name for name in sorted(f.name.encode() for f in fields(CallEnded))
)

_SECOND = timedelta(seconds=1)
_ANSWERED = b'"answered"'


def in_columns(reading: Reading, unanswered: frozenset[str]) -> InColumns | None:
    """`unanswered`: outcomes that deny an answer. None for a table with legs."""
    if reading.rules.legs:
        return None
    token = reading.token
    waited = _waiting(frozenset(b'"%b"' % outcome.encode() for outcome in unanswered))

    def caller(piece: bytes) -> bytes:
        return NULL if piece == NULL else b'"%b"' % token("phone", piece[1:-1].decode()).encode()

    def events(numbers: Sequence[int], columns: Sequence[Sequence[Piece]]) -> PreparedEvents:
        numbers, *columns = _without_gaps([numbers, *columns])
        numbers, waits, *columns = _without_gaps([numbers, list(map(waited, *columns[1:10])), *columns])
        (
            call_ids, legs, directions, entered, queued, rang, answered, ended, talked, outcomes, agents,
            groups, numbers_of_callers, ratings,
        ) = columns  # fmt: skip
        callers = list(map(caller, numbers_of_callers))
        subjects = [b"call/" + call_id[1:-1] for call_id in call_ids]
        days = [at[:11] + b'"' for at in entered]
        payloads = zip(
            agents, answered, call_ids, callers, directions, ended, entered, legs, outcomes, queued, rang,
            ratings, groups, talked, strict=True,
        )  # fmt: skip
        rows = zip(
            subjects, directions, days, entered, queued, answered, ended, waits, talked, outcomes, agents,
            groups, callers, ratings, strict=True,
        )  # fmt: skip
        return PreparedEvents(
            types=[CallEnded.type] * len(numbers),
            subjects=[subject.decode() for subject in subjects],
            slots=[""] * len(numbers),
            texts=[PAYLOAD % each for each in payloads],
            times=[at if at != NULL else start for at, start in zip(ended, entered, strict=True)],
            rows=[*numbers],
            facts=[ONE_LEG % each for each in rows],
            days=days,
        )

    return events


def _without_gaps(columns: list[Any]) -> list[Any]:
    """The columns without the rows of which anything is missing."""
    if all(map(all, columns)):
        return columns
    whole = [all(row) for row in zip(*columns, strict=True)]
    return [list(compress(column, whole)) for column in columns]


def _waiting(denied: frozenset[bytes]) -> Callable[..., Piece]:
    """Gives how long calls waited in the queue; None where what is told of one is contradictory."""
    clock = _Clock()

    def waited(
        leg: bytes,
        direction: bytes,
        entered_at: bytes,
        queued_at: bytes,
        rang_at: bytes,
        answered_at: bytes,
        ended_at: bytes,
        talk_ms: bytes,
        outcome: bytes,
    ) -> Piece:
        reached = queued_at if queued_at != NULL else entered_at  # pieces of moments are ordered as these are
        last = reached
        wait = NULL
        if answered_at != NULL:
            if answered_at < reached or outcome in denied:
                return None
            last = answered_at
            if queued_at != NULL:
                wait = b"%d" % (1000 * _seconds(queued_at, answered_at, clock))
        elif outcome == _ANSWERED:
            return None
        if rang_at != NULL:
            if rang_at < entered_at:
                return None
            if answered_at == NULL:
                last = rang_at
        if leg != NULL or reached < entered_at or (ended_at != NULL and ended_at < last):
            return None
        return wait

    return waited


class _Clock(dict[bytes, int]):
    """Times of day, written 08:03, as seconds since midnight, and 05 as so many seconds.

    So few stay in the processor's cache, which all seconds of a day would not.
    """

    def __missing__(self, time: bytes) -> int:
        hours, _, minutes = time.rpartition(b":")
        self[time] = int(hours) * 3600 + int(minutes) * 60 if hours else int(minutes)
        return self[time]


def _seconds(start: bytes, end: bytes, clock: _Clock) -> int:
    """From one moment to another, neither of which has a fraction of a second."""
    if start[:11] == end[:11]:  # on one day
        return clock[end[12:17]] - clock[start[12:17]] + clock[end[18:20]] - clock[start[18:20]]
    return (_moment(end) - _moment(start)) // _SECOND


def _moment(piece: bytes) -> datetime:
    return datetime.fromisoformat(piece[1:-1].decode())

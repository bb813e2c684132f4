"""Calls from columns of cells: what `calls.build` and its event give, in a fraction of the time.

A test holds both ways against each other. A row whose cells contradict each other is left to the other way,
which says what is wrong with it.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import fields
from datetime import date, datetime, timedelta
from itertools import compress, product
from typing import Any

import orjson

from ingest.cells import NULL, JsonValue
from ingest.kinds.call_times import is_told_by_moments, may_be_of_system
from ingest.kinds.kind import AHEAD, ColumnBuilder, Reading
from tracker.events.calls import OF_THE_QUEUE, CallEnded
from tracker.facts.calls import DECIDING, NO_REASON, ONE_LEG
from tracker.facts.fact import list_unknown
from tracker.log import PreparedEvents
from tracker.personal_numbers import may_hold_personal

_SAID_OTHERWISE = {"to_the_minute", "part", "queued", "answered", "wait_ms"}  # by tables read row by row
_NAMES = tuple(sorted({field.name for field in fields(CallEnded)} - _SAID_OTHERWISE))

_SECOND = timedelta(seconds=1)
_MOST_TEXTS = 10_000  # whose suspicion is remembered
_CONNECTED = b'"connected"'
_ANSWERED, _INBOUND, _BLOCKED = b'"answered"', b'"inbound"', b'"blocked"'
_OF_THE_QUEUE = frozenset(orjson.dumps(outcome) for outcome in OF_THE_QUEUE)
_NO_REASON = frozenset(orjson.dumps(outcome) for outcome in NO_REASON)


def in_columns(
    reading: Reading, unanswered: frozenset[str], longer: int, is_no_person: Callable[[str], bool]
) -> ColumnBuilder | None:
    """`unanswered`: outcomes that deny an answer; `longer`: by how many ms a talk may exceed its call;
    `is_no_person`: tells whether an agent's name is no person's.

    None for a table with legs, one that tells of queue and answer otherwise than by their moments, or one
    that takes a field from several columns, names machines or marks what was answered."""
    rules = reading.rules
    if rules.legs or rules.several or rules.outbound or reading.present & {"machine", "answered"}:
        return None
    if not is_told_by_moments(reading):
        return None
    token = reading.token
    told = [name in reading.present for name in _NAMES]
    payload = b"{%b}" % b",".join(b'"%b":%%b' % name.encode() for name in compress(_NAMES, told))
    unknown_if = _unknown(reading.present)
    end = reading.today + AHEAD + timedelta(days=1) if reading.today else date.max
    denied = frozenset(b'"%b"' % outcome.encode() for outcome in unanswered)
    waited = _waiting(denied, longer, b'"%b' % end.isoformat().encode())
    machines = _Machines(is_no_person)
    suspicions = _Suspicions()
    asks_for_agent = may_be_of_system(reading)

    def number(piece: bytes) -> bytes:
        return NULL if piece == NULL else b'"%b"' % token("phone", piece[1:-1].decode()).encode()

    def events(numbers: Sequence[int], columns: Sequence[Sequence[JsonValue]]) -> PreparedEvents:
        numbers, *columns = _without_gaps([numbers, *columns])
        if asks_for_agent:
            clear = list(map(_is_of_agent, columns[2], columns[6], columns[9], columns[10]))
            _, numbers, *columns = _without_gaps([clear, numbers, *columns])
        columns[9] = [_ANSWERED if outcome == _CONNECTED else outcome for outcome in columns[9]]
        numbers, waits, *columns = _without_gaps([numbers, list(map(waited, *columns[1:10])), *columns])
        if any(map(machines.__getitem__, set(columns[10]))):
            people = [None if machines[agent] else True for agent in columns[10]]
            _, numbers, waits, *columns = _without_gaps([people, numbers, waits, *columns])
        (
            call_ids, legs, directions, entered, queued, rang, answered, ended, talked, outcomes, agents,
            groups, numbers_of_callers, numbers_called, ratings, *_,
        ) = columns  # fmt: skip
        callers = list(map(number, numbers_of_callers))
        callees = [
            NULL if way == _INBOUND else number(piece)
            for way, piece in zip(directions, numbers_called, strict=True)
        ]
        others = [whom if whom != NULL else who for who, whom in zip(callers, callees, strict=True)]
        subjects = [b"call/" + call_id[1:-1] for call_id in call_ids]
        days = [at[:11] + b'"' for at in entered]
        of_names = (
            agents, answered, call_ids, callees, callers, directions, ended, entered, legs, outcomes, queued,
            rang, ratings, groups, talked,
        )  # fmt: skip
        payloads = zip(*compress(of_names, told), strict=True)
        nothing = unknown_if[False, False, False, False]
        unknowns = [
            nothing
            if way != _INBOUND or (at != NULL and wait != NULL and talk != NULL)
            else unknown_if[
                at != NULL and wait == NULL,
                at != NULL and talk == NULL,
                at == NULL and queue != NULL and outcome in _NO_REASON,
                at == NULL and queue == NULL and outcome == NULL,
            ]
            for way, queue, at, wait, talk, outcome in zip(
                directions, queued, answered, waits, talked, outcomes, strict=True
            )
        ]
        turned_away = [
            b"true" if outcome == _BLOCKED and way == _INBOUND and queue == NULL and at == NULL else b"false"
            for way, queue, at, outcome in zip(directions, queued, answered, outcomes, strict=True)
        ]
        rows = zip(
            subjects, directions, days, entered, _are_told(queued), queued, _are_told(answered), answered,
            ended, waits, talked, outcomes, agents, groups, others, ratings, turned_away, unknowns,
            strict=True,
        )  # fmt: skip
        return PreparedEvents(
            types=[CallEnded.type] * len(numbers),
            subjects=[subject.decode() for subject in subjects],
            slots=[""] * len(numbers),
            texts=[payload % each for each in payloads],
            times=[at if at != NULL else start for at, start in zip(ended, entered, strict=True)],
            rows=[*numbers],
            facts=[ONE_LEG % each for each in rows],
            days=days,
            # callers are tokens, the call's number is its subject, all else is a moment, a count or a code
            words=suspicions.collect(agents, groups, ratings),
        )

    return events


def _is_of_agent(direction: bytes, answered_at: bytes, outcome: bytes, agent: bytes) -> bool:
    """Whether a call was not answered, or something says by whom."""
    return answered_at == NULL or agent != NULL or direction != _INBOUND or outcome == _ANSWERED


def _are_told(moments: Sequence[bytes]) -> list[bytes]:
    return [b"false" if at == NULL else b"true" for at in moments]


def _unknown(present: Set[str]) -> dict[tuple[bool, bool, bool, bool], bytes]:
    """What a call's row says of the unknown, by whether it was answered without a queue, without a talk, was
    unanswered in the queue without a reason, or ended before it without a result."""
    found = {}
    for no_queue, no_talk, no_reason, no_result in product((False, True), repeat=4):
        more = ["blocked"] if no_result else []
        more += ["outcome"] if no_reason and "outcome" in present else []
        more += ["wait_ms", "queued", "queued_at"] if no_queue else []
        more += ["talk_ms"] if no_talk and "talk_ms" in present else []
        found[no_queue, no_talk, no_reason, no_result] = orjson.dumps(
            list_unknown(dict.fromkeys((*present, "queued", "answered")), DECIDING, more)
        )
    return found


def _without_gaps(columns: list[Any]) -> list[Any]:
    """The columns without the rows of which anything is missing."""
    if all(map(all, columns)):
        return columns
    whole = [all(row) for row in zip(*columns, strict=True)]
    return [list(compress(column, whole)) for column in columns]


def _waiting(denied: frozenset[bytes], longer: int, end: bytes) -> Callable[..., JsonValue]:
    """Gives how long calls waited in the queue; None where what is told of one is contradictory,
    or lies at or after `end`."""
    clock = _Clock()
    slack = longer // 1000

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
    ) -> JsonValue:
        reached = queued_at if queued_at != NULL else entered_at  # pieces of moments are ordered as these are
        last = reached
        wait = NULL
        if answered_at != NULL:
            if answered_at < reached or outcome in denied:
                return None
            if outcome != _ANSWERED and (talk_ms == b"0" or ended_at == answered_at):
                return None
            last, day, at = answered_at, answered_at[:11], answered_at
            answer = clock[at[12:17]] + clock[at[18:20]]
            if queued_at != NULL:
                if queued_at[:11] == day:
                    seconds = answer - clock[queued_at[12:17]] - clock[queued_at[18:20]]
                else:
                    seconds = _seconds(queued_at, at)
                wait = b"%d000" % seconds if seconds else b"0"
            if ended_at != NULL and talk_ms != NULL:
                if ended_at[:11] == day:
                    seconds = clock[ended_at[12:17]] + clock[ended_at[18:20]] - answer
                else:
                    seconds = _seconds(at, ended_at)
                if int(talk_ms) > 1000 * (seconds + slack):
                    return None
        elif outcome == _ANSWERED or (
            queued_at == NULL and direction == _INBOUND and (outcome in _OF_THE_QUEUE or rang_at != NULL)
        ):
            return None
        if rang_at != NULL:
            if rang_at < entered_at:
                return None
            if answered_at == NULL:
                last = rang_at
        if end <= (last if ended_at == NULL else ended_at) or (rang_at != NULL and end <= rang_at):
            return None
        if leg != NULL or reached < entered_at or (ended_at != NULL and ended_at < last):
            return None
        return wait

    return waited


class _Machines(dict[bytes, bool]):
    """Agents, as pieces, and whether they are no people."""

    def __init__(self, is_no_person: Callable[[str], bool]) -> None:
        self._is_no_person = is_no_person

    def __missing__(self, agent: bytes) -> bool:
        self[agent] = agent != NULL and self._is_no_person(agent[1:-1].decode())
        return self[agent]


class _Suspicions(dict[bytes, bool]):
    """Free texts, as pieces, and whether one may hold a person's number. Agents, groups and ratings recur."""

    def __missing__(self, text: bytes) -> bool:
        if len(self) >= _MOST_TEXTS:
            self.clear()
        self[text] = may_hold_personal(text.decode())
        return self[text]

    def collect(self, *columns: Sequence[bytes]) -> list[bytes | None]:
        """Of each row the texts that may hold one."""
        found: list[bytes | None] = [b""] * len(columns[0])
        for column in columns:
            for text in filter(self.__getitem__, set(column)):
                for place in (place for place, one in enumerate(column) if one == text):
                    found[place] = b"%b,%b" % (found[place] or b"", text)
        return found


class _Clock(dict[bytes, int]):
    """Times of day, written 08:03, as seconds since midnight, and 05 as so many seconds.

    So few stay in the processor's cache, which all seconds of a day would not.
    """

    def __missing__(self, time: bytes) -> int:
        hours, _, minutes = time.rpartition(b":")
        self[time] = int(hours) * 3600 + int(minutes) * 60 if hours else int(minutes)
        return self[time]


def _seconds(start: bytes, end: bytes) -> int:
    """From one moment to another on another day, neither of which has a fraction of a second."""
    return (_moment(end) - _moment(start)) // _SECOND


def _moment(piece: bytes) -> datetime:
    return datetime.fromisoformat(piece[1:-1].decode())

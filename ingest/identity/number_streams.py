"""Numbers that start again with each file: whether a file tells again what an earlier one told.

Where two platforms number alike, a number means another thing in each of their files. A file that says of
known numbers what was said of them, at the same moment, is a platform's file once more, and no third one:
its rows mean the things that they meant before.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import orjson
import psycopg

from ingest.changes.repeated_numbers import MARKS, MOVED, WHO, ProposedChange, QuestionCollector
from ingest.quarantine.row_days import ThingTime, find_times
from tracker.log import PreparedEvents

_DAY = len("2024-05-01")
_NO_CLOCK = ("", "T00:00:00+08:00")  # behind the day of what is told by it alone


class NumberStreams:
    """The earlier files whose numbers a table says again."""

    def __init__(self, connection: psycopg.Connection[Any], center: str, asking: QuestionCollector) -> None:
        self._connection = connection
        self._center = center
        self._asking = asking
        self._again: Counter[str] = Counter()  # scope of an earlier file, '' of the first → rows said again
        self._met = 0  # numbers that an earlier file gave as well

    def names(
        self, batch: PreparedEvents, plain: Mapping[str, str], from_here: Collection[str]
    ) -> Mapping[str, str]:
        """Subject in the scope of this file → the thing that it means. `plain`: the same without any scope;
        `from_here`: of these, the things that the same bytes have told of before."""
        by_name = find_times(self._connection, self._center, {*plain.values()})
        by_name = {
            number: {name: time for name, time in times.items() if name not in plain}
            for number, times in by_name.items()
        }
        moments = _read_moments(batch)
        alike = {
            subject: [
                name
                for name, time in by_name.get(number, {}).items()
                if _is_same_time(time, moments.get(subject))
            ]
            for subject, number in plain.items()
        }
        self._met += sum(1 for number in plain.values() if by_name.get(number))
        self._again.update(_get_scope(names[0]) for names in alike.values() if names)
        stream = self._stream
        return {
            subject: number if number in from_here
            else self._meant(batch, subject, number, by_name.get(number, {}), alike[subject], moments, stream)
            for subject, number in plain.items()
        }  # fmt: skip

    @property
    def _stream(self) -> str | None:
        """The scope of the file that is told again; None: too few rows say the same as any."""
        scope, rows = max(self._again.items(), key=lambda one: one[1], default=("", 0))
        return scope if rows and 2 * self._again.total() >= self._met else None

    def _meant(
        self,
        batch: PreparedEvents,
        subject: str,
        number: str,
        times: Mapping[str, ThingTime],
        alike: list[str],
        moments: Mapping[str, str],
        stream: str | None,
    ) -> str:
        answer, at = self._asking.answer, moments.get(subject)
        told_by_day = at is None or at[_DAY:] in _NO_CLOCK  # two things may well be of one number and day
        if alike and (answer.same or not (stream is None or told_by_day)):
            return alike[0]
        there = alike[0] if alike else f"{number}@{stream}" if stream else number
        if stream is None and not alike:
            return subject
        if there not in times or answer.same:
            return there
        if not answer.new:
            self._note(batch, subject, there, times[there], at)
        return subject

    def _note(self, batch: PreparedEvents, subject: str, name: str, time: ThingTime, at: str | None) -> None:
        """Asks whether a row means the thing that bore its number in an earlier file."""
        place = batch.subjects.index(subject)
        marks = MARKS.get(batch.types[place])
        before = time.moment.isoformat() if time.moment else time.day and time.day.isoformat()
        moves = bool(before and at and before[:_DAY] != at[:_DAY])
        key = marks.day if marks else ""
        row = batch.rows[place]
        change = ProposedChange(
            sort=MOVED if moves else WHO, row=row, subject=name, field=key, before=before, after=at
        )
        self._asking.note(change)


def _read_moments(batch: PreparedEvents) -> Mapping[str, str]:
    """When each thing happened, as its first row says."""
    moments: dict[str, str] = {}
    for kind, subject, text in zip(batch.types, batch.subjects, batch.texts, strict=True):
        if kind in MARKS and subject not in moments:
            at = orjson.loads(text).get(MARKS[kind].day)
            if at:
                moments[subject] = str(at)
    return moments


def _is_same_time(time: ThingTime, moment: str | None) -> bool:
    """Whether a thing is of the moment, or of the day where no moment is told, that a row says."""
    if moment is None:
        return False
    if len(moment) <= _DAY or time.moment is None:
        return time.day is not None and time.day.isoformat() == moment[:_DAY]
    return time.moment == datetime.fromisoformat(moment)


def _get_scope(name: str) -> str:
    return name.rpartition("@")[2] if "@" in name else ""

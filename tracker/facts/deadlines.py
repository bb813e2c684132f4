"""By which of its deadlines a work order is judged.

The deadline in force when it passes decides: an extension granted later does not undo the breach. Where a
delivery leaves open what was in force then, the possible deadlines are weighed; if it matters which one it
was, the deadline is unknown.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from tracker.events import Payload
from tracker.events.work_orders import BY_DAYS, BY_HOURS, BY_RULE
from tracker.facts.fact import SlotState, to_moment, to_place
from tracker.facts.milestones import get_time_key
from tracker.workdays import Calendar, CalendarUnknown, parse_hours

BEFORE, WHEN = "deadline_before", "extended_at"  # unknown: the deadline that was extended; when it was
PAUSED = "paused_for"  # unknown: how much time paused moves it
TITLES = {BEFORE: "延期前的办结时限", WHEN: "延期时间", PAUSED: "暂停时长"}


class EffectiveDeadline(NamedTuple):
    """The deadline that decides; None where there is none, or where something is `lacking` to know it."""

    deadline: datetime | None
    last: datetime | None  # the last one granted, whenever that was
    lacking: str | None = None
    first: datetime | None = None  # as if none had been granted; None: nobody tells it


class _DeadlineChange(NamedTuple):
    """A later deadline, or a change of the deadline from one delivery to the next."""

    to: datetime | None  # None: the delivery does not say
    at: datetime | None  # None: the delivery does not say
    by: datetime | None = None  # it was granted by then, if it was: it may be a correction
    pause: "Pause | None" = None  # instead of `to`: later by the time paused


class Pause(NamedTuple):
    """A time in which handling waited."""

    since: datetime
    until: datetime | None  # None: it waits still


class Pauses(NamedTuple):
    """The pauses of an order whose deadline they move."""

    counted_in: str  # as WorkOrderAccepted.pauses_extend says
    known: Sequence[Pause] | None  # None: no flow log tells of the order

    def later(self, deadline: datetime, pause: Pause) -> datetime:
        """The deadline moved by a pause that is over. Raises: CalendarUnknown."""
        assert pause.until is not None
        if self.counted_in == BY_HOURS:
            return deadline + (pause.until - pause.since)
        if self.counted_in == BY_DAYS:
            days = _load_calendar().count_working_days(pause.since.date(), pause.until.date())
            return datetime.combine(
                _load_calendar().add_working_days(deadline.date(), days) if days else deadline.date(),
                deadline.timetz(),
            )
        hours = parse_hours(self.counted_in)
        length = _load_calendar().measure_working_time(pause.since, pause.until, hours)
        return _load_calendar().add_working_time(deadline, length, hours) if length else deadline


@cache
def _load_calendar() -> Calendar:
    return Calendar.load()


def list_pauses(milestones: Mapping[str, Sequence[Payload]]) -> list[Pause]:
    """When an order was paused, by milestone told: any later step ends a pause."""
    steps = sorted(
        (*get_time_key(one), name == "paused", at)
        for name, events in milestones.items()
        if name != "accepted"
        for one in events
        if (at := to_moment(one["at"]))
    )
    found: list[Pause] = []
    for *_, pauses, at in steps:
        waits = bool(found) and found[-1].until is None
        if waits and not pauses:
            found[-1] = found[-1]._replace(until=at)
        elif pauses and not waits:
            found.append(Pause(at, None))
    return found


def judge_deadline(
    accepted: Sequence[SlotState],
    extended: Sequence[Payload],
    life: "OrderLife",
    closed_at: datetime | None,
    pauses: Pauses | None = None,
) -> EffectiveDeadline:
    """Judges by what acceptances told of the deadline, by extensions, and by when the order was open.

    `closed_at` is the closing that counts; `pauses` those that move the deadline."""
    first, granted = _read_deadlines(accepted, extended)
    if first is None and not granted:  # there is nothing that a pause could move
        return EffectiveDeadline(None, None)
    if pauses and pauses.known:
        granted += [_DeadlineChange(None, one.since, pause=one) for one in pauses.known]
        granted.sort(key=_get_time_key)
    judged = _judge(first, granted, life, closed_at, pauses)
    if judged.lacking in (BEFORE, PAUSED):
        return judged
    return judged._replace(first=_find_last(first, [one for one in granted if one.pause], life, pauses))


def _judge(
    first: datetime | None, granted: Sequence[_DeadlineChange], life: "OrderLife", closed_at: datetime | None,
    pauses: Pauses | None,
) -> EffectiveDeadline:  # fmt: skip
    try:
        last = _find_last(first, granted, life, pauses)
        possible = _list_possible(first, granted, life, pauses)
    except (CalendarUnknown, _PauseUnended):
        return EffectiveDeadline(None, None, PAUSED)
    if None in possible and granted:
        return EffectiveDeadline(None, last, BEFORE)
    if (
        pauses
        and pauses.known is None
        and any(one and not (closed_at and closed_at <= one) for one in possible)
    ):
        return EffectiveDeadline(None, None, PAUSED)
    if not granted:
        return EffectiveDeadline(first, last)
    deadlines = {one for one in possible if one}
    found = {(one.year, one.month, closed_at and closed_at <= one) for one in deadlines}
    return EffectiveDeadline(max(deadlines), last) if len(found) == 1 else EffectiveDeadline(None, last, WHEN)


def _read_deadlines(
    accepted: Sequence[SlotState], extended: Sequence[Payload]
) -> tuple[datetime | None, list[_DeadlineChange]]:
    """The first deadline of which is told, and what came after it, in the order of time."""
    delivered = _list_delivered(accepted)
    first = delivered[0][0] if delivered else None
    explicit = [_DeadlineChange(to_moment(one.get("deadline_at")), to_moment(one["at"])) for one in extended]
    named = {one.to for one in explicit}
    changed = []
    for deadline, as_of in delivered[1:]:
        undated = next((place for place, one in enumerate(explicit) if one.to is None), None)
        if deadline not in named and undated is not None:
            explicit[undated] = explicit[undated]._replace(to=deadline)
        elif deadline not in named:
            changed.append(_DeadlineChange(deadline, None, as_of))
    return (None if first in named else first), sorted([*explicit, *changed], key=_get_time_key)


def _get_time_key(granted: _DeadlineChange) -> float:
    return (granted.at or granted.by or granted.to or datetime.max).timestamp()


def _list_delivered(accepted: Sequence[SlotState]) -> list[tuple[datetime, datetime | None]]:
    """The deadlines told one after the other, each with the state of the world that first told it.

    One that was counted by a rule is no other deadline when the rule changes: of those the last holds."""
    statements = [one for state in accepted for one in (state.said or ((None, state.data),))]
    found: list[tuple[datetime, datetime | None]] = []
    for as_of, data in statements:
        if "deadline_at" not in data:
            continue
        deadline = to_moment(data["deadline_at"])
        if deadline is None:
            found = []
        elif str(data.get("deadline_basis")).startswith(BY_RULE):
            found = [*found[:-1], (deadline, as_of)]
        elif not found or found[-1][0] != deadline:
            found.append((deadline, as_of))
    return found


# Closings after which the order was sent back, nobody told when → a moment as of which that had not been yet
UndoneClosings = Mapping[str, datetime | None]


class OrderLife:
    """When an order was open."""

    def __init__(self, closed: Sequence[Payload], redone: Sequence[Payload], undone: UndoneClosings) -> None:
        changes = ((True, closed), (False, redone))
        steps = {
            (at, to_place(one.get("step")), closes)
            for closes, events in changes
            for one in events
            if (at := to_moment(one["at"]))
        }
        self._undone = {datetime.fromisoformat(closing): as_of for closing, as_of in undone.items()}
        self._steps = sorted(steps | {(at, 0, True) for at in self._undone})

    def is_closed(self, at: datetime) -> bool | None:
        """Whether it was closed at a moment, or at that very one; None: it may have been sent back."""
        before = [(when, closes) for when, _, closes in self._steps if when <= at]
        if not before or not before[-1][1]:
            return False
        closing = before[-1][0]
        return None if closing in self._undone and at > (self._undone[closing] or closing) else True

    def is_reopened(self, after: datetime) -> bool:
        """Whether it was, or may have been, sent back later."""
        closings = [when for when, _, closes in self._steps if closes]
        following = (next((one for one in closings if one > closing), None) for closing in self._undone)
        return any(when > after and not closes for when, _, closes in self._steps) or any(
            one is None or one > after for one in following
        )


class _PauseUnended(Exception):
    """The deadline in force moves on with a pause that nobody has ended."""


def _add_pause(deadline: datetime, pause: Pause, life: OrderLife, pauses: Pauses) -> datetime:
    """The deadline after a pause: a pause of an order that is closed or late already does not move it.

    Raises: CalendarUnknown, _WaitsStill."""
    if pause.since > deadline or life.is_closed(pause.since):
        return deadline
    if pause.until is None:
        raise _PauseUnended
    return pauses.later(deadline, pause)


def _find_last(
    first: datetime | None, granted: Sequence[_DeadlineChange], life: OrderLife, pauses: Pauses | None
) -> datetime | None:
    """The last deadline granted, whenever that was, with the pauses after it."""
    last = first
    for one in granted:
        moved = last and _add_pause(last, one.pause, life, pauses) if one.pause and pauses else one.to
        last = moved or last
    return last


def _list_possible(
    first: datetime | None, granted: Sequence[_DeadlineChange], life: OrderLife, pauses: Pauses | None
) -> set[datetime | None]:
    """The deadlines by which the order may have to be judged; None: one that nobody told."""
    in_force: set[datetime | None] = {first}
    breached: set[datetime | None] = set()
    for one in granted:
        following: set[datetime | None] = set()
        for deadline in in_force:
            if deadline is None:
                following.add(None)
            elif one.pause and pauses:
                following.add(_add_pause(deadline, one.pause, life, pauses))
            elif one.at is not None and one.at > deadline:
                was_closed = life.is_closed(deadline)
                if not was_closed:
                    breached.add(deadline)
                if was_closed is not False:
                    following.add(one.to if life.is_reopened(deadline) else deadline)
            else:
                following.add(one.to)
                is_longer = one.to is None or one.to > deadline
                is_in_time = one.at is not None or (one.by is not None and one.by <= deadline)
                if is_longer and not is_in_time and not life.is_closed(deadline):
                    breached.add(deadline)
        in_force = following
    return in_force | breached

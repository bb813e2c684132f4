"""Closings of a work order: the one that stands, the first, and those after which it was sent back."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from tracker.events import Payload
from tracker.facts.deadlines import UndoneClosings
from tracker.facts.fact import Slots
from tracker.facts.milestones import get_last, get_time_key, group_by_milestone


def find_effective_closing(slots: Slots) -> str | None:
    """The last closing, unless the order was sent back after it."""
    milestones = group_by_milestone(slots)
    at: str | None = find_effective(milestones["closed"], milestones["redone"], find_undone_closings(slots))
    return at


def find_effective(closed: list[Payload], redone: list[Payload], undone: UndoneClosings) -> Any:
    """The last closing, unless the order was sent back after it."""
    last, reopened = get_last(closed), get_last(redone)
    at: Any = last.get("at")
    if at and (at <= max(undone, default="") or (reopened and get_time_key(reopened) > get_time_key(last))):
        return None
    return at


def find_undone_closings(slots: Slots) -> UndoneClosings:
    """The closings after which the order was sent back, nobody told when, each with a moment before that."""
    undone, closed = slots.get("undone"), slots.get("closed")
    if undone is None:
        return {}
    times: dict[Any, datetime | None] = {}
    if closed is not None:
        times.update({one.data.get("at"): one.as_of for one in closed.said})
        times[closed.data.get("at")] = closed.since
    closings = {str(closing) for one in undone.said or (undone,) if (closing := one.data["closing"])}
    return {closing: times.get(closing) for closing in closings}


def find_first(closed: list[Payload], undone: UndoneClosings) -> Any:
    """The first closing, whether or not the order was sent back after it."""
    return min((*undone, *(str(event["at"]) for event in closed if event["at"])), default=None)


def count_redone(redone: Iterable[Any]) -> int:
    """Times sent back: steps with a time, or the running count where only a count is exported; once where all
    that is told is that it was."""
    steps = list(redone)
    counts = (step.get("times") or int("closing" in step) for step in steps)
    return max([sum(1 for step in steps if step["at"]), *counts])


def is_to_the_minute(closed: Iterable[Payload], at: Any) -> bool:
    """Whether the seconds of a closing were written by nobody."""
    return any(one["at"] == at and one.get("to_the_minute") for one in closed)


_REST_OF_MINUTE = timedelta(seconds=59)


class DeadlineCheck:
    """Whether a closing kept a deadline. One told by its day alone, which begins at 0:00, keeps a deadline at
    the end of that day; of one at an hour of it nobody knows, nor of one told to the minute and a deadline
    within that minute."""

    def __init__(self, closed: datetime | None, *, to_the_minute: bool = False) -> None:
        self._closed = closed
        self._rest = _REST_OF_MINUTE if to_the_minute else timedelta(0)
        self.hour_counts = False  # whether it mattered when in its day, or minute, it was closed

    def by(self, deadline: datetime | None) -> bool | None:
        """None: not closed, no deadline, or not known."""
        closed = self._closed
        if closed is None or deadline is None:
            return None
        if closed <= deadline < closed + self._rest:
            self.hour_counts = True
            return None
        ends_the_day = deadline + timedelta(seconds=1) >= closed + timedelta(days=1)
        if closed.time() == time() and closed <= deadline and not ends_the_day:
            self.hour_counts = True
            return None
        return closed <= deadline

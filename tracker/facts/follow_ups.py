"""Follow-ups of a work order, as one."""

from datetime import time
from typing import Any

from tracker.events import Data
from tracker.facts.fact import day, moment
from tracker.facts.milestones import last_of, unclear_in


def merge_follow_ups(events: list[Data]) -> dict[str, Any]:
    """The follow-ups of an order as one: an answer holds until another is given, or is `unclear`; who was
    reached once was reached."""
    merged: dict[str, Any] = {"at": last_of(events).get("at")}
    unclear: set[str] = set()
    for event in events:
        for name in ("reached", "solved", "satisfaction"):
            if name in unclear_in(event):
                merged.pop(name, None)
                unclear.add(name)
            elif event.get(name) is not None and not (name == "reached" and merged.get(name)):
                merged[name] = event[name]
                unclear.discard(name)
    return merged | {"unclear": sorted(unclear)}


def came_after_closing(follow_up: Data, first_closed_at: Any, sent_back: bool) -> bool:
    """Whether a contact came after the order had been closed, or was `sent_back`. One told by its day alone,
    which begins at 0:00, may have been later that day."""
    at: Any = follow_up.get("at")
    if first_closed_at is None or (at is None and follow_up.get("reached") is None):
        return False
    called = moment(at)
    on_that_day = called is not None and called.time() == time() and day(at) == day(first_closed_at)
    return at is None or at >= first_closed_at or sent_back or on_that_day

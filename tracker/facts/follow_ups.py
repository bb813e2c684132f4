"""Follow-ups of a work order, as one."""

from datetime import time
from typing import Any

from tracker.events import Payload
from tracker.facts.fact import to_day, to_moment
from tracker.facts.milestones import get_last, list_unclear


def merge_follow_ups(events: list[Payload]) -> dict[str, Any]:
    """The follow-ups of an order as one: an answer holds until another is given, or is `unclear`; who was
    reached once was reached."""
    merged: dict[str, Any] = {"at": get_last(events).get("at")}
    unclear: set[str] = set()
    for event in events:
        for name in ("reached", "solved", "satisfaction"):
            if name in list_unclear(event):
                merged.pop(name, None)
                unclear.add(name)
            elif event.get(name) is not None and not (name == "reached" and merged.get(name)):
                merged[name] = event[name]
                unclear.discard(name)
    return merged | {"unclear": sorted(unclear)}


def is_after_closing(follow_up: Payload, first_closed_at: Any, sent_back: bool) -> bool:
    """Whether a contact came after the order had been closed, or was `sent_back`. One told by its day alone,
    which begins at 0:00, may have been later that day."""
    at: Any = follow_up.get("at")
    if first_closed_at is None or (at is None and follow_up.get("reached") is None):
        return False
    called = to_moment(at)
    on_that_day = called is not None and called.time() == time() and to_day(at) == to_day(first_closed_at)
    return at is None or at >= first_closed_at or sent_back or on_that_day

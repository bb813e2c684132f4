"""What is told of a work order, milestone by milestone, in the order of time."""

from typing import Any

from tracker.events import Data
from tracker.events.work_orders import WorkOrderMilestoneRetracted
from tracker.facts.fact import Slots, place

MILESTONES = (
    "accepted", "dispatched", "signed", "returned", "reassigned", "extended", "urged", "paused", "resumed",
    "closed", "cancelled", "followed_up", "redone", "undone",
    "assessed",
)  # fmt: skip

_COUNTED = ("returned", "reassigned", "extended", "urged")


def by_milestone(slots: Slots) -> dict[str, list[Data]]:
    """Payloads by milestone, in the order of their times; those without a time come first.

    Where a flow log tells a counted milestone step by step, the export's one statement of it adds none.
    """
    told: dict[str, list[Data]] = {milestone: [] for milestone in MILESTONES}
    for slot in sorted(slots):
        if slots[slot].type != WorkOrderMilestoneRetracted.type:
            told[slot.partition("/")[0]].append(slots[slot].data)
    for milestone, events in told.items():
        events.sort(key=time_of)
        if milestone in _COUNTED:
            told[milestone] = steps_of(events) or events
    return told


def steps_of(events: list[Data]) -> list[Data]:
    """Those that a flow log tells."""
    return [event for event in events if event.get("step") is not None]


def time_of(data: Data) -> tuple[str, int]:
    """Steps of the same moment go by their number."""
    return str(data["at"] or ""), place(data.get("step"))


def last_of(events: list[Data]) -> Data:
    """The last of them; empty where there is none."""
    return events[-1] if events else {}


def unclear_in(data: Data) -> list[str]:
    """The fields of which something stands in the file and was not understood."""
    names: Any = data.get("unclear")
    return names or []

"""What is told of a work order, milestone by milestone, in the order of time."""

from typing import Any

from tracker.events import Payload
from tracker.events.work_orders import WorkOrderMilestoneRetracted
from tracker.facts.fact import Slots, to_place

MILESTONES = (
    "accepted", "dispatched", "signed", "returned", "reassigned", "extended", "urged", "paused", "resumed",
    "closed", "cancelled", "followed_up", "redone", "undone",
    "assessed",
)  # fmt: skip

_COUNTED = ("returned", "reassigned", "extended", "urged")


def group_by_milestone(slots: Slots) -> dict[str, list[Payload]]:
    """Payloads by milestone, in the order of their times; those without a time come first.

    Where a flow log tells a counted milestone step by step, the export's one statement of it adds none.
    """
    milestones: dict[str, list[Payload]] = {milestone: [] for milestone in MILESTONES}
    for slot in sorted(slots):
        if slots[slot].type != WorkOrderMilestoneRetracted.type:
            milestones[slot.partition("/")[0]].append(slots[slot].data)
    for milestone, events in milestones.items():
        events.sort(key=get_time_key)
        if milestone in _COUNTED:
            milestones[milestone] = select_steps(events) or events
    return milestones


def select_steps(events: list[Payload]) -> list[Payload]:
    """Those that a flow log tells."""
    return [event for event in events if event.get("step") is not None]


def get_time_key(data: Payload) -> tuple[str, int]:
    """Steps of the same moment go by their number."""
    return str(data["at"] or ""), to_place(data.get("step"))


def get_last(events: list[Payload]) -> Payload:
    """The last of them; empty where there is none."""
    return events[-1] if events else {}


def list_unclear(data: Payload) -> list[str]:
    """The fields of which something stands in the file and was not understood."""
    names: Any = data.get("unclear")
    return names or []

"""Which fields of a work order its deliveries told."""

from collections.abc import Mapping
from typing import Any

from tracker.events import Payload
from tracker.events.work_orders import LATER
from tracker.facts.fact import Slots, SlotState
from tracker.facts.follow_ups import merge_follow_ups
from tracker.facts.milestones import list_unclear

# Fields that most figures turn on: where one is not told, a row stands in the index of such rows.
DECIDING = (
    "kind", "deadline_at", "closed_at", "followed_up_at", "reached", "solved", "satisfaction",
)  # fmt: skip
STEPS = ("dispatched_at", "signed_at", "returned", "reassigned", "extended", "urged", "redone")
_OF_STEPS = (
    "dispatched_at", "signed_at", "returned", "reassigned", "extended", "urged", "closed_at", "redone",
)  # fmt: skip


def find_delivered_fields(slots: Slots, milestones: Mapping[str, list[Payload]]) -> dict[str, Any]:
    """The fields that some delivery told: of the acceptance, of the export's columns, of a flow log, each by
    an event of its own; with what was not understood as `unclear`."""
    fields: dict[str, Any] = {}
    of_later: set[str] = set()
    for event in milestones["accepted"]:
        fields.update(dict.fromkeys(event))
        tells: Any = event.get("tells")
        of_later.update(LATER if tells is None else tells)
    if any("/" in slot for slot in slots):  # of a flow log
        of_later.update(_OF_STEPS)
    if milestones["closed"]:
        of_later.add("closed_at")
    if milestones["followed_up"]:
        of_later |= {"followed_up_at"}
        of_later -= {"reached", "solved", "satisfaction"}
        of_later.update(name for event in milestones["followed_up"] for name in event)
        if "reached" not in of_later and any(event.get("reached") for event in milestones["followed_up"]):
            of_later.add("reached")
    elif of_later & {"followed_up_at", "reached"}:  # there was none
        of_later |= {"followed_up_at", "reached", "solved", "satisfaction"}
    misread = _list_misread(slots) | set(merge_follow_ups(milestones["followed_up"])["unclear"])
    understood = {name: None for name in (*fields, *of_later) if name not in misread}
    return understood | {
        "unclear": [*misread, *(name for event in milestones["accepted"] for name in list_unclear(event))]
    }


_TOLD_BY = {
    "closed_at": "closed",
    "followed_up_at": "followed_up",
    "reached": "followed_up",
    "solved": "followed_up",
    "satisfaction": "followed_up",
}


def _list_misread(slots: Slots) -> set[str]:
    """What an export's row says of an order's later life and nobody understood, unless something newer tells
    it."""
    found: set[str] = set()
    for slot, accepted in slots.items():
        if slot.partition("/")[0] == "accepted":
            for name in list_unclear(accepted.data):
                newer = (
                    other
                    for slot, other in slots.items()
                    if slot.partition("/")[0] == _TOLD_BY.get(name) and _is_newer(other, accepted)
                )
                if name in _TOLD_BY and not any(newer):
                    found.add(name)
    return found


def _is_newer(one: SlotState, other: SlotState) -> bool:
    return one.as_of is not None and other.as_of is not None and one.as_of > other.as_of

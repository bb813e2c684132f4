"""What an older state of the world says against a newer one: it is a correction, or what was so before.

A period in a file's name says what the file is about, not when it was made: nobody can tell by the file
alone.
"""

from collections.abc import Mapping
from typing import Any

from tracker.events import TYPES
from tracker.events.calls import CallEnded
from tracker.events.payments import PaymentRecorded
from tracker.events.staffing import PersonRostered
from tracker.events.surveys import SurveyAnswered
from tracker.events.work_orders import WorkOrderAccepted, WorkOrderEvent, WorkOrderRedone

Payload = Mapping[str, Any]

_REMARKS = frozenset({"deadline_basis", "pauses_extend", "unclear", "tells"})  # of the reading on a row
_OVER = {  # what was told before, and no more: of things that are over, and of sums
    CallEnded.type: ("answered_at", "queued_at"),
    PaymentRecorded.type: ("paid_on",),
    SurveyAnswered.type: ("aware", "can_use", "satisfied"),
}
_GROWS = {  # is more, or later, as life goes on
    WorkOrderAccepted.type: ("deadline_at",),
    WorkOrderRedone.type: ("times",),
}
_CHANGES = {  # is another as life goes on, and each list has it as it was then
    PersonRostered.type: ("post",),
}


def find_contradiction(type_: str, newer: Payload, older: Payload) -> str | None:
    """The key by which what an older state says cannot be what merely was so before; None: by none."""
    if _is_step(type_):
        first, last = older.get("at"), newer.get("at")
        if first and last and first < last:
            return None  # it happened again since
    grows, changes = _GROWS.get(type_, ()), _CHANGES.get(type_, ())
    for key, older_value in older.items():
        newer_value = newer.get(key)
        if key in _REMARKS or key in changes or older_value is None or older_value == newer_value:
            continue
        if newer_value is None:
            if key in newer and key in _OVER.get(type_, ()):
                return key
        elif not (key in grows and older_value < newer_value):
            return key
    if type_ != CallEnded.type or (older.get("ended_at") is None and newer.get("ended_at")):
        return None  # it was on the line
    emptied = (key for key in _OVER[type_] if key in older and older[key] is None)
    return next((key for key in emptied if newer.get(key) is not None), None)


def _is_step(type_: str) -> bool:
    """Whether an event is a step in the life of an order after it was accepted."""
    return issubclass(TYPES[type_], WorkOrderEvent) and type_ != WorkOrderAccepted.type

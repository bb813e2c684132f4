"""What a later file may not turn unasked: what became of a thing that is over.

A call that ended without an answer was not answered; what was closed or paid too late was too late; a
questionnaire that came back says what it says. Life goes on elsewhere: an open order is closed, a follow-up
is added, a sum that was not paid yet is paid.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from tracker.events.calls import BY_NO_PERSON, CallEnded
from tracker.events.daily_counts import CallInspected, DayCounted
from tracker.events.payments import PaymentRecorded
from tracker.events.surveys import SurveyAnswered
from tracker.events.times import get_day
from tracker.events.work_orders import WorkOrderClosed, WorkOrderFollowedUp

Payload = Mapping[str, Any]


def find_reversal(
    type_: str,
    before: Payload,
    after: Payload,
    known_until: datetime,
    *,
    deadlines: Collection[str],
    closed_again: bool,
) -> str | None:
    """The key of what an event turns of what was told before it; None: of nothing that is over.

    `known_until`: the state of the world that was told of before; `deadlines`: of a work order (ISO);
    `closed_again`: whether it has another closing now."""
    if type_ == WorkOrderClosed.type:
        return _find_closing_reversal(before, after, deadlines)
    if type_ == WorkOrderFollowedUp.type:
        return None if closed_again else _find_follow_up_reversal(before, after)
    found = _TURNED.get(type_)
    return found and found(before, after, known_until)


def _find_call_reversal(before: Payload, after: Payload, known_until: datetime) -> str | None:
    day_after = datetime.fromisoformat(before["entered_at"]) + timedelta(days=1)
    if before.get("ended_at") is None and day_after > known_until:
        return None  # it was on the line when the older list was made
    for key in ("answered_at", "queued_at"):
        if _is_filled(key, before, after):
            return key
    for key in ("answered", "queued"):
        if before.get(key) is False and after.get(key):
            return key
    ended = before.get("outcome"), after.get("outcome")
    return "outcome" if None not in ended and len({*map(_classify_outcome, ended)}) > 1 else None


def _classify_outcome(outcome: Any) -> str:
    """How a call ended, as far as rates tell endings apart."""
    return "no person" if outcome in BY_NO_PERSON else "answered" if outcome == "answered" else "unanswered"


def _find_closing_reversal(before: Payload, after: Payload, deadlines: Collection[str]) -> str | None:
    """A closing after a deadline that would be one before it: what is redone is closed later, not sooner."""
    first, second = before.get("at"), after.get("at")
    return "at" if first and second and any(second <= one < first for one in deadlines) else None


def _find_follow_up_reversal(before: Payload, after: Payload) -> str | None:
    """Another result of the same follow-up; one at another time is another."""
    if before.get("at") != after.get("at"):
        return None
    return _find_difference(("reached", "solved", "satisfaction"), before, after)


def _find_payment_reversal(before: Payload, after: Payload, known_until: datetime) -> str | None:
    if before["due_on"] != after["due_on"]:
        return "due_on"
    due, first, second = before["due_on"], before.get("paid_on"), str(after.get("paid_on") or "")
    last_day = get_day(known_until - timedelta(microseconds=1)).isoformat()
    if first and second and second <= due < first:
        return "paid_on"
    if _is_filled("paid_on", before, after) and due <= last_day and second <= last_day:
        return "paid_on"  # it was said to be overdue, on a day on which it would have been paid
    return None


def _find_questionnaire_reversal(before: Payload, after: Payload, _: datetime) -> str | None:
    keys = ("aware", "can_use", "satisfied")
    return _find_difference(keys, before, after) or next(
        (key for key in keys if _is_filled(key, before, after)), None
    )


def _find_inspection_reversal(before: Payload, after: Payload, _: datetime) -> str | None:
    return _find_difference(("passed",), before, after)


def _find_counts_reversal(before: Payload, after: Payload, _: datetime) -> str | None:
    return _find_difference(("messages", "cases", "visits"), before, after)


_TURNED: Mapping[str, Callable[[Payload, Payload, datetime], str | None]] = {
    CallEnded.type: _find_call_reversal,
    PaymentRecorded.type: _find_payment_reversal,
    SurveyAnswered.type: _find_questionnaire_reversal,
    CallInspected.type: _find_inspection_reversal,
    DayCounted.type: _find_counts_reversal,
}


def _is_filled(key: str, before: Payload, after: Payload) -> bool:
    """Whether a cell that was delivered, understood and empty is filled now."""
    was_delivered = key in before and key not in (before.get("unclear") or ())
    return was_delivered and before[key] is None and after.get(key) is not None


def _find_difference(keys: Collection[str], before: Payload, after: Payload) -> str | None:
    """The first key whose values are both told, and are two."""
    values = ((key, before.get(key), after.get(key)) for key in keys)
    return next((key for key, one, other in values if None not in (one, other) and one != other), None)

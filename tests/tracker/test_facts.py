"""Fact rows as a function of what is told of a thing."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tracker.events import Event
from tracker.events.calls import CallEnded
from tracker.events.times import BEIJING
from tracker.events.work_orders import (
    WorkOrderAccepted,
    WorkOrderCancelled,
    WorkOrderClosed,
    WorkOrderDispatched,
    WorkOrderExtended,
    WorkOrderFollowedUp,
    WorkOrderMilestoneRetracted,
    WorkOrderReassigned,
    WorkOrderRedone,
    WorkOrderReturned,
)
from tracker.facts.calls import CALLS
from tracker.facts.fact import FactTable, SlotState
from tracker.facts.work_orders import WORK_ORDERS


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2023-{text}").replace(tzinfo=BEIJING)


def row(fact: FactTable, *events: Event) -> dict[str, Any]:
    slots = {
        event.slot: SlotState(event.type, n, json.loads(event.text())) for n, event in enumerate(events, 1)
    }
    [values] = fact.rows(slots)
    names = [column.name for column in fact.table.columns][3:]
    return dict(zip(names, values, strict=True))


def call(leg: str | None = None, **told: Any) -> CallEnded:
    times = ("queued_at", "rang_at", "answered_at", "ended_at")
    others = ("talk_ms", "outcome", "agent", "skill_group", "caller", "rating")
    nothing = dict.fromkeys((*times, *others))
    return CallEnded(**{**nothing, "call_id": "1", "leg": leg, "direction": "inbound", **told})


def test_waiting_runs_from_queue_entry_to_answer():
    found = row(CALLS, call(entered_at=at("08-01 09:00:00"), queued_at=at("08-01 09:00:20"),
                            answered_at=at("08-01 09:00:35")))  # fmt: skip
    assert found["wait_ms"] == 15_000


def test_a_call_that_ended_in_the_menu_has_no_wait():
    found = row(CALLS, call(entered_at=at("08-01 09:00:00"), ended_at=at("08-01 09:00:20")))
    assert (found["queued_at"], found["wait_ms"]) == (None, None)


def test_a_call_counts_on_its_beijing_day():
    found = row(CALLS, call(entered_at=datetime.fromisoformat("2023-07-31T16:00:00+00:00")))
    assert found["entered_on"] == "2023-08-01"


@pytest.mark.acceptance(8)
def test_a_transferred_call_is_one_call_with_several_legs():
    """A rings and passes on to B: one offered, one answered, talk of both."""
    found = row(
        CALLS,
        call("1", entered_at=at("08-01 09:00:00"), queued_at=at("08-01 09:00:10"),
             answered_at=at("08-01 09:00:20"), ended_at=at("08-01 09:02:00"), agent="A", talk_ms=100_000),
        call("2", entered_at=at("08-01 09:02:00"), queued_at=at("08-01 09:02:05"),
             answered_at=at("08-01 09:02:09"), ended_at=at("08-01 09:05:00"), agent="B", talk_ms=171_000),
    )  # fmt: skip
    assert (found["legs"], found["agent"], found["wait_ms"], found["talk_ms"]) == (2, "A", 10_000, 271_000)
    assert found["ended_at"] == "2023-08-01T09:05:00+08:00"


def test_ringing_in_vain_before_an_answer_is_no_abandonment():
    found = row(
        CALLS,
        call("1", entered_at=at("08-01 09:00:00"), queued_at=at("08-01 09:00:10"), agent="A",
             outcome="ring_no_answer"),
        call("2", entered_at=at("08-01 09:00:40"), answered_at=at("08-01 09:00:45"), agent="B",
             outcome="answered"),
    )  # fmt: skip
    assert (found["outcome"], found["agent"], found["wait_ms"]) == ("answered", "B", 35_000)


def test_a_call_waited_before_its_first_answer_not_in_the_queue_of_a_later_transfer():
    """How long the first agent let her wait, nobody tells: it is no wait of less than nothing."""
    found = row(
        CALLS,
        call("1", entered_at=at("08-01 09:00:00"), answered_at=at("08-01 09:00:45"), talk_ms=60_000,
             outcome="answered"),
        call("2", entered_at=at("08-01 09:02:00"), queued_at=at("08-01 09:02:05"),
             answered_at=at("08-01 09:02:09"), talk_ms=60_000, outcome="answered"),
    )  # fmt: skip
    assert (found["queued_at"], found["wait_ms"]) == (None, None)
    assert {"queued_at", "wait_ms"} <= set(found["unknown"].split())


def test_the_talk_of_a_call_is_unknown_where_one_of_its_answered_legs_does_not_tell_it():
    first = call("1", entered_at=at("08-01 09:00:00"), queued_at=at("08-01 09:00:00"), outcome="answered",
                 answered_at=at("08-01 09:00:05"), talk_ms=60_000)  # fmt: skip
    second = call("2", entered_at=at("08-01 09:02:00"), queued_at=at("08-01 09:02:00"), outcome="answered",
                  answered_at=at("08-01 09:02:05"))  # fmt: skip
    found = row(CALLS, first, second)
    assert (found["talk_ms"], found["unknown"]) == (None, " talk_ms ")
    rung = replace(second, answered_at=None, outcome="ring_no_answer")
    assert row(CALLS, first, rung)["talk_ms"] == 60_000  # who did not answer did not talk


@pytest.mark.parametrize("names", [{"outcome": "ring_no_answer"}, {"rang_at": at("08-01 09:00:09")}])
def test_whether_a_call_reached_the_queue_is_unknown_where_a_leg_names_the_queue_and_none_its_time(names):
    start = at("08-01 09:00:00")
    leg = call("1", entered_at=start, **{"outcome": "other", **names})
    other = call("2", entered_at=at("08-01 09:01:00"), outcome="other")
    for legs in ([leg], [leg, other], [other, replace(leg, leg="3")]):
        assert "queued_at" in row(CALLS, *legs)["unknown"].split(), legs
    assert "queued_at" not in row(CALLS, other)["unknown"].split()


def test_of_legs_that_began_at_once_the_answered_one_counts_and_numbers_are_no_words():
    start, queued = at("08-01 09:00:00"), at("08-01 09:00:02")
    rung = call("10", entered_at=start, queued_at=queued, agent="A", outcome="ring_no_answer")
    taken = call("9", entered_at=start, queued_at=queued, answered_at=at("08-01 09:00:30"), agent="B",
                 outcome="answered")  # fmt: skip
    assert {
        (row(CALLS, *legs)["agent"], row(CALLS, *legs)["outcome"]) for legs in ((rung, taken), (taken, rung))
    } == {("B", "answered")}
    lost = call("9", entered_at=start, queued_at=queued, agent="B", outcome="queue_abandoned")
    assert row(CALLS, rung, lost)["outcome"] == "ring_no_answer"  # the last leg


def test_a_call_out_never_answers_a_call_in():
    start = at("08-01 09:00:00")
    inbound = call(
        "2", entered_at=start, queued_at=start, outcome="queue_abandoned", ended_at=at("08-01 09:01:00")
    )
    out = replace(
        call("1", entered_at=start, answered_at=at("08-01 09:00:20"), talk_ms=60_000, outcome="answered"),
        direction="outbound",
    )
    found = row(CALLS, inbound, out)
    assert (found["direction"], found["answered_at"], found["outcome"], found["talk_ms"], found["legs"]) == (
        "inbound", None, "queue_abandoned", None, 2,
    )  # fmt: skip


def accepted(**more: Any) -> WorkOrderAccepted:
    told = {"order_id": "1", "at": at("08-01 09:00:00"), "kind": "投诉", "unit": "热线中心"}
    return WorkOrderAccepted(**(told | more))


def test_an_order_closed_at_its_deadline_is_on_time():
    deadline = at("08-08 18:00:00")
    on_time = row(WORK_ORDERS, accepted(deadline_at=deadline), WorkOrderClosed(order_id="1", at=deadline))
    assert on_time["on_time"] is True
    late = row(
        WORK_ORDERS, accepted(deadline_at=deadline), WorkOrderClosed(order_id="1", at=at("08-08 18:00:01"))
    )
    assert late["on_time"] is False


def test_an_extension_moves_the_deadline():
    found = row(
        WORK_ORDERS,
        accepted(deadline_at=at("08-08 18:00:00")),
        WorkOrderExtended(order_id="1", at=at("08-07 10:00:00"), step="1", deadline_at=at("08-15 18:00:00")),
        WorkOrderClosed(order_id="1", at=at("08-14 10:00:00")),
    )
    assert (found["due_on"], found["on_time"], found["extended"]) == ("2023-08-15", True, 1)


def test_an_open_order_is_neither_on_time_nor_late():
    assert row(WORK_ORDERS, accepted(deadline_at=at("08-08 18:00:00")))["on_time"] is None


def test_a_returned_order_belongs_to_the_unit_it_was_handed_to_last():
    found = row(
        WORK_ORDERS,
        accepted(),
        WorkOrderDispatched(order_id="1", at=at("08-01 10:00:00"), unit="市城管局"),
        WorkOrderReturned(order_id="1", at=at("08-02 10:00:00"), step="1", reason="非职责"),
        WorkOrderReassigned(order_id="1", at=at("08-02 11:00:00"), step="1", unit="市水务公司"),
    )
    assert (found["unit"], found["returned"], found["reassigned"]) == ("市水务公司", 1, 1)


def test_an_order_sent_back_after_closing_is_open_until_closed_again():
    events = [
        accepted(),
        WorkOrderClosed(order_id="1", at=at("08-03 10:00:00"), step="1"),
        WorkOrderFollowedUp(order_id="1", at=at("08-04 10:00:00"), reached=True, solved=False),
        WorkOrderRedone(order_id="1", at=at("08-04 11:00:00"), step="1"),
    ]
    assert row(WORK_ORDERS, *events)["closed_at"] is None
    closed_again = WorkOrderClosed(order_id="1", at=at("08-06 10:00:00"), step="2")
    assert row(WORK_ORDERS, *events, closed_again)["closed_at"] == "2023-08-06T10:00:00+08:00"
    assert row(WORK_ORDERS, *events)["redone"] == 1


def test_steps_of_the_same_second_go_by_their_number():
    """Closed, sent back and closed in one second; handed on ten times before."""
    when = at("08-03 10:00:00")
    closing, back = (
        WorkOrderClosed(order_id="1", at=when, step="9"),
        WorkOrderRedone(order_id="1", at=when, step="10"),
    )
    assert row(WORK_ORDERS, accepted(), closing, back)["closed_at"] is None
    again = WorkOrderClosed(order_id="1", at=when, step="11")
    assert row(WORK_ORDERS, accepted(), closing, back, again)["closed_at"] is not None
    handed = [WorkOrderReassigned(order_id="1", at=when, step=str(n), unit=f"第{n}局") for n in range(1, 12)]
    assert row(WORK_ORDERS, accepted(), *handed)["unit"] == "第11局"


def test_a_count_of_redoing_without_times_is_kept():
    assert row(WORK_ORDERS, accepted(), WorkOrderRedone(order_id="1", at=None, times=2))["redone"] == 2


def test_a_milestone_without_the_acceptance_opens_no_order():
    found = row(WORK_ORDERS, WorkOrderClosed(order_id="1", at=at("08-03 10:00:00")))
    assert (found["accepted_on"], found["closed_on"]) == (None, "2023-08-03")


def test_a_retracted_milestone_no_longer_counts():
    retracted = WorkOrderMilestoneRetracted(order_id="1", retracted="closed")
    assert row(WORK_ORDERS, accepted(), retracted)["closed_at"] is None


def test_an_export_and_a_flow_log_of_one_order_tell_one_story():
    """The export has type, deadline and one return; the flow log tells acceptance and return as steps."""
    found = row(
        WORK_ORDERS,
        accepted(deadline_at=at("08-08 18:00:00")),
        WorkOrderReturned(order_id="1", at=at("08-02 10:00:00")),
        WorkOrderAccepted(order_id="1", at=at("08-01 09:00:00"), step="1"),
        WorkOrderReturned(order_id="1", at=at("08-02 10:00:00"), step="1"),
    )
    assert (found["kind"], found["due_on"], found["returned"]) == ("投诉", "2023-08-08", 1)


@pytest.mark.parametrize(
    ("state", "cancelled_at", "closed_at", "cancelled", "lapsed", "unknown"),
    [
        (None, None, None, False, False, []),
        (False, None, "05-03 10:00", False, False, []),
        (True, None, None, True, False, ["cancelled_at"]),
        (True, "05-03 10:00", None, True, True, []),
        (True, "05-09 10:00", None, True, False, []),  # after the deadline: it was overdue by then
        (None, "05-03 10:00", None, True, True, []),
        (True, None, "05-03 10:00", False, False, ["cancelled"]),  # nobody says which came first
        (True, "05-04 10:00", "05-03 10:00", False, False, []),
        (True, "05-03 10:00", "05-04 10:00", True, True, []),
    ],
)
def test_a_cancelled_order_is_neither_open_nor_closed(
    state: bool | None,
    cancelled_at: str | None,
    closed_at: str | None,
    cancelled: bool,
    lapsed: bool,
    unknown: list[str],
):
    deadline = at("05-07 18:00")
    events: list[Event] = [
        WorkOrderAccepted(order_id="1", at=at("05-02 08:00"), cancelled=state, deadline_at=deadline)
    ]
    if cancelled_at:
        events.append(WorkOrderCancelled(order_id="1", at=at(cancelled_at)))
    if closed_at:
        events.append(WorkOrderClosed(order_id="1", at=at(closed_at)))
    found = row(WORK_ORDERS, *events)
    assert (found["cancelled"], found["lapsed"]) == (cancelled, lapsed)
    assert (found["closed_at"] is None) is (cancelled or closed_at is None)
    assert found["unknown"].split() == unknown


def test_an_order_closed_before_it_was_dispatched_does_not_tell_how_long_it_was_handled():
    found = row(
        WORK_ORDERS,
        accepted(),
        WorkOrderDispatched(order_id="1", at=at("08-03 10:00:00"), unit="市城管局"),
        WorkOrderClosed(order_id="1", at=at("08-02 10:00:00")),
    )
    assert found["handling_s"] is None and "handling" in found["unknown"].split()

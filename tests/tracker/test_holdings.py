"""Which unit held an order from when to when, and which one when it fell due."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.test_facts import accepted, at, row
from tracker.events.work_orders import (
    WorkOrderCancelled,
    WorkOrderClosed,
    WorkOrderDispatched,
    WorkOrderEvent,
    WorkOrderReassigned,
    WorkOrderRedone,
    WorkOrderReturned,
)
from tracker.facts.fact import SlotState
from tracker.facts.holdings import ORDER_HOLDINGS
from tracker.facts.work_orders import WORK_ORDERS

DUE = at("05-15 18:00:00")


def step(action: str, when: str | datetime, unit: str | None = None, number: int = 1) -> WorkOrderEvent:
    told: dict[str, Any] = {"order_id": "1", "at": at(when) if isinstance(when, str) else when}
    told["step"] = str(number)
    match action:
        case "派单":
            return WorkOrderDispatched(**told, unit=unit)
        case "改派":
            return WorkOrderReassigned(**told, unit=unit)
        case "退单":
            return WorkOrderReturned(**told)
        case "重办":
            return WorkOrderRedone(**told, unit=unit)
        case "作废":
            return WorkOrderCancelled(**told)
    return WorkOrderClosed(**told)


def holdings(*events: WorkOrderEvent) -> list[tuple[Any, ...]]:
    """(unit, from, until, how it ended)"""
    slots = {
        event.slot: SlotState(event.type, n, json.loads(event.text())) for n, event in enumerate(events, 1)
    }
    return [(unit, since[5:16], until and until[5:16], how)
            for since, _, unit, until, how, _ in ORDER_HOLDINGS.rows(slots)]  # fmt: skip


@pytest.mark.parametrize(
    ("in_charge", "held_by"), [("乙局", "乙局"), ("丁局", "丙局、乙局、甲局"), (None, "丙局、乙局、甲局")]
)
def test_units_that_are_handed_an_order_at_once_hold_it_together_or_the_one_in_charge(
    in_charge: str | None, held_by: str
):
    steps = [step("派单", "05-08 10:00", unit, n) for n, unit in enumerate(("甲局", "乙局", "丙局"))]
    assert holdings(accepted(unit=in_charge), *steps) == [(held_by, "05-08T10:00", None, None)]
    found = row(WORK_ORDERS, accepted(unit=in_charge, deadline_at=DUE), *steps)
    assert (found["unit"], found["due_unit"]) == (held_by, held_by)


def test_a_unit_holds_an_order_until_it_is_returned_handed_on_or_closed():
    assert holdings(
        step("派单", "05-08 10:00", "甲局", 1),
        step("退单", "05-09 10:00", number=2),
        step("改派", "05-10 10:00", "乙局", 3),
        step("改派", "05-11 10:00", "丙局", 4),
        step("办结", "05-12 10:00", number=5),
    ) == [
        ("甲局", "05-08T10:00", "05-09T10:00", "returned"),
        ("乙局", "05-10T10:00", "05-11T10:00", "reassigned"),
        ("丙局", "05-11T10:00", "05-12T10:00", "closed"),
    ]


@pytest.mark.parametrize(("named", "unit"), [("乙局", "乙局"), (None, "甲局")])
def test_an_order_sent_back_is_with_the_unit_named_or_the_one_that_closed_it(named: str | None, unit: str):
    steps = (
        step("派单", "05-08 10:00", "甲局", 1),
        step("办结", "05-09 10:00", number=2),
        step("重办", "05-10 10:00", named, 3),
    )
    assert holdings(*steps)[-1] == (unit, "05-10T10:00", None, None)
    assert row(WORK_ORDERS, accepted(), *steps)["unit"] == unit


def test_an_export_alone_tells_of_no_holding():
    order = (
        accepted(unit="甲局", deadline_at=DUE),
        WorkOrderDispatched(order_id="1", at=at("05-08 10:00")),
        WorkOrderClosed(order_id="1", at=at("05-17 10:00")),
    )
    assert holdings(*order) == []
    assert row(WORK_ORDERS, *order)["due_unit"] == "甲局"


def test_a_closing_that_only_the_export_tells_ends_the_holding():
    closed = WorkOrderClosed(order_id="1", at=at("05-17 10:00"))
    assert holdings(step("派单", "05-08 10:00", "甲局"), closed) == [
        ("甲局", "05-08T10:00", "05-17T10:00", "closed")
    ]


@pytest.mark.parametrize(
    ("steps", "unit"),
    [
        ([("派单", "05-08 10:00", "甲局"), ("改派", "05-15 17:30", "乙局"), ("办结", "05-17 10:00", None)],
         "乙局"),
        ([("派单", "05-08 10:00", "甲局"), ("改派", "05-15 18:30", "乙局"), ("办结", "05-17 10:00", None)],
         "甲局"),
        ([("派单", "05-08 10:00", "甲局"), ("改派", "05-15 18:00", "乙局"), ("办结", "05-17 10:00", None)],
         "甲局"),  # handed on as it fell due
        ([("派单", "05-08 10:00", "甲局"), ("改派", "05-09 00:00", "乙局"), ("办结", "05-09 00:00", None)],
         "乙局"),  # a log that tells days alone
        ([("派单", "05-08 10:00", "甲局"), ("退单", "05-15 17:00", None), ("改派", "05-16 10:00", "乙局"),
          ("办结", "05-17 10:00", None)], None),  # nobody's when it fell due
        ([("派单", "05-16 10:00", "甲局"), ("办结", "05-17 10:00", None)], None),  # dispatched too late
        ([("改派", "05-16 10:00", "甲局"), ("办结", "05-17 10:00", None)], None),  # the log begins late
        ([("派单", "05-08 10:00", "甲局"), ("办结", "05-12 10:00", None), ("重办", "05-16 10:00", "乙局"),
          ("办结", "05-17 10:00", None)], "甲局"),  # sent back after the deadline
        ([("派单", "05-08 10:00", "甲局"), ("办结", "05-09 10:00", None), ("重办", "05-10 10:00", "乙局"),
          ("办结", "05-11 10:00", None)], "乙局"),  # the closing that counts came first
        ([("派单", "05-08 10:00", "甲局")], "甲局"),  # still open
        ([("派单", "05-08 10:00", "甲局"), ("改派", "05-09 10:00", None)], "某局"),  # the export says to whom
    ],
)  # fmt: skip
def test_an_order_counts_for_the_unit_that_held_it_when_it_fell_due_or_was_closed(
    steps: list[tuple[str, str, str | None]], unit: str | None
):
    events = [step(*one, number=n) for n, one in enumerate(steps, 1)]
    told = accepted(unit="某局", deadline_at=DUE)
    assert row(WORK_ORDERS, told, *events)["due_unit"] == unit


ACTIONS = st.tuples(
    st.sampled_from(["派单", "改派", "退单", "办结", "重办", "作废"]),
    st.integers(0, 60),
    st.sampled_from([None, "甲局", "乙局", "丙局"]),
)


@given(st.lists(ACTIONS, max_size=9))
def test_no_two_units_hold_an_order_at_once(drawn: list[tuple[str, int, str | None]]):
    """Holdings follow one another, each named by a step; the order is at most with one of them when due."""
    drawn = sorted(drawn, key=lambda one: one[1])
    begin = at("05-08 10:00")
    events = [
        step(action, begin + timedelta(hours=6 * hours), unit, n)
        for n, (action, hours, unit) in enumerate(drawn, 1)
    ]
    found = holdings(*events)
    for (_, since, until, _), following in zip(found, [*found[1:], None], strict=False):
        assert until is None or since < until
        assert following is None or (until is not None and until <= following[1])
    named = {one[2] for one in drawn if one[2]}
    assert {one for unit, *_ in found if unit for one in unit.split("、")} <= named
    due = row(WORK_ORDERS, accepted(unit="某局", deadline_at=DUE), *events)["due_unit"]
    assert due is None or set(due.split("、")) <= {"某局", *named}
    at_due = [unit for unit, since, until, _ in found
              if since < "05-15T18:00" and (until is None or until > "05-15T18:00")]  # fmt: skip
    if at_due and at_due[0] and not any(action == "办结" for action, *_ in drawn):
        assert due == at_due[0]

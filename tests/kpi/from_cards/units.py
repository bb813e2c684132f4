"""Orders that go from unit to unit: drawn with 改派, and counted unit by unit as the card says."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from tests.kpi.from_cards.centre import Centre, Order
from tests.kpi.from_cards.orders import Known, find_due
from tracker.events.work_orders import (
    WorkOrderCancelled,
    WorkOrderClosed,
    WorkOrderDispatched,
    WorkOrderEvent,
    WorkOrderReassigned,
    WorkOrderRedone,
    WorkOrderReturned,
)
from tracker.periods import Period

UNITS = ("甲局", "乙局", "丙局")


def draw_reassignments(centre: Centre, random: Random) -> None:
    """Hands a part of the orders on once or twice between their other steps, each time to a unit by name."""
    centre.orders = [_hand_on(order, random) for order in centre.orders]


def _hand_on(order: Order, random: Random) -> Order:
    steps = [
        replace(step, unit=random.choice(UNITS)) if isinstance(step, WorkOrderDispatched) else step
        for step in order.steps
    ]
    if steps and isinstance(steps[0], WorkOrderDispatched):
        for number in range(random.choice([0, 0, 1, 2])):
            place = random.choice([n for n in range(1, len(steps) + 1) if _is_open(steps[:n])])
            at = steps[place - 1].at
            assert at is not None
            handed = WorkOrderReassigned(
                order_id=order.accepted.order_id, at=at + timedelta(milliseconds=number + 1),
                step=f"{100 + number}", unit=random.choice(UNITS), reason=None,
            )  # fmt: skip
            steps.insert(place, handed)
    in_order = tuple(sorted(steps, key=lambda step: str(step.at)))
    return Order(order.accepted, in_order, order.assessed)


def _is_open(steps: list[WorkOrderEvent]) -> bool:
    turns = [one for one in steps if isinstance(one, WorkOrderClosed | WorkOrderRedone | WorkOrderCancelled)]
    return not turns or isinstance(turns[-1], WorkOrderRedone)


def on_time_by_unit(centre: Centre, period: Period) -> dict[str | None, tuple[int, int]]:
    """按时办结率（本期应办结）分承办单位：算在到期（先办结的，办结）时持有它的单位名下。"""
    due, kept = Counter[str | None](), Counter[str | None]()
    for one in find_due(centre, period):
        unit = _holder(one)
        due[unit] += 1
        kept[unit] += one.on_time
    return {unit: (kept[unit], number) for unit, number in due.items()}


def _holder(one: Known) -> str | None:
    """None: no unit had it then."""
    assert one.deadline is not None
    if one.first(WorkOrderDispatched) is None:
        return one.order.accepted.unit
    return _held_at(one.order, min(one.deadline, one.closed or one.deadline))


def _held_at(order: Order, at: datetime) -> str | None:
    """退单后没有派给别的单位的，不算任何单位的；退回重办的，回到办结它的单位，看不出的算工单所载的承办单位。"""
    unit = closer = None
    for step in _until(order, at):
        if isinstance(step, WorkOrderDispatched | WorkOrderReassigned):
            unit = step.unit
        elif isinstance(step, WorkOrderReturned | WorkOrderCancelled):
            unit = None
        elif isinstance(step, WorkOrderClosed):
            closer = unit or closer
        elif isinstance(step, WorkOrderRedone):
            unit = closer or order.accepted.unit
    return unit


def _until(order: Order, at: datetime) -> Iterator[WorkOrderEvent]:
    return (step for step in order.steps if step.at is not None and step.at <= at)

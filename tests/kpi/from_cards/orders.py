"""工单: the cards' words about work orders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.kpi.from_cards.centre import KINDS, Centre, Order
from tests.kpi.from_cards.plain import Number, Plain, count, share, within
from tracker.events.work_orders import (
    BY_HOURS,
    WorkOrderCancelled,
    WorkOrderClosed,
    WorkOrderExtended,
    WorkOrderFollowedUp,
    WorkOrderPaused,
    WorkOrderRedone,
)
from tracker.periods import Period


@dataclass(frozen=True)
class Known:
    """What is known of an order now."""

    accepted: datetime
    kind: str | None
    deadline: datetime | None
    closed: datetime | None  # 退回重办而尚未再办结的不算办结
    cancelled: datetime | None  # 办结以后才作废的不算作废
    calls: tuple[WorkOrderFollowedUp, ...]  # times that the citizen was called back

    @property
    def on_time(self) -> bool:
        return self.closed is not None and self.deadline is not None and self.closed <= self.deadline

    @property
    def reached(self) -> bool:
        """回访几次的，联系上过一次就算联系上。"""
        return any(call.reached for call in self.calls)

    @property
    def solved(self) -> bool:
        """以最后一次答复为准。"""
        return self.reached and _last(call.solved for call in self.calls) is True

    @property
    def rating(self) -> str | None:
        """以最后一次评价为准。"""
        rating: str | None = _last(call.satisfaction for call in self.calls)
        return rating


def _known(order: Order) -> Known:
    closed = cancelled = None
    calls = tuple(step for step in order.steps if isinstance(step, WorkOrderFollowedUp))
    for step in order.steps:
        if isinstance(step, WorkOrderClosed):
            closed = step.at
        elif isinstance(step, WorkOrderRedone):
            closed = None
        elif isinstance(step, WorkOrderCancelled) and closed is None:
            cancelled = step.at
    return Known(order.accepted_at, order.accepted.kind, _deadline(order), closed, cancelled, calls)


def _last(said: Iterable[Any]) -> Any:
    return next((one for one in reversed(list(said)) if one is not None), None)


def _deadline(order: Order) -> datetime | None:
    """时限届满前批准延期的，按延期后的时限；规定顺延的，时限按暂停时长顺延。"""
    deadline = order.accepted.deadline_at
    for step, following in pairwise([*order.steps, None]):
        if deadline is None or step is None or step.at is None or step.at > deadline:
            continue
        if isinstance(step, WorkOrderExtended):
            deadline = step.deadline_at
        elif isinstance(step, WorkOrderPaused) and order.accepted.pauses_extend == BY_HOURS:
            paused = following.at - step.at if following and following.at else timedelta()
            deadline += paused
    return deadline


def _accepted(centre: Centre, period: Period) -> list[Known]:
    return [one for one in map(_known, centre.orders) if within(one.accepted, period)]


def _standing(centre: Centre, period: Period) -> list[Known]:
    """本期受理的工单，作废的除外。"""
    return [one for one in _accepted(centre, period) if one.cancelled is None]


def _closed(centre: Centre, period: Period) -> list[Known]:
    """本期受理的工单中现已办结的。"""
    return [one for one in _accepted(centre, period) if one.closed is not None]


def _due(centre: Centre, period: Period) -> list[Known]:
    """办结时限落在本期的工单，含以前受理结转来的；到期以前已作废的除外。"""
    return [
        one
        for one in map(_known, centre.orders)
        if within(one.deadline, period)
        and not (one.cancelled and one.deadline and one.cancelled < one.deadline)
    ]


def _reached(centre: Centre, period: Period) -> list[Known]:
    return [one for one in _accepted(centre, period) if one.reached]


def work_orders_opened(centre: Centre, period: Period) -> Number:
    return count(_accepted(centre, period))


def _of_kind(key: str, kind: str | None) -> Plain:
    def opened(centre: Centre, period: Period) -> Number:
        return count(
            one for one in _accepted(centre, period) if (one.kind == kind if kind else one.kind not in KINDS)
        )

    opened.__name__ = f"work_orders_opened_{key}"
    return opened


def work_orders_closed_in_period(centre: Centre, period: Period) -> Number:
    return count(one for one in map(_known, centre.orders) if within(one.closed, period))


def work_order_closing_rate(centre: Centre, period: Period) -> Number:
    return share(_closed(centre, period), _standing(centre, period))


def work_order_on_time_rate(centre: Centre, period: Period) -> Number:
    due = _due(centre, period)
    return share((one for one in due if one.on_time), due)


def work_order_on_time_of_accepted_rate(centre: Centre, period: Period) -> Number:
    standing = _standing(centre, period)
    return share((one for one in standing if one.on_time), standing)


def work_order_follow_up_rate(centre: Centre, period: Period) -> Number:
    closed = _closed(centre, period)
    return share((one for one in closed if one.calls), closed)


def work_order_reached_rate(centre: Centre, period: Period) -> Number:
    called = [one for one in _closed(centre, period) if one.calls]
    return share((one for one in called if one.reached), called)


def work_order_resolution_rate(centre: Centre, period: Period) -> Number:
    reached = _reached(centre, period)
    return share((one for one in reached if one.solved), reached)


def complaint_resolution_rate(centre: Centre, period: Period) -> Number:
    reached = [one for one in _reached(centre, period) if one.kind == "投诉"]
    return share((one for one in reached if one.solved), reached)


_SATISFIED = ("very_satisfied", "satisfied", "fairly_satisfied")
_DISSATISFIED = ("dissatisfied", "very_dissatisfied")


def work_order_satisfaction_rate(centre: Centre, period: Period) -> Number:
    rated = [one for one in _accepted(centre, period) if one.rating]
    return share((one for one in rated if one.rating in _SATISFIED), rated)


def work_order_satisfaction_of_reached_rate(centre: Centre, period: Period) -> Number:
    reached = _reached(centre, period)
    return share((one for one in reached if one.rating in _SATISFIED), reached)


def work_order_not_dissatisfied_rate(centre: Centre, period: Period) -> Number:
    closed = _closed(centre, period)
    return share((one for one in closed if one.rating not in _DISSATISFIED), closed)


_KEYS: dict[str, str | None] = {
    "consultation": "咨询", "complaint": "投诉", "request": "求助", "suggestion": "建议", "report": "举报",
    "praise": "表扬", "other": None,
}  # fmt: skip

PLAIN: tuple[Plain, ...] = (
    work_orders_opened,
    *(_of_kind(key, kind) for key, kind in _KEYS.items()),
    work_orders_closed_in_period,
    work_order_closing_rate,
    work_order_on_time_rate,
    work_order_on_time_of_accepted_rate,
    work_order_follow_up_rate,
    work_order_reached_rate,
    work_order_resolution_rate,
    complaint_resolution_rate,
    work_order_satisfaction_rate,
    work_order_satisfaction_of_reached_rate,
    work_order_not_dissatisfied_rate,
)

"""工单: the cards' words about work orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.kpi.from_cards.centre import Centre, Order
from tests.kpi.from_cards.plain import Number, Plain, count, share, within
from tracker.events.appeals import ExclusionAppealed
from tracker.events.times import get_day_start
from tracker.events.work_orders import (
    WorkOrderCancelled,
    WorkOrderClosed,
    WorkOrderDispatched,
    WorkOrderEvent,
    WorkOrderExtended,
    WorkOrderFollowedUp,
    WorkOrderPaused,
    WorkOrderRedone,
    WorkOrderReturned,
    WorkOrderSigned,
)
from tracker.periods import Period


@dataclass(frozen=True)
class Known:
    """What is known of an order now."""

    order: Order
    deadline: datetime | None
    closed: datetime | None  # 以最后一次办结为准；退回重办而尚未再办结的不算办结
    first_closed: datetime | None
    cancelled: datetime | None  # 办结以后才作废的不算作废
    calls: tuple[WorkOrderFollowedUp, ...]  # 回访：办结以前联系诉求人的不算
    rating: str | None  # 以最后一次评价为准

    @property
    def accepted(self) -> datetime:
        return self.order.accepted_at

    @property
    def kind(self) -> str | None:
        return self.order.accepted.kind

    @property
    def on_time(self) -> bool:
        return self.closed is not None and self.deadline is not None and self.closed <= self.deadline

    @property
    def reached(self) -> bool:
        """回访几次的，联系上过一次就算联系上。"""
        return any(call.reached for call in self.calls)

    @property
    def solved(self) -> bool | None:
        """以最后一次表态为准；None：没有表态。"""
        solved: bool | None = _last(call.solved for call in self.calls)
        return solved if self.reached else None

    def first(self, milestone: type[WorkOrderEvent]) -> datetime | None:
        """When it first happened."""
        return next((step.at for step in self.order.steps if isinstance(step, milestone)), None)

    def is_open(self, at: datetime) -> bool:
        """再办结以前一直算在办。"""
        over = self.closed or self.cancelled
        return self.accepted < at and (over is None or over >= at)


def _known(order: Order) -> Known:
    closed = first_closed = cancelled = None
    calls = []
    for step in order.steps:
        if isinstance(step, WorkOrderClosed):
            closed, first_closed = step.at, first_closed or step.at
        elif isinstance(step, WorkOrderRedone):
            closed = None
        elif isinstance(step, WorkOrderCancelled) and closed is None:
            cancelled = step.at
        elif isinstance(step, WorkOrderFollowedUp) and first_closed is not None:
            calls.append(step)
    ratings = (step.satisfaction for step in order.steps if isinstance(step, WorkOrderFollowedUp))
    return Known(order, _deadline(order), closed, first_closed, cancelled, tuple(calls), _last(ratings))


def _last(said: Iterable[Any]) -> Any:
    return next((one for one in reversed(list(said)) if one is not None), None)


def _deadline(order: Order) -> datetime | None:
    """时限届满前批准延期的，按延期后的时限；规定顺延的，时限按暂停时长顺延。

    届满后才批准的不算，除非到期时已经办结、以后退回重办。
    """
    deadline = order.accepted.deadline_at
    for number, step in enumerate(order.steps):
        if deadline is None or step.at is None:
            continue
        if isinstance(step, WorkOrderExtended):
            if step.at <= deadline or _was_closed(order.steps[:number], deadline):
                deadline = step.deadline_at
        elif isinstance(step, WorkOrderPaused) and order.accepted.pauses_extend and step.at <= deadline:
            deadline += (order.steps[number + 1].at or step.at) - step.at
    return deadline


def _was_closed(steps: Sequence[WorkOrderEvent], at: datetime) -> bool:
    """Whether an order that is open now was closed at a moment."""
    turns = [step for step in steps if isinstance(step, WorkOrderClosed | WorkOrderRedone)]
    before = [step for step in turns if step.at is not None and step.at <= at]
    return bool(before) and isinstance(before[-1], WorkOrderClosed) and isinstance(turns[-1], WorkOrderRedone)


def _accepted(centre: Centre, period: Period) -> list[Known]:
    return [one for one in map(_known, centre.orders) if within(one.accepted, period)]


def _standing(centre: Centre, period: Period) -> list[Known]:
    """本期受理的工单，作废的除外。"""
    return [one for one in _accepted(centre, period) if one.cancelled is None]


def _closed(centre: Centre, period: Period) -> list[Known]:
    """本期受理的工单中现已办结的。"""
    return [one for one in _accepted(centre, period) if one.closed is not None]


def find_due(centre: Centre, period: Period) -> list[Known]:
    """办结时限落在本期的工单，含以前受理结转来的；到期以前已作废的除外。"""
    return [
        one
        for one in map(_known, centre.orders)
        if within(one.deadline, period)
        and not (one.cancelled and one.deadline and one.cancelled < one.deadline)
    ]


def _dispatched(orders: list[Known]) -> list[Known]:
    """没有派单时间的（直接办结的）不算。"""
    return [one for one in orders if one.first(WorkOrderDispatched)]


def work_orders_opened(centre: Centre, period: Period) -> Number:
    return count(_accepted(centre, period))


def work_orders_closed_in_period(centre: Centre, period: Period) -> Number:
    return count(one for one in map(_known, centre.orders) if within(one.closed, period))


def work_order_closing_rate(centre: Centre, period: Period) -> Number:
    return share(_closed(centre, period), _standing(centre, period))


def work_order_on_time_rate(centre: Centre, period: Period) -> Number:
    due = find_due(centre, period)
    return share((one for one in due if one.on_time), due)


def work_order_on_time_of_dispatched_rate(centre: Centre, period: Period) -> Number:
    due = _dispatched(find_due(centre, period))
    return share((one for one in due if one.on_time), due)


def work_order_answered_directly_rate(centre: Centre, period: Period) -> Number:
    standing = _standing(centre, period)
    direct = [one for one in standing if one.closed and not one.first(WorkOrderDispatched)]
    return share(direct, standing)


def work_order_on_time_of_accepted_rate(centre: Centre, period: Period) -> Number:
    dated = [one for one in _standing(centre, period) if one.deadline]
    return share((one for one in dated if one.on_time), dated)


def work_order_undated_rate(centre: Centre, period: Period) -> Number:
    standing = _standing(centre, period)
    return share((one for one in standing if one.deadline is None), standing)


def work_order_follow_up_rate(centre: Centre, period: Period) -> Number:
    closed = _closed(centre, period)
    return share((one for one in closed if one.calls), closed)


def work_order_reached_rate(centre: Centre, period: Period) -> Number:
    called = [one for one in _closed(centre, period) if one.calls]
    return share((one for one in called if one.reached), called)


def _resolution(orders: list[Known]) -> Number:
    """退回重办而尚未再办结的在分母里，不算解决；没有表态的不算。"""
    told = [one for one in orders if one.solved is not None]
    return share((one for one in told if one.solved and one.closed), told)


def work_order_resolution_rate(centre: Centre, period: Period) -> Number:
    return _resolution(_accepted(centre, period))


def complaint_resolution_rate(centre: Centre, period: Period) -> Number:
    return _resolution([one for one in _accepted(centre, period) if one.kind == "投诉"])


def work_order_satisfaction_rate(centre: Centre, period: Period) -> Number:
    rated = [one for one in _accepted(centre, period) if one.rating]
    satisfied = ("very_satisfied", "satisfied", "fairly_satisfied")
    return share((one for one in rated if one.rating in satisfied), rated)


def _open(centre: Centre, period: Period) -> list[Known]:
    """期末还没有办结也没有作废的工单，不论何时受理。"""
    return [one for one in map(_known, centre.orders) if one.is_open(get_day_start(period.end_day))]


def work_orders_open_at_end(centre: Centre, period: Period) -> Number:
    return count(_open(centre, period))


def work_orders_overdue_at_end(centre: Centre, period: Period) -> Number:
    end = get_day_start(period.end_day)
    return count(one for one in _open(centre, period) if one.deadline and one.deadline < end)


def _handling(centre: Centre, period: Period) -> list[timedelta]:
    """从首次派单到最后一次办结。"""
    return [
        one.closed - dispatched
        for one in _closed(centre, period)
        if one.closed and (dispatched := one.first(WorkOrderDispatched))
    ]


def work_order_median_handling(centre: Centre, period: Period) -> Number | None:
    """由短到长排列，正中的一件，或两件之和（小时）；少于5件的不取。"""
    spans = sorted(_handling(centre, period))
    half = len(spans) // 2
    middle = spans[half : half + 1] if len(spans) % 2 else spans[half - 1 : half + 1]
    hours = sum(middle, timedelta()) / timedelta(hours=1)
    return Number(Fraction(round(hours * 3600), 3600), Fraction(len(middle))) if len(spans) >= 5 else None


def work_order_mean_handling(centre: Centre, period: Period) -> Number:
    """（小时）。"""
    spans = _handling(centre, period)
    seconds = sum(spans, timedelta()) // timedelta(seconds=1)
    return Number(Fraction(seconds, 3600), Fraction(len(spans)))


def work_order_signed_in_time_rate(centre: Centre, period: Period) -> Number:
    """看首次派单和首次签收：派单后24小时内（含）。"""
    dispatched = _dispatched(_accepted(centre, period))
    within_a_day = [
        one
        for one in dispatched
        if (signed := one.first(WorkOrderSigned))
        and (sent := one.first(WorkOrderDispatched))
        and signed - sent <= timedelta(hours=24)
    ]
    return share(within_a_day, dispatched)


def work_order_returned_rate(centre: Centre, period: Period) -> Number:
    dispatched = _dispatched(_accepted(centre, period))
    return share((one for one in dispatched if one.first(WorkOrderReturned)), dispatched)


def work_order_redone_rate(centre: Centre, period: Period) -> Number:
    """退回重办而尚未再办结的也在内。"""
    closed = [one for one in _accepted(centre, period) if one.first_closed]
    return share((one for one in closed if one.first(WorkOrderRedone)), closed)


def work_order_extended_rate(centre: Centre, period: Period) -> Number:
    due = find_due(centre, period)
    return share((one for one in due if one.first(WorkOrderExtended)), due)


def work_order_first_pass_rate(centre: Centre, period: Period) -> Number:
    due = find_due(centre, period)
    return share((one for one in due if one.on_time and not one.first(WorkOrderRedone)), due)


def _pass_rate(centre: Centre, period: Period, fewest: int, most: int) -> Number:
    """按时办结且退回重办过几次。"""
    due = find_due(centre, period)
    times = [(one, sum(isinstance(step, WorkOrderRedone) for step in one.order.steps)) for one in due]
    return share((one for one, redone in times if one.on_time and fewest <= redone <= most), due)


def work_order_second_pass_rate(centre: Centre, period: Period) -> Number:
    return _pass_rate(centre, period, 1, 1)


def work_order_third_pass_rate(centre: Centre, period: Period) -> Number:
    return _pass_rate(centre, period, 2, 2)


def work_order_later_pass_rate(centre: Centre, period: Period) -> Number:
    return _pass_rate(centre, period, 3, 99)


def work_order_overtime_ratio(centre: Centre, period: Period) -> Number:
    """（秒）超时而还没有办结的不算，时限早于受理的不算。"""
    over = allowed = timedelta()
    for one in find_due(centre, period):
        if one.closed and one.deadline and one.closed > one.deadline >= one.accepted:
            over += one.closed - one.deadline
            allowed += one.deadline - one.accepted
    seconds = [Fraction(time // timedelta(milliseconds=1), 1000) for time in (over, allowed)]
    return Number(*seconds)


def work_order_response_rate(centre: Centre, period: Period) -> Number:
    """诉求人说了联系过没有的；未表态的不算。"""
    reached = [one for one in _closed(centre, period) if one.reached]
    asked = [one for one in reached if one.order.assessed.contacted is not None]
    return share((one for one in asked if one.order.assessed.contacted), asked)


_GOOD = ("very_satisfied", "satisfied", "fairly_satisfied")


def _satisfaction(ratings: Iterable[str | None]) -> Number:
    rated = [one for one in ratings if one]
    return share((one for one in rated if one in _GOOD), rated)


def work_order_attitude_satisfaction_rate(centre: Centre, period: Period) -> Number:
    return _satisfaction(one.order.assessed.attitude for one in _accepted(centre, period))


def work_order_process_satisfaction_rate(centre: Centre, period: Period) -> Number:
    return _satisfaction(one.order.assessed.process for one in _accepted(centre, period))


def work_order_replied_in_time_rate(centre: Centre, period: Period) -> Number:
    """作废的除外。"""
    due = [
        one.order.assessed
        for one in map(_known, centre.orders)
        if within(one.order.assessed.sub_reply_due_at, period) and one.cancelled is None
    ]
    replies = ((one.sub_replied_at, one.sub_reply_due_at) for one in due)
    return share((at for at, until in replies if at and until and at <= until), due)


def work_order_returned_late_rate(centre: Centre, period: Period) -> Number:
    """看首次退单。"""
    returned = [
        (at, until)
        for one in _dispatched(_accepted(centre, period))
        if (at := one.first(WorkOrderReturned)) and (until := one.order.assessed.return_due_at)
    ]
    return share((at for at, until in returned if at > until), returned)


def cancelled(centre: Centre, period: Period) -> int:
    """作废的工单，按作废日期。"""
    return sum(within(one.cancelled, period) for one in map(_known, centre.orders))


def work_orders_excluded(centre: Centre, period: Period) -> Number:
    """有一次同意就算一件；一张工单同一天几次申诉的，以后一次为准。"""
    told = {(one.order_id, one.asked_on): one for one in centre.appeals}
    granted: dict[str, ExclusionAppealed] = {}
    for _, one in sorted(told.items()):
        if one.granted:
            granted.setdefault(one.order_id, one)
    return count(one for one in granted.values() if within(one.decided_on, period))


def work_orders_hung_in_period(centre: Centre, period: Period) -> Number:
    """作废的除外。"""
    orders = (one for one in map(_known, centre.orders) if one.cancelled is None)
    return count(one for one in orders if within(one.order.assessed.hung_at, period))


def work_order_hung_rate(centre: Centre, period: Period) -> Number:
    orders = _dispatched(_standing(centre, period))
    return share((one for one in orders if one.order.assessed.hung_at), orders)


def work_order_repeated_rate(centre: Centre, period: Period) -> Number:
    orders = _standing(centre, period)
    return share((one for one in orders if one.order.assessed.repeated), orders)


def work_order_merged_rate(centre: Centre, period: Period) -> Number:
    orders = _standing(centre, period)
    return share((one for one in orders if one.order.assessed.main_order), orders)


def work_order_urged_by_citizens_rate(centre: Centre, period: Period) -> Number:
    orders = _standing(centre, period)
    return share((one for one in orders if one.order.assessed.urging_order), orders)


PLAIN: tuple[Plain, ...] = (
    work_orders_hung_in_period,
    work_order_hung_rate,
    work_order_repeated_rate,
    work_order_merged_rate,
    work_order_urged_by_citizens_rate,
    work_orders_excluded,
    work_orders_opened,
    work_orders_closed_in_period,
    work_order_closing_rate,
    work_order_on_time_rate,
    work_order_on_time_of_dispatched_rate,
    work_order_answered_directly_rate,
    work_order_on_time_of_accepted_rate,
    work_order_undated_rate,
    work_order_follow_up_rate,
    work_order_reached_rate,
    work_order_resolution_rate,
    complaint_resolution_rate,
    work_order_satisfaction_rate,
    work_orders_open_at_end,
    work_orders_overdue_at_end,
    work_order_mean_handling,
    work_order_median_handling,
    work_order_signed_in_time_rate,
    work_order_returned_rate,
    work_order_redone_rate,
    work_order_extended_rate,
    work_order_first_pass_rate,
    work_order_second_pass_rate,
    work_order_third_pass_rate,
    work_order_later_pass_rate,
    work_order_overtime_ratio,
    work_order_response_rate,
    work_order_attitude_satisfaction_rate,
    work_order_process_satisfaction_rate,
    work_order_replied_in_time_rate,
    work_order_returned_late_rate,
)

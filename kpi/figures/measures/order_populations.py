"""Work orders as rows to count: by the day of acceptance, deadline or closing, and open at a month's end."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.population import Population, months
from tracker.events.work_orders import SATISFACTION
from tracker.facts.deliveries import deliveries
from tracker.facts.work_orders import work_orders

_COLUMNS = (
    ("受理时间", work_orders.c.accepted_at),
    ("诉求类型", work_orders.c.kind),
    ("诉求分类", work_orders.c.topic),
    ("承办单位", work_orders.c.unit),
    ("办结时限", work_orders.c.deadline_at),
    ("办结时间", work_orders.c.closed_at),
    ("按时", work_orders.c.on_time),
    ("回访时间", work_orders.c.followed_up_at),
    ("联系上", work_orders.c.reached),
    ("解决", work_orders.c.solved),
    ("满意度", work_orders.c.satisfaction),
)


def _to_month_number(day: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A number that grows with the month of a day."""
    return sa.extract("year", day) * 12 + sa.extract("month", day)


_days = sa.select(work_orders.c.center_id, work_orders.c.accepted_on).distinct().subquery("days_of_orders")
_in_its_month = _to_month_number(deliveries.c.first_day) <= _to_month_number(_days.c.accepted_on)
_goes_on = _to_month_number(deliveries.c.last_day) > _to_month_number(_days.c.accepted_on)
_latest_deliveries = (  # materialized: a plan that expects few orders makes it anew for each of them
    sa.select(
        _days.c.center_id,
        _days.c.accepted_on,
        sa.func.max(deliveries.c.as_of, type_=deliveries.c.as_of.type).label("last"),
    )
    .select_from(_days)
    .join(
        deliveries,
        sa.and_(
            deliveries.c.center_id == _days.c.center_id,
            deliveries.c.source == "work_orders",
            deliveries.c.voided.is_(False),
            deliveries.c.last_day >= _days.c.accepted_on,
            sa.or_(deliveries.c.first_day <= _days.c.accepted_on, sa.and_(_in_its_month, _goes_on)),
        ),
    )
    .group_by(_days.c.center_id, _days.c.accepted_on)
    .cte("last_told")
    .prefix_with("MATERIALIZED")
)
ORDERS = work_orders.outerjoin(
    _latest_deliveries,
    sa.and_(
        _latest_deliveries.c.center_id == work_orders.c.center_id,
        _latest_deliveries.c.accepted_on == work_orders.c.accepted_on,
    ),
)


def is_reported_after(at: Any) -> sa.ColumnElement[bool]:
    """Whether a delivery of a later state of the world would have told what had become of an order by then.

    That is one of orders accepted from before its day on to after it; or from some day of its month, or an
    earlier one, on to a later month: then it is no export of a single month, and has old orders that changed.
    """
    return sa.func.coalesce(_latest_deliveries.c.last >= at, sa.false())


def _place(key: str, title: str, day: sa.Column[Any], *more: tuple[str, sa.Column[Any]]) -> Population:
    accepted_on = work_orders.c.accepted_on
    return Population(
        key=key, title=title, rows=work_orders if day is accepted_on else ORDERS, of=work_orders, day=day,
        columns=(*_COLUMNS, *more), source="work_orders", facts=("work_orders",),
        words={"满意度": SATISFACTION}, rolled=True, since=accepted_on, carried=day is not accepted_on,
    )  # fmt: skip


ACCEPTED = _place("orders_accepted", "一张工单，按受理日", work_orders.c.accepted_on)
_PAUSED = (("暂停次数", work_orders.c.paused), ("暂停顺延时限", work_orders.c.prolonged))
DUE = _place(
    "orders_due", "一张工单，按办结时限所在日", work_orders.c.due_on,
    ("到期时的承办单位", work_orders.c.due_unit), *_PAUSED,
)  # fmt: skip
FIRST_DUE = replace(
    _place("orders_first_due", "一张工单，按最初的办结时限所在日", work_orders.c.first_due_on, *_PAUSED),
    rolled=False, regrouped=True,
)  # fmt: skip
LAST_DUE = replace(
    _place(
        "orders_last_due", "一张工单，按最后的办结时限所在日", work_orders.c.last_due_on,
        ("到期时的承办单位", work_orders.c.last_due_unit), *_PAUSED,
    ),
    rolled=False, regrouped=True,
)  # fmt: skip
CLOSED = _place("orders_closed", "一张工单，按办结日", work_orders.c.closed_on)


def _to_day_end(day: Any) -> sa.ColumnElement[Any]:
    """The moment at which the day before `day` is over."""
    return sa.func.timezone("Asia/Shanghai", sa.cast(day, sa.TIMESTAMP))


end_of_month = _to_day_end(months.c.end_day)
open_then = sa.and_(
    sa.or_(work_orders.c.closed_at.is_(None), work_orders.c.closed_at >= end_of_month),
    sa.or_(work_orders.c.cancelled.is_(False), work_orders.c.cancelled_at >= end_of_month),
)
OPEN = Population(
    key="orders_open", title="一张月末在办的工单，按月份", of=work_orders, day=months.c.last_day,
    rows=ORDERS.join(months, sa.and_(work_orders.c.accepted_at < end_of_month, open_then)),
    columns=_COLUMNS, source="work_orders", facts=("work_orders",), words={"满意度": SATISFACTION},
    carried=True, regrouped=True, by_month=True,
)  # fmt: skip

POPULATIONS = (ACCEPTED, DUE, FIRST_DUE, LAST_DUE, CLOSED, OPEN)

UNITS = {  # population → the unit that its orders count for: of those due, the one that had them then
    one.key: {DUE: work_orders.c.due_unit, LAST_DUE: work_orders.c.last_due_unit}.get(one, work_orders.c.unit)
    for one in POPULATIONS
}

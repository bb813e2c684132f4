"""Measures of the marks that an order bears: hung up with leave, merged, repeated, urged, assisted in."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.util import ClauseAdapter

from kpi.figures.measures import work_orders as base
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.order_populations import ORDERS
from kpi.figures.measures.population import Population
from tracker.facts.order_assessments import order_assessments
from tracker.facts.work_orders import work_orders

_FIELDS = ("role", "main_order", "hung_at", "repeated", "urging_order")
_untold = sa.func.coalesce(order_assessments.c.unknown, f" {' '.join(_FIELDS)} ")
_last_told = ORDERS.right.c.last
MARKED = (
    sa.select(
        *(column for column in work_orders.c if column.name != "unknown"),
        *(order_assessments.c[name] for name in (*_FIELDS, "hung_on")),
        _last_told,
        (work_orders.c.unknown + _untold).label("unknown"),
    )
    .select_from(
        ORDERS.outerjoin(
            order_assessments,
            sa.and_(
                order_assessments.c.center_id == work_orders.c.center_id,
                order_assessments.c.subject == work_orders.c.subject,
            ),
        )
    )
    .subquery("marked_orders")
)
"""Each order with its marks; what its table does not have, nobody knows."""

_adapter = ClauseAdapter(MARKED)
_one = MARKED.c


_COLUMNS = (
    ("受理时间", _one.accepted_at), ("承办单位", _one.unit), ("工单性质", _one.role),
    ("原工单编号", _one.main_order), ("是否重复", _one.repeated), ("催办单号", _one.urging_order),
    ("挂账时间", _one.hung_at), ("办结时限", _one.deadline_at), ("办结时间", _one.closed_at),
    ("按时", _one.on_time),
)  # fmt: skip


def _mark(key: str, title: str, day: sa.ColumnElement[Any]) -> Population:
    """Orders with their marks."""
    return Population(
        key=key, title=title, rows=MARKED, of=MARKED, day=day, columns=_COLUMNS, source="work_orders",
        facts=("work_orders", "order_assessments"), regrouped=True, since=_one.accepted_on,
        carried=day is not _one.accepted_on, suspects=sa.select(work_orders.c.center_id),
    )  # fmt: skip


ACCEPTED = _mark("orders_accepted_marked", "一张工单和它的标记，按受理日", _one.accepted_on)
DUE = _mark("orders_due_marked", "一张工单和它的标记，按办结时限所在日", _one.due_on)
HUNG = _mark("orders_hung", "一张工单，按挂账日", _one.hung_on)

POPULATIONS = (ACCEPTED, DUE, HUNG)

_not_cancelled = _one.cancelled.is_(False)
_dispatched = sa.and_(_not_cancelled, _one.dispatched_at.is_not(None))
_hung = _one.hung_at.is_not(None)


def _count(
    key: str, title: str, about: str, where: Any, among: Population = ACCEPTED, **more: Any
) -> Measure:
    return Measure(
        key=f"work_orders_{key}", title=title, unit="件", about=about, among=among, where=where, **more
    )


def _leave_out(gross: Measure, key: str, word: str, kept: sa.ColumnElement[bool]) -> Measure:
    """A measure of the orders due, less those with a mark."""

    def narrow(condition: Any) -> Any:
        return None if condition is None else sa.and_(_adapter.traverse(condition), kept)

    return replace(
        gross,
        key=f"{gross.key}_less_{key}",
        title=f"{gross.title}，{word}的除外",
        about=f"{gross.about}{word}的不算。",
        among=DUE,
        where=narrow(gross.where),
        unsettled=narrow(gross.unsettled),
        on_demand=True,
    )


LEFT_OUT = (
    ("assisting", "协办", sa.func.coalesce(_one.role != "协办", sa.true())),
    ("merged", "并单", _one.main_order.is_(None)),
    ("hung", "挂账", _one.hung_at.is_(None)),
)
_OF_DUE = tuple(
    one for one in base.MEASURES if one.key in ("work_orders_due", "work_orders_due_closed_on_time")
)

MEASURES = (
    _count("accepted_marked", "受理的工单（含标记）", "本期受理、没有作废的工单。", _not_cancelled),
    _count("dispatched_marked", "派单的工单（含标记）", "本期受理并派单、没有作废的工单。", _dispatched),
    _count("hung", "挂账的工单", "本期受理并派单、没有作废、挂账过的工单，不论何时挂账。",
           sa.and_(_dispatched, _hung)),
    _count("hung_in_period", "本期挂账的工单", "挂账时间落在本期的工单，不论何时受理；作废的除外。",
           sa.and_(_not_cancelled, _hung), HUNG),
    _count("repeated", "重复的工单", "本期受理、没有作废，工单表写明是重复诉求的工单。",
           sa.and_(_not_cancelled, _one.repeated.is_(True))),
    _count("merged", "并单的工单", "本期受理、没有作废，写有原工单编号（旧工单号、主工单号）的工单。",
           sa.and_(_not_cancelled, _one.main_order.is_not(None))),
    _count("urged_by_citizens", "催办过的工单", "本期受理、没有作废，写有催办单号的工单；催办几次算一件。",
           sa.and_(_not_cancelled, _one.urging_order.is_not(None))),
    *(_leave_out(gross, *mark) for mark in LEFT_OUT for gross in _OF_DUE),
)  # fmt: skip

"""Measures of what work orders are assessed by beside their milestones: whether citizens were contacted, how
they found the handling, whether second-level units replied in time."""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population
from tracker.events.work_orders import SATISFACTION
from tracker.facts.order_assessments import FIELDS, order_assessments
from tracker.facts.work_orders import work_orders

_UNTOLD = f" {' '.join(one for one in FIELDS if one != 'part_solved')} returned_at "
_lacking = sa.func.coalesce(order_assessments.c.unknown, _UNTOLD)
_FROM_ORDERS = (
    "center_id", "subject", "seq", "kind", "unit", "accepted_at", "accepted_on", "dispatched_at",
    "signed_at", "closed_at", "cancelled", "called_back", "reached", "solved", "returned", "untold",
)  # fmt: skip
_OWN = (
    "contacted", "part_solved", "attitude", "process", "first_satisfaction", "sign_due_at", "return_due_at",
    "returned_at", "sub_unit", "sub_signed_at", "sub_replied_at", "sub_reply_due_at", "sub_reply_due_on",
)  # fmt: skip
ASSESSED = (
    sa.select(
        *(work_orders.c[name] for name in _FROM_ORDERS),
        *(order_assessments.c[name] for name in _OWN),
        sa.func.coalesce(
            order_assessments.c.told_at >= order_assessments.c.sub_reply_due_at, sa.false()
        ).label("told_after_reply_due"),
        (work_orders.c.unknown + _lacking).label("unknown"),
    )
    .select_from(
        work_orders.outerjoin(
            order_assessments,
            sa.and_(
                order_assessments.c.center_id == work_orders.c.center_id,
                order_assessments.c.subject == work_orders.c.subject,
            ),
        )
    )
    .subquery("assessed_orders")
)
"""Each order with what it is assessed by; what its table does not have, nobody knows."""


def _assessed(key: str, title: str, day: sa.ColumnElement[Any]) -> Population:
    own = ASSESSED.c
    return Population(
        key=key, title=title, rows=ASSESSED, of=ASSESSED, day=day,
        columns=(
            ("受理时间", own.accepted_at), ("承办单位", own.unit), ("办结时间", own.closed_at),
            ("联系上", own.reached), ("解决", own.solved), ("部分解决", own.part_solved),
            ("单位联系过", own.contacted), ("服务态度", own.attitude), ("办理过程", own.process),
            ("退单时间", own.returned_at), ("退单截止", own.return_due_at), ("二级单位", own.sub_unit),
            ("二级反馈截止", own.sub_reply_due_at), ("二级反馈", own.sub_replied_at),
        ),
        source="work_orders", facts=("work_orders", "order_assessments"),
        words={"服务态度": SATISFACTION, "办理过程": SATISFACTION}, regrouped=True, since=own.accepted_on,
        carried=day is not own.accepted_on, suspects=sa.select(work_orders.c.center_id),
    )  # fmt: skip


ACCEPTED = _assessed("orders_assessed", "一张工单，按受理日", ASSESSED.c.accepted_on)
REPLY_DUE = _assessed("orders_reply_due", "一张工单，按二级反馈截止日", ASSESSED.c.sub_reply_due_on)

POPULATIONS = (ACCEPTED, REPLY_DUE)

_one = ASSESSED.c
_closed = _one.closed_at.is_not(None)
_reached = sa.and_(_closed, _one.called_back.is_(True), _one.reached.is_(True))
_contacted = sa.and_(_reached, _one.contacted.is_(True))
_satisfied = ("very_satisfied", "satisfied", "fairly_satisfied")
_answered = sa.and_(_one.called_back.is_(True), _one.reached.is_(True), _one.solved.is_not(None))
_reply_due = sa.and_(_one.cancelled.is_(False), _one.sub_reply_due_at.is_not(None))
_sent_back = sa.and_(
    _one.dispatched_at.is_not(None), _one.returned > 0, _one.returned_at.is_not(None),
    _one.return_due_at.is_not(None),
)  # fmt: skip
_sign_due = sa.and_(_one.dispatched_at.is_not(None), _one.sign_due_at.is_not(None))


def _count(key: str, title: str, about: str, where: sa.ColumnElement[bool], **more: Any) -> Measure:
    return Measure(
        key=f"work_orders_{key}", title=title, unit="件", about=about, among=ACCEPTED, where=where, **more
    )


MEASURES = (
    _count("response_asked", "回访问到单位是否联系的工单",
           "本期受理、办结后回访联系上，诉求人说了单位联系过没有的工单；未表态的不算。",
           sa.and_(_reached, _one.contacted.is_not(None))),
    _count("responded", "单位联系过诉求人的工单",
           "本期受理、办结后回访联系上，诉求人说单位联系过的工单。", _contacted),
    _count("response_reached", "回访联系上的工单（响应率）",
           "本期受理、办结后回访联系上诉求人的工单，未表态的也在内。", _reached, on_demand=True),
    _count("response_closed", "已办结的工单（响应率）",
           "本期受理的工单中现已办结的，没有回访的也在内。", _closed, on_demand=True),
    _count("answered_with_part", "回访表态的工单（含部分解决）",
           "本期受理、办结后回访联系上，诉求人说了解决、部分解决或没有解决的工单。",
           _answered, on_demand=True),
    _count("solved_or_part", "回访确认解决或部分解决的工单",
           "本期受理、现已办结，回访时诉求人说已解决或部分解决的工单。",
           sa.and_(_answered, _closed, sa.or_(_one.solved.is_(True), _one.part_solved.is_(True))),
           on_demand=True),
    *(
        measure
        for name, title, column in (
            ("attitude", "服务态度", _one.attitude), ("process", "办理过程", _one.process),
        )
        for measure in (
            _count(f"{name}_rated", f"有{title}评价的工单", f"本期受理的工单中，诉求人评价了{title}的。",
                   column.is_not(None)),
            _count(f"{name}_satisfied", f"{title}满意的工单",
                   f"本期受理的工单中，诉求人对{title}评价为非常满意、满意或基本满意的。",
                   column.in_(_satisfied)),
        )
    ),
    _count("sign_due", "有签收时限的派单工单", "本期受理并派单、写有签收截止时间的工单。", _sign_due,
           on_demand=True),
    _count("signed_by_deadline", "签收截止时间前签收的工单",
           "本期受理并派单、签收不晚于签收截止时间的工单。",
           sa.and_(_sign_due, _one.signed_at <= _one.sign_due_at), on_demand=True),
    _count("returned_dated", "有退单时限的退单", "本期受理并派单、退回过并写有退单截止时间的工单。",
           _sent_back),
    _count("returned_late", "超过退单时限的退单",
           "本期受理并派单、首次退单晚于退单截止时间的工单。",
           sa.and_(_sent_back, _one.returned_at > _one.return_due_at)),
    Measure(
        key="work_orders_reply_due", title="应反馈的工单", unit="件", among=REPLY_DUE, where=_reply_due,
        about="二级单位的反馈截止时间落在本期、没有作废的工单，含以前受理的。",
    ),
    Measure(
        key="work_orders_replied_in_time", title="按时反馈的工单", unit="件", among=REPLY_DUE,
        where=sa.and_(_reply_due, _one.sub_replied_at <= _one.sub_reply_due_at),
        unsettled=sa.and_(
            _reply_due, _one.sub_replied_at.is_(None), sa.not_(_one.told_after_reply_due)
        ),
        about="二级单位的反馈截止时间落在本期、反馈不晚于它的工单。",
    ),
)  # fmt: skip

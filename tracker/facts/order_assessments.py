"""What work orders are assessed by beside their milestones: one row per order whose table tells any of it."""

from typing import Any

import sqlalchemy as sa

from tracker.events.work_orders import WorkOrderAssessed
from tracker.facts.fact import (
    FactRow,
    FactTable,
    Slots,
    define_fact_table,
    list_unknown,
    make_unknown_column,
    to_day,
)
from tracker.facts.milestones import group_by_milestone
from tracker.facts.order_fields import find_delivered_fields

_TIME = sa.TIMESTAMP(timezone=True)
FIELDS = (
    "contacted", "part_solved", "attitude", "process", "first_satisfaction", "sign_due_at", "return_due_at",
    "sub_unit", "sub_signed_at", "sub_replied_at", "sub_reply_due_at", "role", "main_order", "hung_at",
    "repeated", "urging_order",
)  # fmt: skip


def _by(*names: str) -> dict[str, Any]:
    return {"by": names}


order_assessments = define_fact_table(
    "order_assessments",
    (WorkOrderAssessed,),
    sa.Column("accepted_on", sa.Date, doc="受理日期"),
    sa.Column("contacted", sa.Boolean, info=_by("contacted")),
    sa.Column("part_solved", sa.Boolean, info=_by("part_solved")),
    sa.Column("attitude", sa.Text, info=_by("attitude")),
    sa.Column("process", sa.Text, info=_by("process")),
    sa.Column("first_satisfaction", sa.Text, info=_by("first_satisfaction")),
    sa.Column("sign_due_at", _TIME, info=_by("sign_due_at")),
    sa.Column("return_due_at", _TIME, info=_by("return_due_at")),
    sa.Column("returned_at", _TIME, info={"title": "退单时间", **_by("returned_at")}, doc="首次退单时间"),
    sa.Column("sub_unit", sa.Text, info=_by("sub_unit")),
    sa.Column("sub_signed_at", _TIME, info=_by("sub_signed_at")),
    sa.Column("sub_replied_at", _TIME, info=_by("sub_replied_at")),
    sa.Column("sub_reply_due_at", _TIME, info=_by("sub_reply_due_at")),
    sa.Column("sub_reply_due_on", sa.Date, info=_by("sub_reply_due_at"), doc="二级反馈截止日期"),
    sa.Column("role", sa.Text, info=_by("role")),
    sa.Column("main_order", sa.Text, info=_by("main_order")),
    sa.Column("hung_at", _TIME, info=_by("hung_at")),
    sa.Column("hung_on", sa.Date, info=_by("hung_at"), doc="挂账日期"),
    sa.Column("repeated", sa.Boolean, info=_by("repeated")),
    sa.Column("urging_order", sa.Text, info=_by("urging_order")),
    sa.Column("told_at", _TIME, doc="数据截至时间"),  # the state of the world that it was last told of
    make_unknown_column(),
    title="工单考核信息",
)
sa.Index("order_assessments_accepted", order_assessments.c.center_id, order_assessments.c.accepted_on)
sa.Index("order_assessments_reply_due", order_assessments.c.center_id, order_assessments.c.sub_reply_due_on)


def _list_without_hour(field: str, at: Any, due: Any) -> list[str]:
    """The field, as not understood, where it is told by its day alone and was due at an hour of that day."""
    counts = at and due and at[:19] == f"{due[:10]}T00:00:00" and due[11:19] < "23:59:59"
    return [field, f"{field}?"] if counts else []


def _assessment(slots: Slots) -> list[FactRow]:
    told = group_by_milestone(slots)
    if not told["assessed"]:
        return []
    one: Any = told["assessed"][-1]
    as_of = slots["assessed"].as_of
    accepted = next((event["at"] for event in told["accepted"] if event.get("at")), None)
    returned = next((event["at"] for event in told["returned"] if event.get("at")), None)
    may_be_returned = bool(told["returned"]) or "returned" not in find_delivered_fields(slots, told)
    doubts = ["returned_at"] if returned is None and may_be_returned else []
    doubts += _list_without_hour("returned_at", returned, one.get("return_due_at"))
    doubts += _list_without_hour("sub_replied_at", one.get("sub_replied_at"), one.get("sub_reply_due_at"))
    return [
        (
            to_day(accepted), one.get("contacted"), one.get("part_solved"), one.get("attitude"),
            one.get("process"), one.get("first_satisfaction"), one.get("sign_due_at"),
            one.get("return_due_at"), returned, one.get("sub_unit"), one.get("sub_signed_at"),
            one.get("sub_replied_at"), one.get("sub_reply_due_at"), to_day(one.get("sub_reply_due_at")),
            one.get("role"), one.get("main_order"), one.get("hung_at"),
            to_day(one.get("hung_at")), one.get("repeated"), one.get("urging_order"),
            as_of and as_of.isoformat(), list_unknown(one, FIELDS, doubts),
        )
    ]  # fmt: skip


ORDER_ASSESSMENTS = FactTable(
    table=order_assessments,
    kind="work_order",
    days=("accepted_on", "sub_reply_due_on", "hung_on"),
    rows=_assessment,
)
FACTS = (ORDER_ASSESSMENTS,)

"""Measures of work orders: the cohort by the day of acceptance, those due by the day of their deadline."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population
from tracker.events.work_orders import SATISFACTION
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


def _orders(key: str, title: str, day: sa.Column[Any], *more: tuple[str, sa.Column[Any]]) -> Population:
    accepted_on = work_orders.c.accepted_on
    return Population(
        key=key, title=title, rows=work_orders, of=work_orders, day=day, columns=(*_COLUMNS, *more),
        source="work_orders", facts=("work_orders",), words={"满意度": SATISFACTION}, rolled=True,
        since=accepted_on, carried=day is not accepted_on,
    )  # fmt: skip


ACCEPTED = _orders("orders_accepted", "一张工单，按受理日", work_orders.c.accepted_on)
_PAUSED = (("暂停次数", work_orders.c.paused), ("暂停顺延时限", work_orders.c.prolonged))
DUE = _orders(
    "orders_due", "一张工单，按办结时限所在日", work_orders.c.due_on,
    ("到期时的承办单位", work_orders.c.due_unit), *_PAUSED,
)  # fmt: skip
LAST_DUE = replace(
    _orders(
        "orders_last_due", "一张工单，按最后的办结时限所在日", work_orders.c.last_due_on,
        ("到期时的承办单位", work_orders.c.last_due_unit), *_PAUSED,
    ),
    rolled=False, regrouped=True,
)  # fmt: skip
CLOSED = _orders("orders_closed", "一张工单，按办结日", work_orders.c.closed_on)

POPULATIONS = (ACCEPTED, DUE, LAST_DUE, CLOSED)

UNITS = {  # population → the unit that its orders count for: of those due, the one that had them then
    one.key: {DUE: work_orders.c.due_unit, LAST_DUE: work_orders.c.last_due_unit}.get(one, work_orders.c.unit)
    for one in POPULATIONS
}

KINDS = {
    "consultation": "咨询",
    "complaint": "投诉",
    "request": "求助",
    "suggestion": "建议",
    "report": "举报",
    "praise": "表扬",
}

CALENDAR_DAYS = (7, 15)

_due = work_orders.c.lapsed.is_(False)  # one cancelled before its deadline was never due
_closed = work_orders.c.closed_at.is_not(None)
_reached = work_orders.c.reached.is_(True)
_solved = sa.and_(_reached, work_orders.c.solved.is_(True))
_satisfied = work_orders.c.satisfaction.in_(("very_satisfied", "satisfied", "fairly_satisfied"))
_dissatisfied = work_orders.c.satisfaction.in_(("dissatisfied", "very_dissatisfied"))
_complaint = work_orders.c.kind == KINDS["complaint"]
_followed_up = sa.and_(
    _closed, sa.or_(work_orders.c.followed_up_at.is_not(None), work_orders.c.reached.is_not(None))
)


def _accepted(key: str, title: str, about: str, where: sa.ColumnElement[bool] | None) -> Measure:
    return Measure(key=f"work_orders_{key}", title=title, unit="件", about=about, among=ACCEPTED, where=where)


OF_KINDS = (
    *(
        _accepted(
            f"opened_{key}", f"{name}工单", f"受理的工单中诉求类型为“{name}”的。", work_orders.c.kind == name
        )
        for key, name in KINDS.items()
    ),
    _accepted(
        "opened_other", "其他类型工单", f"受理的工单中诉求类型不是{'、'.join(KINDS.values())}或没有写明的。",
        sa.or_(work_orders.c.kind.is_(None), work_orders.c.kind.not_in(tuple(KINDS.values()))),
    ),
)  # fmt: skip


def _closed_within(days: int) -> Measure:
    """Closed so many calendar days after acceptance, at the latest."""
    last = work_orders.c.accepted_on + sa.literal_column(str(days), sa.Integer)
    return Measure(
        key=f"work_orders_accepted_closed_within_{days}_days", title=f"受理后{days}天内办结的工单", unit="件",
        among=ACCEPTED, where=work_orders.c.closed_on <= last, on_demand=True,
        about=f"本期受理、最迟在受理日后第{days}个自然日（含当天）办结的工单，不看办结时限和工作日。",
    )  # fmt: skip


MEASURES = (
    _accepted("opened", "受理的工单", "受理的全部工单，后来作废的也在内；同一编号只算一件。", None),
    _accepted("not_cancelled", "受理且未作废的工单", "本期受理的工单中，没有作废的。",
              work_orders.c.cancelled.is_(False)),
    *OF_KINDS,
    _accepted("closed", "已办结的工单", "本期受理的工单中现已办结的；退回重办而尚未再办结的不算。", _closed),
    _accepted(
        "closed_on_time", "按时办结的工单", "本期受理的工单中，办结不晚于办结时限的。",
        work_orders.c.on_time.is_(True),
    ),
    _accepted("followed_up", "已回访的工单", "本期受理并办结的工单中做过回访的，不论是否联系上。",
              _followed_up),
    _accepted("followed_up_reached", "办结后回访联系上的工单", "本期受理并办结的工单中，回访联系上来电人的。",
              sa.and_(_followed_up, _reached)),
    _accepted("reached", "回访联系上的工单", "本期受理的工单中，回访联系上来电人的。", _reached),
    _accepted("solved", "回访确认解决的工单", "回访联系上且来电人说已解决的。", _solved),
    _accepted(
        "satisfied", "回访满意的工单", "回访联系上且评价为非常满意、满意或基本满意的。",
        sa.and_(_reached, _satisfied),
    ),
    _accepted("rated", "有满意度评价的工单", "本期受理的工单中，有满意度评价的。",
              work_orders.c.satisfaction.is_not(None)),
    _accepted("rated_satisfied", "评价满意的工单", "有评价且为非常满意、满意或基本满意的。", _satisfied),
    Measure(
        key="work_orders_rated_satisfied_or_neutral", title="评价满意或一般的工单", unit="件", among=ACCEPTED,
        where=sa.or_(_satisfied, work_orders.c.satisfaction == "neutral"), on_demand=True,
        about="有评价且为非常满意、满意、基本满意或一般的。",
    ),
    Measure(
        key="work_orders_rated_fully_satisfied", title="评价满意以上的工单", unit="件", among=ACCEPTED,
        where=work_orders.c.satisfaction.in_(("very_satisfied", "satisfied")), on_demand=True,
        about="有评价且为非常满意或满意的，基本满意不算。",
    ),
    _accepted(
        "not_dissatisfied", "办结且未表示不满意的工单",
        "本期受理并办结的工单中，没有评价为不满意或非常不满意的；没有评价的算在内。",
        sa.and_(_closed, sa.or_(work_orders.c.satisfaction.is_(None), ~_dissatisfied)),
    ),
    _accepted("complaints", "投诉工单", "受理的工单中诉求类型为“投诉”的。", _complaint),
    _accepted("complaints_reached", "回访联系上的投诉", "投诉工单中，回访联系上来电人的。",
              sa.and_(_complaint, _reached)),
    _accepted("complaints_solved", "回访确认解决的投诉", "投诉工单中，回访联系上且来电人说已解决的。",
              sa.and_(_complaint, _solved)),
    _accepted("returned", "退回过的工单", "承办单位退回过的工单；流转记录没有交付时看不到退单。",
              work_orders.c.returned > 0),
    _accepted("reassigned", "改派过的工单", "改派过承办单位的工单；流转记录没有交付时看不到改派。",
              work_orders.c.reassigned > 0),
    _accepted("extended", "延期过的工单", "批准过延期的工单；流转记录没有交付时看不到延期。",
              work_orders.c.extended > 0),
    _accepted("urged", "督办过的工单", "督办过的工单；流转记录没有交付时看不到督办。",
              work_orders.c.urged > 0),
    _accepted("paused", "暂停过的工单", "办理中暂停（挂起、待补充）过的工单；流转记录没有交付时看不到暂停。",
              work_orders.c.paused > 0),
    _accepted("redone", "重办过的工单", "退回重办过的工单。", work_orders.c.redone > 0),
    Measure(
        key="work_orders_due", title="应办结的工单", unit="件", among=DUE, where=_due,
        about="办结时限落在本期的工单，含以前受理的；没有时限的、到期以前已作废的不算。"
        "时限届满以后才批准的延期不改变它。",
    ),
    Measure(
        key="work_orders_last_due", title="最后的时限到期的工单", unit="件", among=LAST_DUE, where=_due,
        about="最后批准的办结时限落在本期的工单，不论延期是什么时候批准的；到期以前已作废的不算。",
    ),
    Measure(
        key="work_orders_last_due_closed_on_time", title="最后的时限到期且按时办结的工单", unit="件",
        among=LAST_DUE, where=work_orders.c.closed_at <= work_orders.c.last_deadline_at,
        about="最后批准的办结时限落在本期、办结不晚于它的工单，不论延期是什么时候批准的。",
    ),
    Measure(
        key="work_orders_due_closed_on_time", title="应办结且按时办结的工单", unit="件", among=DUE,
        where=sa.and_(_due, work_orders.c.on_time.is_(True)),
        about="办结时限落在本期、办结不晚于时限的工单。",
    ),
    Measure(
        key="work_orders_due_first_closed_on_time", title="应办结且首次办结按时的工单", unit="件", among=DUE,
        where=sa.and_(_due, work_orders.c.first_closed_at <= work_orders.c.deadline_at), on_demand=True,
        about="办结时限落在本期、首次办结不晚于时限的工单；后来退回重办的不改变它。",
    ),
    *(_closed_within(days) for days in CALENDAR_DAYS),
    Measure(
        key="work_orders_due_closed_at_first_pass", title="应办结且一次办结的工单", unit="件", among=DUE,
        where=sa.and_(_due, work_orders.c.on_time.is_(True), work_orders.c.redone == 0), on_demand=True,
        about="办结时限落在本期、按时办结且没有退回重办过的工单。",
    ),
    Measure(
        key="work_orders_due_closed_unextended", title="应办结且未延期而按时办结的工单", unit="件", among=DUE,
        where=sa.and_(_due, work_orders.c.on_time.is_(True), work_orders.c.extended == 0), on_demand=True,
        about="办结时限落在本期、没有延期过且按时办结的工单。",
    ),
    Measure(
        key="work_orders_closed_in_period_on_time", title="本期办结且按时的工单", unit="件", among=CLOSED,
        where=work_orders.c.on_time.is_(True), on_demand=True,
        about="办结时间落在本期、办结不晚于时限的工单，不论何时受理。",
    ),
    Measure(
        key="work_orders_closed_in_period", title="本期办结的工单", unit="件", among=CLOSED,
        about="办结时间落在本期的工单，不论何时受理。",
    ),
)  # fmt: skip

"""Measures of work orders; the rows that they count are in `kpi.figures.measures.order_populations`."""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.call_forks import count_ms
from kpi.figures.measures.declared import select_declaration
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.order_populations import (
    ACCEPTED,
    CLOSED,
    DUE,
    FIRST_DUE,
    LAST_DUE,
    OPEN,
    POPULATIONS,
    end_of_month,
    is_reported_after,
    open_then,
)
from kpi.figures.source import Rhythm, Source
from tracker.facts.work_orders import work_orders

__all__ = ["MEASURES", "POPULATIONS", "SOURCES"]

SOURCES = (
    Source(
        key="work_orders",
        rhythm=Rhythm.DAILY,
        remedy="请补报缺失日期的工单；当天确未受理工单的，请签零报告。",
        begun="受理的工单",
        carried_remedy="请报送上一个月起未办结的工单，或签写此前没有受理工单的零报告。",
    ),
)

CALENDAR_DAYS = (7, 15)
SIGNING_HOURS = 24

_due = work_orders.c.lapsed.is_(False)  # one cancelled before its deadline was never due
_not_cancelled = work_orders.c.cancelled.is_(False)
_closed = work_orders.c.closed_at.is_not(None)
_dispatched = work_orders.c.dispatched_at.is_not(None)
_dated = sa.and_(_not_cancelled, work_orders.c.deadline_at.is_not(None))
_contacted = work_orders.c.called_back.is_(True)
_followed_up = sa.and_(_closed, _contacted)
_reached = sa.and_(_followed_up, work_orders.c.reached.is_(True))
_answered = sa.and_(_contacted, work_orders.c.reached.is_(True), work_orders.c.solved.is_not(None))
_solved = sa.and_(_answered, _closed, work_orders.c.solved.is_(True))
_satisfied = work_orders.c.satisfaction.in_(("very_satisfied", "satisfied", "fairly_satisfied"))
_dissatisfied = work_orders.c.satisfaction.in_(("dissatisfied", "very_dissatisfied"))
_complaint = work_orders.c.kind == "投诉"
_owes_call = sa.func.coalesce(
    sa.cast(
        select_declaration("follow_up", work_orders, work_orders.c.kind, work_orders.c.accepted_on),
        sa.Boolean,
    ),
    work_orders.c.kind.is_distinct_from("表扬"),
)


def _is_open_until(deadline: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """Open when it was last told of, which was before its deadline: whether it was closed in time, nobody
    has said."""
    return sa.and_(~_closed, _not_cancelled, deadline.is_not(None), ~is_reported_after(deadline))


def _is_not_cancelled_by(deadline: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """Due by one of its deadlines: not cancelled before that."""
    return sa.or_(_not_cancelled, work_orders.c.cancelled_at > deadline)


_first_due, _last_due = (
    _is_not_cancelled_by(deadline)
    for deadline in (work_orders.c.first_deadline_at, work_orders.c.last_deadline_at)
)


_handled = work_orders.c.handling_s.is_not(None)
_last_reported_open = sa.and_(
    ~_closed, _not_cancelled, ~is_reported_after(end_of_month)
)  # before the month's end


def _count(key: str, title: str, about: str, where: sa.ColumnElement[bool] | None) -> Measure:
    return Measure(key=f"work_orders_{key}", title=title, unit="件", about=about, among=ACCEPTED, where=where)


def _build_closed_within_measure(days: int) -> Measure:
    """Closed so many calendar days after acceptance, at the latest."""
    last = work_orders.c.accepted_on + sa.literal_column(str(days), sa.Integer)
    return Measure(
        key=f"work_orders_accepted_closed_within_{days}_days", title=f"受理后{days}天内办结的工单", unit="件",
        among=ACCEPTED, where=work_orders.c.closed_on <= last, on_demand=True,
        about=f"本期受理、最迟在受理日后第{days}个自然日（含当天）办结的工单，不看办结时限和工作日。",
    )  # fmt: skip


_PASSES = {2: "二", 3: "三"}


def _closed_at_pass(number: int) -> Measure:
    """Closed in time after being sent back so often."""
    return Measure(
        key=f"work_orders_due_closed_at_pass_{number}", title=f"应办结且{_PASSES[number]}次办结的工单",
        unit="件", among=DUE,
        where=sa.and_(_due, work_orders.c.on_time.is_(True), work_orders.c.redone == number - 1),
        unsettled=_is_open_until(work_orders.c.deadline_at),
        about=f"办结时限落在本期、按时办结且退回重办过{'一二'[number - 2]}次的工单。",
    )  # fmt: skip


_late = sa.and_(
    _due, work_orders.c.on_time.is_(False), work_orders.c.accepted_at <= work_orders.c.deadline_at
)

MEASURES = (
    _count("opened", "受理的工单", "受理的全部工单，后来作废的也在内；同一编号只算一件。", None),
    _count("not_cancelled", "受理且未作废的工单", "本期受理的工单中，没有作废的。",
              _not_cancelled),
    _count("dated", "有办结时限的工单", "本期受理、没有作废、有办结时限的工单。", _dated),
    _count("undated", "没有办结时限的工单", "本期受理、没有作废而没有办结时限的工单。",
              sa.and_(_not_cancelled, work_orders.c.deadline_at.is_(None))),
    _count("answered_directly", "直接办结的工单", "本期受理、没有派单就办结的工单。",
              sa.and_(_closed, work_orders.c.dispatched_at.is_(None))),
    _count("dispatched", "派单的工单", "本期受理的工单中派给承办单位的。", _dispatched),
    _count(
        "signed_in_time", "按时签收的工单", f"本期受理并派单、派单后{SIGNING_HOURS}小时内（含）签收的工单。",
        work_orders.c.signed_at
        <= work_orders.c.dispatched_at + sa.literal_column(f"interval '{SIGNING_HOURS} hours'"),
    ),
    _count("ever_closed", "办结过的工单", "本期受理、办结过的工单，后来退回重办的也在内。",
              work_orders.c.first_closed_at.is_not(None)),
    _count("handled", "已办结的派单工单", "本期受理、派给承办单位的工单中现已办结的。", _handled),
    Measure(
        key="work_orders_handling_s", title="从派单到办结的时间", unit="秒", among=ACCEPTED, where=_handled,
        value=work_orders.c.handling_s,
        about="本期受理、派给承办单位并现已办结的工单，从首次派单到最后一次办结的时间之和；夜间和节假日照算。",
    ),
    Measure(
        key="work_orders_handling_each_s", title="每件从派单到办结的时间", unit="秒", among=ACCEPTED,
        where=_handled, value=work_orders.c.handling_s, ranked=True,
        about="本期受理、派给承办单位并现已办结的工单，每件从首次派单到最后一次办结的时间，按长短排列；"
        "夜间和节假日照算。",
    ),
    _count("closed", "已办结的工单", "本期受理的工单中现已办结的；退回重办而尚未再办结的不算。", _closed),
    _count(
        "closed_on_time", "按时办结的工单", "本期受理的工单中，办结不晚于办结时限的。",
        work_orders.c.on_time.is_(True),
    ),
    _count("followed_up", "已回访的工单", "本期受理并办结的工单中，办结后做过回访的，不论是否联系上。",
              _followed_up),
    Measure(
        key="work_orders_owing_follow_up", title="应回访的工单", unit="件", among=ACCEPTED, on_demand=True,
        where=sa.and_(_closed, _owes_call),
        about="本期受理并办结、应回访的工单；哪些诉求类型应回访以统计设定为准，没有设定的，表扬除外都应回访。",
    ),
    Measure(
        key="work_orders_owed_followed_up", title="应回访且已回访的工单", unit="件", among=ACCEPTED,
        where=sa.and_(_followed_up, _owes_call), on_demand=True,
        about="应回访的工单中，办结后做过回访的，不论是否联系上。",
    ),
    _count("reached", "回访联系上的工单", "本期受理并办结的工单中，办结后回访联系上诉求人的。", _reached),
    _count("answered", "回访表态的工单",
              "本期受理、办结后回访联系上，诉求人说了解决或没有解决的；未表态的不算。", _answered),
    _count("solved", "回访确认解决的工单", "本期受理、现已办结，回访时诉求人说已解决的。", _solved),
    _count(
        "satisfied", "回访满意的工单", "办结后回访联系上且评价为非常满意、满意或基本满意的。",
        sa.and_(_reached, _satisfied),
    ),
    _count("rated", "有满意度评价的工单", "本期受理的工单中，有满意度评价的。",
              work_orders.c.satisfaction.is_not(None)),
    _count("rated_satisfied", "评价满意的工单", "有评价且为非常满意、满意或基本满意的。", _satisfied),
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
    _count(
        "not_dissatisfied", "办结且未表示不满意的工单",
        "本期受理并办结的工单中，没有评价为不满意或非常不满意的；没有评价的算在内。",
        sa.and_(_closed, sa.or_(work_orders.c.satisfaction.is_(None), ~_dissatisfied)),
    ),
    _count("complaints", "投诉工单", "受理的工单中诉求类型为“投诉”的。", _complaint),
    _count("complaints_answered", "回访表态的投诉",
              "投诉工单中，办结后回访联系上，诉求人说了解决或没有解决的。", sa.and_(_complaint, _answered)),
    _count("complaints_solved", "回访确认解决的投诉", "投诉工单中现已办结，回访时诉求人说已解决的。",
              sa.and_(_complaint, _solved)),
    _count("returned", "退回过的工单", "派单的工单中，承办单位退回过的；流转记录未报送时看不到退单。",
              sa.and_(_dispatched, work_orders.c.returned > 0)),
    _count("reassigned", "改派过的工单", "改派过承办单位的工单；流转记录未报送时看不到改派。",
              work_orders.c.reassigned > 0),
    _count("extended", "延期过的工单", "批准过延期的工单；流转记录未报送时看不到延期。",
              work_orders.c.extended > 0),
    _count("urged", "催办/督办过的工单", "催办/督办过的工单；流转记录未报送时看不到催办/督办。",
              work_orders.c.urged > 0),
    _count("paused", "暂停过的工单", "办理中暂停（挂起、待补充）过的工单；流转记录未报送时看不到暂停。",
              work_orders.c.paused > 0),
    _count("redone", "重办过的工单", "本期受理并办结过、又退回重办过的工单。",
              sa.and_(work_orders.c.first_closed_at.is_not(None), work_orders.c.redone > 0)),
    Measure(
        key="work_orders_due", title="应办结的工单", unit="件", among=DUE, where=_due,
        about="办结时限落在本期的工单，含以前受理的；没有时限的、到期以前已作废的不算。"
        "时限届满以后才批准的延期不改变它。",
    ),
    Measure(
        key="work_orders_due_closed_on_time", title="应办结且按时办结的工单", unit="件", among=DUE,
        where=sa.and_(_due, work_orders.c.on_time.is_(True)),
        unsettled=_is_open_until(work_orders.c.deadline_at),
        about="办结时限落在本期、办结不晚于时限的工单。",
    ),
    Measure(
        key="work_orders_due_dispatched", title="派单且应办结的工单", unit="件", among=DUE,
        where=sa.and_(_due, _dispatched),
        about="派给承办单位、办结时限落在本期的工单，直接办结的除外。",
    ),
    Measure(
        key="work_orders_due_dispatched_closed_on_time", title="派单且按时办结的工单", unit="件", among=DUE,
        where=sa.and_(_due, _dispatched, work_orders.c.on_time.is_(True)),
        unsettled=sa.and_(_dispatched, _is_open_until(work_orders.c.deadline_at)),
        about="派给承办单位、办结时限落在本期、办结不晚于时限的工单。",
    ),
    Measure(
        key="work_orders_due_extended", title="应办结且延期过的工单", unit="件", among=DUE,
        where=sa.and_(_due, work_orders.c.extended > 0),
        about="办结时限落在本期、批准过延期的工单。",
    ),
    Measure(
        key="work_orders_last_due", title="最后的时限到期的工单", unit="件", among=LAST_DUE, where=_last_due,
        about="最后批准的办结时限落在本期的工单，不论延期是什么时候批准的；在它以前已作废的不算。",
    ),
    Measure(
        key="work_orders_last_due_closed_on_time", title="最后的时限到期且按时办结的工单", unit="件",
        among=LAST_DUE, where=sa.and_(_last_due, work_orders.c.last_on_time.is_(True)),
        unsettled=_is_open_until(work_orders.c.last_deadline_at),
        about="最后批准的办结时限落在本期、办结不晚于它的工单，不论延期是什么时候批准的。",
    ),
    Measure(
        key="work_orders_due_first_closed_on_time", title="应办结且首次办结按时的工单", unit="件", among=DUE,
        where=sa.and_(_due, work_orders.c.first_on_time.is_(True)), on_demand=True,
        unsettled=sa.and_(
            work_orders.c.first_closed_at.is_(None), _is_open_until(work_orders.c.deadline_at)
        ),
        about="办结时限落在本期、首次办结不晚于时限的工单；后来退回重办的不改变它。",
    ),
    *(_build_closed_within_measure(days) for days in CALENDAR_DAYS),
    Measure(
        key="work_orders_due_closed_at_first_pass", title="应办结且一次办结的工单", unit="件", among=DUE,
        where=sa.and_(_due, work_orders.c.on_time.is_(True), work_orders.c.redone == 0),
        unsettled=sa.and_(work_orders.c.redone == 0, _is_open_until(work_orders.c.deadline_at)),
        about="办结时限落在本期、按时办结且没有退回重办过的工单。",
    ),
    *(_closed_at_pass(number) for number in (2, 3)),
    Measure(
        key="work_orders_due_closed_at_later_pass", title="应办结且四次及以上办结的工单", unit="件",
        among=DUE,
        where=sa.and_(_due, work_orders.c.on_time.is_(True), work_orders.c.redone >= 3),
        unsettled=_is_open_until(work_orders.c.deadline_at),
        about="办结时限落在本期、按时办结且退回重办过三次以上的工单。",
    ),
    Measure(
        key="work_orders_overtime_ms", title="超出时限的时间", unit="毫秒", among=DUE,
        where=_late, value=count_ms(work_orders.c.deadline_at, work_orders.c.closed_at),
        about="办结时限落在本期、办结晚于时限的工单，从时限到办结的时间之和。",
    ),
    Measure(
        key="work_orders_allowed_ms", title="超时工单的规定时间", unit="毫秒", among=DUE,
        where=_late, value=count_ms(work_orders.c.accepted_at, work_orders.c.deadline_at),
        about="办结时限落在本期、办结晚于时限的工单，从受理到时限的时间之和。",
    ),
    Measure(
        key="work_orders_first_due", title="最初的时限到期的工单", unit="件", among=FIRST_DUE,
        where=_first_due, on_demand=True, about="延期以前的办结时限落在本期的工单；在它以前已作废的不算。",
    ),
    Measure(
        key="work_orders_first_due_closed_on_time", title="最初的时限到期且按时办结的工单", unit="件",
        among=FIRST_DUE, where=sa.and_(_first_due, work_orders.c.unextended_on_time.is_(True)),
        unsettled=_is_open_until(work_orders.c.first_deadline_at), on_demand=True,
        about="延期以前的办结时限落在本期、办结不晚于它的工单；批准延期不改变它。",
    ),
    Measure(
        key="work_orders_closed_in_period_on_time", title="本期办结且按时的工单", unit="件", among=CLOSED,
        where=work_orders.c.on_time.is_(True), on_demand=True,
        about="办结时间落在本期、办结不晚于时限的工单，不论何时受理。",
    ),
    Measure(
        key="work_orders_closed_in_period_dated", title="本期办结且有时限的工单", unit="件", among=CLOSED,
        where=work_orders.c.deadline_at.is_not(None), on_demand=True,
        about="办结时间落在本期、有办结时限的工单，不论何时受理。",
    ),
    Measure(
        key="work_orders_closed_in_period", title="本期办结的工单", unit="件", among=CLOSED,
        about="办结时间落在本期的工单，不论何时受理。",
    ),
    Measure(
        key="work_orders_open_at_end", title="月末在办的工单", unit="件", among=OPEN,
        where=open_then, fading=_last_reported_open,
        about="月末以前受理、月末还没有办结也没有作废的工单。",
    ),
    Measure(
        key="work_orders_overdue_at_end", title="月末逾期在办的工单", unit="件", among=OPEN,
        where=sa.and_(work_orders.c.deadline_at < end_of_month, open_then),
        fading=sa.and_(work_orders.c.deadline_at < end_of_month, _last_reported_open),
        about="月末在办的工单中，办结时限已过的。",
    ),
)  # fmt: skip

"""Measures of telephone calls. A call belongs to the Beijing day on which it reached the number."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from kpi.figures.measures.certainty import declare_field, is_certain, is_possible
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, scale
from kpi.figures.source import Rhythm, Source
from tracker.events.calls import OUTCOMES
from tracker.facts.calls import UNKNOWN, calls
from tracker.facts.deliveries import covered_days

SOURCES = (
    Source(
        key="calls",
        rhythm=Rhythm.DAILY,
        remedy="请平台供应商补报缺失日期的话单；当天确无来电的，请签零报告。",
    ),
)

_IN = calls.c.direction == "inbound"
_OUT = calls.c.direction == "outbound"
INBOUND = sa.and_(_IN, calls.c.blocked.is_(False))
BLOCKED = sa.and_(_IN, calls.c.blocked.is_(True))
# whom an agent answered reached the agents, whatever the queue says
OFFERED = sa.and_(_IN, sa.or_(calls.c.queued.is_(True), calls.c.answered.is_(True)))
ANSWERED = sa.and_(OFFERED, calls.c.answered.is_(True))
UNANSWERED = sa.and_(OFFERED, calls.c.answered.is_not(True))

DAYS_COVERED = (
    sa.select(covered_days.c.center_id, covered_days.c.day)
    .where(
        covered_days.c.source == "calls",
        covered_days.c.as_of
        >= sa.func.timezone("Asia/Shanghai", sa.cast(covered_days.c.day + 1, sa.TIMESTAMP)),
    )
    .distinct()
    .subquery("days_covered")
)
"""Days whose calls were delivered, or signed as none, after they had ended."""


def pair_with_days_before(days: sa.Select[Any], number: int) -> sa.Subquery:
    """(center_id, day, on_day) of days (center_id, day): each beside itself and so many days before it.

    Calls join by their day `on_day`, and windows are parted by `day`: so one day is counted without reading
    the others.
    """
    one = days.subquery()
    back: list[Any] = [one.c.day - sa.literal_column(str(before), sa.Integer) for before in range(number + 1)]
    every = sa.func.unnest(postgresql.array(back, type_=sa.Date)).table_valued(sa.column("on_day", sa.Date))
    on_day = every.render_derived(name="back")
    return sa.select(one.c.center_id, one.c.day, on_day.c.on_day).join(on_day, sa.true()).subquery()


SUSPECTS = sa.select(calls.c.center_id, calls.c.entered_on.label("day")).where(UNKNOWN)
"""Calls of which not everything is known."""

CALLS = Population(
    key="calls",
    title="一次通话",
    rows=calls,
    of=calls,
    day=calls.c.entered_on,
    columns=(
        ("进入系统", calls.c.entered_at),
        ("进入人工队列", calls.c.queued_at),
        ("座席应答", calls.c.answered_at),
        ("等待（秒）", scale(calls.c.wait_ms, 1000, 1)),
        ("通话（秒）", scale(calls.c.talk_ms, 1000, 1)),
        ("结果", calls.c.outcome),
        ("座席", calls.c.agent),
        ("技能组", calls.c.skill_group),
    ),
    source="calls",
    facts=("calls",),
    words={"结果": OUTCOMES},
    rolled=True,
    suspects=SUSPECTS,
)

_days = (
    sa.select(
        calls.c.center_id,
        calls.c.entered_on,
        sa.func.min(calls.c.subject).label("subject"),
        sa.func.min(calls.c.seq).label("seq"),
        sa.func.count().filter(is_certain(ANSWERED)).label("answered"),
        sa.case((sa.func.count().filter(is_certain(ANSWERED)) == 0, " answered "), else_="").label("unknown"),
    )
    .where(is_possible(ANSWERED))
    .group_by(calls.c.center_id, calls.c.entered_on)
    .subquery("call_days")
)

declare_field(_days.c.answered, "是否座席接听")

CALL_DAYS = Population(
    key="call_days",
    title="有人工接听的一天",
    unit="天",
    rows=_days,
    of=_days,
    day=_days.c.entered_on,
    columns=(("人工接听（通）", _days.c.answered),),
    source="calls",
    facts=("calls",),
    rolled=True,
    suspects=SUSPECTS,
)

POPULATIONS = (CALLS, CALL_DAYS)

MEASURES = (
    Measure(
        key="calls_inbound", title="呼入电话", unit="通", among=CALLS, where=INBOUND,
        about="打进热线号码的电话，含在语音导航里结束的；不含外呼，不含黑名单或并发限制拦截的。",
    ),
    Measure(
        key="calls_offered", title="进入人工队列的电话", unit="通", among=CALLS, where=OFFERED,
        about="呼入且到达人工队列的电话；座席接听了而没有进入队列时间的也算到达过。转接过的仍算一通。",
    ),
    Measure(
        key="calls_answered", title="人工接听的电话", unit="通", among=CALLS, where=ANSWERED,
        about="由座席接听的呼入电话；呼叫结果写明是机器人、语音导航应答或被拦截的，有应答时间也不算。",
    ),
    Measure(
        key="calls_answered_within_15s", title="15秒内接听的电话", unit="通", among=CALLS,
        where=sa.and_(ANSWERED, calls.c.wait_ms <= 15_000),
        about="从进入人工队列到座席应答不超过15秒（含15秒）的电话。",
    ),
    Measure(
        key="calls_unanswered", title="未接听的电话", unit="通", among=CALLS, where=UNANSWERED,
        about="进入人工队列而座席没有接听的电话，不论原因。",
    ),
    Measure(
        key="calls_abandoned", title="排队中挂断的电话", unit="通", among=CALLS,
        where=sa.and_(UNANSWERED, calls.c.outcome == "queue_abandoned"),
        about="进入人工队列后，来电人在接听前自己挂断的电话；不设短时挂断的门槛。",
    ),
    Measure(
        key="calls_ivr_abandoned", title="导航中结束的电话", unit="通", among=CALLS,
        where=sa.and_(INBOUND, calls.c.queued.is_not(True), calls.c.answered.is_not(True)),
        about="呼入但没有到达人工队列、座席也没有接听的电话，多在语音导航中挂断；不含拦截的。",
    ),
    Measure(
        key="calls_rated", title="来电人评价过的电话", unit="通", among=CALLS,
        where=sa.and_(ANSWERED, calls.c.rating.is_not(None)),
        about="人工接听的呼入电话中，通话后来电人按键评价过的，不论按的是哪个键。",
    ),
    Measure(
        key="calls_outbound", title="外呼电话", unit="通", among=CALLS, where=_OUT,
        about="座席打出去的电话，不论对方接没接。",
    ),
    Measure(
        key="calls_outbound_answered", title="接通的外呼电话", unit="通", among=CALLS,
        where=sa.and_(_OUT, calls.c.answered.is_(True)), about="座席打出去、对方接听了的电话。",
    ),
    Measure(
        key="calls_wait_ms", title="接听电话的等待时长", unit="毫秒", among=CALLS, where=ANSWERED,
        value=calls.c.wait_ms,
        about="人工接听的电话从进入人工队列到座席应答的时长之和。",
    ),
    Measure(
        key="calls_talk_ms", title="接听电话的通话时长", unit="毫秒", among=CALLS, where=ANSWERED,
        value=calls.c.talk_ms,
        about="人工接听的呼入电话的通话时长之和，以话单所载为准；没有接听的电话不会有通话，所载的时长不算。",
    ),
    Measure(
        key="service_days", title="有人工接听的天数", unit="天", among=CALL_DAYS, where=_days.c.answered > 0,
        most_a_day=1,
        about="当天至少有一通来电由座席接听的日子；零报告证明没有来电，不证明有人值守，不计。",
    ),
)  # fmt: skip

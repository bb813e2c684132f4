"""What different systems tell of the same calls, laid side by side: the populations of the matrix."""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.population import Population, scale
from tracker.events.calls import OUTCOMES
from tracker.facts.appeals import appeals, call_appeals
from tracker.facts.calls import calls
from tracker.facts.daily_counts import inspections
from tracker.facts.recordings import recordings
from tracker.facts.seats import agent_states
from tracker.facts.work_orders import work_orders


def _join_left(table: sa.FromClause, right: sa.FromClause, subject: Any) -> sa.Join:
    """A table with what it names, where that is there."""
    return table.outerjoin(right, sa.and_(right.c.center_id == table.c.center_id, right.c.subject == subject))


RECORDED = (
    sa.select(
        recordings.c.center_id,
        recordings.c.call_subject,
        sa.func.count().label("recordings"),
        sa.func.max(recordings.c.duration_ms).label("longest_ms"),
    )
    .where(recordings.c.call_subject.is_not(None))
    .group_by(recordings.c.center_id, recordings.c.call_subject)
    .subquery("recorded")
)

CALLS = Population(
    key="calls_and_recordings", title="一次通话",
    rows=calls.outerjoin(
        RECORDED,
        sa.and_(
            RECORDED.c.center_id == calls.c.center_id, RECORDED.c.call_subject == calls.c.subject
        ),
    ),
    of=calls, day=calls.c.entered_on,
    columns=(
        ("进入系统", calls.c.entered_at),
        ("座席应答", calls.c.answered_at),
        ("结果", calls.c.outcome),
        ("通话（秒）", scale(calls.c.talk_ms, 1000, 1)),
        ("最长录音（秒）", scale(RECORDED.c.longest_ms, 1000, 1)),
        ("座席", calls.c.agent),
    ),
    source="calls", facts=("calls", "recordings"), words={"结果": OUTCOMES},
)  # fmt: skip
RECORDINGS = Population(
    key="recordings", title="一条录音", rows=_join_left(recordings, calls, recordings.c.call_subject),
    of=recordings, day=recordings.c.started_on,
    columns=(
        ("录音开始", recordings.c.started_at),
        ("录音（秒）", scale(recordings.c.duration_ms, 1000, 1)),
        ("所属通话", recordings.c.call_subject),
        ("座席", recordings.c.agent),
    ),
    source="recordings", facts=("recordings", "calls"),
)  # fmt: skip
ORDERS = Population(
    key="orders_and_calls", title="一张工单", rows=_join_left(work_orders, calls, work_orders.c.call_subject),
    of=work_orders, day=work_orders.c.accepted_on,
    columns=(
        ("受理时间", work_orders.c.accepted_at),
        ("所属通话", work_orders.c.call_subject),
        ("诉求类型", work_orders.c.kind),
        ("渠道", work_orders.c.channel),
    ),
    source="work_orders", facts=("work_orders", "calls"),
)  # fmt: skip
INSPECTIONS = Population(
    key="inspections_and_calls", title="一次质检",
    rows=_join_left(inspections, calls, inspections.c.call_subject),
    of=inspections, day=inspections.c.inspected_on,
    columns=(
        ("质检日期", inspections.c.inspected_on),
        ("所属通话", inspections.c.call_subject),
        ("座席", inspections.c.agent),
        ("合格", inspections.c.passed),
    ),
    source="inspections", facts=("inspections", "calls"),
)  # fmt: skip
APPEALS = Population(
    key="appeals_and_orders", title="一件考核申诉", rows=_join_left(appeals, work_orders, appeals.c.about),
    of=appeals, day=appeals.c.asked_on,
    columns=(
        ("申诉日期", appeals.c.asked_on),
        ("工单", appeals.c.about),
        ("申诉单位", appeals.c.asked_by),
        ("同意剔除", appeals.c.excluded),
    ),
    source="appeals", facts=("appeals", "work_orders"),
)  # fmt: skip

CALL_APPEALS = Population(
    key="appeals_and_calls", title="一件通话考核申诉",
    rows=_join_left(call_appeals, calls, call_appeals.c.about), of=call_appeals, day=call_appeals.c.asked_on,
    columns=(
        ("申诉日期", call_appeals.c.asked_on),
        ("通话", call_appeals.c.about),
        ("申诉单位", call_appeals.c.asked_by),
        ("同意剔除", call_appeals.c.excluded),
    ),
    source="call_appeals", facts=("call_appeals", "calls"),
)  # fmt: skip

_calls_with_orders = (
    sa.select(
        work_orders.c.center_id,
        work_orders.c.call_subject.label("subject"),
        sa.func.min(work_orders.c.seq).label("seq"),
        sa.func.min(work_orders.c.accepted_on).label("accepted_on"),
        sa.func.count().label("orders"),
        sa.func.min(work_orders.c.subject).label("first_order"),
        sa.func.max(work_orders.c.subject).label("last_order"),
    )
    .where(work_orders.c.call_subject.is_not(None), work_orders.c.accepted_on.is_not(None))
    .group_by(work_orders.c.center_id, work_orders.c.call_subject)
    .having(sa.func.count() > 1)
    .subquery("calls_with_orders")
)
SHARED_CALLS = Population(
    key="calls_with_orders", title="一通产生多张工单的通话", rows=_calls_with_orders, of=_calls_with_orders,
    day=_calls_with_orders.c.accepted_on,
    columns=(
        ("工单（张）", _calls_with_orders.c.orders),
        ("首张", _calls_with_orders.c.first_order),
        ("末张", _calls_with_orders.c.last_order),
    ),
    source="work_orders", facts=("work_orders",),
)  # fmt: skip

# of a call of several legs nobody knows when its agent was through
_talked_until = calls.c.answered_at + calls.c.talk_ms * sa.literal_column(
    "INTERVAL '1 millisecond'", sa.Interval
)
_talks = (
    sa.select(
        *(calls.c[name] for name in ("center_id", "subject", "seq", "entered_on", "agent", "answered_at")),
        _talked_until.label("talked_until"),
        sa.func.max(_talked_until)
        .over(
            partition_by=(calls.c.center_id, calls.c.agent, calls.c.entered_on),
            order_by=(calls.c.answered_at, calls.c.subject),
            rows=(None, -1),
        )
        .label("other_until"),
    )
    .where(
        calls.c.agent.is_not(None), calls.c.answered_at.is_not(None), calls.c.talk_ms.is_not(None),
        calls.c.legs == 1, calls.c.unknown == "",
    )
    .subquery("talks")
)  # fmt: skip
TALKS = Population(
    key="talks", title="一通由座席接听的电话", rows=_talks, of=_talks, day=_talks.c.entered_on,
    columns=(
        ("座席", _talks.c.agent),
        ("座席应答", _talks.c.answered_at),
        ("通话到", _talks.c.talked_until),
        ("前面的通话到", _talks.c.other_until),
    ),
    source="calls", facts=("calls",),
)  # fmt: skip

_CLOCKS = sa.literal_column("INTERVAL '60 seconds'", sa.Interval)  # by which two systems' clocks may differ
_eve = sa.literal_column("1", sa.Integer)
_seated = sa.exists().where(
    agent_states.c.center_id == calls.c.center_id,
    agent_states.c.agent == calls.c.agent,
    agent_states.c.started_on >= calls.c.entered_on - _eve,
    agent_states.c.started_on <= calls.c.entered_on + _eve,
    agent_states.c.state != "signed_out",
    agent_states.c.started_at <= calls.c.answered_at + _CLOCKS,
    agent_states.c.latest_at >= calls.c.answered_at - _CLOCKS,
)
ANSWERED_UNSEATED = sa.and_(calls.c.agent.is_not(None), calls.c.answered_at.is_not(None), sa.not_(_seated))
AGENTS_CALLS = Population(
    key="calls_and_states", title="一通由座席接听的电话", rows=calls, of=calls, day=calls.c.entered_on,
    columns=(
        ("座席", calls.c.agent),
        ("座席应答", calls.c.answered_at),
        ("通话（秒）", scale(calls.c.talk_ms, 1000, 1)),
    ),
    source="calls", facts=("calls", "agent_states"),
)  # fmt: skip

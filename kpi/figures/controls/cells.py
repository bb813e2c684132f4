"""The cells of the reconciliation matrix: each a query that gives both a count and the rows behind it.

Source of the findings: known faults of call platforms – calls stored as unanswered that were talked for
minutes, recordings without a call, orders of calls that the log does not hold.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from kpi.figures.controls.populations import (
    AGENTS_CALLS,
    ANSWERED_UNSEATED,
    APPEALS,
    CALL_APPEALS,
    CALLS,
    INSPECTIONS,
    ORDERS,
    RECORDED,
    RECORDINGS,
    SHARED_CALLS,
    TALKS,
)
from kpi.figures.measures import MEASURES, Population
from tracker.facts.calls import calls
from tracker.facts.work_orders import work_orders

LONG_TALK_MS = 60_000  # nobody talks to nobody for a minute
OVERLAP_S = 5  # so long two talks of an agent may overlap by rounding
_OVERLAP = sa.literal_column(f"INTERVAL '{OVERLAP_S} seconds'", sa.Interval)


@dataclass(frozen=True, kw_only=True, eq=False)
class MatrixCell:
    """One number a month, and its rows."""

    key: str
    title: str
    unit: str
    about: str
    among: Population
    where: sa.ColumnElement[bool]
    needs: str  # the source without which there is nothing to count; a month without it has no number
    measure: str | None = None  # the measure that counts the same rows, kept in the rollup
    remedy: str = ""
    excused_by: str | None = None  # the source whose missing days explain a row
    lag: int = 0  # missing days so many days before the row's own explain it as well


def _build_measured(key: str, title: str) -> MatrixCell:
    measure = MEASURES[key]
    return MatrixCell(
        key=key, title=title, unit=measure.unit, about=measure.about, among=measure.among,
        where=sa.true() if measure.condition is None else measure.condition, needs=measure.among.source,
        measure=key,
    )  # fmt: skip


_inbound = calls.c.direction == "inbound"
_no_call = calls.c.subject.is_(None)
_named = work_orders.c.call_subject.is_not(None)

COUNTS: tuple[MatrixCell, ...] = (
    _build_measured("calls_inbound", "话单呼入"),
    _build_measured("calls_answered", "话单接听"),
    MatrixCell(
        key="recordings_listed", title="录音清单", unit="条", about="录音清单里的录音，按录音开始的日期。",
        among=RECORDINGS, where=sa.true(), needs="recordings",
    ),
    MatrixCell(
        key="orders_from_calls", title="来电工单", unit="件", about="写明了来电流水号的工单，按受理日。",
        among=ORDERS, where=_named, needs="work_orders",
    ),
    _build_measured("work_orders_opened", "受理工单"),
    _build_measured("work_orders_closed_in_period", "办结工单"),
)  # fmt: skip

FINDINGS: tuple[MatrixCell, ...] = (
    MatrixCell(
        key="answered_without_recording", title="话单无录音", unit="通",
        about="由座席接听的呼入电话，录音清单中没有录音。", among=CALLS,
        where=sa.and_(_inbound, calls.c.answered.is_(True), RECORDED.c.recordings.is_(None)),
        needs="recordings", excused_by="recordings",
        remedy="请录音系统核对这些通话的录音是否丢失或流水号写法不同。",
    ),
    MatrixCell(
        key="talked_but_unanswered", title="未接但有通话", unit="通",
        about=f"话单记为未接听，而通话或录音长达{LONG_TALK_MS // 1000}秒以上；留言不算。", among=CALLS,
        where=sa.and_(
            _inbound, calls.c.answered.is_not(True),
            sa.or_(calls.c.outcome.is_(None), calls.c.outcome != "voicemail"),
            sa.or_(calls.c.talk_ms >= LONG_TALK_MS, RECORDED.c.longest_ms >= LONG_TALK_MS),
        ),
        needs="calls",
        remedy="话单很可能漏记了应答：请平台供应商核对录音后修改这些话单，接通率会随之上升。",
    ),
    MatrixCell(
        key="recording_without_call", title="录音无话单", unit="条",
        about="录音清单里有、话单里没有的通话，或录音没有写明是哪通电话。", among=RECORDINGS,
        where=_no_call, needs="recordings", excused_by="calls",
        remedy="请平台供应商补报这些通话的话单，或说明录音来自哪里。",
    ),
    MatrixCell(
        key="order_without_call", title="工单无话单", unit="件",
        about="工单写明了来电流水号，而话单里没有这通电话。", among=ORDERS,
        where=sa.and_(_named, _no_call),
        needs="work_orders", excused_by="calls", lag=1,
        remedy="请核对这些工单的来电流水号；流水号不错的，请补报话单。",
    ),
    MatrixCell(
        key="call_with_several_orders", title="一话多单", unit="通",
        about="同一通电话产生了两张以上的工单，归在首张工单的受理日。", among=SHARED_CALLS,
        where=sa.true(), needs="work_orders",
        remedy="一次来电反映多个事项的属正常情况；同一事项重复立单的，请合并工单。",
    ),
    MatrixCell(
        key="inspection_without_call", title="质检无话单", unit="次",
        about="质检记录里的通话，话单里没有。", among=INSPECTIONS, where=_no_call,
        needs="inspections", excused_by="calls", lag=31,
        remedy="请核对质检记录的流水号；流水号不错的，请补报话单。",
    ),
    MatrixCell(
        key="agent_on_two_calls", title="一席两通", unit="通",
        about=f"同一座席同一天接听的电话，应答时前面的一通还没有讲完，重叠{OVERLAP_S}秒以上；"
        "分几段的通话看不出座席讲到什么时候，不看。",
        among=TALKS, where=TALKS.of.c.answered_at < TALKS.of.c.other_until - _OVERLAP, needs="calls",
        remedy="请平台供应商核对这些话单的座席和时间：多半是工号被几个人共用，或通话时长含了排队、回访的时间。",
    ),
    MatrixCell(
        key="answered_while_signed_out", title="未签入而接听", unit="通",
        about="由座席接听的电话，应答时该座席没有签入（前后相差1分钟以内的不算）；没有写结束时间的状态，当作可能还在签入。",
        among=AGENTS_CALLS, where=ANSWERED_UNSEATED, needs="agent_states", excused_by="agent_states", lag=1,
        remedy="请核对话单和座席状态日志的工号是不是同一套；工号不错的，请平台供应商补报座席状态，或说明电话是谁接的。",
    ),
    MatrixCell(
        key="appeal_without_order", title="申诉无工单", unit="件",
        about="考核申诉所说的工单，工单表里没有：同意剔除的也没有从任何比率里剔除。", among=APPEALS,
        where=work_orders.c.subject.is_(None), needs="appeals", excused_by="work_orders", lag=31,
        remedy="请核对申诉表里的工单编号；编号不错的，请补报工单。",
    ),
    MatrixCell(
        key="appeal_without_call", title="申诉无话单", unit="件",
        about="通话考核申诉所说的电话，话单里没有：同意剔除的也没有从任何比率里剔除。", among=CALL_APPEALS,
        where=calls.c.subject.is_(None), needs="call_appeals", excused_by="calls", lag=31,
        remedy="请核对申诉表里的通话流水号；号码不错的，请平台供应商补报话单。",
    ),
)  # fmt: skip

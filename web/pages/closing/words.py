"""Closing in the words of a page: what comes next, and who does it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from kpi.closing.board import BoardMonth
from kpi.closing.exemptions import format_expiry
from kpi.closing.states import Closing, ClosingState
from kpi.closing.status import MonthStatus, join_titles
from kpi.closing.turns import NextStep, find_next_step
from kpi.figures.sources import SOURCES
from web.formatting import NO_DATA, with_unit

KINDS = {  # colour of a state
    ClosingState.OPEN: "open",
    ClosingState.COMPLETED: "completed",
    ClosingState.SUBMITTED: "submitted",
    ClosingState.APPROVED: "approved",
    ClosingState.LOCKED: "locked",
}
SIGNS = {  # one character where there is no room for the words
    ClosingState.OPEN: "—",
    ClosingState.COMPLETED: "齐",
    ClosingState.SUBMITTED: "提",
    ClosingState.APPROVED: "审",
    ClosingState.LOCKED: "锁",
}
CHANGED = "变"
OWED = "待"
_NAMED = 3  # runs of events named before the rest is only counted


def describe_month_state(closing: Closing, lagging: ClosingState) -> str:
    """A month's state in words: 已提交, 已锁定, 已更正（第2版）."""
    if not closing.sealed:
        return lagging.value
    vintage = closing.last_seal.vintage
    return "已锁定" if vintage == 1 else f"已更正（第{vintage}版）"


def make_board_month(status: MonthStatus) -> BoardMonth:
    """A month's own page, as the board would show the month."""
    changed = frozenset(
        row.source.key for row in status.rows if row.state is ClosingState.APPROVED and row.changed
    )
    return BoardMonth(
        status.closing,
        status.ended,
        {row.source.key: row.coverage for row in status.rows},
        changed,
        request_holds=status.request_stands,
    )


def describe_next_step(month: BoardMonth, now: datetime) -> str:
    """What comes next, and whose turn it is."""
    closing = month.closing
    match find_next_step(month, now):
        case NextStep.COMPLETE:
            return f"请录入员或业务主管确认报齐：{_format_titles(month.sources(ClosingState.OPEN))}。"
        case NextStep.SUBMIT:
            return f"请业务主管提交：{_format_titles(month.sources(ClosingState.COMPLETED))}。"
        case NextStep.APPROVE:
            return f"请审批人审批：{_format_titles(month.sources(ClosingState.SUBMITTED))}。"
        case NextStep.APPROVE_AGAIN:
            return f"{_format_titles(sorted(month.changed))}审批后有变动，请审批人重新审批。"
        case NextStep.ASK_FOR_LOCK:
            return "各来源均已审批，请业务主管申请锁定。"
        case NextStep.LOCK:
            assert closing.request is not None
            return f"{closing.request.requested_by}已申请锁定，请审批人批准。"
        case NextStep.APPROVE_EXEMPTION:
            asked_by = [one for one in closing.exemptions if one.is_pending(now)][-1].requested_by
            return f"{asked_by}已申请限期解锁，请审批人批准。"
        case NextStep.CORRECT:
            window = closing.find_open_exemption(now)
            assert window is not None
            until = format_expiry(window.expires_at)
            return f"限期解锁（{window.scope}）生效，到{until}止，业务主管可申请更正。"
        case NextStep.APPROVE_CORRECTION:
            assert closing.proposal is not None
            return f"{closing.proposal.proposed_by}已申请更正，请审批人批准。"
    if closing.sealed:
        return "已锁定。锁定后报送的数据正常入库，计入“锁定后变动”；如需更正，请先申请限期解锁。"
    return f"{month.month.label}结束后，由录入员或业务主管确认报齐。"


def format_causes(found: Sequence[Any]) -> str:
    """The events that cause a correction, runs as [first, last]: 第 10 号、第 12–15 号等 60 条事件."""
    runs = [(one, one) if isinstance(one, int) else (one[0], one[1]) for one in found]
    count = sum(last - first + 1 for first, last in runs)
    named = [f"{first:,}" if first == last else f"{first:,}–{last:,}" for first, last in runs[:_NAMED]]
    return (
        f"第{'、'.join(named)} 号{'等' if len(runs) > _NAMED else ''} {count:,} 条记录"
        if runs
        else "口径或数据来源变动"
    )


def format_sealed_value(figure: Mapping[str, Any]) -> str:
    """The value of a figure as a seal holds it."""
    value = figure["value"]
    return NO_DATA if value is None else with_unit(Decimal(value), figure["unit"])


def _format_titles(keys: list[str]) -> str:
    return join_titles([SOURCES[key].title for key in keys])

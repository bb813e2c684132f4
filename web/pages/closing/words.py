"""Closing in the words of a page: what comes next, and who does it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from kpi.closing.board import BoardMonth
from kpi.closing.exemptions import until
from kpi.closing.states import Closing, State
from kpi.closing.status import MonthStatus, listed
from kpi.figures.sources import SOURCES
from web.formatting import NO_DATA, with_unit

KINDS = {  # colour of a state
    State.OPEN: "open",
    State.COMPLETED: "completed",
    State.SUBMITTED: "submitted",
    State.APPROVED: "approved",
    State.LOCKED: "locked",
}
SIGNS = {  # one character where there is no room for the words
    State.OPEN: "—",
    State.COMPLETED: "齐",
    State.SUBMITTED: "提",
    State.APPROVED: "审",
    State.LOCKED: "锁",
}
CHANGED = "变"
OWED = "待"
_NAMED = 3  # runs of events named before the rest is only counted


def month_state(closing: Closing, lagging: State) -> str:
    """A month's state in words: 已提交, 已锁定, 已更正（第2版）."""
    if not closing.sealed:
        return lagging.value
    vintage = closing.last_seal.vintage
    return "已锁定" if vintage == 1 else f"已更正（第{vintage}版）"


def of_status(status: MonthStatus) -> BoardMonth:
    """A month's own page, as the board would show the month."""
    changed = frozenset(row.source.key for row in status.rows if row.state is State.APPROVED and row.changed)
    return BoardMonth(
        status.closing, status.ended, {row.source.key: row.coverage for row in status.rows}, changed
    )


def next_step(month: BoardMonth, now: datetime) -> str:
    """What comes next, and whose turn it is."""
    if month.closing.sealed:
        return _after_lock(month.closing, now)
    if not month.ended:
        return f"{month.month.label}结束后，由录入员或管理者报齐。"
    if month.changed:
        return f"{_titles(sorted(month.changed))}审批后有变动，请审批人重新审批。"
    if found := month.sources(State.OPEN):
        return f"请录入员或管理者报齐：{_titles(found)}。"
    if found := month.sources(State.COMPLETED):
        return f"请管理者提交：{_titles(found)}。"
    if found := month.sources(State.SUBMITTED):
        return f"请审批人审批：{_titles(found)}。"
    return _before_lock(month.closing)


def causes(found: Sequence[Any]) -> str:
    """The events that cause a correction, runs as [first, last]: 第 10 号、第 12–15 号等 60 条事件."""
    runs = [(one, one) if isinstance(one, int) else (one[0], one[1]) for one in found]
    count = sum(last - first + 1 for first, last in runs)
    named = [f"{first:,}" if first == last else f"{first:,}–{last:,}" for first, last in runs[:_NAMED]]
    return (
        f"第 {'、'.join(named)} 号{'等' if len(runs) > _NAMED else ''} {count:,} 条事件"
        if runs
        else "口径或依据的变动"
    )


def sealed_value(figure: Mapping[str, Any]) -> str:
    """The value of a figure as a seal holds it."""
    value = figure["value"]
    return NO_DATA if value is None else with_unit(Decimal(value), figure["unit"])


def _before_lock(closing: Closing) -> str:
    request = closing.request
    approved = max((told.approved_seq or 0 for told in closing.states.values()), default=0)
    if request is not None and request.event_seq > approved:
        return f"{request.requested_by}已提请锁定，请审批人确认。"
    return "各来源都已审批，请管理者提请锁定。"


def _after_lock(closing: Closing, now: datetime) -> str:
    exemption = closing.open_exemption(now)
    waiting = [one for one in closing.exemptions if one.is_pending(now)]
    if closing.proposal is not None and exemption is not None:
        return f"{closing.proposal.proposed_by}已提请更正，请审批人批准。"
    if exemption is not None:
        return f"锁定例外（{exemption.scope}）生效，到{until(exemption.expires_at)}为止，管理者可提请更正。"
    if waiting:
        return f"{waiting[-1].requested_by}已申请锁定例外，请审批人批准。"
    return "已锁定，现在谁也不能改；迟到的数据照常入库，记入迟到登记。"


def _titles(keys: list[str]) -> str:
    return listed([SOURCES[key].title for key in keys])

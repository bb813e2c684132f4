"""Who may change a figure now, and until when: one sentence for any centre, period and indicator."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from kpi.closing.exemptions import format_expiry
from kpi.closing.states import Closing, ClosingState, Exemption, has_ended
from kpi.closing.status import MonthStatus, SourceStatus, join_titles
from kpi.figures.indicators import Indicator
from kpi.figures.sources import SOURCES
from tracker.events.times import get_day_start
from tracker.periods import Month, Period

_NEXT = {ClosingState.OPEN: "待录入人员确认报齐", ClosingState.COMPLETED: "待提交"}


def explain_period(status: MonthStatus, period: Period) -> str:
    """One sentence: who may change a period's figures now, by the status of the month that it ends with."""
    if status.closing.sealed:
        return _explain_sealed(status.closing, period, None, status.now)
    return _explain_open(status, period)


def explain_turn(closing: Closing, period: Period, indicator: Indicator, now: datetime) -> str:
    """One sentence: who may change a figure now, by what was done to the month that its period ends with.

    The month's data are not looked through again: what changed since it was approved is not told."""
    if closing.sealed:
        return _explain_sealed(closing, period, indicator, now)
    what, month = _name_scope(period, indicator), closing.month
    if not has_ended(month, now):
        return _explain_running(what, month)
    waiting = [
        f"{join_titles([SOURCES[key].title for key in keys])}{step}"
        for state, step in (_NEXT | {ClosingState.SUBMITTED: "已提交，待另一人审批"}).items()
        if (
            keys := [
                key for key, one in closing.states.items() if one.state is state and key in indicator.needs
            ]
        )
    ]
    if waiting:
        return f"{what}尚未锁定，会随新报数据变动。下一步：{'；'.join(waiting)}。"
    return f"{what}所依据的来源均已审批，随{month.label}锁定后不再变动；锁定前如有变动，须重新审批。"


def _explain_running(what: str, month: Month) -> str:
    since = format_expiry(get_day_start(month.end_day))
    return f"{what}尚未锁定，会随新报数据变动；{month.label}结束（{since}）后方可报齐、提交、审批和锁定。"


def _explain_sealed(closing: Closing, period: Period, declared: Indicator | None, now: datetime) -> str:
    seal = closing.last_seal
    sentence = (
        f"{_name_scope(period, declared)}已随{closing.month.label}锁定（第{seal.vintage}版，"
        f"{format_expiry(seal.sealed_at)}，{seal.sealed_by}、{seal.approved_by}）"
    )
    open_now = [one for one in closing.exemptions if one.is_open(now)]
    bearing = [one for one in open_now if declared is None or one.permits(declared)]
    if bearing:
        return f"{sentence}。{'；'.join(_format_window(one) for one in bearing)}。"
    if open_now:
        scope = "、".join(one.scope for one in open_now)
        return f"{sentence}。生效中的限期解锁仅限{scope}，不含该数字。"
    return (
        f"{sentence}。锁定后报送的数据正常入库，计入“锁定后变动”；如需更正，请先申请限期解锁并经另一人批准。"
    )


def _format_window(one: Exemption) -> str:
    return (
        f"第{one.number}次限期解锁（{one.scope}，{one.requested_by}申请、{one.approved_by}批准：{one.reason}）"
        f"生效，到{format_expiry(one.expires_at)}止，可由一人申请更正、另一人批准"
    )


def _explain_open(status: MonthStatus, period: Period) -> str:
    what, month = _name_scope(period, None), status.month
    if not status.ended:
        return _explain_running(what, month)
    waiting = "；".join(_list_waiting(status.rows))
    if waiting:
        return f"{what}尚未锁定，会随新报数据变动。下一步：{waiting}。"
    return f"{what}所依据的来源均已审批，随{month.label}锁定后不再变动。{_explain_before_lock(status)}"


def _explain_before_lock(status: MonthStatus) -> str:
    if status.request_holds and status.closing.request is not None:
        return f"{status.closing.request.requested_by}已申请锁定，待另一人批准。"
    if status.obstacles:
        return f"尚需：{'；'.join(status.obstacles)}。"
    return "下一步：由一人申请锁定，另一人批准。"


def _list_waiting(rows: Sequence[SourceStatus]) -> Iterator[str]:
    """Who is next, for which sources."""
    for state, step in _NEXT.items():
        titles = [row.source.title for row in rows if row.state is state]
        if titles:
            yield f"{join_titles(titles)}{step}"
    for row in rows:
        if row.state is ClosingState.SUBMITTED:
            yield f"{row.source.title}由{row.told.submitted_by}提交，待另一人审批"
        if row.state is ClosingState.APPROVED and row.changed:
            yield f"{row.source.title}已审批后有变动，待{row.told.submitted_by}以外的人重新审批"


def _name_scope(period: Period, declared: Indicator | None) -> str:
    return f"{period.label}的{declared.title if declared else '数字'}"

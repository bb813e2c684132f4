"""Who may change a figure now, and until when: one sentence for any centre, period and indicator."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from kpi.closing.exemptions import until
from kpi.closing.states import Closing, Exemption, State, has_ended, month_ending, read_closing
from kpi.closing.status import MonthStatus, SourceRow, listed, read_status
from kpi.figures.indicators import Indicator, find_indicator
from kpi.figures.sources import SOURCES
from tracker.events.times import day_start
from tracker.periods import Month, Period

_NEXT = {State.OPEN: "等报送人报齐", State.COMPLETED: "等提交"}


def who_may_change(
    connection: sa.Connection, center: str, period: Period, indicator: str | None, now: datetime
) -> str:
    """One sentence; without an indicator it speaks of the whole period. Raises: IndicatorProblem."""
    declared = find_indicator(indicator) if indicator else None
    month = month_ending(period)
    closing = read_closing(connection, center, month)
    if closing.sealed:
        return _of_sealed(closing, period, declared, now)
    return _of_open(read_status(connection, center, month, now), period, declared)


def told_of(status: MonthStatus, period: Period) -> str:
    """The same of a whole period, from the status of the month that it ends with."""
    if status.closing.sealed:
        return _of_sealed(status.closing, period, None, status.now)
    return _of_open(status, period, None)


def turn_of(closing: Closing, period: Period, indicator: Indicator, now: datetime) -> str:
    """The same from what was done to the month alone, without looking through its data again."""
    if closing.sealed:
        return _of_sealed(closing, period, indicator, now)
    what, month = _what(period, indicator), closing.month
    if not has_ended(month, now):
        return _running(what, month)
    waiting = [
        f"{listed([SOURCES[key].title for key in keys])}{told}"
        for state, told in (_NEXT | {State.SUBMITTED: "已提交，等另一人审批"}).items()
        if (
            keys := [
                key for key, one in closing.states.items() if one.state is state and key in indicator.needs
            ]
        )
    ]
    if waiting:
        return f"{what}是暂定数，随数据交付而变。下一步：{'；'.join(waiting)}。"
    return f"{what}所依据的来源都已审批，随{month.label}锁定后不再变动；锁定前如有变动，须重新审批。"


def _running(what: str, month: Month) -> str:
    since = until(day_start(month.end_day))
    return f"{what}是暂定数，随数据交付而变；{month.label}结束（{since}）后才能报齐、提交、审批和锁定。"


def _of_sealed(closing: Closing, period: Period, declared: Indicator | None, now: datetime) -> str:
    seal = closing.last_seal
    told = (
        f"{_what(period, declared)}已随{closing.month.label}锁定（第{seal.vintage}版，"
        f"{until(seal.sealed_at)}，{seal.sealed_by}、{seal.approved_by}）"
    )
    open_now = [one for one in closing.exemptions if one.is_open(now)]
    bearing = [one for one in open_now if declared is None or one.permits(declared)]
    if bearing:
        return f"{told}。{'；'.join(_window(one) for one in bearing)}。"
    if open_now:
        scope = "、".join(one.scope for one in open_now)
        return f"{told}，现在谁也不能改：生效中的锁定例外只限{scope}，与它无关。"
    return (
        f"{told}，现在谁也不能改；要更正，须由一人申请锁定例外、另一人批准。"
        "迟到的数据照常入库，记入迟到登记。"
    )


def _window(one: Exemption) -> str:
    return (
        f"第{one.number}号锁定例外（{one.scope}，{one.requested_by}申请、{one.approved_by}批准：{one.reason}）"
        f"生效，到{until(one.expires_at)}为止，可由一人提请更正、另一人批准"
    )


def _of_open(status: MonthStatus, period: Period, declared: Indicator | None) -> str:
    what, month = _what(period, declared), status.month
    if not status.ended:
        return _running(what, month)
    rows = [row for row in status.rows if declared is None or row.source.key in declared.needs]
    waiting = "；".join(_waiting(rows))
    if waiting:
        return f"{what}是暂定数，随数据交付而变。下一步：{waiting}。"
    return f"{what}所依据的来源都已审批，随{month.label}锁定后不再变动。{_before_lock(status)}"


def _before_lock(status: MonthStatus) -> str:
    if status.request_holds and status.closing.request is not None:
        return f"{status.closing.request.requested_by}已提请锁定，等另一人确认。"
    if status.obstacles:
        return f"还差：{'；'.join(status.obstacles)}。"
    return "下一步：由一人提请锁定，另一人确认。"


def _waiting(rows: Sequence[SourceRow]) -> Iterator[str]:
    """Who is next, for which sources."""
    for state, told in _NEXT.items():
        titles = [row.source.title for row in rows if row.state is state]
        if titles:
            yield f"{listed(titles)}{told}"
    for row in rows:
        if row.state is State.SUBMITTED:
            yield f"{row.source.title}由{row.told.submitted_by}提交，等另一人审批"
        if row.state is State.APPROVED and row.changed:
            yield f"{row.source.title}已审批后有变动，等{row.told.submitted_by}以外的人重新审批"


def _what(period: Period, declared: Indicator | None) -> str:
    return f"{period.label}的{declared.title if declared else '数字'}"

"""Months that are not locked: whatever rests on them may still move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kpi.closing.checklist import SourceCheck, check_months
from kpi.closing.states import Closing, ClosingState, SourceState, read_closings
from kpi.evaluation.rehearsal.deadlines import RehearsalCalendar
from kpi.evaluation.rehearsal.points_status import Remedy, RemedyKind
from kpi.figures.coverage_inputs import Backing
from kpi.figures.day_runs import name_months
from tracker.periods import Month

_STEPS = {  # how far the least advanced source has come → what is left to do
    ClosingState.OPEN: "报齐、提交、审批、锁定",
    ClosingState.COMPLETED: "提交、审批、锁定",
    ClosingState.SUBMITTED: "由另一人审批、锁定",
    ClosingState.APPROVED: "两人锁定",
}
_FINDINGS = 3  # named before the rest is only counted


@dataclass(frozen=True)
class OpenMonth:
    """A month that has ended and is not locked."""

    month: Month
    state: ClosingState  # of its least advanced source
    behind: tuple[str, ...]  # titles of the sources in that state
    findings: tuple[str, ...]  # what must be mended or explained before


def list_open_months(
    connection: sa.Connection,
    center: str,
    sources: Sequence[str],
    calendar: RehearsalCalendar,
    backing: Backing,
) -> list[OpenMonth]:
    """The year's months that have ended and are not locked, as far as a scheme's sources are concerned.

    `backing` is that of the year. Three statements, whatever the number of months.
    """
    year, today = calendar.year, calendar.today
    closings = read_closings(connection, center, year.months)
    waiting = [one for month, one in closings.items() if month.end_day <= today and not one.sealed]
    if not waiting:
        return []
    checked = check_months(connection, center, [one.month for one in waiting], sources, backing)
    return [_make_open_month(one, sources, checked[one.month]) for one in waiting]


def list_lock_remedies(months: Sequence[OpenMonth], calendar: RehearsalCalendar) -> tuple[Remedy, ...]:
    """One remedy for the months that have come equally far."""
    states = [state for state in _STEPS if any(one.state is state for one in months)]
    return tuple(
        _make_lock_remedy([one for one in months if one.state is state], calendar) for state in states
    )


def _make_open_month(
    closing: Closing, sources: Sequence[str], checked: Mapping[str, SourceCheck]
) -> OpenMonth:
    month = closing.month
    states = [closing.states.get(key, SourceState(of=key)) for key in sources]
    least = min((one.state for one in states), key=list(ClosingState).index, default=ClosingState.OPEN)
    return OpenMonth(
        month=month,
        state=least,
        behind=tuple(checked[one.of].source.title for one in states if one.state is least),
        findings=tuple(
            f"{month.month}月{one.source.title}{one.told}" for one in checked.values() if one.told
        ),
    )


def _make_lock_remedy(months: Sequence[OpenMonth], calendar: RehearsalCalendar) -> Remedy:
    text = f"{name_months([one.month.first_day for one in months])}{_STEPS[months[0].state]}"
    found = [advice for one in months for advice in one.findings]
    rest = f"等{len(found)}处" if len(found) > _FINDINGS else ""
    advice = f"提交时须补齐或说明：{'；'.join(found[:_FINDINGS])}{rest}。" if found else ""
    how = f"{advice}在页面“月度审核”上办理；提交人和审批人须是两个人。"
    return Remedy(RemedyKind.APPROVE, text, how, len(months), calendar.get_hand_in_deadline())

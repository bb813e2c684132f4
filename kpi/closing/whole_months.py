"""A month at once: 报齐 and 提交 by one person, 审批 and 锁定 by another. All of it is done, or nothing.

Each act is the events of the single acts, in the order in which they would be done one after the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kpi.closing.acts import (
    SeenStatus,
    append_acts,
    build_act,
    check_approval,
    check_completion,
    check_submission,
    compute_figures_fingerprint,
    find_unseen,
    join_refusals,
    refresh_status,
)
from kpi.closing.locking import check_lock, require_request, seal_month
from kpi.closing.states import ClosingProblem, ClosingState, MonthSeal, Refusal
from kpi.closing.status import MonthStatus, SourceStatus, read_status
from kpi.figures import results
from tracker.events.closing import (
    ClosingEvent,
    LockRequested,
    SourceApproved,
    SourceCompleted,
    SourceSubmitted,
)
from tracker.periods import Month
from tracker.signatures import clean_signature


@dataclass(frozen=True)
class MonthSubmission:
    """What was done when a month was submitted: keys of sources, and whether its lock was requested."""

    month: Month
    completed: tuple[str, ...]
    submitted: tuple[str, ...]
    lock_requested: bool


@dataclass(frozen=True)
class MonthApproval:
    """What was done when a month was approved: keys of sources, and its seal."""

    month: Month
    approved: tuple[str, ...]
    seal: MonthSeal | None
    not_locked: str  # why there is no seal, without a full stop; empty where there is one


def submit_month(
    connection: sa.Connection,
    center: str,
    month: Month,
    *,
    by: str,
    now: datetime,
    seen: SeenStatus | None,
    acknowledged: str | None = None,
    lock: bool = True,
) -> MonthSubmission:
    """报齐 and 提交 of whatever is not submitted yet; with `lock`, 申请锁定 of the same figures.

    `seen` is what the person was shown; None: no page was shown. Raises: ClosingProblem where a source can
    be neither, where something was found and not acknowledged, or where something moved; SignatureProblem.
    """
    name = clean_signature(by, "提交")
    status = refresh_status(connection, center, month, now)
    explanation = (acknowledged or "").strip() or None
    _refuse(check_month_submission(status, name, explanation))
    _check_seen(connection, center, status, seen)
    completing = [row for row in status.rows if row.state is ClosingState.OPEN]
    submitting = [row for row in status.rows if row.state in _UNSUBMITTED]
    events: list[ClosingEvent] = [
        build_act(SourceCompleted, month, row, name, now, {"remark": None}) for row in completing
    ]
    fields = {"remark": None, "acknowledged": explanation}
    for row in submitting:
        before = int(row.state is ClosingState.OPEN)
        events.append(build_act(SourceSubmitted, month, row, name, now, fields, before=before))
    asks = lock and (bool(submitting) or not status.request_stands)
    if asks:
        events.append(_build_request(status, name, now))
    if not events:
        raise ClosingProblem(f"{month.label}已提交，无需再次提交。")
    append_acts(connection, center, events, now)
    return MonthSubmission(month, _list_keys(completing), _list_keys(submitting), asks)


def approve_month(
    connection: sa.Connection, center: str, month: Month, *, by: str, now: datetime, seen: SeenStatus | None
) -> MonthApproval:
    """审批 of whatever waits for it, and 锁定 where somebody else requested it of the same figures.

    Raises: ClosingProblem where a source cannot be approved, something moved since the person was shown it
    (`seen`; None: no page was shown), or there is nothing to do; SignatureProblem.
    """
    name = clean_signature(by, "审批")
    status = refresh_status(connection, center, month, now)
    refusals = {row.source.key: check_approval(status, row, name) for row in status.rows}
    _refuse({key: one for key, one in refusals.items() if one is not None and not one.is_done})
    _check_seen(connection, center, status, seen)
    approving = [row for row in status.rows if refusals[row.source.key] is None]
    events = [build_act(SourceApproved, month, row, name, now, {"remark": None}) for row in approving]
    if events:
        append_acts(connection, center, events, now)
    seal, not_locked = _lock(connection, center, read_status(connection, center, month, now), name)
    if not approving and seal is None:
        raise ClosingProblem(f"{not_locked}。")
    return MonthApproval(month, _list_keys(approving), seal, not_locked)


def check_month_submission(status: MonthStatus, by: str, acknowledged: str | None) -> dict[str, Refusal]:
    """Source → why it cannot be submitted, or stands in the way of the others; empty: the month can be."""
    found = {row.source.key: _check_row(status, row, by, acknowledged) for row in status.rows}
    return {key: one for key, one in found.items() if one is not None}


_UNSUBMITTED = (ClosingState.OPEN, ClosingState.COMPLETED)


def _check_row(status: MonthStatus, row: SourceStatus, by: str, explanation: str | None) -> Refusal | None:
    if row.state is ClosingState.OPEN:
        return check_completion(status, row, by) or _check_findings(row, explanation)
    if row.state is ClosingState.COMPLETED:
        return check_submission(status, row, by, acknowledged=explanation)
    if row.state is ClosingState.LOCKED:
        return Refusal(f"{status.month.label}已锁定；如需更正，请先申请限期解锁")
    if row.unexplained:
        return Refusal(f"提交后出现问题（{row.checked.told}），请审批人退回，重新提交并说明")
    if row.state is ClosingState.APPROVED and row.changed:
        return Refusal("审批后有变动，请审批人重新审批")
    return None


def _check_findings(row: SourceStatus, explanation: str | None) -> Refusal | None:
    if row.checked.findings and not explanation:
        return Refusal(f"{row.checked.told}；请修改，或写明原因后提交")
    return None


def _refuse(refusals: Mapping[str, Refusal]) -> None:
    if refusals:
        raise ClosingProblem(join_refusals({key: one.text for key, one in refusals.items()}))


def _check_seen(connection: sa.Connection, center: str, status: MonthStatus, seen: SeenStatus | None) -> None:
    """Raises: ClosingProblem where sources or figures are not what the person was shown."""
    if seen is None:
        return
    _refuse(find_unseen(connection, center, status, status.rows, seen))
    figures = results.read_period(connection, center, status.month)
    if seen.figures != compute_figures_fingerprint(figures):
        raise ClosingProblem(f"{status.month.label}的指标在您打开页面以后有变动，请核对现在的数字，再办理。")


def _build_request(status: MonthStatus, by: str, now: datetime) -> LockRequested:
    return LockRequested(
        month=str(status.month),
        number=status.closing.requests + 1,
        requested_by=by,
        requested_at=now,
        remark=None,
    )


def _lock(
    connection: sa.Connection, center: str, status: MonthStatus, by: str
) -> tuple[MonthSeal | None, str]:
    """The month's seal, or why there is none."""
    refusal = check_lock(status)
    if refusal is not None:
        return None, refusal
    try:
        request = require_request(status, by)
    except ClosingProblem as problem:
        return None, str(problem).removesuffix("。")
    return seal_month(connection, center, status.month, request, by=by, now=status.now), ""


def _list_keys(rows: list[SourceStatus]) -> tuple[str, ...]:
    return tuple(row.source.key for row in rows)

"""锁定: two people seal a month's figures, and those of the quarter and year that it ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpi.closing.acts import append_acts, refresh_status
from kpi.closing.states import (
    ClosingProblem,
    LockRequest,
    MonthSeal,
    check_seen,
    list_sealed_periods,
    read_seals,
)
from kpi.closing.status import MonthStatus
from kpi.figures import results
from kpi.figures.codes import SealedFigure, as_sealed, derive_code
from kpi.figures.figure import Figure
from tracker import log
from tracker.database import get_driver
from tracker.events.closing import LockRequested, MonthSealed
from tracker.periods import Month
from tracker.signatures import clean_signature, is_same_person


def request_lock(
    connection: sa.Connection, center: str, month: Month, *, by: str, now: datetime, remark: str | None = None
) -> None:
    """申请锁定: the first signature. It holds until something is approved after it.

    Raises: ClosingProblem that says what stands in the way.
    """
    name = clean_signature(by, "申请锁定")
    status = refresh_status(connection, center, month, now)
    refusal = check_lock(status) or _explain_locked(status)
    if refusal is not None:
        raise ClosingProblem(f"{refusal}。")
    request = LockRequested(
        month=str(month),
        number=status.closing.requests + 1,
        requested_by=name,
        requested_at=now,
        remark=remark,
    )
    append_acts(connection, center, [request], now)


def lock_month(
    connection: sa.Connection, center: str, month: Month, *, by: str, now: datetime, seen: int | None = None
) -> MonthSeal:
    """锁定: the second signature. Brings the figures up to date and seals them, in one transaction.

    `seen` is the event number of the request that the person was shown; None: whichever there is.
    Raises: ClosingProblem where something stands in the way, nobody requested it, the same person did, or
    the request is another one.
    """
    name = clean_signature(by, "锁定")
    status = refresh_status(connection, center, month, now)
    request = require_request(status, name)
    check_seen(seen, request.event_seq, "申请锁定")
    return seal_month(connection, center, month, request, by=name, now=now)


def seal_month(
    connection: sa.Connection, center: str, month: Month, request: LockRequest, *, by: str, now: datetime
) -> MonthSeal:
    """Seals the figures of a month that was requested by one person and may be locked by another.

    The caller has looked at both, and figures are up to date. Raises: ClosingProblem where there are none.
    """
    figures = read_figures_to_seal(connection, center, month)
    if not figures:
        raise ClosingProblem(f"{month.label}还没有任何指标数字，没有可锁定的。")
    append_seal(
        connection, center, month, now=now,
        vintage=1,
        figures=[as_sealed_with_code(figure, 1) for figure in figures],
        sealed_by=request.requested_by,
        approved_by=by,
    )  # fmt: skip
    return read_seals(connection, center, [month])[-1]


def check_lock(status: MonthStatus) -> str | None:
    """What stands in the way of locking a month; None: nothing but signatures."""
    if status.closing.sealed:
        return f"{status.month.label}已锁定"
    if status.obstacles:
        return f"{status.month.label}暂不能锁定：{'；'.join(status.obstacles)}"
    return None


def read_figures_to_seal(connection: sa.Connection, center: str, month: Month) -> list[Figure]:
    """The figures, as the facts say now, that a month's seal holds."""
    periods = list_sealed_periods(month)
    return [one for period in periods for one in results.read_period(connection, center, period, live=True)]


def as_sealed_with_code(figure: Figure, vintage: int) -> SealedFigure:
    """A figure as a seal holds it, with its code."""
    return as_sealed(figure) | {"code": derive_code(figure, vintage)}


def append_seal(
    connection: sa.Connection,
    center: str,
    month: Month,
    *,
    now: datetime,
    vintage: int,
    figures: Sequence[Any],
    sealed_by: str,
    approved_by: str,
    replaced: Sequence[Any] = (),
    reason: str | None = None,
    caused_by: Sequence[Any] = (),
    exception: str | None = None,
) -> None:
    """Writes a vintage into the log, with the log's end just before it."""
    raw = get_driver(connection)
    with log.appending(raw, center, delivery=None, as_of=now, recorded_at=now) as appending:
        seal = MonthSealed(
            month=str(month),
            vintage=vintage,
            figures=list(figures),
            replaced=list(replaced),
            head_seq=appending.seq,
            head_hash=appending.hash.hex(),
            sealed_by=sealed_by,
            approved_by=approved_by,
            sealed_at=now,
            reason=reason,
            caused_by=list(caused_by),
            exception=exception,
        )
        appending.add([(seal, None)])


def _explain_locked(status: MonthStatus) -> str | None:
    request = status.closing.request
    if request is None or not status.request_holds:
        return None
    return f"已由{request.requested_by}申请锁定，待另一人批准"


def require_request(status: MonthStatus, by: str) -> LockRequest:
    """The request that somebody may now confirm by locking the month. Raises: ClosingProblem."""
    refusal = check_lock(status)
    request = status.closing.request
    if refusal is None and (request is None or not status.request_holds):
        refusal = f"还没有人申请锁定{status.month.label}，或申请后数字有变动、有来源重新审批；请先申请锁定"
    if refusal is None and request is not None and is_same_person(request.requested_by, by):
        refusal = f"由{request.requested_by}申请锁定，须由另一人批准"
    if refusal is not None or request is None:
        raise ClosingProblem(f"{refusal}。")
    return request

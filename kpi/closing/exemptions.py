"""限期解锁: a correction of a locked month needs a reason, a second person and an expiry.

While one is open, corrections may be proposed and approved, and nothing else: deliveries are taken in without
it, and without it no sealed figure moves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from kpi.closing.acts import append_acts
from kpi.closing.states import Closing, ClosingProblem, Exemption, list_needed_sources, read_closing
from kpi.figures import results
from kpi.figures.sources import SOURCES
from tracker.events.closing import LockException, LockExceptionClosed, LockExceptionRequested
from tracker.events.times import BEIJING
from tracker.periods import Month
from tracker.signatures import clean_signature, is_same_person

LONGEST = timedelta(days=30)


def request_exemption(
    connection: sa.Connection,
    center: str,
    month: Month,
    *,
    by: str,
    reason: str,
    expires_at: datetime,
    now: datetime,
    source: str | None = None,
) -> Exemption:
    """申请限期解锁, for one source or for all. Raises: ClosingProblem."""
    name = clean_signature(by, "申请限期解锁")
    closing = _hold_closing(connection, center, month, now)
    refusal = _check_request(closing, reason, expires_at, now, source)
    if refusal is not None:
        raise ClosingProblem(refusal)
    number = len(closing.exemptions) + 1
    request = LockExceptionRequested(
        month=str(month), number=number, of=source, reason=reason.strip(), requested_by=name,
        requested_at=now, expires_at=expires_at,
    )  # fmt: skip
    append_acts(connection, center, [request], now)
    return read_closing(connection, center, month).exemptions[-1]


def open_exemption(
    connection: sa.Connection, center: str, month: Month, *, by: str, now: datetime, number: int | None = None
) -> Exemption:
    """批准解锁, by another person: the one of that number, or the one that waits.

    Raises: ClosingProblem.
    """
    name = clean_signature(by, "批准解锁")
    closing = _hold_closing(connection, center, month, now)
    waiting = [one for one in closing.exemptions if one.is_pending(now) and number in (None, one.number)]
    if not waiting:
        raise ClosingProblem(f"{month.label}没有等待批准的限期解锁：没有申请，或已批准、已结束、已到期。")
    exemption = waiting[-1]
    if is_same_person(exemption.requested_by, name):
        raise ClosingProblem(f"这一限期解锁由{exemption.requested_by}申请，须由另一人批准。")
    event = LockException(
        month=str(month), number=exemption.number, of=exemption.of, reason=exemption.reason,
        requested_by=exemption.requested_by, approved_by=name, opened_at=now, expires_at=exemption.expires_at,
    )  # fmt: skip
    append_acts(connection, center, [event], now)
    return _find_numbered(read_closing(connection, center, month).exemptions, exemption.number)


def close_exemption(
    connection: sa.Connection,
    center: str,
    month: Month,
    *,
    by: str,
    now: datetime,
    reason: str | None = None,
    number: int | None = None,
) -> Exemption:
    """结束限期解锁 before it expires, or turns down one that waits. Anybody may. Raises: ClosingProblem."""
    name = clean_signature(by, "结束限期解锁")
    closing = _hold_closing(connection, center, month, now)
    running = [one for one in closing.exemptions if one.is_open(now) or one.is_pending(now)]
    matching = [one for one in running if number in (None, one.number)]
    if not matching:
        raise ClosingProblem(f"{month.label}没有生效中或等待批准的限期解锁。")
    closed = LockExceptionClosed(
        month=str(month), number=matching[-1].number, closed_by=name, closed_at=now, reason=reason
    )
    append_acts(connection, center, [closed], now)
    return _find_numbered(read_closing(connection, center, month).exemptions, matching[-1].number)


def format_expiry(moment: datetime) -> str:
    """An expiry in words; the moment itself is excluded."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def _check_request(
    closing: Closing, reason: str, expires_at: datetime, now: datetime, source: str | None
) -> str | None:
    if not closing.sealed:
        return f"{closing.month.label}还没有锁定，不需要限期解锁。"
    if not reason.strip():
        return "申请限期解锁必须写明理由。"
    if source is not None and source not in list_needed_sources():
        available = "、".join(f"{key}（{SOURCES[key].title}）" for key in list_needed_sources())
        return f"没有来源“{source}”；可用的有：{available}。"
    if expires_at <= now:
        return f"到期时间{format_expiry(expires_at)}已过；请填写以后的时间。"
    if expires_at > now + LONGEST:
        return f"限期解锁最长{LONGEST.days}天：到期时间最晚为{format_expiry(now + LONGEST)}。"
    if any(one.is_pending(now) and one.of == source for one in closing.exemptions):
        return f"{closing.month.label}已有同样范围的限期解锁在等待批准。"
    return None


def _hold_closing(connection: sa.Connection, center: str, month: Month, now: datetime) -> Closing:
    """What was done to the month; nobody else writes meanwhile."""
    results.bring_up_to_date(connection, center, now)
    return read_closing(connection, center, month)


def _find_numbered(exemptions: Sequence[Exemption], number: int) -> Exemption:
    return next(one for one in exemptions if one.number == number)

"""Taking back what was wrong: a statement, or a whole delivery. Nothing is deleted; a new event says so."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg

from ingest.quarantine.settling import reopen_rows, settle_by_others
from tracker import log
from tracker.events.closing import ClosingEvent
from tracker.events.ledger import EventVoided
from tracker.events.times import get_day
from tracker.stored_event import Recorded

_DAYS = ("entered_at", "due_on")  # where the day that counts is not that on which it came to an end


class VoidProblem(ValueError):
    """不能作废，原因见说明。"""


def void_event(
    connection: psycopg.Connection[Any], center: str, seq: int, *, reason: str, by: str, now: datetime
) -> None:
    """Takes back one statement. Raises: VoidProblem."""
    recorded = log.read_event(connection, center, seq)
    if recorded is None:
        raise VoidProblem(f"中心 {center} 的日志里没有第 {seq} 号事件。")
    if recorded.source == ClosingEvent.source:
        raise VoidProblem(
            f"第 {seq} 号是审核记录（{recorded.type}），不能作废；"
            "已审批的请退回，已锁定的请更正（页面“月度审核”）。"
        )
    if recorded.source == "ledger":
        raise VoidProblem(
            f"第 {seq} 号是日志自己的记录（{recorded.type}），不能作废；整次导入请用 --delivery 作废。"
        )
    if _is_voided(connection, center, seq):
        raise VoidProblem(f"第 {seq} 号事件已经作废。")
    _append(connection, center, seq=seq, delivery=None, reason=reason, by=by, now=now, recorded=recorded)


def void_delivery(
    connection: psycopg.Connection[Any],
    home: Path,
    center: str,
    delivery: str,
    *,
    reason: str,
    by: str,
    now: datetime,
) -> None:
    """Takes back all statements of a delivery, and what it confirmed; `home` keeps the bytes of the others.

    Raises: VoidProblem."""
    row = connection.execute(
        "SELECT voided FROM deliveries WHERE center_id = %s AND delivery = %s", (center, delivery)
    ).fetchone()
    if row is None:
        raise VoidProblem(f"中心 {center} 没有编号为“{delivery}”的导入记录；全部编号见“导入记录”。")
    if row[0]:
        raise VoidProblem(f"报送“{delivery}”已经作废。")
    _append(connection, center, seq=None, delivery=delivery, reason=reason, by=by, now=now, home=home)


def _find_day(recorded: Recorded) -> date | None:
    """The day that a statement counts on, as far as it says one itself."""
    day_text = next((recorded.data.get(key) for key in _DAYS if recorded.data.get(key)), None)
    if day_text is not None:
        return date.fromisoformat(str(day_text)[:10])
    return get_day(recorded.occurred_at) if recorded.occurred_at else None


def _is_voided(connection: psycopg.Connection[Any], center: str, seq: int) -> bool:
    found = connection.execute("SELECT 1 FROM voids WHERE center_id = %s AND event_seq = %s", (center, seq))
    return found.fetchone() is not None


def _append(
    connection: psycopg.Connection[Any],
    center: str,
    *,
    seq: int | None,
    delivery: str | None,
    reason: str,
    by: str,
    now: datetime,
    recorded: Recorded | None = None,
    home: Path | None = None,
) -> None:
    if not reason.strip() or not by.strip():
        raise VoidProblem("作废必须写明理由和经办人。")
    void = EventVoided(
        event_seq=seq,
        delivery=delivery,
        reason=reason.strip(),
        voided_by=by.strip(),
        voided_at=now,
        of=recorded.source if recorded else None,
        day=_find_day(recorded) if recorded else None,
    )
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        again = [*reopen_rows(connection, center, delivery, now)] if delivery else []
        appending.add([(event, None) for event in (void, *again)])
        for missing in again:  # another delivery may hold them as well
            assert home is not None
            others = settle_by_others(connection, home, center, missing.delivery, now)
            appending.add([(event, None) for event in others])

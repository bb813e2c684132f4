"""零报告: a person signs that a source had nothing in a span of days."""

from datetime import date, datetime
from typing import Any

import psycopg

from ingest.kinds import KINDS
from tracker import log
from tracker.events.ledger import NothingToReport
from tracker.events.times import BEIJING

# an hour without a probe cannot be signed away: nobody looked; and no recording or statement proves nothing
_UNSIGNED = ("probes", "recordings", "control_totals", "contracted_seats")
SOURCES = {
    kind.source: kind.title for kind in KINDS if kind.name == kind.source and kind.source not in _UNSIGNED
}
_DAILY = (
    "calls",
    "work_orders",
    "daily_counts",
    "agent_states",
)  # elsewhere a month may hold old rows and no change


class ZeroReportProblem(ValueError):
    """零报告不能登记，原因见说明。"""


def sign_nothing(
    connection: psycopg.Connection[Any],
    center: str,
    source: str,
    first_day: date,
    end_day: date,
    *,
    by: str,
    remark: str | None,
    now: datetime,
) -> None:
    """Signs for the days from first_day up to end_day, exclusive. Raises: ZeroReportProblem."""
    if source not in SOURCES:
        raise ZeroReportProblem(f"没有“{source}”这种数据；可用的有：{'、'.join(sorted(SOURCES))}。")
    if not by.strip():
        raise ZeroReportProblem("零报告必须写明确认人。")
    if not first_day < end_day <= now.astimezone(BEIJING).date():
        raise ZeroReportProblem("零报告只能确认已经过完的日子。")
    if source in _DAILY:
        _check_empty(connection, center, source, first_day, end_day)
    report = NothingToReport(
        of=source, first_day=first_day, end_day=end_day, signed_by=by.strip(), signed_at=now, remark=remark
    )
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(report, None)])


def _check_empty(
    connection: psycopg.Connection[Any], center: str, source: str, first_day: date, end_day: date
) -> None:
    found = connection.execute(
        "SELECT day, sum(rows) FROM covered_days WHERE center_id = %s AND source = %s"
        " AND day >= %s AND day < %s AND rows > 0 GROUP BY day ORDER BY day LIMIT 1",
        (center, source, first_day, end_day),
    ).fetchone()
    if found:
        raise ZeroReportProblem(f"{found[0]} 已导入 {found[1]} 行{SOURCES[source]}，不能确认为没有数据。")

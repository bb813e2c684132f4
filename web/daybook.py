"""A day of a centre: what is expected of it, what has come, what is missing, what was entered by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from ingest.zero_reports import SOURCES as SIGNED
from kpi.figures.results import Freshness
from kpi.figures.sources import SOURCES, Rhythm, Source
from tracker.events.times import BEIJING, day_start
from tracker.periods import Month

_REPORTED = ("messages", "cases", "visits")
_HOURS = 24
_NOTHING = "还没有数据"  # which is not the same as 0
_COUNTS = {"calls": ("inbound", "answered"), "work_orders": ("accepted", "closed")}

_COVERED = (
    "SELECT source, day, max(rows) AS rows, max(as_of) AS as_of FROM covered_days"
    " WHERE center_id = %(center)s AND (day = %(day)s OR rows = 0 AND day BETWEEN %(first)s AND %(last)s)"
    " GROUP BY source, day"
)
_COUNTED = """
SELECT (SELECT count(*) FROM calls WHERE center_id = %(center)s AND entered_on = %(day)s
        AND direction = 'inbound') AS inbound,
       (SELECT count(*) FROM calls WHERE center_id = %(center)s AND entered_on = %(day)s
        AND direction = 'inbound' AND queued_at IS NOT NULL) AS offered,
       (SELECT count(*) FROM calls WHERE center_id = %(center)s AND entered_on = %(day)s
        AND direction = 'inbound' AND queued_at IS NOT NULL AND answered_at IS NOT NULL) AS answered,
       (SELECT count(*) FROM work_orders WHERE center_id = %(center)s AND accepted_on = %(day)s) AS accepted,
       (SELECT count(*) FROM work_orders WHERE center_id = %(center)s AND closed_on = %(day)s) AS closed,
       (SELECT count(DISTINCT hour) FROM probes
        WHERE center_id = %(center)s AND probed_on = %(day)s) AS hours,
       (SELECT row_to_json(d) FROM daily_counts d
        WHERE center_id = %(center)s AND counted_on = %(day)s) AS counts,
       (SELECT data FROM events e WHERE center_id = %(center)s AND subject = 'call_tally/' || %(day)s::date
        AND NOT EXISTS (SELECT FROM voids v WHERE v.center_id = e.center_id
                        AND (v.event_seq = e.seq OR v.delivery = e.delivery))
        ORDER BY as_of DESC, seq DESC LIMIT 1) AS tally
"""
_ENTERED = """
SELECT e.seq, e.type, e.subject, e.recorded_at, e.data, d.delivery, d.voided,
       split_part(d.file_name, '_', 2) AS form,
       (SELECT i.data::json ->> 'entered_by' FROM events i WHERE i.center_id = e.center_id
        AND i.subject = d.subject AND i.type = 'delivery.imported' LIMIT 1) AS entered_by,
       EXISTS (SELECT FROM voids v WHERE v.center_id = e.center_id AND v.event_seq = e.seq) AS taken_back
FROM deliveries d JOIN events e ON e.center_id = d.center_id AND e.delivery = d.delivery
WHERE d.center_id = %(center)s AND d.as_of_basis = 'form' AND d.imported_on = %(day)s AND e.source <> 'ledger'
ORDER BY e.seq DESC LIMIT 100
"""


@dataclass(frozen=True)
class Expected:
    """A source that is expected for the day or its month."""

    source: Source
    state: str  # here | zero | missing | partly | later
    told: str
    first_day: date  # of the unit
    last_day: date
    held: int = 0  # things known of the day, whatever they came by

    @property
    def mark(self) -> str:
        return {"here": "✓ 已到", "zero": "0 零报告", "missing": "✕ 缺", "partly": "◐ 不全"}.get(
            self.state, "未到期"
        )

    @property
    def form(self) -> str | None:
        """The form that mends it, if there is one."""
        return {"messages": "counts", "cases": "counts", "visits": "counts", "work_orders": "order"}.get(
            self.source.key
        )

    @property
    def completable(self) -> bool:
        """Whether it was entered by hand, and only lacks that somebody says it is all there."""
        return self.state == "missing" and self.source.key == "work_orders" and self.held > 0

    @property
    def signable(self) -> bool:
        """Whether a zero report could stand in for it."""
        return self.state in ("missing", "partly") and not self.held and self.source.delivery in SIGNED


@dataclass(frozen=True)
class Compared:
    """A number of the platform's daily report beside the log's own."""

    title: str
    reported: int | None
    counted: int

    @property
    def differs(self) -> bool:
        return self.reported is not None and self.reported != self.counted


@dataclass(frozen=True)
class DayBook:
    """One day."""

    daily: tuple[Expected, ...]
    monthly: tuple[Expected, ...]  # of the month before
    tally: tuple[Compared, ...]  # empty: no daily report of calls
    entries: tuple[Mapping[str, Any], ...]  # what was entered by hand on that day

    @property
    def missing(self) -> list[Expected]:
        return [one for one in (*self.daily, *self.monthly) if one.state in ("missing", "partly")]


def read_day(
    connection: psycopg.Connection[Any], center: str, day: date, today: date, freshness: Freshness
) -> DayBook:
    """Three statements."""
    before = Month.of(day).previous
    last = before.end_day - timedelta(days=1)
    asked = {"center": center, "day": day, "first": before.first_day, "last": last}
    with connection.cursor(row_factory=dict_row) as cursor:
        covered = {(row["source"], row["day"]): row for row in cursor.execute(_COVERED, asked).fetchall()}
        counted = cursor.execute(_COUNTED, asked).fetchone()
        entries = cursor.execute(_ENTERED, asked).fetchall()
    assert counted is not None
    daily = tuple(
        _of_day(source, day, today, covered.get((source.delivery, day)), counted)
        for source in SOURCES.values()
        if source.rhythm in (Rhythm.DAILY, Rhythm.HOURLY)
    )
    monthly = tuple(
        _of_month(source, before, freshness, (source.delivery, last) in covered)
        for source in SOURCES.values()
        if source.rhythm is Rhythm.MONTHLY
    )
    return DayBook(daily, monthly, _compared(counted), tuple(entries))


def _of_day(source: Source, day: date, today: date, covered: Any, counted: Mapping[str, Any]) -> Expected:
    if source.rhythm is Rhythm.HOURLY:
        hours = counted["hours"]
        state = "here" if hours == _HOURS else "partly" if hours else "missing"
        told = f"有巡检的 {hours} 小时" if hours else _NOTHING
        return Expected(source, "later" if day >= today and hours < _HOURS else state, told, day, day)
    ended = day_start(day + timedelta(days=1))
    told = _told(source, counted, covered)
    if covered is None or covered["as_of"] < ended:
        held = {"calls": counted["inbound"], "work_orders": counted["accepted"]}.get(source.key, 0)
        return Expected(source, "missing" if day < today else "later", told, day, day, held)
    if covered["rows"] == 0:
        return Expected(source, "zero", "已签零报告", day, day)
    if source.key in _REPORTED and (counted["counts"] or {}).get(source.key) is None:
        return Expected(source, "missing", "日报里这一栏没有填", day, day)
    return Expected(source, "here", told, day, day)


def _told(source: Source, counted: Mapping[str, Any], covered: Any) -> str:
    early = (
        "；当天结束以前报的，过后须再确认一次"
        if covered and covered["as_of"].date() == covered["day"]
        else ""
    )
    counts = [counted[name] for name in _COUNTS.get(source.key, ())]
    if covered is None and counts and not any(counts):
        return _NOTHING
    match source.key:
        case "calls":
            return f"呼入 {counted['inbound']:,} 通，接听 {counted['answered']:,} 通"
        case "work_orders":
            return f"受理 {counted['accepted']:,} 件，办结 {counted['closed']:,} 件"
    value = (counted["counts"] or {}).get(source.key)
    return _NOTHING if value is None else f"报 {value:,}{early}"


def _of_month(source: Source, month: Month, freshness: Freshness, signed: bool) -> Expected:
    as_of: datetime | None = freshness.delivered.get(source.delivery)
    last = month.end_day - timedelta(days=1)
    if as_of is not None and as_of >= day_start(month.end_day):
        told = f"数据截至 {as_of.astimezone(BEIJING):%Y-%m-%d}"
        return Expected(source, "here", told, month.first_day, last)
    if signed:
        return Expected(source, "zero", "已签“无变动”", month.first_day, last)
    return Expected(source, "missing", f"{month.label}以后还没有交付", month.first_day, last)


def _compared(counted: Mapping[str, Any]) -> tuple[Compared, ...]:
    if counted["tally"] is None:
        return ()
    told = orjson.loads(counted["tally"])
    titles = {"inbound": "呼入量", "offered": "人工请求量", "answered": "人工接听量"}
    return tuple(Compared(title, told[key], counted[key]) for key, title in titles.items())

"""A day of a centre: what is expected of it, what has come, what is missing, what was entered by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
import psycopg
import sqlalchemy as sa
from psycopg.rows import dict_row

from ingest.records.zero_reports import SOURCES as SIGNED
from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import CoverageUnit, find_unit
from kpi.figures.sources import SOURCES, Rhythm, Source
from tracker.events.times import BEIJING
from tracker.periods import Month
from web.signers import read_signers

_NOTHING = "还没有数据"  # which is not the same as 0
_COUNTS = {"calls": ("inbound", "answered"), "work_orders": ("accepted", "closed")}

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
SELECT e.seq, e.type, e.subject, e.recorded_at, e.data, d.delivery, d.voided, d.form,
       (SELECT i.data::json ->> 'entered_by' FROM events i WHERE i.center_id = e.center_id
        AND i.subject = d.subject AND i.type = 'delivery.imported' LIMIT 1) AS entered_by,
       EXISTS (SELECT FROM voids v WHERE v.center_id = e.center_id AND v.event_seq = e.seq) AS taken_back
FROM deliveries d JOIN events e ON e.center_id = d.center_id AND e.delivery = d.delivery
WHERE d.center_id = %(center)s AND d.form IS NOT NULL AND d.imported_on = %(day)s AND e.source <> 'ledger'
ORDER BY e.seq DESC LIMIT 100
"""


@dataclass(frozen=True)
class ExpectedSource:
    """A source that is expected for the day or its month."""

    source: Source
    unit: CoverageUnit
    told: str
    last_day: date  # of the unit
    known: int = 0  # things known of the day, whatever they came by

    @property
    def first_day(self) -> date:
        return self.unit.first_day

    @property
    def form(self) -> str | None:
        """The form that mends it, if there is one."""
        return {"messages": "counts", "cases": "counts", "visits": "counts", "work_orders": "order"}.get(
            self.source.key
        )

    @property
    def completable(self) -> bool:
        """Whether it was entered by hand, and only lacks that somebody says it is all there."""
        return self.unit.lacks and self.source.key == "work_orders" and self.known > 0

    @property
    def signable(self) -> bool:
        """Whether a zero report could stand in for it."""
        return self.unit.lacks and not self.known and self.source.delivery in SIGNED


@dataclass(frozen=True)
class TallyComparison:
    """A number of the platform's daily report beside the log's own."""

    title: str
    reported: int | None
    counted: int

    @property
    def differs(self) -> bool:
        return self.reported is not None and self.reported != self.counted


@dataclass(frozen=True)
class DayChecklist:
    """One day."""

    daily: tuple[ExpectedSource, ...]
    monthly: tuple[ExpectedSource, ...]  # of the month before
    tally: tuple[TallyComparison, ...]  # empty: no daily report of calls
    entries: tuple[Mapping[str, Any], ...]  # what was entered by hand on that day

    @property
    def lacking(self) -> list[ExpectedSource]:
        """What has ended and is not there, or not all of it."""
        return [one for one in (*self.daily, *self.monthly) if one.unit.lacks]


def read_day(
    raw: psycopg.Connection[Any], connection: sa.Connection, center: str, day: date, today: date
) -> DayChecklist:
    """Four statements: two of the log and its facts by `raw`."""
    month = Month.of(day)
    before = month.previous
    backing = read_backing(connection, center, before.first_day, month.end_day, today)
    signers = read_signers(connection, center, before.first_day, month.end_day)
    parameters = {"center": center, "day": day}
    with raw.cursor(row_factory=dict_row) as cursor:
        counted = cursor.execute(_COUNTED, parameters).fetchone()
        entries = cursor.execute(_ENTERED, parameters).fetchall()
    assert counted is not None
    daily = tuple(
        _expect_of_day(backing, source, day, counted, signers.get((source.delivery, day)))
        for source in SOURCES.values()
        if source.rhythm in (Rhythm.DAILY, Rhythm.HOURLY)
    )
    monthly = tuple(
        _expect_of_month(backing, source, before, signers.get((source.delivery, before.first_day)))
        for source in SOURCES.values()
        if source.rhythm is Rhythm.MONTHLY
    )
    return DayChecklist(daily, monthly, _compare_tally(counted), tuple(entries))


def _expect_of_day(
    backing: Backing, source: Source, day: date, counted: Mapping[str, Any], signed_by: str | None
) -> ExpectedSource:
    unit = find_unit(backing, source, day)
    quarantined = f"；另有可能属于这天的 {unit.held:,} 行被隔离" if unit.held else ""
    if source.rhythm is Rhythm.HOURLY:
        hours = backing.count_delivered(source, day)
        return ExpectedSource(
            source, unit, f"有巡检的 {hours} 小时{quarantined}" if hours else _NOTHING + quarantined, day
        )
    if backing.is_signed(source, day):
        return ExpectedSource(source, unit, f"签认人 {signed_by}{quarantined}", day)
    reported = (counted["counts"] or {}).get(source.key) is not None
    count = {"calls": counted["inbound"], "work_orders": counted["accepted"]}.get(source.key, int(reported))
    return ExpectedSource(
        source,
        unit,
        _describe_state(backing, source, unit, counted) + quarantined,
        day,
        count if unit.lacking else 0,
    )


def _describe_state(backing: Backing, source: Source, unit: CoverageUnit, counted: Mapping[str, Any]) -> str:
    counts = [counted[name] for name in _COUNTS.get(source.key, ())]
    if unit.lacking and counts and not any(counts):
        return _NOTHING
    match source.key:
        case "calls":
            return f"呼入 {counted['inbound']:,} 通，接听 {counted['answered']:,} 通"
        case "work_orders":
            return f"受理 {counted['accepted']:,} 件，办结 {counted['closed']:,} 件"
    value = (counted["counts"] or {}).get(source.key)
    if value is None:
        delivered = unit.first_day in backing.days.get(source.delivery, {})
        return "日报里这一栏没有填" if delivered else _NOTHING
    return f"报 {value:,}{'；当天结束以前报的，过后须再确认一次' if unit.lacking else ''}"


def _expect_of_month(backing: Backing, source: Source, month: Month, signed_by: str | None) -> ExpectedSource:
    unit, last = find_unit(backing, source, month.first_day), month.end_day - timedelta(days=1)
    if unit.lacking:
        text = f"还没有交付含{month.label}、月末以后导出的数据"
    elif not backing.was_delivered(source, month):
        text = f"“无变动”，签认人 {signed_by}"
    else:
        text = f"数据截至 {backing.as_of[source.delivery].astimezone(BEIJING):%Y-%m-%d}"
    quarantined = f"；有 {unit.held:,} 行被隔离" if unit.held else ""
    return ExpectedSource(source, unit, text + quarantined, last)


def _compare_tally(counted: Mapping[str, Any]) -> tuple[TallyComparison, ...]:
    if counted["tally"] is None:
        return ()
    tally = orjson.loads(counted["tally"])
    titles = {"inbound": "呼入量", "offered": "人工请求量", "answered": "人工接听量"}
    return tuple(TallyComparison(title, tally[key], counted[key]) for key, title in titles.items())

"""A day of a centre: what is expected of it, what has come, what is missing, what was entered by hand.

Numbers are those of the measures, states those of `kpi.figures.day_states`: nothing is counted here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa

from ingest.forms.daily import CALL_TALLY
from ingest.records.zero_reports import SOURCES as SIGNED
from kpi.figures.coverage_inputs import REPORTED, Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_counts import DayCount, read_day_counts
from kpi.figures.day_states import CoverageUnit, find_unit
from kpi.figures.measures import MEASURES
from kpi.figures.sources import SOURCES, Rhythm, Source
from tracker.events.ledger import DeliveryImported
from tracker.events.times import BEIJING
from tracker.facts.deliveries import deliveries, voids
from tracker.log.tables import events
from tracker.periods import Month
from web.day_numbers import DayNumbers, list_strip_days, read_day_numbers
from web.signers import read_signers

_NOTHING = "尚无数据"  # which is not the same as 0
_COUNTS = {
    "calls": (("呼入", "calls_inbound"), ("接听", "calls_answered")),
    "work_orders": (("受理", "work_orders_opened"), ("办结", "work_orders_closed_in_period")),
}
_TALLY = {  # field of the platform's daily report → what the calls themselves come to
    "inbound": ("呼入量", "calls_inbound"),
    "offered": ("人工请求量", "calls_offered"),
    "answered": ("人工接听量", "calls_answered"),
}
_MEASURES = (
    {measure for counts in _COUNTS.values() for _, measure in counts}
    | {measure for _, measure in _TALLY.values()}
    | set(REPORTED)
)
FORMS = {"messages": "counts", "cases": "counts", "visits": "counts", "work_orders": "order"}
"""Source → the form by which a day of it is entered by hand."""
_ENTRIES = 100  # the newest of the day


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
        return FORMS.get(self.source.key)

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
    counted: DayCount

    @property
    def differs(self) -> bool:
        """Whether the log cannot have so many, whichever of its rows in doubt count."""
        low, high = self.counted.certain, self.counted.certain + self.counted.doubtful
        return self.reported is not None and not low <= self.reported <= high


@dataclass(frozen=True)
class DayChecklist:
    """One day."""

    daily: tuple[ExpectedSource, ...]
    monthly: tuple[ExpectedSource, ...]  # of the month before
    tally: tuple[TallyComparison, ...]  # empty: no daily report of calls
    entries: tuple[Mapping[str, Any], ...]  # what was entered by hand on that day
    numbers: Mapping[date, DayNumbers]  # of the days around, of this one, and of the same of the week before

    @property
    def lacking(self) -> list[ExpectedSource]:
        """What has ended and is not there, or not all of it."""
        return [one for one in (*self.daily, *self.monthly) if one.unit.lacks]


def read_day(
    raw: psycopg.Connection[Any], connection: sa.Connection, center: str, day: date, today: date
) -> DayChecklist:
    """Five statements: one of the log by `raw`, three more where numbers of the days around came."""
    month, around = Month.of(day), list_strip_days(day, today)
    before = month.previous
    end = max(month, Month.of(around[-1])).end_day
    backing = read_backing(connection, center, min(before, Month.of(around[0])).first_day, end, today)
    numbers = read_day_numbers(raw, center, [*around, day, day - timedelta(days=7)], backing)
    signers = read_signers(connection, center, before.first_day, month.end_day)
    counts = read_day_counts(connection, center, day, _MEASURES)
    daily = tuple(
        _expect_of_day(backing, source, day, counts, signers.get((source.delivery, day)))
        for source in SOURCES.values()
        if source.rhythm in (Rhythm.DAILY, Rhythm.HOURLY)
    )
    monthly = tuple(
        _expect_of_month(backing, source, before, signers.get((source.delivery, before.first_day)))
        for source in SOURCES.values()
        if source.rhythm is Rhythm.MONTHLY
    )
    tally = _compare_tally(numbers[day], counts)
    return DayChecklist(daily, monthly, tally, _read_entries(connection, center, day), numbers)


def _expect_of_day(
    backing: Backing, source: Source, day: date, counts: Mapping[str, DayCount], signed_by: str | None
) -> ExpectedSource:
    unit = find_unit(backing, source, day)
    quarantined = f"；另有可能属于这天的 {unit.held:,} 行未导入" if unit.held else ""
    if source.rhythm is Rhythm.HOURLY:
        hours = backing.count_delivered(source, day)
        return ExpectedSource(
            source, unit, f"有巡检的 {hours} 小时{quarantined}" if hours else _NOTHING + quarantined, day
        )
    if backing.is_signed(source, day):
        return ExpectedSource(source, unit, f"确认人 {signed_by}{quarantined}", day)
    if source.key in _COUNTS:
        first = counts[_COUNTS[source.key][0][1]]
        count = first.certain + first.doubtful
    else:
        reported = backing.reported.get(source.key, backing.days.get(source.delivery, {}))
        count = int(day in reported)
    told = _describe_state(backing, source, unit, counts) + quarantined
    return ExpectedSource(source, unit, told, day, count if unit.lacking else 0)


def _describe_state(
    backing: Backing, source: Source, unit: CoverageUnit, counts: Mapping[str, DayCount]
) -> str:
    if source.key in _COUNTS:
        named = [(title, counts[measure], MEASURES[measure].unit) for title, measure in _COUNTS[source.key]]
        if unit.lacking and all(count.is_nothing for _, count, _ in named):
            return _NOTHING
        return "，".join(f"{title} {_word_count(count, unit)}" for title, count, unit in named)
    delivered = unit.first_day in backing.days.get(source.delivery, {})
    if source.key not in backing.reported:
        return "有数据" if delivered else _NOTHING
    if unit.first_day not in backing.reported[source.key]:
        return "业务日报未填写该项" if delivered else _NOTHING
    again = "；当日结束前报送的，次日须再确认" if unit.lacking else ""
    return f"报 {counts[source.key].certain:,}{again}"


def _word_count(count: DayCount, unit: str) -> str:
    """A number with what is in doubt beside it; where nothing else is there, no 0."""
    if not count.doubtful:
        return f"{count.certain:,} {unit}"
    if not count.certain:
        return f"不明（{count.doubtful:,} {unit}无法判断是否计入）"
    return f"{count.certain:,} {unit}（另有 {count.doubtful:,} {unit}无法判断是否计入）"


def _expect_of_month(backing: Backing, source: Source, month: Month, signed_by: str | None) -> ExpectedSource:
    unit, last = find_unit(backing, source, month.first_day), month.end_day - timedelta(days=1)
    if unit.lacking:
        text = f"尚未报送{month.label}月末以后导出的数据"
    elif not backing.was_delivered(source, month):
        text = f"“无变动”，确认人 {signed_by}"
    else:
        text = f"数据截至 {backing.as_of[source.delivery].astimezone(BEIJING):%Y-%m-%d}"
    quarantined = f"；有 {unit.held:,} 行未导入" if unit.held else ""
    return ExpectedSource(source, unit, text + quarantined, last)


def _compare_tally(told: DayNumbers, counts: Mapping[str, DayCount]) -> tuple[TallyComparison, ...]:
    if CALL_TALLY.name not in told.seqs:
        return ()
    return tuple(
        TallyComparison(title, told.numbers.get(key), counts[of]) for key, (title, of) in _TALLY.items()
    )


def _read_entries(connection: sa.Connection, center: str, day: date) -> tuple[Mapping[str, Any], ...]:
    """The events that forms wrote on a day, the newest first, with their delivery and who entered it."""
    importing = events.alias()
    data = sa.cast(importing.c.data, sa.JSON)
    entered_by = (
        sa.select(data["entered_by"].as_string())
        .where(
            importing.c.center_id == events.c.center_id,
            importing.c.subject == deliveries.c.subject,
            importing.c.type == DeliveryImported.type,
        )
        .limit(1)
    )
    taken_back = sa.exists().where(voids.c.center_id == events.c.center_id, voids.c.event_seq == events.c.seq)
    listed = (
        sa.select(
            events.c.seq, events.c.type, events.c.subject, events.c.recorded_at, events.c.data,
            deliveries.c.delivery, deliveries.c.voided, deliveries.c.form,
            entered_by.scalar_subquery().label("entered_by"), taken_back.label("taken_back"),
        )
        .join_from(
            deliveries,
            events,
            sa.and_(
                events.c.center_id == deliveries.c.center_id, events.c.delivery == deliveries.c.delivery
            ),
        )
        .where(
            deliveries.c.center_id == center,
            deliveries.c.form.is_not(None),
            deliveries.c.imported_on == day,
            events.c.source != "ledger",
        )
        .order_by(events.c.seq.desc())
        .limit(_ENTRIES)
    )  # fmt: skip
    return tuple(dict(row) for row in connection.execute(listed).mappings())

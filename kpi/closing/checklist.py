"""What was found in a month's data: gaps, rows held back, rules not kept.

None of it forbids closing for ever: it is acknowledged, with a reason, when the source is submitted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from kpi.closing import rules
from kpi.figures.backing import Backing, read_backing
from kpi.figures.coverage import SourceCoverage, of_source
from kpi.figures.sources import SOURCES, Rhythm, Source
from tracker.events.times import day_start
from tracker.facts.deliveries import covered_days, deliveries
from tracker.periods import Month
from tracker.quarantine import quarantine


@dataclass(frozen=True)
class HeldBack:
    """Rows of a delivery that were held back and not delivered anew."""

    delivery: str
    file_name: str
    rows: int


@dataclass(frozen=True)
class Finding:
    """Something to mend, or to acknowledge, and what of the month shows it."""

    text: str
    remedy: str
    days: tuple[date, ...] = ()  # missing units: days, or the first days of months
    held: tuple[HeldBack, ...] = ()
    rule: str | None = None  # key of the rule that is broken


@dataclass(frozen=True)
class Checked:
    """A source of a month, looked through."""

    source: Source
    coverage: SourceCoverage
    held: tuple[HeldBack, ...]
    broken: tuple[Finding, ...]  # rules not kept

    @property
    def rejects(self) -> int:
        """Rows held back and not delivered anew."""
        return sum(one.rows for one in self.held)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Gaps first, then what was held back, then rules."""
        return (*self._gaps(), *self._held_back(), *self.broken)

    @property
    def told(self) -> str | None:
        """All findings in a sentence; None where there are none."""
        return "；".join(one.text for one in self.findings) or None

    def _gaps(self) -> Iterator[Finding]:
        if any(count > 0 for count in self.coverage.missing.values()):
            missing = tuple(sorted(day for day, count in self.coverage.missing.items() if count > 0))
            yield Finding(f"缺{self.coverage.gaps}", self.source.remedy, days=missing)
        if self.coverage.share is not None and self.coverage.share > 1:
            over = f"应有{self.coverage.expected}{self.source.unit}，实有{self.coverage.backed}"
            yield Finding(f"有据率超过100%：{over}", "请核对是否有别处的数据混入，或应有的数量登记错误。")

    def _held_back(self) -> Iterator[Finding]:
        if self.rejects:
            remedy = "hotline quarantine 列出问题和处理办法；请改正原文件后用原文件名重新导入。"
            yield Finding(f"{self.rejects:,}行被隔离，尚未改正", remedy, held=self.held)


def check(
    connection: sa.Connection,
    center: str,
    month: Month,
    keys: Sequence[str],
    today: date,
) -> dict[str, Checked]:
    """Looks through sources of a month, as far as it is over; figures must be up to date."""
    backing = read_backing(connection, center, month.first_day, month.end_day, min(today, month.end_day))
    return check_months(connection, center, [month], keys, backing)[month]


def check_months(
    connection: sa.Connection,
    center: str,
    months: Sequence[Month],
    keys: Sequence[str],
    backing: Backing,
) -> dict[Month, dict[str, Checked]]:
    """The same for several months; `backing` is that of a span that holds them. Two statements."""
    held_back = rows_held_back(connection, center, months)
    counted = rules.count(connection, center, months)
    found = {}
    for month in months:
        broken = _broken(counted[month])
        found[month] = {
            key: Checked(
                SOURCES[key],
                of_source(backing, SOURCES[key], [month]),
                tuple(held_back[month].get(SOURCES[key].delivery, ())),
                broken.get(key, ()),
            )
            for key in keys
        }
    return found


def rows_held_back(
    connection: sa.Connection, center: str, months: Sequence[Month]
) -> dict[Month, dict[str, list[HeldBack]]]:
    """Month → delivered source → rows held back that concern it and were not delivered anew. One statement.

    A row is settled when its delivery is voided, or when the file was delivered again under its name. A row
    that could not be read has no day: it concerns the months whose days its delivery covers; where the
    delivery covers none, or the source comes as a whole by the month, every month up to the delivery.
    """
    found: dict[Month, dict[str, list[HeldBack]]] = {month: {} for month in months}
    for source, as_of, whole, covered, *held in connection.execute(_OPEN_DELIVERIES, {"center": center}):
        for month in months:
            if str(month) in (covered or ()) or (whole and as_of >= day_start(month.first_day)):
                found[month].setdefault(source, []).append(HeldBack(*held))
    return found


def _open_deliveries() -> sa.Select[Any]:
    """(source, as of, whether it concerns all months before, months covered, delivery, its file, rows) of
    each delivery of a `center` of which rows are held back."""
    center = sa.bindparam("center", type_=sa.Text)
    later = deliveries.alias("later")
    again = sa.exists().where(
        later.c.center_id == deliveries.c.center_id,
        later.c.source == deliveries.c.source,
        later.c.file_name == deliveries.c.file_name,
        later.c.seq > deliveries.c.seq,
        later.c.voided.is_(False),
    )
    months = sa.distinct(sa.func.substr(sa.cast(covered_days.c.day, sa.Text), 1, 7))
    covered = (
        sa.select(sa.func.array_agg(months))
        .where(
            covered_days.c.center_id == deliveries.c.center_id,
            covered_days.c.subject == deliveries.c.subject,
        )
        .correlate(deliveries)
        .scalar_subquery()
    )
    by_day = sorted({one.delivery for one in SOURCES.values() if one.rhythm in (Rhythm.DAILY, Rhythm.HOURLY)})
    held = (
        sa.select(quarantine.c.delivery, sa.func.count(sa.distinct(quarantine.c.row)).label("number"))
        .where(quarantine.c.center_id == center)
        .group_by(quarantine.c.delivery)
        .subquery("held")
    )
    told = (
        sa.select(
            deliveries.c.source,
            deliveries.c.as_of,
            deliveries.c.source.not_in(by_day).label("whole"),
            covered.label("covered"),
            deliveries.c.delivery,
            deliveries.c.file_name,
            held.c.number,
        )
        .select_from(deliveries.join(held, held.c.delivery == deliveries.c.delivery))
        .where(deliveries.c.center_id == center, deliveries.c.voided.is_(False), ~again)
        .subquery("told")
    )
    whole = sa.or_(told.c.whole, told.c.covered.is_(None))
    columns = (told.c.delivery, told.c.file_name, told.c.number)
    chosen = sa.select(told.c.source, told.c.as_of, whole, told.c.covered, *columns)
    return chosen.order_by(told.c.as_of, told.c.delivery)


_OPEN_DELIVERIES = _open_deliveries()


def _broken(counted: rules.Counted) -> dict[str, tuple[Finding, ...]]:
    found: dict[str, tuple[Finding, ...]] = {}
    for rule in rules.RULES:
        told = rule.broken(counted)
        if told is not None:
            found[rule.source] = (*found.get(rule.source, ()), Finding(told, rule.remedy, rule=rule.key))
    return found

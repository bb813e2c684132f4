"""What was found in a month's data: gaps, rows held back, rules not kept.

None of it forbids closing for ever: it is acknowledged, with a reason, when the source is submitted.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from kpi.closing import rules
from kpi.figures.coverage import SourceCoverage, compute_ended_coverage, compute_owed_coverage
from kpi.figures.coverage_inputs import Backing
from kpi.figures.day_states import CoverageUnit, list_units, may_be_of
from kpi.figures.sources import SOURCES, Rhythm, Source
from tracker.facts.deliveries import deliveries, held_back
from tracker.periods import Month


@dataclass(frozen=True)
class HeldBackDelivery:
    """Rows of a delivery that were held back and not delivered anew."""

    delivery: str | None  # None: they wait with their file for an answer
    file_name: str | None
    rows: int


@dataclass(frozen=True)
class Finding:
    """Something to mend, or to acknowledge, and what of the month shows it."""

    text: str
    remedy: str
    days: tuple[date, ...] = ()  # missing units: days, or the first days of months
    held: tuple[HeldBackDelivery, ...] = ()
    rule: str | None = None  # key of the rule that is broken


@dataclass(frozen=True)
class SourceCheck:
    """A source of a month, looked through."""

    source: Source
    coverage: SourceCoverage
    units: tuple[CoverageUnit, ...]  # its days, or the month itself
    held: tuple[HeldBackDelivery, ...]
    broken: tuple[Finding, ...]  # rules not kept

    @property
    def rejects(self) -> int:
        """Rows held back and not delivered anew."""
        return sum(one.rows for one in self.held if one.delivery)

    @property
    def asked(self) -> int:
        """Rows that wait with their file for an answer."""
        return sum(one.rows for one in self.held if not one.delivery)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Gaps first, then what was held back, then rules."""
        return (*self._list_gaps(), *self._list_held_back(), *self.broken)

    @property
    def told(self) -> str | None:
        """All findings in a sentence; None where there are none."""
        return "；".join(one.text for one in self.findings) or None

    def _list_gaps(self) -> Iterator[Finding]:
        gaps = [unit for unit in self.units if unit.lacks]
        if gaps:
            days = tuple(unit.first_day for unit in gaps)
            yield Finding(compute_ended_coverage(self.source, gaps).named, self.source.remedy, days=days)
        if self.coverage.share is not None and self.coverage.share > 1:
            over = f"应报{self.coverage.expected}{self.source.unit}，实报{self.coverage.backed}"
            yield Finding(f"数据完整率超过100%：{over}", "请核对是否有别处的数据混入，或应报数量填写错误。")

    def _list_held_back(self) -> Iterator[Finding]:
        if self.rejects:
            remedy = "请修改后重新导入；确非数据的行，由本人核对后了结。"
            deliveries = tuple(one for one in self.held if one.delivery)
            yield Finding(f"{self.rejects:,}行未导入，尚未修改", remedy, held=deliveries)
        if self.asked:
            remedy = "请回答后导入，或放弃这份文件。"
            yield Finding(f"{self.asked:,}行在待答的文件里，尚未导入", remedy)


def check_months(
    connection: sa.Connection,
    center: str,
    months: Sequence[Month],
    keys: Sequence[str],
    backing: Backing,
) -> dict[Month, dict[str, SourceCheck]]:
    """Looks through sources of several months, as far as they are over: month → key of the source → check.

    `backing` is that of a span that holds them; figures must be up to date. Two statements.
    """
    held_back = read_held_back(connection, center, months)
    counts = rules.count_by_month(connection, center, months)
    checks = {}
    for month in months:
        broken = _list_violations(counts[month])
        checks[month] = {
            key: SourceCheck(
                SOURCES[key],
                compute_owed_coverage(backing, SOURCES[key], [month]),
                list_units(backing, SOURCES[key], month),
                tuple(held_back[month].get(SOURCES[key].delivery, ())),
                broken.get(key, ()),
            )
            for key in keys
        }
    return checks


def read_held_back(
    connection: sa.Connection, center: str, months: Sequence[Month]
) -> dict[Month, dict[str, list[HeldBackDelivery]]]:
    """Month → delivered source → rows held back that concern it and are still missing. One statement.

    A row is settled when its delivery is voided, when a later delivery holds it, or when somebody answers for
    it or for its file. It concerns the months of its day, or, where that could not be read, of its thing or
    its delivery; of a source that comes as a whole by the month, every later one too.
    """
    deliveries: dict[Month, dict[str, list[HeldBackDelivery]]] = {month: {} for month in months}
    for source, first, last, *fields in connection.execute(_OPEN_DELIVERIES, {"center": center}):
        for month in months:
            if may_be_of(_RHYTHMS.get(source, Rhythm.MONTHLY), first, last, month.first_day, month.end_day):
                deliveries[month].setdefault(source, []).append(HeldBackDelivery(*fields))
    return {
        month: {source: _sum_by_delivery(rows) for source, rows in of.items()}
        for month, of in deliveries.items()
    }


def _sum_by_delivery(rows: Sequence[HeldBackDelivery]) -> list[HeldBackDelivery]:
    """One entry for each delivery."""
    number = Counter[tuple[str | None, str | None]]()
    for one in rows:
        number[one.delivery, one.file_name] += one.rows
    return [HeldBackDelivery(*key, rows) for key, rows in number.items()]


_RHYTHMS = {one.delivery: one.rhythm for one in SOURCES.values()}
_OPEN_DELIVERIES = (
    sa.select(
        held_back.c.source,
        held_back.c.first_day,
        held_back.c.last_day,
        deliveries.c.delivery,
        deliveries.c.file_name,
        held_back.c.rows,
    )
    .select_from(
        held_back.outerjoin(
            deliveries,
            sa.and_(
                deliveries.c.center_id == held_back.c.center_id, deliveries.c.subject == held_back.c.subject
            ),
        )
    )
    .where(held_back.c.center_id == sa.bindparam("center", type_=sa.Text))
    .order_by(deliveries.c.as_of, deliveries.c.delivery, held_back.c.first_day)
)


def _list_violations(counts: rules.RuleCounts) -> dict[str, tuple[Finding, ...]]:
    findings: dict[str, tuple[Finding, ...]] = {}
    for rule in rules.RULES:
        violation = rule.broken(counts)
        if violation is not None:
            findings[rule.source] = (
                *findings.get(rule.source, ()),
                Finding(violation, rule.remedy, rule=rule.key),
            )
    return findings

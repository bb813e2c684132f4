"""Control totals held against the log: passed, failed, or not to be checked; never a silent 0."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import sqlalchemy as sa

from kpi.figures.controls.totals import CONTROLS, Control
from kpi.figures.coverage import SourceCoverage, compute_unit_coverage
from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import list_units_between
from kpi.figures.indicators.formula import CountedMonths
from kpi.figures.sources import SOURCES, Source
from kpi.figures.sums import MeasureSpan, Sums, sum_by_month, sum_spans
from tracker.events.times import get_day
from tracker.facts.assertions import assertions
from tracker.periods import Month, Year


class CheckVerdict(StrEnum):
    """What came of a check."""

    PASSED = "相符"
    FAILED = "不符"
    UNCHECKED = "无法核对"  # coverage is incomplete, or the span has not ended


@dataclass(frozen=True)
class StatedTotal:
    """A total as a body outside stated it."""

    control: Control
    first_day: date
    end_day: date  # exclusive
    value: Decimal
    issued_by: str
    document: str | None  # SHA-256 of the paper
    stated_by: str | None  # None: a delivered table says so
    subject: str
    seq: int

    @property
    def months(self) -> tuple[Month, ...] | None:
        """The whole months of one year that it speaks of; None for any other span."""
        last = Month.of(self.end_day - timedelta(days=1))
        if self.first_day.day != 1 or self.end_day != last.end_day or last.year != self.first_day.year:
            return None
        return tuple(Month(last.year, month) for month in range(self.first_day.month, last.month + 1))

    @property
    def span(self) -> str:
        """2023-05, or 2023-05-26至2023-06-25."""
        months = self.months
        if months and len(months) == 1:
            return str(months[0])
        return f"{self.first_day}至{self.end_day - timedelta(days=1)}"


@dataclass(frozen=True)
class TotalCheck:
    """A stated total and what the log makes of it."""

    stated: StatedTotal
    ours: Decimal | None  # what the log comes to as far as it is there; None: it has nothing
    verdict: CheckVerdict
    reason: str

    @property
    def difference(self) -> Decimal | None:
        """Ours less theirs; None where there is nothing to compare."""
        return None if self.ours is None else self.ours - self.stated.value

    @property
    def share(self) -> Fraction | None:
        """The difference as a share of theirs; None where theirs is 0."""
        if self.difference is None or not self.stated.value:
            return None
        return Fraction(self.difference) / Fraction(self.stated.value)


def check_totals(connection: sa.Connection, center: str, year: Year, now: datetime) -> list[TotalCheck]:
    """Every total stated for spans that begin in a year, by span and kind; the rollup must be up to date."""
    totals = read_stated_totals(connection, center, year)
    if not totals:
        return []
    today = get_day(now)
    first, end = min(one.first_day for one in totals), max(one.end_day for one in totals)
    backing = read_backing(connection, center, first, end, today)
    sums = sum_by_month(connection, center, year, today, list_measures(totals))
    return check_stated(connection, center, totals, backing, sums)


def check_stated(
    connection: sa.Connection, center: str, totals: Sequence[StatedTotal], backing: Backing, sums: Sums
) -> list[TotalCheck]:
    """Compares stated totals with ours; `backing` is of a span that holds theirs, `sums` of their year."""
    odd = {
        (term.measure, one.first_day, one.end_day)
        for one in totals
        if not one.months and not one.control.level
        for term in one.control.part.terms
    }
    of_odd = sum_spans(connection, center, odd)
    return [_check_one(one, backing, sums, of_odd) for one in totals]


def list_measures(totals: Iterable[StatedTotal]) -> set[str]:
    """The measures that totals are held against."""
    return {term.measure for one in totals for term in one.control.part.terms}


def read_stated_totals(connection: sa.Connection, center: str, year: Year) -> list[StatedTotal]:
    """The totals stated for spans that begin in a year."""
    table = assertions.c
    rows = (
        sa.select(
            table.kind, table.first_day, table.end_day, table.value, table.issued_by, table.document,
            table.stated_by, table.subject, table.seq,
        )
        .where(table.center_id == center, table.first_day >= year.first_day, table.first_day < year.end_day)
        .order_by(table.first_day, table.end_day, table.kind, table.issued_by)
    )  # fmt: skip
    return [
        StatedTotal(CONTROLS[kind], *rest) for kind, *rest in connection.execute(rows) if kind in CONTROLS
    ]


def _check_one(
    total: StatedTotal, backing: Backing, sums: Sums, of_odd: Mapping[MeasureSpan, int]
) -> TotalCheck:
    control = total.control
    if control.level and len(total.months or ()) != 1:
        return TotalCheck(total, None, CheckVerdict.UNCHECKED, "人数按月末核对，请按单个月份填报。")
    if total.end_day > backing.today:
        return TotalCheck(total, None, CheckVerdict.UNCHECKED, f"{total.span}尚未结束。")
    covered = [_compute_coverage(backing, SOURCES[need], total) for need in control.needs]
    if any(not one.backed for one in covered):
        missing = "、".join(one.source.title for one in covered if not one.backed)
        return TotalCheck(total, None, CheckVerdict.UNCHECKED, f"{missing}在{total.span}未报送，无从核对。")
    ours = _count_ours(total, sums, of_odd)
    gaps = "；".join(f"{one.source.title}{one.named}" for one in covered if one.missing)
    if gaps:
        return TotalCheck(total, ours, CheckVerdict.UNCHECKED, f"{gaps}，补齐后才能核对。")
    return _compare(total, ours)


def _compare(total: StatedTotal, ours: Decimal) -> TotalCheck:
    tolerance, difference = total.control.tolerance, ours - total.value
    if not difference:
        return TotalCheck(total, ours, CheckVerdict.PASSED, "一致。")
    difference_text = f"系统数{'多' if difference > 0 else '少'}{abs(difference):,f}{total.control.unit}"
    if tolerance.allows(total.value, difference):
        return TotalCheck(
            total, ours, CheckVerdict.PASSED, f"{difference_text}，在允许误差之内（{tolerance.text}）。"
        )
    over = f"，超出允许误差（{tolerance.text}）" if tolerance.compute_margin(total.value) else ""
    return TotalCheck(total, ours, CheckVerdict.FAILED, f"{difference_text}{over}。")


def _count_ours(total: StatedTotal, sums: Sums, of_odd: Mapping[MeasureSpan, int]) -> Decimal:
    part, first, end = total.control.part, total.first_day, total.end_day
    if total.months:
        exact = part.of(sums, CountedMonths(total.months))
    else:
        added = (Fraction(term.times) * of_odd[term.measure, first, end] for term in part.terms)
        exact = sum(added, Fraction())
    return Decimal(exact.numerator) / Decimal(exact.denominator)  # whole numbers, or hundredths


def _compute_coverage(backing: Backing, source: Source, total: StatedTotal) -> SourceCoverage:
    """The days, or months, of the span that a source backs."""
    return compute_unit_coverage(source, list_units_between(backing, source, total.first_day, total.end_day))

"""Control totals held against the log: passed, failed, or not to be checked; never a silent 0."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import sqlalchemy as sa

from kpi.figures.controls.totals import CONTROLS, Control
from kpi.figures.coverage import SourceCoverage, of_units
from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import units_between
from kpi.figures.indicators.formula import Counted
from kpi.figures.sources import SOURCES, Source
from kpi.figures.sums import Span, Sums, measured, monthly
from tracker.events.times import day_of
from tracker.facts.assertions import assertions
from tracker.periods import Month, Year


class Verdict(StrEnum):
    """What came of a check."""

    PASSED = "相符"
    FAILED = "不符"
    UNCHECKED = "无法核对"  # coverage is incomplete, or the span has not ended


@dataclass(frozen=True)
class Stated:
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
class Checked:
    """A stated total and what the log makes of it."""

    stated: Stated
    ours: Decimal | None  # what the log comes to as far as it is there; None: it has nothing
    verdict: Verdict
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


def check_totals(connection: sa.Connection, center: str, year: Year, now: datetime) -> list[Checked]:
    """Every total stated for spans that begin in a year, by span and kind; the rollup must be up to date."""
    stated = stated_in(connection, center, year)
    if not stated:
        return []
    today = day_of(now)
    first, end = min(one.first_day for one in stated), max(one.end_day for one in stated)
    backing = read_backing(connection, center, first, end, today)
    sums = monthly(connection, center, year, today, measures_of(stated))
    return check_stated(connection, center, stated, backing, sums)


def check_stated(
    connection: sa.Connection, center: str, stated: Sequence[Stated], backing: Backing, sums: Sums
) -> list[Checked]:
    """The same of totals, backing of their spans and sums of their year that were read already."""
    odd = {
        (term.measure, one.first_day, one.end_day)
        for one in stated
        if not one.months and not one.control.level
        for term in one.control.part.terms
    }
    of_odd = measured(connection, center, odd)
    return [_checked(one, backing, sums, of_odd) for one in stated]


def measures_of(stated: Iterable[Stated]) -> set[str]:
    """The measures that totals are held against."""
    return {term.measure for one in stated for term in one.control.part.terms}


def stated_in(connection: sa.Connection, center: str, year: Year) -> list[Stated]:
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
    return [Stated(CONTROLS[kind], *rest) for kind, *rest in connection.execute(rows) if kind in CONTROLS]


def _checked(stated: Stated, backing: Backing, sums: Sums, of_odd: Mapping[Span, int]) -> Checked:
    control = stated.control
    if control.level and len(stated.months or ()) != 1:
        return Checked(stated, None, Verdict.UNCHECKED, "人数按月末核对，请按单个月份申报。")
    if stated.end_day > backing.today:
        return Checked(stated, None, Verdict.UNCHECKED, f"{stated.span}尚未结束。")
    covered = [_coverage(backing, SOURCES[need], stated) for need in control.needs]
    if any(not one.backed for one in covered):
        lacking = "、".join(one.source.title for one in covered if not one.backed)
        return Checked(stated, None, Verdict.UNCHECKED, f"{lacking}在{stated.span}没有交付，无从核对。")
    ours = _ours(stated, sums, of_odd)
    gaps = "；".join(f"{one.source.title}{one.named}" for one in covered if one.missing)
    if gaps:
        return Checked(stated, ours, Verdict.UNCHECKED, f"{gaps}，补齐后才能核对。")
    return _judged(stated, ours)


def _judged(stated: Stated, ours: Decimal) -> Checked:
    tolerance, difference = stated.control.tolerance, ours - stated.value
    if not difference:
        return Checked(stated, ours, Verdict.PASSED, "一致。")
    told = f"本系统{'多' if difference > 0 else '少'}{abs(difference):,f}{stated.control.unit}"
    if tolerance.allows(stated.value, difference):
        return Checked(stated, ours, Verdict.PASSED, f"{told}，在允许差之内（{tolerance.text}）。")
    over = f"，超出允许差（{tolerance.text}）" if tolerance.margin(stated.value) else ""
    return Checked(stated, ours, Verdict.FAILED, f"{told}{over}。")


def _ours(stated: Stated, sums: Sums, of_odd: Mapping[Span, int]) -> Decimal:
    part, first, end = stated.control.part, stated.first_day, stated.end_day
    if stated.months:
        exact = part.of(sums, Counted(stated.months))
    else:
        added = (Fraction(term.times) * of_odd[term.measure, first, end] for term in part.terms)
        exact = sum(added, Fraction())
    return Decimal(exact.numerator) / Decimal(exact.denominator)  # whole numbers, or hundredths


def _coverage(backing: Backing, source: Source, stated: Stated) -> SourceCoverage:
    """The days, or months, of the span that a source backs."""
    return of_units(source, units_between(backing, source, stated.first_day, stated.end_day))

"""What speaks against figures though their own rows do not show it: statements that were taken back, and
other counts of the same things that are far from ours.

They change no number and no status; whoever reads a figure reads them with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from kpi.figures.controls.checking import CheckVerdict, StatedTotal, TotalCheck, check_stated
from kpi.figures.coverage_inputs import Backing
from kpi.figures.sources import SOURCES, Rhythm
from kpi.figures.sums import Sums
from tracker.facts.deliveries import voids
from tracker.periods import Month

FAR = Decimal("0.1")  # of what a body outside states: so much no difference of clocks explains
_LISTED = 3  # reasons, and contradictions


@dataclass(frozen=True)
class VoidedStatement:
    """A statement, or a delivery, that was taken back."""

    source: str
    first_day: date  # that it spoke of
    last_day: date
    reason: str
    is_delivery: bool


@dataclass(frozen=True)
class Objections:
    """Of a centre and a year, as far as they may concern its figures."""

    voided: tuple[VoidedStatement, ...] = ()
    contradictions: tuple[TotalCheck, ...] = ()

    def describe(self, needs: Iterable[str], months: Sequence[Month]) -> str:
        """What is to be said with a figure that needs these sources in these months; empty: nothing."""
        if not months or not (self.voided or self.contradictions):
            return ""
        first, end = months[0].first_day, months[-1].end_day
        needed = [*needs]
        sentences = [self._describe_voided(key, first, end) for key in needed] if self.voided else []
        against = [
            one
            for one in self.contradictions
            if one.stated.first_day < end
            and one.stated.end_day > first
            and not set(needed).isdisjoint(one.stated.control.needs)
        ]
        sentences += map(_describe_contradiction, against[:_LISTED])
        return "".join(sentences)

    def _describe_voided(self, key: str, first: date, end: date) -> str:
        source = SOURCES[key]
        lasting = source.rhythm is Rhythm.STANDING  # who is there, or not, is so from a day on
        statements = [
            one
            for one in self.voided
            if one.source == source.delivery and one.first_day < end and (lasting or one.last_day >= first)
        ]
        if not statements:
            return ""
        deliveries = sum(one.is_delivery for one in statements)
        counts = [f"{len(statements) - deliveries:,}条记录"] * (deliveries < len(statements))
        counts += [f"{deliveries:,}次导入"] * bool(deliveries)
        reasons = [*dict.fromkeys(one.reason for one in statements)]
        why = "；".join(reasons[:_LISTED]) + ("等" if len(reasons) > _LISTED else "")
        return f"{source.title}有{'、'.join(counts)}已作废（理由：{why}），不在其中。"


def _describe_contradiction(one: TotalCheck) -> str:
    total, unit = one.stated, one.stated.control.unit
    theirs, ours = (Decimal(number or 0).normalize() for number in (total.value, one.ours))
    return (
        f"{total.issued_by}{total.span}的{total.control.title}是{theirs:,f}{unit}，"
        f"本系统是{ours:,f}{unit}，相差太大，见数据勾稽表。"
    )


def read_objections(
    connection: sa.Connection,
    center: str,
    end: date,
    totals: Sequence[StatedTotal],
    backing: Backing,
    sums: Sums,
) -> Objections:
    """Those known of days before `end`; `stated` are the year's control totals, `sums` their measures."""
    table = voids.c
    taken_back = (
        sa.select(table.source, table.first_day, table.last_day, table.reason, table.delivery.is_not(None))
        .where(table.center_id == center, table.source.is_not(None), table.first_day < end)
        .order_by(table.seq)
    )
    checked = check_stated(connection, center, totals, backing, sums) if totals else []
    return Objections(
        tuple(VoidedStatement(*row) for row in connection.execute(taken_back)),
        tuple(filter(_is_far, checked)),
    )


def _is_far(one: TotalCheck) -> bool:
    """Whether our number is another one than theirs, and not by the little that such counts differ."""
    difference = one.difference
    if one.verdict is not CheckVerdict.FAILED or difference is None:
        return False
    return abs(difference) >= FAR * one.stated.value and abs(difference) > 1

"""What speaks against figures though their own rows do not show it: statements that were taken back, and
other counts of the same things that are far from ours.

They change no number and no status; whoever reads a figure reads them with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from kpi.figures.controls.checking import Checked, Stated, Verdict, check_stated
from kpi.figures.coverage_inputs import Backing
from kpi.figures.sources import SOURCES, Rhythm
from kpi.figures.sums import Sums
from tracker.facts.deliveries import voids
from tracker.periods import Month

FAR = Decimal("0.1")  # of what a body outside states: so much no difference of clocks explains
_SHOWN = 3  # reasons, and contradictions


@dataclass(frozen=True)
class Voided:
    """A statement, or a delivery, that was taken back."""

    source: str
    first_day: date  # that it spoke of
    last_day: date
    reason: str
    is_delivery: bool


@dataclass(frozen=True)
class Objections:
    """Of a centre and a year, as far as they may concern its figures."""

    voided: tuple[Voided, ...] = ()
    contradicted: tuple[Checked, ...] = ()

    def sentences(self, needs: Iterable[str], months: Sequence[Month]) -> str:
        """What is to be said with a figure that needs these sources in these months; empty: nothing."""
        if not months or not (self.voided or self.contradicted):
            return ""
        first, end = months[0].first_day, months[-1].end_day
        wanted = [*needs]
        told = [self._voided(key, first, end) for key in wanted] if self.voided else []
        against = [
            one
            for one in self.contradicted
            if one.stated.first_day < end
            and one.stated.end_day > first
            and not set(wanted).isdisjoint(one.stated.control.needs)
        ]
        told += map(_contradiction, against[:_SHOWN])
        return "".join(told)

    def _voided(self, key: str, first: date, end: date) -> str:
        source = SOURCES[key]
        lasting = source.rhythm is Rhythm.STANDING  # who is there, or not, is so from a day on
        found = [
            one
            for one in self.voided
            if one.source == source.delivery and one.first_day < end and (lasting or one.last_day >= first)
        ]
        if not found:
            return ""
        deliveries = sum(one.is_delivery for one in found)
        counted = [f"{len(found) - deliveries:,}条记录"] * (deliveries < len(found))
        counted += [f"{deliveries:,}次交付"] * bool(deliveries)
        reasons = [*dict.fromkeys(one.reason for one in found)]
        why = "；".join(reasons[:_SHOWN]) + ("等" if len(reasons) > _SHOWN else "")
        return f"{source.title}有{'、'.join(counted)}已作废（理由：{why}），不在其中。"


def _contradiction(one: Checked) -> str:
    stated, unit = one.stated, one.stated.control.unit
    theirs, ours = (Decimal(number or 0).normalize() for number in (stated.value, one.ours))
    return (
        f"{stated.issued_by}{stated.span}的{stated.control.title}是{theirs:,f}{unit}，"
        f"本系统是{ours:,f}{unit}，相差太大，见对账矩阵。"
    )


def read_objections(
    connection: sa.Connection,
    center: str,
    end: date,
    stated: Sequence[Stated],
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
    checked = check_stated(connection, center, stated, backing, sums) if stated else []
    return Objections(
        tuple(Voided(*row) for row in connection.execute(taken_back)), tuple(filter(_is_far, checked))
    )


def _is_far(one: Checked) -> bool:
    """Whether our number is another one than theirs, and not by the little that such counts differ."""
    difference = one.difference
    if one.verdict is not Verdict.FAILED or difference is None:
        return False
    return abs(difference) >= FAR * one.stated.value and abs(difference) > 1

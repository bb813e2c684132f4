"""How the rows of a period came in: how long after the day they speak of, and recorded by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

import sqlalchemy as sa

from kpi.figures.sources import SOURCES
from tracker.facts.deliveries import covered_days, deliveries
from tracker.periods import Period

MACHINE = frozenset({"calls", "work_orders", "probes"})  # written by a platform at the time; others by people


class ImportLag(StrEnum):
    """How long after its day a row was first imported."""

    NEXT_DAY = "次日内"
    WEEK = "一周内"
    MONTH = "一个月内"
    LATER = "一个月以后"


_MOST = ((1, ImportLag.NEXT_DAY), (7, ImportLag.WEEK), (31, ImportLag.MONTH))


@dataclass(frozen=True)
class SourceCapture:
    """One source's rows in a period."""

    source: str  # as deliveries name it
    rows: Mapping[ImportLag, int]
    signed: int  # days signed as nothing to report

    @property
    def by_machine(self) -> bool:
        return self.source in MACHINE

    @property
    def whole(self) -> int:
        return sum(self.rows.values())

    def share(self, lag: ImportLag) -> Fraction | None:
        """None without rows."""
        return Fraction(self.rows[lag], self.whole) if self.whole else None


def read_captures(connection: sa.Connection, center: str, period: Period, today: date) -> list[SourceCapture]:
    """Each source that has rows or zero reports of the period's days before `today`."""
    end = min(period.end_day, today)
    of_delivery = sa.and_(
        deliveries.c.center_id == covered_days.c.center_id, deliveries.c.subject == covered_days.c.subject
    )
    first = (
        sa.select(
            covered_days.c.source,
            covered_days.c.day,
            sa.func.max(covered_days.c.rows).label("rows"),
            sa.func.min(deliveries.c.imported_on).label("imported_on"),
        )
        .select_from(covered_days.outerjoin(deliveries, of_delivery))
        .where(
            covered_days.c.center_id == center,
            covered_days.c.day >= period.first_day,
            covered_days.c.day < end,
        )
        .group_by(covered_days.c.source, covered_days.c.day)
        .subquery("first")
    )
    after = sa.cast(first.c.imported_on - first.c.day, sa.Integer)
    lag = sa.case(
        (first.c.rows == 0, sa.literal("")),
        *((after <= most, sa.literal(name.value)) for most, name in _MOST),
        else_=sa.literal(ImportLag.LATER.value),
    ).label("lag")
    summed = sa.select(first.c.source, lag, sa.func.sum(first.c.rows), sa.func.count()).group_by(
        first.c.source, sa.literal_column("2")
    )
    rows: dict[str, dict[ImportLag, int]] = {}
    signed: dict[str, int] = {}
    for source, lag_value, count, days in connection.execute(summed).all():
        of_source = rows.setdefault(source, dict.fromkeys(ImportLag, 0))
        if lag_value:
            of_source[ImportLag(lag_value)] = int(count)
        else:
            signed[source] = days
    order = dict.fromkeys(source.delivery for source in SOURCES.values())
    return [SourceCapture(one, rows[one], signed.get(one, 0)) for one in order if one in rows]

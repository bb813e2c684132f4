"""Units in charge by band of their on-time rate: no places, no ranking.

Source: 国办函〔2025〕66号, evaluate by band and class and do not chase rankings.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import sqlalchemy as sa

from kpi.figures.indicators.indicator import round_exact
from kpi.figures.measures import MEASURES
from kpi.figures.patterns.grouped import GroupSums, SummedMeasure, add_up_groups, sum_groups
from kpi.figures.patterns.splits import KIND, UNIT
from kpi.figures.sums import list_spans
from tracker.periods import Period

LEAST_ORDERS = 20  # below, one order moves the rate by five points and more


@dataclass(frozen=True)
class RateBand:
    """A band of rates from `least` (%) on."""

    title: str
    least: Decimal


BANDS = (
    RateBand("95%及以上", Decimal(95)),
    RateBand("90%至95%以下", Decimal(90)),
    RateBand("90%以下", Decimal(0)),
)


@dataclass(frozen=True)
class UnitRate:
    """One unit's orders that fell due, and how many were closed in time."""

    unit: str | None  # None: the orders do not say
    due: int
    on_time: int

    @property
    def rate(self) -> Decimal:
        return round_exact(Fraction(100 * self.on_time, self.due), 2)

    @property
    def band(self) -> RateBand | None:
        """None where too few orders fell due for a rate to say anything."""
        if self.due < LEAST_ORDERS:
            return None
        exact = Fraction(100 * self.on_time, self.due)
        return next(band for band in BANDS if exact >= band.least)


@dataclass(frozen=True)
class UnitBands:
    """The units' on-time rates in a period, by kind of appeal."""

    groups: list[GroupSums]

    @property
    def kinds(self) -> list[str]:
        return sorted({group.values[1] for group in self.groups if group.values[1]})

    @property
    def names(self) -> set[str]:
        """The units that are named."""
        return {group.values[0] for group in self.groups if group.values[0]}

    def units(self, kind: str | None = None) -> list[UnitRate]:
        """Those with orders due, of all kinds or one; the one with most orders first, never by rate."""
        selected = [one for one in self.groups if kind in (None, one.values[1])]
        sums = add_up_groups(selected, lambda values: values[0])
        rates = [UnitRate(unit, due, on_time) for unit, (due, on_time) in sums.items() if due]
        return sorted(rates, key=lambda one: (-one.due, one.unit or ""))


def read_unit_bands(connection: sa.Connection, center: str, period: Period, today: date) -> UnitBands:
    """Orders whose deadline lies in the period and before `today`: the rows of 按时办结率（本期应办结）."""
    spans = list_spans(period.months, today)
    due, on_time = "work_orders_due", "work_orders_due_closed_on_time"
    summed_due = SummedMeasure(
        MEASURES[due], spans, (on_time,)
    )  # of which it is known whether they were closed in time
    return UnitBands(
        sum_groups(connection, center, [summed_due, SummedMeasure(MEASURES[on_time], spans)], [UNIT, KIND])
    )

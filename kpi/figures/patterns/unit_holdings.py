"""How long units held work orders, as flow logs tell: each holding that ended in a period, and their mean."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

import sqlalchemy as sa

from kpi.figures.measures.names import name_on
from kpi.figures.sums import spans_of
from tracker.facts.holdings import order_holdings
from tracker.facts.work_orders import work_orders
from tracker.periods import Period

_held = order_holdings.c
_order = work_orders.c
_HOUR = 3600
_seconds = sa.cast(sa.extract("epoch", _held.held_until - _held.held_from), sa.BigInteger)
_unit = name_on("unit", order_holdings, _held.unit, _held.ended_on)
_rows = order_holdings.outerjoin(
    work_orders, sa.and_(_order.center_id == _held.center_id, _order.subject == _held.subject)
)


@dataclass(frozen=True)
class UnitHeld:
    """The holdings of one unit that have ended."""

    unit: str | None  # None: the flow log does not say
    count: int
    seconds: int

    @property
    def mean_hours(self) -> Fraction:
        return Fraction(self.seconds, self.count * _HOUR)


@dataclass(frozen=True)
class UnitHoldings:
    """Holdings that ended in a period, by unit and kind of appeal; the orders closed in it of which no flow
    log tells, so that nobody knows who held them how long."""

    groups: dict[tuple[str | None, str | None], tuple[int, int]]  # unit, kind → holdings, seconds
    untold: dict[str | None, int]  # kind → orders

    def units(self, kind: str | None = None) -> list[UnitHeld]:
        """Those with holdings in orders of all kinds or one; the one with most of them first."""
        sums: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
        for (unit, of_kind), (count, seconds) in self.groups.items():
            if kind in (None, of_kind):
                sums[unit][0] += count
                sums[unit][1] += seconds
        found = [UnitHeld(unit, count, seconds) for unit, (count, seconds) in sums.items()]
        return sorted(found, key=lambda one: (-one.count, one.unit or ""))

    def without_log(self, kind: str | None = None) -> int:
        """Orders closed, of all kinds or one, of which no flow log tells."""
        return sum(count for of_kind, count in self.untold.items() if kind in (None, of_kind))


class Held(NamedTuple):
    """One holding that has ended."""

    subject: str
    seq: int
    unit: str | None
    held_from: datetime
    held_until: datetime
    ended_by: str

    @property
    def hours(self) -> Fraction:
        return Fraction((self.held_until - self.held_from) // timedelta(seconds=1), _HOUR)


def unit_holdings(connection: sa.Connection, center: str, period: Period, today: date) -> UnitHoldings:
    """The holdings that ended in a period and before `today`."""
    spans = spans_of(period.months, today)
    summed = (
        sa.select(_unit, _order.kind, sa.func.count(), sa.cast(sa.func.sum(_seconds), sa.BigInteger))
        .select_from(_rows)
        .where(_held.center_id == center, _within(_held.ended_on, spans))
        .group_by(sa.literal_column("1"), sa.literal_column("2"))
    )
    of_order = sa.exists().where(_held.center_id == _order.center_id, _held.subject == _order.subject)
    untold = (
        sa.select(_order.kind, sa.func.count())
        .where(_order.center_id == center, _within(_order.closed_on, spans), ~of_order)
        .group_by(_order.kind)
    )
    return UnitHoldings(
        {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(summed)},
        {row[0]: row[1] for row in connection.execute(untold)},
    )


def listed(
    connection: sa.Connection,
    center: str,
    period: Period,
    today: date,
    unit: str | None,
    kind: str | None,
    *,
    limit: int,
    offset: int = 0,
) -> list[Held]:
    """The holdings of one unit, in orders of all kinds or one; the longest first."""
    rows = (
        sa.select(_held.subject, _held.seq, _unit, _held.held_from, _held.held_until, _held.ended_by)
        .select_from(_rows)
        .where(_held.center_id == center, _within(_held.ended_on, spans_of(period.months, today)))
        .where(_unit.is_not_distinct_from(unit), *([] if kind is None else [_order.kind == kind]))
        .order_by(_seconds.desc(), _held.subject, _held.held_from)
        .limit(limit)
        .offset(offset)
    )
    return [Held(*row) for row in connection.execute(rows)]


def _within(day: sa.Column[Any], spans: Sequence[tuple[date, date]]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(sa.and_(day >= first, day < end) for first, end in spans))

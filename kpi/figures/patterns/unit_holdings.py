"""How long units held work orders, as flow logs tell: each holding that ended in a period, and their mean."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

import sqlalchemy as sa

from kpi.figures.measures.names import select_name_on
from kpi.figures.sums import list_spans
from tracker.facts.holdings import order_holdings
from tracker.facts.work_orders import work_orders
from tracker.periods import Period

_holding = order_holdings.c
_order = work_orders.c
_HOUR = 3600
_seconds = sa.cast(sa.extract("epoch", _holding.held_until - _holding.held_from), sa.BigInteger)
_unit = select_name_on("unit", order_holdings, _holding.unit, _holding.ended_on)
_rows = order_holdings.outerjoin(
    work_orders, sa.and_(_order.center_id == _holding.center_id, _order.subject == _holding.subject)
)


@dataclass(frozen=True)
class UnitHoldingTotal:
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

    def units(self, kind: str | None = None) -> list[UnitHoldingTotal]:
        """Those with holdings in orders of all kinds or one; the one with most of them first."""
        sums: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
        for (unit, of_kind), (count, seconds) in self.groups.items():
            if kind in (None, of_kind):
                sums[unit][0] += count
                sums[unit][1] += seconds
        totals = [UnitHoldingTotal(unit, count, seconds) for unit, (count, seconds) in sums.items()]
        return sorted(totals, key=lambda one: (-one.count, one.unit or ""))

    def count_without_log(self, kind: str | None = None) -> int:
        """Orders closed, of all kinds or one, of which no flow log tells."""
        return sum(count for of_kind, count in self.untold.items() if kind in (None, of_kind))


class Holding(NamedTuple):
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


def read_unit_holdings(connection: sa.Connection, center: str, period: Period, today: date) -> UnitHoldings:
    """The holdings that ended in a period and before `today`."""
    spans = list_spans(period.months, today)
    summed = (
        sa.select(_unit, _order.kind, sa.func.count(), sa.cast(sa.func.sum(_seconds), sa.BigInteger))
        .select_from(_rows)
        .where(_holding.center_id == center, _is_within(_holding.ended_on, spans))
        .group_by(sa.literal_column("1"), sa.literal_column("2"))
    )
    of_order = sa.exists().where(_holding.center_id == _order.center_id, _holding.subject == _order.subject)
    untold = (
        sa.select(_order.kind, sa.func.count())
        .where(_order.center_id == center, _is_within(_order.closed_on, spans), ~of_order)
        .group_by(_order.kind)
    )
    return UnitHoldings(
        {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(summed)},
        {row[0]: row[1] for row in connection.execute(untold)},
    )


def list_holdings(
    connection: sa.Connection,
    center: str,
    period: Period,
    today: date,
    unit: str | None,
    kind: str | None,
    *,
    limit: int,
    offset: int = 0,
) -> list[Holding]:
    """The holdings of one unit, in orders of all kinds or one; the longest first."""
    rows = (
        sa.select(
            _holding.subject, _holding.seq, _unit, _holding.held_from, _holding.held_until, _holding.ended_by
        )
        .select_from(_rows)
        .where(_holding.center_id == center, _is_within(_holding.ended_on, list_spans(period.months, today)))
        .where(_unit.is_not_distinct_from(unit), *([] if kind is None else [_order.kind == kind]))
        .order_by(_seconds.desc(), _holding.subject, _holding.held_from)
        .limit(limit)
        .offset(offset)
    )
    return [Holding(*row) for row in connection.execute(rows)]


def _is_within(day: sa.Column[Any], spans: Sequence[tuple[date, date]]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(sa.and_(day >= first, day < end) for first, end in spans))

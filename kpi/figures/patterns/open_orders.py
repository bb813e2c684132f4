"""Open work orders by age and by days over the deadline, as of the last delivery of orders."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.names import select_name_on
from kpi.figures.measures.order_populations import ACCEPTED
from tracker.events.times import get_day
from tracker.facts.work_orders import work_orders

_order = work_orders.c
UNSTATED = ""  # in a filter: orders that do not say


@dataclass(frozen=True)
class DayBand:
    """A span of days, both ends included; `most` None: without an upper end."""

    key: str
    title: str
    least: int
    most: int | None

    def holds(self, days: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        return days >= self.least if self.most is None else days.between(self.least, self.most)


AGES = (
    DayBand("a3", "3天以内", 0, 3),
    DayBand("a7", "4–7天", 4, 7),
    DayBand("a15", "8–15天", 8, 15),
    DayBand("a30", "16–30天", 16, 30),
    DayBand("a60", "31–60天", 31, 60),
    DayBand("more", "60天以上", 61, None),
)

NOT_DUE, UNDATED = "due", "undated"
LATE = (  # days after the day of the deadline, once it has passed
    DayBand("l3", "逾期3天以内", 0, 3),
    DayBand("l10", "逾期4–10天", 4, 10),
    DayBand("l30", "逾期11–30天", 11, 30),
    DayBand("l60", "逾期31–60天", 31, 60),
    DayBand("more", "逾期60天以上", 61, None),
)
LATENESS = {NOT_DUE: "未到期", **{band.key: band.title for band in LATE}, UNDATED: "没有时限"}


@dataclass(frozen=True)
class OrderFilter:
    """Which open orders are meant; None: all."""

    unit: str | None = None
    kind: str | None = None
    age: str | None = None  # a key of AGES
    late: str | None = None  # a key of LATENESS


@dataclass(frozen=True)
class OpenOrders:
    """How many orders are open, by unit, kind, age and lateness."""

    at: datetime  # the state of the world they are open in
    counts: Counter[tuple[str, str, str, str]]  # unit, kind, age, late → orders

    @property
    def units(self) -> list[str]:
        return sorted({unit for unit, *_ in self.counts if unit})

    @property
    def kinds(self) -> list[str]:
        return sorted({kind for _, kind, *_ in self.counts if kind})

    def table(self, order_filter: OrderFilter) -> dict[tuple[str, str], int]:
        """(age, late) → orders, of the chosen unit and kind."""
        counts: Counter[tuple[str, str]] = Counter()
        for (unit, kind, age, late), count in self.counts.items():
            if order_filter.unit in (None, unit) and order_filter.kind in (None, kind):
                counts[age, late] += count
        return dict(counts)


def read_open_orders(connection: sa.Connection, center: str, before: date, at: datetime) -> OpenOrders:
    """The orders accepted before a day that stand open at a moment: later closings are not known then."""
    age, late = _classify_age(at).label("age"), _classify_lateness(at).label("late")
    unit, kind = _select_unit(at), sa.func.coalesce(_order.kind, UNSTATED)
    by = (unit.label("unit"), kind.label("kind"), age, late)
    select = (
        sa.select(*by, sa.func.count())
        .where(*_match_open(center, before, at))
        .group_by(*(sa.literal_column(str(place)) for place in range(1, 5)))
    )
    rows = connection.execute(select).all()
    return OpenOrders(at, Counter({(row[0], row[1], row[2], row[3]): row[4] for row in rows}))


@dataclass(frozen=True)
class OpenOrder:
    """One open order."""

    subject: str
    seq: int
    cells: tuple[Any, ...]  # as titled by COLUMNS


COLUMNS = tuple(title for title, _ in ACCEPTED.columns[:5])


def list_open_orders(
    connection: sa.Connection,
    center: str,
    before: date,
    at: datetime,
    order_filter: OrderFilter,
    *,
    limit: int,
    offset: int = 0,
) -> Sequence[OpenOrder]:
    """The chosen open orders, those due longest ago first, then the oldest."""
    columns = [column for _, column in ACCEPTED.columns[:5]]
    rows = (
        sa.select(_order.subject, _order.seq, *columns)
        .where(*_match_open(center, before, at), *_build_conditions(order_filter, at))
        .order_by(_order.deadline_at.asc().nulls_last(), _order.accepted_at, _order.subject)
        .limit(limit)
        .offset(offset)
    )
    return [OpenOrder(row[0], row[1], tuple(row[2:])) for row in connection.execute(rows).all()]


def _match_open(center: str, before: date, at: datetime) -> list[sa.ColumnElement[bool]]:
    return [
        _order.center_id == center,
        _order.accepted_on < before,
        _order.accepted_at <= at,
        _order.closed_at.is_(None),
        sa.or_(_order.cancelled.is_(False), _order.cancelled_at > at),
    ]


def _build_conditions(order_filter: OrderFilter, at: datetime) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if order_filter.unit is not None:
        conditions.append(_select_unit(at) == order_filter.unit)
    if order_filter.kind is not None:
        conditions.append(sa.func.coalesce(_order.kind, UNSTATED) == order_filter.kind)
    if order_filter.age is not None:
        conditions.append(_classify_age(at) == order_filter.age)
    if order_filter.late is not None:
        conditions.append(_classify_lateness(at) == order_filter.late)
    return conditions


def _select_unit(at: datetime) -> sa.ColumnElement[str]:
    """The unit in charge as it is called at that time."""
    day = sa.cast(sa.literal(get_day(at)), sa.Date)
    return sa.func.coalesce(select_name_on("unit", work_orders, _order.unit, day), UNSTATED)


def _classify_age(at: datetime) -> sa.ColumnElement[str]:
    days = _count_days_since(_order.accepted_on, at)
    return sa.case(*((band.holds(days), sa.literal(band.key)) for band in AGES))


def _classify_lateness(at: datetime) -> sa.ColumnElement[str]:
    days = _count_days_since(_order.due_on, at)
    return sa.case(
        (_order.deadline_at.is_(None), sa.literal(UNDATED)),
        (_order.deadline_at >= at, sa.literal(NOT_DUE)),
        *((band.holds(days), sa.literal(band.key)) for band in LATE),
    )


def _count_days_since(day: sa.ColumnElement[Any], at: datetime) -> sa.ColumnElement[int]:
    return sa.cast(sa.cast(sa.literal(get_day(at)), sa.Date) - day, sa.Integer)

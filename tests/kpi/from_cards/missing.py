"""Days of which nothing was delivered: no call, no order, no daily report.

What a missing day held is estimated by the busiest day there is, and orders of a month before the last are
not asked for, as the cards say. So the days that are lost held little, and no order of theirs lasts longer.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from tests.kpi.from_cards.centre import YEAR, Centre, Order, draw
from tracker.events.times import day_of
from tracker.periods import Month

_MOST = 3  # calls, and orders, of a day that may be lost


def draw_busy(seed: int) -> Centre:
    """Three drawn years of calls and orders in one."""
    centre = draw(seed)
    for number in (1, 2):
        more = draw(seed + 100 * number)
        centre.calls += [replace(call, call_id=f"{number}{call.call_id}") for call in more.calls]
        centre.orders += [_renamed(order, f"{number}{order.accepted.order_id}") for order in more.orders]
    return centre


def _renamed(order: Order, order_id: str) -> Order:
    steps = (replace(step, order_id=order_id) for step in order.steps)
    return Order(replace(order.accepted, order_id=order_id), tuple(steps))


def lose_days(centre: Centre, random: Random) -> Centre:
    """The centre as it was delivered, without some days; half of them are the last of a month."""
    possible = [day for day in _days() if _can_be_lost(centre, day)]
    last_ones = [day for day in possible if (day + timedelta(days=1)).day == 1]
    lost = frozenset([*random.sample(possible, 3), *random.sample(last_ones, min(3, len(last_ones)))])
    return replace(
        centre,
        calls=[one for one in centre.calls if day_of(one.entered_at) not in lost],
        orders=[one for one in centre.orders if day_of(one.accepted_at) not in lost],
        days=[one for one in centre.days if one.counted_on not in lost],
        missing=lost,
    )


def _days() -> Iterable[date]:
    return (YEAR.first_day + timedelta(days=number) for number in range(YEAR.days))


def _can_be_lost(centre: Centre, day: date) -> bool:
    calls = Counter(day_of(one.entered_at) for one in centre.calls)
    orders = [one for one in centre.orders if day_of(one.accepted_at) == day]
    end = Month.of(day).next.end_day
    return calls[day] <= _MOST and len(orders) <= _MOST and all(_is_over_by(one, end) for one in orders)


def _is_over_by(order: Order, end: date) -> bool:
    """Whether an order is closed for good, and was due, before a day."""
    moments = [step.at for step in order.steps] + [order.accepted.deadline_at]
    moments += [getattr(step, "deadline_at", None) for step in order.steps]
    ends = bool(order.steps) and order.steps[-1].milestone in ("closed", "cancelled", "followed_up")
    return ends and all(day_of(at) < end for at in moments if at is not None)

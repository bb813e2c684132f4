"""Days of which nothing was delivered: no call, no order, no daily report.

What a missing day held is estimated by the busiest day there is, and orders of a month before the last are
not asked for, as the cards say. So the days that are lost are quiet ones, of which no order lasts longer.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from random import Random

from tests.kpi.from_cards.centre import YEAR, Centre, Order, draw
from tracker.events.calls import CallEnded
from tracker.events.times import get_day, get_day_start
from tracker.periods import Month


def draw_busy(seed: int) -> Centre:
    """Three drawn years of calls and orders in one; bad nights begin some months, after a quiet day."""
    centre, random = draw(seed), Random(seed)
    for number in (1, 2):
        more = draw(seed + 100 * number)
        centre.calls += [replace(call, call_id=f"{number}{call.call_id}") for call in more.calls]
        centre.orders += [_renamed(order, f"{number}{order.accepted.order_id}") for order in more.orders]
    for month in random.sample(YEAR.months[1:], 4):
        centre.calls = [*_thinned(centre.calls, month), *_draw_bad_night(random, month)]
    centre.calls += list(_draw_calls_back(random, centre.calls))
    return centre


def _renamed(order: Order, order_id: str) -> Order:
    steps = (replace(step, order_id=order_id) for step in order.steps)
    assessed = replace(order.assessed, order_id=order_id)
    return Order(replace(order.accepted, order_id=order_id), tuple(steps), assessed)


def _thinned(calls: list[CallEnded], month: Month) -> Iterator[CallEnded]:
    """Without most calls of the day before a month."""
    of_the_eve = count()
    for call in calls:
        if get_day(call.entered_at) != month.first_day - timedelta(days=1) or next(of_the_eve) < 4:
            yield call


def _draw_bad_night(random: Random, month: Month) -> Iterator[CallEnded]:
    """Forty calls in the first hours of a month, half of them lost."""
    for number in range(40):
        entered = get_day_start(month.first_day) + timedelta(seconds=random.randrange(8 * 3600))
        taken = number % 2 == 1
        yield CallEnded(
            call_id=f"n{month.month}-{number}",
            direction="inbound",
            entered_at=entered,
            queued_at=entered,
            answered_at=entered + timedelta(seconds=9) if taken else None,
            ended_at=entered + timedelta(minutes=1),
            talk_ms=30_000 if taken else None,
            outcome="answered" if taken else "queue_abandoned",
            caller=f"n{month.month}-{number}",
        )


def _draw_calls_back(random: Random, calls: list[CallEnded]) -> Iterator[CallEnded]:
    for call in calls:
        if call.caller and call.queued_at and not call.answered_at and random.random() < 0.3:
            yield CallEnded(
                call_id=f"b{call.call_id}",
                direction="outbound",
                entered_at=call.entered_at + timedelta(minutes=random.randrange(5, 23 * 60)),
                outcome="no_reply",
                callee=call.caller,
            )


def lose_days(centre: Centre, random: Random) -> tuple[Centre, Centre]:
    """What happened, and what was delivered of it: without some days, most of them the last of a month."""
    quiet = _quiet_days(centre)
    last_ones = [day for day in quiet if (day + timedelta(days=1)).day == 1]
    lost = frozenset([*random.sample(quiet, 3), *random.sample(last_ones, 3)])
    orders = [one for one in centre.orders if not _lasts(one, lost)]
    happened = replace(centre, orders=list(_few_of(orders, lost)), last_day=date(2025, 1, 31))
    return happened, replace(
        happened,
        calls=[one for one in happened.calls if get_day(one.entered_at) not in lost],
        orders=[one for one in happened.orders if get_day(one.accepted_at) not in lost],
        days=[one for one in happened.days if one.counted_on not in lost],
        last_day=centre.last_day,
        missing=lost,
    )


def _few_of(orders: list[Order], lost: frozenset[date]) -> Iterator[Order]:
    """With no more than three of a day that is lost."""
    kept = Counter[date]()
    for order in orders:
        accepted_on = get_day(order.accepted_at)
        kept[accepted_on] += 1
        if accepted_on not in lost or kept[accepted_on] <= 3:
            yield order


def _quiet_days(centre: Centre) -> list[date]:
    """Days with no more than half of the calls that the busiest day of their month had."""
    calls = Counter(get_day(one.entered_at) for one in centre.calls)
    days = [YEAR.first_day + timedelta(days=number) for number in range(YEAR.days)]
    busiest = {month: max(calls[day] for day in days if Month.of(day) == month) for month in YEAR.months}
    return [day for day in days if 2 * calls[day] <= busiest[Month.of(day)]]


def _lasts(order: Order, lost: frozenset[date]) -> bool:
    """Whether an order of a day that is lost may count in a month after the next."""
    accepted_on = get_day(order.accepted_at)
    return accepted_on in lost and not _is_over_by(order, Month.of(accepted_on).next.end_day)


def _is_over_by(order: Order, end: date) -> bool:
    """Whether an order is closed for good, and was due, before a day."""
    moments = [step.at for step in order.steps] + [order.accepted.deadline_at]
    moments += [order.assessed.sub_reply_due_at, order.assessed.hung_at]
    moments += [getattr(step, "deadline_at", None) for step in order.steps]
    turns = [step.milestone for step in order.steps if step.milestone in ("closed", "redone", "cancelled")]
    return turns[-1:] in (["closed"], ["cancelled"]) and all(
        get_day(at) < end for at in moments if at is not None
    )

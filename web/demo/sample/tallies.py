"""Counting calls and orders while they are drawn, month by month."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from web.demo.sample.calls import INBOUND, LOST_IN_QUEUE, Call
from web.demo.sample.scenario import Scenario
from web.demo.sample.work_orders import NOT_SOLVED, SATISFACTION, SOLVED, WorkOrder

ANSWER_LIMIT_S = 15  # inclusive
FEWEST_IN_24H, NORM_PERCENT = 30, 95
SATISFIED_KEY = "1"
SIGNING_LIMIT = timedelta(hours=24)  # inclusive
COMPLAINT = "投诉"
SATISFIED = SATISFACTION[:3]


@dataclass
class CallTally:
    """Inbound calls of one month, by the time they entered the system."""

    inbound: int = 0
    offered: int = 0  # reached the agent queue
    answered: int = 0
    answered_within_15s: int = 0
    abandoned_in_queue: int = 0
    wait_seconds_of_answered: int = 0  # from queue entry to answer
    talk_seconds_inbound: int = 0
    rated: int = 0  # answered, and a key pressed afterwards
    rated_satisfied: int = 0
    outbound: int = 0
    outbound_answered: int = 0
    days: set[date] = field(default_factory=set)

    def add(self, call: Call) -> None:
        self.days.add(call.entered.date())
        if call.direction != INBOUND:
            self.outbound += 1
            self.outbound_answered += call.answered is not None
            return
        self.inbound += 1
        self.offered += call.queued is not None
        self.abandoned_in_queue += call.result == LOST_IN_QUEUE
        self.talk_seconds_inbound += call.talk_s
        if call.queued and call.answered:
            wait_s = (call.answered - call.queued).seconds
            self.answered += 1
            self.answered_within_15s += wait_s <= ANSWER_LIMIT_S
            self.wait_seconds_of_answered += wait_s
            self.rated += call.rating is not None
            self.rated_satisfied += call.rating == SATISFIED_KEY

    def counts(self) -> dict[str, int]:
        return _list_counts(self) | {"days": len(self.days)}


class AnswerRates:
    """The answer rate of each day, and of the 24 hours to each call, walked through in the order of time."""

    def __init__(self) -> None:
        self._window: deque[tuple[datetime, bool]] = deque()  # entered, answered
        self._answered = 0
        self._lowest: dict[int, tuple[Fraction, int, int]] = {}  # month → rate, answered, offered
        self._days: dict[date, list[int]] = {}  # answered, offered
        self._hours: dict[datetime, bool] = {}  # hour with an offered call → whether one was answered

    def add(self, call: Call) -> None:
        if call.direction != INBOUND or call.queued is None:
            return
        self._judge_before(call.entered)
        answered = call.answered is not None
        self._window.append((call.entered, answered))
        self._answered += answered
        day = self._days.setdefault(call.entered.date(), [0, 0])
        day[0] += answered
        day[1] += 1
        hour = call.entered.replace(minute=0, second=0)
        self._hours[hour] = self._hours.get(hour, False) or answered

    def _judge_before(self, entered: datetime | None) -> None:
        """Judges the 24 hours to the last call; calls of the same second are in it together."""
        if not self._window or self._window[-1][0] == entered:
            return
        last = self._window[-1][0]
        while self._window[0][0] <= last - timedelta(hours=24):
            self._answered -= self._window.popleft()[1]
        offered = len(self._window)
        if offered >= FEWEST_IN_24H:
            rate = Fraction(self._answered, offered)
            lowest = self._lowest.get(last.month)
            if lowest is None or rate < lowest[0]:
                self._lowest[last.month] = (rate, self._answered, offered)

    def of(self, months: Iterable[int]) -> dict[str, int | None]:
        """Of the months together: the lowest of any 24 hours, and the days below the norm."""
        self._judge_before(None)
        chosen = set(months)
        found = [self._lowest[month] for month in sorted(chosen & self._lowest.keys())]
        _, answered, offered = min(found, key=lambda one: one[0], default=(None, None, None))
        below = sum(
            100 * answered < NORM_PERCENT * offered
            for day, (answered, offered) in self._days.items()
            if day.month in chosen
        )
        return {
            "lowest_answered": answered,
            "lowest_offered": offered,
            "days_below_norm": below,
            "hours_unanswered": sum(not taken for at, taken in self._hours.items() if at.month in chosen),
        }


@dataclass
class OrderTally:
    """Orders opened in one month, as last exported."""

    opened: int = 0
    by_type: Counter[str] = field(default_factory=Counter)
    closed: int = 0
    closed_on_time: int = 0  # at or before the deadline
    followed_up: int = 0
    reached: int = 0  # by the follow-up call
    solved: int = 0
    satisfied: int = 0
    complaints: int = 0
    complaints_reached: int = 0
    complaints_solved: int = 0
    answered_directly: int = 0  # closed without being handed to a unit
    dispatched: int = 0
    signed_in_time: int = 0  # within 24 hours
    redone: int = 0
    handled: int = 0  # dispatched and closed
    handling_seconds: int = 0  # of those, from dispatch to closing

    def add(self, order: WorkOrder) -> None:
        complaint = order.kind == COMPLAINT
        reached = order.outcome in (SOLVED, NOT_SOLVED)
        solved = order.outcome == SOLVED
        self.opened += 1
        self.by_type[order.kind] += 1
        self.closed += order.closed is not None
        self.closed_on_time += order.closed is not None and order.closed <= order.deadline
        self.followed_up += order.followed is not None
        self.reached += reached
        self.solved += solved
        self.satisfied += order.satisfaction in SATISFIED
        self.complaints += complaint
        self.complaints_reached += complaint and reached
        self.complaints_solved += complaint and solved
        self.answered_directly += order.dispatched is None and order.closed is not None
        self.redone += order.redone > 0
        if order.dispatched and order.closed:
            self.handled += 1
            self.handling_seconds += int((order.closed - order.dispatched).total_seconds())
        if order.dispatched:
            self.dispatched += 1
            self.signed_in_time += (
                order.signed is not None and order.signed - order.dispatched <= SIGNING_LIMIT
            )

    def counts(self) -> dict[str, object]:
        by_type = {"opened": self.opened, "by_type": dict(self.by_type)}
        return by_type | _list_counts(self)


@dataclass
class DueTally:
    """Orders of one month by their deadline, by their closing, and as they stood at its end."""

    due: int = 0
    due_on_time: int = 0
    due_first_pass: int = 0  # in time and never sent back
    due_dispatched: int = 0
    due_dispatched_on_time: int = 0
    closed: int = 0
    open_at_end: int = 0
    overdue_at_end: int = 0

    def add(self, order: WorkOrder, start: datetime, end: datetime) -> None:
        in_time = order.closed is not None and order.closed <= order.deadline
        if start <= order.deadline < end:
            self.due += 1
            self.due_on_time += in_time
            self.due_first_pass += in_time and order.redone == 0
            self.due_dispatched += order.dispatched is not None
            self.due_dispatched_on_time += in_time and order.dispatched is not None
        if order.closed and start <= order.closed < end:
            self.closed += 1
        if order.opened < end and (order.closed is None or order.closed >= end):
            self.open_at_end += 1
            self.overdue_at_end += order.deadline < end


class CallTallies:
    """Every month's calls, with and without those that came in the late file."""

    def __init__(self, scenario: Scenario, late_days: tuple[date, ...]) -> None:
        self._scenario, self._late_days = scenario, late_days
        self._all = {month: CallTally() for month in scenario.months}
        self._rates = AnswerRates()
        self._before_late = {month: CallTally() for month in scenario.months}

    def add(self, call: Call) -> None:
        self._all[call.entered.month].add(call)
        self._rates.add(call)
        if call.entered.date() not in self._late_days:
            self._before_late[call.entered.month].add(call)

    def of_year(self) -> dict[str, dict[str, int]]:
        months = self._label_months(self._all)
        return months | {"year": _sum_months(months.values())}

    def count_year_rates(self) -> dict[str, dict[str, int | None]]:
        months = self._scenario.months
        return {self._scenario.label(month): self._rates.of([month]) for month in months} | {
            "year": self._rates.of(months)
        }

    def count_before_late_file(self) -> dict[str, dict[str, int]]:
        return self._label_months(self._before_late)

    def _label_months(self, tallies: dict[int, CallTally]) -> dict[str, dict[str, int]]:
        return {self._scenario.label(month): tally.counts() for month, tally in tallies.items()}


class OrderTallies:
    """Every month's orders, by the month in which they were opened."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._months = {month: OrderTally() for month in scenario.months}
        self._by_their_days = {month: DueTally() for month in scenario.months}

    def add(self, order: WorkOrder) -> None:
        self._months[order.opened.month].add(order)
        for month, tally in self._by_their_days.items():
            start = datetime(self._scenario.year, month, 1)
            tally.add(order, start, datetime.combine(self._scenario.end_of(month), time()))

    def count_by_their_days(self) -> dict[str, dict[str, int]]:
        """By month of the deadline and of the closing, and as it stood at the end of the month and year."""
        months = {
            self._scenario.label(month): _list_counts(one) for month, one in self._by_their_days.items()
        }
        last = list(months.values())[-1]
        at_end = {name: last[name] for name in ("open_at_end", "overdue_at_end")}
        return months | {"year": _sum_months(months.values()) | at_end}

    def of_year(self) -> dict[str, dict[str, object]]:
        months = {self._scenario.label(month): tally.counts() for month, tally in self._months.items()}
        kinds = sum((tally.by_type for tally in self._months.values()), Counter[str]())
        whole = _sum_months(_list_counts(tally) for tally in self._months.values())
        year = {"opened": whole["opened"], "by_type": dict(kinds)} | whole
        return months | {"year": year}


def _list_counts(tally: CallTally | OrderTally | DueTally) -> dict[str, int]:
    values = ((each.name, getattr(tally, each.name)) for each in fields(tally))
    return {name: value for name, value in values if isinstance(value, int)}


def _sum_months(months: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for month in months:
        total.update(month)
    return dict(total)

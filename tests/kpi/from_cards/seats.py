"""座席: the cards' words about the time at the seats."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random

from tests.kpi.from_cards.centre import YEAR, Centre
from tests.kpi.from_cards.plain import Number, Plain, within
from tracker.events import Event
from tracker.events.seats import AgentStateEntered, SeatsContracted
from tracker.events.times import get_day_start
from tracker.periods import Period

_HOUR = timedelta(hours=1)
_AT_SEATS = ("idle", "not_ready", "rest", "training", "ringing", "dialing", "talking", "talking", "wrap_up")


def draw_events(random: Random) -> Iterator[Event]:
    """The states of three agents, and three timetables of which a later one replaces the earlier."""
    for number in range(3):
        yield from _draw_shifts(random, f"{101 + number}")
    for first, days, since, until, seats in (
        (date(2023, 6, 1), "12345", 8, 20, 1),
        (date(2023, 6, 1), "67", 0, 24, 2),
        (date(2024, 7, 15), "1234567", 0, 24, 1),
    ):
        yield SeatsContracted(effective_on=first, weekdays=days, from_hour=since, to_hour=until, seats=seats)


def _draw_shifts(random: Random, agent: str) -> Iterator[AgentStateEntered]:
    """Every few days some states one after the other, into the next day now and then, and a sign-out."""
    for number in range(-1, YEAR.days, 2):
        if random.random() < 0.6:
            continue
        at = get_day_start(YEAR.first_day + timedelta(days=number)) + timedelta(
            seconds=random.randrange(84_000)
        )
        for _ in range(random.choice([1, 4, 9])):
            state = random.choice(_AT_SEATS)
            end = at + timedelta(seconds=random.choice([0, 1, 600, 7_000, 9_000]))
            yield AgentStateEntered(agent=agent, state=state, started_at=at, ended_at=end)
            at = end + timedelta(seconds=random.choice([0, 0, 2]))
        yield AgentStateEntered(agent=agent, state="signed_out", started_at=at)


def _hours(time: timedelta) -> Fraction:
    return Fraction(time // timedelta(milliseconds=1), 3_600_000)


def _ends(one: AgentStateEntered) -> datetime:
    assert one.ended_at is not None
    return one.ended_at


def _there(centre: Centre) -> list[AgentStateEntered]:
    """签入以后不论空闲、示忙、小休，都算到岗。"""
    return [one for one in centre.find_others(AgentStateEntered) if one.state != "signed_out"]


def _overlap(one: AgentStateEntered, start: datetime, end: datetime) -> timedelta:
    return max(min(_ends(one), end) - max(one.started_at, start), timedelta())


def _time(states: list[AgentStateEntered], period: Period) -> Fraction:
    """跨零点的状态各算各的日子。"""
    start, end = get_day_start(period.first_day), get_day_start(period.end_day)
    return _hours(sum((_overlap(one, start, end) for one in states), timedelta()))


def agent_occupancy_rate(centre: Centre, period: Period) -> Number:
    there = _there(centre)
    handling = [one for one in there if one.state in ("talking", "wrap_up")]
    return Number(_time(handling, period), _time([one for one in there if one.state != "rest"], period))


def agent_not_ready_rate(centre: Centre, period: Period) -> Number:
    there = _there(centre)
    return Number(_time([one for one in there if one.state == "not_ready"], period), _time(there, period))


def agent_mean_wrap_up(centre: Centre, period: Period) -> Number:
    """（秒），过零点的整段记在开始的一天。"""
    told = {
        (one.agent, one.started_at): one
        for one in centre.find_others(AgentStateEntered)
        if one.state == "wrap_up"
    }
    wraps = [one for one in told.values() if within(one.started_at, period)]  # told twice: the later holds
    spent = sum((_ends(one) - one.started_at for one in wraps), timedelta())
    return Number(_hours(spent) * 3600, Fraction(len(wraps)))


def seats_staffed_rate(centre: Centre, period: Period) -> Number:
    filled = agreed = Fraction(0)
    states = _there(centre)
    for hour, seats in _agreed(centre, period):
        there = (_overlap(one, hour, hour + _HOUR) for one in states)
        filled += min(_hours(sum(there, timedelta())), Fraction(seats))
        agreed += seats
    return Number(filled, agreed)


def _agreed(centre: Centre, period: Period) -> Iterator[tuple[datetime, int]]:
    """新的合同座席表自生效日期起代替以前的。"""
    day = period.first_day
    while day < period.end_day:
        newest = max(
            (one.effective_on for one in centre.find_others(SeatsContracted) if one.effective_on <= day),
            default=None,
        )
        for one in centre.find_others(SeatsContracted):
            if one.effective_on == newest and str(day.isoweekday()) in one.weekdays:
                for hour in range(one.from_hour, one.to_hour):
                    yield get_day_start(day) + hour * _HOUR, one.seats
        day += timedelta(days=1)


PLAIN: tuple[Plain, ...] = (
    seats_staffed_rate,
    agent_occupancy_rate,
    agent_mean_wrap_up,
    agent_not_ready_rate,
)

"""Calls: when they come in, how long they wait, how they end."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import log, sqrt
from random import Random
from typing import NamedTuple

from web.demo.sample.scenario import Scenario
from web.demo.sample.traps import Traps

INBOUND, OUTBOUND = "呼入", "呼出"
ANSWERED, LOST_IN_IVR, LOST_IN_QUEUE = "已接听", "IVR放弃", "队列放弃"
NOT_TAKEN, NO_ANSWER = "振铃未接", "无人接听"  # an agent let it ring; the citizen did not pick up
GROUP = "综合受理"

HOUR_LOAD = (  # relative, midnight first
    53, 24, 28, 28, 27, 55, 80, 165, 301, 359, 356, 275,
    188, 212, 303, 327, 303, 238, 197, 160, 140, 107, 85, 57,
)  # fmt: skip
# relative to the mean of the year
MONTH_LOAD = (1.22, 0.95, 0.91, 0.93, 0.94, 0.97, 0.91, 0.92, 0.94, 0.93, 1.27, 1.24)
WEEKDAY_LOAD, WEEKEND_LOAD = 1.108, 0.741
PREFIXES = ("138", "139", "133", "151", "187", "199")

OUTBOUND_SHARE = 0.046
REPEAT_CALLER_SHARE = 0.05
NOT_TAKEN_SHARE = 0.0034
RING_OUT_S = 30
TALK_MEDIAN_S, TALK_SIGMA, TALK_MIN_S = 134, 0.6, 14


class Call(NamedTuple):
    """One row of the call export, fields in the file's order."""

    serial: str
    direction: str
    number: str
    entered: datetime
    queued: datetime | None
    rang: datetime | None
    answered: datetime | None
    ended: datetime
    group: str
    agent: str | None
    talk_s: int
    result: str
    rating: str | None  # key pressed after the call: 1 satisfied, 2 so-so, 3 not


@dataclass(frozen=True, kw_only=True)
class CallRates:
    """What differs from centre to centre; shares between 0 and 1."""

    agents: tuple[str, ...]
    lost_in_ivr: float
    abandoned: float
    abandoned_in_december: float
    ring_delay_s: float  # mean time in the queue before an agent's phone rings
    rated: float


def draw_rates(scenario: Scenario) -> CallRates:
    rng = scenario.stream("call rates")
    seats = max(3, round(scenario.calls_per_day / 10))
    return CallRates(
        agents=tuple(f"8{n:03d}" for n in range(1, seats + 1)),
        lost_in_ivr=rng.uniform(0.02, 0.04),
        abandoned=rng.uniform(0.008, 0.016),
        abandoned_in_december=rng.uniform(0.026, 0.042),
        ring_delay_s=rng.uniform(7.5, 10.5),
        rated=rng.uniform(0.33, 0.46),
    )


def draw_calls(scenario: Scenario, traps: Traps, month: int, serials: Iterator[int]) -> Iterator[Call]:
    """A month's calls in the order in which they entered the system; at least one inbound call a day."""
    draw = CallDrawing(scenario, month)
    for day in scenario.list_month_days(month):
        incident = traps.incidents.get(day)
        yield from draw.draw_day(day, incident.load if incident else 1.0, serials)


class CallDrawing:
    """Draws one month's calls from one stream."""

    def __init__(self, scenario: Scenario, month: int) -> None:
        self._rng = scenario.stream("calls", month)
        self._rates = draw_rates(scenario)
        self._mean = scenario.calls_per_day * MONTH_LOAD[month - 1]
        self._abandoned = self._rates.abandoned_in_december if month == 12 else self._rates.abandoned
        self._recent: deque[str] = deque(maxlen=200)

    def draw_day(self, day: date, load: float, serials: Iterator[int]) -> Iterator[Call]:
        """`load` is 1.0 on an ordinary day; on others waits and abandoned calls grow with the calls."""
        midnight = datetime.combine(day, time())
        for second, direction in self._draw_arrivals(day, load):
            serial = f"{day:%Y%m%d}{next(serials):08d}"
            entered = midnight + timedelta(seconds=second)
            if direction == INBOUND:
                yield self._draw_inbound(serial, entered, load)
            else:
                yield self._draw_outbound(serial, entered)

    def _draw_arrivals(self, day: date, load: float) -> list[tuple[int, str]]:
        mean = self._mean * load * (WEEKEND_LOAD if day.weekday() >= 5 else WEEKDAY_LOAD)
        inbound = max(1, round(self._rng.gauss(mean, 1.2 * sqrt(mean))))
        outbound = sum(self._rng.random() < OUTBOUND_SHARE for _ in range(inbound))
        hours = self._rng.choices(range(24), HOUR_LOAD, k=inbound + outbound)
        seconds = [hour * 3600 + int(self._rng.random() * 3600) for hour in hours]
        return sorted(zip(seconds, [INBOUND] * inbound + [OUTBOUND] * outbound, strict=True))

    def _draw_inbound(self, serial: str, entered: datetime, load: float) -> Call:
        rng, number = self._rng, self._draw_caller()
        menu_s = rng.randint(6, 29)
        if rng.random() < self._rates.lost_in_ivr:
            return _make_lost_call(serial, number, entered, None, rng.randrange(1, menu_s))
        queued = entered + timedelta(seconds=menu_s)
        if rng.random() < self._abandoned * load:
            return _make_lost_call(serial, number, entered, queued, 1 + int(rng.expovariate(1 / 20)))
        rang = queued + timedelta(seconds=int(rng.expovariate(1 / (self._rates.ring_delay_s * load))))
        agent = rng.choice(self._rates.agents)
        if rng.random() < NOT_TAKEN_SHARE:
            ended = rang + timedelta(seconds=RING_OUT_S)
            return Call(
                serial, INBOUND, number, entered, queued, rang, None, ended, GROUP, agent, 0, NOT_TAKEN, None
            )
        answered = rang + timedelta(seconds=rng.randint(1, 7))
        talk_s = max(TALK_MIN_S, int(rng.lognormvariate(log(TALK_MEDIAN_S), TALK_SIGMA)))
        ended = answered + timedelta(seconds=talk_s)
        rating = _draw_rating(rng) if rng.random() < self._rates.rated else None
        return Call(
            serial, INBOUND, number, entered, queued, rang, answered, ended,
            GROUP, agent, talk_s, ANSWERED, rating,
        )  # fmt: skip

    def _draw_outbound(self, serial: str, entered: datetime) -> Call:
        rng, number = self._rng, _draw_number(self._rng)
        agent = rng.choice(self._rates.agents)
        if rng.random() < 0.187:
            ended = entered + timedelta(seconds=RING_OUT_S)
            return Call(
                serial, OUTBOUND, number, entered, None, entered, None, ended,
                GROUP, agent, 0, NO_ANSWER, None,
            )  # fmt: skip
        answered = entered + timedelta(seconds=rng.randint(5, 24))
        talk_s = rng.randint(20, 239)
        ended = answered + timedelta(seconds=talk_s)
        return Call(
            serial, OUTBOUND, number, entered, None, entered, answered, ended,
            GROUP, agent, talk_s, ANSWERED, None,
        )  # fmt: skip

    def _draw_caller(self) -> str:
        if self._recent and self._rng.random() < REPEAT_CALLER_SHARE:
            return self._rng.choice(self._recent)
        number = _draw_number(self._rng)
        self._recent.append(number)
        return number


def _make_lost_call(
    serial: str, number: str, entered: datetime, queued: datetime | None, stayed_s: int
) -> Call:
    ended = (queued or entered) + timedelta(seconds=stayed_s)
    result = LOST_IN_QUEUE if queued else LOST_IN_IVR
    return Call(serial, INBOUND, number, entered, queued, None, None, ended, GROUP, None, 0, result, None)


def _draw_number(rng: Random) -> str:
    return f"{rng.choice(PREFIXES)}{rng.randrange(10**8):08d}"


def _draw_rating(rng: Random) -> str:
    return rng.choices("123", (85, 12, 3))[0]

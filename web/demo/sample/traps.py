"""What goes wrong in the year: deliveries with gaps and repeats, outages, days of an incident."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from web.demo.sample.offices import OFFICES, Office
from web.demo.sample.scenario import Scenario

LATE_MONTH = 8
REPEATED_ROWS = 7


@dataclass(frozen=True)
class Incident:
    """A day on which many call about the same thing."""

    office: Office
    load: float  # calls of the day relative to an ordinary one


@dataclass(frozen=True, kw_only=True)
class Traps:
    late_days: tuple[date, ...]  # missing from the month's call file, delivered in a second one
    repeated_months: frozenset[int]  # the call file ends with its first rows again
    unprobed_day: date
    down_hours: frozenset[datetime]
    incidents: dict[date, Incident]


def draw_traps(scenario: Scenario) -> Traps:
    """The traps of the whole year; those after the last month drawn have no effect."""
    rng = scenario.stream("traps")
    year = scenario.year
    late = date(year, LATE_MONTH, rng.randint(5, 24))
    unprobed = date(year, rng.randint(3, 7), rng.randint(1, 30))
    return Traps(
        late_days=(late, late + timedelta(days=1)),
        repeated_months=frozenset((rng.randint(2, 4), rng.randint(5, 7))),
        unprobed_day=unprobed,
        down_hours=_draw_outage(rng, year, 1, 6, unprobed) | _draw_outage(rng, year, 8, 10, unprobed),
        incidents={
            date(year, rng.randint(1, 12), rng.randint(1, 28)): Incident(
                rng.choice(OFFICES), rng.uniform(1.5, 2.2)
            )
            for _ in range(rng.randint(2, 4))
        },
    )


def _draw_outage(rng: Random, year: int, first: int, last: int, unprobed: date) -> frozenset[datetime]:
    day = date(year, rng.randint(first, last), rng.randint(1, 27))
    if day == unprobed:
        day += timedelta(days=1)
    start = datetime(day.year, day.month, day.day, rng.randint(0, 19))
    return frozenset(start + timedelta(hours=n) for n in range(rng.randint(1, 4)))

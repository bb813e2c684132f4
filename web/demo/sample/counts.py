"""日报: a day's text messages, cases handled and visitors; a zero on weekends is a real zero."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from web.demo.sample.scenario import Scenario
from web.demo.sample.tables import GB18030, WrittenFile, write_csv

HEADER = ("日期", "发送短信数", "办件量", "接待人次")


@dataclass(frozen=True)
class DayCount:
    day: date
    messages: int
    cases: int
    visits: int


def draw_counts(scenario: Scenario) -> Iterator[DayCount]:
    rng = scenario.stream("counts")
    messages, cases, visits = rng.randint(1450, 1950), rng.randint(4600, 5900), rng.randint(270, 410)
    for day in scenario.days():
        sent, handled, received = (
            round(mean * rng.uniform(0.88, 1.12)) for mean in (messages, cases, visits)
        )
        yield DayCount(day, sent, handled, received) if day.weekday() < 5 else DayCount(day, sent, 0, 0)


def write_counts(folder: Path, counts: tuple[DayCount, ...]) -> WrittenFile:
    rows = (tuple(vars(count).values()) for count in counts)
    return write_csv(folder / "日报.csv", HEADER, rows, GB18030)

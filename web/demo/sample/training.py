"""培训记录: two rounds of sessions with those due, present and excused."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from web.demo.sample.scenario import Scenario
from web.demo.sample.staffing import SamplePerson
from web.demo.sample.tables import WrittenFile, write_workbook

ROUNDS = (
    ("人口业务", "惠企政策一", "惠企政策二", "惠企政策三"),
    ("惠企政策二批一", "惠企政策二批二", "惠企政策二批三"),
)
HEADER = ("培训日期", "培训内容", "应到人数", "实到人数", "请假人数")


@dataclass(frozen=True)
class TrainingSession:
    """One training session; due − attended − excused were absent without leave."""

    day: date
    topic: str
    due: int
    attended: int
    excused: int


def draw_sessions(scenario: Scenario, people: tuple[SamplePerson, ...]) -> tuple[TrainingSession, ...]:
    rng = scenario.stream("training")
    sessions = []
    for topics, month in zip(ROUNDS, (rng.randint(3, 5), rng.randint(7, 9)), strict=True):
        day = date(scenario.year, month, rng.randint(3, 15))
        on_shift = rng.randint(4, 7)
        for topic in topics:
            day = _find_next_workday(day + timedelta(days=rng.randint(0, 2)))
            due = sum(person.in_post(day) for person in people) - on_shift
            missing = rng.randint(2, 5)
            excused = missing - (rng.random() < 0.3)
            sessions.append(TrainingSession(day, topic, due, due - missing, excused))
    return tuple(session for session in sessions if session.day < scenario.end)


def write_sessions(folder: Path, scenario: Scenario, sessions: tuple[TrainingSession, ...]) -> WrittenFile:
    rows = (tuple(vars(session).values()) for session in sessions)
    return write_workbook(folder / "培训记录.xlsx", "培训", HEADER, rows, scenario.created)


def _find_next_workday(day: date) -> date:
    """The next Monday to Friday after the day."""
    return day + timedelta(days={4: 3, 5: 2}.get(day.weekday(), 1))

"""人员花名册 and 岗位核定: the people of the year and the posts they fill."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from web.demo.sample.scenario import Scenario
from web.demo.sample.tables import UTF8_WITH_BOM, WrittenFile, write_csv, write_workbook

POSTS = 35
POST = "引导员"
SURNAMES = "张王李赵孙马何罗高徐黄朱林胡郭吴杨"
GIVEN = "静娟芳秀军勇丽强霞敏涛明杰娜艳磊伟平超洋"
EDUCATION, EDUCATION_SHARE = ("本科", "大专", "研究生"), (48, 44, 8)
REASONS = ("个人原因", "合同到期", "考录公职")
ROSTER_HEADER = (
    "工号", "姓名", "岗位", "学历", "学历验证编号", "入职日期", "离职日期", "离职原因", "岗前考核成绩",
)  # fmt: skip
POSTS_HEADER = ("生效日期", "岗位", "核定人数", "依据")


@dataclass(frozen=True, kw_only=True)
class SamplePerson:
    staff_no: str
    name: str
    education: str
    diploma_check: str | None
    joined: date
    left: date | None  # the first day not in post
    reason: str | None
    pre_job_score: int | None  # None: not tested

    def in_post(self, day: date) -> bool:
        return self.joined <= day and (self.left is None or day < self.left)


def draw_people(scenario: Scenario) -> tuple[SamplePerson, ...]:
    """Everyone in post at some time of the year: first those who leave in it, last those who join in it."""
    rng = scenario.stream("staffing")
    leaving = _draw_leaving_days(rng, scenario.year)
    opening = rng.randint(POSTS - 2, POSTS - 1)
    joining = _draw_joining_days(rng, scenario.year, opening, leaving)
    days: list[tuple[date, date | None]] = [(_draw_earlier_day(rng, scenario), day) for day in leaving]
    days += [(_draw_earlier_day(rng, scenario), None) for _ in range(opening - len(leaving))]
    days += [(day, None) for day in joining]
    unchecked = rng.randrange(opening)
    untested = rng.sample(range(len(days)), rng.randint(2, 5))
    people = (
        _draw_person(rng, scenario.year, n, joined, left, n != unchecked, n not in untested)
        for n, (joined, left) in enumerate(days)
    )
    return tuple(
        _forget_later_leaving(person, scenario.end) for person in people if person.joined < scenario.end
    )


def write_roster(folder: Path, scenario: Scenario, people: tuple[SamplePerson, ...]) -> WrittenFile:
    rows = (
        (
            person.staff_no,
            person.name,
            POST,
            person.education,
            person.diploma_check,
            person.joined,
            person.left,
            person.reason,
            None if person.pre_job_score is None else str(person.pre_job_score),
        )
        for person in people
    )
    return write_workbook(folder / "人员花名册.xlsx", "花名册", ROSTER_HEADER, rows, scenario.created)


def write_posts(folder: Path, scenario: Scenario) -> WrittenFile:
    rows = [(scenario.first_day, POST, POSTS, "岗位核定1号")]
    return write_csv(folder / "岗位核定.csv", POSTS_HEADER, rows, UTF8_WITH_BOM)


def _draw_leaving_days(rng: Random, year: int) -> list[date]:
    months = rng.sample(range(1, 12), rng.randint(4, 7))
    return [date(year, month, rng.randint(2, 28)) for month in sorted(months)]


def _draw_joining_days(rng: Random, year: int, opening: int, leaving: list[date]) -> list[date]:
    """Two intakes, each of at most as many people as there are vacancies."""
    joining: list[date] = []
    for month in (rng.randint(3, 5), rng.randint(8, 10)):
        day = date(year, month, rng.randint(5, 20))
        vacancies = POSTS - opening - len(joining) + sum(left <= day for left in leaving)
        joining += [day] * max(0, vacancies - rng.randint(0, 1))
    return joining


def _draw_earlier_day(rng: Random, scenario: Scenario) -> date:
    return scenario.first_day - timedelta(days=rng.randint(20, 1500))


def _draw_person(
    rng: Random, year: int, index: int, joined: date, left: date | None, checked: bool, tested: bool
) -> SamplePerson:
    score = rng.randint(70, 98)
    return SamplePerson(
        staff_no=f"R{index + 1:03d}",
        name=rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2)),
        education=rng.choices(EDUCATION, EDUCATION_SHARE)[0],
        diploma_check=f"XL{year}{index + 1:04d}" if checked else None,
        joined=joined,
        left=left,
        reason=rng.choice(REASONS) if left else None,
        pre_job_score=score if tested else None,
    )


def _forget_later_leaving(person: SamplePerson, end: date) -> SamplePerson:
    """The person as the roster shows them before `end`: a later leaving is not known yet."""
    if person.left is None or person.left < end:
        return person
    return replace(person, left=None, reason=None)

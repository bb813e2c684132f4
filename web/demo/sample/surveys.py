"""满意度问卷 and 问卷发放: a hundred sheets handed out in the last month drawn, nearly all returned."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from web.demo.sample.scenario import Scenario
from web.demo.sample.tables import UTF8_WITH_BOM, WrittenFile, write_csv

ISSUED = 100
AWARE, SATISFIED = "知道", "满意"
PURPOSE = (("咨询", "投诉", "其他", "建议"), (54, 33, 7, 6))
TIME_TAKEN = (("1-5个工作日", "当天", "其他", "5-15个工作日"), (56, 34, 7, 3))
STRENGTH = (("更加方便", "答复更快", "知晓度高", "其他"), (58, 27, 12, 3))
ANSWER_HEADER = (
    "问卷编号", "填写日期", "您知道12345服务热线吗", "您会使用12345热线平台解决问题吗",
    "您一般拨打热线是为了", "反映问题解决时限", "您认为热线的特点在于", "您对热线解决问题是否满意",
)  # fmt: skip
ISSUE_HEADER = ("问卷", "发放日期", "发放份数", "回收份数")


@dataclass(frozen=True)
class FilledSheet:
    """A filled sheet; fields in the file's order."""

    sheet: str
    day: date
    aware: str
    able: str
    purpose: str
    time_taken: str
    strength: str
    satisfied: str


@dataclass(frozen=True)
class SampleSurvey:
    issued_on: date
    answers: tuple[FilledSheet, ...]


def draw_survey(scenario: Scenario) -> SampleSurvey:
    rng = scenario.stream("survey", scenario.through)
    issued_on = date(scenario.year, scenario.through, 5)
    aware, satisfied = rng.uniform(0.93, 1), rng.uniform(0.9, 0.99)
    answers = (
        _draw_answer(rng, n, issued_on + timedelta(days=n % 20), aware, satisfied)
        for n in range(rng.randint(90, 98))
    )
    return SampleSurvey(issued_on, tuple(answers))


def write_answers(folder: Path, survey: SampleSurvey) -> WrittenFile:
    rows = (tuple(vars(answer).values()) for answer in survey.answers)
    return write_csv(folder / "满意度问卷.csv", ANSWER_HEADER, rows, UTF8_WITH_BOM)


def write_issue(folder: Path, survey: SampleSurvey) -> WrittenFile:
    rows = [("满意度问卷", survey.issued_on, ISSUED, len(survey.answers))]
    return write_csv(folder / "问卷发放.csv", ISSUE_HEADER, rows, UTF8_WITH_BOM)


def _draw_answer(rng: Random, index: int, day: date, aware: float, satisfied: float) -> FilledSheet:
    return FilledSheet(
        sheet=f"WJ{index + 1:03d}",
        day=day,
        aware=AWARE if rng.random() < aware else "不知道",
        able="会" if rng.random() < 0.94 else "不会",
        purpose=rng.choices(*PURPOSE)[0],
        time_taken=rng.choices(*TIME_TAKEN)[0],
        strength=rng.choices(*STRENGTH)[0],
        satisfied=SATISFIED if rng.random() < satisfied else "不满意",
    )

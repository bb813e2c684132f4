"""Questionnaires that the log holds, evaluated like those of a file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from kpi.evaluation.surveys.answers import AnswersProblem
from kpi.evaluation.surveys.from_log import count_unasked, evaluate_logged, read_logged, select_fitting
from kpi.evaluation.surveys.questionnaire import Question, Questionnaire
from tracker import centers, log
from tracker.database import Database
from tracker.events.surveys import SurveyAnswered, SurveyIssued
from tracker.events.times import BEIJING
from tracker.periods import Month, Year
from web.cli import hotline

NOW = datetime(2024, 1, 5, 9, 0, tzinfo=BEIJING)


def sheet(number: int, **answers: str) -> SurveyAnswered:
    return SurveyAnswered(
        answer_id=f"W{number}", answered_on=date(2023, 5, number), aware=None, can_use=None, satisfied=None,
        answers=answers,
    )  # fmt: skip


@pytest.fixture
def logged(database: Database) -> Iterator[sa.Connection]:
    """Three sheets of a questionnaire of two questions, and one that asks something else."""
    events = [
        sheet(1, 您满意吗="满意", 用途="咨询"), sheet(2, 您满意吗="不满意"), sheet(3, 您满意吗="还行"),
        sheet(4, 年龄="30"), sheet(5, 年龄="30"),
        SurveyIssued(survey="问卷", issued_on=date(2023, 5, 1), issued=10, returned=None),
    ]  # fmt: skip
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "某热线", now=NOW)
        with log.appending(connection, "tlf", delivery=None, as_of=NOW, recorded_at=NOW) as appending:
            appending.add([(event, None) for event in events])
    with database.engine.connect() as connection:
        yield connection


TWO = Questionnaire(
    "两题", (Question("a", "您满意吗？", ("满意", "不满意")), Question("b", "用途", ("咨询", "投诉")))
)
LARGER = replace(TWO, questions=(*TWO.questions, Question("c", "性别", ("男", "女"))))


def test_the_sheets_of_the_log_are_evaluated_by_the_questionnaire_that_they_fit(logged: sa.Connection):
    found = read_logged(logged, "tlf", Month(2023, 5))
    assert select_fitting([LARGER, TWO], found) == [TWO]
    answered = evaluate_logged(TWO, found)
    assert (answered.survey.count, answered.survey.questionnaire.issued) == (3, 10)
    assert [share.count for share in answered.survey.distributions[0].shares] == [1, 1]
    assert [(one.answer, one.count) for one in answered.unknown] == [("还行", 1)]
    assert count_unasked([TWO], found) == {"年龄": {"30": 2}}


def test_a_questionnaire_that_is_part_of_another_is_not_told_twice(logged: sa.Connection):
    part = replace(TWO, questions=TWO.questions[:1])
    assert select_fitting([part, TWO], read_logged(logged, "tlf", Year(2023))) == [TWO]


def test_sheets_of_another_month_are_not_counted(logged: sa.Connection):
    found = read_logged(logged, "tlf", Month(2023, 6))
    assert (found.sheets, found.issued) == ([], None)
    with pytest.raises(AnswersProblem, match="日志里没有问卷“两题”的答卷"):
        evaluate_logged(TWO, found)


@pytest.mark.slow
def test_the_command_evaluates_the_sheets_of_a_year(
    tlf_2023: Database, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", tlf_2023.url)
    monkeypatch.setenv("HOTLINE_ADMIN_DATABASE_URL", tlf_2023.admin_url)
    told = CliRunner().invoke(hotline, ["survey", "hotline-2022", "--center", "tlf", "--year", "2023"]).output
    assert "有效问卷95份，发放100份" in told
    assert "信度（Cronbach α）：-0.078" in told

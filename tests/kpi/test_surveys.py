"""Figures of questionnaires: which count, and who is asked."""

from datetime import date
from fractions import Fraction

import pytest

from kpi.evaluation.surveys.report import describe_alpha
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS
from tests.kpi.given import append
from tracker.events.declarations import TopicDeclared
from tracker.events.surveys import SurveyAnswered, SurveyIssued


def answers(survey: str | None, satisfied: int, of: int, **told: bool) -> list[SurveyAnswered]:
    plain = {"aware": True, "can_use": True} | told
    return [
        SurveyAnswered(
            answer_id=f"{survey}{told}{n}", survey=survey, answered_on=date(2023, 12, 5),
            satisfied=n < satisfied, answers={}, **plain,
        )
        for n in range(of)
    ]  # fmt: skip


def issued(survey: str, number: int) -> SurveyIssued:
    return SurveyIssued(survey=survey, issued_on=date(2023, 12, 1), issued=number)


def test_two_questionnaires_of_a_year_are_not_put_together(connection, figure):
    """Of 29 of the staff 28 are satisfied, of 341 visitors 340."""
    append(connection, [*answers("聘用人员", 28, 29), *answers("来访人员", 340, 341)])
    unsaid = figure("survey_satisfaction_rate", "2023")
    assert (unsaid.status, unsaid.value) == (Status.UNVERIFIABLE, None)
    assert "统计设定" in unsaid.reason
    append(connection, [
        TopicDeclared(topic="survey", known_as="来访人员", holds=True),
        TopicDeclared(topic="survey", known_as="聘用人员", holds=False),
    ])  # fmt: skip
    said = figure("survey_satisfaction_rate", "2023")
    assert (said.numerator, said.denominator, said.status) == (340, 341, Status.VERIFIABLE)


@pytest.mark.parametrize("survey", ["来访人员", None])
def test_the_only_questionnaire_of_a_year_counts_without_a_word(connection, figure, survey):
    append(connection, [*answers(survey, 9, 10), issued("满意度", 12)])
    assert figure("survey_satisfaction_rate", "2023").value == 90
    assert figure("survey_response_rate", "2023").denominator == 12


def test_who_does_not_know_the_hotline_answers_the_question_all_the_same(connection, figure, fork):
    append(connection, [*answers(None, 8, 8), *answers(None, 0, 2, aware=False)])
    everybody = figure("survey_satisfaction_rate", "2023")
    users = fork("survey_satisfaction_rate", "by_users", "2023")
    assert (everybody.value, users.value) == (80, 100)
    assert INDICATORS["survey_satisfaction_rate"].title == "问卷满意度"


@pytest.mark.parametrize(
    ("alpha", "said"),
    [(Fraction(-78, 1000), "不能引用"), (Fraction(6, 10), "信度不足"), (Fraction(7, 10), "不低于0.7")],
)
def test_an_alpha_below_0_is_not_given_without_a_word(alpha, said):
    assert said in describe_alpha(alpha)

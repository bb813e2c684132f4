"""Questionnaires that came back and rounds that went out."""

from typing import Any

import sqlalchemy as sa

from tracker.events.surveys import SurveyAnswered, SurveyIssued
from tracker.facts.fact import Fact, Row, Slots, day, fact_table, unknown, unknown_column
from tracker.names import fold_name

survey_answers = fact_table(
    "survey_answers",
    (SurveyAnswered,),
    sa.Column("survey", sa.Text(collation="C"), nullable=False),  # folded; '' where no name is told
    sa.Column("answered_on", sa.Date, nullable=False),
    sa.Column("aware", sa.Boolean, info={"by": ("aware",)}),  # None: not answered
    sa.Column("can_use", sa.Boolean, info={"by": ("can_use",)}),
    sa.Column("satisfied", sa.Boolean, info={"by": ("satisfied",)}),
    unknown_column(),
)

survey_issues = fact_table(
    "survey_issues",
    (SurveyIssued,),
    sa.Column("survey", sa.Text, nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("issued", sa.Integer, nullable=False),
    sa.Column("returned", sa.Integer),
)


def _answer(slots: Slots) -> list[Row]:
    data: Any = slots[""].data
    asked = ("aware", "can_use", "satisfied")
    survey = fold_name(data.get("survey") or "")
    return [(survey, day(data["answered_on"]), *map(data.get, asked), unknown(data, asked))]


def _issue(slots: Slots) -> list[Row]:
    data: Any = slots[""].data
    return [(fold_name(data["survey"]), day(data["issued_on"]), data["issued"], data.get("returned"))]


SURVEY_ANSWERS = Fact(table=survey_answers, kind="survey_answer", days=("answered_on",), rows=_answer)
SURVEY_ISSUES = Fact(table=survey_issues, kind="survey_issue", days=("issued_on",), rows=_issue)
FACTS = (SURVEY_ANSWERS, SURVEY_ISSUES)

"""Questionnaires that came back and rounds that went out."""

from typing import Any

import sqlalchemy as sa

from tracker.events.surveys import SurveyAnswered, SurveyIssued
from tracker.facts.fact import (
    FactRow,
    FactTable,
    Slots,
    define_fact_table,
    list_unknown,
    make_unknown_column,
    to_day,
)
from tracker.names import fold_name

survey_answers = define_fact_table(
    "survey_answers",
    (SurveyAnswered,),
    sa.Column("survey", sa.Text(collation="C"), nullable=False),  # folded; '' where no name is told
    sa.Column("answered_on", sa.Date, nullable=False),
    sa.Column("aware", sa.Boolean, info={"by": ("aware",)}),  # None: not answered
    sa.Column("can_use", sa.Boolean, info={"by": ("can_use",)}),
    sa.Column("satisfied", sa.Boolean, info={"by": ("satisfied",)}),
    make_unknown_column(),
)

survey_issues = define_fact_table(
    "survey_issues",
    (SurveyIssued,),
    sa.Column("survey", sa.Text, nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("issued", sa.Integer, nullable=False),
    sa.Column("returned", sa.Integer),
)


def _project_answer(slots: Slots) -> list[FactRow]:
    data: Any = slots[""].data
    questions = ("aware", "can_use", "satisfied")
    survey = fold_name(data.get("survey") or "")
    return [(survey, to_day(data["answered_on"]), *map(data.get, questions), list_unknown(data, questions))]


def _project_issue(slots: Slots) -> list[FactRow]:
    data: Any = slots[""].data
    return [(fold_name(data["survey"]), to_day(data["issued_on"]), data["issued"], data.get("returned"))]


SURVEY_ANSWERS = FactTable(
    table=survey_answers, kind="survey_answer", days=("answered_on",), rows=_project_answer
)
SURVEY_ISSUES = FactTable(table=survey_issues, kind="survey_issue", days=("issued_on",), rows=_project_issue)
FACTS = (SURVEY_ANSWERS, SURVEY_ISSUES)

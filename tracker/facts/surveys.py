"""Questionnaires that came back and rounds that went out."""

from typing import Any

import sqlalchemy as sa

from tracker.facts.fact import Fact, Row, Slots, day, fact_table, unknown, unknown_column
from tracker.names import fold_name

survey_answers = fact_table(
    "survey_answers",
    sa.Column("survey", sa.Text(collation="C"), nullable=False),  # folded; '' where no name is told
    sa.Column("answered_on", sa.Date, nullable=False),
    sa.Column("aware", sa.Boolean, info={"title": "是否知晓"}),  # None: not answered
    sa.Column("can_use", sa.Boolean, info={"title": "是否会使用"}),
    sa.Column("satisfied", sa.Boolean, info={"title": "是否满意"}),
    unknown_column(),
)

survey_issues = fact_table(
    "survey_issues",
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

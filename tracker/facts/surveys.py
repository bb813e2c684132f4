"""Questionnaires that came back and rounds that went out."""

import sqlalchemy as sa

from tracker.facts.fact import Fact, Row, Slots, day, fact_table

survey_answers = fact_table(
    "survey_answers",
    sa.Column("answered_on", sa.Date, nullable=False),
    sa.Column("aware", sa.Boolean),  # None: not answered
    sa.Column("can_use", sa.Boolean),
    sa.Column("satisfied", sa.Boolean),
)

survey_issues = fact_table(
    "survey_issues",
    sa.Column("survey", sa.Text, nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("issued", sa.Integer, nullable=False),
    sa.Column("returned", sa.Integer),
)


def _answer(slots: Slots) -> list[Row]:
    data = slots[""].data
    return [(day(data["answered_on"]), data["aware"], data["can_use"], data["satisfied"])]


def _issue(slots: Slots) -> list[Row]:
    data = slots[""].data
    return [(data["survey"], day(data["issued_on"]), data["issued"], data["returned"])]


SURVEY_ANSWERS = Fact(table=survey_answers, kind="survey_answer", days=("answered_on",), rows=_answer)
SURVEY_ISSUES = Fact(table=survey_issues, kind="survey_issue", days=("issued_on",), rows=_issue)

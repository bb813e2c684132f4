"""Questionnaires: how many went out, what came back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from tracker.events.event import Event, Json
from tracker.events.times import day_start


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(Event):
    """One questionnaire came back.

    Source: survey answers (满意度问卷), one row per questionnaire.
    """

    type: ClassVar[str] = "survey.answered"
    source: ClassVar[str] = "survey_answers"

    answer_id: str
    survey: str | None = None  # which questionnaire; None: the table names none
    answered_on: date
    aware: bool | None = None  # knows the hotline; None: not answered
    can_use: bool | None = None
    satisfied: bool | None = None
    answers: dict[str, Json]  # question as printed → answer as given

    @property
    def subject(self) -> str:
        return f"survey_answer/{self.answer_id}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.answered_on)


@dataclass(frozen=True, kw_only=True)
class SurveyIssued(Event):
    """Questionnaires were handed out.

    Source: table of issued questionnaires (问卷发放), one row per round.
    """

    type: ClassVar[str] = "survey.issued"
    source: ClassVar[str] = "survey_issues"

    survey: str
    issued_on: date
    issued: int
    returned: int | None = None

    @property
    def subject(self) -> str:
        return f"survey_issue/{self.survey}/{self.issued_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.issued_on)


TYPES = (SurveyAnswered, SurveyIssued)

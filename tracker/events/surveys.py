"""Questionnaires: how many went out, what came back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event, Json
from tracker.events.times import get_day_start
from tracker.events.title import Title


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(Event):
    """One questionnaire came back.

    Source: survey answers (满意度问卷), one row per questionnaire.
    """

    type: ClassVar[str] = "survey.answered"
    type_title: ClassVar[str] = "收回答卷"
    source: ClassVar[str] = "survey_answers"

    answer_id: Annotated[str, Title("问卷编号", code=True)]
    survey: Annotated[str | None, Title("问卷名称")] = None  # which questionnaire; None: the table names none
    answered_on: Annotated[date, Title("填写日期")]
    aware: Annotated[bool | None, Title("是否知晓")] = None  # knows the hotline; None: not answered
    can_use: Annotated[bool | None, Title("是否会使用")] = None
    satisfied: Annotated[bool | None, Title("是否满意")] = None
    answers: Annotated[dict[str, Json], Title("各题答案")]  # question as printed → answer as given

    @property
    def subject(self) -> str:
        return f"survey_answer/{self.answer_id}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.answered_on)


@dataclass(frozen=True, kw_only=True)
class SurveyIssued(Event):
    """Questionnaires were handed out.

    Source: table of issued questionnaires (问卷发放), one row per round.
    """

    type: ClassVar[str] = "survey.issued"
    type_title: ClassVar[str] = "发放问卷"
    source: ClassVar[str] = "survey_issues"

    survey: Annotated[str, Title("问卷名称")]
    issued_on: Annotated[date, Title("发放日期")]
    issued: Annotated[int, Title("发放份数")]
    returned: Annotated[int | None, Title("回收份数")] = None

    @property
    def subject(self) -> str:
        return f"survey_issue/{self.survey}/{self.issued_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.issued_on)


TYPES = (SurveyAnswered, SurveyIssued)
THINGS = {"survey_answer": "问卷答卷", "survey_issue": "问卷发放"}
SOURCES = {"survey_answers": "满意度问卷", "survey_issues": "问卷发放"}

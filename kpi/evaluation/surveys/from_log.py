"""The questionnaires that a centre's log holds, as answers to a questionnaire."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import orjson
import pandas as pd
import sqlalchemy as sa

from kpi.evaluation.surveys.answers import AnswersProblem, NoSuchOption, find_chosen_options, match_columns
from kpi.evaluation.surveys.questionnaire import Question, Questionnaire
from kpi.evaluation.surveys.report import SurveyResult, evaluate_survey
from tracker.facts.surveys import survey_answers, survey_issues
from tracker.log.tables import events
from tracker.periods import Period

AnswerSheet = Mapping[str, Any]  # question as printed → answer as given


@dataclass(frozen=True)
class LoggedAnswers:
    """What came back in a period, and how many went out."""

    sheets: Sequence[AnswerSheet]
    issued: int | None  # None: nobody has said

    @cached_property
    def questions(self) -> list[str]:
        """Every question as printed, in the order of the log."""
        return list(dict.fromkeys(question for sheet in self.sheets for question in sheet))


@dataclass(frozen=True)
class EvaluatedAnswers:
    """The answers to a questionnaire, evaluated."""

    survey: SurveyResult
    unknown: Sequence["UnknownAnswer"]  # count as not given


@dataclass(frozen=True)
class UnknownAnswer:
    """An answer that is none of a question's options."""

    question: Question
    answer: str
    count: int


def read_logged(connection: sa.Connection, center: str, period: Period) -> LoggedAnswers:
    """The sheets filled in and handed out in a period; those voided are not among them."""
    answers, issues = survey_answers.c, survey_issues.c
    of_center = sa.and_(events.c.center_id == center, events.c.seq == answers.seq)
    sheets = (
        sa.select(events.c.data)
        .join_from(survey_answers, events, of_center)
        .where(answers.center_id == center, answers.answered_on >= period.first_day)
        .where(answers.answered_on < period.end_day)
        .order_by(answers.answered_on, answers.seq)
    )
    issued = sa.select(sa.func.sum(issues.issued)).where(
        issues.center_id == center, issues.issued_on >= period.first_day, issues.issued_on < period.end_day
    )
    answered = [orjson.loads(data)["answers"] for data in connection.scalars(sheets)]
    return LoggedAnswers(answered, connection.scalar(issued))


def select_fitting(questionnaires: Iterable[Questionnaire], logged: LoggedAnswers) -> list[Questionnaire]:
    """Those whose every question was asked, without those that are only a part of another."""
    printed = {one: set(_match_printed(one, logged).values()) for one in questionnaires}
    return [
        one
        for one, questions in printed.items()
        if questions and not any(questions < others for others in printed.values())
    ]


def evaluate_logged(questionnaire: Questionnaire, logged: LoggedAnswers) -> EvaluatedAnswers:
    """The sheets on which any of its questions was answered. Raises: AnswersProblem where there is none."""
    printed = _match_printed(questionnaire, logged)
    sheets = [sheet for sheet in logged.sheets if any(sheet.get(one) for one in printed.values())]
    if not sheets:
        raise AnswersProblem(
            f"日志里没有问卷“{questionnaire.title}”的答卷；它的题目应与导入的表头相同，"
            f"如“{questionnaire.questions[0].text}”。"
        )
    unknown: Counter[tuple[Question, str]] = Counter()
    rows = [
        {one.key: _read_answer(one, sheet.get(printed[one.key]), unknown) for one in questionnaire.questions}
        for sheet in sheets
    ]
    issued = replace(questionnaire, issued=logged.issued or questionnaire.issued)
    survey = evaluate_survey(issued, pd.DataFrame(rows, dtype=object))
    return EvaluatedAnswers(survey, [UnknownAnswer(*one, count) for one, count in unknown.most_common()])


def count_unasked(questionnaires: Iterable[Questionnaire], logged: LoggedAnswers) -> dict[str, Counter[str]]:
    """The questions that none of the questionnaires asks, with every answer as given."""
    printed = {question for one in questionnaires for question in _match_printed(one, logged).values()}
    return {
        question: Counter(str(sheet[question]) for sheet in logged.sheets if sheet.get(question))
        for question in logged.questions
        if question not in printed
    }


def _match_printed(questionnaire: Questionnaire, logged: LoggedAnswers) -> dict[str, str]:
    """Question's key → question as printed; empty where one of them was not asked."""
    return {
        key: logged.questions[place] for key, place in match_columns(logged.questions, questionnaire).items()
    }


def _read_answer(
    question: Question, raw: object, unknown: Counter[tuple[Question, str]]
) -> str | tuple[str, ...] | None:
    if raw is None or raw == "":
        return None
    try:
        return find_chosen_options(question, str(raw))
    except NoSuchOption:
        unknown[question, str(raw)] += 1
        return None

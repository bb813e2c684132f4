"""A survey as plain text: distributions, reliability, warnings."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from kpi.evaluation.numbers import format_trimmed
from kpi.evaluation.paragraphs import wrap_text
from kpi.evaluation.surveys.distribution import Distribution, compute_distributions
from kpi.evaluation.surveys.questionnaire import LETTERS, Questionnaire
from kpi.evaluation.surveys.reliability import Reliability, compute_reliability
from kpi.evaluation.surveys.sample import list_warnings
from kpi.figures.attainment import format_telling
from kpi.figures.indicators.indicator import round_exact
from kpi.figures.indicators.target import Sense
from kpi.figures.serializing import format_exact
from kpi.terminal_tables import LEFT, NO_VALUE, RIGHT, align_rows

RELIABLE_FROM = Fraction(7, 10)


@dataclass(frozen=True)
class SurveyResult:
    """A questionnaire with its answers, evaluated."""

    questionnaire: Questionnaire
    count: int
    distributions: tuple[Distribution, ...]
    reliability: Reliability
    warnings: tuple[str, ...]


def evaluate_survey(questionnaire: Questionnaire, answers: pd.DataFrame) -> SurveyResult:
    """Everything that is said of a survey."""
    count = len(answers)
    return SurveyResult(
        questionnaire=questionnaire,
        count=count,
        distributions=tuple(compute_distributions(questionnaire, answers)),
        reliability=compute_reliability(questionnaire, answers),
        warnings=tuple(list_warnings(count, questionnaire.issued, questionnaire.population)),
    )


def format_survey(survey: SurveyResult) -> Iterator[str]:
    """Title, one table a question, reliability and validity, warnings."""
    issued = f"，发放{survey.questionnaire.issued}份" if survey.questionnaire.issued else ""
    yield f"{survey.questionnaire.title}：有效问卷{survey.count}份{issued}"
    for number, one in enumerate(survey.distributions, start=1):
        yield ""
        several = "多选，" if one.question.multiple else ""
        yield f"{number}. {one.question.text}（{several}{one.answered}人作答）"
        rows = [
            (f"  {letter}", share.option, str(share.count), format_share(share.share))
            for letter, share in zip(LETTERS, one.shares, strict=False)
        ]
        yield from align_rows(rows, LEFT + LEFT + RIGHT + RIGHT)
    yield ""
    yield from _format_reliability(survey.reliability)
    if survey.warnings:
        yield ""
        yield "须注意："
        for sentence in survey.warnings:
            yield from wrap_text(f"{sentence}。", indent="  ")


def format_share(share: Fraction | None) -> str:
    """In per cent with two places, half up."""
    return NO_VALUE if share is None else f"{round_exact(share * 100, 2)}%"


def format_alpha(alpha: Fraction) -> str:
    """Three places, or as many as show on which side of 0.7 it lies."""
    return format_telling(Sense.AT_LEAST, alpha, RELIABLE_FROM, str(round_exact(alpha, 3)))


def describe_alpha(alpha: Fraction) -> str:
    """What an α says; one below 0 is no reliability at all."""
    if alpha < 0:
        return "为负：各题的回答互相矛盾，请检查计分方向是否一致，这个数不能引用"
    return "不低于0.7" if Sense.AT_LEAST.met(alpha, RELIABLE_FROM) else "低于0.7，内部一致信度不足"


def _format_reliability(found: Reliability) -> Iterator[str]:
    if found.alpha is None:
        yield f"信度（Cronbach α）：{NO_VALUE}，{found.reason}。"
    else:
        judged = describe_alpha(found.alpha)
        of = f"{found.complete}份答卷，{len(found.items)}题"
        yield f"信度（Cronbach α）：{format_alpha(found.alpha)}，{judged}（{of}）"
    if found.items:
        yield "效度（题目得分与问卷得分的相关系数 r；括号内为扣除本题后）："
        rows = [
            (
                f"  {one.question.text}",
                format_correlation(one.with_total),
                f"（{format_correlation(one.with_rest)}）",
            )
            for one in found.items
        ]
        yield from align_rows(rows, LEFT + RIGHT + LEFT)


def format_correlation(r: Decimal | None) -> str:
    """Three places; — where nothing varies."""
    return NO_VALUE if r is None else f"{round_exact(Fraction(r), 3)}"


def convert_survey(survey: SurveyResult) -> dict[str, Any]:
    """Counts and shares exact, correlations with 28 digits."""
    return {
        "title": survey.questionnaire.title,
        "answers": survey.count,
        "issued": survey.questionnaire.issued,
        "questions": [
            {
                "key": one.question.key,
                "text": one.question.text,
                "answered": one.answered,
                "options": [
                    {"option": share.option, "count": share.count, "share": format_exact(share.share)}
                    for share in one.shares
                ],
            }
            for one in survey.distributions
        ],
        "alpha": format_exact(survey.reliability.alpha),
        "complete": survey.reliability.complete,
        "item_total": {
            one.question.key: None if one.with_total is None else format_trimmed(one.with_total)
            for one in survey.reliability.items
        },
        "item_rest": {
            one.question.key: None if one.with_rest is None else format_trimmed(one.with_rest)
            for one in survey.reliability.items
        },
        "warnings": list(survey.warnings),
    }

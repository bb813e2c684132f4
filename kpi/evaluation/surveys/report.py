"""A survey as plain text: distributions, reliability, warnings."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from kpi.evaluation.numbers import trimmed
from kpi.evaluation.paragraphs import wrapped
from kpi.evaluation.surveys.distribution import Distribution, distributions
from kpi.evaluation.surveys.questionnaire import LETTERS, Questionnaire
from kpi.evaluation.surveys.reliability import Reliability, reliability
from kpi.evaluation.surveys.sample import warnings
from kpi.figures.attainment import telling_text
from kpi.figures.indicators.indicator import round_half_up
from kpi.figures.indicators.target import Sense
from kpi.figures.serializing import exact
from kpi.terminal_tables import LEFT, NO_VALUE, RIGHT, lines

HOLDS = Fraction(7, 10)


@dataclass(frozen=True)
class Survey:
    """A questionnaire with its answers, evaluated."""

    questionnaire: Questionnaire
    count: int
    distributions: tuple[Distribution, ...]
    reliability: Reliability
    warnings: tuple[str, ...]


def evaluate_survey(questionnaire: Questionnaire, answers: pd.DataFrame) -> Survey:
    """Everything that is said of a survey."""
    count = len(answers)
    return Survey(
        questionnaire=questionnaire,
        count=count,
        distributions=tuple(distributions(questionnaire, answers)),
        reliability=reliability(questionnaire, answers),
        warnings=tuple(warnings(count, questionnaire.issued, questionnaire.population)),
    )


def survey_lines(survey: Survey) -> Iterator[str]:
    """Title, one table a question, reliability and validity, warnings."""
    issued = f"，发放{survey.questionnaire.issued}份" if survey.questionnaire.issued else ""
    yield f"{survey.questionnaire.title}：有效问卷{survey.count}份{issued}"
    for number, one in enumerate(survey.distributions, start=1):
        yield ""
        several = "多选，" if one.question.multiple else ""
        yield f"{number}. {one.question.text}（{several}{one.answered}人作答）"
        rows = [
            (f"  {letter}", share.option, str(share.count), share_text(share.share))
            for letter, share in zip(LETTERS, one.shares, strict=False)
        ]
        yield from lines(rows, LEFT + LEFT + RIGHT + RIGHT)
    yield ""
    yield from _reliability(survey.reliability)
    if survey.warnings:
        yield ""
        yield "须注意："
        for sentence in survey.warnings:
            yield from wrapped(f"{sentence}。", indent="  ")


def share_text(share: Fraction | None) -> str:
    """In per cent with two places, half up."""
    return NO_VALUE if share is None else f"{round_half_up(share * 100, 2)}%"


def alpha_text(alpha: Fraction) -> str:
    """Three places, or as many as show on which side of 0.7 it lies."""
    return telling_text(Sense.AT_LEAST, alpha, HOLDS, str(round_half_up(alpha, 3)))


def judged_text(alpha: Fraction) -> str:
    """What an α says; one below 0 is no reliability at all."""
    if alpha < 0:
        return "为负：各题的回答互相矛盾，请检查计分方向是否一致，这个数不能引用"
    return "不低于0.7" if Sense.AT_LEAST.met(alpha, HOLDS) else "低于0.7，内部一致信度不足"


def _reliability(found: Reliability) -> Iterator[str]:
    if found.alpha is None:
        yield f"信度（Cronbach α）：{NO_VALUE}，{found.reason}。"
    else:
        judged = judged_text(found.alpha)
        of = f"{found.complete}份答卷，{len(found.items)}题"
        yield f"信度（Cronbach α）：{alpha_text(found.alpha)}，{judged}（{of}）"
    if found.items:
        yield "效度（题目得分与问卷得分的相关系数 r；括号内为扣除本题后）："
        rows = [
            (
                f"  {one.question.text}",
                correlation_text(one.with_total),
                f"（{correlation_text(one.with_rest)}）",
            )
            for one in found.items
        ]
        yield from lines(rows, LEFT + RIGHT + LEFT)


def correlation_text(r: Decimal | None) -> str:
    """Three places; — where nothing varies."""
    return NO_VALUE if r is None else f"{round_half_up(Fraction(r), 3)}"


def survey_as_json(survey: Survey) -> dict[str, Any]:
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
                    {"option": share.option, "count": share.count, "share": exact(share.share)}
                    for share in one.shares
                ],
            }
            for one in survey.distributions
        ],
        "alpha": exact(survey.reliability.alpha),
        "complete": survey.reliability.complete,
        "item_total": {
            one.question.key: None if one.with_total is None else trimmed(one.with_total)
            for one in survey.reliability.items
        },
        "item_rest": {
            one.question.key: None if one.with_rest is None else trimmed(one.with_rest)
            for one in survey.reliability.items
        },
        "warnings": list(survey.warnings),
    }

"""Reliability and validity of a questionnaire's scored questions.

Variances and products are exact fractions; only the square root of a correlation is rounded, at 28 digits.
Sources: L. J. Cronbach, Psychometrika 16 (1951), for α; the product-moment correlation of an item's score
with the score of the whole questionnaire, and with that of the other items (corrected).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from kpi.evaluation.surveys.questionnaire import Question, Questionnaire

_CONTEXT = Context(prec=28)


@dataclass(frozen=True)
class ItemTotal:
    """One question against the whole; None where either does not vary."""

    question: Question
    with_total: Decimal | None
    with_rest: Decimal | None  # the total less the question itself


@dataclass(frozen=True)
class Reliability:
    """α over those who answered all scored questions, and why there is none."""

    complete: int
    alpha: Fraction | None
    items: tuple[ItemTotal, ...]
    reason: str = ""


def compute_reliability(questionnaire: Questionnaire, answers: pd.DataFrame) -> Reliability:
    """α and item–total correlations; no number where nothing varies or there is but one question."""
    questions = questionnaire.scored
    if len(questions) < 2:
        return Reliability(0, None, (), "计分的题目少于两题，不能计算信度")
    scores = _list_scores(questions, answers)
    totals = scores.sum(axis="columns")
    items = tuple(_correlate_item(question, scores[question.key], totals) for question in questions)
    if len(scores) < 2:
        return Reliability(len(scores), None, items, "答全计分题目的答卷不足两份，不能计算信度")
    of_total = _sum_products(totals, totals)
    if of_total == 0:
        return Reliability(len(scores), None, items, "各份答卷的总分都相同，没有差异，不能计算信度")
    of_items = sum((_sum_products(scores[key], scores[key]) for key in scores), Fraction(0))
    count = len(questions)
    return Reliability(len(scores), Fraction(count, count - 1) * (1 - of_items / of_total), items)


def _list_scores(questions: Sequence[Question], answers: pd.DataFrame) -> pd.DataFrame:
    """The scores of those who answered all scored questions, a row each; of fractions, never of floats."""
    complete = answers[[question.key for question in questions]].dropna()
    points = {one.key: dict(zip(one.options, one.scores or (), strict=True)) for one in questions}
    return pd.DataFrame({key: complete[key].map(points[key]).astype(object) for key in points})


def _correlate_item(question: Question, scores: "pd.Series[Any]", totals: "pd.Series[Any]") -> ItemTotal:
    return ItemTotal(
        question, compute_correlation(scores, totals), compute_correlation(scores, totals - scores)
    )


def compute_correlation(xs: Collection[Fraction], ys: Collection[Fraction]) -> Decimal | None:
    """Σxy ÷ (√Σx² √Σy²) of the deviations; None where one of them does not vary."""
    below = _sum_products(xs, xs) * _sum_products(ys, ys)
    if not below:
        return None
    above = _sum_products(xs, ys)
    squared = above * above / below
    root = _CONTEXT.sqrt(_CONTEXT.divide(Decimal(squared.numerator), Decimal(squared.denominator)))
    return -root if above < 0 else root


def _sum_products(xs: Collection[Fraction], ys: Collection[Fraction]) -> Fraction:
    """Σ of the products of deviations from the mean."""
    if not len(xs):
        return Fraction(0)
    both = sum((x * y for x, y in zip(xs, ys, strict=True)), Fraction(0))
    return both - sum(xs, Fraction(0)) * sum(ys, Fraction(0)) / len(xs)

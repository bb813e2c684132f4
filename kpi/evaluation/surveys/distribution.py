"""How the answers to each question are distributed."""

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from kpi.evaluation.surveys.questionnaire import Question, Questionnaire


@dataclass(frozen=True)
class Share:
    """How often an option was chosen, of those who answered the question."""

    option: str
    count: int
    share: Fraction | None  # None: nobody answered


@dataclass(frozen=True)
class Distribution:
    """The answers to one question."""

    question: Question
    answered: int
    shares: tuple[Share, ...]

    def of(self, option: str) -> Share:
        return next(share for share in self.shares if share.option == option)


def distributions(questionnaire: Questionnaire, answers: pd.DataFrame) -> list[Distribution]:
    """One for each question, in the order of the questionnaire; questions left empty are not answers."""
    return [_distribution(question, answers[question.key]) for question in questionnaire.questions]


def _distribution(question: Question, column: "pd.Series[str]") -> Distribution:
    told = column.dropna()
    counts = told.explode().value_counts().reindex(question.options, fill_value=0)
    shares = (
        Share(option, count, Fraction(count, len(told)) if len(told) else None)
        for option, count in zip(question.options, counts.tolist(), strict=True)
    )
    return Distribution(question, len(told), tuple(shares))

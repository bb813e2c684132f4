"""How the answers to each question are distributed."""

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from kpi.evaluation.surveys.questionnaire import Question, Questionnaire


@dataclass(frozen=True)
class OptionShare:
    """How often an option was chosen, of those who answered the question."""

    option: str
    count: int
    share: Fraction | None  # None: nobody answered


@dataclass(frozen=True)
class Distribution:
    """The answers to one question."""

    question: Question
    answered: int
    shares: tuple[OptionShare, ...]

    def of(self, option: str) -> OptionShare:
        return next(share for share in self.shares if share.option == option)


def compute_distributions(questionnaire: Questionnaire, answers: pd.DataFrame) -> list[Distribution]:
    """One for each question, in the order of the questionnaire; questions left empty are not answers."""
    return [_compute_distribution(question, answers[question.key]) for question in questionnaire.questions]


def _compute_distribution(question: Question, column: "pd.Series[str]") -> Distribution:
    answers = column.dropna()
    counts = answers.explode().value_counts().reindex(question.options, fill_value=0)
    shares = (
        OptionShare(option, count, Fraction(count, len(answers)) if len(answers) else None)
        for option, count in zip(question.options, counts.tolist(), strict=True)
    )
    return Distribution(question, len(answers), tuple(shares))

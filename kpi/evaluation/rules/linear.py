"""Rules on a straight line between full and nothing."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, ClassVar

from kpi.evaluation.actual import Actual, Amount, QuarterlyRates
from kpi.evaluation.numbers import show_number, show_points
from kpi.evaluation.rules.rule import RuleScore, ScoreProblem, ScoringRule
from kpi.evaluation.target import TargetBound
from tracker.toml_file import read_exact_number

QUARTERS = 4


@dataclass(frozen=True)
class Linear(ScoringRule):
    """Everything at `full` and beyond, nothing at `zero` and beyond, a straight line between, either way."""

    kind: ClassVar[str] = "linear"
    about: ClassVar[str] = "到 full 得满分，到 zero 不得分，两者之间按直线计算"
    takes: ClassVar[type] = Amount

    full: Annotated[Fraction, read_exact_number]
    zero: Annotated[Fraction, read_exact_number]

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, Amount)
        text = f"实际{actual}，{show_number(self.full)}得满分、{show_number(self.zero)}不得分"
        return RuleScore(weight * self.share(actual.value), text)

    def standard(self) -> str:
        return f"{show_number(self.full)}%得满分，{show_number(self.zero)}%不得分，两者之间按直线计算。"

    def share(self, value: Fraction) -> Fraction:
        """The share of the weight, from 0 to 1."""
        return min(max((value - self.zero) / (self.full - self.zero), Fraction(0)), Fraction(1))

    def find_implied_value(self, points: Fraction, weight: Fraction) -> Fraction:
        """The value that points between nothing and full stand for."""
        return self.zero + points / weight * (self.full - self.zero)

    def fault(self, target: TargetBound | None, weight: Fraction, points: int) -> str | None:
        return "的 full 与 zero 相同，得分要除以0；请写成不同的两个数" if self.full == self.zero else None


@dataclass(frozen=True)
class Quarterly(Linear):
    """Every quarter has an equal part of the weight, on the same straight line."""

    kind: ClassVar[str] = "quarterly"
    about: ClassVar[str] = "四个季度各占四分之一，每季按 full、zero 的直线计算后相加"
    takes: ClassVar[type] = QuarterlyRates

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, QuarterlyRates)
        if len(actual.values) != QUARTERS:
            raise ScoreProblem(f"应有四个季度的数，读到{len(actual.values)}个。")
        each = [weight / QUARTERS * self.share(value) for value in actual.values]
        text = "、".join(
            f"{show_number(value)}%得{show_points(got)}"
            for value, got in zip(actual.values, each, strict=True)
        )
        return RuleScore(sum(each, Fraction(0)), f"四个季度{text}")

    def standard(self) -> str:
        return f"四个季度各占四分之一：{super().standard()}"

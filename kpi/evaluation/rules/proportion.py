"""Rules in proportion to the target."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, ClassVar

from kpi.evaluation.actual import Actual, Amount
from kpi.evaluation.numbers import PLACES, round_half_up_to, show_number, show_points, show_share
from kpi.evaluation.rules.rule import RuleScore, ScoringRule, needs_target
from kpi.evaluation.target import TargetBound
from kpi.figures.indicators.target import Sense
from tracker.toml_file import read_exact_number

HUNDRED = Fraction(100)


@dataclass(frozen=True)
class MetOrProRata(ScoringRule):
    """Met: full; else weight × actual ÷ target. A value beyond “=” counts as met."""

    kind: ClassVar[str] = "met_or_pro_rata"
    about: ClassVar[str] = "达到目标得满分，未达到的按实际÷目标的比例得分（≥、=）"
    takes: ClassVar[type] = Amount

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, Amount) and target is not None
        if Sense.AT_LEAST.met(actual.value, target.value):
            return RuleScore(weight, target.show_full(actual, "达到目标"))
        share = max(actual.value, Fraction(0)) / target.value
        return RuleScore(
            weight * share, f"{target.show_actual(actual)}，为目标{target}的{show_share(share)}，按比例得分"
        )

    def fault(self, target: TargetBound | None, weight: Fraction, points: int) -> str | None:
        return needs_target(target, "≥", "=")


@dataclass(frozen=True)
class AtMostRule(ScoringRule):
    """Lower is better. Met: full; else weight × (1 − overrun ÷ target), never below 0."""

    kind: ClassVar[str] = "at_most"
    about: ClassVar[str] = "不超过目标得满分，超出的按超出比例扣分，扣完为止（≤）"
    takes: ClassVar[type] = Amount

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, Amount) and target is not None
        if Sense.AT_MOST.met(actual.value, target.value):
            return RuleScore(weight, target.show_full(actual, "不超过目标"))
        if target.value == 0:
            return RuleScore(Fraction(0), f"{target.show_actual(actual)}，超过目标{target}，不得分")
        over = (actual.value - target.value) / target.value
        return RuleScore(
            max(weight * (1 - over), Fraction(0)),
            f"{target.show_actual(actual)}，超出目标{target}的{show_share(over)}，按比例扣分",
        )

    def fault(self, target: TargetBound | None, weight: Fraction, points: int) -> str | None:
        return needs_target(target, "≤")


@dataclass(frozen=True)
class RateRule(ScoringRule):
    """weight × rate, never above the weight; `of` is the rate that gets it all."""

    kind: ClassVar[str] = "ratio"
    about: ClassVar[str] = "得分=分值×比率（以 of 为满，默认100）"
    takes: ClassVar[type] = Amount

    of: Annotated[Fraction, read_exact_number] = HUNDRED

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, Amount)
        share = min(max(actual.value / self.of, Fraction(0)), Fraction(1))
        return RuleScore(weight * share, f"{actual}×{show_points(weight)}分")

    def standard(self) -> str:
        whole = "" if self.of == HUNDRED else f"，达到{show_number(self.of)}%得满分"
        return f"得分＝权重×比率{whole}。"

    def fault(self, target: TargetBound | None, weight: Fraction, points: int) -> str | None:
        return None if self.of > 0 else "的 of 应大于0"


@dataclass(frozen=True)
class SelfEvaluation(ScoringRule):
    """The arithmetic of the official self-evaluation form, each score rounded half up to two places.

    ≥ and =: met is full, else in proportion; “= 0” is met by nothing more than 0. ≤: met is full, less in
    proportion to the overrun, and nothing from twice the target on.
    Source: 财预〔2020〕10号第十六条; the public scoring engine of a provincial budget system.
    """

    kind: ClassVar[str] = "self_evaluation"
    about: ClassVar[str] = "单位自评的官方算法：≥、=、≤三种，得分四舍五入到两位"
    takes: ClassVar[type] = Amount

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, Amount) and target is not None
        if target.sense is Sense.AT_MOST or target.value == 0:
            scored = AtMostRule().score(actual, target, weight)
        else:
            scored = MetOrProRata().score(actual, target, weight)
        return RuleScore(round_half_up_to(scored.points, PLACES), scored.reason)

    def fault(self, target: TargetBound | None, weight: Fraction, points: int) -> str | None:
        return needs_target(target, "≥", "=", "≤")


def compute_achieved_share(actual: Amount, target: TargetBound) -> Fraction | None:
    """The share of an at-least target that was achieved; None where there is nothing to divide by."""
    if target.sense is Sense.AT_MOST or target.value == 0:
        return None
    return actual.value / target.value


EXPLAIN_FROM = Fraction(13, 10)  # a target overshot so far was too low: explain; Source: 广西 self-evaluation


def explain_overshot_target(actual: Amount, target: TargetBound) -> str | None:
    """The sentence about a target set too low; None where none is called for."""
    share = None if actual.few else compute_achieved_share(actual, target)
    if share is None or share < EXPLAIN_FROM or target.unit == "%":
        return None
    return f"实际{actual}为目标{target}的{show_number(share * 100, 1)}%，目标定得过低，须说明原因"

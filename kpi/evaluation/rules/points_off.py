"""Rules that take a share of the weight for each step or item."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, ClassVar

from kpi.evaluation.actual import Actual, Amount
from kpi.evaluation.numbers import read_share, show_number, show_share
from kpi.evaluation.rules.rule import RuleScore, ScoringRule, needs_target
from kpi.evaluation.target import TargetBound
from kpi.figures.indicators.target import Sense
from tracker.toml_file import read_exact_number


@dataclass(frozen=True)
class PerPoint(ScoringRule):
    """Each percentage point off the target costs a share of the weight; parts of a point count in proportion.

    A target in another unit is left by per cent of itself. Below `cliff` nothing is given.
    """

    kind: ClassVar[str] = "per_point"
    about: ClassVar[str] = (
        "每偏离目标1个百分点扣分值的 costs，不足1个百分点的按比例，扣完为止；低于 cliff 不得分"
    )
    takes: ClassVar[type] = Amount

    costs: Annotated[Fraction, read_share]
    cliff: Annotated[Fraction | None, read_exact_number] = None

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, Amount) and target is not None
        if target.met(actual.value):
            return RuleScore(weight, target.show_full(actual, "达到目标"))
        if self.cliff is not None and actual.value < self.cliff:
            text = f"{target.show_actual(actual)}，低于{show_number(self.cliff)}{target.unit}，不得分"
            return RuleScore(Fraction(0), text)
        off, lost = self._compute_lost(actual, target)
        text = f"{target.show_actual(actual)}，偏离目标（{target}）{show_number(off)}个百分点"
        return RuleScore(
            weight * (1 - lost),
            f"{text}，每个百分点扣权重分的{show_share(self.costs)}，共扣权重分的{show_share(lost)}",
        )

    def standard(self) -> str:
        cliff = "" if self.cliff is None else f"；低于{show_number(self.cliff)}%不得分"
        return f"达到目标得满分，每偏离1个百分点扣{show_share(self.costs)}权重分，扣完为止{cliff}。"

    def _compute_lost(self, actual: Amount, target: TargetBound) -> tuple[Fraction, Fraction]:
        """Percentage points off the target, and the share of the weight they cost."""
        off = abs(actual.value - target.value)
        if target.unit != "%":
            off = off / target.value * 100
        return off, min(off * self.costs, Fraction(1))

    def fault(self, target: TargetBound | None, weight: Fraction, points: int) -> str | None:
        lacking = needs_target(target, *Sense)
        if lacking or target is None:
            return lacking
        if target.value == 0 and target.unit != "%":
            return f"的目标是{target}，偏离的百分比要除以0；请改用 at_most 或 per_item"
        return None


@dataclass(frozen=True)
class PerItem(ScoringRule):
    """Each failing item costs a share of the weight."""

    kind: ClassVar[str] = "per_item"
    about: ClassVar[str] = "每有一项不合格扣分值的 costs，扣完为止；实际值是不合格的项数"
    takes: ClassVar[type] = Amount

    costs: Annotated[Fraction, read_share]

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, Amount)
        if actual.value == 0:
            return RuleScore(weight, "没有不合格的，得满分")
        lost = min(actual.value * self.costs, Fraction(1))
        text = (
            f"不合格{show_number(actual.value)}项，每项扣权重分的{show_share(self.costs)}，"
            f"共扣权重分的{show_share(lost)}"
        )
        return RuleScore(weight * (1 - lost), text)

    def standard(self) -> str:
        return f"每有一项不合格扣{show_share(self.costs)}权重分，扣完为止。"

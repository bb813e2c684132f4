"""What every rule shares: how its parameters are read, what it is given, what it gives."""

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from kpi.evaluation.actual import Actual
from kpi.evaluation.target import TargetBound


@dataclass(frozen=True)
class RuleScore:
    """Points, exact, and the sentence that defends them."""

    points: Fraction
    reason: str


class ScoreProblem(ValueError):
    """这项得分算不出来：说明里有原因和改法。"""


@dataclass(frozen=True)
class ScoringRule:
    """How an actual value becomes points. A new kind is a subclass, listed in `RULES`.

    A parameter is a field `Annotated` with its reader, which raises ValueError for what it does not take.
    """

    kind: ClassVar[str]
    about: ClassVar[str]  # as the documentation prints it
    takes: ClassVar[type]  # the kind of actual value

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        """Raises: ScoreProblem where the value does not fit."""
        raise NotImplementedError

    def standard(self) -> str:
        """The rule in a sentence, as the column 评价标准 prints it."""
        return f"{self.about}。"

    def fault(self, target: TargetBound | None, weight: Fraction, points: int) -> str | None:
        """What is wrong with this rule on an indicator of that target, weight and number of points."""
        return None


def needs_target(target: TargetBound | None, *senses: str) -> str | None:
    """The complaint about a target that is not there or points the wrong way."""
    if target is None:
        return f"需要写成 {'、'.join(f'{sense}数值单位' for sense in senses)} 的目标"
    if target.sense not in senses:
        return f"的目标应以 {'、'.join(senses)} 开头，现为 {target}"
    return None


def needs_points(points: int) -> str | None:
    """The complaint about a list rule without a list."""
    return None if points else "需要评价要点：请在 points = […] 里逐条写出"

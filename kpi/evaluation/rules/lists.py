"""Rules over lists of points that are met or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from kpi.evaluation.actual import Actual, MetPoints
from kpi.evaluation.numbers import read_share, show_points, show_share
from kpi.evaluation.rules.rule import RuleScore, ScoringRule, needs_points
from kpi.evaluation.target import TargetBound
from tracker.toml_file import read_exact_number, read_whole_number


def _read_shares(raw: Any) -> tuple[Fraction, ...]:
    if not isinstance(raw, list):
        raise ValueError('应为列表，如 ["40%", "30%", "30%"]。')
    return tuple(read_share(one) for one in raw)


def _read_count(raw: Any) -> int:
    return read_whole_number(raw, least=1)


def _read_steps(raw: Any) -> Mapping[int, Fraction]:
    if not isinstance(raw, dict) or not all(str(count).isdigit() for count in raw):
        raise ValueError("应写成 { 8 = 8, 7 = 6 }：左边是满足的条数，右边是得分。")
    return {int(count): read_exact_number(points) for count, points in raw.items()}


@dataclass(frozen=True)
class ChecklistRule(ScoringRule):
    """Every met point brings its share (equal unless given); or every missing one costs a fixed share.

    Fewer than `at_least` met points bring nothing.
    """

    kind: ClassVar[str] = "checklist"
    about: ClassVar[str] = (
        "逐项计分：各项占 shares（省略则平均），或每缺一项扣 each_missing；满足的少于 at_least 项不得分"
    )
    takes: ClassVar[type] = MetPoints

    shares: Annotated[tuple[Fraction, ...] | None, _read_shares] = None
    each_missing: Annotated[Fraction | None, read_share] = None
    at_least: Annotated[int, _read_count] = 1

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, MetPoints)
        if actual.count < self.at_least:
            return RuleScore(Fraction(0), f"{_describe_met(actual)}，少于{self.at_least}项，不得分")
        got = self._compute_share(actual)
        return RuleScore(weight * got, f"{_describe_met(actual)}，得分值的{show_share(got)}")

    def standard(self) -> str:
        floor = f"满足的少于{self.at_least}项不得分；" if self.at_least > 1 else ""
        if self.each_missing is not None:
            return f"{floor}每缺一项扣{show_share(self.each_missing)}权重分，扣完为止。"
        if self.shares is None:
            return f"{floor}各项平均计分，符合得该项权重分，不符合不得分。"
        return f"{floor}各项依次占{'、'.join(map(show_share, self.shares))}权重分，符合得分，不符合不得分。"

    def _compute_share(self, actual: MetPoints) -> Fraction:
        if self.each_missing is not None:
            return max(1 - self.each_missing * (len(actual.points) - actual.count), Fraction(0))
        shares = self.shares or (Fraction(1, len(actual.points)),) * len(actual.points)
        return sum((part for part, met in zip(shares, actual.points, strict=True) if met), Fraction(0))

    def fault(self, target: TargetBound | None, weight: Fraction, points: int) -> str | None:
        if self.shares is not None and self.each_missing is not None:
            return "的 shares 和 each_missing 只能写一个"
        if self.shares is not None and len(self.shares) != points:
            return f"的 shares 有{len(self.shares)}个，points 有{points}条，应一一对应"
        if self.shares is not None and sum(self.shares) != 1:
            return f"的 shares 合计{show_share(sum(self.shares, Fraction(0)))}，应为100%"
        return needs_points(points)


@dataclass(frozen=True)
class AllOrNothingRule(ScoringRule):
    """Any point not met: nothing."""

    kind: ClassVar[str] = "all_or_nothing"
    about: ClassVar[str] = "全部满足得满分，缺任何一项不得分"
    takes: ClassVar[type] = MetPoints

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, MetPoints)
        if actual.count == len(actual.points):
            return RuleScore(weight, f"{_describe_met(actual)}，得满分")
        return RuleScore(Fraction(0), f"{_describe_met(actual)}，缺一不可，不得分")

    def fault(self, target: TargetBound | None, weight: Fraction, points: int) -> str | None:
        return needs_points(points)


@dataclass(frozen=True)
class StepsRule(ScoringRule):
    """The number of met points decides; a number that is not listed brings nothing."""

    kind: ClassVar[str] = "steps"
    about: ClassVar[str] = "按满足的项数分档得分，未写明的项数得0分"
    takes: ClassVar[type] = MetPoints

    steps: Annotated[Mapping[int, Fraction], _read_steps]

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, MetPoints)
        got = self.steps.get(actual.count, Fraction(0))
        return RuleScore(got, f"{_describe_met(actual)}，按档得{show_points(got)}分")

    def standard(self) -> str:
        text = "、".join(f"{count}项得{show_points(got)}分" for count, got in self.steps.items())
        return f"满足{text}，其他不得分。"

    def fault(self, target: TargetBound | None, weight: Fraction, points: int) -> str | None:
        if max(self.steps.values(), default=Fraction(0)) != weight:
            return f"的最高一档应等于分值{show_points(weight)}"
        if points and max(self.steps) > points:
            return f"写到{max(self.steps)}条，而 points 只有{points}条"
        return needs_points(points)


def _describe_met(actual: MetPoints) -> str:
    unknown = sum(1 for met in actual.points if met is None)
    text = f"{len(actual.points)}项要点满足{actual.count}项"
    return f"{text}，{unknown}项无法核实" if unknown else text

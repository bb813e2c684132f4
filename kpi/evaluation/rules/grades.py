"""Rules over grades in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from kpi.evaluation.actual import Actual, GivenGrade
from kpi.evaluation.numbers import show_points, show_share
from kpi.evaluation.rules.rule import RuleScore, ScoreProblem, ScoringRule
from kpi.evaluation.target import TargetBound
from tracker.toml_file import read_exact_number


def _read_points(raw: Any) -> Mapping[str, Fraction]:
    if not isinstance(raw, dict) or not raw:
        raise ValueError('应写成 { "优秀" = 5, "良好" = 3 }。')
    return {str(word): read_exact_number(points) for word, points in raw.items()}


@dataclass(frozen=True)
class Grades(ScoringRule):
    """Every grade has its points."""

    kind: ClassVar[str] = "grades"
    about: ClassVar[str] = "按等级得分：grades 里写每一等的分数"
    takes: ClassVar[type] = GivenGrade

    grades: Annotated[Mapping[str, Fraction], _read_points]

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, GivenGrade)
        if actual.word not in self.grades:
            raise ScoreProblem(f"没有“{actual.word}”这一等；可以写的是 {'、'.join(self.grades)}。")
        got = self.grades[actual.word]
        return RuleScore(got, f"等级为{actual.word}，得{show_points(got)}分")

    def standard(self) -> str:
        text = "，".join(f"{word}得{show_points(points)}分" for word, points in self.grades.items())
        return f"{text}。"

    def fault(self, target: TargetBound | None, weight: Fraction, points: int) -> str | None:
        if max(self.grades.values()) != weight:
            return f"的最高一等应等于分值{show_points(weight)}"
        return None


QUALITATIVE_BANDS = {  # from, to, and whether the upper end belongs to it
    "达成": (Fraction(8, 10), Fraction(1), True),
    "部分达成": (Fraction(6, 10), Fraction(8, 10), False),
    "未达成": (Fraction(0), Fraction(6, 10), False),
}


@dataclass(frozen=True)
class Qualitative(ScoringRule):
    """Three bands, and a share of the weight inside the band that the evaluator gives; 达成 alone is full.

    Source: 财预〔2020〕10号第十六条: 达成 100–80 %, 部分达成并具有一定效果 80–60 %, 未达成且效果较差 60–0 %.
    """

    kind: ClassVar[str] = "qualitative"
    about: ClassVar[str] = "定性指标：达成100%–80%（含），部分达成80%–60%（含），未达成60%–0%"
    takes: ClassVar[type] = GivenGrade

    def score(self, actual: Actual, target: TargetBound | None, weight: Fraction) -> RuleScore:
        assert isinstance(actual, GivenGrade)
        if actual.word not in QUALITATIVE_BANDS:
            raise ScoreProblem(f"没有“{actual.word}”这一档；可以写的是 {'、'.join(QUALITATIVE_BANDS)}。")
        low, high, included = QUALITATIVE_BANDS[actual.word]
        share = Fraction(1) if actual.share is None and actual.word == "达成" else actual.share
        if share is None or not (low <= share < high or (included and share == high)):
            span = f"{show_share(low)}（含）–{show_share(high)}{'（含）' if included else '（不含）'}"
            raise ScoreProblem(
                f'“{actual.word}”须同时给出{span}之间的比例，例如 "{actual.word} {show_share(low)}"。'
            )
        return RuleScore(weight * share, f"{actual.word}，得分值的{show_share(share)}")

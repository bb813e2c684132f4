"""Rules over grades in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from kpi.evaluation.actual import Actual, Graded
from kpi.evaluation.numbers import points_text, share_text
from kpi.evaluation.rules.rule import Rule, Scored, ScoreProblem
from kpi.evaluation.target import Target
from tracker.toml_file import read_exact_number


def _points(given: Any) -> Mapping[str, Fraction]:
    if not isinstance(given, dict) or not given:
        raise ValueError('应写成 { "优秀" = 5, "良好" = 3 }。')
    return {str(word): read_exact_number(points) for word, points in given.items()}


@dataclass(frozen=True)
class Grades(Rule):
    """Every grade has its points."""

    kind: ClassVar[str] = "grades"
    about: ClassVar[str] = "按等级得分：grades 里写每一等的分数"
    takes: ClassVar[type] = Graded

    grades: Annotated[Mapping[str, Fraction], _points]

    def score(self, actual: Actual, target: Target | None, weight: Fraction) -> Scored:
        assert isinstance(actual, Graded)
        if actual.word not in self.grades:
            raise ScoreProblem(f"没有“{actual.word}”这一等；可以写的是 {'、'.join(self.grades)}。")
        got = self.grades[actual.word]
        return Scored(got, f"等级为{actual.word}，得{points_text(got)}分")

    def standard(self) -> str:
        told = "，".join(f"{word}得{points_text(points)}分" for word, points in self.grades.items())
        return f"{told}。"

    def fault(self, target: Target | None, weight: Fraction, points: int) -> str | None:
        if max(self.grades.values()) != weight:
            return f"的最高一等应等于分值{points_text(weight)}"
        return None


BANDS = {  # from, to, and whether the upper end belongs to it
    "达成": (Fraction(8, 10), Fraction(1), True),
    "部分达成": (Fraction(6, 10), Fraction(8, 10), False),
    "未达成": (Fraction(0), Fraction(6, 10), False),
}


@dataclass(frozen=True)
class Qualitative(Rule):
    """Three bands, and a share of the weight inside the band that the evaluator gives; 达成 alone is full.

    Source: 财预〔2020〕10号第十六条: 达成 100–80 %, 部分达成并具有一定效果 80–60 %, 未达成且效果较差 60–0 %.
    """

    kind: ClassVar[str] = "qualitative"
    about: ClassVar[str] = "定性指标：达成100%–80%（含），部分达成80%–60%（含），未达成60%–0%"
    takes: ClassVar[type] = Graded

    def score(self, actual: Actual, target: Target | None, weight: Fraction) -> Scored:
        assert isinstance(actual, Graded)
        if actual.word not in BANDS:
            raise ScoreProblem(f"没有“{actual.word}”这一档；可以写的是 {'、'.join(BANDS)}。")
        low, high, included = BANDS[actual.word]
        given = Fraction(1) if actual.share is None and actual.word == "达成" else actual.share
        if given is None or not (low <= given < high or (included and given == high)):
            span = f"{share_text(low)}（含）–{share_text(high)}{'（含）' if included else '（不含）'}"
            raise ScoreProblem(
                f'“{actual.word}”须同时给出{span}之间的比例，例如 "{actual.word} {share_text(low)}"。'
            )
        return Scored(weight * given, f"{actual.word}，得分值的{share_text(given)}")

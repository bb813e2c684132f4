"""Targets as reports print them: ≥98%, =1个, ≤7.56万元."""

import re
from dataclasses import dataclass
from fractions import Fraction

from kpi.evaluation.actual import Amount
from kpi.evaluation.numbers import show_number
from kpi.figures.attainment import format_telling
from kpi.figures.indicators.target import Attainment, Sense

_WRITTEN = re.compile(
    r"(?P<sense>[≥≤=]|>=|<=)\s*(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)\s*(?P<unit>[^0-9\s]*)$"
)
_SAME = {">=": "≥", "<=": "≤"}


@dataclass(frozen=True)
class TargetBound:
    """A bound with its unit; percentages are in points, so 98 stands for 98 %."""

    sense: Sense
    value: Fraction
    unit: str

    def met(self, actual: Fraction) -> bool:
        return self.sense.met(actual, self.value)

    def show_number(self, actual: Fraction) -> str:
        """A value with as many digits as show whether it meets the target."""
        return format_telling(self.sense, actual, self.value, show_number(actual))

    def judge(self, actual: Amount) -> Attainment:
        """Whether it is reached, as far as the value is known; not told of too few things."""
        if actual.few:
            return Attainment.TOO_FEW
        if actual.known:
            return self.sense.judge(actual.value, actual.value, self.value)
        if actual.low is None or actual.high is None:
            return Attainment.OPEN
        return self.sense.judge(actual.low, actual.high, self.value)

    def show_actual(self, actual: Amount) -> str:
        """实际98%: the digits show whether the value meets the target; says so where that is not sure."""
        text, remark = self.show_number(actual.value), ""
        match self.judge(actual):
            case Attainment.TOO_FEW:
                remark = f"（{actual.few}，不判是否达标，暂按此值计分）"
            case Attainment.OPEN:
                remark = "（数据不全，能否达标未定，暂按此值计分）"
        return f"实际{text}{actual.unit}{remark}"

    def show_full(self, actual: Amount, reached: str) -> str:
        """实际98%，达到目标≥98%，得满分; a value of too few things has reached nothing."""
        verdict = "" if actual.few else f"{reached}{self}，"
        return f"{self.show_actual(actual)}，{verdict}得满分"

    def __str__(self) -> str:
        return f"{self.sense}{show_number(self.value)}{self.unit}"


def parse_target(text: str) -> TargetBound | None:
    """The bound in a text; None where the target is said in words only (充分, 规范)."""
    found = _WRITTEN.match(text.strip())
    if found is None:
        return None
    sense = Sense(_SAME.get(found["sense"], found["sense"]))
    return TargetBound(sense, Fraction(found["number"].replace(",", "")), found["unit"])

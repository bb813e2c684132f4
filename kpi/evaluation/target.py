"""Targets as reports print them: ≥98%, =1个, ≤7.56万元."""

import re
from dataclasses import dataclass
from fractions import Fraction

from kpi.evaluation.actual import Amount
from kpi.evaluation.numbers import number_text
from kpi.figures.attainment import telling_text
from kpi.figures.indicators.target import Attainment, Sense

_WRITTEN = re.compile(
    r"(?P<sense>[≥≤=]|>=|<=)\s*(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)\s*(?P<unit>[^0-9\s]*)$"
)
_SAME = {">=": "≥", "<=": "≤"}


@dataclass(frozen=True)
class Target:
    """A bound with its unit; percentages are in points, so 98 stands for 98 %."""

    sense: Sense
    value: Fraction
    unit: str

    def met(self, actual: Fraction) -> bool:
        return self.sense.met(actual, self.value)

    def number_text(self, actual: Fraction) -> str:
        """A value with as many digits as show whether it meets the target."""
        return telling_text(self.sense, actual, self.value, number_text(actual))

    def judge(self, actual: Amount) -> Attainment:
        """Whether it is reached, as far as the value is known."""
        if actual.known:
            return self.sense.judge(actual.value, actual.value, self.value)
        if actual.low is None or actual.high is None:
            return Attainment.OPEN
        return self.sense.judge(actual.low, actual.high, self.value)

    def actual_text(self, actual: Amount) -> str:
        """实际98%: the digits show whether the value meets the target; says so where that is not sure."""
        told = self.number_text(actual.value)
        open_ = self.judge(actual) is Attainment.OPEN
        return f"实际{told}{actual.unit}" + ("（数据不全，能否达标未定，暂按此值计分）" if open_ else "")

    def __str__(self) -> str:
        return f"{self.sense}{number_text(self.value)}{self.unit}"


def parse_target(text: str) -> Target | None:
    """The bound in a text; None where the target is said in words only (充分, 规范)."""
    found = _WRITTEN.match(text.strip())
    if found is None:
        return None
    sense = Sense(_SAME.get(found["sense"], found["sense"]))
    return Target(sense, Fraction(found["number"].replace(",", "")), found["unit"])

"""Targets as reports print them: ≥98%, =1个, ≤7.56万元."""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kpi.evaluation.numbers import number_text

_WRITTEN = re.compile(
    r"(?P<sense>[≥≤=]|>=|<=)\s*(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)\s*(?P<unit>[^0-9\s]*)$"
)
_SAME = {">=": "≥", "<=": "≤"}


class Sense(StrEnum):
    """Which values meet a target."""

    AT_LEAST = "≥"
    EQUAL = "="
    AT_MOST = "≤"


@dataclass(frozen=True)
class Target:
    """A bound with its unit; percentages are in points, so 98 stands for 98 %."""

    sense: Sense
    value: Fraction
    unit: str

    def met(self, actual: Fraction) -> bool:
        match self.sense:
            case Sense.AT_LEAST:
                return actual >= self.value
            case Sense.AT_MOST:
                return actual <= self.value
            case Sense.EQUAL:
                return actual == self.value

    def __str__(self) -> str:
        return f"{self.sense}{number_text(self.value)}{self.unit}"


def parse_target(text: str) -> Target | None:
    """The bound in a text; None where the target is said in words only (充分, 规范)."""
    found = _WRITTEN.match(text.strip())
    if found is None:
        return None
    sense = Sense(_SAME.get(found["sense"], found["sense"]))
    return Target(sense, Fraction(found["number"].replace(",", "")), found["unit"])

"""Targets: on which side of a bound a value must lie. Judged on exact values, never on rounded ones."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar


class Attainment(StrEnum):
    """Whether a target is reached."""

    MET = "达标"
    MISSED = "未达标"
    OPEN = "未定"  # what is not known decides it


class Sense(StrEnum):
    """Which values meet a target."""

    AT_LEAST = "≥"
    EQUAL = "="
    AT_MOST = "≤"

    def met(self, value: Fraction, bound: Fraction) -> bool:
        """Whether an exact value meets the bound. Every comparison with a target is this one."""
        match self:
            case Sense.AT_LEAST:
                return value >= bound
            case Sense.AT_MOST:
                return value <= bound
            case Sense.EQUAL:
                return value == bound

    def judge(self, low: Fraction, high: Fraction, bound: Fraction) -> Attainment:
        """What can be said of a value that lies somewhere between two ends, both included."""
        met = {self.met(end, bound) for end in (low, high)}
        if met == {True}:
            return Attainment.MET
        within = self is Sense.EQUAL and low <= bound <= high
        return Attainment.MISSED if met == {False} and not within else Attainment.OPEN


@dataclass(frozen=True)
class AtLeast:
    """Met by a value no smaller than the bound."""

    sense: ClassVar[Sense] = Sense.AT_LEAST

    bound: Decimal

    def text(self, unit: str) -> str:
        return f"{self.sense}{self.bound}{unit}"


@dataclass(frozen=True)
class AtMost:
    """Met by a value no larger than the bound."""

    sense: ClassVar[Sense] = Sense.AT_MOST

    bound: Decimal

    def text(self, unit: str) -> str:
        return f"{self.sense}{self.bound}{unit}"

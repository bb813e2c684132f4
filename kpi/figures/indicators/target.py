"""Targets: on which side of a bound a value must lie. Judged on exact values, never on rounded ones."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from tracker.periods import Month, Period, Quarter, Year

FEWEST = 5  # things, unless a definition says otherwise


class Attainment(StrEnum):
    """Whether a target is reached."""

    MET = "达标"
    MISSED = "未达标"
    OPEN = "未定"  # what is not known decides it
    TOO_FEW = "不判"  # it is a rate, or a mean, of so few things that it says nothing


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

    def judge(self, low: Fraction, high: Fraction | None, bound: Fraction) -> Attainment:
        """What can be said of a value that lies somewhere between two ends, both included; without a high
        end it may be any number from the low one on."""
        met = {self.met(low, bound), self is Sense.AT_LEAST if high is None else self.met(high, bound)}
        if met == {True}:
            return Attainment.MET
        within = self is Sense.EQUAL and low <= bound and (high is None or bound <= high)
        return Attainment.MISSED if met == {False} and not within else Attainment.OPEN


class Horizon(StrEnum):
    """Which figures a target is set for; shorter ones only show how it is coming."""

    YEAR = "全年"
    QUARTER = "每季度"
    MONTH = "每月"
    ANY = ""  # a figure that already is the worst of its period, whatever that is

    def holds(self, period: Period) -> bool:
        return self is Horizon.ANY or isinstance(period, _PERIODS[self])


_PERIODS: dict[Horizon, type[Period]] = {Horizon.YEAR: Year, Horizon.QUARTER: Quarter, Horizon.MONTH: Month}


@dataclass(frozen=True)
class Target:
    """Which values are enough, and of which figures."""

    sense: ClassVar[Sense]

    bound: Decimal
    span: Horizon = Horizon.YEAR
    fewest: int = FEWEST  # a rate or a mean of fewer things is not judged

    def text(self, unit: str) -> str:
        """As a scheme writes it: ≥98%."""
        return f"{self.sense}{self.bound}{unit}"

    def words(self, unit: str) -> str:
        """With the span that it is set for: 全年≥98%."""
        return f"{self.span}{self.text(unit)}"


class AtLeast(Target):
    """Met by a value no smaller than the bound."""

    sense = Sense.AT_LEAST


class AtMost(Target):
    """Met by a value no larger than the bound."""

    sense = Sense.AT_MOST

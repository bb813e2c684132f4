"""What a rule is given: the actual value of one third-level indicator."""

from dataclasses import dataclass
from fractions import Fraction

from kpi.evaluation.numbers import show_number


@dataclass(frozen=True)
class Amount:
    """A number in the unit of its target; percentages are in points, so 98.95 stands for 98.95 %."""

    value: Fraction
    unit: str = ""
    known: bool = True  # False: what is missing or unknown could move it
    low: Fraction | None = None  # then its worst and best case; None: they cannot be told
    high: Fraction | None = None
    few: str = ""  # n=1，少于5: of so few things that it is not judged

    def __str__(self) -> str:
        return f"{show_number(self.value)}{self.unit}"


@dataclass(frozen=True)
class MetPoints:
    """The points of a list, in its order; None where nothing shows whether a point is met."""

    points: tuple[bool | None, ...]

    @property
    def count(self) -> int:
        return sum(1 for met in self.points if met)

    def __str__(self) -> str:
        return f"{len(self.points)}项要点满足{self.count}项"


@dataclass(frozen=True)
class GivenGrade:
    """A grade in words; `share` places it inside the grade's band, where the rule has one."""

    word: str
    share: Fraction | None = None

    def __str__(self) -> str:
        return self.word if self.share is None else f"{self.word}（{show_number(self.share * 100)}%）"


@dataclass(frozen=True)
class QuarterlyRates:
    """One percentage for each quarter."""

    values: tuple[Fraction, ...]

    def __str__(self) -> str:
        return "、".join(f"{show_number(value)}%" for value in self.values)


Actual = Amount | MetPoints | GivenGrade | QuarterlyRates

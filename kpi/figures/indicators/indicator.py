"""An indicator: a formula over measures, its target, its source, and the card that explains it."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from kpi.figures.indicators.formula import Formula
from kpi.figures.indicators.target import FEWEST, Target
from kpi.figures.measures import MEASURES
from tracker.periods import Month, Period


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "未设目标（正向）"
    LOWER = "未设目标（反向）"
    NEITHER = "统计指标"


class Rounding(StrEnum):
    """How the exact value becomes the printed one."""

    HALF_UP = "half_up"  # a tie goes away from zero
    HALF_EVEN = "half_even"  # a tie goes to the even digit. Source: GB/T 8170
    TRUNCATED = "truncated"  # what is beyond the last place is dropped

    @property
    def words(self) -> str:
        return {"half_up": "四舍五入", "half_even": "四舍六入五成双", "truncated": "去尾（只舍不入）"}[self]

    @property
    def mode(self) -> str:
        """What the decimal module calls it."""
        return {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "truncated": ROUND_DOWN}[self]


@dataclass(frozen=True)
class Example:
    """A worked example; a test computes it."""

    numerator: str  # exact decimal
    denominator: str | None
    value: str
    words: str = ""  # whose numbers they are


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a person who has to defend the number needs to read."""

    why: str
    numerator: str
    denominator: str | None = None
    includes: str
    excludes: str
    month: str  # what places a row in a month
    example: Example


@dataclass(frozen=True, kw_only=True, eq=False)
class Indicator:
    """One definition. A changed definition gets the next `version`, never the old one's."""

    key: str
    title: str
    unit: str
    scale: int  # decimal places
    rounding: Rounding = Rounding.HALF_UP
    formula: Formula
    direction: Direction
    target: Target | None = None
    year_to_date: bool = False  # a month's figure runs from January to its end
    wilson: bool = False  # a survey share: the 95 % interval is shown with it
    source: str  # where the definition comes from
    version: int = 1
    effective_from: Month | None = None  # the first month counted by it; None: all months
    card: Card

    @property
    def fewest(self) -> int:
        """A rate or a mean of fewer things is not judged, and no line is drawn through it."""
        return FEWEST if self.target is None else self.target.fewest

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The sources that must be covered; a missing one is never taken as 0."""
        return tuple(dict.fromkeys(need for key in self.formula.measures for need in MEASURES[key].needs))

    @cached_property
    def carried(self) -> tuple[str, ...]:
        """Those of them whose rows may have begun before the period."""
        among = [MEASURES[key].among for key in self.formula.measures]
        return tuple(dict.fromkeys(one.source for one in among if one.carried))

    @cached_property
    def over_midnight(self) -> tuple[str, ...]:
        """Those whose rows may have begun on the day before the period."""
        among = [MEASURES[key].among for key in self.formula.measures]
        return tuple(dict.fromkeys(one.source for one in among if one.over_midnight))

    @cached_property
    def is_level(self) -> bool:
        """Whether it counts what is there at the end of months, so that one that runs has none yet."""
        return any(MEASURES[key].among.by_month for key in self.formula.measures)

    def months(self, period: Period) -> tuple[Month, ...]:
        """The months whose facts the figure of a period takes."""
        if not self.year_to_date:
            return period.months
        last = period.months[-1]
        return tuple(Month(last.year, month) for month in range(1, last.month + 1))

    def round_value(self, value: Fraction) -> Decimal:
        """As printed: at the indicator's scale, by its rounding."""
        return round_exact(value, self.scale, self.rounding.mode)


def round_exact(value: Fraction, scale: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """An exact fraction as a decimal; the division is done in integers, so that a tie is seen as one."""
    whole, rest = divmod(abs(value.numerator) * 10**scale, value.denominator)
    against_half = (2 * rest > value.denominator) - (2 * rest < value.denominator)
    next_digit = 5 + 2 * against_half if rest else 0  # stands for all digits after the last place
    digits = Decimal(whole * 10 + next_digit).scaleb(-scale - 1)
    signed = digits.copy_negate() if value < 0 else digits
    return signed.quantize(Decimal(1).scaleb(-scale), rounding=rounding)

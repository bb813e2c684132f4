"""A claimed figure, and what checking it says."""

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN
from enum import StrEnum
from fractions import Fraction
from typing import Any, ClassVar

from kpi.evaluation.numbers import round_half_up_to, show_number
from kpi.figures.indicators.indicator import round_exact

PERCENT = "%"

_PRINTED = re.compile(r"约?(?P<number>[-+−]?[0-9][0-9,]*(?:\.(?P<places>[0-9]+))?)\s*(?P<unit>[^0-9\s]*)$")


class ClaimOutcome(StrEnum):
    """What checking says of a claim."""

    AGREES = "相符"
    DEPARTS = "不符"
    EXPLAIN = "须说明"  # not wrong by arithmetic, but not to be believed as it stands
    UNCHECKED = "无法核对"


@dataclass(frozen=True)
class PrintedNumber:
    """A number as printed: its value, its decimal places, its unit."""

    text: str
    value: Fraction
    places: int
    unit: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def times(self) -> int:
        """What a plain quotient is multiplied by to be in this number's unit."""
        return 100 if self.unit == PERCENT else 1


def read_printed_number(raw: Any) -> PrintedNumber:
    """94.79%, "226.54万元", 1,799件, or a plain number. Raises: ValueError."""
    text = str(raw).strip()
    found = _PRINTED.match(text.replace("％", PERCENT)) if not isinstance(raw, bool) else None
    if found is None:
        raise ValueError(f"应为数字（可带单位），读到的是“{text}”。")
    value = Fraction(found["number"].replace(",", "").replace("−", "-").lstrip("+"))
    return PrintedNumber(text, value, len(found["places"] or ""), found["unit"])


@dataclass(frozen=True)
class ClaimResult:
    """The outcome for one claim, and the sentence that says why."""

    kind: str
    of: str
    outcome: ClaimOutcome
    sentence: str
    where: str = ""
    difference: Fraction | None = None  # printed less recomputed, where both are numbers
    figure: str | None = None  # the indicator whose rows show it, where a centre's log says otherwise


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Something a report states that can be checked from the report alone. A new kind is a subclass."""

    kind: ClassVar[str]

    of: str  # what is spoken of
    where: str = ""  # where it is printed

    def check(self) -> list[ClaimResult]:
        raise NotImplementedError

    def said(self, outcome: ClaimOutcome, sentence: str, difference: Fraction | None = None) -> ClaimResult:
        return ClaimResult(self.kind, self.of, outcome, sentence, self.where, difference)

    def compared(self, stated: PrintedNumber, exact: Fraction, how: str) -> ClaimResult:
        """A printed number against an exact one, half up or truncated at the printed places."""
        up, down = Fraction(round_exact(exact, stated.places)), truncate(exact, stated.places)
        comparison = f"{how}＝{describe_recomputed(exact, stated)}，印为{stated}"
        if stated.value == up:
            return self.said(
                ClaimOutcome.AGREES, f"{comparison}，相符{'' if up == exact else describe_rounding(up, down)}"
            )
        if stated.value == down:
            return self.said(ClaimOutcome.AGREES, f"{comparison}，相符（截断）")
        difference = stated.value - up
        return self.said(
            ClaimOutcome.DEPARTS,
            f"{comparison}，相差{format_difference(difference, stated.unit)}",
            difference,
        )


def truncate(exact: Fraction, places: int) -> Fraction:
    """Cut off after the places."""
    return Fraction(round_exact(exact, places, ROUND_DOWN))


def format_signed(difference: Fraction) -> str:
    return f"{'＋' if difference > 0 else '−'}{show_number(abs(difference), 4)}"


def format_difference(difference: Fraction, unit: str) -> str:
    """A difference with its unit; two percentages lie percentage points apart."""
    return format_signed(difference) + ("个百分点" if unit == PERCENT else unit)


def spell(value: Fraction) -> str:
    return show_number(value, 4)


def describe_rounding(up: Fraction, down: Fraction) -> str:
    return "（四舍五入、截断都相符）" if up == down else "（四舍五入）"


def describe_recomputed(exact: Fraction, stated: PrintedNumber) -> str:
    places = max(stated.places + 2, 4)
    return f"{show_number(round_half_up_to(exact, places), places)}{stated.unit}"

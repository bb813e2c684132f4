"""How a figure of a running year may still end: between the worst and the best that the rest can bring."""

from dataclasses import dataclass
from fractions import Fraction

from kpi.evaluation.numbers import number_text
from kpi.evaluation.rehearsal.deadlines import Calendar
from kpi.evaluation.target import Sense, Target
from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import Kind
from kpi.figures.indicators.indicator import Direction

WHOLE = Fraction(100)


@dataclass(frozen=True)
class Ending:
    """The year's value at its lowest and highest, in the unit of the indicator, and what it takes."""

    low: Fraction
    high: Fraction | None  # None: without limit
    text: str


def ending_of_share(
    value: Fraction, passed: Fraction, target: Target | None, direction: Direction, calendar: Calendar
) -> Ending:
    """A share in per cent, if the rest of the year holds as much a day as the part that has passed."""
    low, rest = value * passed, 1 - passed
    high = low + WHOLE * rest
    left = f"余下{calendar.months_left}个月"
    if target is None or direction is Direction.NEITHER:
        return Ending(low, high, f"{left}保持现在的水平（{number_text(value)}%）")
    needed = (target.value - low) / rest
    now = f"（至今{number_text(value)}%）"
    if direction is Direction.LOWER:
        if needed < 0:
            return Ending(low, high, f"{left}不再发生的，全年为{number_text(low)}%，已达不到{target}{now}")
        return Ending(low, high, f"{left}控制在{number_text(needed)}%以内，全年才能{target}{now}")
    if needed > WHOLE:
        return Ending(low, high, f"{left}全部做到的，全年为{number_text(high)}%，已达不到{target}{now}")
    if needed <= 0:
        return Ending(low, high, f"全年已能达到{target}，余下不会改变{now}")
    return Ending(low, high, f"{left}不低于{number_text(needed)}%，全年才能{target}{now}")


def ending_of_growth(
    value: Fraction, passed: Fraction, target: Target | None, unit: str, calendar: Calendar
) -> Ending:
    """A number that only grows, such as leavers or spending: no more at all, or on at the same pace."""
    left = f"余下{calendar.months_left}个月"
    if target is None:
        return Ending(value, value / passed, f"{left}保持现在的水平（{number_text(value)}{unit}）")
    room = target.value - value
    if target.sense is Sense.AT_MOST:
        told = f"最多再增加{number_text(room)}{unit}" if room >= 0 else f"不再增加，已超出{target}"
        return Ending(value, value / passed, f"{left}{told}（至今{number_text(value)}{unit}）")
    told = f"还要完成{number_text(room)}{unit}" if room > 0 else "无须再增加"
    return Ending(value, None, f"{left}{told}（目标{target}，至今{number_text(value)}{unit}）")


def grows(indicator: Indicator) -> bool:
    """Whether the value can only go up in the course of a year: counts, and leavers by established posts."""
    formula = indicator.formula
    if formula.kind is Kind.COUNT:
        return True
    below = formula.denominator
    averaged = below is not None and below.averaged and not formula.numerator.averaged
    return formula.kind is Kind.RATIO and indicator.direction is Direction.LOWER and averaged

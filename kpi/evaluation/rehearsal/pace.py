"""How a figure of a running year may still end, and what the rest of the year has to bring for its target.

Values and targets are in the unit of the indicator. What is needed is rounded towards the safe side.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction

from kpi.evaluation.numbers import number_text, trimmed
from kpi.evaluation.rehearsal.deadlines import Calendar
from kpi.evaluation.target import Target
from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import Kind
from kpi.figures.indicators.indicator import Direction, round_half_up
from kpi.figures.indicators.target import Sense

WHOLE = Fraction(100)
_DIVISIBLE = ("元", "万元", "%", "秒", "毫秒", "小时", "分", "元/人")  # units that are told with decimals


@dataclass(frozen=True)
class Ending:
    """The year's value at its lowest and highest, in the unit of the indicator, and what it takes."""

    low: Fraction
    high: Fraction | None  # None: without limit
    text: str


@dataclass(frozen=True)
class Whole:
    """What a share is taken of: how much of it the year has had, and in what unit."""

    so_far: Fraction
    unit: str

    def rest(self, passed: Fraction) -> Fraction:
        """What the rest of the year brings at the same pace."""
        return Fraction(round(self.so_far * (1 - passed) / passed))


def ending_of_share(
    value: Fraction,
    passed: Fraction,
    target: Target | None,
    direction: Direction,
    whole: Whole,
    calendar: Calendar,
) -> Ending:
    """A share in per cent, if the rest of the year holds as much a day as the part that has passed."""
    low, rest = value * passed, 1 - passed
    high = low + WHOLE * rest
    left = f"余下{calendar.months_left}个月"
    if target is None or direction is Direction.NEITHER:
        return Ending(low, high, f"{left}保持现在的水平（{number_text(value)}%）")
    needed = (target.value - low) / rest
    now = f"（至今{number_text(value)}%）"
    coming = whole.rest(passed)
    if direction is Direction.LOWER:
        if needed < 0:
            return Ending(
                low, high, f"{left}不再发生的，全年为{target.number_text(low)}%，已达不到{target}{now}"
            )
        some = f"，按现在的量约{needs(coming, whole.unit)}中最多{allows(coming * needed / 100, whole.unit)}"
        within = f"{left}控制在{_bound(needed, ROUND_FLOOR)}%以内{some}"
        return Ending(low, high, f"{within}，全年才能{target}{now}")
    if needed > WHOLE:
        return Ending(
            low, high, f"{left}全部做到的，全年为{target.number_text(high)}%，已达不到{target}{now}"
        )
    if needed <= 0:
        return Ending(low, high, f"全年已能达到{target}，余下不会改变{now}")
    some = f"，按现在的量约{needs(coming, whole.unit)}中至少{needs(coming * needed / 100, whole.unit)}"
    at_least = f"{left}不低于{_bound(needed, ROUND_CEILING)}%{some}"
    return Ending(low, high, f"{at_least}，全年才能{target}{now}")


def ending_of_growth(
    value: Fraction, passed: Fraction, target: Target | None, unit: str, calendar: Calendar
) -> Ending:
    """A number that only grows, such as spending or messages: no more at all, or on at the same pace."""
    left, now = f"余下{calendar.months_left}个月", f"至今{number_text(value)}{unit}"
    if target is None:
        return Ending(value, value / passed, f"{left}保持现在的水平（{number_text(value)}{unit}）")
    room = target.value - value
    if target.sense is Sense.AT_MOST:
        told = f"最多再增加{allows(room, unit)}" if room >= 0 else f"不再增加，已超出{target}"
        return Ending(value, value / passed, f"{left}{told}（目标{target}，{now}）")
    most = value + len(calendar.days_left)
    if unit == "天" and most < target.value:  # a day has no more than itself
        told = f"每天都做到的，全年为{number_text(most)}天，已达不到{target}"
        return Ending(value, most, f"{left}{told}（{now}）")
    told = f"还要完成{needs(room, unit)}{a_day(room, unit, calendar)}" if room > 0 else "无须再增加"
    return Ending(value, None, f"{left}{told}（目标{target}，{now}）")


def ending_of_level(
    above: Fraction,
    below: Fraction,
    times: int,
    passed: Fraction,
    target: Target,
    scale: Fraction,
    unit: str,
    calendar: Calendar,
) -> Ending:
    """A growing number by a level, such as leavers by posts: how many more there may be, counted.

    The target times `scale` is in the unit of the value.
    """
    value = above * times / below
    room = target.value * scale * below / times - above
    told = f"最多再增加{allows(room, unit)}" if room >= 0 else f"不再增加，已超出{target}"
    now = f"至今{allows(above, unit)}，即{number_text(value / scale)}{target.unit}"
    left = f"余下{calendar.months_left}个月"
    return Ending(value, value / passed, f"{left}{told}（目标{target}，{now}）")


def ending_of_mean(
    total: Fraction, had: int, whole: Fraction, coming: Fraction, target: Target, each: str
) -> Ending:
    """A mean over days or months: what each of those to come must bring.

    `total` is what those that were `had` have brought, in the unit of the target; the year has `whole` of
    them; `each` is 个工作日 and the like.
    """
    unit, mean = target.unit, total / had if had else Fraction(0)
    now = f"（目标{target}，至今{had}{each}平均{number_text(mean)}{unit}）"
    if not coming:
        return Ending(mean, mean, f"全年平均已定{now}")
    needed = (target.value * whole - total) / coming
    rest = f"余下约{number_text(coming, 1)}{each}"
    if target.sense is Sense.AT_MOST:
        told = f"平均不超过{allows(needed, unit)}" if needed >= 0 else "降到0也已超出"
    else:
        told = f"平均不少于{needs(needed, unit)}" if needed > 0 else "不再增加也能达到"
    return Ending(total / whole, None, f"{rest}{told}{now}")


def ending_of_ratio(
    value: Fraction, passed: Fraction, target: Target, unit: str, calendar: Calendar
) -> Ending:
    """A ratio whose rest weighs as much a day as what has passed, such as a mean wait."""
    needed = (target.value - value * passed) / (1 - passed)
    left, now = f"余下{calendar.months_left}个月", f"（目标{target}，至今{number_text(value)}{unit}）"
    best = value * passed
    if target.sense is Sense.AT_MOST:
        told = f"平均不超过{allows(needed, unit)}" if needed >= 0 else "降到0也达不到"
    else:
        told = f"平均不低于{needs(needed, unit)}" if needed > 0 else "不会改变已经达到的"
    return Ending(best, None, f"{left}{told}{now}")


def a_day(room: Fraction, unit: str, calendar: Calendar) -> str:
    """What each day that is left has to bring of what is lacking."""
    passed, days = calendar.elapsed
    return f"，平均每天{needs(room / (days - passed), unit)}" if days > passed else ""


def needs(value: Fraction, unit: str) -> str:
    """A number that must be reached, rounded up: whole things are whole."""
    return _told(value, unit, ROUND_CEILING)


def allows(value: Fraction, unit: str) -> str:
    """A number that must not be passed, rounded down."""
    return _told(value, unit, ROUND_FLOOR)


def grows(indicator: Indicator) -> bool:
    """Whether the value can only go up in the course of a year: counts that add up, and sums by a level,
    such as leavers by established posts."""
    formula = indicator.formula
    if formula.kind is Kind.COUNT:
        return formula.adds_up
    below = formula.denominator
    averaged = below is not None and below.averaged and not formula.numerator.averaged
    return formula.kind is Kind.RATIO and averaged


def _told(value: Fraction, unit: str, rounding: str) -> str:
    divisible = unit in _DIVISIBLE or unit.startswith("万")
    return f"{trimmed(round_half_up(value, 2 if divisible else 0, rounding))}{unit}"


def _bound(value: Fraction, rounding: str) -> str:
    return trimmed(round_half_up(value, 2, rounding))

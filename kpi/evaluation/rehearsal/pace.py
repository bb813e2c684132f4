"""How a figure of a running year may still end, and what the rest of the year has to bring for its target.

Values and targets are in the unit of the indicator. What is needed is rounded towards the safe side.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction

from kpi.evaluation.numbers import format_trimmed, show_number
from kpi.evaluation.rehearsal.deadlines import RehearsalCalendar
from kpi.evaluation.target import TargetBound
from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import Quantity
from kpi.figures.indicators.indicator import Direction, round_exact
from kpi.figures.indicators.target import Sense

WHOLE = Fraction(100)
_DIVISIBLE = ("元", "万元", "%", "秒", "毫秒", "小时", "分", "元/人")  # units that are told with decimals


@dataclass(frozen=True)
class YearEndRange:
    """The year's value at its lowest and highest, in the unit of the indicator, and what it takes."""

    low: Fraction
    high: Fraction | None  # None: without limit
    text: str


@dataclass(frozen=True)
class ShareBase:
    """What a share is taken of: how much of it the year has had, and in what unit."""

    so_far: Fraction
    unit: str

    def compute_rest(self, passed: Fraction) -> Fraction:
        """What the rest of the year brings at the same pace."""
        return Fraction(round(self.so_far * (1 - passed) / passed))


def forecast_share(
    value: Fraction,
    passed: Fraction,
    target: TargetBound | None,
    direction: Direction,
    whole: ShareBase,
    calendar: RehearsalCalendar,
) -> YearEndRange:
    """A share in per cent, if the rest of the year holds as much a day as the part that has passed."""
    low, rest = value * passed, 1 - passed
    high = low + WHOLE * rest
    left = f"余下{calendar.months_left}个月"
    if target is None or direction is Direction.NEITHER:
        return YearEndRange(low, high, f"{left}保持当前水平（{show_number(value)}%）")
    needed = (target.value - low) / rest
    now = f"当前{show_number(value)}%"
    coming = whole.compute_rest(passed)
    if direction is Direction.LOWER:
        if needed < 0:
            return YearEndRange(
                low,
                high,
                f"按{left}不再发生测算，全年为{target.show_number(low)}%，无法达到目标（{target}）；{now}",
            )
        some = f"，按当前业务量约{needs(coming, whole.unit)}中最多{allows(coming * needed / 100, whole.unit)}"
        within = f"{left}控制在{_round_bound(needed, ROUND_FLOOR)}%以内{some}"
        return YearEndRange(low, high, f"{within}，全年即可达到目标（{target}）；{now}")
    if needed > WHOLE:
        return YearEndRange(
            low,
            high,
            f"按{left}全部达标测算，全年最高{target.show_number(high)}%，无法达到目标（{target}）；{now}",
        )
    if needed <= 0:
        return YearEndRange(low, high, f"全年已可达到目标（{target}）；{now}")
    some = f"，按当前业务量约{needs(coming, whole.unit)}中至少{needs(coming * needed / 100, whole.unit)}"
    at_least = f"{left}不低于{_round_bound(needed, ROUND_CEILING)}%{some}"
    return YearEndRange(low, high, f"{at_least}，全年即可达到目标（{target}）；{now}")


def forecast_growth(
    value: Fraction, passed: Fraction, target: TargetBound | None, unit: str, calendar: RehearsalCalendar
) -> YearEndRange:
    """A number that only grows, such as spending or messages: no more at all, or on at the same pace."""
    left, now = f"余下{calendar.months_left}个月", f"当前{show_number(value)}{unit}"
    if target is None:
        return YearEndRange(value, value / passed, f"{left}保持当前水平（{show_number(value)}{unit}）")
    room = target.value - value
    if target.sense is Sense.AT_MOST:
        text = f"最多再增加{allows(room, unit)}" if room >= 0 else "已超过目标，应避免继续增加"
        return YearEndRange(value, value / passed, f"{left}{text}（目标{target}，{now}）")
    most = value + len(calendar.days_left)
    if unit == "天" and most < target.value:  # a day has no more than itself
        text = f"按每天都达标测算，全年最高{show_number(most)}天，无法达到目标（{target}）"
        return YearEndRange(value, most, f"{left}{text}；{now}")
    text = f"还需完成{needs(room, unit)}{format_per_day(room, unit, calendar)}" if room > 0 else "无须再增加"
    return YearEndRange(value, None, f"{left}{text}（目标{target}，{now}）")


def forecast_level(
    above: Fraction,
    below: Fraction,
    times: int,
    passed: Fraction,
    target: TargetBound,
    scale: Fraction,
    unit: str,
    calendar: RehearsalCalendar,
) -> YearEndRange:
    """A growing number by a level, such as leavers by posts: how many more there may be, counted.

    The target times `scale` is in the unit of the value.
    """
    value = above * times / below
    room = target.value * scale * below / times - above
    text = f"最多再增加{allows(room, unit)}" if room >= 0 else "已超过目标，应避免继续增加"
    now = f"当前{allows(above, unit)}，即{show_number(value / scale)}{target.unit}"
    left = f"余下{calendar.months_left}个月"
    return YearEndRange(value, value / passed, f"{left}{text}（目标{target}，{now}）")


def forecast_mean(
    total: Fraction, had: int, whole: Fraction, coming: Fraction, target: TargetBound, each: str
) -> YearEndRange:
    """A mean over days or months: what each of those to come must bring.

    `total` is what those that were `had` have brought, in the unit of the target; the year has `whole` of
    them; `each` is 个工作日 and the like.
    """
    unit, mean = target.unit, total / had if had else Fraction(0)
    now = f"（目标{target}，当前{had}{each}平均{show_number(mean)}{unit}）"
    if not coming:
        return YearEndRange(mean, mean, f"全年平均已定{now}")
    needed = (target.value * whole - total) / coming
    rest = f"余下约{show_number(coming, 1)}{each}"
    if target.sense is Sense.AT_MOST:
        text = f"平均不超过{allows(needed, unit)}" if needed >= 0 else "已无法达到"
    else:
        text = f"平均不少于{needs(needed, unit)}" if needed > 0 else "已可达到"
    return YearEndRange(total / whole, None, f"{rest}{text}{now}")


def forecast_ratio(
    value: Fraction, passed: Fraction, target: TargetBound, unit: str, calendar: RehearsalCalendar
) -> YearEndRange:
    """A ratio whose rest weighs as much a day as what has passed, such as a mean wait."""
    needed = (target.value - value * passed) / (1 - passed)
    left, now = f"余下{calendar.months_left}个月", f"（目标{target}，当前{show_number(value)}{unit}）"
    best = value * passed
    if target.sense is Sense.AT_MOST:
        text = f"平均不超过{allows(needed, unit)}" if needed >= 0 else "已无法达到"
    else:
        text = f"平均不低于{needs(needed, unit)}" if needed > 0 else "已可达到"
    return YearEndRange(best, None, f"{left}{text}{now}")


def format_per_day(room: Fraction, unit: str, calendar: RehearsalCalendar) -> str:
    """What each day that is left has to bring of what is lacking."""
    passed, days = calendar.elapsed
    return f"，平均每天{needs(room / (days - passed), unit)}" if days > passed else ""


def needs(value: Fraction, unit: str) -> str:
    """A number that must be reached, rounded up: whole things are whole."""
    return _format_bound_with_unit(value, unit, ROUND_CEILING)


def allows(value: Fraction, unit: str) -> str:
    """A number that must not be passed, rounded down."""
    return _format_bound_with_unit(value, unit, ROUND_FLOOR)


def is_growing(indicator: Indicator) -> bool:
    """Whether the value can only go up in the course of a year: counts that add up, and sums by a level,
    such as leavers by established posts."""
    formula = indicator.formula
    if formula.kind is Quantity.COUNT:
        return formula.adds_up
    below = formula.denominator
    averaged = below is not None and below.averaged and not formula.numerator.averaged
    return formula.kind is Quantity.RATIO and averaged


def _format_bound_with_unit(value: Fraction, unit: str, rounding: str) -> str:
    divisible = unit in _DIVISIBLE or unit.startswith("万")
    return f"{format_trimmed(round_exact(value, 2 if divisible else 0, rounding))}{unit}"


def _round_bound(value: Fraction, rounding: str) -> str:
    return format_trimmed(round_exact(value, 2, rounding))

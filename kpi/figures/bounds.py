"""How far a figure could be off: worst and best case of what is missing, or the interval of a survey."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from math import ceil

from kpi.figures.indicators.formula import Median, Quantity, find_middle_places, find_value_at
from kpi.figures.indicators.indicator import Indicator, round_exact

Z95 = Decimal("1.959963984540054")  # the 97.5 % point of the normal distribution


@dataclass(frozen=True)
class Bounds:
    """An interval and the sentence that says what it rests on."""

    low: Decimal
    high: Decimal
    text: str


@dataclass(frozen=True)
class MissingAmounts:
    """What could be counted beside a figure's numbers, in their own unit; None: nobody knows how much."""

    above: Fraction | None  # may count above: not known to, held back, or of units that were not delivered
    below: Fraction | None  # may count below, and above as well
    outside: Fraction  # counts below for certain, and may count above; it is left out of both
    ceased: Fraction  # of what is counted, how much may count no more
    basis: str  # how it was reckoned, in words


def compute_bounds(
    indicator: Indicator, numerator: Fraction, denominator: Fraction | None, missing: MissingAmounts
) -> Bounds | None:
    """Worst and best case; None where the formula has no bounds, or nobody knows how much is missing.

    The bounds are rounded outwards.
    """
    formula = indicator.formula
    if missing.above is None or missing.below is None:
        return None
    match formula.kind:
        case Quantity.COUNT:
            low = formula.times * (numerator - missing.ceased)
            high = formula.times * (numerator + missing.above)
            text = f"{missing.basis}，上限是都按最多计，下限是都按没有计"
        case Quantity.SHARE if denominator is not None and not missing.ceased:
            whole = denominator + missing.outside
            beside = min(missing.above - missing.outside, missing.below)  # would count above and below
            if not formula.paired:  # what counts above does not count below
                beside = Fraction(0)
            if whole + missing.below <= 0 or whole + beside <= 0:
                return None
            low = formula.times * numerator / (whole + missing.below)
            high = formula.times * (numerator + missing.above) / (whole + beside)
            high = min(high, formula.times * max(Fraction(1), _cap_share(numerator, denominator)))
            text = f"{missing.basis}，下限是全部未达到，上限是全部达到"
        case _:
            return None
    return Bounds(
        round_exact(low, indicator.scale, ROUND_FLOOR),
        round_exact(high, indicator.scale, ROUND_CEILING),
        text,
    )


def compute_median_bounds(
    indicator: Indicator, formula: Median, values: Sequence[tuple[int, int]], missing: MissingAmounts
) -> Bounds | None:
    """The median with all rows that may count beside the known `values` at their shortest, and at their
    longest, and without the known ones that may count no more. None where nobody knows how many these are, or
    where the middle itself may be as long as can be.
    """
    if missing.below is None:
        return None
    more, fewer = ceil(missing.below), ceil(missing.ceased)
    certain = sum(rows for _, rows in values) - fewer
    middle = find_middle_places(certain + more)
    if certain <= 0 or middle[-1] >= certain:
        return None
    shortest = [(min(0, values[0][0]), more), *values]
    times = formula.times * formula.factor / len(middle)
    low = sum(find_value_at(shortest, place) for place in middle)
    high = sum(find_value_at(values, fewer + place) for place in middle)
    return Bounds(
        round_exact(times * low, indicator.scale, ROUND_FLOOR),
        round_exact(times * high, indicator.scale, ROUND_CEILING),
        f"{missing.basis}，下限是不明的都排在最前，上限是都排在最后",
    )


def _cap_share(numerator: Fraction, denominator: Fraction) -> Fraction:
    """More than 1 only where what is known is; what is not known cannot make it so."""
    return numerator / denominator if denominator else Fraction(0)


def compute_wilson(indicator: Indicator, numerator: Fraction, denominator: Fraction) -> Bounds:
    """The 95 % interval of a share of a sample. Source: E. B. Wilson, JASA 22 (1927) 209–212."""
    with localcontext() as context:
        context.prec = 40
        n, p = Decimal(denominator.numerator) / denominator.denominator, _to_decimal(numerator / denominator)
        centre = p + Z95**2 / (2 * n)
        spread = Z95 * (p * (1 - p) / n + Z95**2 / (4 * n**2)).sqrt()
        low, high = (100 * (centre + sign * spread) / (1 + Z95**2 / n) for sign in (-1, 1))
    return Bounds(
        round_exact(Fraction(max(low, Decimal(0))), indicator.scale),
        round_exact(Fraction(min(high, Decimal(100))), indicator.scale),
        "95%置信区间（Wilson）",
    )


def _to_decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)

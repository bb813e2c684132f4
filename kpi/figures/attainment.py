"""Whether a figure reaches its target, or how it is coming: one judgement for pages, commands and papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from itertools import count
from math import ceil, floor

from kpi.figures.figure import Figure, Status
from kpi.figures.indicators.formula import Formula, Lowest, Median, Quantity
from kpi.figures.indicators.indicator import Indicator, round_exact
from kpi.figures.indicators.target import Attainment, Horizon, Sense, Target
from kpi.figures.indicators.units import get_part_unit
from kpi.figures.measures import MEASURES
from kpi.figures.sources import SOURCES, Rhythm
from tracker.periods import Month, Period, Year


@dataclass(frozen=True)
class Judgement:
    """Whether a target is reached, and what must be said beside it; `remark` is empty where nothing must."""

    attainment: Attainment
    remark: str = ""

    @property
    def words(self) -> str:
        """达标, 未达标（精确值97.995%）, 未定（数据不全，上下限在目标两侧）, 不判（n=1，少于5）."""
        return self.attainment.value + (f"（{self.remark}）" if self.remark else "")


def judge(indicator: Indicator, figure: Figure | None) -> Judgement | None:
    """A figure against the target of the definition that it was counted by.

    A figure that is 可核实 is judged by its exact value, one that is 部分可核实 by its bounds: it is reached
    where the worst case reaches it, missed where the best case misses it, else open. Open, too, is a period
    that has not ended, unless it has missed what it can no longer reach. A rate or a mean of fewer things
    than the definition states is not judged at all, and says of how many it is. None where there is no target
    or no value, or the target is set for longer periods.
    """
    target = indicator.target
    if target is None or figure is None or not target.span.holds(figure.period):
        return None
    judged = judge_by(target.sense, Fraction(target.bound), indicator, figure)
    few = check_few(indicator, figure.denominator)
    if judged is not None and few is not None:
        return Judgement(Attainment.TOO_FEW, few.words)
    lost = (
        judged is not None and judged.attainment is Attainment.MISSED and _can_only_worsen(indicator, target)
    )
    if judged is None or not figure.provisional or judged.attainment is Attainment.OPEN or lost:
        return judged
    now = "达到" if judged.attainment is Attainment.MET else "未达到"
    return Judgement(Attainment.OPEN, f"期间未结束，目前{now}")


def _can_only_worsen(indicator: Indicator, target: Target) -> bool:
    """Whether what a running period has missed it can no longer reach: a count only grows, a lowest share
    only falls."""
    formula = indicator.formula
    grows = formula.kind is Quantity.COUNT and not indicator.is_level and target.sense is Sense.AT_MOST
    return grows or (isinstance(formula, Lowest) and target.sense is Sense.AT_LEAST)


@dataclass(frozen=True)
class TooFew:
    """So few things that a rate or a mean of them says nothing."""

    size: Fraction
    fewest: int

    @property
    def words(self) -> str:
        """n=1，少于5; of a mean number of people, with decimals: n=4.5，少于5."""
        whole = self.size.denominator == 1
        size = self.size if whole else f"{round_exact(self.size, 2, ROUND_FLOOR).normalize():f}"
        return f"n={size}，少于{self.fewest}"


def check_few(indicator: Indicator, denominator: Fraction | None) -> TooFew | None:
    """Whether a rate or a mean of so many things is not judged; every place that must know asks here.

    None where they are enough, and of what is divided by money or time, or by nothing. A median of too few is
    not even taken.
    """
    if denominator is None or not is_of_things(indicator.formula):
        return None
    return TooFew(denominator, indicator.fewest) if denominator < indicator.fewest else None


def is_of_things(formula: Formula) -> bool:
    """Whether what is divided by is a number of things, not a sum of money or time."""
    below = formula.denominator
    return below is not None and not isinstance(formula, Median) and get_part_unit(below) not in _AMOUNTS


_AMOUNTS = ("元", "万元", "分", "小时", "分钟", "秒", "毫秒")


@dataclass(frozen=True)
class TargetProgress:
    """How a target is coming that is set for longer than a month: the year's months so far, together."""

    last: Month
    indicator: Indicator
    target: Target
    value: Fraction  # in the indicator's unit
    few: TooFew | None = None  # so few things so far that nothing is said of the target

    @property
    def words(self) -> str:
        """1至5月累计98.61%，高于目标0.61个百分点; 1月累计100.00%，n=1，少于5，不判."""
        first = "" if self.last.month == 1 else "1至"
        text = describe_distance(self.indicator, self.target, self.value)
        value = f"{self.indicator.round_value(self.value)}{self.indicator.unit}"
        if self.few is not None:
            text = f"{self.few.words}，不判"
        return f"{first}{self.last.month}月累计{value}，{text}"


def describe_distance(indicator: Indicator, target: Target, value: Fraction) -> str:
    """How far a value in the indicator's unit is from its target: 高于目标0.61个百分点, 与目标相同."""
    gap = value - Fraction(target.bound)
    size = indicator.round_value(abs(gap))
    side = "高于" if gap > 0 else "低于"
    unit = "个百分点" if indicator.unit == "%" else indicator.unit
    return f"{side}目标{size}{unit}" if size else f"略{side}目标" if gap else "与目标相同"


def compute_progress(
    indicator: Indicator, period: Period, figures: Mapping[Period, Figure]
) -> TargetProgress | None:
    """How the target is coming by the end of a month or quarter that it is not set for.

    `figures`: of the indicator, by period; every month of the year so far must be 可核实 or 不适用 and
    counted by one version. None where it cannot be told from them.
    """
    target = indicator.target
    if target is None or target.span.holds(period) or isinstance(period, Year):
        return None
    last = period.months[-1]
    months = [figures.get(Month(last.year, month)) for month in range(1, last.month + 1)]
    total = _combine_to_date(indicator, [one for one in months if one is not None])
    if None in months or total is None:
        return None
    value, of = total
    return TargetProgress(last, indicator, target, value, check_few(indicator, of))


def accumulates(indicator: Indicator) -> bool:
    """Whether what a year's target is set for grows from month to month, so that no month is like the year:
    a number of things, or a number of them for each of a mean number, as people who left for each post."""
    formula, target = indicator.formula, indicator.target
    if target is None or target.span is not Horizon.YEAR or indicator.year_to_date or not formula.adds_up:
        return False
    below = formula.denominator
    if below is None:
        return formula.kind is Quantity.COUNT and not indicator.is_level and not formula.numerator.averaged
    return below.averaged and not formula.numerator.averaged


def compute_to_date(indicator: Indicator, month: Month, figures: Mapping[Period, Figure]) -> Decimal | None:
    """The value of January to a month together, as printed; None where a month of them is not certain."""
    months = [figures.get(Month(month.year, number)) for number in range(1, month.month + 1)]
    if None in months:
        return None
    combined = _combine_to_date(indicator, [one for one in months if one is not None])
    return None if combined is None else indicator.round_value(combined[0])


def _combine_to_date(
    indicator: Indicator, months: Sequence[Figure]
) -> tuple[Fraction, Fraction | None] | None:
    """The value of consecutive months together, in the indicator's unit, and what it is divided by."""
    counted_months = [one for one in months if one.numerator is not None]
    is_certain = all(one.status in (Status.VERIFIABLE, Status.NOT_APPLICABLE) for one in months)
    if (
        not is_certain
        or not counted_months
        or {one.definition_version for one in months} != {indicator.version}
    ):
        return None
    if indicator.year_to_date:
        last = compute_exact_value(indicator, months[-1])
        return None if last is None else (last, months[-1].denominator)
    formula = indicator.formula
    if not formula.adds_up:
        return None
    above = sum(one.numerator or 0 for one in counted_months)
    below = sum(one.denominator or 0 for one in counted_months)
    above, below = (
        Fraction(whole, len(counted_months)) if part is not None and part.averaged else Fraction(whole)
        for whole, part in ((above, formula.numerator), (below, formula.denominator))
    )
    if formula.denominator is None:
        return above * formula.times, None
    return (above * formula.times / below, below) if below else None


def judge_by(sense: Sense, bound: Fraction, indicator: Indicator, figure: Figure | None) -> Judgement | None:
    """Judges a figure by a bound in the unit of the indicator; None where there is no value to judge."""
    exact = compute_exact_value(indicator, figure)
    if figure is None or exact is None:
        return None
    if figure.status is not Status.PARTLY:
        attainment = sense.judge(exact, exact, bound)
        telling = _find_telling_digits(sense, exact, bound, indicator.round_value(exact))
        return Judgement(attainment, f"精确值{telling}{indicator.unit}" if telling else "")
    if figure.low is None or figure.high is None:
        return Judgement(Attainment.OPEN, "数据不全，上下限无法估计")
    ends = find_certain_ends(indicator, figure)
    attainment = Attainment.OPEN if ends is None else sense.judge(*ends, bound)
    certain = are_bounds_certain(indicator, figure)
    remark = (
        "数据不全，上下限在目标两侧" if certain else _describe_turning_point(sense, bound, indicator, figure)
    )
    return Judgement(attainment, remark if attainment is Attainment.OPEN else "")


def _describe_turning_point(sense: Sense, bound: Fraction, indicator: Indicator, figure: Figure) -> str:
    """How much would have to be missing to turn what is known of a figure whose bounds are an estimate."""
    below, formula = figure.denominator, indicator.formula
    share = bound / formula.times
    if formula.kind is not Quantity.SHARE or sense is not Sense.AT_LEAST or not below or not 0 < share < 1:
        return "数据不全，缺的部分有多少无从知道，上下限只是估计"
    above, unit = figure.numerator or Fraction(0), get_part_unit(formula.numerator)
    if above >= share * below:
        more = floor(above / share - below) + 1
        return f"数据不全，缺的部分要有{more:,}{unit}以上都没达到，才会不达标"
    more = ceil((share * below - above) / (1 - share))
    return f"数据不全，缺的部分要有{more:,}{unit}以上都达到，才会达标"


def are_bounds_certain(indicator: Indicator, figure: Figure) -> bool:
    """Whether the true value lies within a figure's bounds for certain.

    What a day or month that was not delivered held nobody knows: it is estimated by the busiest one there is,
    unless it is known how much one can hold. Of what reaches back, days before the period may be missing."""
    if any(MEASURES[key].among.reaches for key in indicator.formula.measures):
        return False
    if figure.coverage is None or figure.coverage == 1:
        return True
    part = indicator.formula.denominator or indicator.formula.numerator
    return part.capped or all(SOURCES[need].rhythm is Rhythm.HOURLY for need in indicator.needs)


def find_certain_ends(indicator: Indicator, figure: Figure) -> tuple[Fraction, Fraction | None] | None:
    """Between which values a figure that is 部分可核实 lies for certain; no high end: it may be any more.

    None where nothing is certain of it."""
    if figure.low is None or figure.high is None:
        return None
    if are_bounds_certain(indicator, figure):
        return Fraction(figure.low), Fraction(figure.high)
    return (Fraction(figure.low), None) if indicator.formula.kind is Quantity.COUNT else None


def compute_exact_value(indicator: Indicator, figure: Figure | None) -> Fraction | None:
    """A figure's value before rounding, by the definition that it was counted by; None where it has none."""
    if figure is None or figure.value is None or figure.numerator is None:
        return None
    above, below = figure.numerator * indicator.formula.times, figure.denominator
    return above if below is None else above / below


def format_telling(sense: Sense, exact: Fraction, bound: Fraction, text: str) -> str:
    """A value as it is printed, or with so many more digits that it shows whether it meets the bound."""
    return _find_telling_digits(sense, exact, bound, Decimal(text)) or text


def _find_telling_digits(sense: Sense, exact: Fraction, bound: Fraction, rounded: Decimal) -> str:
    """Digits that show whether a value meets a bound; empty where the printed ones do."""
    met = sense.met(exact, bound)
    if sense.met(Fraction(rounded), bound) is met:
        return ""
    longer = (round_exact(exact, places) for places in count(1))
    return str(next(one for one in longer if sense.met(Fraction(one), bound) is met))

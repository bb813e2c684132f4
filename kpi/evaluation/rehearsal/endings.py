"""How what feeds on a figure or a sum may still end, and what the rest of the year must bring."""

from fractions import Fraction

from kpi.evaluation.actual import Amount
from kpi.evaluation.facts_files import get_amount_unit
from kpi.evaluation.feed_values import make_number_facts
from kpi.evaluation.numbers import show_number
from kpi.evaluation.rehearsal import remedies
from kpi.evaluation.rehearsal.inputs import RehearsalInputs
from kpi.evaluation.rehearsal.pace import (
    ShareBase,
    YearEndRange,
    forecast_growth,
    forecast_level,
    forecast_mean,
    forecast_ratio,
    forecast_share,
    format_per_day,
    is_growing,
    needs,
)
from kpi.evaluation.rehearsal.points_status import Remedy
from kpi.evaluation.scheme import Feed, SchemeItem, Take
from kpi.evaluation.target import TargetBound
from kpi.figures.coverage import select_monthly_sources
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.formula import Median, Quantity
from kpi.figures.indicators.target import Sense
from kpi.figures.indicators.units import get_part_unit as unit_of_part
from kpi.terminal_tables import format_number as counted
from tracker.workdays import CalendarUnknown

MONTHS = 12
_EACH = {
    Take.PER_MONTH: "每月",
    Take.PER_DAY: "每天",
    Take.PER_WORKING_DAY: "每个工作日",
    Take.PER_SERVICE_DAY: "每个有业务的日子",
}
_UNITS = {
    Take.PER_MONTH: "个月",
    Take.PER_DAY: "天",
    Take.PER_WORKING_DAY: "个工作日",
    Take.PER_SERVICE_DAY: "个有业务的日子",
}


def forecast_ending(
    view: RehearsalInputs, item: SchemeItem, feed: Feed, figure: Figure
) -> YearEndRange | None:
    """Between the worst and the best that the rest of the year can bring; None where no pace tells."""
    indicator = INDICATORS[figure.indicator]
    passed = compute_elapsed_share(view, indicator.needs, figure.indicator)
    if not passed or passed == 1 or figure.numerator is None:
        return None
    if feed.take.averages:
        return _forecast_mean(view, item, feed, figure.numerator, passed)
    formula, below = indicator.formula, figure.denominator
    value = figure.numerator * formula.times if below is None else figure.numerator * formula.times / below
    unit = unit_of_part(formula.numerator)
    if formula.kind is Quantity.SHARE and feed.take is Take.VALUE and below is not None:
        assert formula.denominator is not None
        whole = ShareBase(below, unit_of_part(formula.denominator))
        return forecast_share(value, passed, item.target, indicator.direction, whole, view.calendar)
    if is_growing(indicator) and feed.take in (Take.VALUE, Take.NUMERATOR):
        if below is None or feed.take is Take.NUMERATOR or item.target is None:
            return forecast_item_growth(
                view, item, value if below is None else figure.numerator, passed, unit
            )
        return _forecast_level(view, item, figure, passed, unit)
    if isinstance(formula, Median):  # what is to come may put any order in the middle
        return None
    if feed.take is Take.VALUE and indicator.unit == unit and below and item.target is not None:
        return forecast_ratio(value, passed, item.target, unit, view.calendar)
    return None


def forecast_item_growth(
    view: RehearsalInputs, item: SchemeItem, value: Fraction, passed: Fraction, unit: str
) -> YearEndRange:
    """A growing number, with its words in the unit of the target."""
    scale = _get_scale(item)
    ending = forecast_growth(value / scale, passed, item.target, get_amount_unit(item) or unit, view.calendar)
    return _scale_ending(ending, scale)


def compute_elapsed_share(view: RehearsalInputs, needed: tuple[str, ...], indicator: str | None) -> Fraction:
    """The share of the year that a value which rests on these sources speaks of."""
    if select_monthly_sources(needed):
        return Fraction(len(view.coverage(needed, indicator).counted), MONTHS)
    return Fraction(*view.calendar.elapsed)


def propose_start(view: RehearsalInputs, title: str, target: TargetBound | None, feed: Feed) -> Remedy:
    """Nothing is counted yet: what the year has to bring, by the day where it adds up."""
    text = f"“{title}”尚无数据，余下{view.calendar.months_left}个月"
    if target is None and feed.take is Take.SHORTFALL:
        text += "不出现不合格的"
    elif target is None:
        text += "按评价标准完成"
    elif feed.take.averages:
        text += f"{_EACH[feed.take]}平均{describe_target_kept(target)}"
    elif target.sense is not Sense.AT_MOST and target.unit != "%":
        each = format_per_day(target.value, target.unit, view.calendar)
        text += f"须完成{needs(target.value, target.unit)}{each}"
    else:
        text += describe_target_kept(target)
    return remedies.propose_keeping_up(text, feed.figure, view.commands, view.calendar)


def propose_shortfall(view: RehearsalInputs, item: SchemeItem, figure: Figure) -> Remedy:
    """What the numerator lacks of the target, counted, of a figure whose pace says nothing."""
    key, left = figure.indicator, f"余下{view.calendar.months_left}个月"
    formula, target = INDICATORS[key].formula, item.target
    above, below = figure.numerator or Fraction(0), figure.denominator
    unit = unit_of_part(formula.numerator)
    parts = f"“{item.title}”当前{counted(above)}" + (unit if below is None else f"÷{counted(below)}")
    if isinstance(formula, Median) and below:
        parts = f"“{item.title}”当前{show_number(above * formula.times / below)}{unit}"
    if target is None or below is None or target.sense is Sense.AT_MOST:
        text = f"{parts}，{left}{'按评价标准完成' if target is None else describe_target_kept(target)}"
    else:
        short = target.value * below / formula.times - above
        text = f"{parts}，{left}" + (
            f"再完成{needs(short, unit)}方可达到目标（{target}）" if short > 0 else f"保持{target}"
        )
    return remedies.propose_keeping_up(text, key, view.commands, view.calendar)


def describe_target_kept(target: TargetBound) -> str:
    words = {Sense.AT_LEAST: "不低于", Sense.EQUAL: "达到", Sense.AT_MOST: "不超过"}
    return f"{words[target.sense]}{show_number(target.value)}{target.unit}"


def _forecast_level(
    view: RehearsalInputs, item: SchemeItem, figure: Figure, passed: Fraction, unit: str
) -> YearEndRange:
    """Leavers by posts, or cost by people: the bound is that of the target, in the unit of the numerator."""
    assert figure.numerator is not None and figure.denominator and item.target is not None
    times = INDICATORS[figure.indicator].formula.times
    return forecast_level(
        figure.numerator,
        figure.denominator,
        times,
        passed,
        item.target,
        _get_scale(item),
        unit,
        view.calendar,
    )


def _forecast_mean(
    view: RehearsalInputs, item: SchemeItem, feed: Feed, total: Fraction, passed: Fraction
) -> YearEndRange | None:
    """What each day or month to come has to bring. None without a target or a calendar of the year."""
    if item.target is None or feed.figure is None:
        return None
    try:
        had, coming = view.log.divisor(feed.figure, feed.take).count, _count_coming(view, feed, passed)
    except CalendarUnknown:
        return None
    scale, whole = _get_scale(item), MONTHS if feed.take is Take.PER_MONTH else had + coming
    ending = forecast_mean(total / scale, had, Fraction(whole), coming, item.target, _UNITS[feed.take])
    return _scale_ending(ending, scale)


def _count_coming(view: RehearsalInputs, feed: Feed, passed: Fraction) -> Fraction:
    """Days or months of the kind that are still to come; days with business at the pace so far.

    Raises: CalendarUnknown.
    """
    assert feed.figure is not None
    if feed.take is Take.PER_MONTH:
        return MONTHS * (1 - passed)
    if feed.take is Take.PER_SERVICE_DAY:
        had = view.log.divisor(feed.figure, feed.take).count
        return Fraction(round(had * (1 - passed) / passed))
    return Fraction(view.log.days.count(feed.figure, feed.take, view.calendar.days_left))


def _get_scale(item: SchemeItem) -> Fraction:
    """What a number in the unit of the target is multiplied by to be in that of what feeds it."""
    amount = make_number_facts(item, Fraction(1), (), "", True, True).actual
    return 1 / amount.value if isinstance(amount, Amount) and amount.value else Fraction(1)


def _scale_ending(ending: YearEndRange, scale: Fraction) -> YearEndRange:
    return YearEndRange(ending.low * scale, None if ending.high is None else ending.high * scale, ending.text)

"""How what feeds on a figure or a sum may still end, and what the rest of the year must bring."""

from fractions import Fraction

from kpi.evaluation.actual import Amount
from kpi.evaluation.facts_files import unit_of
from kpi.evaluation.feed_values import number_told
from kpi.evaluation.numbers import number_text
from kpi.evaluation.rehearsal import remedies
from kpi.evaluation.rehearsal.inputs import View
from kpi.evaluation.rehearsal.pace import (
    Ending,
    Whole,
    a_day,
    ending_of_growth,
    ending_of_level,
    ending_of_mean,
    ending_of_ratio,
    ending_of_share,
    grows,
    needs,
)
from kpi.evaluation.rehearsal.points_status import Remedy
from kpi.evaluation.scheme import Feed, Item, Take
from kpi.evaluation.target import Target
from kpi.figures.coverage import by_month
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.formula import Kind, Median
from kpi.figures.indicators.target import Sense
from kpi.figures.indicators.units import unit_of as unit_of_part
from kpi.terminal_tables import number_text as counted
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


def ending_of(view: View, item: Item, feed: Feed, figure: Figure) -> Ending | None:
    """Between the worst and the best that the rest of the year can bring; None where no pace tells."""
    indicator = INDICATORS[figure.indicator]
    passed = passed_of(view, indicator.needs, figure.indicator)
    if not passed or passed == 1 or figure.numerator is None:
        return None
    if feed.take.averages:
        return _mean(view, item, feed, figure.numerator, passed)
    formula, below = indicator.formula, figure.denominator
    value = figure.numerator * formula.times if below is None else figure.numerator * formula.times / below
    unit = unit_of_part(formula.numerator)
    if formula.kind is Kind.SHARE and feed.take is Take.VALUE and below is not None:
        assert formula.denominator is not None
        whole = Whole(below, unit_of_part(formula.denominator))
        return ending_of_share(value, passed, item.target, indicator.direction, whole, view.calendar)
    if grows(indicator) and feed.take in (Take.VALUE, Take.NUMERATOR):
        if below is None or feed.take is Take.NUMERATOR or item.target is None:
            return growth_of(view, item, value if below is None else figure.numerator, passed, unit)
        return _of_level(view, item, figure, passed, unit)
    if isinstance(formula, Median):  # what is to come may put any order in the middle
        return None
    if feed.take is Take.VALUE and indicator.unit == unit and below and item.target is not None:
        return ending_of_ratio(value, passed, item.target, unit, view.calendar)
    return None


def growth_of(view: View, item: Item, value: Fraction, passed: Fraction, unit: str) -> Ending:
    """A growing number, with its words in the unit of the target."""
    scale = _scale(item)
    ending = ending_of_growth(value / scale, passed, item.target, unit_of(item) or unit, view.calendar)
    return _scaled(ending, scale)


def passed_of(view: View, needed: tuple[str, ...], indicator: str | None) -> Fraction:
    """The share of the year that a value which rests on these sources speaks of."""
    if by_month(needed):
        return Fraction(len(view.coverage(needed, indicator).counted), MONTHS)
    return Fraction(*view.calendar.elapsed)


def start_of(view: View, title: str, target: Target | None, feed: Feed) -> Remedy:
    """Nothing is counted yet: what the year has to bring, by the day where it adds up."""
    told = f"“{title}”尚无可计的数，余下{view.calendar.months_left}个月"
    if target is None and feed.take is Take.SHORTFALL:
        told += "不出现不合格的"
    elif target is None:
        told += "按评价标准做到"
    elif feed.take.averages:
        told += f"{_EACH[feed.take]}平均{_kept_to(target)}"
    elif target.sense is not Sense.AT_MOST and target.unit != "%":
        each = a_day(target.value, target.unit, view.calendar)
        told += f"须完成{needs(target.value, target.unit)}{each}"
    else:
        told += _kept_to(target)
    return remedies.keep_up(told, feed.figure, view.commands, view.calendar)


def shortfall_of(view: View, item: Item, figure: Figure) -> Remedy:
    """What the numerator lacks of the target, counted, of a figure whose pace says nothing."""
    key, left = figure.indicator, f"余下{view.calendar.months_left}个月"
    formula, target = INDICATORS[key].formula, item.target
    above, below = figure.numerator or Fraction(0), figure.denominator
    unit = unit_of_part(formula.numerator)
    parts = f"“{item.title}”至今{counted(above)}" + (unit if below is None else f"÷{counted(below)}")
    if isinstance(formula, Median) and below:
        parts = f"“{item.title}”至今{number_text(above * formula.times / below)}{unit}"
    if target is None or below is None or target.sense is Sense.AT_MOST:
        told = f"{parts}，{left}{'按评价标准做到' if target is None else _kept_to(target)}"
    else:
        short = target.value * below / formula.times - above
        told = f"{parts}，{left}" + (
            f"再有{needs(short, unit)}才能{target}" if short > 0 else f"保持{target}"
        )
    return remedies.keep_up(told, key, view.commands, view.calendar)


def _kept_to(target: Target) -> str:
    words = {Sense.AT_LEAST: "不低于", Sense.EQUAL: "达到", Sense.AT_MOST: "不超过"}
    return f"{words[target.sense]}{number_text(target.value)}{target.unit}"


def _of_level(view: View, item: Item, figure: Figure, passed: Fraction, unit: str) -> Ending:
    """Leavers by posts, or cost by people: the bound is that of the target, in the unit of the numerator."""
    assert figure.numerator is not None and figure.denominator and item.target is not None
    times = INDICATORS[figure.indicator].formula.times
    return ending_of_level(
        figure.numerator, figure.denominator, times, passed, item.target, _scale(item), unit, view.calendar
    )


def _mean(view: View, item: Item, feed: Feed, total: Fraction, passed: Fraction) -> Ending | None:
    """What each day or month to come has to bring. None without a target or a calendar of the year."""
    if item.target is None or feed.figure is None:
        return None
    try:
        had, coming = view.log.divisor(feed.figure, feed.take).count, _coming(view, feed, passed)
    except CalendarUnknown:
        return None
    scale, whole = _scale(item), MONTHS if feed.take is Take.PER_MONTH else had + coming
    ending = ending_of_mean(total / scale, had, Fraction(whole), coming, item.target, _UNITS[feed.take])
    return _scaled(ending, scale)


def _coming(view: View, feed: Feed, passed: Fraction) -> Fraction:
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


def _scale(item: Item) -> Fraction:
    """What a number in the unit of the target is multiplied by to be in that of what feeds it."""
    told = number_told(item, Fraction(1), (), "", True, True).actual
    return 1 / told.value if isinstance(told, Amount) and told.value else Fraction(1)


def _scaled(ending: Ending, scale: Fraction) -> Ending:
    return Ending(ending.low * scale, None if ending.high is None else ending.high * scale, ending.text)

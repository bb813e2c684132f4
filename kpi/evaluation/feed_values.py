"""The number that a feed takes of the log: a figure, a part of one, a mean, a sum."""

from dataclasses import replace
from fractions import Fraction

from kpi.evaluation.actual import Actual, Amount
from kpi.evaluation.facts import ItemFacts, Mark
from kpi.evaluation.facts_files import get_amount_unit
from kpi.evaluation.scheme import Feed, SchemeItem, Take
from kpi.evaluation.scheme_checks import find_factor
from kpi.evaluation.scheme_checks import get_feed_unit as fed_unit
from kpi.evaluation.year_log import YearLog
from kpi.figures.attainment import find_certain_ends
from kpi.figures.coverage import Coverage
from kpi.figures.figure import Figure, Status
from kpi.figures.gap_words import word_gaps
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.units import get_part_unit as unit_of_part
from kpi.figures.measures import MEASURES
from kpi.terminal_tables import format_number as separated
from tracker.workdays import CalendarUnknown


def take_number(log: YearLog, item: SchemeItem, feed: Feed, marks: tuple[Mark, ...]) -> ItemFacts:
    """The number that a feed takes of the log."""
    return (
        _take_from_figure(log, item, feed, marks)
        if feed.figure
        else _take_from_measure(log, item, feed, marks)
    )


def _take_from_figure(log: YearLog, item: SchemeItem, feed: Feed, marks: tuple[Mark, ...]) -> ItemFacts:
    assert feed.figure is not None
    figure = log.figures.get(feed.figure)
    if figure is None:
        return ItemFacts(unverifiable=True, marks=marks, note="这一年还没有这个指标的数字")
    if figure.status is Status.NOT_APPLICABLE:
        return ItemFacts(shown="不适用", marks=marks, note=figure.reason)
    if figure.status is Status.UNVERIFIABLE or figure.numerator is None:
        return ItemFacts(unverifiable=True, marks=marks, note=figure.reason)
    try:
        value, mean = _take_value(log, feed, figure)
    except CalendarUnknown as problem:
        return ItemFacts(shown="无法计算", marks=marks, note=str(problem).rstrip("。"))
    if value is None:
        return ItemFacts(shown="不适用", marks=marks, note=figure.reason)
    few = log.few(figure.indicator) if feed.take is Take.VALUE else None
    untargeted = f"{few.words}，不判" if few is not None and item.target is None else ""
    note = join_notes(
        mean, untargeted, "" if figure.status is Status.VERIFIABLE else f"{figure.status}：{figure.reason}"
    )
    number = make_number_facts(item, value, marks, note, figure.coverage == 1, figure.provisional)
    if figure.status is not Status.VERIFIABLE:
        number = replace(number, actual=_add_bounds(item, feed, number, figure))
    if few is not None and isinstance(number.actual, Amount):
        number = replace(number, actual=replace(number.actual, few=few.words))
    return replace(number, ends=_find_ends(item, feed, figure))


def _find_ends(item: SchemeItem, feed: Feed, figure: Figure) -> tuple[Actual, Actual] | None:
    """The worst and the best that a partly verifiable value may be; None where nothing bounds it."""
    if figure.status is not Status.PARTLY or feed.take is not Take.VALUE:
        return None
    ends = find_certain_ends(INDICATORS[figure.indicator], figure)
    if ends is None or ends[1] is None:
        return None
    low, high = (make_number_facts(item, end, (), "", True, False).actual for end in (ends[0], ends[1]))
    assert low is not None and high is not None
    return low, high


def _take_value(log: YearLog, feed: Feed, figure: Figure) -> tuple[Fraction | None, str]:
    """The number taken of a figure, None where there is nothing to divide by; of a mean also its parts.

    Raises: CalendarUnknown.
    """
    above, below = figure.numerator or Fraction(0), figure.denominator
    formula = INDICATORS[figure.indicator].formula
    match feed.take:
        case Take.VALUE:
            return (above * formula.times if below is None else above * formula.times / below), ""
        case Take.NUMERATOR:
            return above, ""
        case Take.DENOMINATOR:
            return below, ""
        case Take.SHORTFALL:
            return (None if below is None else below - above), ""
        case _:
            divisor = log.divisor(figure.indicator, feed.take)
            formula_text = f"{separated(above)}{unit_of_part(formula.numerator)}÷{divisor}"
            return (above / divisor.count, formula_text) if divisor.count else (None, "")


def _add_bounds(item: SchemeItem, feed: Feed, number: ItemFacts, figure: Figure) -> Actual | None:
    """The number that was taken of a figure that is not wholly known, with the figure's bounds."""
    if not isinstance(number.actual, Amount):
        return number.actual
    ends = _find_ends(item, feed, figure)
    if ends is None:
        return replace(number.actual, known=False)
    low, high = ends
    assert isinstance(low, Amount) and isinstance(high, Amount)
    return replace(number.actual, known=False, low=low.value, high=high.value)


def _take_from_measure(log: YearLog, item: SchemeItem, feed: Feed, marks: tuple[Mark, ...]) -> ItemFacts:
    measure = MEASURES[feed.measure or ""]
    coverage = log.evidence.coverage(measure.needs, log.year.months)
    if not coverage.share:
        return ItemFacts(unverifiable=True, marks=marks, note=_describe_gaps(coverage))
    value = Fraction(log.evidence.sums.total(measure.key, coverage.counted))
    provisional = log.year.end_day > log.evidence.backing.today
    note = "" if coverage.share == 1 else f"{Status.PARTLY}：{word_gaps(coverage.gaps)}。"
    return make_number_facts(item, value, marks, note, coverage.share == 1, provisional)


def _describe_gaps(coverage: Coverage) -> str:
    return f"未报送{'、'.join(one.source.title for one in coverage.sources)}"


def make_number_facts(
    item: SchemeItem, value: Fraction, marks: tuple[Mark, ...], note: str, backed: bool, provisional: bool
) -> ItemFacts:
    fed, unit = fed_unit(item.feed.checks or item.feed), get_amount_unit(item)
    times = find_factor(fed, unit) if fed is not None and unit else None
    actual = Amount(value * times if times else value, unit)
    return ItemFacts(actual=actual, marks=marks, note=note, backed=backed, provisional=provisional)


def join_notes(*notes: str) -> str:
    """Notes as one; empty ones are left out."""
    return "；".join(one for one in notes if one)

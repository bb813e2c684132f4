"""What may still move the points of one indicator, and by which remedy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from kpi.evaluation.actual import MetPoints
from kpi.evaluation.counting import evaluate_condition as counted_condition
from kpi.evaluation.facts import ItemFacts
from kpi.evaluation.feed_values import make_number_facts
from kpi.evaluation.from_events import NOT_ATTESTED
from kpi.evaluation.rehearsal import remedies
from kpi.evaluation.rehearsal.endings import (
    compute_elapsed_share,
    forecast_ending,
    forecast_item_growth,
    propose_shortfall,
    propose_start,
)
from kpi.evaluation.rehearsal.inputs import RehearsalInputs
from kpi.evaluation.rehearsal.pace import YearEndRange, needs
from kpi.evaluation.rehearsal.points_status import Remedy
from kpi.evaluation.scheme import Feed, PointCondition, SchemeItem, Take
from kpi.evaluation.scoring import ItemScore, ScoreVerdict
from kpi.evaluation.target import TargetBound
from kpi.figures.coverage import Coverage
from kpi.figures.figure import Figure, Status
from kpi.figures.gap_words import word_gaps
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.target import Sense
from kpi.figures.indicators.units import get_part_unit as unit_of_part
from kpi.figures.measures import MEASURES
from kpi.figures.source import Rhythm
from kpi.terminal_tables import format_number as counted

_RUNNING = "年度尚未结束"


@dataclass(frozen=True)
class RecoverablePoints:
    """Points between the worst and the best that a matter left open can bring."""

    low: Fraction
    high: Fraction
    why: str
    remedies: tuple[Remedy, ...]


def list_recoverable_points(view: RehearsalInputs, score: ItemScore) -> list[RecoverablePoints]:
    """In the order in which they are settled; none where the panel has marked."""
    if score.verdict is ScoreVerdict.BY_PANEL:
        return []
    item = score.item
    row = view.log.attested.get(item.code)
    feed = item.feed if item.feed.checks is None or row is not None else item.feed.checks
    if feed.automatic and not (item.feed.checks and score.told.unverifiable):
        return list(
            _recover_from_figure(view, score, feed)
            if feed.figure
            else _recover_from_measure(view, score, feed)
        )
    return list(_recover_points(view, score) if item.points else _recover_attested(view, score))


def _recover_attested(view: RehearsalInputs, score: ItemScore) -> Iterator[RecoverablePoints]:
    if score.told.unverifiable:
        remedy = remedies.propose_attesting(score.item, view.commands, view.calendar)
        yield RecoverablePoints(score.final.points, score.item.weight, NOT_ATTESTED, (remedy,))


def _recover_from_figure(view: RehearsalInputs, score: ItemScore, feed: Feed) -> Iterator[RecoverablePoints]:
    key = feed.figure or ""
    item, figure, now = score.item, view.log.figures.get(key), score.final.points
    coverage = view.coverage(INDICATORS[key].needs, key)
    deliver = remedies.propose_deliveries(coverage, view.calendar)
    if score.told.unverifiable or (not score.told.backed and figure is None):
        yield RecoverablePoints(
            now, item.weight, score.told.note, deliver or (_propose_rest_of_year(view, item, feed, coverage),)
        )
        return
    if figure is None or figure.status is Status.NOT_APPLICABLE or score.told.actual is None:
        why = figure.reason if figure else score.told.note
        yield RecoverablePoints(now, item.weight, why, (_propose_rest_of_year(view, item, feed, coverage),))
        return
    if coverage.share != 1 and deliver:
        yield _recover_from_gap(view, score, feed, figure, deliver)
    mended = _recover_by_mending(view, item, feed, figure)
    if mended is not None:
        yield mended
    if figure.provisional and not view.calendar.ended:
        ending = forecast_ending(view, item, feed, figure)
        if ending is not None:
            yield _recover_from_ending(view, score, ending)
        elif mended is None and key not in remedies.CATCH_UPS:
            yield RecoverablePoints(
                Fraction(0), item.weight, _RUNNING, (propose_shortfall(view, item, figure),)
            )
    few = view.log.few(key) if feed.take is Take.VALUE else None
    if few is not None:  # what the rest of the year may bring stands before it
        why = f"{few.words}，不判是否达标"
        yield RecoverablePoints(
            Fraction(0),
            item.weight,
            why,
            (remedies.propose_agreement_on_few(item, few.words, view.calendar),),
        )


def _propose_rest_of_year(view: RehearsalInputs, item: SchemeItem, feed: Feed, coverage: Coverage) -> Remedy:
    """Nothing to divide by, or nothing expected so far: the rest of the year may bring it.

    When the year is over, what becomes of the points is for agreement.
    """
    if view.calendar.ended:
        return remedies.propose_agreement(item, view.calendar)
    if any(one.source.rhythm is Rhythm.SURVEY for one in coverage.sources):
        return remedies.propose_survey(view.commands, view.calendar)
    return propose_start(view, item.title, item.target, feed)


def _recover_from_gap(
    view: RehearsalInputs, score: ItemScore, feed: Feed, figure: Figure, deliver: tuple[Remedy, ...]
) -> RecoverablePoints:
    """Between the figure's bounds, an estimate too; without bounds, what cannot be verified may be lost."""
    item, now = score.item, score.final.points
    backed = view.points(item, replace(score.told, backed=True))
    why = figure.reason or score.told.note
    if figure.low is None or figure.high is None or feed.take is not Take.VALUE:
        return RecoverablePoints(
            min(now, item.weight * (1 - item.unverifiable)), max(now, backed), why, deliver
        )
    ends = [
        view.points(item, make_number_facts(item, Fraction(bound), (), "", True, False))
        for bound in (figure.low, figure.high)
    ]
    return RecoverablePoints(min(now, *ends), max(now, backed, *ends), why, deliver)


def _recover_by_mending(
    view: RehearsalInputs, item: SchemeItem, feed: Feed, figure: Figure
) -> RecoverablePoints | None:
    """As if the numerator had what the target asks for; everything, where more than that brings more points.

    Exact: a target of 95 % of 38 people is reached by 37.
    """
    if figure.numerator is None or figure.denominator is None or figure.numerator >= figure.denominator:
        return None
    if feed.take not in (Take.VALUE, Take.NUMERATOR, Take.SHORTFALL):
        return None
    whole = {Take.VALUE: Fraction(100), Take.NUMERATOR: figure.denominator, Take.SHORTFALL: Fraction(0)}
    after = view.points(item, make_number_facts(item, whole[feed.take], (), "", figure.coverage == 1, False))
    short, who = figure.denominator - figure.numerator, view.lacking.get(figure.indicator, ())
    unit = unit_of_part(INDICATORS[figure.indicator].formula.numerator)
    enough = _compute_shortfall(item, feed, figure, unit)
    if enough < short:
        reached = (figure.numerator + enough) * 100 / figure.denominator
        if view.points(item, make_number_facts(item, reached, (), "", figure.coverage == 1, False)) == after:
            short, who = enough, () if len(who) > enough else who
    remedy = remedies.propose_catch_up(
        figure.indicator, counted(short), _count_effort(who, short, unit), _limit_names(who), view.papers,
        view.commands, view.calendar,
    )  # fmt: skip
    if remedy is None or short <= 0:
        return None
    why = f"{INDICATORS[figure.indicator].title}还差{counted(short)}{unit}"
    return RecoverablePoints(after, after, why, (remedy,))


def _compute_shortfall(item: SchemeItem, feed: Feed, figure: Figure, unit: str) -> Fraction:
    """What the numerator lacks of an at-least target in per cent, in whole things; else all it lacks."""
    assert figure.numerator is not None and figure.denominator is not None
    short, target = figure.denominator - figure.numerator, item.target
    if target is None or target.sense is Sense.AT_MOST or target.unit != "%" or feed.take is not Take.VALUE:
        return short
    lacking = target.value * figure.denominator / 100 - figure.numerator
    enough = Fraction(ceil(lacking * 100), 100) if "元" in unit else Fraction(ceil(lacking))
    return min(short, enough)


def _count_effort(who: Sequence[str], short: Fraction, unit: str) -> int:
    """How many things are to be mended; a sum of money is one."""
    if who:
        return len(who)
    return int(short) if short.denominator == 1 and "元" not in unit else 1


def _limit_names(who: Sequence[str]) -> tuple[str, ...]:
    """Whose it is, where they are few enough to be named."""
    return tuple(who) if len(who) <= 3 else ()


def _recover_from_ending(view: RehearsalInputs, score: ItemScore, ending: YearEndRange) -> RecoverablePoints:
    """Between the two ends of a running year."""
    item, now = score.item, score.final.points
    ends = [
        item.weight
        if value is None
        else view.points(item, make_number_facts(item, value, (), "", score.told.backed, True))
        for value in (ending.low, ending.high)
    ]
    remedy = remedies.propose_keeping_up(
        ending.text, (item.feed.checks or item.feed).figure, view.commands, view.calendar
    )
    return RecoverablePoints(min(now, *ends), max(now, *ends), _RUNNING, (remedy,))


def _recover_from_measure(view: RehearsalInputs, score: ItemScore, feed: Feed) -> Iterator[RecoverablePoints]:
    key = feed.measure or ""
    item, now = score.item, score.final.points
    coverage = view.coverage(MEASURES[key].needs)
    deliver = remedies.propose_deliveries(coverage, view.calendar)
    if score.told.unverifiable:
        yield RecoverablePoints(
            now, item.weight, score.told.note, deliver or (_propose_rest_of_year(view, item, feed, coverage),)
        )
        return
    if coverage.share != 1 and deliver:
        yield RecoverablePoints(
            min(now, item.weight * (1 - item.unverifiable)), now, word_gaps(coverage.gaps), deliver
        )
    passed = compute_elapsed_share(view, MEASURES[key].needs, None)
    if score.told.provisional and not view.calendar.ended and passed and passed != 1:
        value = Fraction(view.log.evidence.sums.total(key, coverage.counted))
        yield _recover_from_ending(
            view, score, forecast_item_growth(view, item, value, passed, MEASURES[key].unit)
        )


@dataclass(frozen=True)
class _PointsFix:
    """Points of a list that one remedy settles."""

    places: tuple[int, ...]
    why: str
    remedies: tuple[Remedy, ...]


def _recover_points(view: RehearsalInputs, score: ItemScore) -> Iterator[RecoverablePoints]:
    """One chance for each fix where each counts by itself; one for all where only together they do."""
    item, now = score.item, score.final.points
    actual = score.told.actual
    met = actual.points if isinstance(actual, MetPoints) else (None,) * len(item.points)
    fixes = list(_list_fixes(view, item, met))
    gains = [view.points(item, ItemFacts(actual=_set_met(met, fix.places))) - now for fix in fixes]
    together = view.points(item, ItemFacts(actual=_set_met(met, [n for fix in fixes for n in fix.places])))
    if fixes and sum(gains, now) != together:
        needed = tuple(one for fix in fixes for one in fix.remedies)
        yield RecoverablePoints(
            now, together, "；".join(fix.why for fix in fixes), tuple(dict.fromkeys(needed))
        )
        return
    for fix, gain in zip(fixes, gains, strict=True):
        now += gain
        yield RecoverablePoints(score.final.points, now, fix.why, fix.remedies)


def _set_met(met: Sequence[bool | None], places: Sequence[int]) -> MetPoints:
    return MetPoints(tuple(True if place in places else one for place, one in enumerate(met)))


def _list_fixes(view: RehearsalInputs, item: SchemeItem, met: Sequence[bool | None]) -> Iterator[_PointsFix]:
    """What is not told, what a figure says, and, while the year runs, what was told not to be so."""
    manual = [place for place, point in enumerate(item.points) if point.when is None]
    untold = tuple(place for place in manual if met[place] is None)
    if untold:
        remedy = remedies.propose_attesting(item, view.commands, view.calendar)
        attested = item.code in view.log.attested
        yield _PointsFix(untold, "填报为无法核实" if attested else "尚未填报", (remedy,))
    for place, point in enumerate(item.points):
        if point.condition is not None and not met[place] and place not in untold:
            needed = _propose_for_point(view, item, point.text, point.condition)
            if needed:
                few = counted_condition(view.log, point.condition).few
                why = f"“{point.text}”{few}，不判" if few else f"“{point.text}”未满足"
                yield _PointsFix((place,), why, needed)
        elif met[place] is False and not view.calendar.ended:
            remedy = remedies.propose_doing_in_time(item, point.text, view.commands, view.calendar)
            yield _PointsFix((place,), f"“{point.text}”填报为否", (remedy,))


def _propose_for_point(
    view: RehearsalInputs, item: SchemeItem, title: str, condition: PointCondition
) -> tuple[Remedy, ...]:
    """What would make a point that the log counts come true; nothing where it is settled."""
    key = condition.counted
    if key not in INDICATORS:
        return _propose_for_sum(view, key, condition.target)
    figure = view.log.figures.get(key)
    if figure is None or figure.numerator is None:
        coverage = view.coverage(INDICATORS[key].needs, key)
        about, feed = replace(item, title=title, target=condition.target), Feed(figure=key)
        return remedies.propose_deliveries(coverage, view.calendar) or (
            _propose_rest_of_year(view, about, feed, coverage),
        )
    if figure.denominator is None:
        return ()
    if few := counted_condition(view.log, condition).few:
        return (remedies.propose_agreement_on_few(replace(item, title=title), few, view.calendar),)
    short, who = figure.denominator - figure.numerator, view.lacking.get(figure.indicator, ())
    unit = unit_of_part(INDICATORS[key].formula.numerator)
    remedy = remedies.propose_catch_up(
        key, counted(short), _count_effort(who, short, unit), _limit_names(who), view.papers, view.commands,
        view.calendar,
    )  # fmt: skip
    return () if remedy is None else (remedy,)


def _propose_for_sum(view: RehearsalInputs, key: str, target: TargetBound) -> tuple[Remedy, ...]:
    """What a sum of a running year still lacks; what its sources lack, once it is over."""
    measure = MEASURES[key]
    coverage = view.coverage(measure.needs)
    if view.calendar.ended or target.sense is not Sense.AT_LEAST:
        return remedies.propose_deliveries(coverage, view.calendar)
    lacking = target.value - view.log.evidence.sums.total(key, coverage.counted)
    more = needs(lacking, measure.unit)
    text = f"余下{view.calendar.months_left}个月“{measure.title}”还要有{more}（{target}）"
    return (remedies.propose_keeping_up(text, None, view.commands, view.calendar),)

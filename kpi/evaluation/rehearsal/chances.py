"""What may still move the points of one indicator, and by which remedy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from kpi.evaluation.actual import Amount, Met
from kpi.evaluation.facts import Told
from kpi.evaluation.facts_files import unit_of
from kpi.evaluation.from_events import NOT_ATTESTED, Log, number_told
from kpi.evaluation.numbers import number_text
from kpi.evaluation.rehearsal import remedies
from kpi.evaluation.rehearsal.deadlines import Calendar
from kpi.evaluation.rehearsal.pace import Ending, ending_of_growth, ending_of_share, grows
from kpi.evaluation.rehearsal.standing import Remedy
from kpi.evaluation.scheme import Item, Scheme, Take
from kpi.evaluation.scoring import ItemScore, Verdict, score_item
from kpi.figures.coverage import Coverage, by_month
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.formula import Kind
from kpi.figures.indicators.units import unit_of as unit_of_part
from kpi.figures.measures import MEASURES
from kpi.figures.sources import Rhythm
from kpi.tables import number_text as counted

MONTHS = 12
_RUNNING = "年度尚未结束"


@dataclass(frozen=True)
class Chance:
    """Points between the worst and the best that a matter left open can bring."""

    low: Fraction
    high: Fraction
    why: str
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True)
class View:
    """What a rehearsal looks at."""

    scheme: Scheme
    log: Log
    calendar: Calendar
    lacking: Mapping[str, Sequence[str]]  # indicator → things in the denominator, not in the numerator
    papers: remedies.Papers

    def coverage(self, needs: tuple[str, ...], indicator: str | None = None) -> Coverage:
        months = INDICATORS[indicator].months(self.log.year) if indicator else self.log.year.months
        return self.log.evidence.coverage(needs, months)

    def points(self, item: Item, told: Told) -> Fraction:
        return score_item(self.scheme, told, item).final.points


def chances_of(view: View, score: ItemScore) -> list[Chance]:
    """In the order in which they are settled; none where the panel has marked."""
    if score.verdict is Verdict.BY_PANEL:
        return []
    item = score.item
    if item.feed.figure is not None:
        return list(_of_figure(view, score, item.feed.figure))
    if item.feed.measure is not None:
        return list(_of_measure(view, score, item.feed.measure))
    return list(_of_points(view, score) if item.points else _of_attested(view, score))


def _of_attested(view: View, score: ItemScore) -> Iterator[Chance]:
    if score.told.unverifiable:
        remedy = remedies.attest(score.item, view.scheme.key, view.calendar)
        yield Chance(score.final.points, score.item.weight, NOT_ATTESTED, (remedy,))


def _of_figure(view: View, score: ItemScore, key: str) -> Iterator[Chance]:
    item, figure, now = score.item, view.log.figures.get(key), score.final.points
    coverage = view.coverage(INDICATORS[key].needs, key)
    deliver = remedies.deliver(coverage, view.calendar)
    if score.told.unverifiable or (not score.told.backed and figure is None):
        yield Chance(now, item.weight, score.told.note, deliver or (_not_yet(view, item, coverage),))
        return
    if figure is None or figure.status is Status.NOT_APPLICABLE or score.told.actual is None:
        why = figure.reason if figure else score.told.note
        yield Chance(now, item.weight, why, (_not_yet(view, item, coverage),))
        return
    if coverage.share != 1 and deliver:
        yield _of_gap(view, score, figure, deliver)
    mended = _mended(view, item, figure)
    if mended is not None:
        yield mended
    if figure.provisional and not view.calendar.ended:
        ending = _ending(view, item, figure)
        if ending is not None:
            yield _of_ending(view, score, ending)
        elif mended is None and key not in remedies.CATCH_UPS:
            rest = _rest(view, item, f"至今{score.told.text.rstrip('*')}")
            yield Chance(Fraction(0), item.weight, _RUNNING, (rest,))


def _not_yet(view: View, item: Item, coverage: Coverage) -> Remedy:
    """Nothing to divide by, or nothing expected so far: the rest of the year may bring it.

    When the year is over, what becomes of the points is for agreement.
    """
    if view.calendar.ended:
        return remedies.agree(item, view.calendar)
    if any(one.source.rhythm is Rhythm.SURVEY for one in coverage.sources):
        return remedies.survey(item, view.calendar)
    return _rest(view, item, "尚无可计的数")


def _rest(view: View, item: Item, so_far: str) -> Remedy:
    """The rest of the year has to bring the target, by no pace that could be told."""
    wanted = f"目标{item.wanted}" if item.target is not None else "要求"
    text = f"余下{view.calendar.months_left}个月达到{wanted}（“{item.title}”{so_far}）"
    return remedies.keep_up(text, view.calendar)


def _of_gap(view: View, score: ItemScore, figure: Figure, deliver: tuple[Remedy, ...]) -> Chance:
    """Between the figure's bounds; without bounds, what cannot be verified may be struck out."""
    item, now = score.item, score.final.points
    backed = view.points(item, replace(score.told, backed=True))
    why = figure.reason or score.told.note
    if figure.low is None or figure.high is None or item.feed.take is not Take.VALUE:
        return Chance(min(now, item.weight * (1 - item.unverifiable)), max(now, backed), why, deliver)
    ends = [
        view.points(item, number_told(item, Fraction(bound), (), "", True, False))
        for bound in (figure.low, figure.high)
    ]
    return Chance(min(now, *ends), max(now, backed, *ends), why, deliver)


def _mended(view: View, item: Item, figure: Figure) -> Chance | None:
    """As if everything in the denominator were in the numerator too."""
    if figure.numerator is None or figure.denominator is None or figure.numerator >= figure.denominator:
        return None
    short, who = figure.denominator - figure.numerator, view.lacking.get(figure.indicator, ())
    effort = len(who) or (int(short) if short.denominator == 1 and short < MONTHS else 1)
    named = tuple(who[:3]) if len(who) <= 3 else ()
    remedy = remedies.catch_up(figure.indicator, counted(short), effort, named, view.papers, view.calendar)
    if remedy is None or item.feed.take not in (Take.VALUE, Take.NUMERATOR, Take.SHORTFALL):
        return None
    whole = {Take.VALUE: Fraction(100), Take.NUMERATOR: figure.denominator, Take.SHORTFALL: Fraction(0)}
    told = number_told(item, whole[item.feed.take], (), "", figure.coverage == 1, False)
    after = view.points(item, told)
    why = f"{INDICATORS[figure.indicator].title}还差{number_text(short)}"
    return Chance(after, after, why, (remedy,))


def _ending(view: View, item: Item, figure: Figure) -> Ending | None:
    indicator = INDICATORS[figure.indicator]
    passed = _passed(view, indicator.needs, figure.indicator)
    if not passed or passed == 1 or figure.numerator is None:
        return None
    times = indicator.formula.times
    below = figure.denominator
    value = figure.numerator * times if below is None else figure.numerator * times / below
    if indicator.formula.kind is Kind.SHARE and item.feed.take is Take.VALUE:
        return ending_of_share(value, passed, item.target, indicator.direction, view.calendar)
    if not grows(indicator) or item.feed.take not in (Take.VALUE, Take.NUMERATOR):
        return None
    taken = figure.numerator if item.feed.take is Take.NUMERATOR else value
    unit = unit_of_part(indicator.formula.numerator) if below is None else indicator.unit
    return _growth(view, item, taken, passed, unit)


def _passed(view: View, needs: tuple[str, ...], indicator: str | None) -> Fraction:
    """The share of the year that the value speaks of."""
    if by_month(needs):
        return Fraction(len(view.coverage(needs, indicator).counted), MONTHS)
    return Fraction(*view.calendar.elapsed)


def _growth(view: View, item: Item, value: Fraction, passed: Fraction, unit: str) -> Ending:
    """A growing number, with its words in the unit of the target."""
    told = number_told(item, value, (), "", True, True).actual
    shown = told.value if isinstance(told, Amount) else value
    ending = ending_of_growth(shown, passed, item.target, unit_of(item) or unit, view.calendar)
    scale = value / shown if shown else Fraction(1)
    return Ending(ending.low * scale, None if ending.high is None else ending.high * scale, ending.text)


def _of_ending(view: View, score: ItemScore, ending: Ending) -> Chance:
    """Between the two ends of a running year."""
    item, now = score.item, score.final.points
    ends = [
        item.weight
        if value is None
        else view.points(item, number_told(item, value, (), "", score.told.backed, True))
        for value in (ending.low, ending.high)
    ]
    remedy = remedies.keep_up(ending.text, view.calendar)
    return Chance(min(now, *ends), max(now, *ends), _RUNNING, (remedy,))


def _of_measure(view: View, score: ItemScore, key: str) -> Iterator[Chance]:
    item, now = score.item, score.final.points
    coverage = view.coverage(MEASURES[key].needs)
    deliver = remedies.deliver(coverage, view.calendar)
    if score.told.unverifiable:
        yield Chance(now, item.weight, score.told.note, deliver or (_not_yet(view, item, coverage),))
        return
    if coverage.share != 1 and deliver:
        yield Chance(min(now, item.weight * (1 - item.unverifiable)), now, coverage.gaps, deliver)
    passed = _passed(view, MEASURES[key].needs, None)
    if score.told.provisional and not view.calendar.ended and passed and passed != 1:
        value = Fraction(view.log.evidence.sums.total(key, coverage.counted))
        yield _of_ending(view, score, _growth(view, item, value, passed, MEASURES[key].unit))


@dataclass(frozen=True)
class _Fix:
    """Points of a list that one remedy settles."""

    places: tuple[int, ...]
    why: str
    remedies: tuple[Remedy, ...]


def _of_points(view: View, score: ItemScore) -> Iterator[Chance]:
    """One chance for each fix where each counts by itself; one for all where only together they do."""
    item, now = score.item, score.final.points
    told = score.told.actual
    met = told.points if isinstance(told, Met) else (None,) * len(item.points)
    fixes = list(_fixes(view, item, met))
    gains = [view.points(item, Told(actual=_with(met, fix.places))) - now for fix in fixes]
    together = view.points(item, Told(actual=_with(met, [n for fix in fixes for n in fix.places])))
    if fixes and sum(gains, now) != together:
        needed = tuple(one for fix in fixes for one in fix.remedies)
        yield Chance(now, together, "；".join(fix.why for fix in fixes), tuple(dict.fromkeys(needed)))
        return
    for fix, gain in zip(fixes, gains, strict=True):
        now += gain
        yield Chance(score.final.points, now, fix.why, fix.remedies)


def _with(met: Sequence[bool | None], places: Sequence[int]) -> Met:
    return Met(tuple(True if place in places else one for place, one in enumerate(met)))


def _fixes(view: View, item: Item, met: Sequence[bool | None]) -> Iterator[_Fix]:
    """What is not told, what a figure says, and, while the year runs, what was told not to be so."""
    manual = [place for place, point in enumerate(item.points) if point.figure is None]
    untold = tuple(place for place in manual if met[place] is None)
    if untold:
        remedy = remedies.attest(item, view.scheme.key, view.calendar)
        yield _Fix(untold, "尚未填报" if len(untold) == len(manual) else "填报为无法核实", (remedy,))
    for place, point in enumerate(item.points):
        if point.figure is not None and not met[place]:
            needed = _for_point(view, item, point.figure)
            if needed:
                yield _Fix((place,), f"“{point.text}”未满足", needed)
        elif met[place] is False and not view.calendar.ended:
            remedy = remedies.do_in_time(point.text, view.calendar)
            yield _Fix((place,), f"“{point.text}”填报为否", (remedy,))


def _for_point(view: View, item: Item, key: str) -> tuple[Remedy, ...]:
    """What would make a point that a figure decides come true; nothing where it is settled."""
    figure = view.log.figures.get(key)
    if figure is None or figure.numerator is None:
        coverage = view.coverage(INDICATORS[key].needs, key)
        return remedies.deliver(coverage, view.calendar) or (_not_yet(view, item, coverage),)
    if figure.denominator is None:
        return ()
    short, who = figure.denominator - figure.numerator, view.lacking.get(figure.indicator, ())
    named = tuple(who) if len(who) <= 3 else ()
    remedy = remedies.catch_up(key, counted(short), max(len(who), 1), named, view.papers, view.calendar)
    return () if remedy is None else (remedy,)

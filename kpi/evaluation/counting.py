"""What a centre's log says of a condition: met or not, how sure that is, and by which figure."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from kpi.evaluation.numbers import show_number
from kpi.evaluation.scheme import PointCondition
from kpi.evaluation.scheme_checks import find_factor
from kpi.figures.attainment import TooFew, find_certain_ends
from kpi.figures.compute import FigureEvidence
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.target import Sense
from kpi.figures.measures import MEASURES
from kpi.terminal_tables import format_parts, format_value
from tracker.periods import Year


@dataclass(frozen=True)
class ConditionResult:
    """Whether the log has a condition met; `ends` are the worst and the best that it may turn out."""

    met: bool | None  # None: the log has no value
    words: str  # 培训上岗率89.47%（34 ÷ 38），要求≥100%
    figure: str | None = None  # the indicator whose rows show it
    ends: tuple[bool | None, bool | None] = (None, None)
    whole: bool = True  # nothing is missing of what the value rests on
    few: str = ""  # n=1，少于5: of so few things that it is not judged

    @property
    def sure(self) -> bool:
        """Whether nothing that is missing can turn it."""
        return self.whole or (self.met is not None and self.ends == (self.met, self.met))


class YearView(Protocol):
    """What is read of a centre's year."""

    @property
    def year(self) -> Year: ...
    @property
    def evidence(self) -> FigureEvidence: ...
    def figure(self, key: str) -> Figure | None: ...
    def few(self, key: str) -> TooFew | None: ...


def evaluate_condition(log: YearView, condition: PointCondition) -> ConditionResult:
    """A condition by the figure of the year, or by a measure's sum."""
    if condition.counted in INDICATORS:
        return _evaluate_by_figure(condition, log.figure(condition.counted), log.few(condition.counted))
    return _evaluate_by_measure(log, condition)


def _evaluate_by_figure(
    condition: PointCondition, figure: Figure | None, few: TooFew | None
) -> ConditionResult:
    """Judged on the exact value, never on the one that is printed."""
    indicator = INDICATORS[condition.counted]
    if figure is None or figure.value is None or figure.numerator is None:
        status = figure.status if figure is not None else Status.UNVERIFIABLE
        return ConditionResult(None, f"{indicator.title}{status}", condition.counted)
    exact = figure.numerator * indicator.formula.times
    value = exact / figure.denominator if figure.denominator else exact
    parts = format_parts(figure)
    words = f"{indicator.title}{format_value(figure)}" + (f"（{parts}）" if parts else "")
    whole = figure.status is Status.VERIFIABLE
    words += f"，要求{condition.target}" + ("" if whole else f"，{figure.status}")
    if few is not None and not _asks_for_all(condition):
        words += f"，{few.words}，不判"
        return ConditionResult(None, words, condition.counted, (False, True), whole, few.words)
    met = _is_met(condition, value, indicator.unit)
    bounds = None if whole else find_certain_ends(indicator, figure)
    turns = [met, *(_is_met(condition, end, indicator.unit) for end in bounds or () if end is not None)]
    ends = (all(turns), any(turns)) if whole or (bounds and bounds[1] is not None) else (False, True)
    return ConditionResult(met, words, condition.counted, ends, whole)


def _asks_for_all(condition: PointCondition) -> bool:
    """Whether it asks that every thing is so, or none: that can be told of however few."""
    target = condition.target
    return target.unit == "%" and target.value == (0 if target.sense is Sense.AT_MOST else 100)


def _evaluate_by_measure(log: YearView, condition: PointCondition) -> ConditionResult:
    measure = MEASURES[condition.counted]
    coverage = log.evidence.coverage(measure.needs, log.year.months)
    if not coverage.share:
        return ConditionResult(None, f"{measure.title}{Status.UNVERIFIABLE}")
    value = Fraction(log.evidence.sums.total(measure.key, coverage.counted))
    whole = coverage.share == 1
    words = f"{measure.title}{show_number(value)}{measure.unit}，要求{condition.target}"
    met = _is_met(condition, value, measure.unit)
    ends = (met, met) if whole else (False, True)
    return ConditionResult(met, words if whole else f"{words}，{Status.PARTLY}", None, ends, whole)


def _is_met(condition: PointCondition, value: Fraction, unit: str) -> bool:
    times = find_factor(unit, condition.target.unit)
    return condition.target.met(value * (times or 1))

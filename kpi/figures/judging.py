"""One figure: numbers and coverage put together, with the status and the reason that follow from them."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from kpi.figures.backing import Backing
from kpi.figures.bounds import Bounds, of_missing, wilson
from kpi.figures.carried import untold_before
from kpi.figures.coverage import Coverage, SourceCoverage, of_sources
from kpi.figures.doubt import doubt_of
from kpi.figures.figure import Figure, Status
from kpi.figures.held_rows import HeldRows
from kpi.figures.indicators import Indicator
from kpi.figures.measures import MEASURES
from kpi.figures.sources import Rhythm
from kpi.figures.sums import Sums
from kpi.figures.unknowns import Unknowns
from tracker.periods import Month, Period


@dataclass(frozen=True)
class Evidence:
    """Everything that figures of a centre are computed from, as of one log position."""

    center: str
    sums: Sums
    backing: Backing
    log_seq: int
    now: datetime
    unknowns: Unknowns = field(default_factory=Unknowns)
    held: HeldRows = field(default_factory=HeldRows)
    _covered: dict[tuple[tuple[str, ...], tuple[Month, ...]], Coverage] = field(default_factory=dict)

    def coverage(self, needs: tuple[str, ...], months: tuple[Month, ...]) -> Coverage:
        """Coverage of the sources over the months; indicators that need the same share it."""
        key = (needs, months)
        if key not in self._covered:
            self._covered[key] = of_sources(self.backing, needs, months)
        return self._covered[key]


@dataclass(frozen=True)
class _Judged:
    status: Status
    reason: str
    numbers: tuple[Fraction, Fraction | None] | None = None
    value: Fraction | None = None
    bounds: Bounds | None = None


def figure_of(evidence: Evidence, indicator: Indicator, period: Period) -> Figure | None:
    """The indicator's figure in a period; None while the period has not begun."""
    if period.first_day > evidence.backing.today:
        return None
    coverage = evidence.coverage(indicator.needs, indicator.months(period))
    judged = _judge(evidence, indicator, coverage, indicator.months(period)[0])
    numerator, denominator = judged.numbers or (None, None)
    return Figure(
        indicator=indicator.key,
        center=evidence.center,
        period=period,
        numerator=numerator,
        denominator=denominator,
        value=None if judged.value is None else indicator.rounded(judged.value),
        unit=indicator.unit,
        coverage=coverage.share,
        status=judged.status,
        reason=judged.reason,
        low=judged.bounds.low if judged.bounds else None,
        high=judged.bounds.high if judged.bounds else None,
        bounds=judged.bounds.text if judged.bounds else None,
        provisional=period.end_day > evidence.backing.today,
        definition_version=indicator.version,
        source=indicator.source,
        log_seq=evidence.log_seq,
        computed_at=evidence.now,
    )


def _judge(evidence: Evidence, indicator: Indicator, coverage: Coverage, first: Month) -> _Judged:
    if coverage.share is None:
        return _Judged(Status.NOT_APPLICABLE, _nothing_expected(coverage))
    if coverage.share == 0:
        return _Judged(Status.UNVERIFIABLE, _never_delivered(coverage))
    months = indicator.ended(coverage.counted, evidence.backing.today)
    if coverage.counted and not months:
        return _Judged(Status.NOT_APPLICABLE, "按月末计，本期还没有结束的月份。")
    doubt = doubt_of(indicator.formula, months, evidence.unknowns, evidence.held)
    if doubt.untold:
        return _Judged(Status.UNVERIFIABLE, f"{'；'.join(doubt.untold)}。没有依据，不给出数字。")
    lacks = [coverage.gaps] if coverage.gaps else []
    untold = untold_before(evidence.backing, indicator, first)
    gaps = "；".join([*lacks, *doubt.sentences, *untold])
    formula = indicator.formula
    numerator, denominator = numbers = formula.numbers(evidence.sums, months, evidence.unknowns)
    if denominator == 0:
        return _nothing_to_divide(indicator, gaps, numbers)
    value = numerator * formula.times if denominator is None else numerator * formula.times / denominator
    over = _more_than_whole(indicator, value)
    if not gaps:
        sampled = indicator.wilson and denominator is not None and not over
        interval = wilson(indicator, numerator, denominator) if sampled and denominator else None
        return _Judged(Status.VERIFIABLE, _all_there(coverage) + over, numbers, value, interval)
    lacking, basis = _lacking(evidence.sums, indicator, coverage) if lacks else (Fraction(0), "")
    missing = doubt.missing(lacking, basis)
    interval = None if untold else of_missing(indicator, numerator, denominator, missing)
    reason = f"{gaps}。{over}"
    if interval is None:
        reason += "缺少的部分对本指标的影响无法估计上下限。"
    return _Judged(Status.PARTLY, reason, numbers, value, interval)


def _more_than_whole(indicator: Indicator, value: Fraction) -> str:
    """A percentage over 100 is shown as it is, never capped, and says so."""
    return "数值超过100%，如实列出，请核对分子与分母。" if indicator.unit == "%" and value > 100 else ""


def _lacking(sums: Sums, indicator: Indicator, coverage: Coverage) -> tuple[Fraction, str]:
    """The most that the missing units can hold: as much as the busiest unit there is, each."""
    part = indicator.formula.denominator or indicator.formula.numerator
    by_month = coverage.rhythm in (Rhythm.MONTHLY, Rhythm.STANDING)
    busiest = part.busiest(sums, coverage.counted, by_month=by_month)
    if coverage.rhythm is Rhythm.HOURLY:
        busiest /= 24
    unit, size = coverage.rhythm.unit, round(float(busiest), 2)
    return busiest * coverage.missing, f"缺的{coverage.missing}{unit}各按最多的一{unit}（{size:g}）计"


def _nothing_expected(coverage: Coverage) -> str:
    titles = "、".join(one.source.title for one in coverage.sources)
    if any(one.source.rhythm is Rhythm.SURVEY for one in coverage.sources):
        return "本期没有问卷；调查按年组织，以年度数字为准。"
    if coverage.rhythm in (Rhythm.MONTHLY, Rhythm.STANDING):
        return f"{titles}按月交付，本期还没有结束的月份。"
    return f"{titles}在本期还没有交付；月份结束后仍没有的，才算缺口。"


def _never_delivered(coverage: Coverage) -> str:
    told = "；".join(_lacks(one) for one in coverage.sources if one.missing)
    return f"{told}。没有依据，不给出数字。"


def _lacks(one: SourceCoverage) -> str:
    if one.backed or one.missing.keys() <= one.owed:
        return f"{one.source.title}{one.gaps}"
    return f"{one.source.title}应有{one.expected}{one.source.unit}，一{one.source.unit}也没有"


def _nothing_to_divide(indicator: Indicator, gaps: str, numbers: tuple[Fraction, Fraction | None]) -> _Judged:
    below = indicator.formula.denominator
    titles = "、".join(MEASURES[term.measure].title for term in below.terms) if below else "差异"
    if not gaps:
        return _Judged(Status.NOT_APPLICABLE, f"本期没有{titles}（分母为0）。", numbers)
    return _Judged(Status.UNVERIFIABLE, f"已交付的部分没有{titles}，而{gaps}。", numbers)


def _all_there(coverage: Coverage) -> str:
    told = (f"{one.source.title}{one.backed}/{one.expected}{one.source.unit}" for one in coverage.sources)
    return f"{'、'.join(told)}有据。"

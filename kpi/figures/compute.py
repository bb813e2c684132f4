"""One figure: numbers and coverage put together, with the status and the reason that follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from kpi.figures.bounds import Bounds, MissingAmounts, compute_bounds, compute_median_bounds, compute_wilson
from kpi.figures.carried_over import list_day_gaps_before, list_gaps_before
from kpi.figures.coverage import Coverage, SourceCoverage, compute_coverage
from kpi.figures.coverage_inputs import Backing
from kpi.figures.doubt import Doubt, compute_doubt
from kpi.figures.figure import Figure, Status
from kpi.figures.gap import Gap, GapCode
from kpi.figures.gap_words import word_gaps
from kpi.figures.held_rows import HeldBackRows
from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import CountedMonths, Formula, Lowest, Median, Quantity
from kpi.figures.measures import MEASURES
from kpi.figures.objections import Objections
from kpi.figures.source import Rhythm
from kpi.figures.sums import Sums
from kpi.figures.unknowns import Unknowns
from tracker.periods import Month, Period


@dataclass(frozen=True)
class FigureEvidence:
    """Everything that figures of a centre are computed from, as of one log position."""

    center: str
    sums: Sums
    backing: Backing
    log_seq: int
    now: datetime
    unknowns: Unknowns = field(default_factory=Unknowns)
    held: HeldBackRows = field(default_factory=HeldBackRows)
    objections: Objections = field(default_factory=Objections)
    _covered: dict[tuple[tuple[str, ...], tuple[Month, ...]], Coverage] = field(default_factory=dict)

    def coverage(self, needs: tuple[str, ...], months: tuple[Month, ...]) -> Coverage:
        """Coverage of the sources over the months; indicators that need the same share it."""
        key = (needs, months)
        if key not in self._covered:
            self._covered[key] = compute_coverage(self.backing, needs, months)
        return self._covered[key]


@dataclass(frozen=True)
class _Judgement:
    status: Status
    reason: str
    gaps: tuple[Gap, ...] = ()  # each is worded in the reason
    numbers: tuple[Fraction, Fraction | None] | None = None
    value: Fraction | None = None
    bounds: Bounds | None = None


def compute_figure(evidence: FigureEvidence, indicator: Indicator, period: Period) -> Figure | None:
    """The indicator's figure in a period; None while the period has not begun."""
    if period.first_day > evidence.backing.today:
        return None
    coverage = evidence.coverage(indicator.needs, indicator.months(period))
    judged = _judge(evidence, indicator, period, coverage)
    numerator, denominator = judged.numbers or (None, None)
    return Figure(
        indicator=indicator.key,
        center=evidence.center,
        period=period,
        numerator=numerator,
        denominator=denominator,
        value=None if judged.value is None else indicator.round_value(judged.value),
        unit=indicator.unit,
        coverage=coverage.share,
        status=judged.status,
        gaps=judged.gaps,
        reason=judged.reason + evidence.objections.describe(indicator.needs, indicator.months(period)),
        low=judged.bounds.low if judged.bounds else None,
        high=judged.bounds.high if judged.bounds else None,
        bounds=judged.bounds.text if judged.bounds else None,
        provisional=period.end_day > evidence.backing.today,
        definition_version=indicator.version,
        source=indicator.source,
        log_seq=evidence.log_seq,
        computed_at=evidence.now,
    )


def _judge(evidence: FigureEvidence, indicator: Indicator, period: Period, coverage: Coverage) -> _Judgement:
    if coverage.share is None:
        return _Judgement(
            Status.NOT_APPLICABLE, _explain_nothing_expected(coverage, evidence.backing.opened, period)
        )
    if coverage.share == 0:
        return _judge_unfounded(_list_never_delivered(coverage))
    formula, today = indicator.formula, evidence.backing.today
    all_months = formula.counted(coverage.list_months_of)
    months = all_months.ended(today) if indicator.is_level else all_months
    if all_months and not months:
        return _Judgement(Status.NOT_APPLICABLE, "按月末计，本期尚无结束的月份。")
    doubt = compute_doubt(formula, months, evidence.unknowns, evidence.held)
    if doubt.untold:
        return _judge_unfounded(doubt.untold)
    silent = [key for key in formula.shown_by if not evidence.sums.total(key, months.of(key))]
    if silent:
        return _judge_unfounded(_list_indistinct_fields(silent))
    untold = list_gaps_before(evidence.backing, indicator, indicator.months(period)[0])
    neighbours = list_day_gaps_before(evidence.backing, indicator, indicator.months(period)[0])
    gaps = (*coverage.gaps, *doubt.gaps, *untold, *neighbours)
    numerator, denominator = numbers = formula.numbers(evidence.sums, months, evidence.unknowns)
    if denominator is not None and denominator <= 0:
        return _judge_nothing_to_divide(indicator, gaps, numbers)
    ranked = _describe_ranked(evidence.sums, formula, months) if isinstance(formula, Median) else ""
    if isinstance(formula, Median) and formula.size(evidence.sums, months) < formula.fewest:
        few = f"只有{ranked}，少于{formula.fewest}件的不取中位数"
        if not gaps:
            return _Judgement(Status.NOT_APPLICABLE, f"本期{few}。")
        return _Judgement(
            Status.UNVERIFIABLE, f"{_describe_known_part(gaps)}{few}，而{word_gaps(gaps)}。", gaps
        )
    over = f"{ranked}的中位数。" if ranked else ""
    if denominator is not None and _is_no_whole(formula, denominator, doubt):
        reason = f"{word_gaps(gaps)}。分母里不明的比已知的还多，本期不计算。"
        return _Judgement(Status.UNVERIFIABLE, reason, gaps)
    value = numerator * formula.times if denominator is None else numerator * formula.times / denominator
    over += _explain_more_than_whole(indicator, value)
    if not gaps:
        sampled = indicator.wilson and denominator is not None and not over
        interval = compute_wilson(indicator, numerator, denominator) if sampled and denominator else None
        return _Judgement(
            Status.VERIFIABLE, _describe_complete(coverage) + over, (), numbers, value, interval
        )
    lacks = bool(coverage.gaps)
    most_missing, basis = (
        _estimate_missing(evidence.sums, indicator, coverage) if lacks else (Fraction(0), "")
    )
    before = sum(run.lacking for gap in neighbours for run in gap.runs)
    missing = _extend_missing(
        evidence.sums, indicator, months, doubt.missing(most_missing, basis), most_missing, before
    )
    most = formula.numerator.most(months, today)
    if most is not None and missing.above is not None and denominator is None:
        missing = replace(missing, above=min(missing.above, most - numerator))
    # who was there at the start or the end of a month that lacks may be anyone
    if untold or (lacks and not formula.missing_adds):
        interval = None
    elif isinstance(formula, Median):
        interval = compute_median_bounds(indicator, formula, formula.values(evidence.sums, months), missing)
    else:
        interval = compute_bounds(indicator, numerator, denominator, missing)
    reason = f"{word_gaps(gaps)}。{over}"
    if interval is None:
        reason += "缺少的部分对本指标的影响无法估计上下限。"
    return _Judgement(Status.PARTLY, reason, gaps, numbers, value, interval)


def _judge_unfounded(gaps: tuple[Gap, ...]) -> _Judgement:
    return _Judgement(Status.UNVERIFIABLE, f"{word_gaps(gaps)}。本期不计算。", gaps)


def _describe_ranked(sums: Sums, formula: Median, months: CountedMonths) -> str:
    """Of how many rows a median is the middle: 已办结的派单工单4,879件."""
    [term] = formula.denominator.terms if formula.denominator else ()
    measure = MEASURES[term.measure]
    return f"{measure.title}{formula.size(sums, months):,}{measure.unit}"


def _list_indistinct_fields(silent: Sequence[str]) -> tuple[Gap, ...]:
    titles: dict[str, list[str]] = {}
    for key in silent:
        titles.setdefault(MEASURES[key].among.source, []).append(MEASURES[key].title)
    return tuple(Gap(GapCode.NOT_TOLD_APART, source, titles=tuple(names)) for source, names in titles.items())


def _is_no_whole(formula: Formula, denominator: Fraction, doubt: Doubt) -> bool:
    """Whether a sum of amounts lacks so much that what is known of it is nothing to divide by."""
    below = formula.denominator.terms if formula.denominator else ()
    amounts = any(MEASURES[term.measure].value is not None for term in below)
    unsure = doubt.below is not None and doubt.below > denominator
    return formula.kind is Quantity.RATIO and amounts and unsure


def _explain_more_than_whole(indicator: Indicator, value: Fraction) -> str:
    """A percentage over 100 is shown as it is, never capped, and says so."""
    return "数值超过100%，请核对分子、分母。" if indicator.unit == "%" and value > 100 else ""


def _estimate_missing(sums: Sums, indicator: Indicator, coverage: Coverage) -> tuple[Fraction, str]:
    """The most that the missing units can hold: as much as the busiest unit there is, each."""
    if coverage.rhythm is Rhythm.HOURLY:  # such formulas count hours: the missing ones hold an hour each
        return Fraction(coverage.missing), f"缺的{coverage.missing:,}小时按小时计"
    part = indicator.formula.denominator or indicator.formula.numerator
    by_month = coverage.rhythm in (Rhythm.MONTHLY, Rhythm.STANDING)
    months = indicator.formula.counted(coverage.list_months_of)
    busiest = part.find_busiest(sums, months, by_month=by_month)
    unit, size = coverage.rhythm.unit, round(float(busiest), 2)
    basis = f"缺的{coverage.missing}{unit}各按"
    size_text = f"最多可能的{size:g}计" if part.capped else f"最多的一{unit}（{size:g}）估计"
    return busiest * coverage.missing, basis + size_text


def _explain_nothing_expected(coverage: Coverage, opening_day: date | None, period: Period) -> str:
    if opening_day is not None and period.end_day <= opening_day:
        return f"热线自{opening_day.year}年{opening_day.month}月{opening_day.day}日起启用，本期还没有启用。"
    titles = "、".join(one.source.title for one in coverage.sources)
    if any(one.source.rhythm is Rhythm.SURVEY for one in coverage.sources):
        return "本期没有问卷；调查按年组织，以年度数字为准。"
    if coverage.rhythm in (Rhythm.MONTHLY, Rhythm.STANDING):
        return f"{titles}按月报送，本期尚无结束的月份。"
    return f"{titles}在本期尚未报送；月份结束后仍未报送的，计为缺失。"


def _list_never_delivered(coverage: Coverage) -> tuple[Gap, ...]:
    return tuple(gap for one in coverage.sources if one.missing for gap in _list_gaps(one))


def _list_gaps(one: SourceCoverage) -> tuple[Gap, ...]:
    if one.backed or one.missing.keys() <= one.owed:
        return one.gaps
    return (Gap(GapCode.NOTHING, one.source.key, count=one.expected),)


def _judge_nothing_to_divide(
    indicator: Indicator, gaps: tuple[Gap, ...], numbers: tuple[Fraction, Fraction | None]
) -> _Judgement:
    below = indicator.formula.denominator
    keys = [term.measure for term in below.terms] if below else []
    if isinstance(indicator.formula, Lowest):
        keys = [indicator.formula.below]
    titles = "、".join(MEASURES[key].title for key in keys) if keys else "差异"
    has, why = (f"没有{titles}", "分母为0") if numbers[1] == 0 else (f"{titles}合计是负数", "不能作分母")
    if not gaps:
        return _Judgement(Status.NOT_APPLICABLE, f"本期{has}（{why}）。", (), numbers)
    return _Judgement(
        Status.UNVERIFIABLE, f"{_describe_known_part(gaps)}{has}，而{word_gaps(gaps)}。", gaps, numbers
    )


def _describe_known_part(gaps: tuple[Gap, ...]) -> str:
    """Of what a figure is sure: where rows are there and do not tell, of less than was delivered."""
    return "能确定的部分" if any(gap.is_of_rows for gap in gaps) else "已报送的部分"


def _extend_missing(
    sums: Sums,
    indicator: Indicator,
    months: CountedMonths,
    missing: MissingAmounts,
    most_missing: Fraction,
    before: int,
) -> MissingAmounts:
    """With what rows that are not there may make count beside themselves: those of the period's missing days,
    and those of so many days before it."""
    touches = max(MEASURES[term.measure].touches for term in indicator.formula.numerator.terms)
    if touches == 1 or missing.above is None:
        return missing
    part = indicator.formula.denominator or indicator.formula.numerator
    busiest = part.find_busiest(sums, months, by_month=False)
    basis = f"本期以前缺的{before}天各按最多的一天（{round(float(busiest), 2):g}）估计" if before else ""
    more = most_missing * (touches - 1) + busiest * before * (touches - 1)
    texts = "，".join(filter(None, (missing.basis, basis)))
    return replace(missing, above=missing.above + more, basis=texts)


def _describe_complete(coverage: Coverage) -> str:
    texts = (
        f"{one.source.title}：应报{one.expected}{one.source.unit}，已报{one.backed}{one.source.unit}"
        for one in coverage.sources
    )
    return f"{'；'.join(texts)}。"

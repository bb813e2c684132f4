"""A figure as a page shows it: its words, its marks, its points on a chart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from flask import url_for
from markupsafe import Markup

from kpi.figures.attainment import (
    Judgement,
    TargetProgress,
    TooFew,
    accumulates,
    are_bounds_certain,
    check_few,
    compute_to_date,
    judge,
)
from kpi.figures.definitions.in_force import PACKAGED, Definitions
from kpi.figures.differences import FigureDifference, compare_figures, find_own_obstacle
from kpi.figures.figure import Figure, Status
from kpi.figures.from_months import NOT_COMPARED, MonthComparison, MonthComparisons
from kpi.figures.indicators import Direction, Indicator
from kpi.figures.patterns.changes import Comparison, find_period_before, list_change_splits
from kpi.figures.performance import Performance, rate_performance
from kpi.terminal_tables import format_month_comparison
from tracker.periods import Month, Period, PeriodProblem, Year
from web import charts
from web.charts import ChartFrame, ChartPoint
from web.formatting import NO_DATA, NOT_APPLICABLE, amount, percent, with_unit

_KINDS = {
    Status.VERIFIABLE: "full",
    Status.PARTLY: "partial",
    Status.UNVERIFIABLE: "none",
    Status.NOT_APPLICABLE: "nothing",
}

_BOUNDS = {  # the lower bound's name first
    Direction.HIGHER: "最差～最好",
    Direction.LOWER: "最好～最差",
    Direction.NEITHER: "最少～最多",
}


@dataclass(frozen=True)
class OtherFigures:
    """Figures of one indicator that a figure is set beside: of its own year, and of the year before."""

    figures: Mapping[Period, Figure] = field(default_factory=dict)
    unread: str = ""  # why those of a year were not read; empty where all were

    def joined(self, figures: Mapping[Period, Figure]) -> "OtherFigures":
        """With those of the figure's own year."""
        return OtherFigures({**self.figures, **figures}, self.unread)

    def compare(self, indicator: Indicator, figure: Figure | None, period: Period) -> FigureDifference:
        """A figure beside that of another period."""
        other = self.figures.get(period)
        year = period.first_day.year
        if other is None and self.unread and all(one.first_day.year != year for one in self.figures):
            return FigureDifference(period, reason=self.unread)
        return compare_figures(indicator, figure, other, period)


@dataclass(frozen=True)
class FigureView:
    """One indicator of a centre in a period, and its months where a chart is drawn."""

    indicator: Indicator
    period: Period
    figure: Figure | None  # None: the period has not begun, or was not computed yet
    months: tuple["FigureView", ...] = ()
    compared: MonthComparison | None = None  # of a quarter or a year with locked months: beside those
    progress: TargetProgress | None = None  # of a month or quarter, towards a target that is set for the year
    others: OtherFigures = field(default_factory=OtherFigures)
    chosen: Period | None = None  # of a year: the month that its chart marks

    @property
    def kind(self) -> str:
        """full | partial | none | nothing | ahead: the colour and the mark."""
        return "ahead" if self.figure is None else _KINDS[self.figure.status]

    @property
    def short_title(self) -> str:
        """The title without the remark that tells it from its variants."""
        return self.indicator.title.partition("（")[0]

    @property
    def value(self) -> str:
        """The value with its unit, or one of the three marks."""
        if self.figure is None:
            return NO_DATA
        if self.figure.status is Status.NOT_APPLICABLE:
            return NOT_APPLICABLE
        if self.figure.value is None:
            return NO_DATA
        return with_unit(self.figure.value, self.indicator.unit)

    @property
    def parts(self) -> str:
        """Numerator ÷ denominator, exactly as counted."""
        figure = self.figure
        if figure is None or figure.numerator is None:
            return ""
        if self.indicator.formula.denominator is None:
            return ""
        return f"{amount(figure.numerator)} ÷ {amount(figure.denominator)}"

    @property
    def code(self) -> str:
        """The code that leads back to exactly this number."""
        return "" if self.figure is None else self.figure.code

    @property
    def lock(self) -> str:
        """未锁定, 已锁定 or 已更正; empty where there is no figure."""
        return "" if self.figure is None else self.figure.lock.value

    @property
    def aim(self) -> str:
        """The target, or the direction where there is none."""
        target = self.indicator.target
        return target.words(self.indicator.unit) if target else self.indicator.direction.value

    @cached_property
    def judged(self) -> Judgement | None:
        """Whether the target is reached; None where there is no target or no value."""
        return judge(self.indicator, self.figure)

    @cached_property
    def performance(self) -> Performance:
        """How it does against its target: the colour, whatever is proven of it."""
        return rate_performance(self.indicator, self.figure)

    @cached_property
    def differences(self) -> list[tuple[str, FigureDifference]]:
        """环比 and 同比: beside the period before, and the same of the year before; of a year the latter."""
        compared = (("环比", Comparison.BEFORE), ("同比", Comparison.YEAR))
        return [
            (name, self.others.compare(self.indicator, self.figure, before))
            for name, against in (compared[1:] if isinstance(self.period, Year) else compared)
            if (before := _find_before(self.period, against)) is not None
        ]

    @property
    def latest(self) -> "FigureView | None":
        """Of a year the last month that ended and has a value."""
        valued = [one for one in self.months if one.figure and one.figure.value is not None]
        return next((one for one in reversed(valued) if one.figure and not one.figure.provisional), None)

    @property
    def few(self) -> TooFew | None:
        """Whether it is of so few things that it is not judged."""
        return None if self.figure is None else check_few(self.indicator, self.figure.denominator)

    @property
    def of_months(self) -> str:
        """How a quarter or a year stands to the published figures of its months; empty for a month."""
        return format_month_comparison(self.compared)

    @property
    def explained(self) -> Period | None:
        """The period whose change can be explained part by part: its own, or of a year the last month that
        ended. None where there is no value, or no part that adds up to it."""
        valued = [one for one in self.months or (self,) if one.figure and one.figure.value is not None]
        ended = [one for one in valued if one.figure and not one.figure.provisional] or valued
        period = ended[-1].period if ended else None
        return period if period and list_change_splits(self.indicator, period) else None

    @property
    def brief_reason(self) -> str:
        """The reason, without the sentence on what was delivered where all of it was."""
        if self.figure is None:
            return ""
        reason = self.figure.reason
        return reason.partition("。")[2] if self.figure.status is Status.VERIFIABLE else reason

    @property
    def coverage(self) -> str:
        return NO_DATA if self.figure is None else percent(self.figure.coverage)

    @property
    def bounds(self) -> str:
        """Worst to best case, or the survey's interval; empty where none is given."""
        figure = self.figure
        if figure is None or figure.low is None or figure.high is None:
            return ""
        unit = self.indicator.unit
        return f"{with_unit(figure.low, unit)}～{with_unit(figure.high, unit)}"

    @property
    def bounds_name(self) -> str:
        """What the interval is."""
        if self.indicator.wilson and self.kind == "full":
            return "95%置信区间"
        if self.figure is not None and not are_bounds_certain(self.indicator, self.figure):
            return "估计"
        return _BOUNDS[self.indicator.direction]

    @property
    def coverage_bar(self) -> Markup:
        share = None if self.figure is None else self.figure.coverage
        return charts.draw_coverage_bar(share, about=f"数据完整率 {self.coverage}")

    @property
    def told(self) -> str:
        """The whole fact in words, a line for each thing to say."""
        if self.figure is None:
            return f"{self.period.label}：尚未到期或尚未计算"
        provisional = "，本期未结束" if self.figure.provisional else ""
        lines = [
            f"{self.period.label}：{self.value}" + (f"，累计 {self.written_to_date}" if self.to_date else ""),
            self.parts + (f"（{self.few.words}，不判）" if self.few else ""),
            f"{self.figure.status.value}，数据完整率 {self.coverage}{provisional}",
            *(
                f"{name} {self.write_difference(one)}"
                for name, one in self.differences
                if one.amount is not None
            ),
        ]
        return "\n".join(line for line in lines if line)

    @property
    def to_date(self) -> Decimal | None:
        """From January to this month, of what grows towards a target of the year; None where that is not so,
        or not certain."""
        if not isinstance(self.period, Month) or self.figure is None or not accumulates(self.indicator):
            return None
        return compute_to_date(self.indicator, self.period, self.others.figures)

    @property
    def written_to_date(self) -> str:
        return NO_DATA if self.to_date is None else with_unit(self.to_date, self.indicator.unit)

    def write_difference(self, one: FigureDifference) -> str:
        """▲0.30个百分点 改善, ▼12 件, 持平."""
        if not one.amount:
            return NO_DATA if one.amount is None else one.course.value
        sign, size = "▲" if one.amount > 0 else "▼", abs(one.amount)
        written = f"{size:,f}个百分点" if self.indicator.unit == "%" else with_unit(size, self.indicator.unit)
        return f"{sign}{written} {one.course.value}".rstrip()

    def make_point(self, *, words: bool, here: bool = False) -> ChartPoint:
        """The period on a chart; with `words` it tells its fact when pointed at and leads to its page."""
        figure, grows = self.figure, accumulates(self.indicator) and isinstance(self.period, Month)
        value = None if figure is None else figure.value
        if grows and value is not None:
            value = self.to_date
        return ChartPoint(
            label=f"{self.period.month}月" if isinstance(self.period, Month) else str(self.period),
            value=value,
            told=self.told if words else "",
            status=self.kind,
            provisional=figure is not None and figure.provisional,
            few=self.few is not None,
            address=self._address if words and figure else "",
            written="" if value is None else with_unit(value, self.indicator.unit),
            year_before=self._value_year_before if words and not grows else None,
            here=here,
        )

    @property
    def has_year_before(self) -> bool:
        """Whether its chart has the line of the year before."""
        return not accumulates(self.indicator) and any(
            month._value_year_before is not None for month in self.months
        )

    @property
    def _value_year_before(self) -> Decimal | None:
        """The value of the same month of the year before, where both may be compared."""
        before = _find_before(self.period, Comparison.YEAR)
        figure = self.others.figures.get(before) if before else None
        if figure is None or figure.definition_version != self.indicator.version:
            return None
        return None if find_own_obstacle(self.indicator, figure) else figure.value

    @property
    def _address(self) -> str:
        """Of the period's own page of the indicator."""
        assert self.figure is not None
        return url_for(
            "indicator.indicator", center=self.figure.center, period=self.period, key=self.indicator.key
        )

    @cached_property
    def spark(self) -> Markup:
        return self._chart(charts.SPARK)

    @cached_property
    def mini(self) -> Markup:
        return self._chart(charts.MINI)

    @cached_property
    def wide(self) -> Markup:
        return self._chart(charts.WIDE)

    @cached_property
    def narrow(self) -> Markup:
        return self._chart(charts.NARROW)

    def _chart(self, frame: ChartFrame) -> Markup:
        return charts.draw_line_chart(
            [month.make_point(words=frame.words, here=month.period == self.chosen) for month in self.months],
            name=f"{self.indicator.key}-{frame.width}",
            about=f"{self.indicator.title}{'各月累计' if accumulates(self.indicator) else '各月'}",
            frame=frame,
            target=self._bound,
            unit=self.indicator.unit,
        )

    @property
    def _bound(self) -> Decimal | None:
        return None if self.indicator.target is None else self.indicator.target.bound


def _find_before(period: Period, against: Comparison) -> Period | None:
    """None before the first year there is."""
    try:
        return find_period_before(period, against)
    except PeriodProblem:
        return None


def view_year(
    indicator: Indicator,
    year: Year,
    figures: Mapping[Period, Figure],
    definitions: Definitions = PACKAGED,
    compared: MonthComparisons = NOT_COMPARED,
    before: OtherFigures | None = None,
) -> FigureView:
    """An indicator's year with its twelve months, each by the definition of its month.

    `before`: the figures of the year before, or why they were not read.
    """
    earlier = before or OtherFigures()
    others = earlier.joined(figures)
    months = tuple(
        FigureView(definitions.find_in_force(indicator.key, month), month, figures.get(month), others=others)
        for month in year.months
    )
    return FigureView(
        indicator, year, figures.get(year), months, compared.get((indicator.key, year)), others=others
    )

"""A figure as a page shows it: its words, its marks, its points on a chart."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from markupsafe import Markup

from kpi.figures.attainment import Judgement, TargetProgress, TooFew, are_bounds_certain, check_few, judge
from kpi.figures.definitions.in_force import PACKAGED, Definitions
from kpi.figures.figure import Figure, Status
from kpi.figures.from_months import NOT_COMPARED, MonthComparison, MonthComparisons
from kpi.figures.indicators import Direction, Indicator
from kpi.figures.patterns.changes import list_change_splits
from kpi.terminal_tables import format_month_comparison
from tracker.periods import Month, Period, Year
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
class FigureView:
    """One indicator of a centre in a period, and its months where a chart is drawn."""

    indicator: Indicator
    period: Period
    figure: Figure | None  # None: the period has not begun, or was not computed yet
    months: tuple["FigureView", ...] = ()
    compared: MonthComparison | None = None  # of a quarter or a year with locked months: beside those
    progress: TargetProgress | None = None  # of a month or quarter, towards a target that is set for the year

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

    @property
    def judged(self) -> Judgement | None:
        """Whether the target is reached; None where there is no target or no value."""
        return judge(self.indicator, self.figure)

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
        """The whole fact in one line, for hovering and for those who cannot see the chart."""
        if self.figure is None:
            return f"{self.period.label}：尚未到期或尚未计算"
        texts = [self.parts, f"{self.few.words}，不判" if self.few else ""]
        parts = "".join(f"（{one}）" for one in texts if one)
        provisional = "，本期未结束" if self.figure.provisional else ""
        return f"{self.period.label}：{self.value}{parts}，{self.figure.status.value}{provisional}"

    def make_point(self, words: str = "") -> ChartPoint:
        """The period on a chart; `told` is what it says when pointed at."""
        figure = self.figure
        return ChartPoint(
            label=f"{self.period.month}月" if isinstance(self.period, Month) else str(self.period),
            value=None if figure is None else figure.value,
            told=words,
            status=self.kind,
            provisional=figure is not None and figure.provisional,
            few=self.few is not None,
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
        captions = [month.told if frame.words else "" for month in self.months]
        return charts.draw_line_chart(
            [month.make_point(words) for month, words in zip(self.months, captions, strict=True)],
            name=f"{self.indicator.key}-{frame.width}",
            about=f"{self.indicator.title}各月：{'；'.join(captions) if frame.words else '见该指标的页面'}",
            frame=frame,
            target=self._bound,
            unit=self.indicator.unit,
        )

    @property
    def _bound(self) -> Decimal | None:
        return None if self.indicator.target is None else self.indicator.target.bound


def view_year(
    indicator: Indicator,
    year: Year,
    figures: Mapping[Period, Figure],
    definitions: Definitions = PACKAGED,
    compared: MonthComparisons = NOT_COMPARED,
) -> FigureView:
    """An indicator's year with its twelve months, each by the definition of its month."""
    months = tuple(
        FigureView(definitions.find_in_force(indicator.key, month), month, figures.get(month))
        for month in year.months
    )
    return FigureView(indicator, year, figures.get(year), months, compared.get((indicator.key, year)))

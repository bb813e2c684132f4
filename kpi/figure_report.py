"""Figures as plain text for a person at a terminal."""

import re
from collections.abc import Iterator, Mapping, Sequence

from kpi.figures.counted_rows import PartName
from kpi.figures.figure import Figure, Status
from kpi.figures.from_months import NOT_COMPARED, MonthComparison, MonthComparisons
from kpi.figures.gap_words import find_remedy
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.locked_figures import Position
from kpi.figures.results import Freshness
from kpi.figures.rows import RowPage
from kpi.figures.sources import SOURCES
from kpi.figures.tracing import TracedFigure
from kpi.terminal_tables import (
    LEFT,
    RIGHT,
    align_rows,
    clean_cells,
    format_month_comparison,
    format_number,
    format_parts,
    format_share,
    format_target,
    format_value,
)
from tracker.events.times import BEIJING
from tracker.periods import Month, Period, Quarter

_COMPLETE = re.compile(r"[^。]+：应报[^。]+，已报[^。]+。")  # nothing is lacking
_HEADER = ("指标", "数值", "分子 ÷ 分母", "目标", "数据完整率", "数据状态", "锁定", "溯源码")
_SIDES = LEFT + RIGHT + RIGHT + LEFT + RIGHT + LEFT * 3

ByPeriod = Mapping[str, Mapping[Period, Figure]]  # indicator → period → figure
Groups = Sequence[tuple[str, Sequence[Indicator]]]  # title of the group, its indicators


def format_heading(center: str, span: Period, fresh: Freshness, on: Position | None = None) -> str:
    """Whose figures, of which period, computed at which log position, or as known on which."""
    if isinstance(on, int):
        return f"{center} {span.label}，截至数据日志第{on:,}号所知"
    if on is not None:
        return f"{center} {span.label}，截至{on.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}所知"
    if fresh.computed_at is None:
        return f"{center} {span.label}"
    at = f"{fresh.computed_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    return f"{center} {span.label}，计算至数据日志第{fresh.computed_seq:,}号（{at}）"


def list_shorter_periods(span: Period) -> tuple[Period, ...]:
    """The shorter periods that are printed with a longer one: quarters, then months."""
    if isinstance(span, Month):
        return ()
    if isinstance(span, Quarter):
        return span.months
    return (*(Quarter(span.year, number) for number in range(1, 5)), *span.months)


def format_figures(
    figures: ByPeriod, span: Period, groups: Groups, compared: MonthComparisons = NOT_COMPARED
) -> Iterator[str]:
    """A period in full, by the definitions in force in it, and the values of its quarters and months."""
    yield from format_period(figures, span, groups, compared)
    yield from format_periods(
        figures, [one for one in list_shorter_periods(span) if isinstance(one, Quarter)]
    )
    yield from format_periods(figures, [one for one in list_shorter_periods(span) if isinstance(one, Month)])
    yield ""
    yield (
        "带*的期间尚未结束；—表示缺数据，不是0。口径见 hotline catalogue；加 指标编码 --rows 查看明细；"
        "hotline code 溯源码 查询某个数字。"
    )


def format_period(
    figures: ByPeriod, period: Period, groups: Groups, compared: MonthComparisons = NOT_COMPARED
) -> Iterator[str]:
    """One line for each indicator, group by group; what is not 可核实 says why below its line."""
    sections = [
        (title, [(one, figures[one.key][period]) for one in indicators if period in figures.get(one.key, {})])
        for title, indicators in groups
    ]
    rows = [_HEADER, *(_format_figure(one, figure) for _, pairs in sections for one, figure in pairs)]
    header, *aligned = align_rows(rows, _SIDES)
    yield header
    following, last_reason = iter(aligned), ""
    for title, pairs in sections:
        if pairs:
            yield f"【{title}】"
        for _, figure in pairs:
            yield next(following)
            yield from _format_remarks(figure, last_reason)
            beside = compared.get((figure.indicator, period))
            if beside is not None and not beside.agrees:
                yield from _format_comparison(beside)
            last_reason = figure.reason
    agreeing = sum(one.agrees is True for (_, of), one in compared.items() if of == period)
    if agreeing:
        yield f"{period.label}有{agreeing}个数字与各月公布的数字合计一致。"
    yield from _format_remedies([pair for _, pairs in sections for pair in pairs])


def format_periods(figures: ByPeriod, periods: Sequence[Period]) -> Iterator[str]:
    """The values of several periods side by side, six at a time."""
    for start in range(0, len(periods), 6):
        block = periods[start : start + 6]
        rows = [("指标", *(_abbreviate(period) for period in block))]
        for key, indicator in INDICATORS.items():
            by_period = figures.get(key, {})
            if any(period in by_period for period in block):
                rows.append((indicator.title, *(format_value(by_period.get(period)) for period in block)))
        if len(rows) > 1:
            yield ""
            yield from align_rows(rows, LEFT + RIGHT * len(block))


def format_indicator(
    indicator: Indicator,
    figures: Sequence[Figure],
    versions: Sequence[Indicator] = (),
    compared: MonthComparisons = NOT_COMPARED,
) -> Iterator[str]:
    """One indicator, a line for each period; `versions` are those by which the periods were counted."""
    version_text = "、".join(_format_version(one) for one in versions) or _format_version(indicator)
    yield f"{indicator.title}（{indicator.key}，口径{version_text}）"
    rows = [
        ("统计期", *_HEADER[1:]),
        *((str(one.period), *_format_figure(indicator, one)[1:]) for one in figures),
    ]
    header, *aligned = align_rows(rows, _SIDES)
    yield header
    for line, figure in zip(aligned, figures, strict=True):
        yield line
        yield from _format_remarks(figure)
        yield from _format_comparison(compared.get((figure.indicator, figure.period)))
    yield from _format_remedies([(indicator, figure) for figure in figures])


def format_traced(traced: TracedFigure, center: str) -> Iterator[str]:
    """The figure that bears a code: its numbers, since when, and whether it still stands."""
    figure = traced.figure
    declared = INDICATORS.get(figure.indicator)
    yield f"{figure.code}  {center} {figure.period.label} {declared.title if declared else figure.indicator}"
    yield f"数值：{format_value(figure)}（{figure.status.value}：{figure.reason}）"
    if figure.numerator is not None:
        yield f"分子 ÷ 分母：{format_parts(figure) or format_number(figure.numerator)}"
    if figure.low is not None and figure.high is not None:
        yield f"区间：{figure.low:,f}至{figure.high:,f}{figure.unit}，{figure.bounds}"
    yield f"数据完整率：{format_share(figure.coverage)}；口径第{figure.definition_version}版"
    at = f"{traced.since.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    if figure.vintage == 0:
        yield f"未锁定，{at}首次计算，当时数据日志至第{traced.since_seq:,}号。"
    else:
        yield f"第{figure.vintage}版（{figure.lock.value}），{at}写入数据日志第{traced.since_seq:,}号。"
    yield _format_standing(traced)


def _format_standing(traced: TracedFigure) -> str:
    now = traced.now
    if traced.stands:
        return "仍为最新数字。"
    if now is None:
        return "现已无此数字。"
    what = "未锁定" if now.vintage == 0 else f"第{now.vintage}版（{now.lock.value}）"
    return f"已被{what}取代：{format_value(now)}，溯源码 {now.code}。"


def format_rows(rows: RowPage, offset: int, sealed: Figure | None = None) -> Iterator[str]:
    """The rows behind a figure, and whether they come to it; `sealed`: one that does not follow the facts."""
    yield from _format_listed(rows, offset)
    total = _format_total(rows)
    if rows.number is None:
        yield f"{total}。本指标的数字不是行的合计。"
    elif rows.agrees:
        yield f"{total}，与指标的数字一致。"
    elif sealed is None:
        yield f"{total}，指标的数字是{format_number(rows.number)}：此后有新记录，请重新运行本命令。"
    else:
        yield f"{total}，指标的数字是{format_number(rows.number)}：数字已锁定，以上是现在的行。"
        yield f"锁定时的行见 hotline code {sealed.code}，锁定以后的变化见页面“月度审核”。"


def format_rows_as_of(rows: RowPage, offset: int, figure: Figure) -> Iterator[str]:
    """The rows behind a figure as of the log position that it was computed or sealed at."""
    yield from _format_listed(rows, offset)
    out = _format_total(rows)
    if rows.number is None:
        none = figure.numerator is None
        yield f"{out}。{f'当时没有数字：{figure.reason}' if none else '本指标的数字不是行的合计。'}"
    elif rows.agrees:
        yield f"{out}，与当时的数字一致。"
    else:
        yield (
            f"{out}，当时的数字是{format_number(rows.number)}："
            "统计程序已升级，以下明细与当时的数字不可直接核对。"
        )


def format_earlier_value(figure: Figure) -> str:
    """Which figure the rows of then are behind: where the log stood, its value, its code."""
    code = f"溯源码 {figure.code}" if figure.code else "当时没有算过，由截至当时的记录计算"
    return f"数据日志到第{figure.log_seq:,}号时，数字是{format_value(figure)}（{code}）"


def name_side(part: str) -> str:
    """分子 or 分母."""
    return "分子" if PartName(part) is PartName.NUMERATOR else "分母"


def _format_listed(rows: RowPage, offset: int) -> Iterator[str]:
    cells = [("序号", "归属日期", *rows.columns, "计入", "记录号", "对象")]
    for place, row in enumerate(rows.rows, start=offset + 1):
        adds = f"{row.counted} {row.adds.normalize():f}"
        cells.append(
            (str(place), row.day.isoformat(), *clean_cells(row.cells), adds, str(row.seq), row.subject)
        )
    yield from align_rows(cells, RIGHT + LEFT * (len(cells[0]) - 1))
    yield ""
    if len(rows.rows) < rows.count:
        yield f"以上为第{offset + 1}至{offset + len(rows.rows)}行。"


def _format_total(rows: RowPage) -> str:
    total = f"共{rows.count:,}行，合计{format_number(rows.total)}{rows.unit}"
    if rows.divisor > 1:
        total += f"，÷{rows.divisor}个月={format_number(rows.total / rows.divisor)}{rows.unit}"
    return total


def _format_figure(indicator: Indicator, figure: Figure) -> tuple[str, ...]:
    return (
        indicator.title,
        format_value(figure),
        format_parts(figure),
        format_target(indicator, figure),
        format_share(figure.coverage),
        figure.status.value,
        figure.lock.value,
        figure.code,
    )


def _format_version(indicator: Indicator) -> str:
    began = f"（自{indicator.effective_from.label}起）" if indicator.effective_from else ""
    return f"第{indicator.version}版{began}"


def _format_remarks(figure: Figure, last_reason: str = "") -> Iterator[str]:
    """Reason and interval of a figure; a reason just `said` is not said again."""
    plain = figure.status is Status.VERIFIABLE and _COMPLETE.fullmatch(figure.reason) is not None
    if not plain and figure.reason != last_reason:
        yield f"    └ {figure.reason}"
    if figure.low is not None and figure.high is not None:
        yield f"    └ 在{figure.low:,f}至{figure.high:,f}{figure.unit}之间：{figure.bounds}。"


def _format_comparison(comparison: MonthComparison | None) -> Iterator[str]:
    if comparison is not None:
        yield f"    └ {format_month_comparison(comparison)}"


def _format_remedies(figures: Sequence[tuple[Indicator, Figure]]) -> Iterator[str]:
    """What mends the gaps of the figures."""
    lines = dict.fromkeys(
        f"  {SOURCES[gap.source].title}：{find_remedy(gap)}" for _, figure in figures for gap in figure.gaps
    )
    if lines:
        yield ""
        yield "处理办法："
        yield from lines


def _abbreviate(period: Period) -> str:
    if isinstance(period, Month):
        return f"{period.month}月"
    return str(period)

"""Figures as plain text for a person at a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from kpi.figures.figure import Figure, Status
from kpi.figures.from_months import NOT_COMPARED, Compared, OfMonths
from kpi.figures.gap_words import remedy_of
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.locked_figures import Position
from kpi.figures.results import Freshness
from kpi.figures.rows import PartName, Rows
from kpi.figures.sources import SOURCES
from kpi.figures.tracing import Traced
from kpi.terminal_tables import (
    LEFT,
    RIGHT,
    lines,
    number_text,
    of_months_text,
    parts_text,
    printable,
    share_text,
    target_text,
    value_text,
)
from tracker.events.times import BEIJING
from tracker.periods import Month, Period, Quarter

_HEADER = ("指标", "数值", "分子 ÷ 分母", "目标", "有据率", "状态", "锁定", "溯源码")
_SIDES = LEFT + RIGHT + RIGHT + LEFT + RIGHT + LEFT * 3

ByPeriod = Mapping[str, Mapping[Period, Figure]]  # indicator → period → figure
Groups = Sequence[tuple[str, Sequence[Indicator]]]  # title of the group, its indicators


def heading(center: str, span: Period, fresh: Freshness, on: Position | None = None) -> str:
    """Whose figures, of which period, computed at which log position, or as known on which."""
    if isinstance(on, int):
        return f"{center} {span.label}，截至事件日志第{on:,}号所知"
    if on is not None:
        return f"{center} {span.label}，截至{on.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}所知"
    if fresh.computed_at is None:
        return f"{center} {span.label}"
    at = f"{fresh.computed_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    return f"{center} {span.label}，计算至事件日志第{fresh.computed_seq:,}号（{at}）"


def parts_of(span: Period) -> tuple[Period, ...]:
    """The shorter periods that are printed with a longer one: quarters, then months."""
    if isinstance(span, Month):
        return ()
    if isinstance(span, Quarter):
        return span.months
    return (*(Quarter(span.year, number) for number in range(1, 5)), *span.months)


def of_all(
    figures: ByPeriod, span: Period, groups: Groups, compared: Compared = NOT_COMPARED
) -> Iterator[str]:
    """A period in full, by the definitions in force in it, and the values of its quarters and months."""
    yield from of_period(figures, span, groups, compared)
    yield from of_parts(figures, [one for one in parts_of(span) if isinstance(one, Quarter)])
    yield from of_parts(figures, [one for one in parts_of(span) if isinstance(one, Month)])
    yield ""
    yield (
        "带*的期间尚未结束；—表示无法核实，不是0。口径见 hotline catalogue；加 指标编码 --rows 看背后的行；"
        "hotline code 溯源码 找回某个数字。"
    )


def of_period(
    figures: ByPeriod, period: Period, groups: Groups, compared: Compared = NOT_COMPARED
) -> Iterator[str]:
    """One line for each indicator, group by group; what is not 可核实 says why below its line."""
    chosen = [
        (title, [(one, figures[one.key][period]) for one in indicators if period in figures.get(one.key, {})])
        for title, indicators in groups
    ]
    rows = [_HEADER, *(_row(one, figure) for _, found in chosen for one, figure in found)]
    header, *aligned = lines(rows, _SIDES)
    yield header
    following, said = iter(aligned), ""
    for title, found in chosen:
        if found:
            yield f"【{title}】"
        for _, figure in found:
            yield next(following)
            yield from _remarks(figure, said)
            beside = compared.get((figure.indicator, period))
            if beside is not None and not beside.agrees:
                yield from _of_months(beside)
            said = figure.reason
    agreeing = sum(one.agrees is True for (_, of), one in compared.items() if of == period)
    if agreeing:
        yield f"{period.label}有{agreeing}个数字与各月公布的数字合计一致。"
    yield from _remedies([pair for _, found in chosen for pair in found])


def of_parts(figures: ByPeriod, periods: Sequence[Period]) -> Iterator[str]:
    """The values of several periods side by side, six at a time."""
    for start in range(0, len(periods), 6):
        block = periods[start : start + 6]
        rows = [("指标", *(_short(period) for period in block))]
        for key, indicator in INDICATORS.items():
            found = figures.get(key, {})
            if any(period in found for period in block):
                rows.append((indicator.title, *(value_text(found.get(period)) for period in block)))
        if len(rows) > 1:
            yield ""
            yield from lines(rows, LEFT + RIGHT * len(block))


def of_indicator(
    indicator: Indicator,
    figures: Sequence[Figure],
    versions: Sequence[Indicator] = (),
    compared: Compared = NOT_COMPARED,
) -> Iterator[str]:
    """One indicator, a line for each period; `versions` are those by which the periods were counted."""
    told = "、".join(_version(one) for one in versions) or _version(indicator)
    yield f"{indicator.title}（{indicator.key}，口径{told}）"
    rows = [("统计期", *_HEADER[1:]), *((str(one.period), *_row(indicator, one)[1:]) for one in figures)]
    header, *aligned = lines(rows, _SIDES)
    yield header
    for line, figure in zip(aligned, figures, strict=True):
        yield line
        yield from _remarks(figure)
        yield from _of_months(compared.get((figure.indicator, figure.period)))
    yield from _remedies([(indicator, figure) for figure in figures])


def of_code(traced: Traced, center: str) -> Iterator[str]:
    """The figure that bears a code: its numbers, since when, and whether it still stands."""
    figure = traced.figure
    declared = INDICATORS.get(figure.indicator)
    yield f"{figure.code}  {center} {figure.period.label} {declared.title if declared else figure.indicator}"
    yield f"数值：{value_text(figure)}（{figure.status.value}：{figure.reason}）"
    if figure.numerator is not None:
        yield f"分子 ÷ 分母：{parts_text(figure) or number_text(figure.numerator)}"
    if figure.low is not None and figure.high is not None:
        yield f"区间：{figure.low:,f}至{figure.high:,f}{figure.unit}，{figure.bounds}"
    yield f"有据率：{share_text(figure.coverage)}；口径第{figure.definition_version}版"
    at = f"{traced.since.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    if figure.vintage == 0:
        yield f"暂定数，{at}首次算出，当时事件日志到第{traced.since_seq:,}号。"
    else:
        yield f"第{figure.vintage}版（{figure.lock.value}），{at}写入事件日志第{traced.since_seq:,}号。"
    yield _standing(traced)


def _standing(traced: Traced) -> str:
    now = traced.now
    if traced.stands:
        return "现在仍是这个数字。"
    if now is None:
        return "现在没有这个数字了。"
    what = "暂定数" if now.vintage == 0 else f"第{now.vintage}版（{now.lock.value}）"
    return f"已被{what}取代：{value_text(now)}，溯源码 {now.code}。"


def of_rows(rows: Rows, offset: int, sealed: Figure | None = None) -> Iterator[str]:
    """The rows behind a figure, and whether they come to it; `sealed`: one that does not follow the facts."""
    yield from _listed(rows, offset)
    total = _total(rows)
    if rows.number is None:
        yield f"{total}。本指标的数字不是行的合计。"
    elif rows.agrees:
        yield f"{total}，与指标的数字一致。"
    elif sealed is None:
        yield f"{total}，指标的数字是{number_text(rows.number)}：此后又有新的事件，请重新运行本命令。"
    else:
        yield f"{total}，指标的数字是{number_text(rows.number)}：数字已锁定，以上是现在的行。"
        yield f"锁定时的行见 hotline code {sealed.code}，锁定以后的变化见页面“关账”。"


def of_rows_then(rows: Rows, offset: int, figure: Figure) -> Iterator[str]:
    """The rows behind a figure as of the log position that it was computed or sealed at."""
    yield from _listed(rows, offset)
    total = _total(rows)
    if rows.number is None:
        none = figure.numerator is None
        yield f"{total}。{f'当时没有数字：{figure.reason}' if none else '本指标的数字不是行的合计。'}"
    elif rows.agrees:
        yield f"{total}，与当时的数字一致。"
    else:
        yield f"{total}，当时的数字是{number_text(rows.number)}：此后程序数行的办法有变，不能用这些行说明它。"


def told_then(figure: Figure) -> str:
    """Which figure the rows of then are behind: where the log stood, its value, its code."""
    code = f"溯源码 {figure.code}" if figure.code else "当时没有算过，由截至那时的事件算出"
    return f"事件日志到第{figure.log_seq:,}号时，数字是{value_text(figure)}（{code}）"


def side(part: str) -> str:
    """分子 or 分母."""
    return "分子" if PartName(part) is PartName.NUMERATOR else "分母"


def _listed(rows: Rows, offset: int) -> Iterator[str]:
    cells = [("序号", "归入日期", *rows.columns, "计入", "事件号", "事物")]
    for place, row in enumerate(rows.rows, start=offset + 1):
        adds = f"{row.counted} {row.adds.normalize():f}"
        cells.append(
            (str(place), row.day.isoformat(), *printable(row.cells), adds, str(row.seq), row.subject)
        )
    yield from lines(cells, RIGHT + LEFT * (len(cells[0]) - 1))
    yield ""
    if len(rows.rows) < rows.count:
        yield f"以上为第{offset + 1}至{offset + len(rows.rows)}行。"


def _total(rows: Rows) -> str:
    total = f"共{rows.count:,}行，合计{number_text(rows.total)}{rows.unit}"
    if rows.divisor > 1:
        total += f"，÷{rows.divisor}个月={number_text(rows.total / rows.divisor)}{rows.unit}"
    return total


def _row(indicator: Indicator, figure: Figure) -> tuple[str, ...]:
    return (
        indicator.title,
        value_text(figure),
        parts_text(figure),
        target_text(indicator, figure),
        share_text(figure.coverage),
        figure.status.value,
        figure.lock.value,
        figure.code,
    )


def _version(indicator: Indicator) -> str:
    began = f"（自{indicator.effective_from.label}起）" if indicator.effective_from else ""
    return f"第{indicator.version}版{began}"


def _remarks(figure: Figure, said: str = "") -> Iterator[str]:
    """Reason and interval of a figure; a reason just `said` is not said again."""
    plain = figure.status is Status.VERIFIABLE and figure.reason.endswith("有据。")
    if not plain and figure.reason != said:
        yield f"    └ {figure.reason}"
    if figure.low is not None and figure.high is not None:
        yield f"    └ 在{figure.low:,f}至{figure.high:,f}{figure.unit}之间：{figure.bounds}。"


def _of_months(found: OfMonths | None) -> Iterator[str]:
    if found is not None:
        yield f"    └ {of_months_text(found)}"


def _remedies(found: Sequence[tuple[Indicator, Figure]]) -> Iterator[str]:
    """What mends the gaps of the figures."""
    lines = dict.fromkeys(
        f"  {SOURCES[gap.source].title}：{remedy_of(gap)}" for _, figure in found for gap in figure.gaps
    )
    if lines:
        yield ""
        yield "怎么补："
        yield from lines


def _short(period: Period) -> str:
    if isinstance(period, Month):
        return f"{period.month}月"
    return str(period)

"""一、基本情况: what a month came to, in sentences; each number is that of a figure of the report."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from kpi.figures.attainment import TargetProgress, judge
from kpi.figures.figure import Status
from kpi.figures.indicators.target import Attainment, Sense, Target
from kpi.handover.monthly.report import FigureLine, MonthlyReport, PeriodFigures

_MOST_MISSED = 5  # indicators below their target that are named
_SIDES = {Sense.AT_LEAST: "以上", Sense.AT_MOST: "以内"}


@dataclass(frozen=True)
class _Clause:
    """An indicator as it is told: 接通率98.48%; `parts` says first what it was divided from."""

    key: str
    name: str
    parts: str = ""


_SENTENCES: tuple[tuple[_Clause, ...], ...] = (
    (
        _Clause("calls_inbound", "共受理来电"),
        _Clause("calls_offered", "人工请求"),
        _Clause("calls_answered", "人工接听"),
        _Clause("call_answer_rate", "接通率"),
        _Clause("call_answer_within_15s_rate", "15秒接通率"),
    ),
    (
        _Clause("work_orders_opened", "受理工单"),
        _Clause("work_order_on_time_rate", "按时办结率", "应办结{below}件，按时办结{above}件，"),
        _Clause("work_order_follow_up_rate", "回访率", "回访{above}件，"),
        _Clause("work_order_resolution_rate", "解决率"),
        _Clause("work_order_satisfaction_rate", "满意率"),
    ),
    (_Clause("staff_in_post", "期末在岗"), _Clause("staffing_in_post_rate", "人员到位率")),
    (_Clause("platform_uptime_rate", "平台运转率"),),
    (
        _Clause("payment_on_time_rate", "支付及时率", "应支付款项{below}笔，按时支付{above}笔，"),
        _Clause("budget_execution_rate", "预算执行率（占到位资金）"),
    ),
)


def describe_month(report: MonthlyReport) -> Iterator[str]:
    """The month in a paragraph, then how it stands to its targets."""
    lines = {line.indicator.key: line for line in report.parts[0].lines}
    told = [text for clauses in _SENTENCES if (text := _format_sentence(clauses, lines))]
    yield f"{report.month.label}，热线{'。'.join(told)}。" if told else f"{report.month.label}尚无业务数据。"
    for part in report.parts:
        yield from _describe_judged(part)
    if len(report.parts) < 3:  # of a whole year the year's own figures are judged
        yield from _describe_progress(report.parts[0])


def format_amount(value: Decimal, unit: str) -> str:
    """A value with its unit as papers print it: 3,184通, 98.48%; money in 万元 with two decimals."""
    if unit == "元":
        return f"{(value / 10_000).quantize(Decimal('0.01'), ROUND_HALF_UP):,f}万元"
    return f"{value:,f}{unit}"


def _format_sentence(clauses: tuple[_Clause, ...], lines: Mapping[str, FigureLine]) -> str:
    texts = (_format_clause(clause, lines[clause.key]) for clause in clauses if clause.key in lines)
    return "，".join(filter(None, texts))


def _format_clause(clause: _Clause, line: FigureLine) -> str:
    figure = line.figure
    if figure.status is Status.NOT_APPLICABLE:
        return ""
    if figure.value is None:
        return f"{clause.name}无法核实"
    remarks = [Status.PARTLY.value] if figure.status is Status.PARTLY else []
    judged = judge(line.indicator, figure)
    if judged is not None and line.indicator.target is not None:
        remarks.append(f"目标{_format_target(line.indicator.target, line.indicator.unit)}")
        remarks.append(judged.attainment.value)
        remarks += [judged.remark] if judged.remark else []
    parts = clause.parts.format(above=_format_part(figure.numerator), below=_format_part(figure.denominator))
    remark = f"（{'，'.join(remarks)}）" if remarks else ""
    return f"{parts}{clause.name}{format_amount(figure.value, line.indicator.unit)}{remark}"


def _format_part(number: Fraction | None) -> str:
    return (
        "" if number is None else f"{int(number):,}" if number.denominator == 1 else f"{float(number):,.2f}"
    )


def _format_target(target: Target, unit: str) -> str:
    return f"{target.bound}{unit}{_SIDES.get(target.sense, '')}"


def _describe_judged(part: PeriodFigures) -> Iterator[str]:
    """How many of the targets that are set for the period were reached."""
    lines = [
        line
        for line in part.lines
        if line.indicator.target is not None and line.indicator.target.span.holds(part.period)
    ]
    if not lines:
        return
    found: dict[str, list[FigureLine]] = {}
    for line in lines:
        judged = judge(line.indicator, line.figure)
        word = line.figure.status.value if judged is None else judged.attainment.value
        found.setdefault(word, []).append(line)
    words = (*(one.value for one in Attainment), Status.UNVERIFIABLE.value, Status.NOT_APPLICABLE.value)
    counts = [
        f"{word}{len(found[word])}项{_name_missed(word, found[word])}" for word in words if word in found
    ]
    yield f"{part.period.label}设有目标的{len(lines)}项指标中，{'，'.join(counts)}。"


def _name_missed(word: str, lines: list[FigureLine]) -> str:
    if word != Attainment.MISSED.value:
        return ""
    named = "；".join(_format_missed(line) for line in lines[:_MOST_MISSED])
    return f"（{named}{'等' if len(lines) > _MOST_MISSED else ''}）"


def _format_missed(line: FigureLine) -> str:
    indicator, value = line.indicator, line.figure.value
    assert indicator.target is not None and value is not None
    gap = value - indicator.target.bound
    side = "高于" if gap > 0 else "低于"
    unit = "个百分点" if indicator.unit == "%" else indicator.unit
    apart = f"{side}目标{format_amount(abs(gap), unit)}" if gap else "与目标略有差距"
    return f"{indicator.title}{format_amount(value, indicator.unit)}，{apart}"


def _describe_progress(part: PeriodFigures) -> Iterator[str]:
    """How targets of the year are coming, of the months so far together."""
    yearly = [
        line
        for line in part.lines
        if line.indicator.target is not None and not line.indicator.target.span.holds(part.period)
    ]
    if not yearly:
        return
    comparable = [line.progress for line in yearly if line.progress is not None and line.progress.few is None]
    behind = [one for one in comparable if not _is_met(one)]
    named = "；".join(f"{one.indicator.title}{one.words}" for one in behind[:_MOST_MISSED])
    more = "等" if len(behind) > _MOST_MISSED else ""
    counts = [f"累计达到目标水平{len(comparable) - len(behind)}项"]
    counts += [f"未达到{len(behind)}项（{named}{more}）"] if behind else []
    rest = len(yearly) - len(comparable)
    counts += [f"数据不全或件数过少、暂不比较{rest}项"] if rest else []
    yield f"按更长期间设定目标的{len(yearly)}项指标中，截至本月{'，'.join(counts)}；是否达标以期末为准。"


def _is_met(progress: TargetProgress) -> bool:
    return progress.target.sense.met(progress.value, Fraction(progress.target.bound))

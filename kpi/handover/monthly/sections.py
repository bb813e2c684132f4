"""The sections of a monthly report, as words and tables that every rendering prints alike."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from kpi.closing.exemptions import format_expiry
from kpi.closing.states import Exemption
from kpi.figures.controls.checking import TotalCheck
from kpi.handover.monthly.overview import describe_month
from kpi.handover.monthly.report import (
    FigureLine,
    MonthlyReport,
    PeriodFigures,
    PrintedFigure,
    Restatement,
    format_minute,
)
from kpi.terminal_tables import NO_VALUE, format_month_comparison


@dataclass(frozen=True)
class TextBlock:
    """A sentence or more."""

    kind: ClassVar[str] = "words"
    text: str


@dataclass(frozen=True)
class HeadingBlock:
    """A heading within a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class TableBlock:
    """A table. A row of one cell is a heading within it."""

    kind: ClassVar[str] = "grid"
    table: str  # its name in the Word template
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]  # shares of the page's width
    numbers: tuple[int, ...] = ()  # columns of numbers
    codes: tuple[int, ...] = ()  # columns of codes and digests


Block = TextBlock | HeadingBlock | TableBlock


@dataclass(frozen=True)
class Section:
    """A section with its heading: 一、基本情况, 附件1 指标口径."""

    title: str
    blocks: tuple[Block, ...]


_NUMERALS = "一二三四五六七八九十"
_BEFORE_AFTER = ("更正前", "更正后")
_HELD_NOW = ("已锁定", "最新数据")
_NOTES = (
    "注：1.“—”表示缺数据，不是0。"
    "2.数据完整率＝实际报送天数÷应报送天数（按小时、月报送的按相应单位计算）。"
    "3.凭溯源码可在系统中查询该数据的明细和口径。"
)


def build_sections(report: MonthlyReport) -> tuple[Section, ...]:
    """The numbered sections, up to the signatures."""
    return tuple(
        Section(f"{number}、{title}", tuple(blocks(report)))
        for number, (title, blocks) in zip(_NUMERALS, SECTIONS, strict=False)
    )


def build_appendices(report: MonthlyReport) -> tuple[Section, ...]:
    """What follows the signatures: every figure, its definition, and what the log is checked by."""
    return tuple(Section(title, tuple(blocks(report))) for title, blocks in APPENDICES)


def _build_overview(report: MonthlyReport) -> Iterator[Block]:
    yield from (TextBlock(text) for text in describe_month(report))


def _build_targets(report: MonthlyReport) -> Iterator[Block]:
    month = report.parts[0]
    rows = tuple(
        (
            line.indicator.title,
            line.indicator.unit,
            line.target,
            line.numbers.value,
            line.met or NO_VALUE,
            line.figure.status.value,
        )
        for line in month.lines
        if line.indicator.target is not None
    )
    header = ("指标", "计量单位", "目标值", "实际完成值", "完成情况", "数据状态")
    yield TableBlock("完成表", header, rows, (60, 20, 44, 30, 77, 30), numbers=(3,))
    yield TextBlock("全部指标的数值、分子、分母和溯源码见附表1。")


def _build_figures(report: MonthlyReport) -> Iterator[Block]:
    header = (
        "指标", "计量单位", "数值", "分子", "分母", "目标值", "数据完整率", "数据状态", "数据版本", "溯源码"
    )  # fmt: skip
    for part in report.parts:
        if part.period != report.month:
            yield HeadingBlock(f"{part.period.label}累计（随{report.month.label}一并锁定）")
        rows: list[tuple[str, ...]] = []
        for title, lines in part.groups:
            rows += [(title,), *(_make_figure_row(line) for line in lines)]
        widths = (56, 14, 24, 27, 27, 26, 17, 21, 21, 28)
        yield TableBlock("指标表", header, tuple(rows), widths, numbers=(2, 3, 4, 6), codes=(9,))
        yield from _describe_months(part)
    yield TextBlock(_NOTES)


def _describe_months(part: PeriodFigures) -> Iterator[Block]:
    """How a quarter or a year stands to the published figures of its months."""
    compared = [(line, line.of_months) for line in part.lines if line.of_months is not None]
    if not compared:
        return
    agreeing = sum(found.agrees is True for _, found in compared)
    yield TextBlock(f"{part.period.label}的数字中，{agreeing}项与各月公布的数字合计一致。")
    apart = [
        (line.indicator.title, format_month_comparison(found)) for line, found in compared if not found.agrees
    ]
    if apart:
        yield TableBlock("各月表", ("指标", "与各月公布的数字"), tuple(apart), (56, 205))


def _make_figure_row(line: FigureLine) -> tuple[str, ...]:
    text = line.numbers
    return (
        line.indicator.title, line.indicator.unit, text.value, text.numerator, text.denominator,
        f"{line.target} {line.met}".strip(), text.coverage, line.figure.status.value, line.vintage, text.code,
    )  # fmt: skip


def _build_gaps(report: MonthlyReport) -> Iterator[Block]:
    if not report.lacks:
        yield TextBlock("本月各项数据均已报送，无缺失。")
    else:
        rows = tuple(
            (
                lack.reason,
                lack.status.value,
                "、".join(dict.fromkeys(indicator.title for indicator, _ in lack.affected)),
                lack.remedy,
            )
            for lack in report.lacks
        )
        header = ("缺失数据", "数据状态", "影响指标", "处理办法")
        yield TableBlock("缺失表", header, rows, (60, 22, 100, 79))
    if report.bounded:
        yield TextBlock("因数据缺失或采用抽样调查，下列指标给出估计区间：")
        bounded = tuple(
            (line.indicator.title, f"{line.numbers.value}{line.indicator.unit}", line.bounds)
            for line in report.bounded
        )
        yield TableBlock("区间表", ("指标", "数值", "估计区间"), bounded, (80, 40, 141), numbers=(1,))


def _build_totals(report: MonthlyReport) -> Iterator[Block]:
    counts = (report.totals_passed, len(report.totals_failed), report.totals_unchecked)
    if not any(counts):
        yield TextBlock("本月未开展外部数据核对。")
        return
    passed, failed, unchecked = counts
    text = f"核对{sum(counts)}项，相符{passed}项，不符{failed}项，因缺数据无法核对{unchecked}项。"
    yield TextBlock(f"{text}不符的如下：" if failed else text)
    if failed:
        header = ("期间", "核对项目", "出具单位", "外部数", "系统数", "差异", "说明")
        rows = tuple(_make_total_row(one) for one in report.totals_failed)
        yield TableBlock("核对表", header, rows, (30, 40, 40, 28, 28, 25, 70), numbers=(3, 4, 5))


def _make_total_row(one: TotalCheck) -> tuple[str, ...]:
    stated, unit = one.stated, one.stated.control.unit
    return (
        stated.span,
        stated.control.title,
        stated.issued_by,
        f"{stated.value:f}{unit}",
        NO_VALUE if one.ours is None else f"{one.ours:f}{unit}",
        NO_VALUE if one.difference is None else f"{one.difference:+f}",
        one.reason,
    )


def _build_changes_since(report: MonthlyReport) -> Iterator[Block]:
    """Corrections, lifted locks, and what came after the lock; one sentence where there is nothing."""
    late = report.late
    moved = late is not None and bool(late.total or late.changes)
    if not (report.corrections or report.exemptions or moved):
        after = "，锁定后无数据变动" if report.locked else ""
        yield TextBlock(f"{_format_span(report)}，无数据更正，未办理限期解锁{after}。")
        return
    parts = (("数据更正", _build_corrections), ("限期解锁", _build_exemptions), ("锁定后变动", _build_late))
    for number, (title, blocks) in zip(_NUMERALS, parts if late is not None else parts[:2], strict=False):
        yield HeadingBlock(f"（{number}）{title}")
        yield from blocks(report)


def _format_span(report: MonthlyReport) -> str:
    since = report.corrections_since
    return f"自{since.month.label}锁定（{format_minute(since.sealed_at)}）以来" if since else "自启用以来"


def _build_corrections(report: MonthlyReport) -> Iterator[Block]:
    if not report.corrections:
        yield TextBlock(f"{_format_span(report)}，无数据更正。")
        return
    yield TextBlock(f"{_format_span(report)}对已锁定数字的更正，以及{report.month.label}的全部更正：")
    for one in report.corrections:
        yield TextBlock(one.heading)
        yield _build_changes("更正表", one.changes, _BEFORE_AFTER)


def _build_changes(table: str, changes: Sequence[Restatement], sides: tuple[str, str]) -> TableBlock:
    rows = tuple(
        (
            one.period, one.title, one.unit, one.before.value, _format_parts(one.before), one.after.value,
            _format_parts(one.after), f"{one.before.code} → {one.after.code}",
        )
        for one in changes
    )  # fmt: skip
    before, after = sides
    header = ("统计期", "指标", "计量单位", before, "分子 ÷ 分母", after, "分子 ÷ 分母", "溯源码")
    return TableBlock(table, header, rows, (18, 55, 12, 24, 40, 24, 40, 48), numbers=(3, 4, 5, 6), codes=(7,))


def _format_parts(numbers: PrintedFigure) -> str:
    return (
        numbers.numerator
        if numbers.denominator == NO_VALUE
        else f"{numbers.numerator} ÷ {numbers.denominator}"
    )


def _build_exemptions(report: MonthlyReport) -> Iterator[Block]:
    if not report.exemptions:
        yield TextBlock("未办理限期解锁。")
        return
    header = ("月份", "序号", "范围", "理由", "申请", "批准", "到期（不含）", "结束")
    rows = tuple(_make_exemption_row(one) for one in report.exemptions)
    yield TableBlock("解锁表", header, rows, (18, 12, 28, 53, 40, 40, 34, 36))


def _make_exemption_row(one: Exemption) -> tuple[str, ...]:
    return (
        str(one.month),
        str(one.number),
        one.scope,
        one.reason,
        f"{one.requested_by} {format_expiry(one.requested_at)}",
        f"{one.approved_by} {format_expiry(one.opened_at)}" if one.opened_at else "未批准",
        format_expiry(one.expires_at),
        f"{one.closed_by} {format_expiry(one.closed_at)}" if one.closed_at else "",
    )


def _build_late(report: MonthlyReport) -> Iterator[Block]:
    late = report.late
    if late is None or not (late.total or late.changes):
        yield TextBlock("锁定后无数据变动。")
        return
    moved = f"涉及{len(late.changes)}项数据，拟按程序更正" if late.changes else "不影响已锁定的数字"
    yield TextBlock(f"锁定后新增变动{late.total}条，{moved}。")
    if late.counts:
        rows = tuple((source, kind, str(count)) for source, kind, count in late.counts)
        yield TableBlock("条数表", ("来源", "类别", "条数"), rows, (60, 40, 30), numbers=(2,))
    if late.changes:
        yield _build_changes("变动表", late.changes, _HELD_NOW)


def _build_definitions(report: MonthlyReport) -> Iterator[Block]:
    rows = tuple(
        (one.indicator.title, one.version, one.since, one.formula, one.indicator.source, one.decided)
        for one in report.definitions
    )
    header = ("指标", "口径版本", "启用", "公式", "出处", "决定")
    yield TableBlock("口径表", header, rows, (50, 17, 22, 78, 58, 36))


def _build_verification(report: MonthlyReport) -> Iterator[Block]:
    yield TextBlock(
        f"数据校验信息（{report.algorithm}，十六进制，每四位一组）。本页盖章存档后，"
        "可据此核验数据日志和证据包是否被篡改。"
    )
    rows = tuple((mark.about, f"{mark.seq:,}", report.algorithm, mark.grouped) for mark in report.marks)
    key = ("证据包签名公钥指纹", NO_VALUE, "SHA-256", report.fingerprint or "尚未生成密钥")
    header = ("项目", "记录号", "算法", "校验值")
    yield TableBlock("校验表", header, (*rows, key), (46, 20, 20, 175), numbers=(1,), codes=(3,))


Builder = Callable[[MonthlyReport], Iterator[Block]]
SECTIONS: tuple[tuple[str, Builder], ...] = (
    ("基本情况", _build_overview),
    ("主要指标完成情况", _build_targets),
    ("数据报送情况", _build_gaps),
    ("数据核对情况", _build_totals),
    ("数据更正情况", _build_changes_since),
)
APPENDICES: tuple[tuple[str, Builder], ...] = (
    ("附表1 指标情况表", _build_figures),
    ("附件1 指标口径", _build_definitions),
    ("附件2 数据校验信息", _build_verification),
)
SIGNATURES = "签字盖章"
SIGNERS = ("单位负责人", "审核人", "填表人")

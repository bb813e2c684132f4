"""The sections of a monthly report, as words and tables that every rendering prints alike."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from kpi.closing.exemptions import format_expiry
from kpi.closing.states import Exemption
from kpi.figures.controls.checking import TotalCheck
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
    """A numbered section: 一、指标."""

    title: str
    blocks: tuple[Block, ...]


_NUMERALS = "一二三四五六七八九十"
_BEFORE_AFTER = ("更正前", "更正后")
_HELD_NOW = ("已锁定", "最新数据")


def build_sections(report: MonthlyReport) -> tuple[Section, ...]:
    """All sections but the signatures, numbered."""
    return tuple(
        Section(f"{number}、{title}", tuple(blocks(report)))
        for number, (title, blocks) in zip(_NUMERALS, SECTIONS, strict=False)
    )


def format_signatures_title() -> str:
    """The heading of the last section, which every rendering draws in its own way."""
    return f"{_NUMERALS[len(SECTIONS)]}、签章"


def _build_figures(report: MonthlyReport) -> Iterator[Block]:
    yield TextBlock(
        "分子、分母为精确数，数值按口径舍入；“—”表示没有数，不是0；数据完整率＝有据的天（小时、月）÷应有的，不封顶。"
        "凭溯源码可找回该数字、明细和口径。"
    )
    header = ("指标", "单位", "数值", "分子", "分母", "目标", "数据完整率", "状态", "数据版本", "溯源码")
    for part in report.parts:
        if part.period != report.month:
            yield HeadingBlock(f"随{report.month.label}一并锁定的{part.period.label}数字")
        rows: list[tuple[str, ...]] = []
        for title, lines in part.groups:
            rows += [(title,), *(_make_figure_row(line) for line in lines)]
        widths = (56, 12, 24, 27, 27, 26, 17, 21, 23, 28)
        yield TableBlock("指标表", header, tuple(rows), widths, numbers=(2, 3, 4, 6), codes=(9,))
        yield from _describe_months(part)


def _describe_months(part: PeriodFigures) -> Iterator[Block]:
    """How a quarter or a year stands to the published figures of its months."""
    compared = [(line, line.of_months) for line in part.lines if line.of_months is not None]
    if not compared:
        return
    agreeing = sum(found.agrees is True for _, found in compared)
    yield TextBlock(f"{part.period.label}的数字中，{agreeing}个与各月公布的数字合计一致。")
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
        yield TextBlock("没有数据缺失：以上数字除不适用的以外，都有导入记录证明。")
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
        yield TableBlock("缺失表", ("缺什么", "状态", "影响的指标", "补救办法"), rows, (60, 22, 100, 79))
    if report.bounded:
        yield TextBlock("以下数字因数据缺失，或因是抽样调查，另给出区间：")
        bounded = tuple(
            (line.indicator.title, f"{line.numbers.value}{line.indicator.unit}", line.bounds)
            for line in report.bounded
        )
        yield TableBlock("区间表", ("指标", "数值", "区间"), bounded, (80, 40, 141), numbers=(1,))


def _build_corrections(report: MonthlyReport) -> Iterator[Block]:
    since = report.corrections_since
    span = f"自{since.month.label}锁定（{format_minute(since.sealed_at)}）以来" if since else "自启用以来"
    if not report.corrections:
        yield TextBlock(f"{span}，没有更正。")
        return
    yield TextBlock(f"{span}对已锁定数字的更正，以及{report.month.label}的全部更正：")
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
    header = ("统计期", "指标", "单位", before, "分子 ÷ 分母", after, "分子 ÷ 分母", "溯源码")
    return TableBlock(table, header, rows, (18, 55, 12, 24, 40, 24, 40, 48), numbers=(3, 4, 5, 6), codes=(7,))


def _format_parts(numbers: PrintedFigure) -> str:
    return (
        numbers.numerator
        if numbers.denominator == NO_VALUE
        else f"{numbers.numerator} ÷ {numbers.denominator}"
    )


def _build_exemptions(report: MonthlyReport) -> Iterator[Block]:
    if not report.exemptions:
        yield TextBlock("没有限期解锁。")
        return
    header = ("月份", "号", "范围", "理由", "申请", "批准", "到期（不含）", "关闭")
    rows = tuple(_make_exemption_row(one) for one in report.exemptions)
    yield TableBlock("例外表", header, rows, (18, 9, 28, 56, 40, 40, 34, 36))


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
    if late is None:
        yield TextBlock(f"{report.month.label}尚未锁定；锁定以后到的数据才记入锁定后变动。")
    elif not late.total and not late.changes:
        yield TextBlock("锁定以后，没有迟到或更改的数据。")
    else:
        moved = (
            f"{len(late.changes)}个已锁定的数字与最新数据不再相符"
            if late.changes
            else "已锁定的数字与最新数据仍然相符"
        )
        yield TextBlock(f"锁定以后登记{late.total}条，已锁定的数字不动；{moved}。")
        if late.counts:
            rows = tuple((source, kind, str(count)) for source, kind, count in late.counts)
            yield TableBlock("迟到表", ("来源", "类别", "条数"), rows, (60, 40, 30), numbers=(2,))
        if late.changes:
            yield _build_changes("变动表", late.changes, _HELD_NOW)


def _build_totals(report: MonthlyReport) -> Iterator[Block]:
    others = report.totals_others
    if not report.totals_failed:
        sentence = f"登记的{others}项相符，或因数据缺失无法核对" if others else "本月没有登记外部核对数据"
        yield TextBlock(f"没有不符的外部核对数据（{sentence}）。")
        return
    header = ("期间", "核对项目", "出具单位", "对方", "本系统", "差异", "说明")
    rows = tuple(_make_total_row(one) for one in report.totals_failed)
    yield TableBlock("对账表", header, rows, (30, 40, 40, 28, 28, 25, 70), numbers=(3, 4, 5))
    if others:
        yield TextBlock(f"另有{others}项相符，或因数据缺失无法核对。")


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


def _build_definitions(report: MonthlyReport) -> Iterator[Block]:
    rows = tuple(
        (one.indicator.title, one.version, one.since, one.formula, one.indicator.source, one.decided)
        for one in report.definitions
    )
    yield TableBlock(
        "口径表", ("指标", "版本", "执行", "公式", "出处", "决定"), rows, (50, 15, 22, 80, 58, 36)
    )


def _build_verification(report: MonthlyReport) -> Iterator[Block]:
    yield TextBlock(
        f"以下哈希值为{report.algorithm}，十六进制，每四位一组。印在纸上、盖章存档以后，数据日志若被整体改写或截断，"
        "证据包若被整个换过，凭它们就能查出。"
    )
    rows = tuple((mark.about, str(mark.seq), report.algorithm, mark.grouped) for mark in report.marks)
    key = (
        "证据包签名公钥的指纹",
        NO_VALUE,
        "SHA-256",
        report.fingerprint or "还没有密钥（hotline package key 生成）",
    )
    header = ("是什么", "记录号", "算法", "哈希值")
    yield TableBlock("哈希表", header, (*rows, key), (46, 20, 20, 175), numbers=(1,), codes=(3,))
    yield TextBlock("照抄时空格可留可去，留则用引号括起来。")
    center = report.center.center_id
    head = f'--head "{report.marks[0].grouped}"'
    known_key = f' --key "{report.fingerprint}"' if report.fingerprint else ""
    checks = (
        ("数据日志是否被改写", f"hotline log verify --center {center} {head}"),
        ("证据包是否属实", f"hotline verify 证据包.zip {head}{known_key}"),
        ("某个数字从何而来", "hotline code 溯源码"),
    )
    yield TableBlock("核对表", ("核对什么", "怎么核对"), checks, (46, 215))


SECTIONS: tuple[tuple[str, Callable[[MonthlyReport], Iterator[Block]]], ...] = (
    ("指标", _build_figures),
    ("数据缺失", _build_gaps),
    ("更正", _build_corrections),
    ("限期解锁", _build_exemptions),
    ("锁定后变动", _build_late),
    ("外部对账", _build_totals),
    ("现行口径", _build_definitions),
    ("核验", _build_verification),
)
SIGNERS = ("制表人", "审核人", "负责人")

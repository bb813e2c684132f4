"""The workbook's score tables, in the columns of published reports, with live sums and rates."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from kpi.evaluation.numbers import show_points
from kpi.evaluation.scheme import SchemeGroup
from kpi.evaluation.scoring import GroupScore
from kpi.handover.evaluation import wording
from kpi.handover.evaluation.dossier import Dossier, IndicatorLine, find_group_spans
from kpi.handover.xlsx_writer import CellFormula, ColumnMerge, StyledCell, WorkbookWriter

WHOLE = (
    "一级指标", "二级指标", "三级指标", "权重", "指标解释", "目标值", "评分依据", "评价标准", "评分过程",
    "得分", "得分率",
)  # fmt: skip
BY_GROUP = ("一级指标", "权重分", "得分", "得分率")
BY_ITEM = ("一级指标", "二级指标", "三级指标", "权重", "目标值", "实际完成值", "实际得分", "得分率")
MARKS = ("三级指标", "权重", "规则得分", "专家", "专家打分", "专家平均", "最高与最低相差", "最终得分", "理由")
_FIRST = 3  # the row of a spreadsheet on which the first row of a form stands


def add_full_table(book: WorkbookWriter, dossier: Dossier) -> None:
    """综合评分表, with a live total and live rates."""

    def row(line: IndicatorLine, number: int) -> list[StyledCell]:
        item, score = line.item, line.score
        return [
            None, None, wording.title_item(item), (item.weight, book.points()), wording.explain(item),
            item.wanted, wording.cite_basis(item), wording.word_standard(item), wording.word_steps(score),
            (wording.round_points(score.final.points), book.points()),
            _make_rate(book, "J", "D", number, score.final.points, item.weight),
        ]  # fmt: skip

    _add_item_table(
        book, dossier, "综合评分表", "综合评分表", WHOLE, row,
        widths=(11, 13, 16, 6, 28, 11, 11, 34, 34, 7, 9), points="J", weight="D",
    )  # fmt: skip


def add_by_group(book: WorkbookWriter, dossier: Dossier) -> None:
    """表3-1: the first-level indicators, each a live sum over 表3-2."""
    parts = [part for part in dossier.evaluation.parts if isinstance(part, GroupScore)]
    rows: list[list[StyledCell]] = []
    for number, part in enumerate(parts, start=_FIRST):
        points = wording.round_points(part.final.points)
        rows.append(
            [
                part.group.title, (part.group.weight, book.points()),
                (_make_sum_formula(dossier, part.group, points), book.points()),
                _make_rate(book, "C", "B", number, part.final.points, part.group.weight),
            ]
        )  # fmt: skip
    rows.append(_make_total_row(book, dossier, len(parts), "合计", ("B", "C"), 4))
    title = "表3-1 项目指标得分情况汇总表"
    book.form("表3-1", title, BY_GROUP, rows, widths=(24, 14, 14, 14), notes=_list_notes(dossier))


def add_by_item(book: WorkbookWriter, dossier: Dossier) -> None:
    """表3-2: the third-level indicators."""

    def row(line: IndicatorLine, number: int) -> list[StyledCell]:
        item, score = line.item, line.score
        return [
            None, None, wording.title_item(item), (item.weight, book.points()), item.wanted,
            wording.format_achieved(score), (wording.round_points(score.final.points), book.points()),
            _make_rate(book, "G", "D", number, score.final.points, item.weight),
        ]  # fmt: skip

    _add_item_table(
        book, dossier, "表3-2", "表3-2 项目指标得分表", BY_ITEM, row,
        widths=(16, 20, 28, 8, 14, 16, 10, 10), points="G", weight="D",
    )  # fmt: skip


def add_mark_sheet(book: WorkbookWriter, dossier: Dossier) -> None:
    """Every expert's mark beside the rule's score and the final one."""
    rows: list[list[StyledCell]] = []
    for one in dossier.evaluation.items:
        panel = one.panel
        rule = wording.round_points(one.rule.points) if one.rule else None
        for mark in panel.marks if panel else ():
            assert panel is not None
            rows.append(
                [
                    wording.title_item(one.item), (one.item.weight, book.points()), (rule, book.points()),
                    mark.expert, (mark.points, book.points()), (panel.mean, book.points()),
                    (panel.spread, book.points()),
                    (wording.round_points(one.final.points), book.points()), one.final.reason,
                ]
            )  # fmt: skip
    book.sheet("专家打分", MARKS, rows or [["没有登记专家打分。", *(None,) * (len(MARKS) - 1)]])


def list_fund_rows(dossier: Dossier) -> list[tuple[str, Fraction | None]]:
    """附件2 基础表: what was granted, due, paid and left, in 万元, and the rate in per cent."""
    money = dossier.money
    rate = money.paid / money.received * 100 if money.received and money.paid is not None else None
    return [
        ("实际拨付资金数", money.received),
        ("应支付资金数", money.due),
        ("实际支付资金数", money.paid),
        ("结余资金数", money.balance),
        ("预算执行率", rate),
    ]


def add_fund_sheet(book: WorkbookWriter, dossier: Dossier) -> None:
    """附件2 基础表, with live balance and rate."""
    found = list_fund_rows(dossier)
    rows: list[list[StyledCell]] = [
        [(number, book.points()), title, (value, book.number(2)) if value is not None else "无法核实"]
        for number, (title, value) in enumerate(found, start=1)
    ]
    balance, rate = found[3][1], found[4][1]
    if balance is not None:
        rows[3][2] = (CellFormula("=C3-C5", balance), book.number(2))
    if rate is not None:
        rows[4][2] = (CellFormula('=IF(C3=0,"",C5/C3)', rate / 100), book.share())
    notes = ("单位：万元。实际拨付＝到位资金，应支付＝约定支付日在本年的款项，实际支付＝本年支付的款项。",)
    header = ("序号", "项目", dossier.year.label)
    book.form("基础表", "附件2 基础表", header, rows, widths=(8, 26, 20), notes=notes)


def _add_item_table(
    book: WorkbookWriter,
    dossier: Dossier,
    name: str,
    title: str,
    header: Sequence[str],
    row: Callable[[IndicatorLine, int], list[StyledCell]],
    *,
    widths: Sequence[float],
    points: str,
    weight: str,
) -> None:
    """A table of third-level indicators with its groups merged and its total."""
    lines = dossier.lines
    rows = [row(line, number) for number, line in enumerate(lines, start=_FIRST)]
    for line, cells in zip(lines, rows, strict=True):
        cells[0] = (wording.title_group(line.groups[0]), book.middle())
        cells[1] = (wording.title_group(line.groups[-1]), book.middle())
    rows.append(_make_total_row(book, dossier, len(lines), "总分", (weight, points), len(header)))
    merged = [
        ColumnMerge(place, first, last, wording.title_group(group))
        for place, level in ((0, 0), (1, -1))
        for first, last, group in find_group_spans(lines, level)
    ]
    book.form(name, title, header, rows, widths=widths, merged=merged, notes=_list_notes(dossier))


def _make_total_row(
    book: WorkbookWriter, dossier: Dossier, count: int, title: str, columns: tuple[str, str], wide: int
) -> list[StyledCell]:
    """The last row: weights and points added up live, and the rate."""
    evaluation, scheme = dossier.evaluation, dossier.scheme
    points = wording.round_points(evaluation.total)
    cells: list[StyledCell] = [(None, book.strong()) for _ in range(wide)]
    cells[0] = (title, book.strong())
    weight, got = columns
    end = _FIRST + count - 1
    cells[_find_place(weight)] = (
        CellFormula(f"=SUM({weight}{_FIRST}:{weight}{end})", scheme.total),
        book.points(),
    )
    cells[_find_place(got)] = (CellFormula(f"=SUM({got}{_FIRST}:{got}{end})", points), book.points())
    cells[-1] = _make_rate(book, got, weight, end + 1, evaluation.total, scheme.total)
    return cells


def _make_sum_formula(dossier: Dossier, group: SchemeGroup, points: Fraction) -> CellFormula:
    """The scores of a first-level group on the sheet 表3-2."""
    places = [number for number, line in enumerate(dossier.lines) if line.groups[0] == group]
    return CellFormula(f"=SUM('表3-2'!G{_FIRST + places[0]}:G{_FIRST + places[-1]})", points)


def _make_rate(
    book: WorkbookWriter, points: str, weight: str, row: int, got: Fraction, whole: Fraction
) -> StyledCell:
    return CellFormula(
        f"=ROUND({points}{row}/{weight}{row},4)", wording.compute_rate(got, whole) / 100
    ), book.rate()


def _find_place(column: str) -> int:
    return ord(column) - ord("A")


def _list_notes(dossier: Dossier) -> tuple[str, ...]:
    evaluation = dossier.evaluation
    total = f"总分{show_points(evaluation.total)}分，等级“{evaluation.rating}”（按精确的总分判定）。"
    bands = f"等级：{wording.format_bands(dossier.scheme)}。"
    running = any(one.told.provisional for one in evaluation.items)
    return (total, bands, *(("年度尚未结束，得分为预估。",) if running else ()))

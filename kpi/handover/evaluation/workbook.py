"""The evaluation's workbook: scores, basic figures, months, rows with live formulas, gaps, definitions."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from kpi.evaluation.findings import list_findings
from kpi.evaluation.numbers import show_points
from kpi.evaluation.year_log import list_figures
from kpi.figures.catalogue import build_card
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.indicators import INDICATORS
from kpi.handover.correction_sheet import CORRECTED, list_corrected_rows
from kpi.handover.evaluation.dossier import Dossier
from kpi.handover.evaluation.row_sheets import add_rows
from kpi.handover.evaluation.score_sheets import (
    add_by_group,
    add_by_item,
    add_full_table,
    add_fund_sheet,
    add_mark_sheet,
)
from kpi.handover.gap_sheets import GAPS, NOTES, list_gap_rows, list_note_rows
from kpi.handover.lock_sheets import SEALS, list_seal_rows
from kpi.handover.xlsx_writer import ChartSeries, StyledCell, WorkbookChart, WorkbookWriter, open_book
from kpi.handover.year_workbook import (
    INDICATOR_COLUMNS,
    list_indicator_rows,
    list_overview_rows,
    list_periods,
)
from tracker.database import get_driver
from tracker.log import read_head
from tracker.periods import Month

_FOUND = ("对象", "结论", "说明", "位置")
_TASKS = ("分值", "类别", "事项", "期限", "期限依据", "涉及指标", "原因", "处理办法")
_MOST_LINES = 6  # in one chart


def write_evaluation_workbook(path: Path, connection: sa.Connection, dossier: Dossier) -> None:
    """Writes it all. Raises: OSError."""
    with open_book(path, f"{dossier.title}绩效评价", dossier.now, dossier.foot) as book:
        add_full_table(book, dossier)
        add_by_group(book, dossier)
        add_by_item(book, dossier)
        add_fund_sheet(book, dossier)
        _add_months(book, connection, dossier)
        book.charts("图表", _list_charts(dossier))
        add_mark_sheet(book, dossier)
        book.sheet("复核发现的问题", _FOUND, _list_finding_rows(dossier))
        book.sheet("待办事项", _TASKS, _list_task_rows(book, dossier))
        book.sheet(
            "数据缺失",
            GAPS,
            list_gap_rows(connection, dossier.center.center_id, dossier.year, dossier.now)
            or _make_empty_row(GAPS, "无数据缺失。"),
        )
        book.sheet(
            "数据更正",
            CORRECTED,
            list_corrected_rows(book, connection, dossier.center, dossier.year)
            or _make_empty_row(CORRECTED, "无数据更正。"),
        )
        sealed = list_seal_rows(connection, dossier.center.center_id, dossier.year)
        book.sheet("月度审核", SEALS, sealed or _make_empty_row(SEALS, "尚无锁定的月份，数字均未锁定。"))
        _add_cards(book, dossier)
        add_rows(book, connection, dossier)
        book.sheet("说明", NOTES, _list_notes(connection, dossier))


def _add_months(book: WorkbookWriter, connection: sa.Connection, dossier: Dossier) -> None:
    """Every indicator's months, quarters and year; and the values side by side."""
    definitions = read_definitions(connection, dossier.center.center_id)
    rows = list_indicator_rows(book, dossier.figures, dossier.year, definitions)
    book.sheet("各期指标", INDICATOR_COLUMNS, rows, frozen=4)
    header = ("指标", "单位", *(str(period) for period in list_periods(dossier.year)))
    book.sheet("一览", header, list_overview_rows(book, dossier.figures, dossier.year), frozen=2)


def _list_charts(dossier: Dossier) -> list[WorkbookChart]:
    groups = sum(1 for group in dossier.scheme.groups if group.under is None)
    items = len(dossier.lines)
    found = [
        WorkbookChart(
            "column", "一级指标得分率", "", _make_single("得分率", "表3-1", "A", "D", 3, groups + 2), 0, 1,
        ),
        WorkbookChart(
            "bar", "三级指标得分率", "", _make_single("得分率", "表3-2", "C", "H", 3, items + 2), 0, 1,
            max(420, 24 * items),
        ),
    ]  # fmt: skip
    for unit, places in _group_by_unit(dossier).items():
        for first in range(0, len(places), _MOST_LINES):
            lines = tuple(_make_line(row, dossier) for row in places[first : first + _MOST_LINES])
            found.append(WorkbookChart("line", f"各月指标（{unit}）", unit, lines))
    return found


def _make_single(name: str, sheet: str, names: str, values: str, first: int, last: int) -> tuple[ChartSeries]:
    at = f"='{sheet}'!${{0}}${first}:${{0}}${last}"
    return (ChartSeries(name, at.format(names), at.format(values)),)


def _group_by_unit(dossier: Dossier) -> dict[str, list[int]]:
    """Unit → rows of the sheet 一览 that hold a figure which the scheme takes, with months to draw."""
    keys = [key for key in INDICATORS if dossier.figures.get(key)]
    wanted, found = list_figures(dossier.scheme), dict[str, list[int]]()
    for row, key in enumerate(keys, start=2):
        months = [one for period, one in dossier.figures[key].items() if isinstance(period, Month)]
        if key in wanted and sum(1 for one in months if one.value is not None) > 1:
            found.setdefault(INDICATORS[key].unit, []).append(row)
    return found


def _make_line(row: int, dossier: Dossier) -> ChartSeries:
    """The months of a row of 一览; the year and the quarters stand before them."""
    columns = list_periods(dossier.year)
    first = 2 + next(place for place, period in enumerate(columns) if isinstance(period, Month))
    last = 2 + len(columns) - 1
    start, end = _format_column(first), _format_column(last)
    return ChartSeries(
        f"='一览'!$A${row}", f"='一览'!${start}$1:${end}$1", f"='一览'!${start}${row}:${end}${row}"
    )


def _format_column(place: int) -> str:
    return chr(ord("A") + place)


def _make_empty_row(header: Sequence[str], text: str) -> list[list[StyledCell]]:
    """The one row of a table without rows."""
    return [[text, *(None,) * (len(header) - 1)]]


def _list_finding_rows(dossier: Dossier) -> list[list[StyledCell]]:
    return [[one.of, str(one.outcome), one.sentence, one.where] for one in list_findings(dossier.evaluation)]


def _list_task_rows(book: WorkbookWriter, dossier: Dossier) -> list[list[StyledCell]]:
    return [
        [
            (task.points, book.points()),
            str(task.way),
            "；并且".join(one.text for one in task.remedies),
            "、".join(dict.fromkeys(str(one.deadline.day) for one in task.remedies if one.deadline.day)),
            "、".join(dict.fromkeys(one.deadline.basis for one in task.remedies)),
            "、".join(f"{one.item.code} {one.item.title}{show_points(one.points)}分" for one in task.stakes),
            "；".join(dict.fromkeys(one.why for one in task.stakes)),
            "\n".join(line for one in task.remedies for line in (one.how, *one.commands)),
        ]
        for task in dossier.rehearsal.tasks
    ]


def _add_cards(book: WorkbookWriter, dossier: Dossier) -> None:
    """The definitions of the figures that the scheme takes."""
    keys = list_figures(dossier.scheme)
    cards = [build_card(indicator) for key, indicator in INDICATORS.items() if key in keys]
    titles = tuple(dict.fromkeys(title for one in cards for title in one)) or ("指标",)
    rows: list[list[StyledCell]] = [[one.get(title) for title in titles] for one in cards]
    book.sheet("指标定义", titles, rows, frozen=2)


def _list_notes(connection: sa.Connection, dossier: Dossier) -> list[list[StyledCell]]:
    scheme, evaluation = dossier.scheme, dossier.evaluation
    mine: Sequence[list[StyledCell]] = [
        ["评价方案", f"{scheme.title}（{scheme.key}）"],
        ["方案出处", scheme.source],
        ["得分", f"{show_points(evaluation.total)}分，等级“{evaluation.rating}”"],
        ["得分率", "得分÷权重；得分四舍五入到两位后计算。"],
        ["各行重算", "以指标编号开头的各表列出每个数字明细，数值由公式当场算出，与本系统的数字并列。"],
    ]
    stamped: list[list[StyledCell]] = [["导出标记", dossier.stamp]] if dossier.stamp else []
    center, head = dossier.center, read_head(get_driver(connection), dossier.center.center_id)
    notes = list_note_rows(
        f"{center.name}（{center.center_id}）", dossier.year, dossier.now, (head.seq, head.hash.hex())
    )
    return [*mine, *notes, *stamped]

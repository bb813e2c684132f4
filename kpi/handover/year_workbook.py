"""The year's workbook: indicators, gaps, definitions, and how to read them. It is made of what its caller has
read, so that the verifier can make it again without a database server."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import sqlalchemy as sa

from kpi.figures.attainment import judge
from kpi.figures.catalogue import build_measure_card
from kpi.figures.definitions.cards import list_cards_in_force
from kpi.figures.definitions.in_force import PACKAGED, Definitions
from kpi.figures.figure import Figure
from kpi.figures.from_months import NOT_COMPARED, MonthComparisons
from kpi.figures.indicators import GROUPS, INDICATORS, Indicator
from kpi.figures.measures import MEASURES
from kpi.handover.gap_sheets import GAPS, NOTES, list_gap_rows, list_note_rows
from kpi.handover.lock_sheets import EXEMPTIONS, SEALS, list_exemption_rows, list_seal_rows
from kpi.handover.xlsx_writer import StyledCell, WorkbookWriter, open_book
from kpi.terminal_tables import format_month_comparison
from tracker.periods import Period, Quarter, Year

FiguresByPeriod = Mapping[str, Mapping[Period, Figure]]

INDICATOR_COLUMNS = (
    "分组", "指标", "编码", "统计期", "数值", "计量单位", "分子", "分母", "数据完整率", "数据状态", "说明",
    "目标", "是否达标", "下限", "上限", "区间含义", "期间已结束", "口径版本", "出处",
    "锁定", "数据版本", "溯源码", "与各月公布数",
)  # fmt: skip


@dataclass(frozen=True)
class WorkbookMaterial:
    """What a year's workbook is made of, beside what it reads of gaps, seals and lock exceptions."""

    center: str  # the centre's code
    name: str
    year: Year
    now: datetime
    head: tuple[int, str]  # where the log ends: number and hash, hexadecimal
    figures: FiguresByPeriod
    definitions: Definitions
    compared: MonthComparisons


def write_year_workbook(
    path: Path, connection: sa.Connection, material: WorkbookMaterial, stamp: str | None = None
) -> None:
    """Writes the workbook; `stamp` says who took it out. The same material gives the same bytes."""
    center, year, now = material.center, material.year, material.now
    with open_book(path, f"{material.name}{year.label}指标", now, stamp) as book:
        rows = list_indicator_rows(book, material.figures, year, material.definitions, material.compared)
        book.sheet("指标", INDICATOR_COLUMNS, rows, frozen=4)
        header = ("指标", "单位", *(str(period) for period in list_periods(year)))
        book.sheet("一览", header, list_overview_rows(book, material.figures, year), frozen=2)
        book.sheet("数据缺失", GAPS, list_gap_rows(connection, center, year, now))
        book.sheet("月度审核", SEALS, list_seal_rows(connection, center, year))
        book.sheet("限期解锁", EXEMPTIONS, list_exemption_rows(connection, center, year))
        _add_cards(book, material.definitions, year)
        stamped: list[list[StyledCell]] = [["导出标记", stamp]] if stamp else []
        notes = list_note_rows(f"{material.name}（{center}）", year, now, material.head)
        book.sheet("说明", NOTES, [*notes, *stamped])


def list_indicator_rows(
    book: WorkbookWriter,
    figures: FiguresByPeriod,
    year: Year,
    definitions: Definitions = PACKAGED,
    compared: MonthComparisons = NOT_COMPARED,
) -> list[list[StyledCell]]:
    """One row for each indicator and period: the year first, then quarters, then months."""
    return [
        [
            *_make_row(
                book, title, definitions.find_in_force(indicator.key, period), figures[indicator.key][period]
            ),
            format_month_comparison(compared.get((indicator.key, period))) or None,
        ]
        for title, indicators in GROUPS
        for indicator in indicators
        for period in list_periods(year)
        if period in figures.get(indicator.key, {})
    ]


def list_periods(year: Year) -> tuple[Period, ...]:
    """The year, its quarters, its months."""
    return (year, *(Quarter(year.year, number) for number in range(1, 5)), *year.months)


def _make_row(book: WorkbookWriter, group: str, indicator: Indicator, figure: Figure) -> list[StyledCell]:
    places, plain = book.number(indicator.scale), book.number(0)
    return [
        group,
        indicator.title,
        indicator.key,
        str(figure.period),
        (figure.value, places),
        indicator.unit,
        (figure.numerator, plain if _is_whole(figure.numerator) else book.number(2)),
        (figure.denominator, plain if _is_whole(figure.denominator) else book.number(2)),
        (figure.coverage, book.share()),
        (figure.status.value, book.words(figure.status)),
        figure.reason,
        indicator.target.words(indicator.unit) if indicator.target else None,
        _format_attainment(indicator, figure),
        (figure.low, places),
        (figure.high, places),
        figure.bounds,
        "否" if figure.provisional else "是",
        (figure.definition_version, plain),
        figure.source,
        figure.lock.value,
        (figure.vintage, plain),
        figure.code,
    ]


def _is_whole(number: Fraction | None) -> bool:
    return number is None or number.denominator == 1


def _format_attainment(indicator: Indicator, figure: Figure) -> str | None:
    judged = judge(indicator, figure)
    return None if judged is None else judged.words


def list_overview_rows(book: WorkbookWriter, figures: FiguresByPeriod, year: Year) -> list[list[StyledCell]]:
    """Values side by side, coloured by status; one row for each indicator that has figures."""
    rows: list[list[StyledCell]] = []
    for key, indicator in INDICATORS.items():
        found = figures.get(key, {})
        if found:
            values = [_make_value(book, indicator, found.get(period)) for period in list_periods(year)]
            rows.append([indicator.title, indicator.unit, *values])
    return rows


def _make_value(book: WorkbookWriter, indicator: Indicator, figure: Figure | None) -> StyledCell:
    if figure is None:
        return None
    if figure.value is None:
        return figure.status.value, book.words(figure.status)
    return figure.value, book.number(indicator.scale, figure.status)


def _add_cards(book: WorkbookWriter, definitions: Definitions, year: Year) -> None:
    """The definitions that hold in the year, then the measures that they are made of."""
    cards = [one for key in INDICATORS for one in list_cards_in_force(definitions, key, year.months)]
    titles = tuple(dict.fromkeys(title for one in cards for title in one))
    rows: list[list[StyledCell]] = [[one.get(title) for title in titles] for one in cards]
    book.sheet("指标定义", titles, rows, frozen=2)
    counts = [build_measure_card(measure) for measure in MEASURES.values()]
    measured: list[list[StyledCell]] = [list(one.values()) for one in counts]
    book.sheet("统计项定义", tuple(counts[0]), measured, frozen=2)

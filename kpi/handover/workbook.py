"""The year's workbook: indicators, gaps, definitions, and how to read them."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import sqlalchemy as sa

from kpi.figures import results
from kpi.figures.attainment import judge
from kpi.figures.catalogue import build_measure_card
from kpi.figures.definitions.cards import list_cards_in_force
from kpi.figures.definitions.in_force import PACKAGED, Definitions, read_definitions
from kpi.figures.figure import Figure
from kpi.figures.from_months import NOT_COMPARED, MonthComparisons
from kpi.figures.indicators import GROUPS, INDICATORS, Indicator
from kpi.figures.measures import MEASURES
from kpi.handover.gap_sheets import GAPS, NOTES, list_gap_rows, list_note_rows
from kpi.handover.lock_sheets import EXEMPTIONS, SEALS, list_exemption_rows, list_seal_rows
from kpi.handover.xlsx_writer import StyledCell, WorkbookWriter, open_book
from kpi.terminal_tables import format_month_comparison
from tracker.centers import Center
from tracker.periods import Period, Quarter, Year

FiguresByPeriod = Mapping[str, Mapping[Period, Figure]]

INDICATOR_COLUMNS = (
    "分组", "指标", "编码", "统计期", "数值", "单位", "分子", "分母", "有据率", "状态", "说明",
    "目标", "是否达标", "下限", "上限", "区间含义", "期间已结束", "口径版本", "出处",
    "锁定", "版次", "溯源码", "与各月公布数",
)  # fmt: skip


def write_workbook(
    path: Path,
    connection: sa.Connection,
    center: Center,
    year: Year,
    now: datetime,
    stamp: str | None = None,
) -> None:
    """Writes the workbook of a centre's year, from its stored figures; `stamp` says who took it out."""
    figures = results.read_year(connection, center.center_id, year.year)
    with open_book(path, f"{center.name}{year.label}指标", now, stamp) as book:
        definitions = read_definitions(connection, center.center_id)
        compared = results.read_month_comparisons(connection, center.center_id, definitions, figures)
        rows = list_indicator_rows(book, figures, year, definitions, compared)
        book.sheet("指标", INDICATOR_COLUMNS, rows, frozen=4)
        header = ("指标", "单位", *(str(period) for period in list_periods(year)))
        book.sheet("一览", header, list_overview_rows(book, figures, year), frozen=2)
        book.sheet("缺口", GAPS, list_gap_rows(connection, center, year, now))
        book.sheet("关账", SEALS, list_seal_rows(connection, center, year))
        book.sheet("锁定例外", EXEMPTIONS, list_exemption_rows(connection, center, year))
        _add_cards(book, definitions, year)
        stamped: list[list[StyledCell]] = [["导出标记", stamp]] if stamp else []
        book.sheet("说明", NOTES, [*list_note_rows(connection, center, year, now), *stamped])


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
    book.sheet("计量定义", tuple(counts[0]), measured, frozen=2)

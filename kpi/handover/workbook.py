"""The year's workbook: indicators, gaps, definitions, and how to read them."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import sqlalchemy as sa

from kpi.figures import results
from kpi.figures.attainment import judge
from kpi.figures.catalogue import measure_card
from kpi.figures.definitions.cards import cards_in_force
from kpi.figures.definitions.in_force import PACKAGED, Definitions, definitions_for
from kpi.figures.figure import Figure
from kpi.figures.from_months import NOT_COMPARED, Compared
from kpi.figures.indicators import GROUPS, INDICATORS, Indicator
from kpi.figures.measures import MEASURES
from kpi.handover.gap_sheets import GAPS, NOTES, gap_rows, note_rows
from kpi.handover.lock_sheets import EXEMPTIONS, SEALS, exemption_rows, seal_rows
from kpi.handover.xlsx_writer import Book, Styled, open_book
from kpi.terminal_tables import of_months_text
from tracker.centers import Center
from tracker.periods import Period, Quarter, Year

ByPeriod = Mapping[str, Mapping[Period, Figure]]

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
    figures = results.of_year(connection, center.center_id, year.year)
    with open_book(path, f"{center.name}{year.label}指标", now, stamp) as book:
        known = definitions_for(connection, center.center_id)
        compared = results.beside_months(connection, center.center_id, known, figures)
        rows = indicator_rows(book, figures, year, known, compared)
        book.sheet("指标", INDICATOR_COLUMNS, rows, frozen=4)
        header = ("指标", "单位", *(str(period) for period in periods(year)))
        book.sheet("一览", header, overview_rows(book, figures, year), frozen=2)
        book.sheet("缺口", GAPS, gap_rows(connection, center, year, now))
        book.sheet("关账", SEALS, seal_rows(connection, center, year))
        book.sheet("锁定例外", EXEMPTIONS, exemption_rows(connection, center, year))
        _add_cards(book, known, year)
        stamped: list[list[Styled]] = [["导出标记", stamp]] if stamp else []
        book.sheet("说明", NOTES, [*note_rows(connection, center, year, now), *stamped])


def indicator_rows(
    book: Book,
    figures: ByPeriod,
    year: Year,
    known: Definitions = PACKAGED,
    compared: Compared = NOT_COMPARED,
) -> list[list[Styled]]:
    """One row for each indicator and period: the year first, then quarters, then months."""
    return [
        [
            *_row(book, title, known.in_force(indicator.key, period), figures[indicator.key][period]),
            of_months_text(compared.get((indicator.key, period))) or None,
        ]
        for title, indicators in GROUPS
        for indicator in indicators
        for period in periods(year)
        if period in figures.get(indicator.key, {})
    ]


def periods(year: Year) -> tuple[Period, ...]:
    """The year, its quarters, its months."""
    return (year, *(Quarter(year.year, number) for number in range(1, 5)), *year.months)


def _row(book: Book, group: str, indicator: Indicator, figure: Figure) -> list[Styled]:
    places, plain = book.number(indicator.scale), book.number(0)
    return [
        group,
        indicator.title,
        indicator.key,
        str(figure.period),
        (figure.value, places),
        indicator.unit,
        (figure.numerator, plain if _whole(figure.numerator) else book.number(2)),
        (figure.denominator, plain if _whole(figure.denominator) else book.number(2)),
        (figure.coverage, book.share()),
        (figure.status.value, book.words(figure.status)),
        figure.reason,
        indicator.target.words(indicator.unit) if indicator.target else None,
        _met(indicator, figure),
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


def _whole(number: Fraction | None) -> bool:
    return number is None or number.denominator == 1


def _met(indicator: Indicator, figure: Figure) -> str | None:
    judged = judge(indicator, figure)
    return None if judged is None else judged.words


def overview_rows(book: Book, figures: ByPeriod, year: Year) -> list[list[Styled]]:
    """Values side by side, coloured by status; one row for each indicator that has figures."""
    rows: list[list[Styled]] = []
    for key, indicator in INDICATORS.items():
        found = figures.get(key, {})
        if found:
            values = [_value(book, indicator, found.get(period)) for period in periods(year)]
            rows.append([indicator.title, indicator.unit, *values])
    return rows


def _value(book: Book, indicator: Indicator, figure: Figure | None) -> Styled:
    if figure is None:
        return None
    if figure.value is None:
        return figure.status.value, book.words(figure.status)
    return figure.value, book.number(indicator.scale, figure.status)


def _add_cards(book: Book, known: Definitions, year: Year) -> None:
    """The definitions that hold in the year, then the measures that they are made of."""
    cards = [one for key in INDICATORS for one in cards_in_force(known, key, year.months)]
    titles = tuple(dict.fromkeys(title for one in cards for title in one))
    rows: list[list[Styled]] = [[one.get(title) for title in titles] for one in cards]
    book.sheet("指标定义", titles, rows, frozen=2)
    counts = [measure_card(measure) for measure in MEASURES.values()]
    measured: list[list[Styled]] = [list(one.values()) for one in counts]
    book.sheet("计量定义", tuple(counts[0]), measured, frozen=2)

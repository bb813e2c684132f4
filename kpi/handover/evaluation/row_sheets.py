"""One sheet for each figure that a scheme takes: its rows, and live formulas beside our numbers."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from kpi.evaluation.actual import Amount
from kpi.evaluation.feed_values import make_number_facts
from kpi.evaluation.scheme import SchemeItem, Take
from kpi.figures.counted_rows import PartName
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.formula import CountedMonths, Part, total
from kpi.figures.indicators.units import get_part_unit
from kpi.figures.measures import MEASURES
from kpi.figures.rows import CountedRow, RowPage, read_figure_rows, select_rows
from kpi.handover.evaluation.dossier import Dossier
from kpi.handover.xlsx_writer import CellFormat, CellFormula, StyledCell, WorkbookWriter
from kpi.terminal_tables import format_cell

MOST = 1_000_000  # rows of one sheet; a spreadsheet holds 1,048,576
_FIXED = ("分子计入", "分母计入", "归属日期", "计入", "对象", "记录号")
_NAME = re.compile(r"[\[\]:*?/\\']")


SheetSource = tuple[Callable[[sa.Connection, Dossier, str], "RowSheet | None"], str]  # its reader, its key


@dataclass
class _SheetRow:
    """A row of either part, or of both."""

    row: CountedRow
    columns: tuple[str, ...]  # the titles of its cells
    above: Decimal | None = None
    below: Decimal | None = None


@dataclass(frozen=True)
class RowSheet:
    """What stands on a sheet: the rows of a figure or of a sum, and how they make its value."""

    title: str
    unit: str
    columns: tuple[str, ...]
    rows: Sequence[_SheetRow]
    above: Fraction
    below: Fraction | None  # None: a count
    divisors: tuple[int, int]  # months averaged over, above and below; 1: none
    times: int
    scale: int
    ours: tuple[Fraction | None, Fraction | None, Decimal | None]  # as stored


def add_rows(book: WorkbookWriter, connection: sa.Connection, dossier: Dossier) -> None:
    """A sheet for each figure and each sum that the scheme's indicators or their points take."""
    names: set[str] = set()
    for (kind, key), items in _list_sheet_sources(dossier).items():
        behind = kind(connection, dossier, key)
        if behind is not None:
            name = _make_sheet_name(items[0], behind.title, names)
            _add_sheet(
                book,
                dossier,
                name,
                behind,
                [item for item in items if (kind, key) in _list_item_sources(item)],
            )


def _list_sheet_sources(dossier: Dossier) -> dict[SheetSource, list[SchemeItem]]:
    """Figure or measure → the indicators that take it, in the order of the scheme."""
    found: dict[SheetSource, list[SchemeItem]] = {}
    for item in dossier.scheme.items:
        conditions = (point.condition for point in item.points)
        decided = [_choose_source(condition.counted) for condition in conditions if condition is not None]
        for source in (*_list_item_sources(item), *decided):
            found.setdefault(source, []).append(item)
    return found


def _choose_source(key: str) -> SheetSource:
    return (_read_figure_rows if key in INDICATORS else _read_measure_rows), key


def _list_item_sources(item: SchemeItem) -> tuple[SheetSource, ...]:
    feed = item.feed.checks or item.feed
    kinds = ((_read_figure_rows, feed.figure), (_read_measure_rows, feed.measure))
    return tuple((kind, key) for kind, key in kinds if key is not None)


def _read_figure_rows(connection: sa.Connection, dossier: Dossier, key: str) -> RowSheet | None:
    """None where the figure shows no number."""
    figure = dossier.log.figures.get(key)
    if figure is None or figure.numerator is None:
        return None
    indicator = read_definitions(connection, dossier.center.center_id).version(key, figure.definition_version)
    above = read_figure_rows(connection, indicator, figure, PartName.NUMERATOR)
    below = None
    if indicator.formula.denominator is not None:
        below = read_figure_rows(connection, indicator, figure, PartName.DENOMINATOR)
    return RowSheet(
        title=indicator.title,
        unit=indicator.unit,
        columns=_list_columns(above, below),
        rows=_merge_parts(above, below),
        above=above.total / above.divisor,
        below=None if below is None else below.total / below.divisor,
        divisors=(above.divisor, 1 if below is None else below.divisor),
        times=indicator.formula.times,
        scale=indicator.scale,
        ours=(figure.numerator, figure.denominator, figure.value),
    )


def _read_measure_rows(connection: sa.Connection, dossier: Dossier, key: str) -> RowSheet | None:
    measure = MEASURES[key]
    coverage = dossier.log.evidence.coverage(measure.needs, dossier.year.months)
    if not coverage.share:
        return None
    part: Part = total(key)
    columns, rows, _, added = select_rows(
        connection, dossier.center.center_id, part, CountedMonths(coverage.counted), dossier.today
    )
    ours = Fraction(dossier.log.evidence.sums.total(key, coverage.counted))
    counted = [_SheetRow(row, columns, above=row.adds) for row in rows]
    return RowSheet(
        title=measure.title, unit=get_part_unit(part), columns=columns, rows=counted, above=added, below=None,
        divisors=(1, 1), times=1, scale=0, ours=(ours, None, Decimal(int(ours))),
    )  # fmt: skip


def _list_columns(above: RowPage, below: RowPage | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*above.columns, *(below.columns if below else ()))))


def _merge_parts(above: RowPage, below: RowPage | None) -> list[_SheetRow]:
    """Rows of both parts, a row that counts in both once; in the order of days and things."""
    if below is None:
        return [_SheetRow(row, above.columns, above=row.adds) for row in above.rows]
    found: dict[Any, _SheetRow] = {}
    alike = above.columns == below.columns
    for name, part in (("below", below), ("above", above)):
        for row in part.rows:
            key: Any = (row.day, row.subject) if alike else (row.day, row.subject, name)
            one = found.setdefault(key, _SheetRow(row, part.columns))
            setattr(one, name, (getattr(one, name) or Decimal(0)) + row.adds)
    return sorted(found.values(), key=lambda one: (one.row.day, one.row.subject))


def _add_sheet(
    book: WorkbookWriter, dossier: Dossier, name: str, behind: RowSheet, items: Sequence[SchemeItem]
) -> None:
    printed_rows = behind.rows[:MOST]
    head = list(_build_head(book, dossier, behind, items, len(printed_rows)))
    titles = [title for title in behind.columns if title not in _FIXED]
    rows = [_make_cells(book, one, titles) for one in printed_rows]
    book.sheet(name, (*_FIXED, *titles), rows, frozen=0, above=head)


def _build_head(
    book: WorkbookWriter, dossier: Dossier, behind: RowSheet, items: Sequence[SchemeItem], count: int
) -> Iterator[list[StyledCell]]:
    """What the rows make, live, beside our own number, and whether both are the same."""
    taking = [item for item in items if isinstance(dossier.evaluation.score(item.code).told.actual, Amount)]
    top = 8 + len(taking)  # the row of the spreadsheet on which the rows' header stands
    first, last = top + 1, top + max(count, 1)
    yield [(f"{behind.title}，{dossier.year.label}，共{count:,}行", book.line())]
    yield [(title, book.strong()) for title in ("项目", "由本表各行重算", "本系统", "核对")]
    above, below, value = behind.ours
    by_months = ["" if one == 1 else f"/{one}" for one in behind.divisors]
    yield _build_comparison_row(
        book, "分子", f"=SUM(A{first}:A{last}){by_months[0]}", behind.above, above, 3, 6
    )
    if behind.below is None:
        yield ["分母", "—", "—", "—"]
        text, made = f"=ROUND(B3*{behind.times},{behind.scale})", behind.above * behind.times
    else:
        yield _build_comparison_row(
            book, "分母", f"=SUM(B{first}:B{last}){by_months[1]}", behind.below, below, 4, 6
        )
        text = f'=IF(B4=0,"",ROUND(B3/B4*{behind.times},{behind.scale}))'
        made = behind.above * behind.times / behind.below if behind.below else Fraction(0)
    if value is not None:
        rounded = Fraction(round(made * 10**behind.scale + Fraction(1, 10**9)), 10**behind.scale)
        yield _build_comparison_row(
            book, f"数值（{behind.unit}）", text, rounded, Fraction(value), 5, behind.scale
        )
    else:
        yield [f"数值（{behind.unit}）", "不由各行相加得出", value, "—"]
    for number, item in enumerate(taking, start=6):
        yield _build_taken_row(book, dossier, behind, item, number)
    yield [(_describe_rows(behind), book.line())]


def _build_taken_row(
    book: WorkbookWriter, dossier: Dossier, behind: RowSheet, item: SchemeItem, row: int
) -> list[StyledCell]:
    """The number that an indicator takes of the figure, in the unit of its target."""
    actual = dossier.evaluation.score(item.code).told.actual
    assert isinstance(actual, Amount)
    below = behind.below or Fraction(0)
    feed = item.feed.checks or item.feed
    texts = {
        Take.VALUE: ("B3" if behind.below is None else "B3/B4") + f"*{behind.times}",
        Take.NUMERATOR: "B3",
        Take.DENOMINATOR: "B4",
        Take.SHORTFALL: "B4-B3",
    }
    made = {
        Take.VALUE: (behind.above / below if below else behind.above) * behind.times,
        Take.NUMERATOR: behind.above,
        Take.DENOMINATOR: below,
        Take.SHORTFALL: below - behind.above,
    }
    if feed.take.averages and feed.figure is not None:
        count = dossier.log.divisor(feed.figure, feed.take).count
        text, number = f"B3/{count}", behind.above / count
    else:
        text, number = texts[feed.take], made[feed.take]
    amount = make_number_facts(item, number, (), "", True, False).actual
    assert isinstance(amount, Amount)
    factor = amount.value / number if number else Fraction(1)
    scaled = "" if factor == 1 else f"*{factor.numerator}/{factor.denominator}"
    title = f"{item.code} 实际完成值（{actual.unit}）"
    return _build_comparison_row(book, title, f"={text}{scaled}", amount.value, actual.value, row, 6)


def _build_comparison_row(
    book: WorkbookWriter, title: str, text: str, made: Fraction, ours: Fraction | None, row: int, places: int
) -> list[StyledCell]:
    number_format = book.number(places) if places < 6 and made.denominator != 1 else book.general()
    same = ours is not None and abs(made - ours) < Fraction(1, 10**7)
    check = CellFormula(f'=IF(ABS(B{row}-C{row})<0.0000001,"一致","不一致")', "一致" if same else "不一致")
    return [title, (CellFormula(text, made), number_format), (ours, number_format), check]


def _describe_rows(behind: RowSheet) -> str:
    if max(behind.divisors) > 1:
        return f"平均数除以计入的月数（{max(behind.divisors)}）。空白是没有计入这一边。"
    return "一行同时计入分子和分母的，只列一次；空白是没有计入这一边。"


def _make_cells(book: WorkbookWriter, one: _SheetRow, titles: Sequence[str]) -> list[StyledCell]:
    """A row of the sheet; what its population does not tell stays empty."""
    row, plain = one.row, book.general()
    values = dict(zip(one.columns, row.cells, strict=True))
    return [
        (one.above, plain), (one.below, plain), row.day.isoformat(), row.counted, row.subject,
        (row.seq, plain), *(_make_cell(values.get(title), plain) for title in titles),
    ]  # fmt: skip


def _make_cell(value: Any, plain: CellFormat) -> StyledCell:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return format_cell(value) or None
    return value, plain


def _make_sheet_name(item: SchemeItem, title: str, taken: set[str]) -> str:
    """At most 31 characters, none that a sheet name may not have, never the same twice."""
    plain = _NAME.sub("", f"{item.code} {title}")[:31]
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain[:28]}~{number}", number + 1
    taken.add(name)
    return name

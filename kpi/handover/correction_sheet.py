"""The workbook's sheet of corrections: what a locked month said, and what it says instead."""

import sqlalchemy as sa

from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.locked_figures import build_sealed_figure
from kpi.handover.xlsx_writer import StyledCell, WorkbookWriter
from tracker.centers import Center
from tracker.events.times import BEIJING
from tracker.facts.closing import sealed_figures, seals
from tracker.periods import Year

CORRECTED = (
    "月份", "数据版本", "更正时间", "指标", "统计期", "原数值", "更正后", "计量单位", "原溯源码", "更正后溯源"
    "码",
    "申请人", "批准人", "理由",
)  # fmt: skip


def list_corrected_rows(
    book: WorkbookWriter, connection: sa.Connection, center: Center, year: Year
) -> list[list[StyledCell]]:
    """Every figure that a vintage after the first replaced by another."""
    months = [str(month) for month in year.months]
    titles = {
        (one["month"], one["vintage"]): one
        for one in connection.execute(
            sa.select(seals).where(seals.c.center_id == center.center_id, seals.c.month.in_(months))
        ).mappings()
    }
    table = sealed_figures.c
    rows = (
        sa.select(sealed_figures)
        .where(table.center_id == center.center_id, table.month.in_(months))
        .order_by(table.month, table.indicator, table.period, table.vintage)
    )
    found: list[list[StyledCell]] = []
    before: dict[tuple[str, str], Figure] = {}
    for row in connection.execute(rows).mappings():
        key, after = (row["indicator"], row["period"]), build_sealed_figure(dict(row))
        earlier = before.get(key)
        if earlier is not None and _is_different(earlier, after):
            found.append(_make_row(book, titles[row["month"], row["vintage"]], earlier, after))
        before[key] = after
    return found


def _is_different(before: Figure, after: Figure) -> bool:
    numbers = [(one.numerator, one.denominator, one.value, one.status) for one in (before, after)]
    return numbers[0] != numbers[1]


def _make_row(book: WorkbookWriter, seal: sa.RowMapping, before: Figure, after: Figure) -> list[StyledCell]:
    indicator = INDICATORS[after.indicator]
    number = book.number(indicator.scale)
    return [
        seal["month"],
        seal["vintage"],
        f"{seal['sealed_at'].astimezone(BEIJING):%Y-%m-%d %H:%M}",
        indicator.title,
        str(after.period),
        _make_value(before, number),
        _make_value(after, number),
        after.unit,
        before.code,
        after.code,
        seal["sealed_by"],
        seal["approved_by"],
        seal["reason"],
    ]


def _make_value(figure: Figure, number: object) -> StyledCell:
    return figure.status.value if figure.value is None else (figure.value, number)

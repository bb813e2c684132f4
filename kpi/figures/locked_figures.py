"""Figures of locked months, as they were sealed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from kpi.figures.figure import Figure
from kpi.figures.figure_table import build_figure, figures
from kpi.figures.indicators import INDICATORS
from tracker.facts.closing import sealed_figures
from tracker.periods import Period

ByFigure = dict[tuple[str, Period], Figure]  # indicator and period → figure
Position = int | datetime  # a number of the log, or a moment

_SEAL_COLUMNS = ("subject", "seq", "month", "event_seq", "head_seq", "sealed_at")


def read_displayed_figures(
    connection: sa.Connection, center: str, periods: Iterable[Period], indicator: str | None = None
) -> list[Figure]:
    """Every figure of the periods, or of one indicator: sealed where its month is locked, else as computed.

    One statement; in no particular order.
    """
    names = [column.name for column in figures.columns]
    sealed = sealed_figures.c
    of_seals = {
        "provisional": sa.false(),
        "source": sa.cast(sa.null(), sa.Text),
        "log_seq": sealed.head_seq,
        "computed_at": sealed.sealed_at,
    }
    both = sa.union_all(
        sa.select(figures, sa.literal(0).label("vintage")),
        sa.select(
            *((of_seals[name] if name in of_seals else sealed[name]).label(name) for name in names),
            sealed.vintage,
        ),
    ).subquery("both")
    rows = (
        sa.select(both)
        .where(both.c.center_id == center, both.c.period.in_([str(period) for period in periods]))
        .ext(postgresql.distinct_on(both.c.period, both.c.indicator))
        .order_by(both.c.period, both.c.indicator, both.c.vintage.desc())
    )
    if indicator is not None:
        rows = rows.where(both.c.indicator == indicator)
    names.append("vintage")
    rows_by_name = (dict(zip(names, row, strict=True)) for row in connection.execute(rows).all())
    return [build_figure(_add_source(row)) for row in rows_by_name]


def read_sealed_figures(
    connection: sa.Connection, center: str, periods: Iterable[Period], *, on: Position | None = None
) -> ByFigure:
    """The newest vintage of every sealed figure of the periods; `on`: as it stood then, that one included."""
    table = sealed_figures.c
    rows = (
        sa.select(sealed_figures)
        .where(table.center_id == center, table.period.in_([str(period) for period in periods]))
        .ext(postgresql.distinct_on(table.period, table.indicator))
        .order_by(table.period, table.indicator, table.vintage.desc())
    )
    if on is not None:
        rows = rows.where(table.event_seq <= on if isinstance(on, int) else table.sealed_at <= on)
    figures_read = (build_sealed_figure(dict(row)) for row in connection.execute(rows).mappings())
    return {(one.indicator, one.period): one for one in figures_read}


def build_sealed_figure(row: Mapping[str, Any]) -> Figure:
    """A figure from a row of `sealed_figures`."""
    values = {name: value for name, value in row.items() if name not in _SEAL_COLUMNS}
    when = {"provisional": False, "source": None, "log_seq": row["head_seq"], "computed_at": row["sealed_at"]}
    return build_figure(_add_source(values | when))


def _add_source(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A seal does not say the source of a definition; the registry does."""
    if row["source"] is not None:
        return row
    declared = INDICATORS.get(row["indicator"])
    return dict(row) | {"source": declared.source if declared else ""}

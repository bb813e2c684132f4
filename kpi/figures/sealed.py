"""Figures of locked months, as they were sealed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.stored import figure_from
from tracker.facts.closing import sealed_figures
from tracker.periods import Period

ByFigure = dict[tuple[str, Period], Figure]  # indicator and period → figure
Position = int | datetime  # a number of the log, or a moment

_NOT_SAID = ("subject", "seq", "month", "event_seq", "head_seq", "sealed_at")


def read_sealed(
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
    found = (sealed_figure(dict(row)) for row in connection.execute(rows).mappings())
    return {(one.indicator, one.period): one for one in found}


def sealed_figure(row: Mapping[str, Any]) -> Figure:
    """A figure from a row of `sealed_figures`."""
    told = {name: value for name, value in row.items() if name not in _NOT_SAID}
    declared = INDICATORS.get(told["indicator"])
    return figure_from(
        told
        | {
            "provisional": False,
            "source": declared.source if declared else "",
            "log_seq": row["head_seq"],
            "computed_at": row["sealed_at"],
        }
    )

"""The table of computed figures, and how far each centre's figures have come."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from kpi.figures.figure import Figure, Status
from tracker.periods import Period, parse_period
from tracker.schema import metadata

_TIME = sa.TIMESTAMP(timezone=True)

figures = sa.Table(
    "figures",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("period", sa.Text(collation="C"), primary_key=True),  # 2023, 2023-Q2, 2023-05
    sa.Column("indicator", sa.Text, primary_key=True),
    sa.Column("numerator", sa.Text),  # exact: 38817 or 100/3
    sa.Column("denominator", sa.Text),
    sa.Column("value", sa.Numeric),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("coverage", sa.Text),  # exact, as the numerator
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("low", sa.Numeric),
    sa.Column("high", sa.Numeric),
    sa.Column("bounds", sa.Text),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("definition_version", sa.Integer, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("log_seq", sa.BigInteger, nullable=False),
    sa.Column("computed_at", _TIME, nullable=False),
)

figure_heads = sa.Table(
    "figure_heads",  # how far the figures of a centre have come
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("log_seq", sa.BigInteger, nullable=False),  # the log position they are computed at
    sa.Column("computed_at", _TIME, nullable=False),
    sa.Column("computed_on", sa.Date, nullable=False),  # Beijing day: running periods move with it
    sa.Column("definitions", sa.Text, nullable=False),  # digest of all definitions they were computed by
)


def write_figures(connection: sa.Connection, computed: Sequence[Figure]) -> None:
    """Puts figures in the place of those of the same centre, period and indicator."""
    if not computed:
        return
    statement = postgresql.insert(figures)
    key = ("center_id", "period", "indicator")
    changed = {c.name: statement.excluded[c.name] for c in figures.columns if c.name not in key}
    connection.execute(
        statement.on_conflict_do_update(index_elements=key, set_=changed), [_row(one) for one in computed]
    )


def read_figures(connection: sa.Connection, center: str, periods: Iterable[Period]) -> list[Figure]:
    """Stored figures of a centre in periods, in no particular order."""
    rows = sa.select(figures).where(
        figures.c.center_id == center, figures.c.period.in_([str(period) for period in periods])
    )
    return [_figure(row) for row in connection.execute(rows).mappings()]


def known_years(connection: sa.Connection, center: str) -> set[int]:
    """The years of which there are figures."""
    yearly = sa.select(figures.c.period).where(
        figures.c.center_id == center, sa.func.length(figures.c.period) == 4
    )
    return {int(year) for year in connection.scalars(yearly.distinct())}


def forget_figures(connection: sa.Connection, center: str) -> None:
    """Drops a centre's figures, to be computed anew."""
    connection.execute(sa.delete(figures).where(figures.c.center_id == center))
    connection.execute(sa.delete(figure_heads).where(figure_heads.c.center_id == center))


class Head(NamedTuple):
    """How far a centre's figures have come."""

    log_seq: int
    computed_at: datetime
    computed_on: date
    definitions: str


def read_head(connection: sa.Connection, center: str) -> Head | None:
    """None where nothing was computed yet."""
    columns = (figure_heads.c[name] for name in Head._fields)
    row = connection.execute(sa.select(*columns).where(figure_heads.c.center_id == center)).first()
    return Head(*row) if row else None


def write_head(connection: sa.Connection, center: str, head: Head) -> None:
    """Notes how far a centre's figures have come."""
    statement = postgresql.insert(figure_heads).values(center_id=center, **head._asdict())
    connection.execute(statement.on_conflict_do_update(index_elements=["center_id"], set_=head._asdict()))


def _row(figure: Figure) -> dict[str, Any]:
    return {
        "center_id": figure.center,
        "period": str(figure.period),
        "indicator": figure.indicator,
        "numerator": _text(figure.numerator),
        "denominator": _text(figure.denominator),
        "value": figure.value,
        "unit": figure.unit,
        "coverage": _text(figure.coverage),
        "status": str(figure.status),
        "reason": figure.reason,
        "low": figure.low,
        "high": figure.high,
        "bounds": figure.bounds,
        "provisional": figure.provisional,
        "definition_version": figure.definition_version,
        "source": figure.source,
        "log_seq": figure.log_seq,
        "computed_at": figure.computed_at,
    }


def _figure(row: sa.RowMapping) -> Figure:
    told = dict(row)
    return Figure(
        **told
        | {
            "center": told.pop("center_id"),
            "period": parse_period(told["period"]),
            "numerator": _fraction(told["numerator"]),
            "denominator": _fraction(told["denominator"]),
            "coverage": _fraction(told["coverage"]),
            "status": Status(told["status"]),
        }
    )


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)

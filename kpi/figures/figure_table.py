"""The table of computed figures, and how far each centre's figures have come."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from kpi.figures.codes import derive_code
from kpi.figures.figure import Figure, Status
from kpi.figures.gap import Gap, read_gaps, write_gaps
from tracker.periods import Period, parse_period
from tracker.schema import metadata

_TIME = sa.TIMESTAMP(timezone=True)


def _build_columns() -> list[sa.Column[Any]]:
    """What a figure says beside its centre, period and indicator."""
    return [
        sa.Column("numerator", sa.Text),  # exact: 38817 or 100/3
        sa.Column("denominator", sa.Text),
        sa.Column("value", sa.Numeric),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("coverage", sa.Text),  # exact, as the numerator
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("gaps", sa.Text, nullable=False),  # JSON
        sa.Column("low", sa.Numeric),
        sa.Column("high", sa.Numeric),
        sa.Column("bounds", sa.Text),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("definition_version", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
    ]


figures = sa.Table(
    "figures",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("period", sa.Text(collation="C"), primary_key=True),  # 2023, 2023-Q2, 2023-05
    sa.Column("indicator", sa.Text, primary_key=True),
    *_build_columns(),
    sa.Column("log_seq", sa.BigInteger, nullable=False),
    sa.Column("computed_at", _TIME, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
)

figure_history = sa.Table(
    "figure_history",  # every content that a figure ever had, with where the log stood when it first had it
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("period", sa.Text(collation="C"), primary_key=True),
    sa.Column("indicator", sa.Text, primary_key=True),
    sa.Column("log_seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("computed_at", _TIME, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    *_build_columns(),
)
sa.Index("figure_history_code", figure_history.c.code)

figure_heads = sa.Table(
    "figure_heads",  # how far the figures of a centre have come
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("log_seq", sa.BigInteger, nullable=False),  # the log position they are computed at
    sa.Column("computed_at", _TIME, nullable=False),
    sa.Column("computed_on", sa.Date, nullable=False),  # Beijing day: running periods move with it
    sa.Column("definitions", sa.Text, nullable=False),  # digest of all definitions they were computed by
)

_STATUSES = {status.value: status for status in Status}


def write_figures(connection: sa.Connection, computed: Sequence[Figure]) -> None:
    """Puts figures in the place of those of the same centre, period and indicator, and keeps what is new
    of them in the history."""
    if not computed:
        return
    rows = [_to_row(replace(one, code=derive_code(one, 0))) for one in computed]
    _append_history(connection, rows)
    statement = _insert_all(figures)
    key = ("center_id", "period", "indicator")
    changed = {c.name: statement.excluded[c.name] for c in figures.columns if c.name not in key}
    replacing = statement.on_conflict_do_update(index_elements=key, set_=changed)
    connection.execute(replacing, {"rows": _json_text(rows)})


def _append_history(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Adds to the history what differs from a figure's last content there."""
    center = rows[0]["center_id"]
    last = select_newest_contents(center, {row["period"] for row in rows}).with_only_columns(
        figure_history.c.period, figure_history.c.indicator, figure_history.c.code
    )
    codes = {(period, indicator): code for period, indicator, code in connection.execute(last)}
    fresh = [row for row in rows if codes.get((row["period"], row["indicator"])) != row["code"]]
    if fresh:
        adding = _insert_all(figure_history).on_conflict_do_nothing()
        connection.execute(adding, {"rows": _json_text(fresh)})


def _insert_all(table: sa.Table) -> postgresql.Insert:
    """Inserts the rows of one parameter, `rows`, a JSON array."""
    names = [column.name for column in table.columns]
    like: sa.ColumnElement[Any] = sa.literal_column(f"NULL::{table.name}")
    rows = sa.cast(sa.bindparam("rows", type_=sa.Text), sa.JSON)
    given = sa.func.json_populate_recordset(like, rows).table_valued(*names)
    return postgresql.insert(table).from_select(names, sa.select(*(given.c[name] for name in names)))


def _json_text(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as a JSON array; decimals are texts, which keep every digit."""
    return orjson.dumps(rows, default=str).decode()


def select_newest_contents(center: str, periods: Iterable[str]) -> sa.Select[Any]:
    """The last content in the history of each figure of the periods."""
    table = figure_history.c
    return (
        sa.select(figure_history)
        .where(table.center_id == center, table.period.in_(sorted(periods)))
        .ext(postgresql.distinct_on(table.period, table.indicator))
        .order_by(table.period, table.indicator, table.log_seq.desc(), table.computed_at.desc())
    )


def read_figures(
    connection: sa.Connection, center: str, periods: Iterable[Period], indicator: str | None = None
) -> list[Figure]:
    """Stored figures of a centre in periods, in no particular order; of one indicator where it is named."""
    rows = sa.select(figures).where(
        figures.c.center_id == center, figures.c.period.in_([str(period) for period in periods])
    )
    selected = rows if indicator is None else rows.where(figures.c.indicator == indicator)
    return [build_figure(dict(row)) for row in connection.execute(selected).mappings()]


def read_figures_of(
    connection: sa.Connection, centers: Sequence[str], period: Period, indicators: Collection[str]
) -> list[Figure]:
    """Stored figures of several centres in one period."""
    rows = sa.select(figures).where(
        figures.c.center_id.in_(centers),
        figures.c.period == str(period),
        figures.c.indicator.in_(indicators),
    )
    return [build_figure(dict(row)) for row in connection.execute(rows).mappings()]


def read_known_years(connection: sa.Connection, center: str) -> set[int]:
    """The years of which there are figures."""
    yearly = sa.select(figures.c.period).where(
        figures.c.center_id == center, sa.func.length(figures.c.period) == 4
    )
    return {int(year) for year in connection.scalars(yearly.ext(postgresql.distinct_on()))}


def forget_figures(connection: sa.Connection, center: str) -> None:
    """Drops a centre's figures, to be computed anew."""
    connection.execute(sa.delete(figures).where(figures.c.center_id == center))
    connection.execute(sa.delete(figure_heads).where(figure_heads.c.center_id == center))


class FiguresHead(NamedTuple):
    """How far a centre's figures have come."""

    log_seq: int
    computed_at: datetime
    computed_on: date
    definitions: str


def read_head(connection: sa.Connection, center: str) -> FiguresHead | None:
    """None where nothing was computed yet."""
    columns = (figure_heads.c[name] for name in FiguresHead._fields)
    row = connection.execute(sa.select(*columns).where(figure_heads.c.center_id == center)).first()
    return FiguresHead(*row) if row else None


def write_head(connection: sa.Connection, center: str, head: FiguresHead) -> None:
    """Notes how far a centre's figures have come."""
    statement = postgresql.insert(figure_heads).values(center_id=center, **head._asdict())
    connection.execute(statement.on_conflict_do_update(index_elements=["center_id"], set_=head._asdict()))


def _to_row(figure: Figure) -> dict[str, Any]:
    return {
        "center_id": figure.center,
        "period": str(figure.period),
        "indicator": figure.indicator,
        "numerator": _to_text(figure.numerator),
        "denominator": _to_text(figure.denominator),
        "value": figure.value,
        "unit": figure.unit,
        "coverage": _to_text(figure.coverage),
        "status": str(figure.status),
        "reason": figure.reason,
        "gaps": orjson.dumps(write_gaps(figure.gaps)).decode(),
        "low": figure.low,
        "high": figure.high,
        "bounds": figure.bounds,
        "provisional": figure.provisional,
        "definition_version": figure.definition_version,
        "source": figure.source,
        "log_seq": figure.log_seq,
        "computed_at": figure.computed_at,
        "code": figure.code,
    }


def build_figure(row: Mapping[str, Any]) -> Figure:
    """A figure from a row of `figures` or `figure_history`."""
    values = dict(row)
    values["center"] = values.pop("center_id")
    values["period"] = _parse_period(values["period"])
    values["status"] = _STATUSES[values["status"]]
    values["gaps"] = _parse_gaps(values["gaps"])
    for name in ("numerator", "denominator", "coverage"):
        values[name] = _parse_fraction(values[name])
    return Figure(**values)


def _to_text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


@lru_cache(maxsize=10_000)
def _parse_period(text: str) -> Period:
    return parse_period(text)


@lru_cache(maxsize=10_000)
def _parse_gaps(text: str) -> tuple[Gap, ...]:
    return read_gaps(orjson.loads(text))


@lru_cache(maxsize=10_000)
def _parse_fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)

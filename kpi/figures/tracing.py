"""From a code on a page or on paper back to exactly that figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from kpi.figures.codes import CodeProblem, read_code
from kpi.figures.figure import Figure
from kpi.figures.figure_table import build_figure, figure_history
from kpi.figures.locked_figures import build_sealed_figure
from kpi.figures.results import find_figure
from tracker.facts.closing import sealed_figures, seals
from tracker.periods import Period


@dataclass(frozen=True)
class TracedFigure:
    """The figure that bears a code."""

    figure: Figure
    since_seq: int  # the log position at which it was first computed, or the number of its seal
    since: datetime
    now: Figure | None  # what is shown in its place today; None: nothing is

    @property
    def stands(self) -> bool:
        return self.now is not None and self.now.code == self.figure.code


def find_code(connection: sa.Connection, code: str, center: str | None = None) -> list[TracedFigure]:
    """The figure of that code; more than one only where two figures happen to share it.

    Raises: CodeProblem for a code that is none, or that no figure ever had.
    """
    plain = read_code(code)
    figures = [*_find_sealed(connection, plain), *_find_provisional(connection, plain)]
    matching = [one for one in figures if center in (None, one[0].center)]
    if not matching:
        raise CodeProblem(f"没有溯源码 {plain}：请核对；若它来自另一套系统或另一个中心，请到那里查。")
    return [
        TracedFigure(figure, seq, at, find_figure(connection, figure.center, figure.indicator, figure.period))
        for figure, seq, at in matching
    ]


def _find_sealed(connection: sa.Connection, code: str) -> list[tuple[Figure, int, datetime]]:
    rows = sa.select(sealed_figures).where(sealed_figures.c.code == code)
    result = connection.execute(rows.order_by(sealed_figures.c.center_id, sealed_figures.c.event_seq))
    return [(build_sealed_figure(dict(row)), row["event_seq"], row["sealed_at"]) for row in result.mappings()]


def _find_provisional(connection: sa.Connection, code: str) -> list[tuple[Figure, int, datetime]]:
    """Unlocked figures of a code. Where a content came back later, its first time counts."""
    table = figure_history.c
    rows = (
        sa.select(figure_history)
        .where(table.code == code)
        .ext(postgresql.distinct_on(table.center_id, table.period, table.indicator))
        .order_by(table.center_id, table.period, table.indicator, table.log_seq, table.computed_at)
    )
    figures = (build_figure(dict(row)) for row in connection.execute(rows).mappings())
    return [(figure, figure.log_seq, figure.computed_at) for figure in figures]


@dataclass(frozen=True)
class FigureSeal:
    """Who sealed a figure, and why."""

    vintage: int
    sealed_by: str
    approved_by: str
    reason: str | None


@dataclass(frozen=True)
class FigureVersion:
    """What a figure once said: as it was computed, or as it was sealed."""

    figure: Figure
    since_seq: int
    since: datetime
    seal: FigureSeal | None = None


def list_versions(
    connection: sa.Connection, center: str, indicator: str, period: Period, *, most: int = 20
) -> list[FigureVersion]:
    """Everything that a figure said, the newest first; of what was computed, the last `most`."""
    return sorted(
        [
            *_read_sealed_versions(connection, center, indicator, period),
            *_read_computed_versions(connection, center, indicator, period, most),
        ],
        key=lambda one: (one.since, one.since_seq),
        reverse=True,
    )


def find_version(
    connection: sa.Connection, center: str, indicator: str, period: Period, code: str
) -> FigureVersion | None:
    """What the figure said under a code, however long ago; None where it never had that code.

    Raises: CodeProblem for a code that is none.
    """
    plain = read_code(code)
    sealed = (one for one in _read_sealed_versions(connection, center, indicator, period))
    version = next((one for one in sealed if one.figure.code == plain), None)
    if version is not None:
        return version
    computed = (one for one in _find_provisional(connection, plain) if one[0].center == center)
    same = (one for one in computed if (one[0].indicator, one[0].period) == (indicator, period))
    return next((FigureVersion(*one) for one in same), None)


def _read_sealed_versions(
    connection: sa.Connection, center: str, indicator: str, period: Period
) -> Iterator[FigureVersion]:
    of, by = sealed_figures.c, seals.c
    same = sa.and_(by.center_id == of.center_id, by.month == of.month, by.vintage == of.vintage)
    rows = (
        sa.select(sealed_figures, by.sealed_by, by.approved_by, by.reason.label("why"))
        .select_from(sealed_figures.join(seals, same))
        .where(of.center_id == center, of.indicator == indicator, of.period == str(period))
    )
    for row in connection.execute(rows).mappings():
        values = dict(row)
        seal = FigureSeal(
            row["vintage"], values.pop("sealed_by"), values.pop("approved_by"), values.pop("why")
        )
        yield FigureVersion(build_sealed_figure(values), row["event_seq"], row["sealed_at"], seal)


def _read_computed_versions(
    connection: sa.Connection, center: str, indicator: str, period: Period, most: int
) -> Iterator[FigureVersion]:
    """The contents of the history; what was computed again to the same is one."""
    table = figure_history.c
    rows = (
        sa.select(figure_history)
        .where(table.center_id == center, table.indicator == indicator, table.period == str(period))
        .order_by(table.log_seq.desc(), table.computed_at.desc())
        .limit(most)
    )
    for row in connection.execute(rows).mappings():
        figure = build_figure(dict(row))
        yield FigureVersion(figure, figure.log_seq, figure.computed_at)

"""As known on: the figures that would have been printed at a log position, or at a moment.

A figure of a month that was locked by then is the vintage of that time. Any other one is what had last been
computed by then, which the history keeps. Figures follow the log within a minute while the jobs run. Where
nothing had been computed of a period that had begun, the events up to then are counted now; such a figure was
never printed and has no code.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from kpi.figures.as_of import compute_figures_as_of
from kpi.figures.figure import Figure
from kpi.figures.figure_table import build_figure, figure_history, read_known_years, select_newest_contents
from kpi.figures.indicators import INDICATORS
from kpi.figures.locked_figures import ByFigure, Position, read_sealed_figures
from tracker.events.times import get_day
from tracker.log.tables import batches
from tracker.periods import Period, list_periods


def read_figures_as_known(
    connection: sa.Connection, center: str, period: Period, on: Position
) -> list[Figure]:
    """All figures of a period as known on a log position or at a moment, in the order of the registry."""
    figures = {one.indicator: one for one in _read_periods(connection, center, [period], on).values()}
    return [figures[key] for key in INDICATORS if key in figures]


def read_known_figures(
    connection: sa.Connection, center: str, periods: Iterable[Period], on: Position
) -> ByFigure:
    """All figures of several periods as known on a log position or at a moment."""
    return _read_periods(connection, center, periods, on)


def read_year_as_known(
    connection: sa.Connection, center: str, year: int, on: Position
) -> dict[str, dict[Period, Figure]]:
    """Indicator → period → figure, as known on a log position or at a moment."""
    figures: dict[str, dict[Period, Figure]] = {key: {} for key in INDICATORS}
    for (indicator, period), figure in _read_periods(connection, center, list_periods(year), on).items():
        if indicator in figures:
            figures[indicator][period] = figure
    return {key: by_period for key, by_period in figures.items() if by_period}


def _read_periods(
    connection: sa.Connection, center: str, periods: Iterable[Period], on: Position
) -> ByFigure:
    wanted = list(periods)
    computed = _read_computed(connection, center, wanted, on)
    never = set(wanted) - {period for _, period in computed}
    recomputed = _compute_missing(connection, center, never, on) if never else {}
    return computed | recomputed | read_sealed_figures(connection, center, wanted, on=on)


def _read_computed(
    connection: sa.Connection, center: str, periods: Iterable[Period], on: Position
) -> ByFigure:
    """What had last been computed by then."""
    table = figure_history.c
    rows = select_newest_contents(center, [str(period) for period in periods]).where(
        table.log_seq <= on if isinstance(on, int) else table.computed_at <= on
    )
    figures = (build_figure(dict(row)) for row in connection.execute(rows).mappings())
    return {(one.indicator, one.period): one for one in figures}


def _compute_missing(connection: sa.Connection, center: str, periods: set[Period], on: Position) -> ByFigure:
    """The figures of periods that had begun by then, from the events up to then."""
    position = _find_log_position(connection, center, on)
    if position is None:
        return {}
    seq, moment = position
    begun = {period for period in periods if period.first_day <= get_day(moment)}
    years = {period.first_day.year for period in begun} & read_known_years(connection, center)
    figures: ByFigure = {}
    for year in sorted(years):
        figures |= compute_figures_as_of(connection, center, year, seq, moment)
    return {of: figure for of, figure in figures.items() if figure.period in begun}


def _find_log_position(connection: sa.Connection, center: str, on: Position) -> tuple[int, datetime] | None:
    """Where the log stood, and when; None while it was empty."""
    table = batches.c
    rows = sa.select(table.first_seq, table.last_seq, table.recorded_at).where(table.center_id == center)
    before = table.first_seq <= on if isinstance(on, int) else table.recorded_at <= on
    last = connection.execute(rows.where(before).order_by(table.first_seq.desc()).limit(1)).first()
    if last is None:
        return None
    if isinstance(on, int):
        return min(on, last.last_seq), last.recorded_at
    return last.last_seq, on

"""As known on: the figures that would have been printed at a log position, or at a moment.

A figure of a month that was locked by then is the vintage of that time. Any other one is what had last been
computed by then, which the history keeps. Figures follow the log within a minute while the jobs run. Where
nothing had been computed of a period that had begun, the events up to then are counted now; such a figure was
never printed and has no code.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from kpi.figures.as_of import figures_of_then
from kpi.figures.figure import Figure
from kpi.figures.figure_table import figure_from, figure_history, known_years, newest_contents
from kpi.figures.indicators import INDICATORS
from kpi.figures.locked_figures import ByFigure, Position, read_sealed
from tracker.events.times import day_of
from tracker.log.tables import batches
from tracker.periods import Period, periods_of_year


def figures_as_known(connection: sa.Connection, center: str, period: Period, on: Position) -> list[Figure]:
    """All figures of a period as known on a log position or at a moment, in the order of the registry."""
    found = {one.indicator: one for one in _known(connection, center, [period], on).values()}
    return [found[key] for key in INDICATORS if key in found]


def year_as_known(
    connection: sa.Connection, center: str, year: int, on: Position
) -> dict[str, dict[Period, Figure]]:
    """Indicator → period → figure, as known on a log position or at a moment."""
    found: dict[str, dict[Period, Figure]] = {key: {} for key in INDICATORS}
    for (indicator, period), figure in _known(connection, center, periods_of_year(year), on).items():
        if indicator in found:
            found[indicator][period] = figure
    return {key: by_period for key, by_period in found.items() if by_period}


def _known(connection: sa.Connection, center: str, periods: Iterable[Period], on: Position) -> ByFigure:
    listed = list(periods)
    computed = _computed_by(connection, center, listed, on)
    never = set(listed) - {period for _, period in computed}
    counted = _counted_now(connection, center, never, on) if never else {}
    return computed | counted | read_sealed(connection, center, listed, on=on)


def _computed_by(connection: sa.Connection, center: str, periods: Iterable[Period], on: Position) -> ByFigure:
    """What had last been computed by then."""
    table = figure_history.c
    rows = newest_contents(center, [str(period) for period in periods]).where(
        table.log_seq <= on if isinstance(on, int) else table.computed_at <= on
    )
    found = (figure_from(dict(row)) for row in connection.execute(rows).mappings())
    return {(one.indicator, one.period): one for one in found}


def _counted_now(connection: sa.Connection, center: str, periods: set[Period], on: Position) -> ByFigure:
    """The figures of periods that had begun by then, from the events up to then."""
    stood = _stood(connection, center, on)
    if stood is None:
        return {}
    seq, moment = stood
    begun = {period for period in periods if period.first_day <= day_of(moment)}
    years = {period.first_day.year for period in begun} & known_years(connection, center)
    found: ByFigure = {}
    for year in sorted(years):
        found |= figures_of_then(connection, center, year, seq, moment)
    return {of: figure for of, figure in found.items() if figure.period in begun}


def _stood(connection: sa.Connection, center: str, on: Position) -> tuple[int, datetime] | None:
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

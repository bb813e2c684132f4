"""As known on: the figures that would have been printed at a log position, or at a moment.

A figure of a month that was locked by then is the vintage of that time. Any other one is what had last been
computed by then, which the history keeps. Figures follow the log within a minute while the jobs run.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.sealed import ByFigure, Position, read_sealed
from kpi.figures.stored import figure_from, figure_history, newest_contents
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
    computed = computed_by(connection, center, listed, on)
    return computed | read_sealed(connection, center, listed, on=on)


def computed_by(connection: sa.Connection, center: str, periods: Iterable[Period], on: Position) -> ByFigure:
    """What had last been computed by then. The place where a replay of the log would stand in."""
    table = figure_history.c
    rows = newest_contents(center, [str(period) for period in periods]).where(
        table.log_seq <= on if isinstance(on, int) else table.computed_at <= on
    )
    found = (figure_from(dict(row)) for row in connection.execute(rows).mappings())
    return {(one.indicator, one.period): one for one in found}

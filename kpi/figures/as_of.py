"""Rows and figures as they were at an earlier position of the log, from the events up to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from kpi.figures import rollup
from kpi.figures.definitions.in_force import definitions_for
from kpi.figures.evidence import figure_in_force, read_evidence
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.locked_figures import ByFigure
from kpi.figures.rows import Rows, rows_behind
from tracker.database import driver_of
from tracker.log.as_of_facts import hide, stand_at
from tracker.periods import periods_of_year


@contextmanager
def standing_at(connection: sa.Connection, center: str, seq: int) -> Iterator[sa.Connection]:
    """A connection of its own beside another one, on which the centre's facts are those of a log position.

    It sees what is committed. Definitions, deliveries and zero reports are those of then, too; the figures
    and their daily sums are not.
    """
    with connection.engine.connect() as opened:
        then = opened.execution_options(isolation_level="REPEATABLE READ")
        stand_at(driver_of(then), center, seq)
        yield then


def rows_of_then(
    connection: sa.Connection, figure: Figure, part: str, *, limit: int | None = None, offset: int = 0
) -> Rows:
    """The rows that made a figure, as of the log position at which it was computed or sealed.

    Raises: RowsProblem where it has no such part.
    """
    with standing_at(connection, figure.center, figure.log_seq) as then:
        return rows_behind(
            then,
            figure.center,
            figure.indicator,
            figure.period,
            part,
            limit=limit,
            offset=offset,
            figure=figure,
        )


def figures_of_then(
    connection: sa.Connection, center: str, year: int, seq: int, moment: datetime
) -> ByFigure:
    """The figures of a year as they would have been computed at a log position and a moment.

    They were not printed then and have no code.
    """
    with standing_at(connection, center, seq) as then:
        hide(driver_of(then), rollup.daily_measures.name)
        rollup.rebuild(then, center)
        known = definitions_for(then, center)
        evidence = read_evidence(then, center, year, INDICATORS, seq=seq, now=moment, definitions=known)
        found = {
            (key, period): figure_in_force(evidence, known, key, period)
            for key in INDICATORS
            for period in periods_of_year(year)
        }
    return {of: figure for of, figure in found.items() if figure is not None}

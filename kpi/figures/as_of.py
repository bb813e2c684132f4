"""Rows and figures as they were at an earlier position of the log, from the events up to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from kpi.figures import rollup
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.evidence import compute_figure_in_force, read_evidence
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.locked_figures import ByFigure
from kpi.figures.rows import RowPage, read_rows
from tracker.database import get_driver
from tracker.log.as_of_facts import hide_table, use_facts_as_of
from tracker.periods import list_periods


@contextmanager
def open_as_of(connection: sa.Connection, center: str, seq: int) -> Iterator[sa.Connection]:
    """A connection of its own beside another one, on which the centre's facts are those of a log position.

    It sees what is committed. Definitions, deliveries and zero reports are those of then, too; the figures
    and their daily sums are not.
    """
    with connection.engine.connect() as own_connection:
        then = own_connection.execution_options(isolation_level="REPEATABLE READ")
        use_facts_as_of(get_driver(then), center, seq)
        yield then


def read_rows_as_of(
    connection: sa.Connection, figure: Figure, part: str, *, limit: int | None = None, offset: int = 0
) -> RowPage:
    """The rows that made a figure, as of the log position at which it was computed or sealed.

    Raises: RowsProblem where it has no such part.
    """
    with open_as_of(connection, figure.center, figure.log_seq) as then:
        return read_rows(
            then,
            figure.center,
            figure.indicator,
            figure.period,
            part,
            limit=limit,
            offset=offset,
            figure=figure,
        )


def compute_figures_as_of(
    connection: sa.Connection, center: str, year: int, seq: int, moment: datetime
) -> ByFigure:
    """The figures of a year as they would have been computed at a log position and a moment.

    They were not printed then and have no code.
    """
    with open_as_of(connection, center, seq) as then:
        hide_table(get_driver(then), rollup.daily_measures.name)
        rollup.rebuild(then, center)
        definitions = read_definitions(then, center)
        evidence = read_evidence(then, center, year, INDICATORS, seq=seq, now=moment, definitions=definitions)
        figures = {
            (key, period): compute_figure_in_force(evidence, definitions, key, period)
            for key in INDICATORS
            for period in list_periods(year)
        }
    return {of: figure for of, figure in figures.items() if figure is not None}

"""What figures are computed from, read from wherever the facts are: the database, or DuckDB offline."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from kpi.figures.compute import Evidence, figure_of
from kpi.figures.controls.checking import measures_of, stated_in
from kpi.figures.coverage_reading import read_backing
from kpi.figures.definitions.in_force import PACKAGED, Definitions
from kpi.figures.figure import Figure
from kpi.figures.objections import read_objections
from kpi.figures.sums import monthly
from kpi.figures.unknowns_reading import read_doubts
from tracker.events.times import day_of
from tracker.periods import Period, Year


def read_evidence(
    connection: sa.Connection,
    center: str,
    year: int,
    indicators: Iterable[str],
    *,
    seq: int,
    now: datetime,
    definitions: Definitions = PACKAGED,
    measures: Iterable[str] = (),
) -> Evidence:
    """What the indicators' figures of a year are computed from; only days that have ended by `now` count.

    `measures` are summed beside those that the definitions ask for.
    """
    span, today = Year(year), day_of(now)
    formulas = [version.formula for key in indicators for version in definitions.versions(key)]
    keys = {key for formula in formulas for key in formula.measures}
    stated = stated_in(connection, center, span)
    sums = monthly(connection, center, span, today, keys | set(measures) | measures_of(stated))
    before = span.months[0].previous
    backing = read_backing(connection, center, before.first_day, span.end_day, today)
    unknowns, held, _ = read_doubts(connection, center, span, today, formulas)
    objections = read_objections(connection, center, span.end_day, stated, backing, sums)
    return Evidence(center, sums, backing, seq, now, unknowns, held, objections)


def figure_in_force(evidence: Evidence, definitions: Definitions, key: str, period: Period) -> Figure | None:
    """The figure by the version in force; it says so where the period's months fall under several."""
    figure = figure_of(evidence, definitions.in_force(key, period), period)
    remark = definitions.changed_within(key, period)
    return replace(figure, reason=figure.reason + remark) if figure and remark else figure

"""What figures are computed from, read from wherever the facts are: the database, or DuckDB offline."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpi.figures.compute import FigureEvidence, compute_figure
from kpi.figures.controls.checking import list_measures, read_stated_totals
from kpi.figures.coverage_reading import read_backing
from kpi.figures.definitions.in_force import PACKAGED, Definitions
from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator
from kpi.figures.objections import read_objections
from kpi.figures.sums import sum_by_month
from kpi.figures.unknowns_reading import read_doubts
from tracker.events.times import get_day
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
) -> FigureEvidence:
    """What the indicators' figures of a year are computed from; only days that have ended by `now` count.

    `measures` are summed beside those that the definitions ask for.
    """
    span, today = Year(year), get_day(now)
    formulas = [version.formula for key in indicators for version in definitions.list_versions(key)]
    keys = {key for formula in formulas for key in formula.measures}
    totals = read_stated_totals(connection, center, span)
    sums = sum_by_month(connection, center, span, today, keys | set(measures) | list_measures(totals))
    before = span.months[0].previous
    backing = read_backing(connection, center, before.first_day, span.end_day, today)
    unknowns, held_back, _ = read_doubts(connection, center, span, today, formulas)
    objections = read_objections(connection, center, span.end_day, totals, backing, sums)
    return FigureEvidence(center, sums, backing, seq, now, unknowns, held_back, objections)


def read_evidence_of(
    connection: sa.Connection,
    center: str,
    definitions: Iterable[Indicator],
    periods: Sequence[Period],
    now: datetime,
    head: sa.Select[Any] | None = None,
) -> FigureEvidence:
    """What figures of periods of one year are computed from by any definitions, counted from the facts.

    `head` selects the log position; without it none is told, and it is 0.
    """
    indicators = list(definitions)
    keys = {key for indicator in indicators for key in indicator.formula.measures}
    months = sorted({month for one in indicators for period in periods for month in one.months(period)})
    first, last = months[0], months[-1]
    span: Period = first if first == last else Year(first.year)
    today = get_day(now)
    sums = sum_by_month(connection, center, span, today, keys, from_facts=True)
    backing = read_backing(connection, center, first.previous.first_day, last.end_day, today)
    formulas = [indicator.formula for indicator in indicators]
    unknowns, held_back, seq = read_doubts(connection, center, span, today, formulas, head)
    return FigureEvidence(center, sums, backing, seq, now, unknowns, held_back)


def compute_figure_in_force(
    evidence: FigureEvidence, definitions: Definitions, key: str, period: Period
) -> Figure | None:
    """The figure by the version in force; it says so where the period's months fall under several."""
    figure = compute_figure(evidence, definitions.find_in_force(key, period), period)
    remark = definitions.describe_change_within(key, period)
    return replace(figure, reason=figure.reason + remark) if figure and remark else figure

"""Figures by any definition, in force or not, straight from the facts; nothing is stored."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa

from kpi.figures.compute import FigureEvidence, compute_figure
from kpi.figures.definitions.in_force import Definitions, read_definitions
from kpi.figures.evidence import read_evidence_of
from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator
from tracker.log.tables import heads
from tracker.periods import Period, Quarter, Year


class Impact(NamedTuple):
    """What a definition would change in a period. Figures are None while it has not begun."""

    period: Period
    before: Figure | None  # by the version in force
    after: Figure | None


def compute_figures_by(
    connection: sa.Connection,
    center: str,
    definitions: Sequence[Indicator],
    periods: Sequence[Period],
    now: datetime,
) -> list[dict[Period, Figure]]:
    """For each definition its figures of periods of one year; those not begun are absent."""
    evidence = read_facts(connection, center, definitions, periods, now)
    return [_compute_periods(evidence, indicator, periods) for indicator in definitions]


def compute_impact(
    connection: sa.Connection,
    center: str,
    proposed: Indicator,
    year: Year,
    now: datetime,
    definitions: Definitions | None = None,
) -> list[Impact]:
    """Before and after for the year, its quarters and its months, as if it held throughout.

    `known` are the centre's definitions, where the caller has read them."""
    definitions = definitions or read_definitions(connection, center)
    periods: tuple[Period, ...] = (
        year,
        *(Quarter(year.year, number) for number in range(1, 5)),
        *year.months,
    )
    in_force = {period: definitions.find_in_force(proposed.key, period) for period in periods}
    evidence = read_facts(connection, center, [proposed, *in_force.values()], periods, now)
    return [
        Impact(
            period,
            compute_figure(evidence, in_force[period], period),
            compute_figure(evidence, proposed, period),
        )
        for period in periods
    ]


def read_facts(
    connection: sa.Connection,
    center: str,
    definitions: Iterable[Indicator],
    periods: Sequence[Period],
    now: datetime,
) -> FigureEvidence:
    """What figures of periods of one year are computed from, all of it counted now from the facts."""
    return read_evidence_of(connection, center, definitions, periods, now, _select_log_end(center))


@lru_cache(maxsize=64)
def _select_log_end(center: str) -> sa.Select[tuple[int]]:
    return sa.select(heads.c.seq).where(heads.c.center_id == center)


def _compute_periods(
    evidence: FigureEvidence, indicator: Indicator, periods: Sequence[Period]
) -> dict[Period, Figure]:
    figures = {period: compute_figure(evidence, indicator, period) for period in periods}
    return {period: figure for period, figure in figures.items() if figure is not None}

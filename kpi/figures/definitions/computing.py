"""Figures by any definition, in force or not, straight from the facts; nothing is stored."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa

from kpi.figures.compute import Evidence, figure_of
from kpi.figures.coverage_reading import read_backing
from kpi.figures.definitions.in_force import Definitions, definitions_for
from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator
from kpi.figures.sums import monthly
from kpi.figures.unknowns_reading import read_doubts
from tracker.events.times import day_of
from tracker.log.tables import heads
from tracker.periods import Period, Quarter, Year


class Impact(NamedTuple):
    """What a definition would change in a period. Figures are None while it has not begun."""

    period: Period
    before: Figure | None  # by the version in force
    after: Figure | None


def figures_by(
    connection: sa.Connection,
    center: str,
    definitions: Sequence[Indicator],
    periods: Sequence[Period],
    now: datetime,
) -> list[dict[Period, Figure]]:
    """For each definition its figures of periods of one year; those not begun are absent."""
    evidence = read_facts(connection, center, definitions, periods, now)
    return [_of_periods(evidence, indicator, periods) for indicator in definitions]


def impact(
    connection: sa.Connection,
    center: str,
    proposed: Indicator,
    year: Year,
    now: datetime,
    known: Definitions | None = None,
) -> list[Impact]:
    """Before and after for the year, its quarters and its months, as if it held throughout.

    `known` are the centre's definitions, where the caller has read them."""
    known = known or definitions_for(connection, center)
    periods: tuple[Period, ...] = (
        year,
        *(Quarter(year.year, number) for number in range(1, 5)),
        *year.months,
    )
    in_force = {period: known.in_force(proposed.key, period) for period in periods}
    evidence = read_facts(connection, center, [proposed, *in_force.values()], periods, now)
    return [
        Impact(period, figure_of(evidence, in_force[period], period), figure_of(evidence, proposed, period))
        for period in periods
    ]


def read_facts(
    connection: sa.Connection,
    center: str,
    definitions: Iterable[Indicator],
    periods: Sequence[Period],
    now: datetime,
) -> Evidence:
    """What figures of periods of one year are computed from, all of it counted now from the facts."""
    chosen = list(definitions)
    keys = {key for indicator in chosen for key in indicator.formula.measures}
    months = sorted({month for one in chosen for period in periods for month in one.months(period)})
    first, last = months[0], months[-1]
    span: Period = first if first == last else Year(first.year)
    today = day_of(now)
    sums = monthly(connection, center, span, today, keys, from_facts=True)
    backing = read_backing(connection, center, first.previous.first_day, last.end_day, today)
    formulas = [indicator.formula for indicator in chosen]
    unknowns, held, seq = read_doubts(connection, center, span, today, formulas, _end_of_log(center))
    return Evidence(center, sums, backing, seq, now, unknowns, held)


@lru_cache(maxsize=64)
def _end_of_log(center: str) -> sa.Select[tuple[int]]:
    return sa.select(heads.c.seq).where(heads.c.center_id == center)


def _of_periods(evidence: Evidence, indicator: Indicator, periods: Sequence[Period]) -> dict[Period, Figure]:
    found = {period: figure_of(evidence, indicator, period) for period in periods}
    return {period: figure for period, figure in found.items() if figure is not None}

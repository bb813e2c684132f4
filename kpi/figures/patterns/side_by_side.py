"""Several centres beside each other in one year: headline figures, and how much can be verified."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kpi.figures.figure import Figure, Status
from kpi.figures.figure_table import figures, read_figures_of
from tracker.periods import Year


@dataclass(frozen=True)
class CenterFigures:
    """One centre's part in the comparison."""

    center: str
    figures: dict[str, Figure]  # indicator → the year's figure; absent: not computed
    statuses: Counter[Status]  # how many indicators of the year stand in which status


def compare_centers(
    connection: sa.Connection, centers: Sequence[str], year: Year, indicators: Collection[str]
) -> list[CenterFigures]:
    """The centres in the order given; one without figures of the year has none."""
    by_center: dict[str, dict[str, Figure]] = {}
    for figure in read_figures_of(connection, centers, year, indicators):
        by_center.setdefault(figure.center, {})[figure.indicator] = figure
    select = (
        sa.select(figures.c.center_id, figures.c.status, sa.func.count())
        .where(figures.c.center_id.in_(centers), figures.c.period == str(year))
        .group_by(figures.c.center_id, figures.c.status)
    )
    statuses: dict[str, Counter[Status]] = {}
    for center, status, count in connection.execute(select).all():
        statuses.setdefault(center, Counter())[Status(status)] = count
    return [CenterFigures(one, by_center.get(one, {}), statuses.get(one, Counter())) for one in centers]


def read_years_of_all(connection: sa.Connection, centers: Sequence[str]) -> list[Year]:
    """The years of which any of the centres has figures, in order."""
    yearly = sa.select(figures.c.period).where(
        figures.c.center_id.in_(centers), sa.func.length(figures.c.period) == 4
    )
    return [Year(int(year)) for year in sorted(connection.scalars(yearly.distinct()))]

"""Figures brought up to date with the log, and read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from kpi.figures import rollup
from kpi.figures.coverage_reading import latest_of
from kpi.figures.definitions.in_force import Definitions, definitions_for, packaged_digest
from kpi.figures.evidence import figure_in_force, read_evidence
from kpi.figures.figure import Figure
from kpi.figures.figure_table import (
    Head,
    figure_heads,
    figure_history,
    figures,
    forget_figures,
    known_years,
    read_figures,
    read_head,
    write_figures,
    write_head,
)
from kpi.figures.from_months import ByPeriod, Compared, compare_with_months
from kpi.figures.indicators import INDICATORS
from kpi.figures.locked_figures import read_shown
from kpi.figures.measures import POPULATIONS
from kpi.figures.sources import SOURCES
from kpi.figures.stale import (
    LEVELS,
    Stale,
    Touched,
    changes_since,
    daily_years,
    every_figure,
    listed_years,
    stale_figures,
    with_silent_years,
    years_told,
)
from tracker.events.times import day_of
from tracker.log.tables import heads, touched_days
from tracker.periods import Month, Period, Year, periods_of_year

CHANGED = (rollup.daily_measures, figures, figure_heads)  # tables in which figures are computed
ADDED_TO = (figure_history,)


def bring_up_to_date(connection: sa.Connection, center: str, now: datetime) -> int:
    """Computes what was recorded since, and what the day's change made due; gives the number of figures.

    Holds the centre's log for the while, so that the figures are those of one log position. Doing it again
    changes nothing. Raises: LookupError for a centre without a log.
    """
    seq, today = _hold(connection, center), day_of(now)
    head, definitions = read_head(connection, center), definitions_for(connection, center)
    if head is None or head.definitions.partition("+")[0] != packaged_digest():
        return rebuild(connection, center, now)
    touched = _take_touched(connection, center)
    redefined = head.definitions != definitions.digest
    if not touched and not redefined and (head.log_seq, head.computed_on) == (seq, today):
        return 0
    rollup.refresh(connection, center, touched)
    known = known_years(connection, center)
    years = years_told(connection, center, touched, known, today)
    if redefined:
        return _compute(connection, center, every_figure(years, today), seq, now, definitions)
    changes = changes_since(connection, center, touched, head.log_seq, years)
    stale = stale_figures(changes, years, definitions, known=known, since=head.computed_on, today=today)
    return _compute(connection, center, stale, seq, now, definitions)


def rebuild(connection: sa.Connection, center: str, now: datetime) -> int:
    """Computes rollup and figures of a centre anew from the facts; gives the number of figures."""
    seq, today = _hold(connection, center), day_of(now)
    _take_touched(connection, center)
    rollup.rebuild(connection, center)
    forget_figures(connection, center)
    stale = every_figure(_years_with_events(connection, center, today), today)
    return _compute(connection, center, stale, seq, now, definitions_for(connection, center))


def of_period(connection: sa.Connection, center: str, period: Period, *, live: bool = False) -> list[Figure]:
    """All figures of a period, in the order of the registry; none while it has not begun.

    A figure of a locked month is the sealed one, unless `live` asks for what the facts say now.
    """
    found = {figure.indicator: figure for figure in _shown(connection, center, [period], live)}
    return [found[key] for key in INDICATORS if key in found]


def of_year(
    connection: sa.Connection, center: str, year: int, *, live: bool = False
) -> dict[str, dict[Period, Figure]]:
    """Indicator → period → figure: the months, the quarters and the year, as far as they have begun."""
    found: dict[str, dict[Period, Figure]] = {key: {} for key in INDICATORS}
    for figure in _shown(connection, center, periods_of_year(year), live):
        if figure.indicator in found:
            found[figure.indicator][figure.period] = figure
    return {key: by_period for key, by_period in found.items() if by_period}


def find(
    connection: sa.Connection, center: str, indicator: str, period: Period, *, live: bool = False
) -> Figure | None:
    """One figure; None where it was not computed, or its period has not begun."""
    return next(iter(_shown(connection, center, [period], live, indicator)), None)


def of_indicator(connection: sa.Connection, center: str, indicator: str, year: int) -> dict[Period, Figure]:
    """One indicator's months, quarters and year, as far as they have begun."""
    found = _shown(connection, center, periods_of_year(year), False, indicator)
    return {figure.period: figure for figure in found}


def years(connection: sa.Connection, center: str) -> list[Year]:
    """The years of which there are figures, in order."""
    return [Year(year) for year in sorted(known_years(connection, center))]


def beside_months(
    connection: sa.Connection, center: str, definitions: Definitions, shown: ByPeriod
) -> Compared:
    """Figures of quarters and years that have locked months, beside what the months were published with.

    `shown` are the figures of a year as they are shown. One statement, none where no month is locked.
    """
    locked = {
        period
        for by_period in shown.values()
        for period, figure in by_period.items()
        if isinstance(period, Month) and figure.vintage
    }
    live: dict[str, dict[Period, Figure]] = {}
    for figure in read_figures(connection, center, locked) if locked else ():
        live.setdefault(figure.indicator, {})[figure.period] = figure
    return compare_with_months(definitions, shown, live)


@dataclass(frozen=True)
class Freshness:
    """How fresh a centre's figures are."""

    head_seq: int  # the log ends here
    computed_seq: int | None  # the figures stand here; None: never computed
    computed_at: datetime | None
    delivered: Mapping[str, datetime | None]  # source → latest as-of time; None: never delivered

    @property
    def current(self) -> bool:
        return self.head_seq == self.computed_seq

    @property
    def oldest(self) -> tuple[str, datetime | None] | None:
        """The source that was heard of longest ago, one never heard of first."""
        order = sorted(self.delivered.items(), key=lambda item: (item[1] is not None, item[1] or 0))
        return order[0] if order else None


def freshness(connection: sa.Connection, center: str) -> Freshness:
    """Log head against computed position, and the latest delivery of each source."""
    latest = latest_of(center).subquery("latest")
    both = heads.outerjoin(figure_heads, heads.c.center_id == figure_heads.c.center_id)
    stands = (
        sa.select(heads.c.seq, figure_heads.c.log_seq, figure_heads.c.computed_at, *latest.c)
        .select_from(both.outerjoin(latest, sa.true()))
        .where(heads.c.center_id == center)
    )
    rows = connection.execute(stands).all()
    seq, computed_seq, computed_at = rows[0][:3] if rows else (0, None, None)
    as_of = {row.source: row.as_of for row in rows}
    delivered = {source.delivery: as_of.get(source.delivery) for source in SOURCES.values()}
    return Freshness(seq, computed_seq, computed_at, delivered)


def _shown(
    connection: sa.Connection,
    center: str,
    periods: Sequence[Period],
    live: bool,
    indicator: str | None = None,
) -> list[Figure]:
    """The computed figures, and in their place the sealed ones where there are any."""
    read = read_figures if live else read_shown
    return read(connection, center, periods, indicator)


def _hold(connection: sa.Connection, center: str) -> int:
    held = sa.select(heads.c.seq).where(heads.c.center_id == center).with_for_update()
    seq = connection.scalar(held)
    if seq is None:
        raise LookupError(f"没有编号为“{center}”的中心。")
    return int(seq)


def _take_touched(connection: sa.Connection, center: str) -> Touched:
    gone = sa.delete(touched_days).where(touched_days.c.center_id == center)
    taken = connection.execute(gone.returning(touched_days.c.fact, touched_days.c.day))
    return {(fact, day) for fact, day in taken}


def _compute(
    connection: sa.Connection, center: str, stale: Stale, seq: int, now: datetime, definitions: Definitions
) -> int:
    computed: list[Figure] = []
    for year, of_year_ in stale.items():
        evidence = read_evidence(
            connection, center, year, of_year_, seq=seq, now=now, definitions=definitions
        )
        for key, periods in of_year_.items():
            found = (figure_in_force(evidence, definitions, key, period) for period in periods)
            computed += [figure for figure in found if figure is not None]
    write_figures(connection, computed)
    write_head(connection, center, Head(seq, now, day_of(now), definitions.digest))
    return len(computed)


def _years_with_events(connection: sa.Connection, center: str, today: date) -> set[int]:
    """Years in which something was counted, and those after up to now."""
    found = daily_years(connection, center, date.min, date.max) | listed_years(connection, center)
    for population in POPULATIONS:
        if not (population.by_month or population.regrouped) and not set(population.facts) & set(LEVELS):
            of_day = sa.select(sa.extract("year", population.day)).select_from(population.rows)
            told = of_day.where(population.center_id == center, population.day.is_not(None)).distinct()
            found |= {int(year) for year in connection.scalars(told)}
    return with_silent_years(found, today)

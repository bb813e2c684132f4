"""Figures brought up to date with the log, and read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from kpi.figures import rollup
from kpi.figures.coverage_reading import select_latest
from kpi.figures.definitions.in_force import Definitions, compute_packaged_digest, read_definitions
from kpi.figures.evidence import compute_figure_in_force, read_evidence
from kpi.figures.figure import Figure
from kpi.figures.figure_table import (
    FiguresHead,
    figure_heads,
    figure_history,
    figures,
    forget_figures,
    read_figures,
    read_head,
    read_known_years,
    write_figures,
    write_head,
)
from kpi.figures.from_months import ByPeriod, MonthComparisons, compare_with_months
from kpi.figures.indicators import INDICATORS
from kpi.figures.locked_figures import read_displayed_figures
from kpi.figures.measures import POPULATIONS
from kpi.figures.sources import SOURCES
from kpi.figures.stale import (
    LEVELS,
    Stale,
    TouchedDays,
    add_silent_years,
    find_stale_figures,
    find_years_to_compute,
    list_all_figures,
    read_changes_since,
    read_daily_years,
    read_listed_years,
)
from tracker.events.times import get_day
from tracker.log.tables import heads, touched_days
from tracker.periods import Month, Period, Year, list_periods

CHANGED = (rollup.daily_measures, figures, figure_heads)  # tables in which figures are computed
ADDED_TO = (figure_history,)


def bring_up_to_date(connection: sa.Connection, center: str, now: datetime) -> int:
    """Computes what was recorded since, and what the day's change made due; gives the number of figures.

    Holds the centre's log for the while, so that the figures are those of one log position. Doing it again
    changes nothing. Raises: LookupError for a centre without a log.
    """
    seq, today = _hold(connection, center), get_day(now)
    head, definitions = read_head(connection, center), read_definitions(connection, center)
    if head is None or head.definitions.partition("+")[0] != compute_packaged_digest():
        return rebuild(connection, center, now)
    touched_days = _take_touched(connection, center)
    redefined = head.definitions != definitions.digest
    if not touched_days and not redefined and (head.log_seq, head.computed_on) == (seq, today):
        return 0
    rollup.refresh(connection, center, touched_days)
    years_known = read_known_years(connection, center)
    years = find_years_to_compute(connection, center, touched_days, years_known, today)
    if redefined:
        return _compute(connection, center, list_all_figures(years, today), seq, now, definitions)
    changes = read_changes_since(connection, center, touched_days, head.log_seq, years)
    stale = find_stale_figures(
        changes, years, definitions, known_years=years_known, since=head.computed_on, today=today
    )
    return _compute(connection, center, stale, seq, now, definitions)


def rebuild(connection: sa.Connection, center: str, now: datetime) -> int:
    """Computes rollup and figures of a centre anew from the facts; gives the number of figures."""
    seq, today = _hold(connection, center), get_day(now)
    _take_touched(connection, center)
    rollup.rebuild(connection, center)
    forget_figures(connection, center)
    stale = list_all_figures(_find_years_with_events(connection, center, today), today)
    return _compute(connection, center, stale, seq, now, read_definitions(connection, center))


def read_period(
    connection: sa.Connection, center: str, period: Period, *, live: bool = False
) -> list[Figure]:
    """All figures of a period, in the order of the registry; none while it has not begun.

    A figure of a locked month is the sealed one, unless `live` asks for what the facts say now.
    """
    by_key = {figure.indicator: figure for figure in _read_displayed(connection, center, [period], live)}
    return [by_key[key] for key in INDICATORS if key in by_key]


def read_year(
    connection: sa.Connection, center: str, year: int, *, live: bool = False
) -> dict[str, dict[Period, Figure]]:
    """Indicator → period → figure: the months, the quarters and the year, as far as they have begun."""
    by_indicator: dict[str, dict[Period, Figure]] = {key: {} for key in INDICATORS}
    for figure in _read_displayed(connection, center, list_periods(year), live):
        if figure.indicator in by_indicator:
            by_indicator[figure.indicator][figure.period] = figure
    return {key: by_period for key, by_period in by_indicator.items() if by_period}


def find_figure(
    connection: sa.Connection, center: str, indicator: str, period: Period, *, live: bool = False
) -> Figure | None:
    """One figure; None where it was not computed, or its period has not begun."""
    return next(iter(_read_displayed(connection, center, [period], live, indicator)), None)


def read_periods(
    connection: sa.Connection, center: str, indicator: str, periods: Sequence[Period]
) -> list[Figure]:
    """One indicator's figures of some periods, of one year or several, as far as they were computed."""
    return _read_displayed(connection, center, periods, False, indicator)


def read_indicator(connection: sa.Connection, center: str, indicator: str, year: int) -> dict[Period, Figure]:
    """One indicator's months, quarters and year, as far as they have begun."""
    figures_read = _read_displayed(connection, center, list_periods(year), False, indicator)
    return {figure.period: figure for figure in figures_read}


def read_years(connection: sa.Connection, center: str) -> list[Year]:
    """The years of which there are figures, in order."""
    return [Year(year) for year in sorted(read_known_years(connection, center))]


def read_month_comparisons(
    connection: sa.Connection, center: str, definitions: Definitions, displayed: ByPeriod
) -> MonthComparisons:
    """Figures of quarters and years that have locked months, beside what the months were published with.

    `shown` are the figures of a year as they are shown. One statement, none where no month is locked.
    """
    locked = {
        period
        for by_period in displayed.values()
        for period, figure in by_period.items()
        if isinstance(period, Month) and figure.vintage
    }
    live: dict[str, dict[Period, Figure]] = {}
    for figure in read_figures(connection, center, locked) if locked else ():
        live.setdefault(figure.indicator, {})[figure.period] = figure
    return compare_with_months(definitions, displayed, live)


@dataclass(frozen=True)
class Freshness:
    """How fresh a centre's figures are."""

    head_seq: int  # the log ends here
    computed_seq: int | None  # the figures stand here; None: never computed
    computed_at: datetime | None
    delivered: Mapping[str, datetime | None]
    """Source → latest as-of time; None: never delivered. Optional sources only once they came."""

    @property
    def current(self) -> bool:
        return self.head_seq == self.computed_seq

    @property
    def oldest(self) -> tuple[str, datetime | None] | None:
        """The source that was heard of longest ago, one never heard of first."""
        order = sorted(self.delivered.items(), key=lambda item: (item[1] is not None, item[1] or 0))
        return order[0] if order else None


def read_freshness(connection: sa.Connection, center: str) -> Freshness:
    """Log head against computed position, and the latest delivery of each source."""
    latest = select_latest(center).subquery("latest")
    both = heads.outerjoin(figure_heads, heads.c.center_id == figure_heads.c.center_id)
    stands = (
        sa.select(heads.c.seq, figure_heads.c.log_seq, figure_heads.c.computed_at, *latest.c)
        .select_from(both.outerjoin(latest, sa.true()))
        .where(heads.c.center_id == center)
    )
    rows = connection.execute(stands).all()
    seq, computed_seq, computed_at = rows[0][:3] if rows else (0, None, None)
    as_of = {row.source: row.as_of for row in rows}
    delivered = {
        source.delivery: as_of.get(source.delivery)
        for source in SOURCES.values()
        if source.delivery in as_of or not source.optional
    }
    return Freshness(seq, computed_seq, computed_at, delivered)


def _read_displayed(
    connection: sa.Connection,
    center: str,
    periods: Sequence[Period],
    live: bool,
    indicator: str | None = None,
) -> list[Figure]:
    """The computed figures, and in their place the sealed ones where there are any."""
    read = read_figures if live else read_displayed_figures
    return read(connection, center, periods, indicator)


def _hold(connection: sa.Connection, center: str) -> int:
    select = sa.select(heads.c.seq).where(heads.c.center_id == center).with_for_update()
    seq = connection.scalar(select)
    if seq is None:
        raise LookupError(f"没有编号为“{center}”的中心。")
    return int(seq)


def _take_touched(connection: sa.Connection, center: str) -> TouchedDays:
    gone = sa.delete(touched_days).where(touched_days.c.center_id == center)
    rows = connection.execute(gone.returning(touched_days.c.fact, touched_days.c.day))
    return {(fact, day) for fact, day in rows}


def _compute(
    connection: sa.Connection, center: str, stale: Stale, seq: int, now: datetime, definitions: Definitions
) -> int:
    computed: list[Figure] = []
    for year, of_year_ in stale.items():
        evidence = read_evidence(
            connection, center, year, of_year_, seq=seq, now=now, definitions=definitions
        )
        for key, periods in of_year_.items():
            computed_now = (compute_figure_in_force(evidence, definitions, key, period) for period in periods)
            computed += [figure for figure in computed_now if figure is not None]
    write_figures(connection, computed)
    write_head(connection, center, FiguresHead(seq, now, get_day(now), definitions.digest))
    return len(computed)


def _find_years_with_events(connection: sa.Connection, center: str, today: date) -> set[int]:
    """Years in which something was counted, and those after up to now."""
    years = read_daily_years(connection, center, date.min, date.max) | read_listed_years(connection, center)
    for population in POPULATIONS:
        if not (population.by_month or population.regrouped) and not set(population.facts) & set(LEVELS):
            of_day = sa.select(sa.extract("year", population.day)).select_from(population.rows)
            selected = of_day.where(population.center_id == center, population.day.is_not(None)).distinct()
            years |= {int(year) for year in connection.scalars(selected)}
    return add_silent_years(years, today)

"""Which figures must be computed again: asked of what was recorded since, not of when things happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa

from kpi.figures.definitions.in_force import PACKAGED, Definitions
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.measures import MEASURES, POPULATIONS
from kpi.figures.sources import SOURCES, Rhythm
from tracker.facts.calls import calls
from tracker.facts.daily_counts import inspections
from tracker.facts.deliveries import covered_days, deliveries, voids
from tracker.periods import Month, Period, Year, list_periods

TouchedDays = set[tuple[str, date]]  # fact table, day
Stale = dict[int, dict[str, set[Period]]]  # year → indicator → periods

LEVELS = ("staff", "staff_posts", "posts", "names", "contracted_seats")  # a change holds from its day on
UNPLACED = {fact for one in POPULATIONS if one.since is not None and not one.regrouped for fact in one.facts}
"""Facts whose rows may not tell their day: what they do not tell is in doubt in every later month."""
_LISTS = ("roster", "posts")
LEDGER = ("deliveries", "covered_days")  # change coverage, never a number
SAID = ("held_back", "declarations", "outages", "assertions")  # may change every figure, or what it says
WITNESSES = ("documents", "recordings", "assertions")  # their days say nothing of the things they are about
_CALL_OF_INSPECTION = sa.and_(
    calls.c.center_id == inspections.c.center_id, calls.c.subject == inspections.c.call_subject
)


@dataclass(frozen=True)
class InputChanges:
    """What was recorded since the figures were last brought up to date."""

    months: Mapping[str, set[Month]]  # fact table → months in which its measures change
    next_days: Mapping[str, set[Month]]  # the same of the days after those that moved
    days_before: Mapping[str, set[Month]]  # the same of the days before
    days: Mapping[str, set[date]]  # fact table → days that moved
    delivered: frozenset[str]  # sources of which something was delivered, signed or voided
    taken_back: Mapping[str, set[Month]] = field(default_factory=dict)  # source → months that name what was

    def of(self, indicator: Indicator, years: Iterable[int]) -> set[Month]:
        """The months in which the indicator's number or coverage may change."""
        months = set().union(*(self.months.get(fact, ()) for fact in SAID))
        for key in indicator.formula.measures:
            population = MEASURES[key].among
            for fact in population.facts:
                months |= self.months.get(fact, set())
            for fact in (*population.facts, "covered_days"):
                if population.looks_ahead:
                    months |= self.days_before.get(fact, set())
                if population.over_midnight:
                    months |= self.next_days.get(fact, set())
                if population.reaches:
                    months |= {
                        Month.of(day + timedelta(days=population.reaches)) for day in self.days.get(fact, ())
                    }
        for source in (SOURCES[need] for need in indicator.needs):
            months |= self.taken_back.get(source.delivery, set())
            if source.delivery in self.delivered:
                daily = source.rhythm in (Rhythm.DAILY, Rhythm.HOURLY)
                covered = self.months.get("covered_days", set()) if daily else _list_months(years)
                months |= covered
                if covered and source.key in indicator.carried:  # what began then may count in any later one
                    months |= {month for month in _list_months(years) if month > min(covered)}
        return months


def read_changes_since(
    connection: sa.Connection, center: str, touched_days: TouchedDays, seq: int, years: Iterable[int]
) -> InputChanges:
    """The touched days as months of each fact table, and the sources delivered after the log position."""
    months: dict[str, set[Month]] = {}
    next_days: dict[str, set[Month]] = {}
    days_before: dict[str, set[Month]] = {}
    days: dict[str, set[date]] = {}
    for fact, day in touched_days:
        days.setdefault(fact, set()).add(day)
        months.setdefault(fact, set()).update(_list_months_after(fact, day, years))
        next_days.setdefault(fact, set()).add(Month.of(day + timedelta(days=1)))
        if day > date.min:
            days_before.setdefault(fact, set()).add(Month.of(day - timedelta(days=1)))
    if "calls" in months or "inspections" in months:
        months["inspections"] = _read_inspection_months(connection, center, touched_days)
    delivered, taken_back = (
        _read_delivered_since(connection, center, seq), _read_voided_since(connection, center, seq, years),
    )  # fmt: skip
    return InputChanges(months, next_days, days_before, days, delivered, taken_back)


def find_years_to_compute(
    connection: sa.Connection, center: str, touched_days: TouchedDays, known_years: set[int], today: date
) -> set[int]:
    """Years with events or figures, and every year after the last of them: silence must show as well."""
    years = {
        day.year for fact, day in touched_days if fact not in (*LEVELS, *LEDGER, *WITNESSES, "declarations")
    }
    covered = [day for fact, day in touched_days if fact == "covered_days"]
    if covered:
        years |= read_daily_years(connection, center, min(covered), max(covered))
    if any(fact == "deliveries" for fact, _ in touched_days):
        years |= read_listed_years(connection, center)
    return add_silent_years(years | known_years, today)


def add_silent_years(years: set[int], today: date) -> set[int]:
    """The years that have begun, and all after the last of them."""
    begun = {year for year in years if year <= today.year}
    return begun | set(range(max(begun), today.year + 1)) if begun else set()


def read_daily_years(connection: sa.Connection, center: str, first: date, last: date) -> set[int]:
    """Years with a covered day of a daily source; a roster's days reach back to whoever joined first, and a
    December may be signed as empty for the sake of the January after it alone."""
    rows = sa.select(sa.extract("year", covered_days.c.day)).where(
        covered_days.c.center_id == center,
        covered_days.c.source.in_([one.delivery for one in SOURCES.values() if one.rhythm is Rhythm.DAILY]),
        covered_days.c.day.between(first, last),
        sa.or_(covered_days.c.rows > 0, sa.extract("month", covered_days.c.day) < 12),
    )
    return {int(year) for year in connection.scalars(rows.distinct())}


def read_listed_years(connection: sa.Connection, center: str) -> set[int]:
    """Years at whose time a list of people or posts was delivered, though nothing else may be."""
    moment = sa.func.timezone("Asia/Shanghai", deliveries.c.as_of) - sa.text("interval '1 microsecond'")
    rows = sa.select(sa.extract("year", moment)).where(
        deliveries.c.center_id == center, deliveries.c.source.in_(_LISTS), sa.not_(deliveries.c.voided)
    )
    return {int(year) for year in connection.scalars(rows.distinct())}


def find_stale_figures(
    changes: InputChanges,
    years: set[int],
    definitions: Definitions = PACKAGED,
    *,
    known_years: set[int],
    since: date,
    today: date,
) -> Stale:
    """The begun periods of each indicator; those that ran on the day `since` move with the day."""
    stale: Stale = {}
    for year in sorted(years):
        begun = [period for period in list_periods(year) if period.first_day <= today]
        moving = {one for one in begun if since != today and one.end_day > min(since, today)}
        for key in INDICATORS:
            periods = set(begun) if year not in known_years else set(moving)
            for version in definitions.list_versions(key):
                of_year = {month for month in changes.of(version, years) if month.year == year}
                periods |= _select_touched(of_year, begun, version)
            if periods:
                stale.setdefault(year, {})[key] = periods
    return stale


def list_all_figures(years: Iterable[int], today: date) -> Stale:
    """All begun periods of years."""
    begun = {year: [one for one in list_periods(year) if one.first_day <= today] for year in sorted(years)}
    return {year: {key: set(periods) for key in INDICATORS} for year, periods in begun.items() if periods}


def _list_months_after(fact: str, day: date, years: Iterable[int]) -> set[Month]:
    """The months in which a change on a day of a fact table can show."""
    if fact in (*WITNESSES, "declarations"):  # where a centre opened later, earlier months change as well
        return _list_months(years)
    holds_on = fact in LEVELS or fact in UNPLACED or fact == "held_back"
    later = {month for month in _list_months(years) if month.end_day > day} if holds_on else set()
    return {Month.of(day)} | later


def _select_touched(months: set[Month], begun: Iterable[Period], indicator: Indicator) -> set[Period]:
    return {period for period in begun if not months.isdisjoint(indicator.months(period))}


def _list_months(years: Iterable[int]) -> set[Month]:
    return {month for year in years for month in Year(year).months}


def _read_inspection_months(connection: sa.Connection, center: str, touched_days: TouchedDays) -> set[Month]:
    """Both months of the inspections touched: such a row moves when its call comes or goes."""
    days = sorted({day for fact, day in touched_days if fact in ("calls", "inspections")})
    rows = (
        sa.select(calls.c.entered_on, inspections.c.inspected_on)
        .select_from(inspections.outerjoin(calls, _CALL_OF_INSPECTION))
        .where(
            inspections.c.center_id == center,
            sa.or_(
                calls.c.entered_on.is_(None),
                calls.c.entered_on.between(days[0], days[-1]),
                inspections.c.inspected_on.between(days[0], days[-1]),
            ),
        )
        .distinct()
    )
    months = {Month.of(day) for row in connection.execute(rows) for day in row if day is not None}
    return months | {Month.of(day) for day in days}


def _read_voided_since(
    connection: sa.Connection, center: str, seq: int, years: Iterable[int]
) -> dict[str, set[Month]]:
    """Source → the months whose figures name what of it was voided after a log position."""
    table, by_source, months = voids.c, dict[str, set[Month]](), _list_months(years)
    lasting = {source.delivery for source in SOURCES.values() if source.rhythm is Rhythm.STANDING}
    rows = sa.select(table.source, table.first_day, table.last_day).where(
        table.center_id == center, table.seq > seq, table.first_day.is_not(None)
    )
    for source, first, last in connection.execute(rows):
        by_source.setdefault(source, set()).update(
            month
            for month in months
            if month.end_day > first and (source in lasting or month.first_day <= last)
        )
    return by_source


def _read_delivered_since(connection: sa.Connection, center: str, seq: int) -> frozenset[str]:
    """Sources with a delivery, a voided delivery or a zero report recorded after a log position."""
    delivered = sa.union(
        *(
            sa.select(table.c.source).where(table.c.center_id == center, table.c.seq > seq)
            for table in (deliveries, covered_days)
        )
    )
    voided = sa.select(sa.literal(1)).where(
        voids.c.center_id == center, voids.c.seq > seq, voids.c.event_seq.is_not(None)
    )
    if connection.execute(voided.limit(1)).first() is not None:  # perhaps a zero report, of any source
        return frozenset(source.delivery for source in SOURCES.values())
    return frozenset(connection.scalars(delivered))

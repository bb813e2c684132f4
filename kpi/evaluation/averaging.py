"""What a yearly number is divided by where a scheme asks for a mean: months, or days of some kind."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from kpi.evaluation.scheme import Feed, Scheme, Take
from kpi.figures.coverage import Coverage
from kpi.figures.coverage_inputs import Backing
from kpi.figures.day_states import find_expected_end
from kpi.figures.indicators import INDICATORS
from kpi.figures.measures import MEASURES, Measure
from kpi.figures.source import Rhythm
from kpi.figures.sums import select_by_day
from tracker.periods import Month, Year
from tracker.workdays import Calendar

_DAY = timedelta(days=1)
_KINDS = {
    Take.PER_MONTH: ("个月", "计入的月份"),
    Take.PER_DAY: ("天", "有数据的日历日"),
    Take.PER_WORKING_DAY: ("个工作日", "有数据的工作日"),
    Take.PER_SERVICE_DAY: ("天", "有业务的日子"),
}


@dataclass(frozen=True)
class Divisor:
    """How many months or days a mean is taken over, and which."""

    take: Take
    count: int

    def __str__(self) -> str:
        unit, kind = _KINDS[self.take]
        return f"{self.count}{unit}（{kind}）"


@dataclass(frozen=True)
class DayCounter:
    """What tells the days of a year apart: days with business of each figure asked for, and working days."""

    business: Mapping[str, frozenset[date]]
    calendar: Calendar

    def divisor(self, figure: str, take: Take, coverage: Coverage, backing: Backing) -> Divisor:
        """What a figure's numerator over the covered months is divided by.

        Raises: CalendarUnknown where working days are asked for and the year has no calendar.
        """
        if take is Take.PER_MONTH:
            return Divisor(take, len(coverage.counted))
        return Divisor(take, self.count(figure, take, list_backed_days(coverage, backing)))

    def count(self, figure: str, take: Take, days: Iterable[date]) -> int:
        """How many of the days are of the kind that is asked for. Raises: CalendarUnknown."""
        match take:
            case Take.PER_WORKING_DAY:
                return sum(1 for day in days if self.calendar.is_working_day(day))
            case Take.PER_SERVICE_DAY:
                return len(self.business.get(figure, frozenset()).intersection(days))
            case _:
                return sum(1 for _ in days)


def read_days(
    connection: sa.Connection, center: str, scheme: Scheme, year: Year, today: date, home: Path | None
) -> DayCounter:
    """What the means of a scheme need. One statement for each figure taken by days with business."""
    keys = {
        feed.figure
        for item in scheme.items
        for feed in list_feeds(item.feed)
        if feed.take is Take.PER_SERVICE_DAY and feed.figure is not None
    }
    end = max(year.first_day, min(year.end_day, today))
    business = {
        key: frozenset(_read_business_days(connection, center, key, year.first_day, end)) for key in keys
    }
    return DayCounter(business, Calendar.load(home / "calendars" if home else None))


def list_feeds(feed: Feed) -> tuple[Feed, ...]:
    """A feed, and what its attested number is held against."""
    return (feed,) if feed.checks is None else (feed, feed.checks)


def list_backed_days(coverage: Coverage, backing: Backing) -> list[date]:
    """The ended days of the counted months that every daily source has."""
    return [
        day
        for month in coverage.counted
        for day in _list_days(month, _find_due_day(coverage, backing, month))
        if not any(_is_lacking(one.source.rhythm, one.missing.get(day, 0)) for one in coverage.sources)
    ]


def _read_business_days(
    connection: sa.Connection, center: str, key: str, first: date, end: date
) -> Iterator[date]:
    """Days on which anything was counted in the figure's numerator."""
    by_population: dict[str, list[Measure]] = {}
    for term in INDICATORS[key].formula.numerator.terms:
        measure = MEASURES[term.measure]
        by_population.setdefault(measure.among.key, []).append(measure)
    for measures in by_population.values():
        rows = connection.execute(select_by_day(measures[0].among, center, first, end, measures)).all()
        yield from (day for day, *counted in rows if any(counted))


def _find_due_day(coverage: Coverage, backing: Backing, month: Month) -> date:
    """The day before which a month's days are due."""
    if month.end_day <= backing.today:
        return month.end_day
    daily = [one.source for one in coverage.sources if one.source.rhythm in (Rhythm.DAILY, Rhythm.HOURLY)]
    return min((find_expected_end(backing, source, month) for source in daily), default=backing.today)


def _list_days(month: Month, end: date) -> Iterator[date]:
    day = month.first_day
    while day < end:
        yield day
        day += _DAY


def _is_lacking(rhythm: Rhythm, missing: int) -> bool:
    """Whether a day is missing; of an hourly source, whether all of it is."""
    return missing >= (24 if rhythm is Rhythm.HOURLY else 1) and rhythm in (Rhythm.DAILY, Rhythm.HOURLY)

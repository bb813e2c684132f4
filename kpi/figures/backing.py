"""What has been delivered: the material that coverage is judged by, read once for a span of years."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from kpi.figures.rollup import daily_measures
from kpi.figures.sources import Rhythm, Source
from tracker.events.times import day_start
from tracker.facts.daily_counts import daily_counts
from tracker.facts.deliveries import covered_days, deliveries
from tracker.facts.staffing import posts
from tracker.facts.surveys import survey_answers, survey_issues
from tracker.periods import Month

_REPORTED = ("messages", "cases", "visits")


@dataclass(frozen=True)
class Backing:
    """Deliveries and zero reports of a centre, as far as coverage needs them."""

    today: date  # days before it have ended
    days: dict[str, dict[date, int]]  # source → covered day → rows; 0: zero report only
    hours: dict[date, int]  # hours of the day with a probe
    reported: dict[str, set[date]]  # daily count → days on which it was not left empty
    as_of: dict[str, datetime]  # source → the latest state of the world that was delivered
    unchanged: dict[str, set[Month]]  # source → months signed as without change, after their end
    posts_from: date | None  # the first day with an established number of posts
    surveyed: dict[str, set[Month]]  # survey source → months with rows

    def has_day(self, source: Source, day: date) -> bool:
        """Whether a daily source is backed on a day."""
        covered = self.days.get(source.delivery, {})
        if day not in covered:
            return False
        return source.key not in _REPORTED or covered[day] == 0 or day in self.reported[source.key]

    def reached(self, source: Source, month: Month) -> date:
        """The day after the newest one that a daily source was delivered for in a month; else its first."""
        delivered = self.hours if source.rhythm is Rhythm.HOURLY else self.days.get(source.delivery, {})
        days = (day for day in delivered if month.first_day <= day < month.end_day)
        return max((day + timedelta(days=1) for day in days), default=month.first_day)

    def has_month(self, source: Source, month: Month) -> bool:
        """Whether a monthly source was delivered, or signed as unchanged, after the month had ended."""
        as_of = self.as_of.get(source.delivery)
        if as_of is not None and as_of >= day_start(month.end_day):
            return True
        return month in self.unchanged.get(source.delivery, ())

    def has_posts(self, month: Month) -> bool:
        """Whether a number of posts was in force at the month's end."""
        return self.posts_from is not None and self.posts_from < month.end_day


_NOTHING = Backing(
    today=date.min, days={}, hours={}, reported={}, as_of={}, unchanged={}, posts_from=None, surveyed={}
)


def read_backing(connection: sa.Connection, center: str, first: date, end: date, today: date) -> Backing:
    """The backing of a centre from the day `first` to before `end`; days before `today` have ended."""
    days, signed = _covered(connection, center, first, end)
    as_of, posts_from = _standing(connection, center)
    return Backing(
        today=today,
        days=days,
        hours=_hours(connection, center, first, end),
        reported=_reported(connection, center, first, end),
        as_of=as_of,
        unchanged=_unchanged(signed),
        posts_from=posts_from,
        surveyed=_surveyed(connection, center, first, end),
    )


def read_monthly_backing(
    connection: sa.Connection, center: str, first: date, end: date, today: date
) -> Backing:
    """The part of the backing that decides which months of monthly sources enter a figure."""
    _, signed = _covered(connection, center, first, end, covered_days.c.rows == 0)
    as_of, posts_from = _standing(connection, center)
    unchanged = _unchanged(signed)
    return replace(_NOTHING, today=today, as_of=as_of, unchanged=unchanged, posts_from=posts_from)


def backed_days(connection: sa.Connection, center: str, source: Source, first: date, end: date) -> set[date]:
    """The days of a daily source that are backed."""
    backing = replace(
        _NOTHING,
        days=_covered(connection, center, first, end, covered_days.c.source == source.delivery)[0],
        reported=_reported(connection, center, first, end) if source.key in _REPORTED else {},
    )
    return {day for day in backing.days.get(source.delivery, {}) if backing.has_day(source, day)}


def newest_year(connection: sa.Connection, center: str, today: date) -> int | None:
    """The last year, up to this one, that calls or orders were delivered for; None where none were."""
    days = sa.select(sa.func.max(covered_days.c.day)).where(
        covered_days.c.center_id == center,
        covered_days.c.source.in_(("calls", "work_orders")),
        covered_days.c.day <= today,
    )
    newest = connection.scalar(days)
    return None if newest is None else newest.year


Signed = Mapping[tuple[str, date], datetime]  # source, day → when it was signed as nothing to report


def _covered(
    connection: sa.Connection, center: str, first: date, end: date, *only: sa.ColumnElement[bool]
) -> tuple[dict[str, dict[date, int]], Signed]:
    """Rows by source and day covered after it had ended, and the zero reports of each day."""
    latest = (
        sa.select(
            covered_days.c.source,
            covered_days.c.day,
            sa.func.max(covered_days.c.rows),
            sa.func.max(covered_days.c.as_of),
            sa.func.max(covered_days.c.as_of).filter(covered_days.c.rows == 0),
        )
        .where(
            covered_days.c.center_id == center, covered_days.c.day >= first, covered_days.c.day < end, *only
        )
        .group_by(covered_days.c.source, covered_days.c.day)
    )
    days: dict[str, dict[date, int]] = {}
    signed: dict[tuple[str, date], datetime] = {}
    for source, day, rows, as_of, signed_at in connection.execute(latest).all():
        if as_of >= _ended_at(day):
            days.setdefault(source, {})[day] = rows
        if signed_at is not None:
            signed[source, day] = signed_at
    return days, signed


@lru_cache(maxsize=4000)
def _ended_at(day: date) -> datetime:
    return day_start(day + timedelta(days=1))


def _unchanged(signed: Signed) -> dict[str, set[Month]]:
    """Months wholly covered by zero reports signed after their end."""
    days = Counter(
        (source, Month.of(day))
        for (source, day), signed_at in signed.items()
        if signed_at >= day_start(Month.of(day).end_day)
    )
    unchanged: dict[str, set[Month]] = {}
    for (source, month), count in days.items():
        if count == month.days:
            unchanged.setdefault(source, set()).add(month)
    return unchanged


def _standing(connection: sa.Connection, center: str) -> tuple[dict[str, datetime], date | None]:
    """The latest as-of time of each delivered source, and the first day with established posts."""
    nothing = sa.null().cast(deliveries.c.as_of.type)
    established = sa.select(sa.literal("posts"), nothing, sa.func.min(posts.c.effective_on)).where(
        posts.c.center_id == center
    )
    told = sa.union_all(
        latest_of(center).add_columns(sa.null().cast(sa.Date).label("effective_on")), established
    )
    as_of: dict[str, datetime] = {}
    posts_from: date | None = None
    for source, latest, effective_on in connection.execute(told):
        if latest is None:
            posts_from = effective_on
        else:
            as_of[source] = latest
    return as_of, posts_from


def latest_of(center: str) -> sa.Select[Any]:
    """(source, as_of): the latest as-of time of each delivered source.

    Voided deliveries do not count, and a form about one thing says nothing of all others."""
    return (
        sa.select(deliveries.c.source, sa.func.max(deliveries.c.as_of).label("as_of"))
        .where(
            deliveries.c.center_id == center,
            deliveries.c.voided.is_(False),
            deliveries.c.as_of_basis != "form",
        )
        .group_by(deliveries.c.source)
    )


def _hours(connection: sa.Connection, center: str, first: date, end: date) -> dict[date, int]:
    rows = sa.select(daily_measures.c.day, daily_measures.c.value).where(
        daily_measures.c.center_id == center,
        daily_measures.c.measure == "probe_hours",
        daily_measures.c.day >= first,
        daily_measures.c.day < end,
    )
    return {day: int(hours) for day, hours in connection.execute(rows).all()}


def _reported(connection: sa.Connection, center: str, first: date, end: date) -> dict[str, set[date]]:
    day = daily_counts.c.counted_on
    rows = sa.select(day, *(daily_counts.c[name].is_not(None) for name in _REPORTED)).where(
        daily_counts.c.center_id == center, day >= first, day < end
    )
    reported: dict[str, set[date]] = {name: set() for name in _REPORTED}
    for on, *filled in connection.execute(rows).all():
        for name, is_filled in zip(_REPORTED, filled, strict=True):
            if is_filled:
                reported[name].add(on)
    return reported


_SURVEYED = (("survey_answers", survey_answers.c.answered_on), ("survey_issues", survey_issues.c.issued_on))


def _surveyed(connection: sa.Connection, center: str, first: date, end: date) -> dict[str, set[Month]]:
    days = sa.union(
        *(
            sa.select(sa.literal(source), day).where(day.table.c.center_id == center, day >= first, day < end)
            for source, day in _SURVEYED
        )
    )
    surveyed: dict[str, set[Month]] = {source: set() for source, _ in _SURVEYED}
    for source, day in connection.execute(days):
        surveyed[source].add(Month.of(day))
    return surveyed

"""What arrived last of each source, and what is expected next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from kpi.figures.patterns.splits import ZONE
from kpi.figures.sources import SOURCES, Rhythm
from tracker.events.times import day_of
from tracker.facts.deliveries import covered_days
from tracker.periods import Month

_DAILY = (Rhythm.DAILY, Rhythm.HOURLY)


@dataclass(frozen=True)
class Arrival:
    """A delivered source: how far it is backed, and from which day on the next part is expected."""

    source: str  # as deliveries name it
    rhythm: Rhythm
    as_of: datetime | None  # None: never delivered
    last: date | None  # first day of the last unit (day or month) that is backed
    next: date | None  # first day of the unit expected next; None: nothing is due in a rhythm, or unknown
    due_on: date | None  # the day after that unit has ended

    def late_days(self, today: date) -> int:
        """Days since it could have been here; 0 where it is not due yet."""
        return max(0, (today - self.due_on).days) if self.due_on else 0


def arrivals(
    connection: sa.Connection, center: str, delivered: Mapping[str, datetime | None]
) -> list[Arrival]:
    """Every delivered source once, in the order of the registry. `delivered`: its latest as-of time."""
    ended = sa.func.timezone(ZONE, sa.cast(covered_days.c.day + 1, sa.TIMESTAMP))
    last = (
        sa.select(
            covered_days.c.source,
            sa.func.max(covered_days.c.day),
            sa.func.max(covered_days.c.day).filter(covered_days.c.rows == 0),
        )
        .where(covered_days.c.center_id == center, covered_days.c.as_of >= ended)
        .group_by(covered_days.c.source)
    )
    days = {source: (day, signed) for source, day, signed in connection.execute(last).all()}
    rhythms = {source.delivery: source.rhythm for source in SOURCES.values()}
    return [
        _arrival(source, rhythm, delivered.get(source), *days.get(source, (None, None)))
        for source, rhythm in rhythms.items()
    ]


def _arrival(
    source: str, rhythm: Rhythm, as_of: datetime | None, covered: date | None, signed: date | None
) -> Arrival:
    """`covered` is the last backed day, `signed` the last one signed as nothing to report."""
    if rhythm in _DAILY and covered is not None:
        following = covered + timedelta(days=1)
        return Arrival(source, rhythm, as_of, covered, following, following + timedelta(days=1))
    known = [Month.of(day_of(as_of))] if as_of else []
    known += [Month.of(signed + timedelta(days=1))] if signed else []
    if rhythm is Rhythm.MONTHLY and known:
        due = max(known)
        return Arrival(source, rhythm, as_of, due.previous.first_day, due.first_day, due.end_day)
    return Arrival(source, rhythm, as_of, None, None, None)

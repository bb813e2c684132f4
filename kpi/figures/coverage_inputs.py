"""What has been delivered: the material that coverage is judged by."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from kpi.figures.source import Rhythm, Source
from tracker.events.times import BEIJING, get_day_start
from tracker.periods import Month

if TYPE_CHECKING:
    from kpi.figures.day_states import CoverageUnit

HOURS = 24
REPORTED = ("messages", "cases", "visits")  # counts of a day of which each may be left empty


class DeliverySpan(NamedTuple):
    """The months of which a delivery of a monthly source tells all there was."""

    first_day: date  # of the first of them
    as_of: datetime
    subject: str  # the last recorded of the deliveries without which it would not reach so far
    seq: int

    def holds(self, month: Month) -> bool:
        return self.first_day <= month.first_day and self.as_of >= get_day_start(month.end_day)


@dataclass(frozen=True)
class Backing:
    """Deliveries and zero reports of a centre, as far as coverage needs them."""

    today: date  # days before it have ended
    days: dict[str, dict[date, int]]  # source → covered day → rows; 0: zero report only
    hours: dict[date, int]  # hours of the day with a probe, of all platforms together
    reported: dict[str, set[date]]  # daily count → days on which it was not left empty
    as_of: dict[str, datetime]  # source → the latest state of the world that was delivered
    told: dict[str, list[DeliverySpan]]  # monthly source → the months that its deliveries tell of
    unchanged_months: dict[str, set[Month]]  # source → months signed as without change, after their end
    posts_from: date | None  # the first day with an established number of posts
    survey_months: dict[str, set[Month]]  # survey source → months with rows
    opened: date | None = None  # the centre's first day, where it has said so: nothing is owed of days before
    held: dict[str, list[tuple[date, date, int]]] = field(default_factory=dict)
    """Delivered source → (first day, last day, rows held back); each row is of one of the days."""
    platforms: dict[str, datetime] = field(
        default_factory=dict
    )  # probed ones → the hour of their first probe
    left_out: list[tuple[str, date, date | None]] = field(default_factory=list)
    """(platform, from, to before) of days on which the centre does not count it."""
    begun: dict[str, date] = field(default_factory=dict)  # optional source → the first day it ever told of
    units: dict[tuple[str, Month], "tuple[CoverageUnit, ...]"] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )
    """(source, month) → what `day_states` has found already."""

    def count_delivered(self, source: Source, day: date) -> int:
        """How much of a day was delivered after its end, or signed: hours, or of a daily source 0 or 1."""
        if source.rhythm is Rhythm.HOURLY:
            return self.hours.get(day, 0)
        rows = self.days.get(source.delivery, {}).get(day)
        left_empty = bool(rows) and source.key in REPORTED and day not in self.reported[source.key]
        return 0 if rows is None or left_empty else 1

    def whole(self, source: Source, day: date) -> int:
        """How much of a day there should be: of probes, the hours of all platforms that are counted on it.

        Before the first platform's first probe there should have been one; of others none is known of."""
        if source.rhythm is not Rhythm.HOURLY:
            return 1
        if not self.platforms:
            return HOURS
        first = min(self.platforms, key=lambda name: self.platforms[name])
        return sum(
            HOURS if name == first else _count_hours_from(since, day)
            for name, since in self.platforms.items()
            if not any(
                name == out and begin <= day and (end is None or day < end)
                for out, begin, end in self.left_out
            )
        )

    def is_owed(self, source: Source, month: Month) -> bool:
        """Whether a centre owes a month of a source: of an optional one, from the month in which it began."""
        first = self.begun.get(source.delivery)
        return not source.optional or (first is not None and first < month.end_day)

    def is_signed(self, source: Source, day: date) -> bool:
        """Whether a day was signed as nothing to report, and nothing of it was delivered."""
        return source.rhythm is Rhythm.DAILY and self.days.get(source.delivery, {}).get(day) == 0

    def has_month(self, source: Source, month: Month) -> bool:
        """Whether a source that comes by the month was delivered, or signed as unchanged, after its end."""
        return self.was_delivered(source, month) or month in self.unchanged_months.get(source.delivery, ())

    def was_delivered(self, source: Source, month: Month) -> bool:
        """Whether it was delivered; a level: whether one was in force at the month's end."""
        match source.rhythm:
            case Rhythm.STANDING:
                return self.posts_from is not None and self.posts_from < month.end_day
            case Rhythm.SURVEY:
                return month in self.survey_months[source.key]
            case _:
                return any(span.holds(month) for span in self.told.get(source.delivery, ()))


def _count_hours_from(since: datetime, day: date) -> int:
    """The hours of a day from a moment on."""
    began = since.astimezone(BEIJING)
    return 0 if day < began.date() else HOURS - began.hour if day == began.date() else HOURS

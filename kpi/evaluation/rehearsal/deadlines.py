"""Until when a remedy helps."""

from dataclasses import dataclass
from datetime import date, timedelta

from kpi.evaluation.rehearsal.points_status import Deadline
from kpi.figures.coverage import SourceCoverage
from kpi.figures.source import Rhythm
from tracker.periods import Month, Year

KEPT_MONTHS = 6  # network logs; Source: 网络安全法第二十一条
_BASIS = "平台日志法定至少留存6个月（网络安全法第二十一条），逾期可能无法调取"


@dataclass(frozen=True)
class RehearsalCalendar:
    """The days that a rehearsal counts by."""

    year: Year
    today: date
    due: date | None = None  # when the material must be in; None: nobody said

    @property
    def ended(self) -> bool:
        return self.year.end_day <= self.today

    @property
    def elapsed(self) -> tuple[int, int]:
        """Days of the year that have ended, and all."""
        days = (self.year.end_day - self.year.first_day).days
        return max(0, min((self.today - self.year.first_day).days, days)), days

    @property
    def days_left(self) -> list[date]:
        """The days of the year that have not ended."""
        first = max(self.today, self.year.first_day)
        return [first + timedelta(days=n) for n in range((self.year.end_day - first).days)]

    @property
    def months_left(self) -> int:
        """Months that have not ended."""
        return sum(1 for month in self.year.months if month.end_day > self.today)

    def get_hand_in_deadline(self) -> Deadline:
        """For what only the evaluation itself puts an end to."""
        return Deadline(self.due, "评价材料报送截止" if self.due else "评价开始前完成")

    def get_year_end_deadline(self) -> Deadline:
        """For what has to happen in the year."""
        return Deadline(date(self.year.year, 12, 31), "须在年内完成")

    def find_delivery_deadline(self, lacking: SourceCoverage) -> Deadline:
        """For rows that a platform keeps for a while only: six months from the first missing day."""
        if lacking.source.rhythm not in (Rhythm.DAILY, Rhythm.HOURLY):
            return self.get_hand_in_deadline()
        kept_until = add_months(min(lacking.missing), KEPT_MONTHS)
        if self.due is not None and self.due < kept_until:
            return self.get_hand_in_deadline()
        return Deadline(kept_until, _BASIS)


def add_months(day: date, count: int) -> date:
    """The day of that number in a later month, or the last one of a shorter month."""
    month = Month.of(day)
    for _ in range(count):
        month = month.next
    return date(month.year, month.month, min(day.day, month.days))

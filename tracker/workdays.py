"""Working days by the State Council's calendar, make-up weekends (调休) included; deadlines counted in them.

A year without a published calendar is an error and never a guess. The last days of December can still be
changed by the notice for the next year; until that is known, their own year decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from tracker.calendar_files import PACKAGED, Holiday, HolidayNotice, read_calendars
from tracker.periods import SHANGHAI

FirstDay = Literal["next", "same"]
Hours = tuple[time, time]  # from opening to closing

END_OF_DAY = time(18, 0)
_ONE_DAY = timedelta(days=1)


class CalendarUnknown(LookupError):
    """没有某一年的工作日历：年份与补充办法见说明。"""

    def __init__(self, year: int, folder: Path | None, example: int) -> None:
        self.year = year
        super().__init__(
            f"没有{year}年的工作日历，无法判断该年的工作日。请按国务院办公厅公布的{year}年节假日安排，"
            f"把文件 {year}.toml 放入 {folder or '实例目录下的 calendars 文件夹'}"
            f"（写法同随附的 {example}.toml）。"
        )


def parse_hours(written: str) -> tuple[Hours, ...]:
    """09:00-12:00 14:00-18:00, as `hours_text` writes it."""
    ends = (span.split("-") for span in written.split())
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in ends)


def format_hours(hours: Sequence[Hours]) -> str:
    """Hours of a working day, exact to what they are."""
    return " ".join(f"{opens.isoformat('auto')}-{closes.isoformat('auto')}" for opens, closes in hours)


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working days of the published years."""

    notices: Mapping[int, HolidayNotice]
    named: Mapping[date, Holiday | None]  # a day off with its holiday; None: a weekend day worked
    folder: Path | None = None  # where a centre adds years

    @classmethod
    def load(cls, extra: Path | None = None) -> "Calendar":
        """The packaged years, and those of a folder (which need not exist); the folder's win.

        Raises: CalendarProblem for a file of the folder that is not a calendar."""
        years = read_calendars(PACKAGED) | (read_calendars(extra) if extra else {})
        named: dict[date, Holiday | None] = {}
        for _, calendar in sorted(years.items()):
            for holiday in calendar.holidays:
                named.update(dict.fromkeys(holiday.days, holiday))
                named.update(dict.fromkeys(holiday.make_up))
        notices = {year: calendar.notice for year, calendar in sorted(years.items())}
        return cls(MappingProxyType(notices), MappingProxyType(named), extra)

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(self.notices)

    def find_notice(self, year: int) -> HolidayNotice:
        """Raises: CalendarUnknown for a year without one."""
        if year not in self.notices:
            raise CalendarUnknown(year, self.folder, max(self.notices))
        return self.notices[year]

    def find_holiday(self, day: date) -> Holiday | None:
        """The holiday that gives this day off; None for an ordinary day or weekend.

        Raises: CalendarUnknown"""
        self.find_notice(day.year)
        return self.named.get(day)

    def is_working_day(self, day: date) -> bool:
        """Raises: CalendarUnknown; TypeError for a moment, whose day depends on the place."""
        if isinstance(day, datetime):
            raise TypeError(f"一个工作日应以日期给出，读到的是时间 {day}。")
        self.find_notice(day.year)
        if day in self.named:
            return self.named[day] is None
        return day.weekday() < 5

    def add_working_days(self, start: date, n: int, first_day: FirstDay = "next") -> date:
        """The n-th working day, n ≥ 1; the count begins after start, or with start itself for "same".

        Raises: CalendarUnknown; ValueError for n below 1."""
        if n < 1:
            raise ValueError(f"工作日数应为1或更大的整数，读到的是{n}。")
        day = start if first_day == "next" else start - _ONE_DAY
        while n:
            day += _ONE_DAY
            n -= self.is_working_day(day)
        return day

    def count_working_days(self, start: date, end: date, first_day: FirstDay = "next") -> int:
        """Working days up to and with end, counted like add_working_days: its inverse.

        Raises: CalendarUnknown; ValueError when end lies before start."""
        if end < start:
            raise ValueError(f"结束日期 {end} 早于开始日期 {start}。")
        day = start if first_day == "next" else start - _ONE_DAY
        count = 0
        while day < end:
            day += _ONE_DAY
            count += self.is_working_day(day)
        return count

    def add_working_time(self, start: datetime, length: timedelta, hours: Sequence[Hours]) -> datetime:
        """The moment at which so much working time has passed, counted in the hours of working days.

        Raises: CalendarUnknown; ValueError for a start without UTC offset, no length, disordered hours."""
        ends = [end for span in hours for end in span]
        if start.utcoffset() is None or length <= timedelta() or not ends or ends != sorted(set(ends)):
            raise ValueError(f"无法从 {start} 起按工作时间 {hours} 计 {length}。")
        at = start.astimezone(SHANGHAI)
        while True:
            for opens, closes in hours if self.is_working_day(at.date()) else ():
                first = max(at, datetime.combine(at.date(), opens, SHANGHAI))
                left = datetime.combine(at.date(), closes, SHANGHAI) - first
                if length <= left:
                    return first + length
                length -= max(left, timedelta())
            at = datetime.combine(at.date() + _ONE_DAY, time(), SHANGHAI)

    def measure_working_time(self, start: datetime, end: datetime, hours: Sequence[Hours]) -> timedelta:
        """The time from start to end that lies in the hours of working days.

        Raises: CalendarUnknown."""
        first, last = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
        total = timedelta()
        for day in (first.date() + n * _ONE_DAY for n in range((last.date() - first.date()).days + 1)):
            for opens, closes in hours if self.is_working_day(day) else ():
                since = max(first, datetime.combine(day, opens, SHANGHAI))
                total += max(min(last, datetime.combine(day, closes, SHANGHAI)) - since, timedelta())
        return total

    def deadline(
        self,
        received_at: datetime,
        *,
        working_days: int,
        cutoff: time | None = None,
        end_of_day: time = END_OF_DAY,
        first_day: FirstDay = "next",
    ) -> datetime:
        """The end of the n-th working day in Beijing; what comes in later is never due earlier.

        With a cutoff, a receipt after it or on a day off counts as received on the next working day;
        a receipt exactly at the cutoff is in time. When the day of receipt is itself counted, the end of
        that day is the latest cutoff, so that nothing is due before it came in.

        Raises: CalendarUnknown; ValueError for a receipt without UTC offset, or working_days below 1."""
        if received_at.utcoffset() is None:
            raise ValueError(f"接收时间“{received_at}”没有时区，无法计算办理时限。")
        received = received_at.astimezone(SHANGHAI)
        closes = min(cutoff or end_of_day, end_of_day) if first_day == "same" else cutoff
        day = received.date()
        if closes is not None and (received.time() > closes or not self.is_working_day(day)):
            day = self.add_working_days(day, 1)
        return datetime.combine(
            self.add_working_days(day, working_days, first_day), end_of_day, tzinfo=SHANGHAI
        )

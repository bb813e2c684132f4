"""Months, quarters and years: the spans that a figure can be asked for.

A span is counted in Beijing days and excludes its end.
"""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEARS = range(1900, 2200)  # of which anything can be told

_QUARTER_NAMES = ("一", "二", "三", "四")
_WRITTEN = re.compile(r"(?P<year>[0-9]{4})(?:-Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")


class PeriodProblem(ValueError):
    """无法识别的统计期。"""


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; written 2023-05.

    Raises: PeriodProblem for a month outside 1 to 12, or a year outside 1 to 9998."""

    year: int
    month: int

    def __post_init__(self) -> None:
        _check_year(self.year)
        if not 1 <= self.month <= 12:
            raise PeriodProblem(f"没有“{self.month}月”：月份应为1至12。")

    @classmethod
    def of(cls, when: date | datetime) -> "Month":
        """The month that holds a day, or a moment as the clock in Beijing shows it.

        Raises: PeriodProblem for a datetime without a UTC offset."""
        if isinstance(when, datetime):
            if when.utcoffset() is None:
                raise PeriodProblem(f"时间“{when}”没有时区，不能确定属于哪个月；请给出带时区的时间。")
            when = when.astimezone(SHANGHAI)
        return cls(when.year, when.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def label(self) -> str:
        return f"{self.year}年{self.month}月"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def end_day(self) -> date:
        """The first day after the month."""
        return _find_first_day_after(self.year, self.month)

    @property
    def days(self) -> int:
        return (self.end_day - self.first_day).days

    @property
    def months(self) -> tuple["Month", ...]:
        return (self,)

    @property
    def quarter(self) -> "Quarter":
        return Quarter(self.year, (self.month + 2) // 3)

    @property
    def next(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)


@dataclass(frozen=True, order=True)
class Quarter:
    """Three calendar months; written 2023-Q2.

    Raises: PeriodProblem for a quarter outside 1 to 4, or a year outside 1 to 9998."""

    year: int
    quarter: int

    def __post_init__(self) -> None:
        _check_year(self.year)
        if not 1 <= self.quarter <= 4:
            raise PeriodProblem(f"没有“第{self.quarter}季度”：季度应为1至4。")

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.quarter}"

    @property
    def label(self) -> str:
        return f"{self.year}年第{_QUARTER_NAMES[self.quarter - 1]}季度"

    @property
    def first_day(self) -> date:
        return date(self.year, self.quarter * 3 - 2, 1)

    @property
    def end_day(self) -> date:
        """The first day after the quarter."""
        return _find_first_day_after(self.year, self.quarter * 3)

    @property
    def days(self) -> int:
        return (self.end_day - self.first_day).days

    @property
    def months(self) -> tuple[Month, ...]:
        last = self.quarter * 3
        return tuple(Month(self.year, month) for month in range(last - 2, last + 1))


@dataclass(frozen=True, order=True)
class Year:
    """A calendar year; written 2023.

    Raises: PeriodProblem for a year outside 1 to 9998."""

    year: int

    def __post_init__(self) -> None:
        _check_year(self.year)

    def __str__(self) -> str:
        return f"{self.year:04}"

    @property
    def label(self) -> str:
        return f"{self.year}年"

    @property
    def first_day(self) -> date:
        return date(self.year, 1, 1)

    @property
    def end_day(self) -> date:
        """The first day of the following year."""
        return _find_first_day_after(self.year, 12)

    @property
    def days(self) -> int:
        return (self.end_day - self.first_day).days

    @property
    def months(self) -> tuple[Month, ...]:
        return tuple(Month(self.year, month) for month in range(1, 13))


Period = Month | Quarter | Year


def parse_period(text: str) -> Period:
    """Read 2023, 2023-Q2 or 2023-05; surrounding blanks are allowed, nothing else is.

    Raises: PeriodProblem for anything else."""
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise PeriodProblem(f"无法识别统计期“{text}”：请写年份（2023）、季度（2023-Q2）或月份（2023-05）。")
    year = int(written["year"])
    if year not in YEARS:
        raise PeriodProblem(f"没有“{year}年”：年份应为{YEARS[0]}至{YEARS[-1]}。")
    if written["quarter"]:
        return Quarter(year, int(written["quarter"]))
    if written["month"]:
        return Month(year, int(written["month"]))
    return Year(year)


def parse_day(text: str) -> date:
    """Read 2023-05-01, in a year that there are periods of: a day before it and one after it are days too.

    Raises: ValueError for anything else."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(f"没有“{day.year}年”：年份应为{YEARS[0]}至{YEARS[-1]}。")
    return day


def list_periods(year: int) -> tuple[Period, ...]:
    """The twelve months, then the four quarters, then the year itself."""
    whole = Year(year)
    return (*whole.months, *(Quarter(year, number) for number in range(1, 5)), whole)


def _find_first_day_after(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


def _check_year(year: int) -> None:
    if not MINYEAR <= year < MAXYEAR:  # the end day lies in the following year
        raise PeriodProblem(f"没有“{year}年”：年份应为{YEARS[0]}至{YEARS[-1]}。")

"""Which state of the world a file speaks of: the time by which deliveries are weighed against each other."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tracker.events.times import BEIJING, get_day_start
from tracker.periods import Month, Period, PeriodProblem, Quarter, Year
from tracker.tabular.saved_time import find_time_saved

GIVEN, FILE_NAME, WORKBOOK, IMPORT, FORM = "given", "file name", "workbook", "import", "form"
PRINTED, EVENTS = "printed", "events"
BASES = {
    GIVEN: "人工指定",
    FILE_NAME: "文件名",
    WORKBOOK: "工作簿保存时间",
    PRINTED: "表上写明的时间",
    IMPORT: "导入时间",
    FORM: "表单提交时刻",
    EVENTS: "事件自带的时间",
}

_DAY = re.compile(
    r"(?<!\d)(20\d\d)(?:年(\d{1,2})月(\d{1,2})日|([-_.])(\d{1,2})\4(\d{1,2})(?!\d)|(\d\d)(\d\d)(?=(?:\d{4}|\d{6})?(?!\d)))"
)
_CLOCK = re.compile(  # behind a day: 1000, _1000, 100000, _100000, T10:00, 10时00分, _10-00-00
    r"(?:[_ T]?(\d\d)(\d\d)|[-_ T]?(\d\d)(\d\d)\d\d|[_ T]?(\d\d)[:时](\d\d)|[_ T](\d\d)-(\d\d)-\d\d)(?!\d)"
)
_UNTIL = re.compile(  # behind a day: -0531, -5.31, 至05-31, -5月31日, -31日
    r"(?:至|到|~|-|—|–)(?:(\d{1,2})[-.月](\d{1,2})日?|(\d\d)(\d\d)|(\d{1,2})日)(?![\d:时])"
)
_MONTHS = re.compile(r"(?<!\d)(20\d\d)年[^\d]{0,6}(?:\d{1,2}月?[-~至到])?(\d{1,2})月")
_FIRST_MONTH = re.compile(r"(?<!\d)(20\d\d)年[^\d]{0,6}(\d{1,2})月?[-~至到]\d{1,2}月")
_MONTH = re.compile(r"(?<!\d)(20\d\d)(?:[-_.](0?[1-9]|1[0-2])|(0[1-9]|1[0-2]))(?!\d)")
_QUARTER = re.compile(r"(?<!\d)(20\d\d)年?[-_ ]?(?:Q([1-4])|第?([一二三四1-4])季度?)", re.IGNORECASE)
_HALF = re.compile(r"(?<!\d)(20\d\d)年?(上|下)半年")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_SAID = re.compile(r"(?:截至|截止|(?:导出|打印|生成|下载|制表)(?:时间|日期))(.{1,40})")
_LAST_MINUTE = timedelta(hours=23, minutes=59)
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4}


class AsOf(NamedTuple):
    """A time and what it rests on."""

    at: datetime
    basis: str  # given | file name | workbook | printed | import | form | events


def find_as_of(path: Path, name: str, *, given: datetime | None, now: datetime) -> AsOf:
    """The best known as-of time of a file that was delivered under a name; never later than now.

    In this order: given by a person; the end of the last full date in the name, or the time of day behind it;
    the end of the period in the name; when the workbook was last saved; the moment of import. A workbook that
    was last saved within the time that its name speaks of knows nothing of what came after.
    """
    named = _find_time_in_name(unicodedata.normalize("NFKC", Path(name).stem))
    saved = _read_saved_time(path)
    if saved and named and named[0] <= saved < named[1]:
        named = None
    candidates = ((given, GIVEN), (named and named[1], FILE_NAME), (saved, WORKBOOK))
    return next((AsOf(min(at, now), basis) for at, basis in candidates if at), AsOf(now, IMPORT))


def find_latest_event(times: Iterable[datetime], now: datetime) -> AsOf:
    """What events speak of together: the latest of their times, none of which is later than now."""
    latest = max(times)
    return AsOf(latest, EVENTS if latest < now else IMPORT)


def find_stated_time(line: str) -> datetime | None:
    """The time until which a line of a table says that it knows: 截至2024年6月30日, 导出时间：2024-05-31."""
    found = _SAID.search(unicodedata.normalize("NFKC", line))
    return max((end for _, end in _scan_days(found[1])), default=None) if found else None


def limit_as_of(as_of: AsOf, limit: datetime, name: str) -> AsOf:
    """An as-of time that is no later than what a table says of itself. What a person gave stands, and so does
    a name that speaks of later days alone: the line is then of a template."""
    named = _find_time_in_name(unicodedata.normalize("NFKC", Path(name).stem))
    if as_of.basis in (GIVEN, FORM) or limit >= as_of.at or (named and limit < named[0]):
        return as_of
    return AsOf(limit, PRINTED)


def find_days_in_name(name: str) -> tuple[date, date] | None:
    """The days that a file's name says it covers, the last one excluded: from one date to another, or the
    months, quarters and years in it; None where it names none, or but the one day on which it was made."""
    stem = unicodedata.normalize("NFKC", Path(name).stem)
    if named := _find_periods_in_name(_DAY.sub(" ", stem)):
        return named
    spans = list(_scan_days(stem))
    if not spans:
        return None
    first = min(start for start, _ in spans).date()
    end = (max(end for _, end in spans) - timedelta(microseconds=1)).date() + timedelta(days=1)
    return (first, end) if end - first > timedelta(days=1) else None


def _find_time_in_name(stem: str) -> tuple[datetime, datetime] | None:
    """The beginning and end of the time that a name speaks of."""
    spans = list(_scan_days(stem))
    if spans:
        return min(start for start, _ in spans), max(end for _, end in spans)
    named = _find_periods_in_name(stem)
    return named and (get_day_start(named[0]), get_day_start(named[1]))


def _find_periods_in_name(stem: str) -> tuple[date, date] | None:
    """From the first to the last month, quarter or year in a name, its end excluded."""
    periods = list(_scan_periods(stem)) or [Year(int(year)) for year in _YEAR.findall(stem)]
    firsts = [period.first_day for period in periods]
    firsts += [date(int(year), 1 if half == "上" else 7, 1) for year, half in _HALF.findall(stem)]
    firsts += [
        date(int(year), int(month), 1) for year, month in _FIRST_MONTH.findall(stem) if 1 <= int(month) <= 12
    ]
    return (min(firsts), max(period.end_day for period in periods)) if periods else None


def _scan_days(stem: str) -> Iterator[tuple[datetime, datetime]]:
    """The beginning of each date in a name, and the time of day behind it; else, and in its last minute, the
    end of the day."""
    for found in _DAY.finditer(stem):
        year, month, day = (int(part) for part in found.groups() if part and part.isdigit())
        clock = _CLOCK.match(stem, found.end())
        hour, minute = (int(part) for part in clock.groups() if part) if clock else (23, 59)
        try:
            start, at = get_day_start(date(year, month, day)), timedelta(hours=hour, minutes=minute)
        except ValueError:
            continue
        if until := _find_last_day(date(year, month, day), stem, found.end()):
            yield start, get_day_start(until + timedelta(days=1))
            continue
        yield start, start + (at if at < _LAST_MINUTE and minute < 60 else timedelta(days=1))


def _find_last_day(first: date, stem: str, place: int) -> date | None:
    """The last day of a span whose first one ends at this place of a name."""
    found = _UNTIL.match(stem, place)
    if found is None:
        return None
    month, day = found[1] or found[3] or first.month, found[2] or found[4] or found[5]
    try:
        last = date(first.year, int(month), int(day))
    except ValueError:
        return None
    return last if last >= first else None


def _scan_periods(stem: str) -> Iterator[Period]:
    """Months, quarters and half years in a name; a half year as its last quarter."""
    for year, half in _HALF.findall(stem):
        yield Quarter(int(year), 2 if half == "上" else 4)
    for year, digit, word in _QUARTER.findall(stem):
        yield Quarter(int(year), int(digit or _CHINESE.get(word, 0) or word))
    for year, *months in (*_MONTHS.findall(stem), *_MONTH.findall(stem)):
        try:
            yield Month(int(year), int("".join(months)))
        except PeriodProblem:
            continue


def _read_saved_time(path: Path) -> datetime | None:
    found = find_time_saved(path)
    return found and found.astimezone(BEIJING)

"""Which state of the world a file speaks of: the time by which deliveries are weighed against each other."""

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tracker.events.times import BEIJING, day_start
from tracker.periods import Month, Period, PeriodProblem, Quarter, Year

GIVEN, FILE_NAME, WORKBOOK, IMPORT, FORM = "given", "file name", "workbook", "import", "form"
BASES = {
    GIVEN: "人工指定",
    FILE_NAME: "文件名",
    WORKBOOK: "工作簿保存时间",
    IMPORT: "导入时间",
    FORM: "表单提交时刻",
}

_DAY = re.compile(
    r"(?<!\d)(20\d\d)(?:年(\d{1,2})月(\d{1,2})日|([-_.])(\d{1,2})\4(\d{1,2})(?!\d)|(\d\d)(\d\d)(?=(?:\d{4}|\d{6})?(?!\d)))"
)
_CLOCK = (
    re.compile(  # behind a day: 1000, 100000, _100000, T10:00, 10时00分, _10-00-00; not -0531, another day
        r"(?:(\d\d)(\d\d)|[-_ T]?(\d\d)(\d\d)\d\d|[_ T]?(\d\d)[:时](\d\d)|[_ T](\d\d)-(\d\d)-\d\d)(?!\d)"
    )
)
_MONTHS = re.compile(r"(?<!\d)(20\d\d)年(?:\d{1,2}月?[-~至到])?(\d{1,2})月")
_FIRST_MONTH = re.compile(r"(?<!\d)(20\d\d)年(\d{1,2})月?[-~至到]\d{1,2}月")
_MONTH = re.compile(r"(?<!\d)(20\d\d)(?:[-_.](0?[1-9]|1[0-2])|(0[1-9]|1[0-2]))(?!\d)")
_QUARTER = re.compile(r"(?<!\d)(20\d\d)年?[-_ ]?(?:Q([1-4])|第?([一二三四1-4])季度?)", re.IGNORECASE)
_HALF = re.compile(r"(?<!\d)(20\d\d)年?(上|下)半年")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>([^<]+)</dcterms:modified>")
_LAST_MINUTE = timedelta(hours=23, minutes=59)
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4}
_PROPERTIES = 1 << 16  # bytes; docProps/core.xml is a few hundred


class AsOf(NamedTuple):
    """A time and what it rests on."""

    at: datetime
    basis: str  # given | file name | workbook | import | form


def as_of(path: Path, name: str, *, given: datetime | None, now: datetime) -> AsOf:
    """The best known as-of time of a file that was delivered under a name; never later than now.

    In this order: given by a person; the end of the last full date in the name, or the time of day behind it;
    the end of the period in the name; when the workbook was last saved; the moment of import.
    """
    known = (
        (given, GIVEN),
        (_end_of_name(unicodedata.normalize("NFKC", Path(name).stem)), FILE_NAME),
        (_saved(path), WORKBOOK),
    )
    return next((AsOf(min(at, now), basis) for at, basis in known if at), AsOf(now, IMPORT))


def days_named(name: str) -> tuple[date, date] | None:
    """The days that a file's name says it covers, the last one excluded: from one date to another, or the
    months, quarters and years in it; None where it names none, or but the one day on which it was made."""
    stem = unicodedata.normalize("NFKC", Path(name).stem)
    dates = [end - timedelta(microseconds=1) for end in _ends_of_days(stem)]
    stem = _DAY.sub(" ", stem)
    periods = list(_periods(stem)) or [Year(int(year)) for year in _YEAR.findall(stem)]
    firsts = [period.first_day for period in periods]
    firsts += [date(int(year), 1 if half == "上" else 7, 1) for year, half in _HALF.findall(stem)]
    for year, month in _FIRST_MONTH.findall(stem):
        if 1 <= int(month) <= 12:
            firsts.append(date(int(year), int(month), 1))
    if periods:
        return min(firsts), max(period.end_day for period in periods)
    days = sorted(at.date() for at in dates)
    return (days[0], days[-1] + timedelta(days=1)) if len(days) > 1 else None


def _end_of_name(stem: str) -> datetime | None:
    ends = list(_ends_of_days(stem))
    if ends:
        return max(ends)
    periods = list(_periods(stem)) or [Year(int(year)) for year in _YEAR.findall(stem)]
    return day_start(max(period.end_day for period in periods)) if periods else None


def _ends_of_days(stem: str) -> Iterator[datetime]:
    """Of each date in a name the time of day behind it; else, and in its last minute, the end of the day."""
    for found in _DAY.finditer(stem):
        year, month, day = (int(part) for part in found.groups() if part and part.isdigit())
        clock = _CLOCK.match(stem, found.end())
        hour, minute = (int(part) for part in clock.groups() if part) if clock else (23, 59)
        try:
            start, at = day_start(date(year, month, day)), timedelta(hours=hour, minutes=minute)
        except ValueError:
            continue
        yield start + (at if at < _LAST_MINUTE and minute < 60 else timedelta(days=1))


def _periods(stem: str) -> Iterator[Period]:
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


def _saved(path: Path) -> datetime | None:
    """When a workbook was last saved, as it says itself."""
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive, archive.open("docProps/core.xml") as properties:
            found = _MODIFIED.search(properties.read(_PROPERTIES))
        return datetime.fromisoformat(found[1].decode()).astimezone(BEIJING) if found else None
    except (KeyError, ValueError, zipfile.BadZipFile):
        return None

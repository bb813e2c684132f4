"""The spellings of a point in time: digits only, Excel serials, epochs, and dates with any separator."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from ingest.cells.column import CellProblem
from tracker.events.times import BEIJING

Precision = Literal["second", "minute", "day", "midnight"]
"""How finely a point in time was written; `midnight` is the end of the day before: 2023-11-10 24:00."""

_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?")
_MORNING = ("上午", "凌晨", "清晨", "早晨", "早上", "AM")
_AFTERNOON = ("下午", "午后", "傍晚", "PM")
_NIGHT = ("晚上", "晚间", "夜间", "夜里", "夜晚", "深夜", "半夜", "午夜")  # goes on past midnight
HALVES = frozenset((*_MORNING, *_AFTERNOON, *_NIGHT, "中午", "A", "P", "A.M.", "P.M."))  # of the day
_HALVES = "|".join((*_MORNING[:-1], *_AFTERNOON[:-1], *_NIGHT, "中午", r"[AP]\.?M\.?"))
_WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    rf"(?:[T\s]*(?P<half>{_HALVES})?\s*"
    r"(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})分?(?::?(?P<second>\d{1,2})秒?(?:[.,](?P<fraction>\d+))?)?"
    r"\s*(?P<after>[AP]\.?M\.?)?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_MONTH_ONLY = re.compile(r"\d{4}\s*[-/.年]\s*(?:0?[1-9]|1[0-2])\s*月?(?:份)?")
_COMPACT = re.compile(
    r"((?:19|20)\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(?:(\d{2})(?:\.(\d+))?)?)?", re.IGNORECASE
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH = re.compile(r"(1\d{9})(?:\.0)?(\d{3})?(?:\.0)?")  # seconds, or milliseconds
_ZONE_BEHIND = re.compile(r":\d{2}(?:[.,]\d+)?\s*(?:[AP]\.?M\.?)?\s*(?:Z|[+-]\d{2}:?\d{2})", re.IGNORECASE)
_BEIJING_1970 = datetime(1970, 1, 1, 8)
_EXCEL_DAY_0 = datetime(1899, 12, 30)
_DAYS_TO_1904 = 1462  # between the first days of the two ways of counting
_EXCEL_DAYS = range(15_000, 80_000)  # 1941 to 2119


def read_number(written: str, *, from_1904: bool = False) -> tuple[datetime, Precision] | None:
    """20230501080305, an Excel serial, seconds or milliseconds since 1970; None for anything else."""
    compact = _COMPACT.fullmatch(written.removesuffix(".0"))
    if compact:
        year, month, day, hour, minute, second, fraction = compact.groups()
        return _make_moment(year, month, day, hour, minute, second, fraction)
    if _SERIAL.fullmatch(written):
        serial = Decimal(written) + _DAYS_TO_1904 * from_1904
        return _from_excel_serial(serial) if int(serial) in _EXCEL_DAYS else None
    epoch = _EPOCH.fullmatch(written)
    if epoch is None:
        return None
    since = timedelta(seconds=int(epoch[1]), milliseconds=int(epoch[2] or 0))
    return _BEIJING_1970 + since, "second"


def says_zone(written: str) -> bool:
    """Whether a moment is the same wherever it is read: one with a zone behind it, or since 1970."""
    found = _ZONE_BEHIND.search(written)
    return _EPOCH.fullmatch(written) is not None or (found is not None and found.end() == len(written))


def read_written(written: str) -> tuple[datetime, Precision] | None:
    """Year, month, day in this order, with or without time; None for anything else.

    Raises: CellProblem for an hour that could be of two days, or is none of its half of the day."""
    found = _WRITTEN.fullmatch(_WEEKDAY.sub(" ", written).strip())
    if found is None:
        if _MONTH_ONLY.fullmatch(written):
            raise CellProblem("只写到月，不知道是哪一天", "请补上日，写成 2023-05-01")
        return None
    half = (found["half"] or found["after"] or "").upper().replace(".", "")
    hour = _to_24_hours(found["hour"], half)
    read = _make_moment(
        found["year"], found["month"], found["day"], hour, found["minute"], found["second"], found["fraction"]
    )
    if read is None or not found["zone"]:
        return read
    try:
        zoned = datetime.fromisoformat(f"{read[0].isoformat()}{found['zone'].upper()}").astimezone(BEIJING)
    except (ValueError, OverflowError):  # no such offset, or no such year in Beijing
        return None
    return zoned.replace(tzinfo=None), "second" if read[1] == "midnight" else read[1]


def _make_moment(
    year: str,
    month: str,
    day: str,
    hour: str | None,
    minute: str | None,
    second: str | None,
    fraction: str | None,
) -> tuple[datetime, Precision] | None:
    """None when there is no such day or time; 24:00:00 is the end of its day."""
    clock = (int(hour or 0), int(minute or 0), int(second or 0))
    late = clock == (24, 0, 0)
    try:
        at = datetime(int(year), int(month), int(day), *((0, 0, 0) if late else clock))
        at += timedelta(days=late, microseconds=int(f"{fraction or 0:0<6}"[:6]))
    except (ValueError, OverflowError):
        return None
    if late:
        return at, "midnight"
    return at, "day" if hour is None else "minute" if second is None else "second"


def _to_24_hours(hour: str | None, half: str) -> str | None:
    """The hour of the day; 12 is the first one of its half. Raises: CellProblem."""
    if hour is None or not half:
        return hour
    written = int(hour)
    if half in _NIGHT and written in (12, 1, 2, 3, 4, 5):
        raise CellProblem("分不清是当天还是第二天", "请改成 24 小时制，例如 2023-05-01 00:10:00")
    if half == "中午":
        read = written + 12 * (1 <= written <= 3)
        fits = 10 <= read <= 15
    elif half in _MORNING:
        read, fits = written % 12, written <= 12
    else:
        read, fits = written % 12 + 12, 1 <= written < 24
    if not fits:
        raise CellProblem(f"的钟点与“{half}”不符", "请改成 24 小时制，例如 2023-05-01 13:30:00")
    return str(read)


def _from_excel_serial(serial: Decimal) -> tuple[datetime, Precision]:
    """To the millisecond, which is all a double holds."""
    at = _EXCEL_DAY_0 + timedelta(milliseconds=round(serial * 86_400_000))
    return at, "second" if serial % 1 else "day"

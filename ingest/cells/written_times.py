"""The spellings of a point in time: digits only, Excel serials, epochs, and dates with any separator."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from tracker.events.times import BEIJING

Precision = Literal["second", "minute", "day"]

_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?")
_WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<half>上午|凌晨|早上|中午|下午|晚上|AM|PM)?\s*"
    r"(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})分?(?::?(?P<second>\d{1,2})秒?(?:[.,](?P<fraction>\d+))?)?"
    r"\s*(?P<after>AM|PM)?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"((?:19|20)\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(?:(\d{2})(?:\.(\d+))?)?)?", re.IGNORECASE
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH = re.compile(r"(1\d{9})(?:\.0)?(\d{3})?(?:\.0)?")  # seconds, or milliseconds
_BEIJING_1970 = datetime(1970, 1, 1, 8)
_EXCEL_DAY_0 = datetime(1899, 12, 30)
_EXCEL_DAYS = range(15_000, 80_000)  # 1941 to 2119


def read_number(written: str) -> tuple[datetime, Precision] | None:
    """20230501080305, an Excel serial, seconds or milliseconds since 1970; None for anything else."""
    compact = _COMPACT.fullmatch(written.removesuffix(".0"))
    if compact:
        year, month, day, hour, minute, second, fraction = compact.groups()
        return _moment(year, month, day, hour, minute, second, fraction)
    if _SERIAL.fullmatch(written):
        serial = Decimal(written)
        return _excel(serial) if int(serial) in _EXCEL_DAYS else None
    epoch = _EPOCH.fullmatch(written)
    if epoch is None:
        return None
    since = timedelta(seconds=int(epoch[1]), milliseconds=int(epoch[2] or 0))
    return _BEIJING_1970 + since, "second"


def read_written(written: str) -> tuple[datetime, Precision] | None:
    """Year, month, day in this order, with or without time; None for anything else."""
    found = _WRITTEN.fullmatch(_WEEKDAY.sub(" ", written).strip())
    if found is None:
        return None
    hour = _hour(found["hour"], (found["half"] or found["after"] or "").upper())
    read = _moment(
        found["year"], found["month"], found["day"], hour, found["minute"], found["second"], found["fraction"]
    )
    if read is None or not found["zone"]:
        return read
    zoned = datetime.fromisoformat(f"{read[0].isoformat()}{found['zone'].upper()}")
    return zoned.astimezone(BEIJING).replace(tzinfo=None), read[1]


def _moment(
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
    except ValueError:
        return None
    at += timedelta(days=late, microseconds=int(f"{fraction or 0:0<6}"[:6]))
    return at, "day" if hour is None else "minute" if second is None else "second"


def _hour(hour: str | None, half: str) -> str | None:
    if hour is None or not half:
        return hour
    later = half in ("下午", "晚上", "PM") or (half == "中午" and int(hour) < 11)
    return str(int(hour) % 12 + 12 * later) if half in ("AM", "PM") or later else hour


def _excel(serial: Decimal) -> tuple[datetime, Precision]:
    """To the millisecond, which is all a double holds."""
    at = _EXCEL_DAY_0 + timedelta(milliseconds=round(serial * 86_400_000))
    return at, "second" if serial % 1 else "day"

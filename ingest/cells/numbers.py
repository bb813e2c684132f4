"""Numbers, money and durations: exact, in the smallest unit."""

import re
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from ingest.cells.column import CellProblem, Column, Parse
from ingest.cells.text import NOTHING, halfwidth, is_rounded, plain
from ingest.readers import Cell

MONEY_UNITS = {"分": 1, "元": 100, "千元": 10**5, "万元": 10**6, "百万元": 10**8, "亿元": 10**10}  # in 分
TIME_UNITS = {
    "毫秒": 1,
    "秒": 1000,
    "分": 60_000,
    "分钟": 60_000,
    "小时": 3_600_000,
    "天": 86_400_000,
}  # in ms

_COUNTED = re.compile(r"(人次|人|份|条|件|个|名|次|岗|通|分)$")
_MONEY = re.compile(r"(?P<number>.*?)(?P<unit>分|元|千元|万元|百万元|亿元)?")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")
_SPOKEN = re.compile(r"(?:(\d+)小?时)?(?:(\d+)分钟?)?(?:(\d+)秒)?")
_NOISE = Decimal("0.0001")  # of a 分: what binary floats leave behind
_BIGGEST = 10**17


def count(column: Column) -> Parse:
    """A whole number, 0 or more."""

    def parse(cell: Cell) -> int | None:
        if type(cell) is str and cell.isdigit() and cell.isascii() and len(cell) < 12:
            return int(cell)
        number = _number(cell, column, _COUNTED)
        if number is None:
            return None
        if number != number.to_integral_value() or not 0 <= number < _BIGGEST:
            raise CellProblem("不是个数", "请填 0 或正整数")
        return int(number)

    return parse


def decimal(column: Column) -> Parse:
    """An exact number, without trailing zeros, so that 82 and 82.0 are the same."""

    def parse(cell: Cell) -> Decimal | None:
        number = _number(cell, column, _COUNTED)
        return None if number is None else Decimal(f"{number.normalize():f}")

    return parse


def quantity(column: Column) -> Parse:
    """An exact number, and the unit that its column's title gives, if any."""
    read = decimal(column)

    def parse(cell: Cell) -> tuple[Decimal, str | None] | None:
        number = read(cell)
        return None if number is None else (number, column.unit)

    return parse


def amount_fen(column: Column) -> Parse:
    """Money as integer 分; the unit stands in the cell, else with the column, else it is 元."""
    default = MONEY_UNITS.get(column.unit or "元", 100)

    def parse(cell: Cell) -> int | None:
        unit = default
        if isinstance(cell, str):
            written = _MONEY.fullmatch(halfwidth(plain(cell)))
            if written and written["unit"]:
                cell, unit = written["number"], MONEY_UNITS[written["unit"]]
        number = _number(cell, column)
        if number is None:
            return None
        exact = number * unit
        whole = exact.to_integral_value(ROUND_HALF_UP)
        if abs(exact - whole) > _NOISE or abs(whole) > _BIGGEST:
            raise CellProblem("不是整分的金额", "请把金额写到分为止，并核对单位是元还是万元")
        return int(whole)

    return parse


def duration_ms(column: Column) -> Parse:
    """A length of time as milliseconds; a bare number counts in the column's unit, else in seconds."""
    unit = TIME_UNITS.get(column.unit or "秒", 1000)

    def parse(cell: Cell) -> int | None:
        if type(cell) is str and cell.isdigit() and cell.isascii() and len(cell) < 10:
            return int(cell) * unit
        if isinstance(cell, timedelta):
            length = Decimal(cell // timedelta(milliseconds=1))
        elif isinstance(cell, time):  # Excel shows hh:mm:ss below a day as a time
            length = _clock_ms(f"{cell.hour}:{cell.minute}:{cell.second}.{cell.microsecond:06}")
        elif isinstance(cell, str) and (written := _as_clock(halfwidth(plain(cell)))):
            length = _clock_ms(written)
        else:
            number = _number(cell, column)
            if number is None:
                return None
            length = number * unit
        if not 0 <= length < 31 * 86_400_000:
            raise CellProblem("不是合理的时长", "请填秒数或 时:分:秒，不要用负数")
        return int(length.to_integral_value(ROUND_HALF_UP))

    return parse


def _as_clock(written: str) -> str | None:
    """h:m:s of a length written with colons, or with 时, 分 and 秒; None for anything else."""
    if ":" in written:
        return written
    spoken = _SPOKEN.fullmatch(written)
    return ":".join(part or "0" for part in spoken.groups()) if spoken and written else None


def _clock_ms(written: str) -> Decimal:
    parts = _CLOCK.fullmatch(written)
    if parts is None or Decimal(parts[3]) >= 60 or (parts[1] and int(parts[2]) >= 60):
        raise CellProblem("不是时长", "请填秒数，或写成 00:05:37")
    return (int(parts[1] or 0) * 3600 + int(parts[2]) * 60 + Decimal(parts[3])) * 1000


def _number(cell: Cell, column: Column, suffix: re.Pattern[str] | None = None) -> Decimal | None:
    """The exact number of a cell: thousands separators, ¥ and (negative) brackets understood."""
    if isinstance(cell, bool | date | time | timedelta):
        raise CellProblem("不是数", "请填数字")
    written = halfwidth(repr(cell) if isinstance(cell, float) else plain(cell)).replace(" ", "")
    if written in NOTHING or written in column.empties:
        return None
    if written.startswith("(") and written.endswith(")"):
        written = "-" + written[1:-1]
    written = written.removeprefix("¥").removeprefix("￥").replace(",", "")
    if suffix:
        written = suffix.sub("", written)
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or is_rounded(written):
        raise CellProblem("不是数", "请填数字，例如 1234.56")
    return number

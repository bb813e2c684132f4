"""Moments and days in the many ways they are written; all in Beijing time."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Literal

from ingest.cells.column import CellProblem, Column, Parse, Reader
from ingest.cells.text import NOTHING, halfwidth, plain
from ingest.cells.written_times import Precision, read_number, read_written
from ingest.readers import Cell
from tracker.events.times import BEIJING

_NO_TIME = re.compile(
    r"[0:.\s/-]+"  # 0, 0.0, 00:00:00, 0000-00-00 00:00:00
    r"|(?:0001[-/]0?1[-/]0?1|1899[-/]12[-/]3[01]|1900[-/]0?1[-/]0?[01]|1970[-/]0?1[-/]0?1)"
    r"(?:[ T]0?[08]?:?[0:]*(?:\.0+)?)?"
)
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")  # 5/1/2023: 1 May to some, 5 January to others
_EARLIEST, _LATEST = 1950, 2100
_EPOCH = 1970  # the year of a time that was never set
_REMEDY = "请改成 2023-05-01 08:03:05 这样的写法"

DateOnly = Literal["refused", "start", "end"]


def moment(*, date_only: DateOnly = "refused") -> Reader:
    """A point in time; a notice tells of times without seconds.

    A cell without time of day is a problem, or, with a notice, the start or the last second of its day.
    """

    def compiled(column: Column) -> Parse:
        nothing = NOTHING | column.empties
        written = datetime.fromisoformat
        combined = datetime.combine

        def parse(cell: Cell) -> datetime | None:
            if not cell:
                return None
            if type(cell) is str and len(cell) > 18:  # the usual case, and only that: 2023-05-01 08:03:05
                try:
                    naive = written(cell)
                except ValueError:
                    pass
                else:
                    if naive.tzinfo is None and _EPOCH < naive.year < _LATEST:
                        return combined(naive, naive.time(), BEIJING)  # replace() takes five times as long
            return _unusual_moment(cell, column, nothing, date_only)

        return parse

    return compiled


def day(column: Column) -> Parse:
    """A Beijing day; a time of day is left off."""
    nothing = NOTHING | column.empties

    def parse(cell: Cell) -> date | None:
        if type(cell) is date and _EARLIEST < cell.year < _LATEST:
            return cell
        found = _read(cell, nothing)
        return None if found is None else _sane(found[0]).date()

    return parse


def _unusual_moment(
    cell: Cell, column: Column, nothing: frozenset[str], date_only: DateOnly
) -> datetime | None:
    found = _read(cell, nothing)
    if found is None:
        return None
    naive, precision = found
    _sane(naive)
    if precision == "minute":
        column.notices[f"“{column.label}”列的时间只到分，没有秒：按 0 秒计，等待时长类指标不准。"] += 1
    elif precision == "day":
        naive = _WITHOUT_TIME[date_only](naive, column)
    return naive.replace(tzinfo=BEIJING)


def _refuse(naive: datetime, column: Column) -> datetime:
    raise CellProblem("只有日期，没有时刻", "请以文本格式重新导出该列，" + _REMEDY.removeprefix("请"))


def _start(naive: datetime, column: Column) -> datetime:
    column.notices[f"“{column.label}”列只有日期，没有时刻：按当天零点计。"] += 1
    return naive


def _end(naive: datetime, column: Column) -> datetime:
    column.notices[f"“{column.label}”列只有日期，没有时刻：按当天 23:59:59 计。"] += 1
    return naive + timedelta(days=1, seconds=-1)


_WITHOUT_TIME: dict[DateOnly, Callable[[datetime, Column], datetime]] = {
    "refused": _refuse,
    "start": _start,
    "end": _end,
}


def _read(cell: Cell, nothing: frozenset[str]) -> tuple[datetime, Precision] | None:
    """Wall-clock time in Beijing and how finely it was written; None for the many spellings of no time."""
    if isinstance(cell, date) and cell.year <= 1900:
        return None
    if isinstance(cell, datetime):
        return cell, "second"
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day), "day"
    if isinstance(cell, time | timedelta | bool):
        if isinstance(cell, time) and cell == time():  # Excel's 0 in a column of times
            return None
        raise CellProblem("没有日期", _REMEDY)
    written = halfwidth(plain(cell))
    if written in nothing or _NO_TIME.fullmatch(written):
        return None
    found = read_number(repr(cell) if isinstance(cell, float) else written) or read_written(written)
    if found is None:
        year_last = _YEAR_LAST.match(written)
        raise CellProblem("的年份在后，分不清月和日" if year_last else "不是时间", _REMEDY)
    return found


def _sane(naive: datetime) -> datetime:
    if not _EARLIEST < naive.year < _LATEST:
        raise CellProblem(f"的年份 {naive.year} 不合理", _REMEDY)
    return naive

"""Moments and days in the many ways they are written, as those of Beijing."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from ingest.cells.column import CellParser, CellProblem, Column
from ingest.cells.text import NOTHING, to_halfwidth, to_plain
from ingest.cells.written_times import Precision, read_number, read_written, says_zone
from tracker.events.times import BEIJING
from tracker.tabular import Cell
from tracker.tabular.cell_meanings import From1904

_NO_TIME = re.compile(
    r"[0:.\s/-]+"  # 0, 0.0, 00:00:00, 0000-00-00 00:00:00
    r"|(?:0001[-/]0?1[-/]0?1|1899[-/]12[-/]3[01]|1900[-/]0?1[-/]0?[01]|1970[-/]0?1[-/]0?1)"
    r"(?:[ T]0?[08]?:?[0:]*(?:\.0+)?)?"
)
_YEAR_LAST = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)(.*)"
)  # 5/1/2023: 1 May to some, 5 January to others
_TIME_OF_DAY = re.compile(r"(\d{1,2}:\d{1,2}(?::\d{1,2})?)(?:\.0+)?$")
_SECONDS = re.compile(r"\d:\d{1,2}:(\d{1,2})(?:\.0+)?$")
_EARLIEST, _LATEST = 1950, 2100
_EPOCH = 1970  # the year of a time that was never set
_NEVER = {(1, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1)}
_OF_1900 = re.compile(r"1900\s*[-/.年]\s*0?\d{1,2}\s*[-/.月]\s*(?!0+(?!\d))\d")
_NUMBER_AS_DATE = CellProblem(
    "是 1900 年的日期，多半是一个数（如天数）被表格显示成了日期",
    "请把这一列改成文字，写明单位（如 5个工作日）或写成时刻，再导出",
)
_REMEDY = "请按 2023-05-01 08:03:05 填写"

DateOnly = Literal["refused", "start", "end"]


class ToTheMinute(datetime):
    """A moment whose seconds nobody wrote: it may be up to a minute later."""


def is_to_the_minute(at: datetime | None) -> bool | None:
    """True, or None, as events have it."""
    return True if type(at) is ToTheMinute else None


def to_unmarked(at: datetime | None) -> datetime | None:
    """A moment as the log takes it, though it may be `ToTheMinute`."""
    return datetime.combine(at, at.time(), at.tzinfo) if type(at) is ToTheMinute else at


@dataclass(frozen=True)
class MomentReader:
    """Compiles the parsers of columns of moments; `make_moment_reader` says what its parts mean."""

    date_only: DateOnly
    marked: bool

    def __call__(self, column: Column) -> CellParser:
        date_only, marked = self.date_only, self.marked
        nothing = NOTHING | column.empties
        written = datetime.fromisoformat
        combined, zone = datetime.combine, column.zone

        def parse(cell: Cell) -> datetime | None:
            if not cell:
                return None
            # the usual case, and only that: 2023-05-01 08:03:05
            if zone is None and type(cell) is str and len(cell) > 18 and cell[11:13] != "24":
                try:
                    naive = written(cell)
                except ValueError:
                    pass
                else:
                    if naive.tzinfo is None and _EPOCH < naive.year < _LATEST:
                        return combined(naive, naive.time(), BEIJING)  # replace() takes five times as long
            return _read_unusual_moment(cell, column, nothing, date_only, marked)

        def parse_coarse(cell: Cell) -> datetime | None:
            at = parse(cell)
            if at is None or at.second:
                return at
            column.notices[
                f"“{column.label}”列的秒数都是 00，当作只到分：要看秒数的（等待、通话时长、"
                "与时限同一分钟的办结）按不明计。"
            ] += 1
            return ToTheMinute.combine(at, at.time(), BEIJING)

        def parse_days(cell: Cell) -> datetime | None:
            at = parse(cell)
            return at if at is None or at.time() != time() else _take_end(at, column)

        if date_only == "end" and column.only_days:
            column, zone = replace(column, zone=None), None  # a day is one wherever it is read
            return parse_days
        return parse_coarse if marked and column.to_the_minute else parse


def make_moment_reader(*, date_only: DateOnly = "refused", marked: bool = False) -> MomentReader:
    """A point in time; a notice tells of times without seconds, which are `ToTheMinute` where `marked`.

    A cell without time of day is a problem, or, with a notice, the start or the last second of its day.
    24:00 ends its day: where a day alone is its last second, so is 24:00.
    """
    return MomentReader(date_only, marked)


def has_only_minutes(cells: Iterable[Cell]) -> bool:
    """Whether these are ten moments or more, and all of a full minute: by chance once in 60¹⁰ times."""
    seconds: list[int] = []
    for cell in cells:
        if isinstance(cell, datetime):
            seconds.append(cell.second)
        elif isinstance(cell, str) and (found := _SECONDS.search(to_plain(cell))):
            seconds.append(int(found[1]))
    return len(seconds) >= 10 and not any(seconds)


def has_only_days(cells: Iterable[Cell]) -> bool:
    """Whether these are five moments or more, and all of midnight: days to which a spreadsheet added 0:00."""
    clocks: list[str] = []
    for cell in cells:
        if isinstance(cell, datetime):
            clocks.append(f"{cell:%H%M%S}")
        elif isinstance(cell, str) and (found := _TIME_OF_DAY.search(to_plain(cell))):
            clocks.append(found[1])
    return len(clocks) >= 5 and not any(clock.strip("0:") for clock in clocks)


def read_day(column: Column) -> CellParser:
    """A Beijing day; a time of day is left off, and 24:00 is still its own day."""
    nothing = NOTHING | column.empties

    def parse(cell: Cell) -> date | None:
        if type(cell) is date and _EARLIEST < cell.year < _LATEST:
            return cell
        found = _read(cell, column, nothing)
        if found is None:
            return None
        at, precision = found
        return _check_year(at - timedelta(days=precision == "midnight")).date()

    return parse


def _read_unusual_moment(
    cell: Cell, column: Column, nothing: frozenset[str], date_only: DateOnly, marked: bool
) -> datetime | None:
    if date_only == "end" and _is_day_of_1900(cell):  # where lengths of time stand as well: 1 day, or none
        raise _NUMBER_AS_DATE
    found = _read(cell, column, nothing)
    if found is None:
        return None
    naive, precision = found
    _check_year(naive)
    if precision == "minute":
        column.notices[
            f"“{column.label}”列的时间只到分，没有秒：要看秒数的（等待、通话时长、与时限同一分钟的办结）按不明计。"
        ] += 1
        if marked:
            return ToTheMinute.combine(naive, naive.time(), BEIJING)
    elif precision == "midnight":
        naive -= timedelta(seconds=date_only == "end")
    elif precision == "day":
        naive = _WITHOUT_TIME[date_only](naive, column)
    return naive.replace(tzinfo=BEIJING)


def _refuse(naive: datetime, column: Column) -> datetime:
    raise CellProblem("只有日期，没有时刻", "请以文本格式重新导出该列，" + _REMEDY.removeprefix("请"))


def _take_start(naive: datetime, column: Column) -> datetime:
    column.notices[f"“{column.label}”列只有日期，没有时刻：按当天零点计。"] += 1
    return naive


def _take_end(naive: datetime, column: Column) -> datetime:
    column.notices[f"“{column.label}”列只有日期，没有时刻：按当天 23:59:59 计。"] += 1
    return naive + timedelta(days=1, seconds=-1)


_WITHOUT_TIME: dict[DateOnly, Callable[[datetime, Column], datetime]] = {
    "refused": _refuse,
    "start": _take_start,
    "end": _take_end,
}


def _read(cell: Cell, column: Column, nothing: frozenset[str]) -> tuple[datetime, Precision] | None:
    """Wall-clock time in Beijing and how finely it was written; None for the many spellings of no time."""
    found = _read_as_written(cell, column, nothing)
    if found is None or column.zone is None or found[1] == "day":
        return found
    if not isinstance(cell, date) and says_zone(to_halfwidth(to_plain(cell))):
        return found
    there = found[0].replace(tzinfo=column.zone)
    if there.utcoffset() != there.replace(fold=1).utcoffset():
        raise CellProblem("在当地换夏令时的那一小时里，分不清是哪一刻", "请写成带时区的时刻，如 …-05:00")
    at = there.astimezone(BEIJING).replace(tzinfo=None)
    return at, "second" if found[1] == "midnight" else found[1]


def _read_as_written(
    cell: Cell, column: Column, nothing: frozenset[str]
) -> tuple[datetime, Precision] | None:
    """The same in the zone of its column, but for moments that tell theirs."""
    if isinstance(cell, date) and cell.year <= 1900:
        if not _is_never(cell):
            raise _NUMBER_AS_DATE
        return None
    if isinstance(cell, datetime):
        return cell, "second"
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day), "day"
    if isinstance(cell, time | timedelta | bool):
        if isinstance(cell, time) and cell == time():  # Excel's 0 in a column of times
            return None
        raise CellProblem("没有日期", _REMEDY)
    written = to_halfwidth(to_plain(cell))
    if written in nothing or _NO_TIME.fullmatch(written):
        return None
    year_last = _YEAR_LAST.fullmatch(written)
    if year_last:
        written = _put_year_first(year_last, column)
    number = float.__repr__(cell) if isinstance(cell, float) else written
    found = read_number(number, from_1904=isinstance(cell, From1904)) or read_written(written)
    if found is None:
        raise CellProblem("不是时间", _REMEDY)
    return found


def _is_never(cell: date) -> bool:
    """Whether a day stands for none: the 0 of a spreadsheet, or the first day that a system knows."""
    clock = cell.time() if isinstance(cell, datetime) else time()
    return clock == time() and (cell.year, cell.month, cell.day) in _NEVER


def _is_day_of_1900(cell: Cell) -> bool:
    """Whether a spreadsheet shows a number of days as a date; 0 is none."""
    if isinstance(cell, date):
        return cell.year == 1900
    return isinstance(cell, str) and _OF_1900.match(to_halfwidth(to_plain(cell))) is not None


def _put_year_first(written: re.Match[str], column: Column) -> str:
    """A date whose year stands last, in the order that its column is known to have. Raises: CellProblem."""
    one, other, year, rest = written.groups()
    if column.dates is None:
        remedy = f'{_REMEDY}，或在导入方案里写明 dates = "月日年"（或 "日月年"）'
        raise CellProblem("的年份在后，分不清月和日", remedy)
    month, day_of_month = (one, other) if column.dates == "月日年" else (other, one)
    return f"{year}-{month}-{day_of_month}{rest}"


def _check_year(naive: datetime) -> datetime:
    if not _EARLIEST < naive.year < _LATEST:
        raise CellProblem(f"的年份 {naive.year} 不合理", _REMEDY)
    return naive

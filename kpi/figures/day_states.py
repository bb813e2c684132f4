"""How each day of a source stands: the one answer that every page, list and figure takes.

A source that comes by the month has one unit a month, named by its first day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kpi.figures.coverage_inputs import Backing
from kpi.figures.source import Rhythm, Source
from tracker.periods import Month

_BY_DAY = (Rhythm.DAILY, Rhythm.HOURLY)


class DayState(StrEnum):
    """What is known of a day of a source, in the words that people read."""

    DATA = "有数据"  # delivered after it had ended
    ZERO = "零报告"  # somebody signed that there was nothing, or no change
    PARTLY = "部分"  # rows of it were held back, or some of its hours lack
    OWED = "待报"  # not there, while its month runs
    MISSING = "缺"  # not there, and its month is over
    AHEAD = "未到期"  # has not begun
    NOT_EXPECTED = "不适用"
    """None is owed: a month without a survey, a day without a platform that counts, a month before the first
    of an optional source."""
    BEFORE = "启用前"  # the centre had not opened, and nothing was delivered


@dataclass(frozen=True)
class CoverageUnit:
    """A day, or the month of a source that comes by the month."""

    first_day: date
    state: DayState
    ended: bool
    lacking: int  # units of the rhythm that are not there; of a day with more hours than it has, below 0
    due: bool  # whether a figure that rests on the source expects it, owed or not
    running: bool  # whether its month has not ended
    held: int  # rows held back that may be of it
    whole: int = 1  # units of the rhythm that there should be

    @property
    def lacks(self) -> bool:
        """Whether something of it should be there and is not; what has not ended lacks nothing yet."""
        owed = self.state not in (DayState.NOT_EXPECTED, DayState.BEFORE)
        return self.ended and self.lacking > 0 and owed


def list_units(backing: Backing, source: Source, month: Month) -> tuple[CoverageUnit, ...]:
    """The days of a month, or the month itself where the source comes by the month."""
    key = (source.key, month)
    if key not in backing.units:
        days = (
            _list_days(backing, source, month)
            if source.rhythm in _BY_DAY
            else [_build_month(backing, source, month)]
        )
        backing.units[key] = tuple(days)
    return backing.units[key]


def list_units_between(backing: Backing, source: Source, first: date, end: date) -> list[CoverageUnit]:
    """The days from `first` to before `end`, or the months that they touch."""
    months = [Month.of(first)]
    while months[-1].end_day < end:
        months.append(months[-1].next)
    units = [unit for month in months for unit in list_units(backing, source, month)]
    return [one for one in units if first <= one.first_day < end] if source.rhythm in _BY_DAY else units


def find_unit(backing: Backing, source: Source, day: date) -> CoverageUnit:
    """The unit that holds a day."""
    return next(
        unit
        for unit in reversed(list_units(backing, source, Month.of(day)))
        if unit.first_day <= day  # the last one that has begun by then
    )


def find_expected_end(backing: Backing, source: Source, month: Month) -> date:
    """The day before which coverage expects a month's days.

    Of a month that is not over only days up to the newest delivered are expected: whoever delivers by the
    month is not behind yet, and a day that a later one has passed over is.
    """
    if month.end_day <= backing.today:
        return month.end_day
    there = backing.hours if source.rhythm is Rhythm.HOURLY else backing.days.get(source.delivery, {})
    days = (day + timedelta(days=1) for day in there if month.first_day <= day < month.end_day)
    return min(max(days, default=month.first_day), max(backing.today, month.first_day))


def _list_days(backing: Backing, source: Source, month: Month) -> Iterator[CoverageUnit]:
    running, due_before = month.end_day > backing.today, find_expected_end(backing, source, month)
    for number in range(month.days):
        day = month.first_day + timedelta(days=number)
        whole = backing.whole(source, day)
        ended, held_back = (
            day < backing.today,
            _count_held_back(backing, source, day, day + timedelta(days=1)),
        )
        missing = whole - backing.count_delivered(source, day)
        if not whole:
            state = DayState.NOT_EXPECTED
        elif day <= backing.today and (missing <= 0 or (ended and missing < whole)):
            state = _classify_present(missing <= 0 and not held_back, signed=backing.is_signed(source, day))
        else:
            state = _classify_absent(backing, source, day, day + timedelta(days=1), running)
        due = day < due_before and whole > 0 and state is not DayState.BEFORE
        yield CoverageUnit(day, state, ended, missing, due, running, held_back, whole)


def _build_month(backing: Backing, source: Source, month: Month) -> CoverageUnit:
    running = month.end_day > backing.today
    there, held_back = (
        backing.has_month(source, month),
        _count_held_back(backing, source, month.first_day, month.end_day),
    )
    survey = source.rhythm is Rhythm.SURVEY  # a year is expected to hold a round, and no month of it
    begun = month.first_day <= backing.today
    if there and begun:
        state = _classify_present(not held_back, signed=not backing.was_delivered(source, month))
    elif survey and begun:
        state = DayState.NOT_EXPECTED
    else:
        state = _classify_absent(backing, source, month.first_day, month.end_day, running)
    due = not (running or survey or state is DayState.BEFORE)
    return CoverageUnit(month.first_day, state, not running, 0 if there else 1, due, running, held_back)


def _classify_present(whole: bool, *, signed: bool) -> DayState:
    if not whole:
        return DayState.PARTLY
    return DayState.ZERO if signed else DayState.DATA


def _classify_absent(
    backing: Backing, source: Source, first_day: date, end_day: date, running: bool
) -> DayState:
    if first_day <= backing.today and backing.opened is not None and end_day <= backing.opened:
        return DayState.BEFORE
    if not backing.is_owed(source, Month.of(first_day)):
        return DayState.NOT_EXPECTED
    if first_day > backing.today:
        return DayState.AHEAD
    return DayState.OWED if running else DayState.MISSING


def _count_held_back(backing: Backing, source: Source, first: date, end: date) -> int:
    spans = backing.held.get(source.delivery, ())
    return sum(rows for begin, last, rows in spans if may_be_of(source.rhythm, begin, last, first, end))


def may_be_of(rhythm: Rhythm, begin: date, last: date, first: date, end: date) -> bool:
    """Whether rows of the days from `begin` to `last` may belong to those from `first` to before `end`.

    Of a source that comes as a whole by the month they may be of every later month too.
    """
    return begin < end and (last >= first or rhythm not in _BY_DAY)

"""Runs of days or months that lack, and their names: 8月12日、8月13日; 8月1日至8月5日; 7月1日（缺3小时）."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from kpi.figures.source import Rhythm

_LISTED = 12  # spans named before the rest is only counted


class DayRun(NamedTuple):
    """Days in a row, or months by their first day, that lack something; of a survey, the first of the months
    that a round was expected in."""

    first: date
    last: date  # included
    lacking: int  # days, hours, months or rounds, all of them together
    whole: bool  # nothing of them is there; a day of which some hours are is a run of its own


def find_runs(
    rhythm: Rhythm, missing: Mapping[date, int], gone: Collection[date] | None = None
) -> tuple[DayRun, ...]:
    """What lacks, in its order; `missing`: first day → how much of it; `gone`: those of which nothing is
    there, None where that is so of each."""
    _, after = _BY_DAY if rhythm in _DAYS else _BY_MONTH
    runs: list[DayRun] = []
    for day in sorted(missing):
        whole = gone is None or day in gone
        if runs and whole and runs[-1].whole and after(runs[-1].last) == day:
            runs[-1] = runs[-1]._replace(last=day, lacking=runs[-1].lacking + missing[day])
        else:
            runs.append(DayRun(day, day, missing[day], whole))
    return tuple(runs)


def name_runs(rhythm: Rhythm, runs: Sequence[DayRun]) -> str:
    """Their names; three days or months in a row and more as a span, and of many runs only the first."""
    if rhythm is Rhythm.SURVEY:
        return "全年"
    name, after = _BY_DAY if rhythm in _DAYS else _BY_MONTH
    names = [name_text for run in runs for name_text in _name_run(run, name, after)]
    total = f"等共{sum(run.lacking for run in runs)}{rhythm.unit}"
    return "、".join(names[:_LISTED]) + (total if len(names) > _LISTED else "")


def name_days(days: Collection[date]) -> str:
    """Days of which nothing is there."""
    return name_runs(Rhythm.DAILY, find_runs(Rhythm.DAILY, dict.fromkeys(days, 1)))


def name_months(first_days: Collection[date]) -> str:
    """Months, by their first day, of which nothing is there."""
    return name_runs(Rhythm.MONTHLY, find_runs(Rhythm.MONTHLY, dict.fromkeys(first_days, 1)))


def _name_run(run: DayRun, name: Callable[[date], str], after: Callable[[date], date]) -> Iterator[str]:
    first, last = name(run.first), name(run.last)
    if not run.whole:
        yield f"{first}（缺{run.lacking}小时）"
    elif run.first == run.last:
        yield first
    elif after(run.first) == run.last:
        yield from (first, last)
    else:
        yield f"{first}至{last}"


def _format_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _format_month(day: date) -> str:
    return f"{day.month}月"


def _add_day(day: date) -> date:
    return day + timedelta(days=1)


def _add_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


_DAYS = (Rhythm.DAILY, Rhythm.HOURLY)
_BY_DAY, _BY_MONTH = (_format_day, _add_day), (_format_month, _add_month)

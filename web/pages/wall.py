"""A centre's wall screen: today so far, the month and the year against their targets, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from flask import Blueprint, Response, render_template, request

from kpi.figures import results
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_counts import DayCount, read_day_counts
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.patterns.arrivals import Arrival, list_arrivals
from tracker import centers
from tracker.periods import SHANGHAI, Month, Year
from web.access.guard import for_walls, open_to_all
from web.access.walls import ask_for_token, open_wall
from web.figure_view import FigureView
from web.formatting import NO_DATA, amount, percent
from web.instance import get_connection, get_log_connection, get_now
from web.pages.side_by_side import COMPARED

pages = Blueprint("wall", __name__)

EVERY = 60  # seconds after which the page loads again
_MOST_GAPS = 6
_NOTHING = "本月和上月都没有"
_OFFERED, _ANSWERED = "calls_offered", "calls_answered"
_COUNTED = {  # source → its numbers of a day, the first of which any row of it adds to
    "calls": {"calls_inbound": "呼入电话", _OFFERED: "进入人工", _ANSWERED: "人工接听"},
    "work_orders": {"work_orders_opened": "受理工单"},
}


@dataclass(frozen=True)
class DayNumber:
    """A number of the day so far."""

    title: str
    value: str
    note: str  # of which other day it is, or which rows are in doubt
    of_today: bool


@dataclass(frozen=True)
class WallFigure:
    """An indicator of the month that runs, and of its year."""

    month: FigureView
    year: FigureView


@pages.get("/<center:center>/wall")
@for_walls
def show(center: str) -> str:
    """What can be read from the other side of a hall; it leads nowhere, and names nobody."""
    today = get_now().astimezone(SHANGHAI).date()
    running, before = Month.of(today), Month.of(Month.of(today).first_day - timedelta(days=1))
    backing = read_backing(get_connection(), center, before.first_day, running.end_day, today)
    arrivals, earlier = list_arrivals(backing, running), list_arrivals(backing, before)
    figures = _list_figures(center, running)
    gaps = _group_gaps(arrivals)
    numbers = _list_day_numbers(center, today, [*earlier, *arrivals])
    return render_template(
        "wall/show.html",
        center=centers.find_center(get_log_connection(), center),
        today=today,
        running=running,
        month=figures[0].month.period,
        now=get_now(),
        every=EVERY,
        numbers=numbers,
        of_today=any(one.of_today for one in numbers),
        figures=figures,
        gaps=gaps[:_MOST_GAPS],
        more=len(gaps[_MOST_GAPS:]),
        never=sum(1 for one in arrivals if one.as_of is None),
    )


@pages.post("/<center:center>/wall")
@open_to_all
def enter(center: str) -> Response:
    """Takes the screen's token."""
    given = request.form.get("token", "").strip()
    return open_wall(center, given) if given else ask_for_token(center, "请粘贴大屏令牌。", 422)


def _list_day_numbers(center: str, today: date, arrivals: list[Arrival]) -> list[DayNumber]:
    """Of today where anything came today, else of the last day that is there."""
    keys = [key for numbers in _COUNTED.values() for key in numbers]
    last = {one.source.key: one.last for one in arrivals if one.last}
    counted = {today: read_day_counts(get_connection(), center, today, keys)}
    found = []
    for source, titles in _COUNTED.items():
        unit, first = last.get(source), next(iter(titles))
        day = today if not counted[today][first].is_nothing or unit is None else unit.first_day
        if day not in counted:
            counted[day] = read_day_counts(get_connection(), center, day, keys)
        found += [_describe(title, counted[day], key, day, today) for key, title in titles.items()]
        if source == "calls":
            found.append(_describe_rate(counted[day], day, today))
    return found


def _describe(title: str, counts: Mapping[str, DayCount], key: str, day: date, today: date) -> DayNumber:
    """No row of today is no zero: nothing has come yet."""
    count = counts[key]
    if count.is_nothing and day == today:
        return DayNumber(title, NO_DATA, _NOTHING, of_today=False)
    return DayNumber(title, amount(count.certain), _note(day, today, count.doubtful), of_today=day == today)


def _describe_rate(counts: Mapping[str, DayCount], day: date, today: date) -> DayNumber:
    """No rate where it is not known of every call whether it counts."""
    offered, answered = counts[_OFFERED], counts[_ANSWERED]
    if offered.is_nothing and day == today:
        return DayNumber("接通率", NO_DATA, _NOTHING, of_today=False)
    doubtful = offered.doubtful + answered.doubtful
    share = Fraction(answered.certain, offered.certain) if offered.certain and not doubtful else None
    value = NO_DATA if share is None else percent(share)
    return DayNumber("接通率", value, _note(day, today, doubtful), of_today=day == today)


def _note(day: date, today: date, doubtful: int) -> str:
    """From which day a number is, if not today, and how many rows are in doubt."""
    notes = [] if day == today else [f"{day.month}月{day.day}日"]
    return "，".join([*notes, *([f"另有 {doubtful:,} 条无法判断"] if doubtful else [])])


def _group_gaps(arrivals: list[Arrival]) -> list[tuple[str, str]]:
    """What is owed or missing, and of which sources; those that never came are counted apart."""
    alike: dict[str, list[str]] = {}
    for one in arrivals:
        if one.gaps and one.as_of is not None:
            alike.setdefault(one.gaps, []).append(one.source.title)
    return [("、".join(titles), gaps) for gaps, titles in alike.items()]


def _list_figures(center: str, running: Month) -> list[WallFigure]:
    """Of the month that runs, or while it has no value yet, of the last month of the year that has one."""
    year = Year(running.year)
    known = results.read_year(get_connection(), center, year.year)
    definitions = read_definitions(get_connection(), center)
    valued = {
        period
        for key in COMPARED
        for period, figure in known.get(key, {}).items()
        if isinstance(period, Month) and period <= running and figure.value is not None
    }
    month = max(valued, default=running)

    def view(key: str, period: Month | Year) -> FigureView:
        return FigureView(definitions.find_in_force(key, period), period, known.get(key, {}).get(period))

    return [WallFigure(view(key, month), view(key, year)) for key in COMPARED]

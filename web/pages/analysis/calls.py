"""Calls by hour and weekday, with waiting time."""

from collections.abc import Iterable
from fractions import Fraction

from flask import Blueprint, render_template

from kpi.figures.patterns.call_hours import CallCell, CallHours, call_hours
from tracker.events.calls import DIRECTIONS
from tracker.periods import Period
from web import heatmap
from web.access import Right, allowed
from web.filters import any_of, one_of
from web.formatting import NO_DATA, NOT_APPLICABLE, amount, tenths
from web.heatmap import WEEKDAYS, HeatCell
from web.instance import db
from web.pages.analysis import tabs
from web.pages.frame import frame

pages = Blueprint("calls", __name__)


@pages.get("/<center:center>/<period:period>/analysis/calls")
@allowed(Right.SEE_FIGURES)
def hours(center: str, period: Period) -> str:
    """Two pictures of a week: how many calls an hour brings, and how long they waited; and a table."""
    about = frame(center, period)
    found = call_hours(db(), center, period, about.today)
    direction = one_of("direction", "呼叫方向", DIRECTIONS.items())
    group = any_of("group", "技能组", found.skill_groups)
    cells = found.cells(direction.chosen, group.chosen or None)
    volume, wait = [_volume(cell) for cell in cells], [_wait(cell) for cell in cells]
    return render_template(
        "analysis/calls.html",
        frame=about,
        tabs=tabs.tabs(about),
        periods=tabs.periods(about, "calls.hours"),
        filters=[direction, group],
        direction=DIRECTIONS[direction.chosen],
        inbound=direction.chosen == "inbound",
        cells=cells,
        volume=volume,
        wait=wait,
        told=summary(cells, found),
        weekdays=WEEKDAYS,
        heatmap=heatmap,
        tenths=tenths,
    )


def summary(cells: Iterable[CallCell], found: CallHours) -> list[str]:
    """The whole, the busiest hour, the longest wait, in sentences."""
    listed = list(cells)
    told = [f"共 {amount(sum(one.calls for one in listed))} 通，话单有据 {found.days.total():,} 天"]
    busy = [one for one in listed if one.per_day]
    if busy:
        most = max(busy, key=lambda one: one.per_day or 0)
        told.append(f"最忙是{_hour(most)}，平均每天 {tenths(most.per_day or Fraction())} 通")
    waited = [one for one in listed if one.mean_wait_ms is not None]
    if waited:
        longest = max(waited, key=lambda one: one.mean_wait_ms or 0)
        told.append(f"等待最长是{_hour(longest)}，平均 {_seconds(longest)} 秒")
    return told


def _volume(cell: CallCell) -> HeatCell:
    if cell.per_day is None:
        return _cell(cell, None, NO_DATA, f"{_hour(cell)}：没有话单", "none")
    mean = tenths(cell.per_day)
    told = f"{_hour(cell)}：{cell.calls:,} 通，平均每天 {mean} 通，接通 {cell.answered:,} 通"
    return _cell(cell, cell.per_day, amount(cell.per_day, 0) if cell.per_day >= 100 else mean, told)


def _wait(cell: CallCell) -> HeatCell:
    if cell.per_day is None:
        return _cell(cell, None, NO_DATA, f"{_hour(cell)}：没有话单", "none")
    if cell.mean_wait_ms is None:
        return _cell(cell, None, "", f"{_hour(cell)}：没有接听的电话，{NOT_APPLICABLE}", "nothing")
    told = f"{_hour(cell)}：接听 {cell.waited_for:,} 通，平均等待 {_seconds(cell)} 秒"
    return _cell(cell, cell.mean_wait_ms / 1000, _seconds(cell), told)


def _cell(cell: CallCell, value: Fraction | None, written: str, told: str, kind: str = "full") -> HeatCell:
    return HeatCell(cell.weekday - 1, cell.hour, value, written, told, kind)


def _hour(cell: CallCell) -> str:
    return f"{WEEKDAYS[cell.weekday - 1]}{cell.hour}时"


def _seconds(cell: CallCell) -> str:
    return NO_DATA if cell.mean_wait_ms is None else tenths(cell.mean_wait_ms / 1000)

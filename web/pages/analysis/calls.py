"""Calls by hour and weekday, with waiting time."""

from collections.abc import Iterable
from fractions import Fraction

from flask import Blueprint, render_template

from kpi.figures.patterns.call_hours import CallCell, CallHours, read_call_hours
from tracker.events.calls import DIRECTIONS
from tracker.periods import Period
from web import heatmap
from web.access import Right, allowed
from web.filters import make_optional_filter, make_required_filter
from web.formatting import NO_DATA, NOT_APPLICABLE, amount, tenths
from web.heatmap import WEEKDAYS, HeatCell
from web.instance import get_connection
from web.pages.analysis import tabs
from web.pages.frame import make_frame

pages = Blueprint("calls", __name__)


@pages.get("/<center:center>/<period:period>/analysis/calls")
@allowed(Right.SEE_FIGURES)
def hours(center: str, period: Period) -> str:
    """Two pictures of a week: how many calls an hour brings, and how long they waited; and a table."""
    about = make_frame(center, period)
    found = read_call_hours(get_connection(), center, period, about.today)
    direction = make_required_filter("direction", "呼叫方向", DIRECTIONS.items())
    group = make_optional_filter("group", "技能组", found.skill_groups)
    cells = found.cells(direction.chosen, group.chosen or None)
    volume, wait = [_make_volume_cell(cell) for cell in cells], [_make_wait_cell(cell) for cell in cells]
    return render_template(
        "analysis/calls.html",
        frame=about,
        tabs=tabs.list_tabs(about),
        periods=tabs.list_period_links(about, "calls.hours"),
        filters=[direction, group],
        direction=DIRECTIONS[direction.chosen],
        inbound=direction.chosen == "inbound",
        cells=cells,
        volume=volume,
        wait=wait,
        told=summarize_calls(cells, found),
        weekdays=WEEKDAYS,
        heatmap=heatmap,
        tenths=tenths,
    )


def summarize_calls(cells: Iterable[CallCell], found: CallHours) -> list[str]:
    """The whole, the busiest hour, the longest wait, in sentences."""
    listed = list(cells)
    sentences = [f"共 {amount(sum(one.calls for one in listed))} 通，话单已报送 {found.days.total():,} 天"]
    busy = [one for one in listed if one.per_day]
    if busy:
        most = max(busy, key=lambda one: one.per_day or 0)
        sentences.append(f"最忙是{_format_hour(most)}，平均每天 {tenths(most.per_day or Fraction())} 通")
    waited = [one for one in listed if one.mean_wait_ms is not None]
    if waited:
        longest = max(waited, key=lambda one: one.mean_wait_ms or 0)
        sentences.append(f"等待最长是{_format_hour(longest)}，平均 {_format_seconds(longest)} 秒")
    return sentences


def _make_volume_cell(cell: CallCell) -> HeatCell:
    if cell.per_day is None:
        return _make_cell(cell, None, NO_DATA, f"{_format_hour(cell)}：缺话单", "none")
    mean = tenths(cell.per_day)
    words = f"{_format_hour(cell)}：{cell.calls:,} 通，平均每天 {mean} 通，接通 {cell.answered:,} 通"
    return _make_cell(cell, cell.per_day, amount(cell.per_day, 0) if cell.per_day >= 100 else mean, words)


def _make_wait_cell(cell: CallCell) -> HeatCell:
    if cell.per_day is None:
        return _make_cell(cell, None, NO_DATA, f"{_format_hour(cell)}：缺话单", "none")
    if cell.mean_wait_ms is None:
        return _make_cell(
            cell, None, "", f"{_format_hour(cell)}：没有接听的电话，{NOT_APPLICABLE}", "nothing"
        )
    words = f"{_format_hour(cell)}：接听 {cell.waited_for:,} 通，平均等待 {_format_seconds(cell)} 秒"
    return _make_cell(cell, cell.mean_wait_ms / 1000, _format_seconds(cell), words)


def _make_cell(
    cell: CallCell, value: Fraction | None, written: str, words: str, kind: str = "full"
) -> HeatCell:
    return HeatCell(cell.weekday - 1, cell.hour, value, written, words, kind)


def _format_hour(cell: CallCell) -> str:
    return f"{WEEKDAYS[cell.weekday - 1]}{cell.hour}时"


def _format_seconds(cell: CallCell) -> str:
    return NO_DATA if cell.mean_wait_ms is None else tenths(cell.mean_wait_ms / 1000)

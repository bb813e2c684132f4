"""Why a figure moved: against the period before or the same of the year before, part by part."""

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.figure import Figure
from kpi.figures.indicators import Direction, Indicator
from kpi.figures.patterns.changes import (
    ChangePiece,
    ChangeWay,
    Comparison,
    FigureChange,
    explain_change,
    find_period_before,
)
from kpi.figures.patterns.contributions import Counted
from kpi.figures.patterns.splits import MONTH, WEEK_HOUR
from kpi.figures.rows import RowsProblem
from tracker.migrations.privileges import PrivilegeProblem
from tracker.periods import Month, Period, Year
from web import breadcrumbs, change_view, heatmap
from web.access import Right, allowed, may
from web.breadcrumbs import Crumb
from web.figure_view import FigureView
from web.filters import get_choice
from web.formatting import amount
from web.heatmap import HeatCell
from web.instance import get_connection
from web.pages.analysis import tabs
from web.pages.frame import NavigationLink, PageFrame, make_frame
from web.pages.indicator import find_indicator

pages = Blueprint("changes", __name__)


@pages.get("/<center:center>/<period:period>/<key>/change")
@allowed(Right.SEE_FIGURES)
def change(center: str, period: Period, key: str) -> str:
    """The change in a sentence, its parts as bars, and a week of what was missed."""
    packaged, around = find_indicator(key), make_frame(center, period)
    against = get_choice("against")
    comparison = Comparison(against) if against in set(Comparison) else Comparison.BEFORE
    before = find_period_before(period, comparison)
    found, problem = _explain(center, packaged.key, period, before)
    in_force = read_definitions(get_connection(), center).find_in_force
    indicator = found.indicator if found else in_force(key, period)
    return render_template(
        "change.html",
        frame=around,
        indicator=indicator,
        period=period,
        before=before,
        problem=problem,
        periods=tabs.list_period_links(around, "changes.change", key=key),
        comparisons=_list_comparisons(around, key, comparison),
        trail=[*breadcrumbs.to_indicator(center, period, indicator), Crumb(f"{period.label}变化原因")],
        **(_describe(around, found) if found else {}),
    )


def _describe(around: PageFrame, found: FigureChange) -> dict[str, Any]:
    """What the page shows of a change that can be explained."""
    way = next((one for one in found.ways if one.split.key == get_choice("by")), found.ways[0])
    everything, center = bool(request.args.get("all")), around.center.center_id
    hours = change_view.list_missed_hours(found)
    return {
        "found": found,
        "way": way,
        "view": change_view,
        "sides": [_make_side(found.indicator, one) for one in (found.now, found.before)],
        "lines": change_view.list_lines(found, way, everything=everything),
        "everything": everything,
        "ways": _list_ways(around, found, way),
        "link": partial(_find_piece_rows, center, found, way),
        "missed_rows": partial(_find_missed_rows, center, found.indicator),
        "heatmap": heatmap,
        "hours": [_link_hour(center, found, one) for one in hours],
    }


def _explain(center: str, key: str, period: Period, before: Period) -> tuple[FigureChange | None, str]:
    """The change, or why there is none to explain."""
    if not may(Right.SEE_FIGURES, center, before.first_day.year):
        return (
            None,
            f"您没有查看{before.first_day.year}年指标的权限，不能与{before.label}比较。请向安全管理员申请。",
        )
    try:
        return explain_change(get_connection(), center, key, period, before), ""
    except RowsProblem as problem:
        return None, str(problem)
    except PrivilegeProblem as problem:
        abort(403, str(problem))


def _make_side(indicator: Indicator, figure: Figure) -> tuple[FigureView, Counted, str]:
    """A figure, its parts, and how much was missed in words."""
    counted = Counted(figure.numerator or Fraction(0), figure.denominator)
    missed = change_view.count_missed(indicator, counted)
    unit = change_view.get_missed_unit(indicator)
    said = "" if missed is None else f"{change_view.name_missed(indicator)} {amount(missed)} {unit}"
    return FigureView(indicator, figure.period, figure), counted, said


def _list_comparisons(around: PageFrame, key: str, chosen: Comparison) -> list[NavigationLink]:
    """The two periods to compare with; of a year there is one."""
    if isinstance(around.period, Year):
        return []
    before = "与上月比较" if isinstance(around.period, Month) else "与上季度比较"
    words = {Comparison.BEFORE: before, Comparison.YEAR: "与去年同期比较"}
    return [
        NavigationLink(title, _address(around, key, against=one.value, by=_keep("by")), one is chosen)
        for one, title in words.items()
    ]


def _list_ways(around: PageFrame, found: FigureChange, chosen: ChangeWay) -> list[NavigationLink]:
    """The splits of the change; the present one is marked."""
    key, against = found.indicator.key, _keep("against")
    return [
        NavigationLink(
            f"按{one.split.title}", _address(around, key, by=one.split.key, against=against), one is chosen
        )
        for one in found.ways
    ]


def _keep(name: str) -> str | None:
    """A choice of the address that goes along; None leaves it out."""
    return get_choice(name) or None


def _address(around: PageFrame, key: str, **choices: Any) -> str:
    code = around.center.center_id
    return url_for("changes.change", center=code, period=around.period, key=key, **choices)


def _find_piece_rows(center: str, found: FigureChange, way: ChangeWay, piece: ChangePiece | None) -> str:
    """The address of a bar's rows; of what this period does not have, those of the other."""
    if piece is None or not piece.of_rows:
        return ""
    counted, period, key = piece.now, found.now.period, piece.key
    if counted is None:
        counted, period = piece.before, found.before.period
        if way.split is MONTH:
            key = key.replace(year=period.first_day.year)
    only = {"by": way.split.key} | ({} if key is None else {"is": str(key)})
    return _find_missed_rows(center, found.indicator, period, counted, **only)


def _find_missed_rows(
    center: str, indicator: Indicator, period: Period, counted: Counted | None, **only: str
) -> str:
    """The rows of what was missed; where nothing was, or nothing can be, those that were counted."""
    if counted is None or not may(Right.SEE_ROWS, center, period.first_day.year):
        return ""
    missed = change_view.count_missed(indicator, counted)
    side = "numerator" if counted.above else "denominator"
    if missed and indicator.direction is not Direction.LOWER:
        side, only = "denominator", only | {"missed": "1"}
    return _write_rows_address(center, period, indicator, side, only)


def _write_rows_address(
    center: str, period: Period, indicator: Indicator, side: str, only: Mapping[str, Any]
) -> str:
    return url_for("rows.listed", center=center, period=period, key=indicator.key, side=side, **only)


def _link_hour(center: str, found: FigureChange, cell: HeatCell) -> HeatCell:
    """A cell that leads to its rows, where there are any."""
    if not cell.value:
        return cell
    place = cell.weekday * 24 + cell.hour
    only = {"by": WEEK_HOUR.key, "is": str(place)}
    return cell.linked(
        _find_missed_rows(center, found.indicator, found.now.period, found.hours[place], **only)
    )

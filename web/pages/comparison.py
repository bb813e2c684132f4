"""口径对照: the same data counted in every known way, and what adopting another would change."""

from flask import Blueprint, abort, render_template, url_for

from kpi.definition_report import format_change
from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.definitions.differences import list_differences
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.forks import FORKS, Fork, list_forks
from kpi.figures.indicators import INDICATORS, Indicator
from tracker.periods import Month, Period, Year
from web.access import Right, allowed
from web.breadcrumbs import Crumb
from web.figure_view import FigureView
from web.instance import get_connection, get_now
from web.pages.foreseen import foresee_changes
from web.pages.frame import make_frame
from web.pages.indicator import find_indicator

pages = Blueprint("comparison", __name__)

COMPARED = tuple(dict.fromkeys(fork.key for fork in FORKS))  # indicators that are counted in several ways


@pages.get("/<center:center>/<period:period>/<key>/compare")
@allowed(Right.SEE_FIGURES)
def ways(center: str, period: Period, key: str) -> str:
    """One indicator in a period by every way of counting, question by question."""
    current, around = _get_compared(center, key, period), make_frame(center, period)
    forks = list_forks(key)
    by = [current, *(fork.definition for fork in forks)]
    base, *others = (
        found.get(period) for found in compute_figures_by(get_connection(), center, by, [period], get_now())
    )
    return render_template(
        "comparison/ways.html",
        frame=around,
        period=period,
        indicator=current,
        base=FigureView(current, period, base),
        found=[
            (fork, FigureView(fork.definition, period, figure), format_change(base, figure))
            for fork, figure in zip(forks, others, strict=True)
        ],
        compared=[INDICATORS[one] for one in COMPARED],
        trail=_list_crumbs(center, current, Crumb(f"{period.label}口径对照")),
    )


@pages.get("/<center:center>/<year:year>/<key>/compare/<name>")
@allowed(Right.SEE_FIGURES)
def effect(center: str, year: Year, key: str, name: str) -> str:
    """What one way of counting says otherwise, and the year before and after, as if it held throughout."""
    around = make_frame(center, year)
    current, fork = _get_compared(center, key, Month.of(around.today)), _get_fork(key, name)
    return render_template(
        "comparison/effect.html",
        frame=around,
        indicator=current,
        fork=fork,
        differences=list_differences(current, fork.definition),
        found=foresee_changes(center, current, fork.definition, year),
        trail=_list_crumbs(
            center,
            current,
            Crumb(
                f"{year.label}口径对照",
                url_for("comparison.ways", center=center, period=year, key=key),
            ),
            Crumb(fork.title),
        ),
    )


def _get_compared(center: str, key: str, period: Period) -> Indicator:
    """The definition in force; answers 404 where there is but one way of counting."""
    find_indicator(key)
    if key not in COMPARED:
        titles = "、".join(INDICATORS[one].title for one in COMPARED)
        abort(404, f"{INDICATORS[key].title}没有其他口径；有其他口径的指标：{titles}。")
    return read_definitions(get_connection(), center).find_in_force(key, period)


def _get_fork(key: str, name: str) -> Fork:
    found = next((fork for fork in list_forks(key) if fork.name == name), None)
    return found or abort(404, f"没有编码为“{name}”的其他口径。")


def _list_crumbs(center: str, indicator: Indicator, *below: Crumb) -> list[Crumb]:
    card = url_for("definitions.card", center=center, key=indicator.key)
    index = url_for("definitions.index", center=center)
    return [Crumb("指标口径", index), Crumb(indicator.title, card), *below]

"""口径对照: the same data counted in every known way, and what adopting another would change."""

from flask import Blueprint, abort, render_template, url_for

from kpi.definition_report import change_text
from kpi.figures.definitions.computing import figures_by
from kpi.figures.definitions.differences import differences
from kpi.figures.definitions.in_force import definitions_for
from kpi.figures.forks import FORKS, Fork, forks_of
from kpi.figures.indicators import INDICATORS, Indicator
from tracker.periods import Month, Period, Year
from web.access import Right, allowed
from web.breadcrumbs import Step
from web.figure_view import Shown
from web.instance import db, now
from web.pages.foreseen import foreseen
from web.pages.frame import frame
from web.pages.indicator import find

pages = Blueprint("comparison", __name__)

COMPARED = tuple(dict.fromkeys(fork.key for fork in FORKS))  # indicators that are counted in several ways


@pages.get("/<center:center>/<period:period>/<key>/compare")
@allowed(Right.SEE_FIGURES)
def ways(center: str, period: Period, key: str) -> str:
    """One indicator in a period by every way of counting, question by question."""
    current, around = _compared(center, key, period), frame(center, period)
    forks = forks_of(key)
    by = [current, *(fork.definition for fork in forks)]
    base, *others = (found.get(period) for found in figures_by(db(), center, by, [period], now()))
    return render_template(
        "comparison/ways.html",
        frame=around,
        period=period,
        indicator=current,
        base=Shown(current, period, base),
        found=[
            (fork, Shown(fork.definition, period, figure), change_text(base, figure))
            for fork, figure in zip(forks, others, strict=True)
        ],
        compared=[INDICATORS[one] for one in COMPARED],
        trail=_above(center, current, Step(f"{period.label}口径对照")),
    )


@pages.get("/<center:center>/<year:year>/<key>/compare/<name>")
@allowed(Right.SEE_FIGURES)
def effect(center: str, year: Year, key: str, name: str) -> str:
    """What one way of counting says otherwise, and the year before and after, as if it held throughout."""
    around = frame(center, year)
    current, fork = _compared(center, key, Month.of(around.today)), _fork(key, name)
    return render_template(
        "comparison/effect.html",
        frame=around,
        indicator=current,
        fork=fork,
        differences=differences(current, fork.definition),
        found=foreseen(center, current, fork.definition, year),
        trail=_above(
            center,
            current,
            Step(
                f"{year.label}口径对照",
                url_for("comparison.ways", center=center, period=year, key=key),
            ),
            Step(fork.title),
        ),
    )


def _compared(center: str, key: str, period: Period) -> Indicator:
    """The definition in force; answers 404 where there is but one way of counting."""
    find(key)
    if key not in COMPARED:
        titles = "、".join(INDICATORS[one].title for one in COMPARED)
        abort(404, f"{INDICATORS[key].title}没有对照口径；有对照口径的指标：{titles}。")
    return definitions_for(db(), center).in_force(key, period)


def _fork(key: str, name: str) -> Fork:
    found = next((fork for fork in forks_of(key) if fork.name == name), None)
    return found or abort(404, f"没有编码为“{name}”的对照口径。")


def _above(center: str, indicator: Indicator, *below: Step) -> list[Step]:
    card = url_for("definitions.card", center=center, key=indicator.key)
    index = url_for("definitions.index", center=center)
    return [Step("指标口径", index), Step(indicator.title, card), *below]

"""溯源码: from a code on paper or screen to exactly that number, and what it said before and since."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request

from kpi.closing.permissions import explain_turn
from kpi.closing.states import find_closing_month, read_closing
from kpi.figures import catalogue, results
from kpi.figures.codes import CodeProblem, read_code
from kpi.figures.definitions.in_force import Definitions, read_definitions
from kpi.figures.forks.net import make_gross_and_net
from kpi.figures.from_months import NOT_COMPARED
from kpi.figures.tracing import FigureVersion, find_version, list_versions
from tracker.periods import Month, Period
from web import breadcrumbs
from web.access import Right, allowed
from web.breadcrumbs import Crumb
from web.figure_view import FigureView
from web.instance import get_connection, get_now
from web.pages.frame import make_frame
from web.pages.indicator import find_indicator, list_measures

pages = Blueprint("codes", __name__)

MOST = 20  # provisional contents listed


@dataclass(frozen=True)
class VersionLine:
    """A version of a figure as the page lists it."""

    version: FigureVersion
    shown: FigureView
    here: bool  # the one that the page is about
    present: bool  # the one that is shown today


@pages.get("/<center:center>/<period:period>/<key>/figure")
@allowed(Right.SEE_FIGURES)
def figure(center: str, period: Period, key: str) -> str:
    """One number: what it says and said, its rows, its definition, who may change it."""
    declared, around = find_indicator(key), make_frame(center, period)
    definitions, versions = (
        read_definitions(get_connection(), center),
        list_versions(get_connection(), center, key, period, most=MOST),
    )
    if not versions:
        abort(404, f"{period.label}的{declared.title}尚未计算，或统计期尚未开始。")
    chosen = _choose_version(versions, center, key, period)
    versions += [] if chosen in versions else [chosen]
    declared = definitions.version(key, chosen.figure.definition_version)
    compared = NOT_COMPARED
    if chosen == find_present(versions) and not isinstance(period, Month):
        of_year = results.read_indicator(get_connection(), center, key, period.first_day.year)
        compared = results.read_month_comparisons(get_connection(), center, definitions, {key: of_year})
    return render_template(
        "figure.html",
        frame=around,
        period=period,
        indicator=declared,
        one=FigureView(declared, period, chosen.figure, compared=compared.get((key, period))),
        chosen=chosen,
        present=find_present(versions),
        most=MOST,
        versions=list(_list_versions(versions, chosen, definitions)),
        who=explain_turn(
            read_closing(get_connection(), center, find_closing_month(period)), period, declared, get_now()
        ),
        card=catalogue.build_card(declared),
        measures=list_measures(declared),
        is_counted_net=make_gross_and_net(declared) is not None,
        trail=[*breadcrumbs.to_indicator(center, period, declared), Crumb(period.label)],
    )


def find_present(versions: list[FigureVersion]) -> FigureVersion:
    """The one that is shown today: the newest seal, or else what was computed last."""
    return next((one for one in versions if one.seal), versions[0])


def _choose_version(versions: list[FigureVersion], center: str, key: str, period: Period) -> FigureVersion:
    """The version of a code; the present one where none is asked for."""
    return find_requested_version(center, key, period) or find_present(versions)


def find_requested_version(center: str, key: str, period: Period) -> FigureVersion | None:
    """The version of the figure whose code stands in the address. One that it never had: 404."""
    if "code" not in request.args:
        return None
    typed = request.args["code"]
    try:
        found = find_version(get_connection(), center, key, period, typed)
    except CodeProblem as problem:
        abort(404, str(problem))
    if found is None:
        abort(404, f"这个数字没有溯源码为 {read_code(typed)} 的版本，请在页首的搜索框查找。")
    return found


def _list_versions(
    versions: list[FigureVersion], chosen: FigureVersion, definitions: Definitions
) -> Iterator[VersionLine]:
    now_shown = find_present(versions)
    for one in versions:
        declared = definitions.version(one.figure.indicator, one.figure.definition_version)
        yield VersionLine(
            one, FigureView(declared, one.figure.period, one.figure), one == chosen, one is now_shown
        )

"""One indicator over a year: chart, every period with its parts, the definition, ways to the rows."""

from flask import Blueprint, abort, render_template

from kpi.closing.as_known import read_year_as_known
from kpi.figures import catalogue, results
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.from_months import NOT_COMPARED
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.measures import MEASURES, Measure
from kpi.figures.patterns.breakdown import select_splits
from tracker.periods import Period, Quarter, Year
from web import breadcrumbs
from web.access import Right, allowed
from web.as_of import find_as_of_day
from web.breadcrumbs import Crumb
from web.figure_view import FigureView, view_year
from web.instance import get_connection
from web.pages.frame import format_short_name, make_frame

pages = Blueprint("indicator", __name__)


@pages.get("/<center:center>/<year:year>/<key>")
@allowed(Right.SEE_FIGURES)
def indicator(center: str, year: Year, key: str) -> str:
    """The indicator's twelve months as a line and all its periods as a table."""
    find_indicator(key)
    around = make_frame(center, year)
    definitions = read_definitions(get_connection(), center)
    declared = definitions.find_in_force(key, year)
    as_of = find_as_of_day(around.today)
    figures = (
        read_year_as_known(get_connection(), center, year.year, as_of.moment).get(key, {})
        if as_of
        else results.read_indicator(get_connection(), center, key, year.year)
    )
    compared = (
        NOT_COMPARED
        if as_of
        else results.read_month_comparisons(get_connection(), center, definitions, {key: figures})
    )
    return render_template(
        "indicator.html",
        frame=around,
        one=view_year(declared, year, figures, definitions, compared),
        periods=[
            FigureView(
                definitions.find_in_force(key, period),
                period,
                figures.get(period),
                compared=compared.get((key, period)),
            )
            for period in _list_in_order(year)
        ],
        short_name=format_short_name,
        parts_of=bool(select_splits(declared, year)),
        trail=[*breadcrumbs.to_overview(center, year), Crumb(declared.title)],
        card=catalogue.build_card(declared),
        measures=list_measures(declared),
        as_of=as_of,
    )


def find_indicator(key: str) -> Indicator:
    """The indicator of an address; answers 404 for none."""
    if key not in INDICATORS:
        abort(404, f"没有指标“{key}”。全部指标见“指标口径”。")
    return INDICATORS[key]


def list_measures(declared: Indicator) -> list[Measure]:
    """What is counted."""
    return [MEASURES[key] for key in declared.formula.measures]


def _list_in_order(year: Year) -> list[Period]:
    """Each quarter after its months, the year last."""
    found: list[Period] = []
    for number in range(1, 5):
        quarter = Quarter(year.year, number)
        found += [*quarter.months, quarter]
    return [*found, year]

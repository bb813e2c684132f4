"""One indicator over a year: chart, every period with its parts, the definition, ways to the rows."""

from flask import Blueprint, abort, render_template

from kpi.closing.as_known import year_as_known
from kpi.figures import catalogue, results
from kpi.figures.definitions.in_force import definitions_for
from kpi.figures.from_months import NOT_COMPARED
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.measures import MEASURES, Measure
from kpi.figures.patterns.breakdown import ways_of
from tracker.periods import Period, Quarter, Year
from web import breadcrumbs
from web.access import Right, allowed
from web.as_of import asked
from web.breadcrumbs import Step
from web.figure_view import Shown, shown_of_year
from web.instance import db
from web.pages.frame import frame, short_name

pages = Blueprint("indicator", __name__)


@pages.get("/<center:center>/<year:year>/<key>")
@allowed(Right.SEE_FIGURES)
def indicator(center: str, year: Year, key: str) -> str:
    """The indicator's twelve months as a line and all its periods as a table."""
    find(key)
    around = frame(center, year)
    known = definitions_for(db(), center)
    declared = known.in_force(key, year)
    as_of = asked(around.today)
    figures = (
        year_as_known(db(), center, year.year, as_of.moment).get(key, {})
        if as_of
        else results.of_indicator(db(), center, key, year.year)
    )
    compared = NOT_COMPARED if as_of else results.beside_months(db(), center, known, {key: figures})
    return render_template(
        "indicator.html",
        frame=around,
        one=shown_of_year(declared, year, figures, known, compared),
        periods=[
            Shown(
                known.in_force(key, period), period, figures.get(period), compared=compared.get((key, period))
            )
            for period in _in_order(year)
        ],
        short_name=short_name,
        parts_of=bool(ways_of(declared, year)),
        trail=[*breadcrumbs.to_overview(center, year), Step(declared.title)],
        card=catalogue.card(declared),
        measures=measures_of(declared),
        as_of=as_of,
    )


def find(key: str) -> Indicator:
    """The indicator of an address; answers 404 for none."""
    if key not in INDICATORS:
        abort(404, f"没有指标“{key}”。全部指标见“指标口径”。")
    return INDICATORS[key]


def measures_of(declared: Indicator) -> list[Measure]:
    """What is counted."""
    return [MEASURES[key] for key in declared.formula.measures]


def _in_order(year: Year) -> list[Period]:
    """Each quarter after its months, the year last."""
    found: list[Period] = []
    for number in range(1, 5):
        quarter = Quarter(year.year, number)
        found += [*quarter.months, quarter]
    return [*found, year]

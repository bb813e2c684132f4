"""A centre's year at a glance: headline tiles, points at risk, gaps with what mends them, all indicators."""

from collections import Counter

from flask import Blueprint, render_template

from kpi.closing.as_known import year_as_known
from kpi.evaluation.rehearsal.stored_rehearsal import chosen_scheme
from kpi.figures import results
from kpi.figures.definitions.in_force import definitions_for
from kpi.figures.from_months import NOT_COMPARED
from kpi.figures.indicators import GROUPS, INDICATORS
from tracker.periods import Year
from web.access import Right, allowed
from web.as_of import asked
from web.figure_view import shown_of_year
from web.gap_view import lacks_as_known, lacks_of_period
from web.instance import db
from web.pages.frame import frame

pages = Blueprint("overview", __name__)

TILES = (  # with the points at risk seven, so that they fit the first screen
    "call_answer_rate",
    "work_orders_opened",
    "work_order_on_time_rate",
    "payment_on_time_rate",
    "staffing_in_post_rate",
    "staff_turnover_rate",
)


@pages.get("/<center:center>/<year:year>/")
@allowed(Right.SEE_FIGURES)
def year(center: str, year: Year) -> str:
    """Tiles with value, parts, target, status, coverage and twelve months; gaps; the full table."""
    around = frame(center, year)
    as_of = asked(around.today)
    figures = (
        year_as_known(db(), center, year.year, as_of.moment)
        if as_of
        else results.of_year(db(), center, year.year)
    )
    known = definitions_for(db(), center)
    compared = NOT_COMPARED if as_of else results.beside_months(db(), center, known, figures)
    shown = {
        key: shown_of_year(known.in_force(key, year), year, figures.get(key, {}), known, compared)
        for key in INDICATORS
    }
    listed = list(shown.values())
    lacks = lacks_as_known(listed) if as_of else lacks_of_period(db(), center, year, around.today, listed)
    return render_template(
        "overview.html",
        frame=around,
        tiles=[shown[key] for key in TILES],
        groups=[(title, [shown[one.key] for one in indicators]) for title, indicators in GROUPS],
        counts=Counter(one.kind for one in shown.values()),
        lacks=lacks,
        empty=not figures,
        as_of=as_of,
        chosen=None if as_of else chosen_scheme(db(), center, year.year),
    )

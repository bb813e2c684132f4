"""A centre's year at a glance: headline tiles, points at risk, gaps with what mends them, all indicators."""

from collections import Counter

from flask import Blueprint, render_template

from kpi.closing.as_known import read_year_as_known
from kpi.evaluation.rehearsal.stored_rehearsal import find_chosen_scheme
from kpi.figures import results
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.from_months import NOT_COMPARED
from kpi.figures.indicators import GROUPS, INDICATORS
from tracker.periods import Year
from web.access import Right, allowed
from web.as_of import find_as_of_day
from web.figure_listing import make_listing
from web.figure_view import view_year
from web.gap_view import list_known_gaps, list_period_gaps
from web.instance import get_connection
from web.pages.frame import make_frame
from web.year_before import find_no_year_before, read_year_before

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
    around = make_frame(center, year)
    as_of = find_as_of_day(around.today)
    figures = (
        read_year_as_known(get_connection(), center, year.year, as_of.moment)
        if as_of
        else results.read_year(get_connection(), center, year.year)
    )
    definitions = read_definitions(get_connection(), center)
    compared = (
        NOT_COMPARED
        if as_of
        else results.read_month_comparisons(get_connection(), center, definitions, figures)
    )
    before, none_before = (
        read_year_before(center, year.year, as_of),
        find_no_year_before(center, year.year, as_of),
    )
    views = {
        key: view_year(
            definitions.find_in_force(key, year),
            year,
            figures.get(key, {}),
            definitions,
            compared,
            before.get(key, none_before),
        )
        for key in INDICATORS
    }
    listed = list(views.values())
    lacks = (
        list_known_gaps(listed)
        if as_of
        else list_period_gaps(get_connection(), center, year, around.today, listed)
    )
    return render_template(
        "overview.html",
        frame=around,
        tiles=[views[key] for key in TILES],
        listing=make_listing(
            [(title, [views[one.key] for one in indicators]) for title, indicators in GROUPS]
        ),
        counts=Counter(one.kind for one in views.values()),
        lacks=lacks,
        empty=not figures,
        as_of=as_of,
        chosen=None if as_of else find_chosen_scheme(get_connection(), center, year.year),
    )

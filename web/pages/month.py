"""A centre's month or quarter: all indicators in one table."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kpi.closing.as_known import read_figures_as_known
from kpi.figures import results
from kpi.figures.attainment import compute_progress
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.from_months import NOT_COMPARED, ByPeriod
from tracker.periods import Period, Quarter, Year
from web.access import Right, allowed
from web.as_of import find_as_of_day
from web.figure_listing import make_listing
from web.figure_view import FigureView
from web.gap_view import list_known_gaps, list_period_gaps
from web.instance import get_connection
from web.pages.frame import make_frame
from web.year_before import find_no_year_before, read_year_before

pages = Blueprint("month", __name__)


@pages.get("/<center:center>/<period:period>/")
@allowed(Right.SEE_FIGURES)
def period(center: str, period: Period) -> str | Response:
    """The indicators of a month or quarter with target, coverage and status, beside the period before."""
    if isinstance(period, Year):
        return redirect(url_for("overview.year", center=center, year=period))
    around = make_frame(center, period)
    as_of = find_as_of_day(around.today)
    definitions, compared = read_definitions(get_connection(), center), NOT_COMPARED
    of_year: ByPeriod = {}
    if as_of:
        figures = read_figures_as_known(get_connection(), center, period, as_of.moment)
    else:
        of_year = results.read_year(get_connection(), center, period.year)
        figures = [by_period[period] for by_period in of_year.values() if period in by_period]
        if isinstance(period, Quarter):
            compared = results.read_month_comparisons(get_connection(), center, definitions, of_year)
    before, none_before = (
        read_year_before(center, period.year, as_of),
        find_no_year_before(center, period.year, as_of),
    )
    found = {figure.indicator: figure for figure in figures}
    groups = [
        (
            title,
            [
                FigureView(
                    one,
                    period,
                    found.get(one.key),
                    compared=compared.get((one.key, period)),
                    progress=compute_progress(one, period, of_year.get(one.key, {})),
                    others=before.get(one.key, none_before).joined(of_year.get(one.key, {})),
                )
                for one in indicators
            ],
        )
        for title, indicators in definitions.groups(period)
    ]
    listed = [one for _, views in groups for one in views]
    lacks = (
        list_known_gaps(listed)
        if as_of
        else list_period_gaps(get_connection(), center, period, around.today, listed)
    )
    return render_template(
        "month.html",
        frame=around,
        period=period,
        listing=make_listing(groups),
        lacks=lacks,
        empty=not found,
        as_of=as_of,
    )

"""A centre's month or quarter: all indicators in one table."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kpi.closing.as_known import figures_as_known
from kpi.figures import results
from kpi.figures.attainment import progress_of
from kpi.figures.definitions.in_force import definitions_for
from kpi.figures.from_months import NOT_COMPARED, ByPeriod
from tracker.periods import Period, Quarter, Year
from web.access import Right, allowed
from web.as_of import asked
from web.figure_view import Shown
from web.gap_view import lacks_as_known, lacks_of_period
from web.instance import db
from web.pages.frame import frame

pages = Blueprint("month", __name__)


@pages.get("/<center:center>/<period:period>/")
@allowed(Right.SEE_FIGURES)
def period(center: str, period: Period) -> str | Response:
    """The indicators of a month or quarter with target, coverage and status, beside the period before."""
    if isinstance(period, Year):
        return redirect(url_for("overview.year", center=center, year=period))
    around = frame(center, period)
    as_of = asked(around.today)
    known, compared = definitions_for(db(), center), NOT_COMPARED
    of_year: ByPeriod = {}
    if as_of:
        figures = figures_as_known(db(), center, period, as_of.moment)
    else:
        of_year = results.of_year(db(), center, period.year)
        figures = [by_period[period] for by_period in of_year.values() if period in by_period]
        if isinstance(period, Quarter):
            compared = results.beside_months(db(), center, known, of_year)
    found = {figure.indicator: figure for figure in figures}
    groups = [
        (
            title,
            [
                Shown(
                    one,
                    period,
                    found.get(one.key),
                    compared=compared.get((one.key, period)),
                    progress=progress_of(one, period, of_year.get(one.key, {})),
                )
                for one in indicators
            ],
        )
        for title, indicators in known.groups(period)
    ]
    listed = [one for _, shown in groups for one in shown]
    lacks = lacks_as_known(listed) if as_of else lacks_of_period(db(), center, period, around.today, listed)
    return render_template(
        "month.html",
        frame=around,
        period=period,
        groups=groups,
        lacks=lacks,
        empty=not found,
        as_of=as_of,
    )

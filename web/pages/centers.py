"""The front door: the centres side by side, or the only one, in the newest of its years that has data."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kpi.figures.backing import newest_year
from tracker import centers
from tracker.periods import SHANGHAI, Year
from web.instance import db, log_db, now
from web.pages.side_by_side import compared

pages = Blueprint("centers", __name__)


@pages.get("/")
def front() -> str | Response:
    """Several centres side by side, or the only one's page; an empty instance says how to begin."""
    known = centers.known(log_db())
    if not known:
        return render_template("welcome.html", frame=None)
    if len(known) > 1:
        return compared(known, now().astimezone(SHANGHAI).date())
    return redirect(url_for("centers.center", center=known[0].center_id))


@pages.get("/<center:center>/")
def center(center: str) -> Response:
    """To the newest year that calls or orders were delivered for, or the current one."""
    today = now().astimezone(SHANGHAI).date()
    year = newest_year(db(), center, today) or today.year
    return redirect(url_for("overview.year", center=center, year=Year(year)))

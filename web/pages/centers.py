"""The front door: to the centre, and the newest of its years that has data."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kpi.figures import results
from tracker import centers
from tracker.periods import SHANGHAI, Year
from web.instance import db, log_db, now

pages = Blueprint("centers", __name__)


@pages.get("/")
def front() -> str | Response:
    """To the first centre's page; an empty instance says how to begin."""
    known = centers.known(log_db())
    if not known:
        return render_template("welcome.html", frame=None)
    return redirect(url_for("centers.center", center=known[0].center_id))


@pages.get("/<center:center>/")
def center(center: str) -> Response:
    """To the newest year with figures, or the current one."""
    years = results.years(db(), center) or [Year(now().astimezone(SHANGHAI).year)]
    return redirect(url_for("overview.year", center=center, year=years[-1]))

"""The front door: the centres side by side, or the only one, in the newest of its years that has data."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kpi.figures.coverage_reading import newest_year
from tracker import centers
from tracker.periods import SHANGHAI, Year
from web.access import Right, allowed, signed_in, years_seen
from web.access.guard import session
from web.instance import db, log_db, now
from web.pages.side_by_side import compared

pages = Blueprint("centers", __name__)

ADMINISTRATION = {  # where the administrators' work is
    Right.MANAGE_PEOPLE: "people.index",
    Right.MANAGE_SYSTEM: "system.state",
    Right.READ_AUDIT: "trail.index",
}


@pages.get("/")
@allowed(Right.OWN_ACCOUNT)
def front() -> str | Response:
    """Her centres side by side, or the only one; administrators to their work; else what comes first."""
    person = signed_in()
    for right, endpoint in ADMINISTRATION.items():
        if person.may(right):
            return redirect(url_for(endpoint))
    seen = session().centers
    if not seen:
        empty = not centers.known(log_db())
        return render_template("welcome.html" if empty else "access/no_grant.html", frame=None)
    if len(seen) > 1:
        return compared(seen, now().astimezone(SHANGHAI).date())
    return redirect(url_for("centers.center", center=seen[0].center_id))


@pages.get("/<center:center>/")
@allowed(Right.SEE_FIGURES)
def center(center: str) -> Response:
    """To the newest year that calls or orders were delivered for, or the current one, that one may see."""
    today = now().astimezone(SHANGHAI).date()
    year, seen = newest_year(db(), center, today) or today.year, years_seen(center)
    if seen is not None and year not in seen:
        year = max((one for one in seen if one <= today.year), default=min(seen))
    return redirect(url_for("overview.year", center=center, year=Year(year)))

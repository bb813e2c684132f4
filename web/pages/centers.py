"""The front door: the centres side by side, or what is to be done today at the only one."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kpi.figures.coverage_reading import find_newest_year
from tracker import centers
from tracker.periods import SHANGHAI, Year
from web.access import Right, allowed, get_person, get_visible_years
from web.access.guard import get_session
from web.instance import get_connection, get_log_connection, get_now
from web.pages.side_by_side import render_comparison

pages = Blueprint("centers", __name__)

ADMINISTRATION = {  # where the administrators' work is
    Right.MANAGE_PEOPLE: "people.index",
    Right.MANAGE_SYSTEM: "system.state",
    Right.READ_AUDIT: "trail.index",
}


@pages.get("/")
@allowed(Right.OWN_ACCOUNT)
def front() -> str | Response:
    """Her centres side by side, or today's tasks at the only one; administrators to their work, whoever may
    make the first centre to that."""
    person = get_person()
    if person.may(Right.MANAGE_CENTERS) and not centers.list_known_centers(get_log_connection()):
        return render_template("welcome.html", frame=None)
    for right, endpoint in ADMINISTRATION.items():
        if person.may(right):
            return redirect(url_for(endpoint))
    seen = get_session().centers
    if not seen:
        empty = not centers.list_known_centers(get_log_connection())
        return render_template("welcome.html" if empty else "access/no_grant.html", frame=None)
    if len(seen) > 1:
        return render_comparison(seen, get_now().astimezone(SHANGHAI).date())
    return redirect(url_for("tasks.mine", center=seen[0].center_id))


@pages.get("/<center:center>/")
@allowed(Right.SEE_FIGURES)
def center(center: str) -> Response:
    """To the newest year that calls or orders were delivered for, or the current one, that one may see."""
    today = get_now().astimezone(SHANGHAI).date()
    year, seen = find_newest_year(get_connection(), center, today) or today.year, get_visible_years(center)
    if seen is not None and year not in seen:
        year = max((one for one in seen if one <= today.year), default=min(seen))
    return redirect(url_for("overview.year", center=center, year=Year(year)))

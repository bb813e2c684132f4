"""The help page: a first day for the person's roles, and the terms of the pages."""

from flask import Blueprint, current_app, render_template, url_for

from web.access import Right, allowed, get_person
from web.first_day import FIRST_DAY
from web.pages.frame import PageFrame, make_asked_frame
from web.terms import GROUPS, explain, link_term

pages = Blueprint("help", __name__)
pages.add_app_template_global(explain, "explain_term")
pages.add_app_template_global(link_term, "link_term")


@pages.get("/-/help/")
@allowed(Right.OWN_ACCOUNT)
def page() -> str:
    """What to do first, by role, at the centre and in the year that one comes from; all terms."""
    around = make_asked_frame()
    guides = [
        (role.label, [(step, _find_address(around, step.endpoint)) for step in FIRST_DAY[role]])
        for role in get_person().roles
    ]
    return render_template("help.html", frame=around, guides=guides, groups=GROUPS)


def _find_address(around: PageFrame | None, endpoint: str) -> str:
    """Where a page is; empty where it is a centre's and there is no centre yet."""
    needed = next(current_app.url_map.iter_rules(endpoint)).arguments
    if not needed:
        return url_for(endpoint)
    if around is None:
        return ""
    parts = {"center": around.center.center_id, "year": around.year}
    return url_for(endpoint, **{name: parts[name] for name in needed})  # type: ignore[arg-type]

"""People month by month: headcount, posts, joiners, leavers."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kpi.figures.patterns.staff_moves import staff_moves
from tracker.periods import Period, Year
from web import staff_chart
from web.access import Right, allowed
from web.filters import any_of
from web.instance import db
from web.pages.analysis import tabs
from web.pages.frame import frame

pages = Blueprint("staff", __name__)


@pages.get("/<center:center>/<period:period>/analysis/staff")
@allowed(Right.SEE_FIGURES)
def moves(center: str, period: Period) -> str | Response:
    """The year's months; a shorter period leads to its year."""
    if not isinstance(period, Year):
        return redirect(url_for("staff.moves", center=center, period=Year(period.first_day.year)))
    about = frame(center, period)
    found = staff_moves(db(), center, period, about.today)
    post = any_of("post", "岗位", found.posts)
    months = found.months(post.chosen or None)
    return render_template(
        "analysis/staff.html",
        frame=about,
        tabs=tabs.tabs(about),
        periods=[],
        filters=[post] if len(found.posts) > 1 or post.is_set else [],
        months=months,
        joined=sum(one.joined or 0 for one in months),
        left=sum(one.left or 0 for one in months),
        wide=staff_chart.staff_chart(months, staff_chart.WIDE),
        narrow=staff_chart.staff_chart(months, staff_chart.NARROW),
        by_post={"by": "post", "is": post.chosen} if post.is_set else {},
    )

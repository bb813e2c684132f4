"""People month by month: headcount, posts, joiners, leavers."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kpi.figures.patterns.staff_moves import read_staff_moves
from tracker.periods import Period, Year
from web import staff_chart
from web.access import Right, allowed
from web.filters import make_optional_filter
from web.instance import get_connection
from web.pages.analysis import tabs
from web.pages.frame import make_frame

pages = Blueprint("staff", __name__)


@pages.get("/<center:center>/<period:period>/analysis/staff")
@allowed(Right.SEE_FIGURES)
def moves(center: str, period: Period) -> str | Response:
    """The year's months; a shorter period leads to its year."""
    if not isinstance(period, Year):
        return redirect(url_for("staff.moves", center=center, period=Year(period.first_day.year)))
    about = make_frame(center, period)
    found = read_staff_moves(get_connection(), center, period, about.today)
    post = make_optional_filter("post", "岗位", found.posts)
    months = found.months(post.chosen or None)
    return render_template(
        "analysis/staff.html",
        frame=about,
        tabs=tabs.list_tabs(about),
        periods=[],
        filters=[post] if len(found.posts) > 1 or post.is_set else [],
        months=months,
        joined=sum(one.joined or 0 for one in months),
        left=sum(one.left or 0 for one in months),
        wide=staff_chart.draw_staff_chart(months, staff_chart.WIDE),
        narrow=staff_chart.draw_staff_chart(months, staff_chart.NARROW),
        by_post={"by": "post", "is": post.chosen} if post.is_set else {},
    )

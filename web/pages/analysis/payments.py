"""Payments against the days they were due."""

from collections import Counter

from flask import Blueprint, render_template

from kpi.figures.patterns.payment_days import MOST, PaidState, read_payment_days
from tracker.periods import Period
from web import payment_chart
from web.access import Right, allowed
from web.filters import make_optional_filter
from web.instance import get_connection, get_now
from web.pages.analysis import tabs
from web.pages.frame import make_frame

pages = Blueprint("payments", __name__)


@pages.get("/<center:center>/<period:period>/analysis/payments")
@allowed(Right.SEE_ROWS)
def days(center: str, period: Period) -> str:
    """A timeline of due and paid days, and every payment as a line."""
    about = make_frame(center, period)
    at = min(about.freshness.delivered["payments"] or get_now(), get_now())
    found = read_payment_days(get_connection(), center, period, at)
    item = make_optional_filter("item", "费用项目", found.items)
    chosen = [one for one in found.payments if item.chosen in ("", one.item)]
    return render_template(
        "analysis/payments.html",
        frame=about,
        tabs=tabs.list_tabs(about),
        periods=tabs.list_period_links(about, "payments.days"),
        filters=[item],
        payments=chosen,
        counts=Counter(one.state for one in chosen),
        states=PaidState,
        at=at,
        most=MOST if len(found.payments) == MOST else 0,
        wide=payment_chart.draw_timeline(chosen, period, payment_chart.WIDE),
        narrow=payment_chart.draw_timeline(chosen, period, payment_chart.NARROW),
    )

"""Payments against the days they were due."""

from collections import Counter

from flask import Blueprint, render_template

from kpi.figures.patterns.payment_days import MOST, Paid, payment_days
from tracker.periods import Period
from web import payment_chart
from web.access import Right, allowed
from web.filters import any_of
from web.instance import db, now
from web.pages.analysis import tabs
from web.pages.frame import frame

pages = Blueprint("payments", __name__)


@pages.get("/<center:center>/<period:period>/analysis/payments")
@allowed(Right.SEE_ROWS)
def days(center: str, period: Period) -> str:
    """A timeline of due and paid days, and every payment as a line."""
    about = frame(center, period)
    at = min(about.freshness.delivered["payments"] or now(), now())
    found = payment_days(db(), center, period, at)
    item = any_of("item", "费用项目", found.items)
    chosen = [one for one in found.payments if item.chosen in ("", one.item)]
    return render_template(
        "analysis/payments.html",
        frame=about,
        tabs=tabs.tabs(about),
        periods=tabs.periods(about, "payments.days"),
        filters=[item],
        payments=chosen,
        counts=Counter(one.state for one in chosen),
        states=Paid,
        at=at,
        most=MOST if len(found.payments) == MOST else 0,
        wide=payment_chart.timeline(chosen, period, payment_chart.WIDE),
        narrow=payment_chart.timeline(chosen, period, payment_chart.NARROW),
    )

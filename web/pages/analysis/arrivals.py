"""What arrived of each source, what is expected next, and how the rows came in."""

from flask import Blueprint, render_template
from markupsafe import Markup

from kpi.figures.patterns.arrivals import Arrival, arrivals
from kpi.figures.patterns.capture import Captured, Lag, captured
from kpi.figures.sources import Rhythm
from tracker.periods import Month, Period
from web import charts
from web.access import Right, allowed
from web.instance import db
from web.labels import SOURCES
from web.pages.analysis import around
from web.pages.frame import frame

pages = Blueprint("arrivals", __name__)

RHYTHMS = {
    Rhythm.DAILY: "每天",
    Rhythm.HOURLY: "每小时",
    Rhythm.MONTHLY: "每月",
    Rhythm.STANDING: "有变动时",
    Rhythm.SURVEY: "每年一轮",
}


@pages.get("/<center:center>/<period:period>/analysis/arrivals")
@allowed(Right.SEE_DELIVERIES)
def sources(center: str, period: Period) -> str:
    """Two tables: the sources with what is expected next, and the shares of rows by how late they came."""
    about = frame(center, period)
    return render_template(
        "analysis/arrivals.html",
        frame=about,
        tabs=around.tabs(about),
        periods=around.periods(about, "arrivals.sources"),
        filters=[],
        arrivals=arrivals(db(), center, about.freshness.delivered),
        captured=captured(db(), center, period, about.today),
        rhythms=RHYTHMS,
        lags=Lag,
        unit=unit,
        stacked=_stacked,
    )


def unit(arrival: Arrival, which: str) -> str:
    """The last or the next unit in words: 8月11日, 2023年8月; empty where there is none."""
    day = arrival.last if which == "last" else arrival.next
    if day is None:
        return ""
    if arrival.rhythm is Rhythm.MONTHLY:
        return Month.of(day).label
    return f"{day.year}年{day.month}月{day.day}日"


def _stacked(one: Captured) -> Markup:
    shares = [(lag.value, one.share(lag)) for lag in Lag]
    return charts.stacked_bar(shares, about=f"{SOURCES.get(one.source, one.source)}的行")

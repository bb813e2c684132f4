"""What arrived of each source, what it lacks, what is expected next, and how the rows came in."""

from datetime import date

from flask import Blueprint, render_template
from markupsafe import Markup

from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import DayState, Unit
from kpi.figures.patterns.arrivals import Arrival, arrivals
from kpi.figures.patterns.capture import Captured, Lag, captured
from kpi.figures.sources import Rhythm, Source
from tracker.events import SOURCES
from tracker.periods import Month, Period
from web import charts
from web.access import Right, allowed
from web.day_marks import LOOKS, Look
from web.instance import db
from web.pages.analysis import tabs
from web.pages.frame import frame

_BY_DAY = (Rhythm.DAILY, Rhythm.HOURLY)
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
    """Two tables: what is there of each source, owed and missing; and how late the rows came."""
    about = frame(center, period)
    return render_template(
        "analysis/arrivals.html",
        frame=about,
        tabs=tabs.tabs(about),
        periods=tabs.periods(about, "arrivals.sources"),
        filters=[],
        arrivals=arrivals(_backing(center, period, about.today), period),
        captured=captured(db(), center, period, about.today),
        rhythms=RHYTHMS,
        lags=Lag,
        name_of=name_of,
        marks=marks,
        stacked=_stacked,
    )


def name_of(source: Source, unit: Unit) -> str:
    """A unit in words: 2023年8月11日, 2023年8月."""
    day = unit.first_day
    return f"{day.year}年{day.month}月{day.day}日" if source.rhythm in _BY_DAY else Month.of(day).label


def marks(arrival: Arrival) -> list[tuple[Look, str]]:
    """What is not all there, by how it stands; else that nothing is lacking."""
    counted = [(state, arrival.count(state)) for state in (DayState.MISSING, DayState.OWED, DayState.PARTLY)]
    unit = "天" if arrival.source.rhythm in _BY_DAY else "个月"
    found = [(LOOKS[state], f"{state} {number:,} {unit}") for state, number in counted if number]
    if found or arrival.gaps:
        return found or [(LOOKS[DayState.MISSING], arrival.gaps)]
    if arrival.last is None:
        return [(LOOKS[DayState.NOT_EXPECTED], "还没有应交的")]
    return [(LOOKS[DayState.DATA], "已交齐")]


def _backing(center: str, period: Period, today: date) -> Backing:
    return read_backing(db(), center, period.first_day, period.end_day, today)


def _stacked(one: Captured) -> Markup:
    shares = [(lag.value, one.share(lag)) for lag in Lag]
    return charts.stacked_bar(shares, about=f"{SOURCES.get(one.source, one.source)}的行")

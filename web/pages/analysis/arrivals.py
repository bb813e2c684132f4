"""What arrived of each source, what it lacks, what is expected next, and how the rows came in."""

from datetime import date

from flask import Blueprint, render_template
from markupsafe import Markup

from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import CoverageUnit, DayState
from kpi.figures.patterns.arrivals import Arrival, list_arrivals
from kpi.figures.patterns.capture import ImportLag, SourceCapture, read_captures
from kpi.figures.source import Rhythm, Source
from tracker.events import SOURCES
from tracker.periods import Month, Period
from web import charts
from web.access import Right, allowed
from web.day_marks import LOOKS, DayMark
from web.instance import get_connection
from web.pages.analysis import tabs
from web.pages.frame import make_frame

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
    about = make_frame(center, period)
    return render_template(
        "analysis/arrivals.html",
        frame=about,
        tabs=tabs.list_tabs(about),
        periods=tabs.list_period_links(about, "arrivals.sources"),
        filters=[],
        arrivals=list_arrivals(_read_backing(center, period, about.today), period),
        captured=read_captures(get_connection(), center, period, about.today),
        rhythms=RHYTHMS,
        lags=ImportLag,
        name_of=format_unit,
        marks=list_marks,
        stacked=_draw_stacked,
    )


def format_unit(source: Source, unit: CoverageUnit) -> str:
    """A unit in words: 2023年8月11日, 2023年8月."""
    day = unit.first_day
    return f"{day.year}年{day.month}月{day.day}日" if source.rhythm in _BY_DAY else Month.of(day).label


def list_marks(arrival: Arrival) -> list[tuple[DayMark, str]]:
    """What is not all there, by how it stands; else that nothing is lacking."""
    counted = [(state, arrival.count(state)) for state in (DayState.MISSING, DayState.OWED, DayState.PARTLY)]
    unit = "天" if arrival.source.rhythm in _BY_DAY else "个月"
    found = [(LOOKS[state], f"{state} {number:,} {unit}") for state, number in counted if number]
    if found or arrival.gaps:
        return found or [(LOOKS[DayState.MISSING], arrival.gaps)]
    if arrival.last is None:
        return [(LOOKS[DayState.NOT_EXPECTED], "尚无应报数据")]
    return [(LOOKS[DayState.DATA], "数据齐全")]


def _read_backing(center: str, period: Period, today: date) -> Backing:
    return read_backing(get_connection(), center, period.first_day, period.end_day, today)


def _draw_stacked(one: SourceCapture) -> Markup:
    shares = [(lag.value, one.share(lag)) for lag in ImportLag]
    return charts.draw_stacked_bar(shares, about=f"{SOURCES.get(one.source, one.source)}的行")

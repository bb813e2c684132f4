"""The coverage calendar: which days and months of each source have backing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template
from markupsafe import Markup

from kpi.figures import coverage
from kpi.figures.backing import Backing, read_backing
from kpi.figures.coverage import SourceCoverage
from kpi.figures.indicators import INDICATORS
from kpi.figures.sources import SOURCES, Rhythm, Source
from tracker.periods import Month, Year
from web.access import Right, allowed
from web.instance import db
from web.pages.frame import frame
from web.wording import minute

pages = Blueprint("coverage", __name__)

HOURS = 24


@dataclass(frozen=True)
class Cell:
    """A day or a month of a source. `kind`: covered | zero | partly | missing | ahead | nothing."""

    kind: str
    sign: str  # shown in the cell, so that colour is not alone
    told: str

    @property
    def drawn(self) -> str:
        """A table cell; thousands to a page, of our own words and numbers alone: nothing to escape."""
        return f'<td class="day-{self.kind}" title="{self.told}">{self.sign}</td>'


@dataclass(frozen=True)
class Calendar:
    """A source's year: the days of each month, or one cell a month."""

    source: Source
    whole: SourceCoverage
    days: Mapping[Month, Markup]  # the cells of 31 days each; empty for monthly sources
    months: list[Cell]
    heard: str  # when it was last heard of
    indicators: list[str]  # titles of what rests on it


@pages.get("/<center:center>/<year:year>/coverage")
@allowed(Right.SEE_FIGURES)
def calendar(center: str, year: Year) -> str:
    """One calendar a source: covered, signed as nothing to report, missing, not due."""
    around = frame(center, year)
    backing = read_backing(db(), center, year.first_day, year.end_day, around.today)
    calendars = [_calendar(backing, one, year) for one in SOURCES.values()]
    return render_template(
        "coverage.html",
        frame=around,
        daily=[one for one in calendars if one.days],
        monthly=[one for one in calendars if not one.days],
    )


def _calendar(backing: Backing, source: Source, year: Year) -> Calendar:
    daily = source.rhythm in (Rhythm.DAILY, Rhythm.HOURLY)
    begun = [month for month in year.months if month.first_day < backing.today]
    as_of = backing.as_of.get(source.delivery)
    return Calendar(
        source=source,
        whole=coverage.of_source(backing, source, begun or year.months[:1]),
        days={month: _days(backing, source, month) for month in year.months} if daily else {},
        months=[] if daily else [_month(backing, source, month) for month in year.months],
        heard=f"数据截至 {minute(as_of)}" if as_of else "从未交付",
        indicators=[one.title for one in INDICATORS.values() if source.key in one.needs],
    )


def _days(backing: Backing, source: Source, month: Month) -> Markup:
    days = (month.first_day + timedelta(days=n) for n in range(month.days))
    told = coverage.of_source(backing, source, [month]).missing
    cells = "".join(_day(backing, source, day, told.get(day, 0)).drawn for day in days)
    return Markup(cells + "<td></td>" * (31 - month.days))


def _day(backing: Backing, source: Source, day: date, missing: int) -> Cell:
    name = f"{day.month}月{day.day}日"
    if day >= backing.today:
        return Cell("ahead", "", f"{name}：未到期")
    if source.rhythm is Rhythm.HOURLY:
        return _hours(name, missing)
    if missing:
        return Cell("missing", "✕", f"{name}：没有依据")
    rows = backing.days.get(source.delivery, {}).get(day, 0)
    if rows == 0:
        return Cell("zero", "0", f"{name}：零报告")
    return Cell("covered", "", f"{name}：有据（{rows:,} 行）")


def _hours(name: str, missing: int) -> Cell:
    if missing >= HOURS:
        return Cell("missing", "✕", f"{name}：全天没有巡检")
    if missing:
        return Cell("partly", str(missing), f"{name}：缺 {missing} 小时")
    return Cell("covered", "", f"{name}：24 小时都有巡检")


def _month(backing: Backing, source: Source, month: Month) -> Cell:
    if month.end_day > backing.today:
        return Cell("ahead", "未到期", f"{month.label}：未到期")
    if source.rhythm is Rhythm.SURVEY:
        held = month in backing.surveyed[source.key]
        kind, sign = ("covered", "有问卷") if held else ("ahead", "无")
        return Cell(kind, sign, f"{month.label}：{sign.removesuffix('问卷')}问卷")
    if coverage.of_source(backing, source, [month]).missing:
        return Cell("missing", "✕ 缺", f"{month.label}：没有依据")
    if month in backing.unchanged.get(source.delivery, ()):
        return Cell("zero", "零报告", f"{month.label}：签认无变动")
    return Cell("covered", "有据", f"{month.label}：有据")

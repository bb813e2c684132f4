"""The coverage calendar: how each day and month of each source stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, url_for
from markupsafe import Markup, escape

from kpi.figures import coverage
from kpi.figures.coverage import SourceCoverage, compute_ended_coverage
from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import CoverageUnit, DayState, list_units
from kpi.figures.indicators import INDICATORS
from kpi.figures.sources import SOURCES, Rhythm, Source
from tracker.periods import Month, Year
from web.access import Right, allowed, may
from web.day_marks import LOOKS, describe_day
from web.formatting import minute
from web.instance import get_connection
from web.pages.frame import make_frame
from web.signers import read_signers

pages = Blueprint("coverage", __name__)

Signers = Mapping[tuple[str, date], str]  # (delivered source, day) → who signed


@dataclass(frozen=True)
class CoverageCell:
    """A day or a month of a source: its colour, its sign, and all of it in words."""

    kind: str
    sign: str
    told: str
    address: str = ""  # of the day on which it is mended

    @property
    def drawn(self) -> str:
        """A table cell; thousands to a page."""
        sign = f'<a href="{escape(self.address)}">{self.sign}</a>' if self.address else self.sign
        return f'<td class="day-{self.kind}" title="{escape(self.told)}">{sign}</td>'


@dataclass(frozen=True)
class CoverageCalendar:
    """A source's year: the days of each month, or one cell a month."""

    source: Source
    whole: SourceCoverage
    gaps: str
    days: Mapping[Month, Markup]  # the cells of 31 days each; empty for monthly sources
    months: list[CoverageCell]
    heard: str  # when it was last heard of
    indicators: list[str]  # titles of what rests on it


@pages.get("/<center:center>/<year:year>/coverage")
@allowed(Right.SEE_FIGURES)
def calendar(center: str, year: Year) -> str:
    """One calendar a source: delivered, signed as nothing to report, partly there, owed, missing, ahead."""
    around = make_frame(center, year)
    backing = read_backing(get_connection(), center, year.first_day, year.end_day, around.today)
    signers = read_signers(get_connection(), center, year.first_day, year.end_day)
    logging = center if may(Right.LOG, center, year.year) else ""
    calendars = [_make_calendar(backing, signers, one, year, logging) for one in SOURCES.values()]
    return render_template(
        "coverage.html",
        frame=around,
        daily=[one for one in calendars if one.days],
        monthly=[one for one in calendars if not one.days],
        looks=LOOKS,
    )


def _make_calendar(
    backing: Backing, signers: Signers, source: Source, year: Year, logging: str
) -> CoverageCalendar:
    """`logging`: the centre whose days the person may enter; empty: none."""
    begun = [month for month in year.months if month.first_day < backing.today]
    as_of = backing.as_of.get(source.delivery)
    units = {month: list_units(backing, source, month) for month in year.months}
    daily = source.rhythm in (Rhythm.DAILY, Rhythm.HOURLY)
    whole = coverage.compute_owed_coverage(backing, source, begun or year.months[:1])
    cells = {
        month: [_make_cell(backing, signers, source, one, logging) for one in found]
        for month, found in units.items()
    }
    return CoverageCalendar(
        source=source,
        whole=whole,
        gaps=compute_ended_coverage(source, (unit for found in units.values() for unit in found)).named
        or whole.named,
        days={month: _draw_cells(found) for month, found in cells.items()} if daily else {},
        months=[] if daily else [cell for found in cells.values() for cell in found],
        heard=f"数据截止时间 {minute(as_of)}" if as_of else "从未报送",
        indicators=[one.title for one in INDICATORS.values() if source.key in one.needs],
    )


def _draw_cells(cells: list[CoverageCell]) -> Markup:
    return Markup("".join(cell.drawn for cell in cells) + "<td></td>" * (31 - len(cells)))


def _make_cell(
    backing: Backing, signers: Signers, source: Source, unit: CoverageUnit, logging: str
) -> CoverageCell:
    look, day, delivered = LOOKS[unit.state], unit.first_day, source.delivery
    if source.rhythm not in (Rhythm.DAILY, Rhythm.HOURLY):
        month = Month.of(day)
        signed_by = signers.get((delivered, day)) if unit.state is DayState.ZERO else None
        return CoverageCell(
            look.kind, unit.state, f"{month.label}：{describe_day(source, unit, signed_by=signed_by)}"
        )
    by_hour = source.rhythm is Rhythm.HOURLY
    rows = 0 if by_hour else backing.days.get(delivered, {}).get(day, 0)
    signed_by = signers.get((delivered, day)) if backing.is_signed(source, day) else None
    sign = "" if unit.state is DayState.DATA else look.sign
    if unit.state is DayState.PARTLY and unit.lacking > 0:
        sign = str(unit.lacking)
    words = describe_day(source, unit, rows=rows, signed_by=signed_by)
    address = url_for("days.day", center=logging, day=day) if logging and unit.lacks else ""
    return CoverageCell(look.kind, sign, f"{day.month}月{day.day}日：{words}", address)

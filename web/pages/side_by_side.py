"""Several centres beside each other, by band: who meets the target, who does not, who cannot be verified."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for

from kpi.closing.unlocked import list_unlocked_months
from kpi.evaluation.numbers import show_points
from kpi.evaluation.rehearsal.stored_rehearsal import ChosenScheme, find_chosen_schemes
from kpi.figures.day_runs import name_months
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.indicators.target import Attainment
from kpi.figures.patterns.side_by_side import CenterFigures, compare_centers, read_years_of_all
from tracker.centers import Center
from tracker.periods import Month, Year
from web.access import Right, may
from web.figure_view import FigureView
from web.instance import get_connection
from web.pages.frame import NavigationLink
from web.pages.overview import TILES

COMPARED = (*TILES, "platform_uptime_rate")
_COVERAGE = (("话单", "call_answer_rate"), ("工单", "work_orders_opened"))
BANDS = (*Attainment, "未设目标", "无法核实", "不适用")


@dataclass(frozen=True)
class CenterLine:
    """One centre in the comparison."""

    center: Center
    address: str  # its overview of the year
    shown: list[FigureView]  # its headline figures
    found: CenterFigures
    unlocked: list[Month]  # months that are over and not locked
    chosen: ChosenScheme | None

    @property
    def counts(self) -> list[tuple[Status, int]]:
        return [(status, self.found.statuses[status]) for status in Status]

    @property
    def bands(self) -> Counter[str]:
        """How many of the headline figures stand in which band."""
        return Counter(find_band(view) for view in self.shown)

    @property
    def covered(self) -> list[tuple[str, str, FigureView]]:
        """Of the two sources that most figures rest on: how much was delivered."""
        by_key = {view.indicator.key: view for view in self.shown}
        return [(title, by_key[key].coverage, by_key[key]) for title, key in _COVERAGE]

    @property
    def unlocked_words(self) -> str:
        """The months that are over and not locked, as they are read; empty: none."""
        return name_months([month.first_day for month in self.unlocked])

    @property
    def at_risk(self) -> str:
        """The points that can still be won under the scheme of the year; empty where none was computed."""
        kept = self.chosen.kept if self.chosen else None
        return show_points(kept.at_risk) if kept else ""

    def to_indicator(self, view: FigureView) -> str:
        """Where the figure is explained."""
        code, year = self.center.center_id, view.period
        return url_for("indicator.indicator", center=code, year=year, key=view.indicator.key)


@dataclass(frozen=True)
class BandLine:
    """One indicator: its centres by band, in the order of their codes, never by value."""

    indicator: Indicator
    bands: list[list[tuple[CenterLine, FigureView]]]  # as BANDS


def render_comparison(centers: Sequence[Center], today: date) -> str:
    """The page of all centres given, in the year that the address asks for, or the newest with figures.

    A centre stands only in the years that the person may see of it."""
    years = [
        year
        for year in read_years_of_all(get_connection(), [center.center_id for center in centers])
        if any(_is_visible(center, year) for center in centers)
    ]
    year = _read_year(years) or Year(today.year)
    visible = [center for center in centers if _is_visible(center, year)]
    lines = _list_lines(visible, year, today)
    lines_with_figures = [line for line in lines if line.found.statuses]
    return render_template(
        "side_by_side.html",
        frame=None,
        year=year,
        years=[NavigationLink(one.label, url_for("centers.front", year=one), one == year) for one in years],
        bands=BANDS,
        by_band=[
            _group_by_band(INDICATORS[key], place, lines_with_figures) for place, key in enumerate(COMPARED)
        ],
        lines=lines,
        told=lines_with_figures,
        running=year.first_day <= today < year.end_day,
    )


def _is_visible(center: Center, year: Year) -> bool:
    return may(Right.SEE_FIGURES, center.center_id, year.year)


def _read_year(years: Sequence[Year]) -> Year | None:
    wanted = request.args.get("year", "")
    return next((year for year in years if str(year) == wanted), years[-1] if years else None)


def _list_lines(centers: Sequence[Center], year: Year, today: date) -> list[CenterLine]:
    """However many centres, the statements are the same."""
    codes = [center.center_id for center in centers]
    found = compare_centers(get_connection(), codes, year, COMPARED)
    unlocked = list_unlocked_months(get_connection(), codes, year, today)
    chosen = find_chosen_schemes(get_connection(), codes, year.year)
    return [
        CenterLine(
            center,
            url_for("overview.year", center=center.center_id, year=year),
            [FigureView(INDICATORS[key], year, one.figures.get(key)) for key in COMPARED],
            one,
            unlocked.get(center.center_id, []),
            chosen.get(center.center_id),
        )
        for center, one in zip(centers, found, strict=True)
    ]


def _group_by_band(indicator: Indicator, place: int, lines: Sequence[CenterLine]) -> BandLine:
    bands: list[list[tuple[CenterLine, FigureView]]] = [[] for _ in BANDS]
    for line in lines:
        view = line.shown[place]
        bands[BANDS.index(find_band(view))].append((line, view))
    return BandLine(indicator, bands)


def find_band(view: FigureView) -> str:
    """One of BANDS; what was not computed cannot be verified."""
    if view.kind == "nothing":
        return "不适用"
    if view.figure is None or view.figure.value is None:
        return "无法核实"
    return view.judged.attainment if view.judged else "未设目标"

"""Several centres beside each other, by band: who meets the target, who does not, who cannot be verified."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for

from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.indicators.target import Attainment
from kpi.figures.patterns.side_by_side import OfCenter, side_by_side, years_of_all
from tracker.centers import Center
from tracker.periods import Year
from web.access import Right, may
from web.figure_view import Shown
from web.instance import db
from web.pages.frame import Link
from web.pages.overview import TILES

COMPARED = (*TILES, "platform_uptime_rate")
BANDS = (*Attainment, "未设目标", "无法核实", "不适用")


@dataclass(frozen=True)
class CenterLine:
    """One centre in the comparison."""

    center: Center
    address: str  # its overview of the year
    shown: list[Shown]  # its headline figures
    found: OfCenter

    @property
    def counts(self) -> list[tuple[Status, int]]:
        return [(status, self.found.statuses[status]) for status in Status]

    def to_indicator(self, shown: Shown) -> str:
        """Where the figure is explained."""
        code, year = self.center.center_id, shown.period
        return url_for("indicator.indicator", center=code, year=year, key=shown.indicator.key)


@dataclass(frozen=True)
class BandLine:
    """One indicator: its centres by band, in the order of their codes, never by value."""

    indicator: Indicator
    bands: list[list[tuple[CenterLine, Shown]]]  # as BANDS


def compared(centers: Sequence[Center], today: date) -> str:
    """The page of all centres given, in the year that the address asks for, or the newest with figures.

    A centre stands only in the years that the person may see of it."""
    years = [
        year
        for year in years_of_all(db(), [center.center_id for center in centers])
        if any(_seen(center, year) for center in centers)
    ]
    year = _asked(years) or Year(today.year)
    shown = [center for center in centers if _seen(center, year)]
    lines = _lines(shown, year, side_by_side(db(), [center.center_id for center in shown], year, COMPARED))
    told = [line for line in lines if line.found.statuses]
    return render_template(
        "side_by_side.html",
        frame=None,
        year=year,
        years=[Link(one.label, url_for("centers.front", year=one), one == year) for one in years],
        bands=BANDS,
        by_band=[_by_band(INDICATORS[key], place, told) for place, key in enumerate(COMPARED)],
        lines=lines,
        told=told,
        running=year.first_day <= today < year.end_day,
    )


def _seen(center: Center, year: Year) -> bool:
    return may(Right.SEE_FIGURES, center.center_id, year.year)


def _asked(years: Sequence[Year]) -> Year | None:
    wanted = request.args.get("year", "")
    return next((year for year in years if str(year) == wanted), years[-1] if years else None)


def _lines(centers: Sequence[Center], year: Year, found: Sequence[OfCenter]) -> list[CenterLine]:
    return [
        CenterLine(
            center,
            url_for("overview.year", center=center.center_id, year=year),
            [Shown(INDICATORS[key], year, one.figures.get(key)) for key in COMPARED],
            one,
        )
        for center, one in zip(centers, found, strict=True)
    ]


def _by_band(indicator: Indicator, place: int, lines: Sequence[CenterLine]) -> BandLine:
    bands: list[list[tuple[CenterLine, Shown]]] = [[] for _ in BANDS]
    for line in lines:
        shown = line.shown[place]
        bands[BANDS.index(band_of(shown))].append((line, shown))
    return BandLine(indicator, bands)


def band_of(shown: Shown) -> str:
    """One of BANDS; what was not computed cannot be verified."""
    if shown.kind == "nothing":
        return "不适用"
    if shown.figure is None or shown.figure.value is None:
        return "无法核实"
    return shown.judged.attainment if shown.judged else "未设目标"

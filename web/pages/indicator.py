"""One indicator over a year, or in one of its periods: chart, every period with its parts, the definition."""

from dataclasses import replace

from flask import Blueprint, abort, render_template, url_for

from kpi.closing.as_known import read_year_as_known
from kpi.figures import catalogue, results
from kpi.figures.attainment import compute_progress
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.from_months import NOT_COMPARED
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.measures import MEASURES, Measure
from kpi.figures.patterns.breakdown import select_splits
from tracker.periods import Period, Quarter, Year
from web import breadcrumbs
from web.access import Right, allowed
from web.as_of import find_as_of_day
from web.breadcrumbs import Crumb
from web.figure_view import FigureView, view_year
from web.instance import get_connection
from web.pages.frame import NavigationLink, PageFrame, format_short_name, make_frame
from web.year_before import find_no_year_before, read_year_before

pages = Blueprint("indicator", __name__)


@pages.get("/<center:center>/<year:year>/<key>")
@pages.get("/<center:center>/<period:period>/<key>")
@allowed(Right.SEE_FIGURES)
def indicator(center: str, key: str, year: Year | None = None, period: Period | None = None) -> str:
    """The indicator in a period, the year's twelve months as a line and all its periods as a table."""
    find_indicator(key)
    chosen = year or period
    assert chosen is not None  # the address has the one or the other
    year = Year(chosen.first_day.year)
    around = make_frame(center, chosen)
    definitions = read_definitions(get_connection(), center)
    declared = definitions.find_in_force(key, year)
    as_of = find_as_of_day(around.today)
    figures = (
        read_year_as_known(get_connection(), center, year.year, as_of.moment).get(key, {})
        if as_of
        else results.read_indicator(get_connection(), center, key, year.year)
    )
    compared = (
        NOT_COMPARED
        if as_of
        else results.read_month_comparisons(get_connection(), center, definitions, {key: figures})
    )
    before = read_year_before(center, year.year, as_of, key).get(key)
    before = before or find_no_year_before(center, year.year, as_of)
    whole = replace(view_year(declared, year, figures, definitions, compared, before), chosen=chosen)
    periods = [
        FigureView(
            definitions.find_in_force(key, one),
            one,
            figures.get(one),
            compared=compared.get((key, one)),
            progress=compute_progress(definitions.find_in_force(key, one), one, figures),
            others=whole.others,
        )
        for one in _list_in_order(year)
    ]
    return render_template(
        "indicator.html",
        frame=around,
        year_view=whole,
        one=whole if chosen == year else next(one for one in periods if one.period == chosen),
        periods=periods,
        links=_list_period_links(around, key),
        short_name=format_short_name,
        parts_of=bool(select_splits(declared, year)),
        trail=_list_crumbs(center, chosen, declared),
        card=catalogue.build_card(declared),
        measures=list_measures(declared),
        as_of=as_of,
    )


def _list_crumbs(center: str, chosen: Period, declared: Indicator) -> list[Crumb]:
    """To a month or quarter by way of the indicator's year."""
    year = Year(chosen.first_day.year)
    if chosen == year:
        return [*breadcrumbs.to_overview(center, year), Crumb(declared.title)]
    return [*breadcrumbs.to_indicator(center, year, declared), Crumb(chosen.label)]


def _list_period_links(around: PageFrame, key: str) -> list[NavigationLink]:
    """The indicator in the other periods of the year."""
    code = around.center.center_id
    quarters = [Quarter(around.year.year, number) for number in range(1, 5)]
    periods: tuple[Period, ...] = (around.year, *quarters, *around.year.months)
    return [
        NavigationLink(
            format_short_name(one),
            url_for("indicator.indicator", center=code, period=one, key=key),
            here=one == around.period,
            ahead=one.first_day > around.today,
        )
        for one in periods
    ]


def find_indicator(key: str) -> Indicator:
    """The indicator of an address; answers 404 for none."""
    if key not in INDICATORS:
        abort(404, f"没有指标“{key}”。全部指标见“指标口径”。")
    return INDICATORS[key]


def list_measures(declared: Indicator) -> list[Measure]:
    """What is counted."""
    return [MEASURES[key] for key in declared.formula.measures]


def _list_in_order(year: Year) -> list[Period]:
    """Each quarter after its months, the year last."""
    found: list[Period] = []
    for number in range(1, 5):
        quarter = Quarter(year.year, number)
        found += [*quarter.months, quarter]
    return [*found, year]

"""Work orders: what stands open, by age and by days over the deadline; units in bands."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, render_template, request, url_for

from kpi.figures import results
from kpi.figures.patterns import unit_holdings as of_holdings
from kpi.figures.patterns.open_orders import (
    AGES,
    COLUMNS,
    LATENESS,
    NOT_DUE,
    UNDATED,
    OrderFilter,
    list_open_orders,
    read_open_orders,
)
from kpi.figures.patterns.unit_bands import BANDS, LEAST_ORDERS, UnitRate, read_unit_bands
from tracker.periods import Period
from web.access import Right, allowed
from web.breadcrumbs import Crumb
from web.figure_view import FigureView
from web.filters import ALL, make_optional_filter
from web.instance import get_connection, get_now
from web.pages.analysis import tabs
from web.pages.frame import PageFrame, make_frame
from web.pages.indicator import find_indicator
from web.paging import Paging, read_page_number

pages = Blueprint("orders", __name__)

RATE = "work_order_on_time_rate"


@pages.get("/<center:center>/<period:period>/analysis/orders")
@allowed(Right.SEE_FIGURES)
def ageing(center: str, period: Period) -> str:
    """A table of open orders, and the units' on-time rates by band."""
    about = make_frame(center, period)
    found = read_open_orders(get_connection(), center, period.end_day, find_known_time(about))
    bands = read_unit_bands(get_connection(), center, period, about.today)
    holdings = of_holdings.read_unit_holdings(get_connection(), center, period, about.today)
    holders = {one.unit for one in holdings.units() if one.unit}
    unit = make_optional_filter("unit", "承办单位", sorted({*found.units, *bands.names, *holders}))
    kind = make_optional_filter("kind", "诉求类型", sorted({*found.kinds, *bands.kinds}))
    table = found.table(OrderFilter(unit.chosen or None, kind.chosen or None))
    return render_template(
        "analysis/orders.html",
        frame=about,
        tabs=tabs.list_tabs(about),
        periods=tabs.list_period_links(about, "orders.ageing"),
        filters=[unit, kind],
        chosen={one.name: one.chosen for one in (unit, kind) if one.is_set},
        at=found.at,
        table=table,
        most=max(table.values(), default=0),
        overdue=sum(count for (_, late), count in table.items() if late not in (NOT_DUE, UNDATED)),
        ages=AGES,
        lateness=LATENESS,
        bands=group_by_band(
            [one for one in bands.units(kind.chosen or None) if unit.chosen in (ALL, one.unit)]
        ),
        least=LEAST_ORDERS,
        rate=FigureView(
            find_indicator(RATE), period, results.find_figure(get_connection(), center, RATE, period)
        ),
        by_kind=kind.is_set,
        holdings=[one for one in holdings.units(kind.chosen or None) if unit.chosen in (ALL, one.unit)],
        without_log=holdings.count_without_log(kind.chosen or None),
    )


@pages.get("/<center:center>/<period:period>/analysis/orders/open")
@allowed(Right.SEE_ROWS)
def still_open(center: str, period: Period) -> str:
    """The open orders of a cell of the table, one by one."""
    about = make_frame(center, period)
    at, chosen = find_known_time(about), OrderFilter(*(request.args.get(name) for name in _NAMES))
    table = read_open_orders(get_connection(), center, period.end_day, at).table(chosen)
    count = sum(number for (age, late), number in table.items() if _is_chosen(chosen, age, late))
    paging = Paging(count, read_page_number(request.args))
    orders = list_open_orders(
        get_connection(), center, period.end_day, at, chosen, limit=paging.per_page, offset=paging.offset
    )
    return render_template(
        "analysis/open_orders.html",
        frame=about,
        at=at,
        orders=orders,
        columns=COLUMNS,
        paging=paging,
        told=_describe_choice(chosen),
        filters={name: value for name, value in vars(chosen).items() if value is not None},
        trail=[
            Crumb(f"{period.label}工单时效", url_for("orders.ageing", center=center, period=period)),
            Crumb("在办工单"),
        ],
    )


@pages.get("/<center:center>/<period:period>/analysis/orders/held")
@allowed(Right.SEE_ROWS)
def held(center: str, period: Period) -> str:
    """The holdings of one unit that ended in the period, one by one."""
    about = make_frame(center, period)
    unit, kind = request.args.get("unit"), request.args.get("kind")
    units = of_holdings.read_unit_holdings(get_connection(), center, period, about.today).units(kind)
    paging = Paging(sum(one.count for one in units if one.unit == unit), read_page_number(request.args))
    return render_template(
        "analysis/holdings.html",
        frame=about,
        holdings=of_holdings.list_holdings(
            get_connection(),
            center,
            period,
            about.today,
            unit,
            kind,
            limit=paging.per_page,
            offset=paging.offset,
        ),
        paging=paging,
        told="，".join(word for word in (unit or "未写明单位", kind) if word),
        filters={name: value for name, value in (("unit", unit), ("kind", kind)) if value is not None},
        trail=[
            Crumb(f"{period.label}工单时效", url_for("orders.ageing", center=center, period=period)),
            Crumb("持有工单"),
        ],
    )


_NAMES = ("unit", "kind", "age", "late")


def find_known_time(about: PageFrame) -> datetime:
    """The state of the world in which orders are known: that of their last delivery, now without one."""
    return min(about.freshness.delivered["work_orders"] or get_now(), get_now())


def group_by_band(units: Sequence[UnitRate]) -> list[tuple[str, list[UnitRate]]]:
    """Each band with its units, and those with too few orders for any band."""
    bands = [(band.title, [one for one in units if one.band is band]) for band in BANDS]
    return [*bands, (f"不足{LEAST_ORDERS}件，不分档", [one for one in units if one.band is None])]


def _is_chosen(chosen: OrderFilter, age: str, late: str) -> bool:
    return chosen.age in (None, age) and chosen.late in (None, late)


def _describe_choice(chosen: OrderFilter) -> str:
    """Which orders, in words: 市住建局，投诉，逾期3天以内."""
    ages = {band.key: f"受理{band.title}" for band in AGES}
    words = [chosen.unit, chosen.kind, ages.get(chosen.age or ""), LATENESS.get(chosen.late or "")]
    return "，".join(word for word in words if word) or "全部"

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
    Chosen,
    listed,
    open_orders,
)
from kpi.figures.patterns.unit_bands import BANDS, LEAST_ORDERS, UnitRate, unit_bands
from tracker.periods import Period
from web.access import Right, allowed
from web.breadcrumbs import Step
from web.figure_view import Shown
from web.filters import ALL, any_of
from web.instance import db, now
from web.pages.analysis import tabs
from web.pages.frame import Frame, frame
from web.pages.indicator import find
from web.paging import Paging, page_asked

pages = Blueprint("orders", __name__)

RATE = "work_order_on_time_rate"


@pages.get("/<center:center>/<period:period>/analysis/orders")
@allowed(Right.SEE_FIGURES)
def ageing(center: str, period: Period) -> str:
    """A table of open orders, and the units' on-time rates by band."""
    about = frame(center, period)
    found = open_orders(db(), center, period.end_day, known_at(about))
    bands = unit_bands(db(), center, period, about.today)
    holdings = of_holdings.unit_holdings(db(), center, period, about.today)
    holders = {one.unit for one in holdings.units() if one.unit}
    unit = any_of("unit", "承办单位", sorted({*found.units, *bands.names, *holders}))
    kind = any_of("kind", "诉求类型", sorted({*found.kinds, *bands.kinds}))
    table = found.table(Chosen(unit.chosen or None, kind.chosen or None))
    return render_template(
        "analysis/orders.html",
        frame=about,
        tabs=tabs.tabs(about),
        periods=tabs.periods(about, "orders.ageing"),
        filters=[unit, kind],
        chosen={one.name: one.chosen for one in (unit, kind) if one.is_set},
        at=found.at,
        table=table,
        most=max(table.values(), default=0),
        overdue=sum(count for (_, late), count in table.items() if late not in (NOT_DUE, UNDATED)),
        ages=AGES,
        lateness=LATENESS,
        bands=banded([one for one in bands.units(kind.chosen or None) if unit.chosen in (ALL, one.unit)]),
        least=LEAST_ORDERS,
        rate=Shown(find(RATE), period, results.find(db(), center, RATE, period)),
        by_kind=kind.is_set,
        holdings=[one for one in holdings.units(kind.chosen or None) if unit.chosen in (ALL, one.unit)],
        without_log=holdings.without_log(kind.chosen or None),
    )


@pages.get("/<center:center>/<period:period>/analysis/orders/open")
@allowed(Right.SEE_ROWS)
def still_open(center: str, period: Period) -> str:
    """The open orders of a cell of the table, one by one."""
    about = frame(center, period)
    at, chosen = known_at(about), Chosen(*(request.args.get(name) for name in _NAMES))
    table = open_orders(db(), center, period.end_day, at).table(chosen)
    count = sum(number for (age, late), number in table.items() if _is(chosen, age, late))
    paging = Paging(count, page_asked(request.args))
    orders = listed(db(), center, period.end_day, at, chosen, limit=paging.per_page, offset=paging.offset)
    return render_template(
        "analysis/open_orders.html",
        frame=about,
        at=at,
        orders=orders,
        columns=COLUMNS,
        paging=paging,
        told=_told(chosen),
        filters={name: value for name, value in vars(chosen).items() if value is not None},
        trail=[
            Step(f"{period.label}工单时效", url_for("orders.ageing", center=center, period=period)),
            Step("在办工单"),
        ],
    )


@pages.get("/<center:center>/<period:period>/analysis/orders/held")
@allowed(Right.SEE_ROWS)
def held(center: str, period: Period) -> str:
    """The holdings of one unit that ended in the period, one by one."""
    about = frame(center, period)
    unit, kind = request.args.get("unit"), request.args.get("kind")
    units = of_holdings.unit_holdings(db(), center, period, about.today).units(kind)
    paging = Paging(sum(one.count for one in units if one.unit == unit), page_asked(request.args))
    return render_template(
        "analysis/holdings.html",
        frame=about,
        holdings=of_holdings.listed(
            db(), center, period, about.today, unit, kind, limit=paging.per_page, offset=paging.offset
        ),
        paging=paging,
        told="，".join(word for word in (unit or "未写明单位", kind) if word),
        filters={name: value for name, value in (("unit", unit), ("kind", kind)) if value is not None},
        trail=[
            Step(f"{period.label}工单时效", url_for("orders.ageing", center=center, period=period)),
            Step("持有工单"),
        ],
    )


_NAMES = ("unit", "kind", "age", "late")


def known_at(about: Frame) -> datetime:
    """The state of the world in which orders are known: that of their last delivery, now without one."""
    return min(about.freshness.delivered["work_orders"] or now(), now())


def banded(units: Sequence[UnitRate]) -> list[tuple[str, list[UnitRate]]]:
    """Each band with its units, and those with too few orders for any band."""
    bands = [(band.title, [one for one in units if one.band is band]) for band in BANDS]
    return [*bands, (f"不足{LEAST_ORDERS}件，不分档", [one for one in units if one.band is None])]


def _is(chosen: Chosen, age: str, late: str) -> bool:
    return chosen.age in (None, age) and chosen.late in (None, late)


def _told(chosen: Chosen) -> str:
    """Which orders, in words: 市住建局，投诉，超期3天以内."""
    ages = {band.key: f"受理{band.title}" for band in AGES}
    words = [chosen.unit, chosen.kind, ages.get(chosen.age or ""), LATENESS.get(chosen.late or "")]
    return "，".join(word for word in words if word) or "全部"

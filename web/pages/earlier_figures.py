"""The earlier figure that an address asks for, and what the facts were then."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import sqlalchemy as sa
from flask import abort, request

from kpi.closing.as_known import read_figures_as_known
from kpi.figures.as_of import open_as_of
from kpi.figures.figure import Figure
from kpi.figures.results import find_figure
from tracker.periods import SHANGHAI, Period
from web import as_of
from web.instance import get_connection, get_now
from web.pages.codes import find_requested_version


def read_when() -> dict[str, Any]:
    """The part of an address that asks for an earlier figure: code= or as_of=."""
    return {name: request.args[name] for name in ("code", as_of.NAME) if name in request.args}


def find_requested_figure(center: str, key: str, period: Period) -> Figure | None:
    """The earlier figure that the address asks for, by its code or by the day on which it was known."""
    version = find_requested_version(center, key, period)
    if version is not None:
        return version.figure
    day = as_of.find_as_of_day(get_now().astimezone(SHANGHAI).date())
    if day is None:
        return None
    found = read_figures_as_known(get_connection(), center, period, day.moment)
    return next((one for one in found if one.indicator == key), None) or abort(
        404, f"截至{day.day}，尚无{period.label}的该项数字。"
    )


def open_earlier_facts(center: str, then: Figure | None) -> AbstractContextManager[sa.Connection]:
    """The request's connection, or one on which the facts are those of an earlier figure."""
    return open_as_of(get_connection(), center, then.log_seq) if then else nullcontext(get_connection())


def find_locked_figure(center: str, key: str, period: Period) -> Figure | None:
    """The figure shown, where its month is locked."""
    figure = find_figure(get_connection(), center, key, period)
    return figure if figure is not None and figure.vintage else None

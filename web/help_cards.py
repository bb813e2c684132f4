"""The card of an indicator beside its name."""

from functools import lru_cache

from flask import render_template
from markupsafe import Markup

from kpi.figures.indicators import Indicator

_KEPT = 500  # packaged definitions are met again and again; those adopted are read anew each time


@lru_cache(maxsize=_KEPT)
def draw_help_card(indicator: Indicator) -> Markup:
    """The definition in short, hidden until the name is pointed at; drawn once for each definition."""
    return Markup(render_template("_help_card.html", indicator=indicator))

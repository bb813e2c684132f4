"""Definition cards: how each indicator is counted, where the definition comes from, with a worked example."""

from flask import Blueprint, render_template

from kpi.figures import catalogue
from kpi.figures.indicators import GROUPS
from web.access import Right, allowed
from web.pages.frame import frame
from web.pages.indicator import find, measures_of

pages = Blueprint("definitions", __name__)


@pages.get("/<center:center>/definitions/")
@allowed(Right.SEE_FIGURES)
def index(center: str) -> str:
    """All indicators by theme, with numerator, denominator, target and source."""
    return render_template("definitions.html", frame=frame(center), groups=GROUPS)


@pages.get("/<center:center>/definitions/<key>")
@allowed(Right.SEE_FIGURES)
def card(center: str, key: str) -> str:
    """One indicator's card."""
    declared = find(key)
    return render_template(
        "definition.html",
        frame=frame(center),
        indicator=declared,
        card=catalogue.card(declared),
        measures=measures_of(declared),
    )

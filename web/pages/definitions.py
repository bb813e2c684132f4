"""Definition cards: how each indicator is counted, where the definition comes from, with a worked example."""

from flask import Blueprint, render_template

from kpi.figures import catalogue
from kpi.figures.definitions.differences import list_differences
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.definitions.proposing import read_proposals
from kpi.figures.forks import list_forks
from kpi.figures.indicators import INDICATORS
from tracker.periods import Month
from web.access import Right, allowed
from web.instance import get_connection
from web.pages.frame import make_frame
from web.pages.indicator import find_indicator, list_measures

pages = Blueprint("definitions", __name__)

COMPARED = [one for key, one in INDICATORS.items() if list_forks(key)]  # counted in several ways


@pages.get("/<center:center>/definitions/")
@allowed(Right.SEE_FIGURES)
def index(center: str) -> str:
    """All indicators by theme, with numerator, denominator, target and source."""
    around = make_frame(center)
    groups = read_definitions(get_connection(), center).groups(Month.of(around.today))
    waiting = sum(one.open for one in read_proposals(get_connection(), center))
    return render_template(
        "definitions.html", frame=around, groups=groups, compared=COMPARED, waiting=waiting
    )


@pages.get("/<center:center>/definitions/<key>")
@allowed(Right.SEE_FIGURES)
def card(center: str, key: str) -> str:
    """One indicator's card, and what each version changed."""
    find_indicator(key)
    around, definitions = make_frame(center), read_definitions(get_connection(), center)
    declared = definitions.find_in_force(key, Month.of(around.today))
    versions, adoptions = definitions.list_versions(key), definitions.list_adoptions(key)
    return render_template(
        "definition.html",
        frame=around,
        indicator=declared,
        compared=bool(list_forks(key)),
        waiting=[one for one in read_proposals(get_connection(), center, key) if one.open],
        history=[
            (one, adoptions.get(one.version), list_differences(before, one) if before else [])
            for before, one in zip((None, *versions), versions, strict=False)
        ],
        card=catalogue.build_card(declared),
        measures=list_measures(declared),
    )

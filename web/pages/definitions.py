"""Definition cards: how each indicator is counted, where the definition comes from, with a worked example."""

from flask import Blueprint, render_template

from kpi.figures import catalogue
from kpi.figures.definitions.differences import differences
from kpi.figures.definitions.in_force import definitions_for
from kpi.figures.definitions.proposing import read_proposals
from kpi.figures.forks import forks_of
from kpi.figures.indicators import INDICATORS
from tracker.periods import Month
from web.access import Right, allowed
from web.instance import db
from web.pages.frame import frame
from web.pages.indicator import find, measures_of

pages = Blueprint("definitions", __name__)

COMPARED = [one for key, one in INDICATORS.items() if forks_of(key)]  # counted in several ways


@pages.get("/<center:center>/definitions/")
@allowed(Right.SEE_FIGURES)
def index(center: str) -> str:
    """All indicators by theme, with numerator, denominator, target and source."""
    around = frame(center)
    groups = definitions_for(db(), center).groups(Month.of(around.today))
    waiting = sum(one.open for one in read_proposals(db(), center))
    return render_template(
        "definitions.html", frame=around, groups=groups, compared=COMPARED, waiting=waiting
    )


@pages.get("/<center:center>/definitions/<key>")
@allowed(Right.SEE_FIGURES)
def card(center: str, key: str) -> str:
    """One indicator's card, and what each version changed."""
    find(key)
    around, known = frame(center), definitions_for(db(), center)
    declared = known.in_force(key, Month.of(around.today))
    versions, adoptions = known.versions(key), known.adoptions(key)
    return render_template(
        "definition.html",
        frame=around,
        indicator=declared,
        compared=bool(forks_of(key)),
        waiting=[one for one in read_proposals(db(), center, key) if one.open],
        history=[
            (one, adoptions.get(one.version), differences(before, one) if before else [])
            for before, one in zip((None, *versions), versions, strict=False)
        ],
        card=catalogue.card(declared),
        measures=measures_of(declared),
    )

"""An indicator as a document: plain values under plain names, the same text for the same definition."""

from fractions import Fraction

import orjson

from kpi.figures.indicators import AtLeast, Card, Example, Indicator
from kpi.figures.indicators.formula import Formula, Lowest, Median, Part, Term
from kpi.figures.indicators.target import Target
from tracker.events import Json

Document = dict[str, Json]


def definition_document(indicator: Indicator) -> Document:
    """Everything that the definition says; `reading.indicator_of` is the exact inverse.

    Factors and bounds are exact text (`1/1000`, `98`), a month is `2024-01`, what is not set is None.
    """
    return {
        "key": indicator.key,
        "version": indicator.version,
        "effective_from": None if indicator.effective_from is None else str(indicator.effective_from),
        "title": indicator.title,
        "unit": indicator.unit,
        "scale": indicator.scale,
        "rounding": str(indicator.rounding),
        "direction": indicator.direction.name.lower(),
        "target": _target(indicator.target),
        "year_to_date": indicator.year_to_date,
        "wilson": indicator.wilson,
        "source": indicator.source,
        "formula": _formula(indicator.formula),
        "card": _card(indicator.card),
    }


def canonical(document: Document) -> str:
    """The document as one text, its keys in order."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def _target(target: Target | None) -> Document | None:
    if target is None:
        return None
    side = "at_least" if isinstance(target, AtLeast) else "at_most"
    return {side: str(target.bound), "span": target.span.name.lower(), "fewest": target.fewest}


def _formula(formula: Formula) -> Document:
    median: Document = {"median": {"fewest": formula.fewest}} if isinstance(formula, Median) else {}
    return {
        "kind": str(formula.kind),
        "times": formula.times,
        "numerator": _part(formula.numerator),
        "denominator": None if formula.denominator is None else _part(formula.denominator),
        "lowest": {"above": formula.above, "below": formula.below} if isinstance(formula, Lowest) else None,
        **median,
    }


def _part(part: Part) -> Document:
    return {"averaged": part.averaged, "terms": [_term(term) for term in part.terms]}


def _term(term: Term) -> Document:
    return {"measure": term.measure, "factor": str(Fraction(term.times)), "over": str(term.over)}


def _card(card: Card) -> Document:
    return {
        "why": card.why,
        "numerator": card.numerator,
        "denominator": card.denominator,
        "includes": card.includes,
        "excludes": card.excludes,
        "month": card.month,
        "example": _example(card.example),
    }


def _example(example: Example) -> Document:
    return {
        "numerator": example.numerator,
        "denominator": example.denominator,
        "value": example.value,
        "words": example.words,
    }

"""An indicator as a document: plain values under plain names, the same text for the same definition."""

from fractions import Fraction

import orjson

from kpi.figures.indicators import AtLeast, Card, Example, Indicator
from kpi.figures.indicators.formula import Formula, Lowest, Median, Part, Term
from kpi.figures.indicators.target import Target
from tracker.events import Json

DefinitionDocument = dict[str, Json]


def dump_definition(indicator: Indicator) -> DefinitionDocument:
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
        "target": _dump_target(indicator.target),
        "year_to_date": indicator.year_to_date,
        "wilson": indicator.wilson,
        "source": indicator.source,
        "formula": _dump_formula(indicator.formula),
        "card": _dump_card(indicator.card),
    }


def dump_canonical(document: DefinitionDocument) -> str:
    """The document as one text, its keys in order."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def _dump_target(target: Target | None) -> DefinitionDocument | None:
    if target is None:
        return None
    side = "at_least" if isinstance(target, AtLeast) else "at_most"
    return {side: str(target.bound), "span": target.span.name.lower(), "fewest": target.fewest}


def _dump_formula(formula: Formula) -> DefinitionDocument:
    median: DefinitionDocument = {"median": {"fewest": formula.fewest}} if isinstance(formula, Median) else {}
    return {
        "kind": str(formula.kind),
        "times": formula.times,
        "numerator": _dump_part(formula.numerator),
        "denominator": None if formula.denominator is None else _dump_part(formula.denominator),
        "lowest": {"above": formula.above, "below": formula.below} if isinstance(formula, Lowest) else None,
        **median,
    }


def _dump_part(part: Part) -> DefinitionDocument:
    return {"averaged": part.averaged, "terms": [_dump_term(term) for term in part.terms]}


def _dump_term(term: Term) -> DefinitionDocument:
    return {"measure": term.measure, "factor": str(Fraction(term.times)), "over": str(term.over)}


def _dump_card(card: Card) -> DefinitionDocument:
    return {
        "why": card.why,
        "numerator": card.numerator,
        "denominator": card.denominator,
        "includes": card.includes,
        "excludes": card.excludes,
        "month": card.month,
        "example": _dump_example(card.example),
    }


def _dump_example(example: Example) -> DefinitionDocument:
    return {
        "numerator": example.numerator,
        "denominator": example.denominator,
        "value": example.value,
        "words": example.words,
    }

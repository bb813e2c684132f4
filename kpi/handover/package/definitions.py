"""The definitions a package was computed by, told completely: cards, formulas, the SQL of every measure."""

from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy.dialects import postgresql

from kpi.figures.catalogue import card
from kpi.figures.definitions.document import definition_document
from kpi.figures.definitions.in_force import Definitions
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.measures import MEASURES, Measure
from kpi.figures.sources import SOURCES
from kpi.figures.sums import by_day
from tracker.periods import Year

_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


def definitions(center: str, year: int, known: Definitions) -> dict[str, Any]:
    """Indicators with all their versions, measures and sources, each with a digest over all that is said."""
    indicators = {key: {"versions": [_version(one) for one in known.versions(key)]} for key in INDICATORS}
    measures = {key: _measure(measure, center, Year(year)) for key, measure in MEASURES.items()}
    sources = {key: _plain(source) for key, source in SOURCES.items()}
    told = {"indicators": indicators, "measures": measures, "sources": sources}
    return {kind: {key: _digested(one) for key, one in found.items()} for kind, found in told.items()}


def _version(indicator: Indicator) -> dict[str, Any]:
    told = {"card": card(indicator), "needs": list(indicator.needs)}
    return told | {"definition": definition_document(indicator)}


def _measure(measure: Measure, center: str, year: Year) -> dict[str, Any]:
    return {
        "about": measure.about,
        "among": measure.among.title,
        "needs": list(measure.needs),
        "sql": _sql(measure.key, center, year),
        "title": measure.title,
        "unit": measure.unit,
    }


@lru_cache(maxsize=2_000)
def _sql(key: str, center: str, year: Year) -> str:
    measure = MEASURES[key]
    statement = by_day(measure.among, center, year.first_day, year.end_day, [measure])
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def _digested(told: dict[str, Any]) -> dict[str, Any]:
    return told | {"sha256": sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()}


def _plain(value: Any) -> Any:
    """A declaration in words that every language reads."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return told | {"is": type(value).__name__}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Fraction) else value

"""The definitions a package was computed by, told completely: cards, formulas, the SQL of every measure."""

from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy.dialects import postgresql

from kpi.figures.catalogue import build_card
from kpi.figures.definitions.document import dump_definition
from kpi.figures.definitions.in_force import Definitions
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.measures import MEASURES, Measure
from kpi.figures.sources import SOURCES
from kpi.figures.sums import select_by_day
from tracker.periods import Year

_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


def describe_definitions(center: str, year: int, versions: Definitions) -> dict[str, Any]:
    """Indicators with all their versions, measures and sources, each with a digest over all that is said."""
    indicators = {
        key: {"versions": [_describe_version(one) for one in versions.list_versions(key)]}
        for key in INDICATORS
    }
    measures = {key: _describe_measure(measure, center, Year(year)) for key, measure in MEASURES.items()}
    sources = {key: _convert_declaration(source) for key, source in SOURCES.items()}
    content = {"indicators": indicators, "measures": measures, "sources": sources}
    return {kind: {key: _add_digest(one) for key, one in found.items()} for kind, found in content.items()}


def _describe_version(indicator: Indicator) -> dict[str, Any]:
    content = {"card": build_card(indicator), "needs": list(indicator.needs)}
    return content | {"definition": dump_definition(indicator)}


def _describe_measure(measure: Measure, center: str, year: Year) -> dict[str, Any]:
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
    statement = select_by_day(measure.among, center, year.first_day, year.end_day, [measure])
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def _add_digest(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"sha256": sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()}


def _convert_declaration(value: Any) -> Any:
    """A declaration in words that every language reads."""
    if is_dataclass(value) and not isinstance(value, type):
        content = {field.name: _convert_declaration(getattr(value, field.name)) for field in fields(value)}
        return content | {"is": type(value).__name__}
    if isinstance(value, tuple):
        return [_convert_declaration(one) for one in value]
    return str(value) if isinstance(value, Fraction) else value

"""Measures: counts and sums, declared once.

`MEASURES` is the registry, made of the `MEASURES` of each module; `POPULATIONS` is made in the same way.
"""

from typing import Any

from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, months
from tracker.modules import find_modules

__all__ = [
    "MEASURES",
    "POPULATIONS",
    "Measure",
    "Population",
    "list_measures",
    "list_rolled_measures",
    "months",
]

_FIRST = (
    "calls", "call_windows", "call_quality", "missed_calls", "work_orders", "order_assessments", "staffing",
    "posts", "trainings", "payments", "platform", "surveys", "daily_counts", "documents", "call_forks",
    "repeat_calls", "seats", "net",
)  # fmt: skip
_MODULES: tuple[Any, ...] = find_modules("MEASURES", __name__, first=_FIRST)

POPULATIONS: tuple[Population, ...] = tuple(
    population for module in _MODULES for population in module.POPULATIONS
)
MEASURES: dict[str, Measure] = {measure.key: measure for module in _MODULES for measure in module.MEASURES}


def list_rolled_measures(population: Population) -> tuple[Measure, ...]:
    """Those of them whose daily sums are kept."""
    return tuple(measure for measure in list_measures(population) if measure.rolled)


def list_measures(population: Population) -> tuple[Measure, ...]:
    """The measures that are computed together, in one statement."""
    return tuple(measure for measure in MEASURES.values() if measure.among is population)

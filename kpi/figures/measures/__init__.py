"""Measures: counts and sums, declared once. `MEASURES` is the registry."""

from kpi.figures.measures import (
    call_forks,
    call_quality,
    call_windows,
    calls,
    daily_counts,
    documents,
    knowledge,
    missed_calls,
    net,
    order_assessments,
    payments,
    platform,
    posts,
    repeat_calls,
    seats,
    staffing,
    surveys,
    trainings,
    work_orders,
)
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, months

__all__ = [
    "MEASURES",
    "POPULATIONS",
    "Measure",
    "Population",
    "list_measures",
    "list_rolled_measures",
    "months",
]

_MODULES = (
    calls,
    call_windows,
    call_quality,
    missed_calls,
    work_orders,
    order_assessments,
    staffing,
    posts,
    trainings,
    payments,
    platform,
    surveys,
    daily_counts,
    documents,
    call_forks,
    repeat_calls,
    seats,
    net,
    knowledge,
)

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

"""The sources that figures rest on.

`SOURCES` is the registry, made of the `SOURCES` of each module of measures. Pages list them in its order:
first those in `_FIRST`, then the others.
"""

from typing import Any

from kpi.figures import measures
from kpi.figures.source import Reach, Rhythm, Source
from tracker.modules import find_modules

__all__ = ["SOURCES", "WITHOUT_RHYTHM", "Reach", "Rhythm", "Source"]

_FIRST = (
    "calls", "work_orders", "agent_states", "probes", "roster", "posts", "payments", "budget", "appeals",
    "knowledge", "training", "inspections", "survey_answers", "survey_issues", "messages", "cases", "visits",
)  # fmt: skip
_MODULES: tuple[Any, ...] = find_modules("SOURCES", measures.__name__)
_DECLARED: dict[str, Source] = {source.key: source for module in _MODULES for source in module.SOURCES}

SOURCES: dict[str, Source] = {key: _DECLARED[key] for key in dict.fromkeys((*_FIRST, *_DECLARED))}

_BY_HAND = (
    "leaves",
    "outages",
    "call_tallies",
    "names",
    "declarations",
    "contracted_seats",
)  # explain what was counted, and count for nothing
WITHOUT_RHYTHM = ("documents", "control_totals", "recordings", "lists", "closing", "evaluation", *_BY_HAND)
"""Sources of events that no figure is counted from: they prove, lock, score or are held against figures."""

"""Facts: one table per thing counted, rebuilt from the log at any time. `FACTS` is the registry, made of the
`FACTS` of each module; of two facts of one kind of thing, the first says how the thing stands."""

from typing import Any

from tracker.facts.fact import Fact
from tracker.modules import modules_with

__all__ = ["FACTS", "Fact"]

_MODULES: tuple[Any, ...] = modules_with("FACTS", __name__, first=("calls", "work_orders"))

FACTS: tuple[Fact, ...] = tuple(fact for module in _MODULES for fact in module.FACTS)

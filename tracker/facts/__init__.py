"""Facts: one table per thing counted, rebuilt from the log at any time. `FACTS` is the registry, made of the
`FACTS` of each module; of two facts of one kind of thing, the first says how the thing stands."""

from typing import Any

from tracker.facts.fact import FactTable
from tracker.modules import find_modules

__all__ = ["FACTS", "FactTable"]

_MODULES: tuple[Any, ...] = find_modules("FACTS", __name__, first=("calls", "work_orders"))

FACTS: tuple[FactTable, ...] = tuple(fact for module in _MODULES for fact in module.FACTS)

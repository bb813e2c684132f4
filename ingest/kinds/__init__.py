"""The kinds of tables that can be delivered; `KINDS` is the registry, made of the `KINDS` of each module."""

from typing import Any

from ingest.kinds.kind import Build, Kind, Marks, Reading, RowProblem, Rules
from tracker.modules import modules_with

__all__ = ["KINDS", "KIND_NAMED", "Build", "Kind", "Marks", "Reading", "RowProblem", "Rules"]

_FIRST = ("calls", "work_orders", "work_order_steps", "staffing", "money", "platform", "surveys", "daily")
_MODULES: tuple[Any, ...] = modules_with("KINDS", __name__, first=_FIRST)

KINDS: tuple[Kind, ...] = tuple(kind for module in _MODULES for kind in module.KINDS)

KIND_NAMED = {kind.name: kind for kind in KINDS}

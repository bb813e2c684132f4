"""The kinds of tables that can be delivered; `KINDS` is the registry, made of the `KINDS` of each module."""

from typing import Any

from ingest.kinds.kind import Build, IdentityMarks, Reading, RowProblem, Rules, TableKind
from tracker.modules import find_modules

__all__ = ["KINDS", "KIND_NAMED", "Build", "IdentityMarks", "Reading", "RowProblem", "Rules", "TableKind"]

_FIRST = ("calls", "work_orders", "work_order_steps", "staffing", "money", "platform", "surveys", "daily")
_MODULES: tuple[Any, ...] = find_modules("KINDS", __name__, first=_FIRST)

KINDS: tuple[TableKind, ...] = tuple(kind for module in _MODULES for kind in module.KINDS)

KIND_NAMED = {kind.name: kind for kind in KINDS}

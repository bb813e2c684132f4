"""Event types, one module a domain: `TYPES` is the registry, made of the `TYPES` of each.

A module may also name `THINGS`, by what a subject begins with, and `SOURCES`, where events come from: key →
Chinese name. The names of types and of fields stand on the classes.
"""

from collections.abc import Mapping
from typing import Any

from tracker.events.event import Event, Json, Payload
from tracker.events.title import Title, collect_titles
from tracker.modules import find_modules

__all__ = ["SOURCES", "THINGS", "TYPES", "WORDS", "Event", "Json", "Payload", "find_title"]

_MODULES: tuple[Any, ...] = find_modules("TYPES", __name__, first=("calls", "work_orders"))

TYPES: dict[str, type[Event]] = {kind.type: kind for module in _MODULES for kind in module.TYPES}
THINGS: dict[str, str] = {key: name for one in _MODULES for key, name in getattr(one, "THINGS", {}).items()}
SOURCES: dict[str, str] = {key: name for one in _MODULES for key, name in getattr(one, "SOURCES", {}).items()}
_TITLES = {key: collect_titles(declared) for key, declared in TYPES.items()}


def find_title(field: str, kind: str) -> Title:
    """The title of a field of an event type; its own name where it is none of the type's."""
    return _TITLES.get(kind, {}).get(field) or Title(field)


def _collect_words() -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {"of": SOURCES, "source": SOURCES}
    for titles in _TITLES.values():
        for field, title in titles.items():
            if title.words:
                found[field] = {**found.get(field, {}), **title.words}
    return found


WORDS = _collect_words()
"""Field → its codes → what people read in their place; fields of one name share them."""

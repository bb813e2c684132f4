"""Several definitions of one indicator: `FORKS` is the registry, made of the `FORKS` of each module."""

from typing import Any

from kpi.figures.forks.fork import Fork
from tracker.modules import find_modules

__all__ = ["FORKS", "Fork", "list_forks"]

_FIRST = ("calls", "staffing", "work_orders", "payments", "surveys", "platform", "seats", "net")
_MODULES: tuple[Any, ...] = find_modules("FORKS", __name__, first=_FIRST)

FORKS: tuple[Fork, ...] = tuple(fork for module in _MODULES for fork in module.FORKS)


def list_forks(key: str) -> tuple[Fork, ...]:
    """The forks of an indicator, those that answer the same question together."""
    forks = [fork for fork in FORKS if fork.key == key]
    questions = list(dict.fromkeys(fork.question for fork in forks))
    return tuple(sorted(forks, key=lambda fork: questions.index(fork.question)))

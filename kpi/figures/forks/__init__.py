"""Same data, several definitions. `FORKS` is the registry; `forks_of` gives those of an indicator."""

from kpi.figures.forks import calls, others, platform
from kpi.figures.forks.fork import Fork

__all__ = ["FORKS", "Fork", "forks_of"]

FORKS: tuple[Fork, ...] = (*calls.FORKS, *others.FORKS, *platform.FORKS)


def forks_of(key: str) -> tuple[Fork, ...]:
    """The forks of an indicator, those that answer the same question together."""
    found = [fork for fork in FORKS if fork.key == key]
    questions = list(dict.fromkeys(fork.question for fork in found))
    return tuple(sorted(found, key=lambda fork: questions.index(fork.question)))

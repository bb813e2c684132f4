"""Same data, several definitions. `FORKS` is the registry; `forks_of` gives those of an indicator."""

from kpi.figures.forks import calls, net, payments, platform, seats, staffing, surveys, work_orders
from kpi.figures.forks.fork import Fork

__all__ = ["FORKS", "Fork", "list_forks"]

FORKS: tuple[Fork, ...] = tuple(
    fork
    for module in (
        calls,
        staffing,
        work_orders,
        payments,
        surveys,
        platform,
        seats,
        net,
    )
    for fork in module.FORKS
)


def list_forks(key: str) -> tuple[Fork, ...]:
    """The forks of an indicator, those that answer the same question together."""
    forks = [fork for fork in FORKS if fork.key == key]
    questions = list(dict.fromkeys(fork.question for fork in forks))
    return tuple(sorted(forks, key=lambda fork: questions.index(fork.question)))

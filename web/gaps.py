"""What is missing and what mends it, told once for all the indicators that suffer from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpi.figures.figure import Status
from kpi.figures.sources import SOURCES
from web.shown import Shown

_LACKING = (Status.UNVERIFIABLE, Status.PARTLY)


@dataclass(frozen=True)
class Gap:
    """A reason that several indicators share."""

    status: Status
    reason: str
    remedies: tuple[str, ...]
    indicators: tuple[Shown, ...]


@dataclass(frozen=True)
class Gaps:
    """The gaps of a period; `running` suffer only from a month that has not ended."""

    named: tuple[Gap, ...]
    running: tuple[Shown, ...] = ()


def gaps_of_year(shown: Iterable[Shown]) -> Gaps:
    """A year's gaps; what only the running month lacks is set apart, because its files are not due yet."""
    lacking = _lacking(shown)
    running = [one for one in lacking if _only_running(one)]
    return Gaps(_named([one for one in lacking if one not in running]), tuple(running))


def gaps_of_period(shown: Iterable[Shown]) -> Gaps:
    """A month's or quarter's gaps."""
    return Gaps(_named(_lacking(shown)))


def _lacking(shown: Iterable[Shown]) -> list[Shown]:
    return [one for one in shown if one.figure is not None and one.figure.status in _LACKING]


def _only_running(one: Shown) -> bool:
    figures = [month.figure for month in one.months if month.figure is not None]
    ended = {figure.status for figure in figures if not figure.provisional}
    return one.figure is not None and one.figure.provisional and not ended & set(_LACKING)


def _named(lacking: Sequence[Shown]) -> tuple[Gap, ...]:
    """One entry for each reason, the worst first."""
    by_reason: dict[tuple[Status, str], list[Shown]] = {}
    for one in lacking:
        assert one.figure is not None
        by_reason.setdefault((one.figure.status, one.figure.reason), []).append(one)
    found = [
        Gap(status, reason, _remedies(reason, shown), tuple(shown))
        for (status, reason), shown in by_reason.items()
    ]
    return tuple(sorted(found, key=lambda gap: (_LACKING.index(gap.status), -len(gap.indicators))))


def _remedies(reason: str, shown: Sequence[Shown]) -> tuple[str, ...]:
    """What mends the sources that the reason names."""
    needs = dict.fromkeys(need for one in shown for need in one.indicator.needs)
    return tuple(SOURCES[need].remedy for need in needs if SOURCES[need].title in reason)

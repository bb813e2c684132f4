"""What is missing and what mends it, told once for all the indicators that suffer from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpi.figures.figure import Figure, Status
from kpi.figures.sources import SOURCES
from web.shown import Shown

_LACKING = (Status.UNVERIFIABLE, Status.PARTLY)


@dataclass(frozen=True)
class Gap:
    """What a source lacks, and the indicators that rest on it."""

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
    """One entry for each gap of a source, with all the indicators that suffer from it; the worst first."""
    suffering: dict[str, list[Shown]] = {}
    for one in lacking:
        for gap in _gaps_in(one.figure):
            suffering.setdefault(gap, []).append(one)
    found = [_gap(reason, shown) for reason, shown in suffering.items()]
    return tuple(sorted(found, key=lambda gap: (_LACKING.index(gap.status), -len(gap.indicators))))


def _gaps_in(figure: Figure | None) -> list[str]:
    """话单缺8月12日；工单缺8月1日。缺少的部分… → 话单缺8月12日, 工单缺8月1日"""
    return figure.reason.partition("。")[0].split("；") if figure else []


def _gap(reason: str, shown: Sequence[Shown]) -> Gap:
    needs = dict.fromkeys(need for one in shown for need in one.indicator.needs)
    remedies = tuple(SOURCES[need].remedy for need in needs if reason.startswith(SOURCES[need].title))
    statuses = {one.figure.status for one in shown if one.figure}
    return Gap(min(statuses, key=_LACKING.index), f"{reason}。", remedies, tuple(shown))

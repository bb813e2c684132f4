"""What is missing and what mends it, told once for all the figures that suffer from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpi.figures.carried import UNKNOWN
from kpi.figures.day_states import DayState
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import Indicator
from kpi.figures.sources import SOURCES

LACKING = (Status.UNVERIFIABLE, Status.PARTLY)  # the worse first

Pair = tuple[Indicator, Figure]


@dataclass(frozen=True)
class Lack:
    """What a source lacks, and the indicators that rest on it."""

    status: Status  # the worst among them
    reason: str  # 话单缺8月12日、8月13日。
    remedies: tuple[str, ...]
    suffering: tuple[Pair, ...]
    owed: bool  # its month still runs


def lacks_of(found: Iterable[Pair]) -> tuple[Lack, ...]:
    """One entry for each gap that the figures' reasons name; the worst first, then those that hit most."""
    suffering: dict[str, list[Pair]] = {}
    for pair in found:
        if pair[1].status in LACKING:
            for gap in _gaps_in(pair[1]):
                suffering.setdefault(gap, []).append(pair)
    lacks = [_lack(reason, pairs) for reason, pairs in suffering.items()]
    return tuple(sorted(lacks, key=lambda one: (LACKING.index(one.status), -len(one.suffering))))


def _gaps_in(figure: Figure) -> list[str]:
    """已交付的部分没有…，而话单缺8月12日；工单缺8月1日。缺少的部分… → 话单缺8月12日, 工单缺8月1日"""
    return figure.reason.partition("。")[0].rpartition("，而")[2].split("；")


def _lack(reason: str, pairs: Sequence[Pair]) -> Lack:
    needs = dict.fromkeys(need for indicator, _ in pairs for need in indicator.needs)
    remedies = tuple(
        SOURCES[need].carried_remedy if reason.endswith(UNKNOWN) else SOURCES[need].remedy
        for need in needs
        if reason.startswith(SOURCES[need].title) or (reason.endswith(UNKNOWN) and SOURCES[need].begun)
    )
    status = min((figure.status for _, figure in pairs), key=LACKING.index)
    owed = any(reason.startswith(f"{SOURCES[need].title}{DayState.OWED}") for need in needs)
    return Lack(status, f"{reason}。", remedies, tuple(pairs), owed)

"""What is missing and what mends it, told once for all the figures that suffer from it."""

from collections.abc import Iterable
from dataclasses import dataclass

from kpi.figures.figure import Figure, Status
from kpi.figures.gap import Gap, GapCode
from kpi.figures.gap_words import find_remedy, word_gap
from kpi.figures.indicators import Indicator

LACKING = (Status.UNVERIFIABLE, Status.PARTLY)  # the worse first

IndicatorFigure = tuple[Indicator, Figure]


@dataclass(frozen=True)
class SharedGap:
    """A gap, and the indicators that suffer from it."""

    status: Status  # the worst among them
    gap: Gap
    affected: tuple[IndicatorFigure, ...]

    @property
    def reason(self) -> str:
        """话单缺8月12日、8月13日。"""
        return f"{word_gap(self.gap)}。"

    @property
    def remedy(self) -> str:
        return find_remedy(self.gap)

    @property
    def is_owed(self) -> bool:
        """Whether its month still runs."""
        return self.gap.code is GapCode.OWED


def group_gaps(figures: Iterable[IndicatorFigure]) -> tuple[SharedGap, ...]:
    """One entry for each gap of the figures; the worst first, then those that hit most."""
    affected: dict[Gap, list[IndicatorFigure]] = {}
    for pair in figures:
        for gap in pair[1].gaps:
            affected.setdefault(gap, []).append(pair)
    shared = [
        SharedGap(min((figure.status for _, figure in pairs), key=LACKING.index), gap, tuple(pairs))
        for gap, pairs in affected.items()
    ]
    return tuple(sorted(shared, key=lambda one: (LACKING.index(one.status), -len(one.affected))))

"""What is missing and what mends it, told once for all the figures that suffer from it."""

from collections.abc import Iterable
from dataclasses import dataclass

from kpi.figures.figure import Figure, Status
from kpi.figures.gap import Gap, GapCode
from kpi.figures.gap_words import remedy_of, word_gap
from kpi.figures.indicators import Indicator

LACKING = (Status.UNVERIFIABLE, Status.PARTLY)  # the worse first

Pair = tuple[Indicator, Figure]


@dataclass(frozen=True)
class Lack:
    """A gap, and the indicators that suffer from it."""

    status: Status  # the worst among them
    gap: Gap
    suffering: tuple[Pair, ...]

    @property
    def reason(self) -> str:
        """话单缺8月12日、8月13日。"""
        return f"{word_gap(self.gap)}。"

    @property
    def remedy(self) -> str:
        return remedy_of(self.gap)

    @property
    def is_owed(self) -> bool:
        """Whether its month still runs."""
        return self.gap.code is GapCode.OWED


def lacks_of(found: Iterable[Pair]) -> tuple[Lack, ...]:
    """One entry for each gap of the figures; the worst first, then those that hit most."""
    suffering: dict[Gap, list[Pair]] = {}
    for pair in found:
        for gap in pair[1].gaps:
            suffering.setdefault(gap, []).append(pair)
    lacks = [
        Lack(min((figure.status for _, figure in pairs), key=LACKING.index), gap, tuple(pairs))
        for gap, pairs in suffering.items()
    ]
    return tuple(sorted(lacks, key=lambda one: (LACKING.index(one.status), -len(one.suffering))))

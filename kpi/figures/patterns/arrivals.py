"""How far each source is there in a period, what of it is owed or missing, and what is expected next."""

from dataclasses import dataclass
from datetime import datetime

from kpi.figures.coverage import compute_ended_coverage, compute_owed_coverage
from kpi.figures.coverage_inputs import Backing
from kpi.figures.day_states import CoverageUnit, DayState, list_units
from kpi.figures.sources import SOURCES, Source
from tracker.periods import Period

_THERE = (DayState.DATA, DayState.ZERO, DayState.PARTLY)
_TO_COME = (DayState.OWED, DayState.AHEAD)


@dataclass(frozen=True)
class Arrival:
    """A source in a period."""

    source: Source
    as_of: datetime | None  # the latest state of the world delivered; None: never delivered
    units: tuple[CoverageUnit, ...]  # its days, or its months
    gaps: str  # what has ended and is not there, or not all of it: 缺8月12日，待报11月5日

    @property
    def last(self) -> CoverageUnit | None:
        """The last one that is there."""
        return next((unit for unit in reversed(self.units) if unit.state in _THERE), None)

    @property
    def next(self) -> CoverageUnit | None:
        """The first one that has not ended and is still to come."""
        return next((unit for unit in self.units if unit.state in _TO_COME and not unit.ended), None)

    def count(self, state: DayState) -> int:
        """How many that have ended are in a state."""
        return sum(1 for unit in self.units if unit.ended and unit.state is state)


def list_arrivals(backing: Backing, period: Period) -> list[Arrival]:
    """Every source, in the order of the registry."""
    entries = []
    for source in SOURCES.values():
        units = tuple(unit for month in period.months for unit in list_units(backing, source, month))
        gaps = (
            compute_ended_coverage(source, units).named
            or compute_owed_coverage(backing, source, period.months).named
        )  # of a survey, the year
        entries.append(Arrival(source, backing.as_of.get(source.delivery), units, gaps))
    return entries

"""Rows that last beyond their month: what a period has over from before, where that was not delivered."""

from kpi.figures.backing import Backing
from kpi.figures.coverage import of_source
from kpi.figures.indicators import Indicator
from kpi.figures.sources import SOURCES
from tracker.periods import Month

UNKNOWN = "（结转未知）"


def untold_before(backing: Backing, indicator: Indicator, first: Month) -> list[str]:
    """What was not delivered of the calendar month before a period's first, source by source, though rows
    that began in it may count in the period. No month before that one is asked for."""
    found = []
    for source in (SOURCES[key] for key in indicator.carried):
        before = of_source(backing, source, [first.previous])
        if before.missing and not before.backed:
            found.append(f"本期以前{source.begun}没有交付{UNKNOWN}")
        elif before.missing:
            found.append(f"上月{source.begun}{before.gaps}{UNKNOWN}")
    return found

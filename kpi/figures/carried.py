"""Rows that last beyond their month: what a period has over from before, where that was not delivered."""

from datetime import date, timedelta

from kpi.figures.backing import Backing
from kpi.figures.coverage import gaps_of, named_units, of_source
from kpi.figures.day_states import Unit, unit_on, units_between
from kpi.figures.indicators import Indicator
from kpi.figures.measures import MEASURES
from kpi.figures.sources import SOURCES, Source
from tracker.periods import Month

UNKNOWN = "（结转未知）"


def untold_before(backing: Backing, indicator: Indicator, first: Month) -> list[str]:
    """What was not delivered of the calendar month before a period's first, source by source, though rows
    that began in it may count in the period. Of what is there at the end of a month every earlier day counts,
    from the first on of which something was delivered; else no month before that one is asked for. Of rows
    that last over midnight the day before the period is, where something was delivered before that."""
    found = []
    for source in (SOURCES[key] for key in indicator.carried):
        before = of_source(backing, source, [first.previous])
        if before.missing and not before.backed:
            found.append(f"本期以前{source.begun}没有交付{UNKNOWN}")
        elif before.missing:
            found.append(f"上月{source.begun}{before.gaps}{UNKNOWN}")
        earlier = _delivered_before(backing, source, first.previous) if indicator.is_level else []
        if gaps := gaps_of(source, [unit for unit in earlier if unit.lacks]):
            found.append(f"更早{source.begun}{gaps}{UNKNOWN}")
    eve = first.first_day - timedelta(days=1)
    for source in (SOURCES[key] for key in indicator.over_midnight):
        had_begun = min(backing.days.get(source.delivery, ()), default=eve) < eve
        if had_begun:
            found += [
                f"{source.title}{gap}" for gap in [gaps_of(source, [unit_on(backing, source, eve)])] if gap
            ]
    return found


def _delivered_before(backing: Backing, source: Source, month: Month) -> list[Unit]:
    """The units before a month, from the first one on of which something was delivered."""
    begun = min(backing.days.get(source.delivery, ()), default=month.first_day)
    return units_between(backing, source, begun, month.first_day) if begun < month.first_day else []


def untold_days_before(backing: Backing, indicator: Indicator, first: Month) -> tuple[list[date], str]:
    """The days before a period's first whose rows may make rows of the period count, and that were not
    delivered; and the sentence that names them, empty where there are none."""
    days: dict[date, int] = {}
    told = ""
    for among in dict.fromkeys(MEASURES[key].among for key in indicator.formula.measures):
        if not among.reaches:
            continue
        source, since = SOURCES[among.source], first.first_day - timedelta(days=among.reaches)
        missing = {
            unit.first_day: unit.lacking
            for unit in units_between(backing, source, since, first.first_day)
            if unit.lacks
        }
        if missing:
            days |= missing
            told = f"本期以前的{source.title}缺{named_units(source, missing, ())}，与它们前后相连的不明"
    return sorted(days), told

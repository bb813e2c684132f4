"""Rows that last beyond their month: what a period has over from before, where that was not delivered."""

from dataclasses import replace
from datetime import date, timedelta

from kpi.figures.coverage import compute_ended_coverage, compute_source_coverage
from kpi.figures.coverage_inputs import Backing
from kpi.figures.day_runs import find_runs
from kpi.figures.day_states import CoverageUnit, find_unit, list_units_between
from kpi.figures.gap import Gap, GapCode
from kpi.figures.indicators import Indicator
from kpi.figures.measures import MEASURES
from kpi.figures.sources import SOURCES, Source
from tracker.periods import Month


def list_gaps_before(backing: Backing, indicator: Indicator, first: Month) -> list[Gap]:
    """What was not delivered of the calendar month before a period's first, source by source, though rows
    that began in it may count in the period. Of what is there at the end of a month every earlier day counts,
    from the first on of which something was delivered; else no month before that one is asked for. Of rows
    that last over midnight the day before the period is, where something was delivered before that."""
    gaps = []
    for source in (SOURCES[key] for key in indicator.carried):
        before = compute_source_coverage(backing, source, [first.previous])
        if before.missing and not before.backed:
            gaps.append(Gap(GapCode.CARRIED_NEVER, source.key))
        else:
            gaps += [replace(gap, code=GapCode.CARRIED_MISSING) for gap in before.gaps]
        earlier = _list_units_before(backing, source, first.previous) if indicator.is_level else []
        gaps += [
            replace(gap, code=GapCode.CARRIED_EARLIER) for gap in compute_ended_coverage(source, earlier).gaps
        ]
    eve = first.first_day - timedelta(days=1)
    for source in (SOURCES[key] for key in indicator.over_midnight):
        had_begun = min(backing.days.get(source.delivery, ()), default=eve) < eve
        if had_begun:
            gaps += compute_ended_coverage(source, [find_unit(backing, source, eve)]).gaps
    return gaps


def _list_units_before(backing: Backing, source: Source, month: Month) -> list[CoverageUnit]:
    """The units before a month, from the first one on of which something was delivered."""
    begun = min(backing.days.get(source.delivery, ()), default=month.first_day)
    return list_units_between(backing, source, begun, month.first_day) if begun < month.first_day else []


def list_day_gaps_before(backing: Backing, indicator: Indicator, first: Month) -> list[Gap]:
    """The days before a period's first whose rows may make rows of the period count, and that were not
    delivered; at most one gap a source."""
    days: dict[str, dict[date, int]] = {}
    for among in dict.fromkeys(MEASURES[key].among for key in indicator.formula.measures):
        if not among.reaches:
            continue
        source, since = SOURCES[among.source], first.first_day - timedelta(days=among.reaches)
        missing = compute_ended_coverage(
            source, list_units_between(backing, source, since, first.first_day)
        ).missing
        if missing:
            days[source.key] = days.get(source.key, {}) | missing
    return [
        Gap(GapCode.NEIGHBOURS, key, find_runs(SOURCES[key].rhythm, missing)) for key, missing in days.items()
    ]

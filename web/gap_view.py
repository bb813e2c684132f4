"""What is missing and what mends it, told once for all the indicators that suffer from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from kpi.figures.coverage import compute_ended_coverage
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import list_units
from kpi.figures.figure import Status
from kpi.figures.shared_gaps import group_gaps
from kpi.figures.sources import SOURCES
from tracker.periods import Month, Period
from web.figure_view import FigureView


@dataclass(frozen=True)
class GapLine:
    """What sources lack, and the indicators that suffer from it. `status` is None of what is only owed."""

    status: Status | None
    reason: str
    remedies: tuple[str, ...]
    indicators: tuple[FigureView, ...]


@dataclass(frozen=True)
class PeriodGaps:
    """What a period lacks, and what is owed in the month that runs."""

    named: tuple[GapLine, ...]
    owed: tuple[GapLine, ...] = ()


def list_period_gaps(
    connection: sa.Connection, center: str, period: Period, today: date, figures: Sequence[FigureView]
) -> PeriodGaps:
    """What a period lacks. One statement where it still runs, and else none."""
    running = Month.of(today)
    owed = running in period.months
    return PeriodGaps(
        _list_named(figures, owed_too=False),
        _list_owed(connection, center, running, today, figures) if owed else (),
    )


def list_known_gaps(figures: Sequence[FigureView]) -> PeriodGaps:
    """What figures of an earlier day lacked, as they tell it themselves."""
    return PeriodGaps(_list_named(figures, owed_too=True))


def _list_owed(
    connection: sa.Connection, center: str, month: Month, today: date, figures: Sequence[FigureView]
) -> tuple[GapLine, ...]:
    """One entry for the sources of which the same days are owed."""
    backing = read_backing(connection, center, month.first_day, month.end_day, today)
    alike: dict[str, list[str]] = {}
    for key, source in SOURCES.items():
        if gaps := compute_ended_coverage(source, list_units(backing, source, month)).named:
            alike.setdefault(gaps, []).append(key)
    return tuple(
        GapLine(
            None,
            f"{'、'.join(SOURCES[key].title for key in keys)}{gaps}。",
            tuple(dict.fromkeys(SOURCES[key].remedy for key in keys)),
            tuple(one for one in figures if not set(keys).isdisjoint(one.indicator.needs)),
        )
        for gaps, keys in alike.items()
    )


def _list_named(figures: Sequence[FigureView], *, owed_too: bool) -> tuple[GapLine, ...]:
    """One entry for each gap, with all the indicators that suffer from it; the worst first."""
    by_key = {one.indicator.key: one for one in figures}
    found = group_gaps((one.indicator, one.figure) for one in figures if one.figure is not None)
    return tuple(
        GapLine(
            one.status,
            one.reason,
            (one.remedy,),
            tuple(by_key[indicator.key] for indicator, _ in one.affected),
        )
        for one in found
        if owed_too or not one.is_owed
    )

"""What is missing and what mends it, told once for all the indicators that suffer from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from kpi.figures.coverage import of_ended
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import units_of
from kpi.figures.figure import Status
from kpi.figures.shared_gaps import lacks_of
from kpi.figures.sources import SOURCES
from tracker.periods import Month, Period
from web.figure_view import Shown


@dataclass(frozen=True)
class ShownLack:
    """What sources lack, and the indicators that suffer from it. `status` is None of what is only owed."""

    status: Status | None
    reason: str
    remedies: tuple[str, ...]
    indicators: tuple[Shown, ...]


@dataclass(frozen=True)
class ShownLacks:
    """What a period lacks, and what is owed in the month that runs."""

    named: tuple[ShownLack, ...]
    owed: tuple[ShownLack, ...] = ()


def lacks_of_period(
    connection: sa.Connection, center: str, period: Period, today: date, shown: Sequence[Shown]
) -> ShownLacks:
    """What a period lacks. One statement where it still runs, and else none."""
    running = Month.of(today)
    owed = running in period.months
    return ShownLacks(
        _named(shown, owed_too=False), _owed(connection, center, running, today, shown) if owed else ()
    )


def lacks_as_known(shown: Sequence[Shown]) -> ShownLacks:
    """What figures of an earlier day lacked, as they tell it themselves."""
    return ShownLacks(_named(shown, owed_too=True))


def _owed(
    connection: sa.Connection, center: str, month: Month, today: date, shown: Sequence[Shown]
) -> tuple[ShownLack, ...]:
    """One entry for the sources of which the same days are owed."""
    backing = read_backing(connection, center, month.first_day, month.end_day, today)
    alike: dict[str, list[str]] = {}
    for key, source in SOURCES.items():
        if told := of_ended(source, units_of(backing, source, month)).named:
            alike.setdefault(told, []).append(key)
    return tuple(
        ShownLack(
            None,
            f"{'、'.join(SOURCES[key].title for key in keys)}{told}。",
            tuple(dict.fromkeys(SOURCES[key].remedy for key in keys)),
            tuple(one for one in shown if not set(keys).isdisjoint(one.indicator.needs)),
        )
        for told, keys in alike.items()
    )


def _named(shown: Sequence[Shown], *, owed_too: bool) -> tuple[ShownLack, ...]:
    """One entry for each gap, with all the indicators that suffer from it; the worst first."""
    by_key = {one.indicator.key: one for one in shown}
    found = lacks_of((one.indicator, one.figure) for one in shown if one.figure is not None)
    return tuple(
        ShownLack(
            one.status,
            one.reason,
            (one.remedy,),
            tuple(by_key[indicator.key] for indicator, _ in one.suffering),
        )
        for one in found
        if owed_too or not one.is_owed
    )

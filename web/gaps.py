"""What is missing and what mends it, told once for all the indicators that suffer from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpi.figures.figure import Status
from kpi.figures.lacking import LACKING, lacks_of
from web.shown import Shown


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
    return [one for one in shown if one.figure is not None and one.figure.status in LACKING]


def _only_running(one: Shown) -> bool:
    figures = [month.figure for month in one.months if month.figure is not None]
    ended = {figure.status for figure in figures if not figure.provisional}
    return one.figure is not None and one.figure.provisional and not ended & set(LACKING)


def _named(lacking: Sequence[Shown]) -> tuple[Gap, ...]:
    """One entry for each gap of a source, with all the indicators that suffer from it; the worst first."""
    by_key = {one.indicator.key: one for one in lacking}
    found = lacks_of((one.indicator, one.figure) for one in lacking if one.figure is not None)
    return tuple(
        Gap(
            one.status,
            one.reason,
            one.remedies,
            tuple(by_key[indicator.key] for indicator, _ in one.suffering),
        )
        for one in found
    )

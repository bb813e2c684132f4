"""Rows of which not everything is known: how many, for which measure, and which field nobody told.

They are counted beside the sums, never in them: a figure takes its bounds and its status from here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from kpi.figures.gap import GapCode
from kpi.figures.measures import MEASURES
from kpi.figures.measures.certainty import DECLARED, FieldKey, find_fields
from tracker.periods import Month


class UnclearField(NamedTuple):
    """A field that rows of a source do not tell."""

    source: str  # key of the source
    title: str  # of the field
    rows: int
    misread: int  # of them, whose cell was there but was not understood
    by_all: bool  # whether no row of the period tells it
    unit: str  # what is counted: 行, or what several rows make up
    code: GapCode | None  # of the gap that such rows leave; None: as of any field of a delivery


@dataclass(frozen=True)
class Unknowns:
    """Rows that a measure may or may not count, by month of one year."""

    _sums: dict[tuple[str, ...], Counter[int]] = field(
        default_factory=dict
    )  # what is counted → month → number

    def __bool__(self) -> bool:
        return bool(self._sums)

    def of(self, measure: str, months: Iterable[Month]) -> int:
        """Σ of what rows would add that may or may not count."""
        return self._add_up(("sum", measure), months) + self._sum_unplaced(("unplaced", measure), months)

    def count_without_value(self, measure: str, months: Iterable[Month]) -> int:
        """Rows that count, or may, but do not tell how much they add."""
        return self._add_up(("open", measure), months)

    def among(self, below: str, above: Sequence[str], months: Iterable[Month]) -> int:
        """Σ over rows that count for the measure `below`, and may or may not count for one of `above`."""
        return self._add_up(("pair", below, *above), months)

    def fields(self, measure: str, months: Sequence[Month]) -> Iterable[UnclearField]:
        """The fields for want of which rows may or may not count."""
        among = MEASURES[measure].among
        for one, title in _find_fields(measure).items():
            name, declared = one[1], DECLARED.get(one)
            rows = self._add_up(("field", measure, name), months) + self._sum_unplaced(
                ("day", measure, name), months
            )
            if rows:
                misread = self._add_up(("misread", measure, name), months)
                misread += self._sum_unplaced(("misread day", measure, name), months)
                in_part = declared is not None and declared.is_partly_known
                by_all = not in_part and not self._add_up(("told", among.key, name), months)
                code = declared.code if declared else None
                yield UnclearField(among.source, title, rows, misread, by_all, among.unit, code)

    def unsettled(self, measure: str, months: Iterable[Month]) -> int:
        """Rows that were last told of before they came to count, if they did."""
        return self._add_up(("unsettled", measure), months)

    def fading(self, measure: str, months: Iterable[Month]) -> int:
        """Rows that count and were last told of before they ceased to, if they did."""
        return self._add_up(("fading", measure), months)

    def told(self, measure: str, months: Sequence[Month]) -> Iterable[tuple[str, str]]:
        """Source and title of the fields that some row tells."""
        among = MEASURES[measure].among
        for (_, name), title in _find_fields(measure).items():
            if self._add_up(("told", among.key, name), months) > 0:
                yield among.source, title

    def add(self, what: tuple[str, ...], month: int, number: int) -> None:
        """Takes in what was counted in a month of the year."""
        if number:
            self._sums.setdefault(what, Counter())[month] += number

    def _add_up(self, what: tuple[str, ...], months: Iterable[Month]) -> int:
        by_month = self._sums.get(what, Counter())
        return sum(by_month.get(month.month, 0) for month in months)

    def _sum_unplaced(self, what: tuple[str, ...], months: Iterable[Month]) -> int:
        """Rows whose day nobody told may be of any month from the one on in which they first can be."""
        by_month, last = self._sums.get(what, Counter()), max((month.month for month in months), default=0)
        return sum(number for month, number in by_month.items() if month <= last)


@lru_cache(maxsize=256)
def _find_fields(measure: str) -> dict[FieldKey, str]:
    one = MEASURES[measure]
    return find_fields(one.where, one.value, one.among.day)

"""Rows of deliveries that were held back and are still missing: how many a figure may lack."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kpi.figures.measures import Population
from kpi.figures.measures.certainty import fields_of
from kpi.figures.sources import SOURCES
from tracker.periods import Month


class Span(NamedTuple):
    """Rows held back of one delivery; each is of one of these days, both included."""

    source: str  # as deliveries name it
    first: date
    last: date
    rows: int


@dataclass(frozen=True)
class HeldRows:
    """The rows held back of a centre."""

    spans: tuple[Span, ...] = ()

    def among(self, population: Population, months: Sequence[Month]) -> int:
        """How many rows a population may lack in the months.

        A thing that lasts, or whose counting day is another than the row's own, may be of any later month.
        """
        if not self.spans or not months:
            return 0
        source = SOURCES[population.source].delivery
        spans = [one for one in self.spans if one.source == source]
        if population.by_month:
            return sum(one.rows for one in spans for month in months if one.first < month.end_day)
        if fields_of(population.day):
            return sum(one.rows for one in spans if one.first < months[-1].end_day)
        return sum(one.rows for one in spans if _within(one, months))


def _within(span: Span, months: Iterable[Month]) -> bool:
    return any(span.first < month.end_day and span.last >= month.first_day for month in months)

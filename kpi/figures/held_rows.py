"""Rows of deliveries that were held back and are still missing: how many a figure may lack."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from kpi.figures.measures import Population
from kpi.figures.measures.certainty import find_fields
from kpi.figures.sources import SOURCES
from tracker.periods import Month


class HeldBackSpan(NamedTuple):
    """Rows held back; each is of one of these days, both included."""

    source: str  # as deliveries name it
    first: date
    last: date
    rows: int
    known: int  # of them, that may speak of things told of otherwise
    asked: int  # of them, that wait with their file for an answer


class HeldBackCount(NamedTuple):
    """How many rows held back may be lacking, and how many of them are what a span says of its own."""

    rows: int
    known: int
    asked: int


@dataclass(frozen=True)
class HeldBackRows:
    """The rows held back of a centre."""

    spans: tuple[HeldBackSpan, ...] = ()

    def among(self, population: Population, months: Sequence[Month]) -> HeldBackCount:
        """How many rows a population may lack in the months.

        A thing that lasts, or whose counting day is another than the row's own, may be of any later month.
        """
        spans = self._spans(population, months) if self.spans and months else []
        return HeldBackCount(
            sum(one.rows for one in spans),
            sum(one.known for one in spans),
            sum(one.asked for one in spans),
        )

    def _spans(self, population: Population, months: Sequence[Month]) -> list[HeldBackSpan]:
        source = SOURCES[population.source].delivery
        spans = [one for one in self.spans if one.source == source]
        if population.by_month:
            return [one for one in spans for month in months if one.first < month.end_day]
        if find_fields(population.day):
            return [one for one in spans if one.first < months[-1].end_day]
        return [one for one in spans if _may_lie_within(one, months, timedelta(days=population.reaches))]


def _may_lie_within(span: HeldBackSpan, months: Iterable[Month], reaches: timedelta) -> bool:
    """Whether a row held back may be of the months, or of days before them that reach into them."""
    return any(span.first < month.end_day and span.last >= month.first_day - reaches for month in months)

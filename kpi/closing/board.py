"""A year's months side by side: how far each source of each month has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa

from kpi.closing.changes import build_approval_queries, find_changes, find_moved_months
from kpi.closing.lock_requests import holds_request
from kpi.closing.states import Closing, ClosingState, has_ended, read_closings
from kpi.figures.coverage import compute_ended_coverage, compute_owed_coverage
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import list_units
from kpi.figures.sources import SOURCES
from tracker.events.times import get_day
from tracker.periods import Month, Year


@dataclass(frozen=True)
class BoardMonth:
    """A month as the board shows it."""

    closing: Closing
    ended: bool
    coverage: Mapping[str, Fraction | None] = field(default_factory=dict)  # source → share
    changed: frozenset[str] = frozenset()  # sources with changes after their approval
    gaps: Mapping[str, str] = field(default_factory=dict)  # source → 缺8月12日，待报8月20日
    request_holds: bool = False  # all is approved, and a request to lock waits for its second person

    @property
    def month(self) -> Month:
        return self.closing.month

    def state(self, source: str) -> ClosingState:
        return ClosingState.LOCKED if self.closing.sealed else self.closing.states[source].state

    @property
    def lagging(self) -> ClosingState:
        """The month's own state: that of its least advanced source."""
        order = list(ClosingState)
        return min((self.state(key) for key in self.closing.states), key=order.index)

    def sources(self, state: ClosingState) -> list[str]:
        """The sources in a state."""
        return [key for key in self.closing.states if self.state(key) is state]


def read_board(connection: sa.Connection, center: str, year: Year, now: datetime) -> list[BoardMonth]:
    """The year's months; figures must be up to date."""
    backing = read_backing(connection, center, year.first_day, year.end_day, get_day(now))
    closings = read_closings(connection, center, year.months)
    moved = _find_changed_sources(connection, center, closings)
    board = []
    for month, closing in closings.items():
        ended = has_ended(month, now)
        shares = {
            key: compute_owed_coverage(backing, SOURCES[key], [month]).share
            for key in closing.states
            if ended
        }
        changed = moved.get(month, frozenset()) | _find_coverage_changes(closing, shares)
        gaps = {
            key: compute_ended_coverage(SOURCES[key], list_units(backing, SOURCES[key], month)).named
            for key in closing.states
        }
        approved = all(one.state is ClosingState.APPROVED for one in closing.states.values())
        asked = ended and approved and not changed and holds_request(connection, center, closing)
        board.append(BoardMonth(closing, ended, shares, changed, gaps, asked))
    return board


def _find_changed_sources(
    connection: sa.Connection, center: str, closings: Mapping[Month, Closing]
) -> dict[Month, frozenset[str]]:
    """Month → its sources with things that changed after approval. One statement where there are none."""
    queries = {
        month: build_approval_queries(closing) for month, closing in closings.items() if not closing.sealed
    }
    months = find_moved_months(connection, center, {month: one for month, one in queries.items() if one})
    return {
        month: frozenset(find_changes(connection, center, queries[month], month.end_day).things)
        for month in months
    }


def _find_coverage_changes(closing: Closing, shares: Mapping[str, Fraction | None]) -> frozenset[str]:
    """Approved sources whose coverage is another than it was then."""
    if closing.sealed:
        return frozenset()
    return frozenset(
        key
        for key, state in closing.states.items()
        if state.state is ClosingState.APPROVED and state.approved_coverage != shares.get(key)
    )

"""A year's months side by side: how far each source of each month has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa

from kpi.closing.changes import changes_of, may_have_changed, since_approval
from kpi.closing.states import Closing, State, has_ended, read_closings
from kpi.figures.coverage import of_ended, of_source
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import units_of
from kpi.figures.sources import SOURCES
from tracker.events.times import day_of
from tracker.periods import Month, Year


@dataclass(frozen=True)
class BoardMonth:
    """A month as the board shows it."""

    closing: Closing
    ended: bool
    coverage: Mapping[str, Fraction | None] = field(default_factory=dict)  # source → share
    changed: frozenset[str] = frozenset()  # sources with changes after their approval
    gaps: Mapping[str, str] = field(default_factory=dict)  # source → 缺8月12日，待交8月20日

    @property
    def month(self) -> Month:
        return self.closing.month

    def state(self, source: str) -> State:
        return State.LOCKED if self.closing.sealed else self.closing.states[source].state

    @property
    def lagging(self) -> State:
        """The month's own state: that of its least advanced source."""
        order = list(State)
        return min((self.state(key) for key in self.closing.states), key=order.index)

    def sources(self, state: State) -> list[str]:
        """The sources in a state."""
        return [key for key in self.closing.states if self.state(key) is state]


def read_board(connection: sa.Connection, center: str, year: Year, now: datetime) -> list[BoardMonth]:
    """The year's months; figures must be up to date."""
    backing = read_backing(connection, center, year.first_day, year.end_day, day_of(now))
    closings = read_closings(connection, center, year.months)
    moved = _moved(connection, center, closings)
    found = []
    for month, closing in closings.items():
        ended = has_ended(month, now)
        shares = {key: of_source(backing, SOURCES[key], [month]).share for key in closing.states if ended}
        changed = moved.get(month, frozenset()) | _other_coverage(closing, shares)
        gaps = {
            key: of_ended(SOURCES[key], units_of(backing, SOURCES[key], month)).named
            for key in closing.states
        }
        found.append(BoardMonth(closing, ended, shares, changed, gaps))
    return found


def _moved(
    connection: sa.Connection, center: str, closings: Mapping[Month, Closing]
) -> dict[Month, frozenset[str]]:
    """Month → its sources with things that changed after approval. One statement where there are none."""
    asked = {month: since_approval(closing) for month, closing in closings.items() if not closing.sealed}
    touched = may_have_changed(connection, center, {month: one for month, one in asked.items() if one})
    return {
        month: frozenset(changes_of(connection, center, asked[month], month.end_day).things)
        for month in touched
    }


def _other_coverage(closing: Closing, shares: Mapping[str, Fraction | None]) -> frozenset[str]:
    """Approved sources whose coverage is another than it was then."""
    if closing.sealed:
        return frozenset()
    return frozenset(
        key
        for key, told in closing.states.items()
        if told.state is State.APPROVED and told.approved_coverage != shares.get(key)
    )

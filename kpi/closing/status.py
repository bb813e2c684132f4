"""Where a month stands: one row a source, what stands in the way of locking it, and what comes next."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa

from kpi.closing.changes import Change, Changes, build_approval_queries, find_changes
from kpi.closing.checklist import SourceCheck, check_months
from kpi.closing.lock_requests import holds_request
from kpi.closing.states import (
    Closing,
    ClosingState,
    SourceState,
    has_ended,
    list_needed_sources,
    list_siblings,
    read_closings,
    read_seals,
)
from kpi.figures.coverage_reading import read_backing
from kpi.figures.source import Source
from tracker.events.times import get_day
from tracker.periods import Month

_NAMED = 4  # sources named before the rest is only counted


@dataclass(frozen=True)
class SourceStatus:
    """A source of a month: how far it has come, what was found, what changed since its approval."""

    told: SourceState
    checked: SourceCheck
    state: ClosingState
    changes: tuple[Change, ...] = ()  # things that changed after approval

    @property
    def source(self) -> Source:
        return self.checked.source

    @property
    def coverage(self) -> Fraction | None:
        return self.checked.coverage.share

    @property
    def fingerprint(self) -> str:
        """What a person sees of it before she approves, as 12 hex digits: acts, coverage, findings."""
        shown = (self.told.acts, self.coverage, self.checked.told, self.told.acknowledged)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:12]

    @property
    def changed(self) -> int:
        """Changes since approval: things that say something else, and coverage that is another."""
        return len(self.changes) + self.coverage_moved

    @property
    def coverage_moved(self) -> bool:
        return self.state is ClosingState.APPROVED and self.told.approved_coverage != self.coverage

    @property
    def unexplained(self) -> bool:
        """Whether something was found that its submission did not acknowledge."""
        submitted = self.state in (ClosingState.SUBMITTED, ClosingState.APPROVED)
        return submitted and bool(self.checked.findings) and not self.told.acknowledged


@dataclass(frozen=True)
class MonthStatus:
    """A month as its closing page shows it."""

    closing: Closing
    rows: tuple[SourceStatus, ...]
    ended: bool
    unlocked_siblings: tuple[Month, ...]  # of the quarter or year that it ends
    now: datetime
    request_stands: bool = False  # to lock it, whatever else stands in the way

    @property
    def month(self) -> Month:
        return self.closing.month

    @property
    def by_source(self) -> Mapping[str, SourceStatus]:
        return {row.source.key: row for row in self.rows}

    @property
    def state(self) -> ClosingState:
        """The month's own: that of its least advanced source."""
        order = list(ClosingState)
        return min((row.state for row in self.rows), key=order.index)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """What stands in the way of locking; none for a locked month."""
        return () if self.closing.sealed else tuple(self._list_obstacles())

    @property
    def request_holds(self) -> bool:
        """Whether a request to lock waits for its second person, and nothing else is needed."""
        return self.request_stands and not self.obstacles

    def _list_obstacles(self) -> Iterable[str]:
        if not self.ended:
            yield f"{self.month.label}还没有结束"
        for state in (ClosingState.OPEN, ClosingState.COMPLETED, ClosingState.SUBMITTED):
            titles = [row.source.title for row in self.rows if row.state is state]
            if titles:
                yield f"{join_titles(titles)}{state.value}"
        for row in self.rows:
            if row.state is ClosingState.APPROVED and row.changed:
                yield f"{row.source.title}已审批后有变动（{row.changed:,}处），须重新审批"
            elif row.state is ClosingState.APPROVED and row.unexplained:
                yield f"{row.source.title}有未说明的问题（{row.checked.told}），须退回后重新提交并说明"
        if self.unlocked_siblings:
            months = "、".join(f"{one.month}月" for one in self.unlocked_siblings)
            longer = "全年" if self.month.month == 12 else self.month.quarter.label
            yield f"{longer}的数字随{self.month.label}一并锁定，须先锁定{months}"


def join_titles(titles: Sequence[str]) -> str:
    """Titles of sources; of many, the first few and how many there are."""
    if len(titles) <= _NAMED:
        return "、".join(titles)
    return f"{'、'.join(titles[:_NAMED])}等{len(titles)}个来源"


def read_status(connection: sa.Connection, center: str, month: Month, now: datetime) -> MonthStatus:
    """A month's status; its figures must be up to date."""
    return read_statuses(connection, center, [month], now)[month]


def read_statuses(
    connection: sa.Connection, center: str, months: Sequence[Month], now: datetime
) -> dict[Month, MonthStatus]:
    """The status of several months of a year, in their order; figures must be up to date."""
    wanted = sorted(months)
    if not wanted:
        return {}
    closings = read_closings(connection, center, wanted)
    backing = read_backing(connection, center, wanted[0].first_day, wanted[-1].end_day, get_day(now))
    checked = check_months(connection, center, wanted, list_needed_sources(), backing)
    siblings = {month: list_siblings(month) for month in wanted}
    others = {one for months_beside in siblings.values() for one in months_beside}
    locked = {seal.month for seal in read_seals(connection, center, sorted(others))} if others else set()
    return {
        month: MonthStatus(
            closing,
            _build_rows(connection, center, closing, checked[month]),
            has_ended(month, now),
            tuple(one for one in siblings[month] if one not in locked),
            now,
            holds_request(connection, center, closing),
        )
        for month, closing in closings.items()
    }


def _build_rows(
    connection: sa.Connection, center: str, closing: Closing, checked: Mapping[str, SourceCheck]
) -> tuple[SourceStatus, ...]:
    changes = _read_changes(connection, center, closing)
    return tuple(
        SourceStatus(
            state,
            checked[key],
            ClosingState.LOCKED if closing.sealed else state.state,
            tuple(changes.things.get(key, ())),
        )
        for key, state in closing.states.items()
    )


def _read_changes(connection: sa.Connection, center: str, closing: Closing) -> Changes:
    """What changed after each source's approval; nothing is asked of a month that is locked."""
    if closing.sealed:
        return Changes({}, ())
    return find_changes(connection, center, build_approval_queries(closing), closing.month.end_day)

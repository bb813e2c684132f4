"""What was recorded after a log position and bears on a span of days, thing by thing, before and after.

The days that each batch moved say which batches to look at; only their things are compared.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from kpi.closing.change_columns import WATCHED, ChangeScope, RowValues, WatchedTable
from kpi.closing.states import Closing
from tracker.database import get_driver
from tracker.events.ledger import EventVoided
from tracker.events.lists import ThingChecked
from tracker.fact_rows import get_kind
from tracker.facts import FactTable
from tracker.facts.calls import calls
from tracker.facts.daily_counts import INSPECTIONS
from tracker.log.changes import read_statements_at
from tracker.log.projection import project_rows
from tracker.log.statements import StatementsBySlot, list_subjects, read_statements
from tracker.log.tables import day_changes, events
from tracker.periods import Month

_CHUNK = 5_000
_KEY_COLUMNS = ("center_id", "subject", "seq")  # not what is said of the thing


class ChangeQuery(NamedTuple):
    """Which days of a source, and changes since when."""

    first: date
    since: int  # a log position


@dataclass(frozen=True)
class Change:
    """A thing that says something else about the days than it did before."""

    source: str
    subject: str
    before: RowValues | None  # its fact row; None: it said nothing about them
    after: RowValues | None


@dataclass(frozen=True)
class Changes:
    """What changed of several sources, and the runs of events in which it did."""

    things: Mapping[str, Sequence[Change]]  # source → changes; sources without any are absent
    runs: Sequence[tuple[int, int]]  # inclusive


def find_changes(
    connection: sa.Connection, center: str, queries: Mapping[str, ChangeQuery], end: date
) -> Changes:
    """The things of each source that changed since, as far as days before `end` are concerned."""
    moved = _find_moved_runs(connection, center, queries, end)
    things: dict[str, list[Change]] = {}
    for watched in WATCHED:
        runs = moved.get(watched.source, [])
        if runs:
            changes = list(
                _find_source_changes(connection, center, watched, queries[watched.source], end, runs)
            )
            if changes:
                things[watched.source] = changes
    return Changes(things, sorted({run for runs in moved.values() for run in runs}))


def build_approval_queries(closing: Closing) -> dict[str, ChangeQuery]:
    """What to ask of a month's approved sources: changes since then."""
    return {
        key: ChangeQuery(closing.month.first_day, state.approved_seq)
        for key, state in closing.states.items()
        if state.approved_seq is not None
    }


def find_moved_months(
    connection: sa.Connection, center: str, queries: Mapping[Month, Mapping[str, ChangeQuery]]
) -> set[Month]:
    """The months of which days moved; the others have no changes. One statement."""
    selects = [
        part.add_columns(sa.literal(str(month)))
        for month, of_month in queries.items()
        for part in _select_moves(center, of_month, month.end_day)
    ]
    moved = {row[-1] for row in connection.execute(sa.union(*selects))} if selects else set()
    return {month for month in queries if str(month) in moved}


def is_within(column: sa.ColumnElement[int], runs: Iterable[tuple[int, int]]) -> sa.ColumnElement[bool]:
    """Whether a number lies in one of the runs."""
    return sa.or_(sa.false(), *(column.between(first, last) for first, last in runs))


def _find_moved_runs(
    connection: sa.Connection, center: str, queries: Mapping[str, ChangeQuery], end: date
) -> dict[str, list[tuple[int, int]]]:
    """Source → runs of events that moved days which may bear on those asked for. One statement."""
    selects = list(_select_moves(center, queries, end))
    runs: dict[str, list[tuple[int, int]]] = {}
    for source, first, last in connection.execute(sa.union_all(*selects)) if selects else ():
        runs.setdefault(source, []).append((first, last))
    return runs


def _select_moves(center: str, queries: Mapping[str, ChangeQuery], end: date) -> Iterator[sa.Select[Any]]:
    """Source, first and last event of the runs; one part a source."""
    table = day_changes.c
    for one in WATCHED:
        if one.source in queries:
            yield (
                sa.select(sa.literal(one.source).label("source"), table.first_seq, table.last_seq)
                .where(
                    table.center_id == center,
                    table.fact == one.fact.name,
                    table.last_seq > queries[one.source].since,
                    *_match_days(one.reach, queries[one.source].first, end),
                )
                .distinct()
            )


def _match_days(reach: ChangeScope, first: date, end: date) -> Iterator[sa.ColumnElement[bool]]:
    if reach is not ChangeScope.BEFORE_ITS_END:
        yield day_changes.c.day >= first
    if reach is not ChangeScope.SINCE_ITS_START:
        yield day_changes.c.day < end


def _find_source_changes(
    connection: sa.Connection,
    center: str,
    watched: WatchedTable,
    query: ChangeQuery,
    end: date,
    runs: Sequence[tuple[int, int]],
) -> Iterator[Change]:
    raw = get_driver(connection)
    span = (query.first.isoformat(), end.isoformat())
    for chunk in _split_into_chunks(sorted(_find_subjects(connection, center, watched, query, end, runs))):
        before = _project_rows(
            connection, center, watched.fact, read_statements_at(raw, center, chunk, query.since)
        )
        after = _project_rows(connection, center, watched.fact, read_statements(raw, center, chunk))
        for subject in chunk:
            pair = before.get(subject), after.get(subject)
            extracts = [None if row is None else watched.seen(row, *span) for row in pair]
            if extracts[0] != extracts[1]:
                yield Change(watched.source, subject, *pair)


def _split_into_chunks(subjects: Sequence[str]) -> Iterator[Sequence[str]]:
    return (subjects[start : start + _CHUNK] for start in range(0, len(subjects), _CHUNK))


def _find_subjects(
    connection: sa.Connection,
    center: str,
    watched: WatchedTable,
    query: ChangeQuery,
    end: date,
    runs: Sequence[tuple[int, int]],
) -> set[str]:
    """Things told of in the runs that may say something about the days, or may have said it before."""
    since = sa.and_(events.c.center_id == center, is_within(events.c.seq, runs), events.c.seq > query.since)
    rows = sa.select(events.c.subject).where(
        since, events.c.source.in_((watched.events, ThingChecked.source))
    )
    if watched.reach is ChangeScope.WITHIN:
        rows = rows.where(
            sa.or_(_is_on_days(watched.fact, query.first, end), _is_recorded_before(query.since))
        )
    subjects = set(connection.scalars(rows.distinct()))
    voids = sa.select(events.c.data).where(since, events.c.type == EventVoided.type)
    for data in connection.scalars(voids).all():
        void = orjson.loads(data)
        subjects |= list_subjects(get_driver(connection), center, void["event_seq"], void["delivery"])
    return {subject for subject in subjects if get_kind(subject) == watched.fact.kind}


def _is_on_days(fact: FactTable, first: date, end: date) -> sa.ColumnElement[bool]:
    table = fact.table.c
    days = (sa.and_(table[name] >= first, table[name] < end) for name in fact.days)
    same = sa.and_(table.center_id == events.c.center_id, table.subject == events.c.subject)
    return sa.exists().where(same, sa.or_(*days))


def _is_recorded_before(since: int) -> sa.ColumnElement[bool]:
    earlier = events.alias("earlier")
    same = sa.and_(earlier.c.center_id == events.c.center_id, earlier.c.subject == events.c.subject)
    return sa.exists().where(same, earlier.c.seq <= since)


def _project_rows(
    connection: sa.Connection, center: str, fact: FactTable, statements: Mapping[str, StatementsBySlot]
) -> dict[str, dict[str, Any]]:
    """The fact rows of things, by column."""
    names = [column.name for column in fact.table.columns][1:]
    rows = [dict(zip(names, row, strict=True)) for row in project_rows(statements, [fact]).get(fact, [])]
    if fact is INSPECTIONS:
        days = _read_call_days(connection, center, [row["call_subject"] for row in rows])
        rows = [row | {"entered_on": days.get(row["call_subject"])} for row in rows]
    return {row["subject"]: {key: row[key] for key in row if key not in _KEY_COLUMNS} for row in rows}


def _read_call_days(connection: sa.Connection, center: str, subjects: Sequence[str]) -> dict[str, str]:
    rows = sa.select(calls.c.subject, calls.c.entered_on).where(
        calls.c.center_id == center, calls.c.subject.in_(subjects)
    )
    return {subject: day.isoformat() for subject, day in connection.execute(rows)}

"""What was recorded after a log position and bears on a span of days, thing by thing, before and after.

The days that each batch moved say which batches to look at; only their things are compared.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from kpi.closing.change_columns import WATCHED, Named, Reach, Watched
from kpi.closing.states import Closing
from tracker.database import driver_of
from tracker.events.ledger import EventVoided
from tracker.events.lists import ThingChecked
from tracker.fact_rows import kind_of
from tracker.facts import Fact
from tracker.facts.calls import calls
from tracker.facts.daily_counts import INSPECTIONS
from tracker.log.changes import held_at
from tracker.log.projection import rows_of
from tracker.log.statements import Held, held_of, subjects_told
from tracker.log.tables import day_changes, events
from tracker.periods import Month

_CHUNK = 5_000
_APART = ("center_id", "subject", "seq")  # not what is said of the thing


class Asked(NamedTuple):
    """Which days of a source, and changes since when."""

    first: date
    since: int  # a log position


@dataclass(frozen=True)
class Change:
    """A thing that says something else about the days than it did before."""

    source: str
    subject: str
    before: Named | None  # its fact row; None: it said nothing about them
    after: Named | None


@dataclass(frozen=True)
class Changes:
    """What changed of several sources, and the runs of events in which it did."""

    things: Mapping[str, Sequence[Change]]  # source → changes; sources without any are absent
    runs: Sequence[tuple[int, int]]  # inclusive


def changes_of(connection: sa.Connection, center: str, asked: Mapping[str, Asked], end: date) -> Changes:
    """The things of each source that changed since, as far as days before `end` are concerned."""
    moved = _moved(connection, center, asked, end)
    things: dict[str, list[Change]] = {}
    for watched in WATCHED:
        runs = moved.get(watched.source, [])
        if runs:
            found = list(_changed(connection, center, watched, asked[watched.source], end, runs))
            if found:
                things[watched.source] = found
    return Changes(things, sorted({run for runs in moved.values() for run in runs}))


def since_approval(closing: Closing) -> dict[str, Asked]:
    """What to ask of a month's approved sources: changes since then."""
    return {
        key: Asked(closing.month.first_day, told.approved_seq)
        for key, told in closing.states.items()
        if told.approved_seq is not None
    }


def may_have_changed(
    connection: sa.Connection, center: str, asked: Mapping[Month, Mapping[str, Asked]]
) -> set[Month]:
    """The months of which days moved; the others have no changes. One statement."""
    told = [
        part.add_columns(sa.literal(str(month)))
        for month, of_month in asked.items()
        for part in _moves(center, of_month, month.end_day)
    ]
    moved = {row[-1] for row in connection.execute(sa.union(*told))} if told else set()
    return {month for month in asked if str(month) in moved}


def within(column: sa.ColumnElement[int], runs: Iterable[tuple[int, int]]) -> sa.ColumnElement[bool]:
    """Whether a number lies in one of the runs."""
    return sa.or_(sa.false(), *(column.between(first, last) for first, last in runs))


def _moved(
    connection: sa.Connection, center: str, asked: Mapping[str, Asked], end: date
) -> dict[str, list[tuple[int, int]]]:
    """Source → runs of events that moved days which may bear on those asked for. One statement."""
    told = list(_moves(center, asked, end))
    runs: dict[str, list[tuple[int, int]]] = {}
    for source, first, last in connection.execute(sa.union_all(*told)) if told else ():
        runs.setdefault(source, []).append((first, last))
    return runs


def _moves(center: str, asked: Mapping[str, Asked], end: date) -> Iterator[sa.Select[Any]]:
    """Source, first and last event of the runs; one part a source."""
    table = day_changes.c
    for one in WATCHED:
        if one.source in asked:
            yield (
                sa.select(sa.literal(one.source).label("source"), table.first_seq, table.last_seq)
                .where(
                    table.center_id == center,
                    table.fact == one.fact.name,
                    table.last_seq > asked[one.source].since,
                    *_days(one.reach, asked[one.source].first, end),
                )
                .distinct()
            )


def _days(reach: Reach, first: date, end: date) -> Iterator[sa.ColumnElement[bool]]:
    if reach is not Reach.BEFORE_ITS_END:
        yield day_changes.c.day >= first
    if reach is not Reach.SINCE_ITS_START:
        yield day_changes.c.day < end


def _changed(
    connection: sa.Connection,
    center: str,
    watched: Watched,
    asked: Asked,
    end: date,
    runs: Sequence[tuple[int, int]],
) -> Iterator[Change]:
    raw = driver_of(connection)
    span = (asked.first.isoformat(), end.isoformat())
    for chunk in _chunks(sorted(_subjects(connection, center, watched, asked, end, runs))):
        before = _rows(connection, center, watched.fact, held_at(raw, center, chunk, asked.since))
        after = _rows(connection, center, watched.fact, held_of(raw, center, chunk))
        for subject in chunk:
            pair = before.get(subject), after.get(subject)
            seen = [None if row is None else watched.seen(row, *span) for row in pair]
            if seen[0] != seen[1]:
                yield Change(watched.source, subject, *pair)


def _chunks(subjects: Sequence[str]) -> Iterator[Sequence[str]]:
    return (subjects[start : start + _CHUNK] for start in range(0, len(subjects), _CHUNK))


def _subjects(
    connection: sa.Connection,
    center: str,
    watched: Watched,
    asked: Asked,
    end: date,
    runs: Sequence[tuple[int, int]],
) -> set[str]:
    """Things told of in the runs that may say something about the days, or may have said it before."""
    since = sa.and_(events.c.center_id == center, within(events.c.seq, runs), events.c.seq > asked.since)
    told = sa.select(events.c.subject).where(
        since, events.c.source.in_((watched.events, ThingChecked.source))
    )
    if watched.reach is Reach.WITHIN:
        told = told.where(sa.or_(_lies_there(watched.fact, asked.first, end), _was_told_before(asked.since)))
    found = set(connection.scalars(told.distinct()))
    voids = sa.select(events.c.data).where(since, events.c.type == EventVoided.type)
    for data in connection.scalars(voids).all():
        void = orjson.loads(data)
        found |= subjects_told(driver_of(connection), center, void["event_seq"], void["delivery"])
    return {subject for subject in found if kind_of(subject) == watched.fact.kind}


def _lies_there(fact: Fact, first: date, end: date) -> sa.ColumnElement[bool]:
    table = fact.table.c
    days = (sa.and_(table[name] >= first, table[name] < end) for name in fact.days)
    same = sa.and_(table.center_id == events.c.center_id, table.subject == events.c.subject)
    return sa.exists().where(same, sa.or_(*days))


def _was_told_before(since: int) -> sa.ColumnElement[bool]:
    earlier = events.alias("earlier")
    same = sa.and_(earlier.c.center_id == events.c.center_id, earlier.c.subject == events.c.subject)
    return sa.exists().where(same, earlier.c.seq <= since)


def _rows(
    connection: sa.Connection, center: str, fact: Fact, held: Mapping[str, Held]
) -> dict[str, dict[str, Any]]:
    """The fact rows of things, by column."""
    names = [column.name for column in fact.table.columns][1:]
    rows = [dict(zip(names, row, strict=True)) for row in rows_of(held, [fact]).get(fact, [])]
    if fact is INSPECTIONS:
        days = _days_of_calls(connection, center, [row["call_subject"] for row in rows])
        rows = [row | {"entered_on": days.get(row["call_subject"])} for row in rows]
    return {row["subject"]: {key: row[key] for key in row if key not in _APART} for row in rows}


def _days_of_calls(connection: sa.Connection, center: str, subjects: Sequence[str]) -> dict[str, str]:
    told = sa.select(calls.c.subject, calls.c.entered_on).where(
        calls.c.center_id == center, calls.c.subject.in_(subjects)
    )
    return {subject: day.isoformat() for subject, day in connection.execute(told)}

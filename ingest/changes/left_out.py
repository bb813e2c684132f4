"""Things that a newer list of the same days leaves out: cancelled, or only not listed. A person says which.

A file of a few corrected rows leaves out nearly everything and says nothing of it. A list that comes anew is
known by what the file says that it covers: the days in its name, and how much of an earlier delivery it
tells again. Half of an earlier delivery's things of the named days make it that delivery anew, or of the same
days where none are named; otherwise three quarters do. Calls and orders of other days than the named ones
stand there where they changed, and from their absence nothing follows.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from ingest.changes.as_of import FORM, find_days_in_name
from ingest.changes.repeated_numbers import GONE, ProposedChange, QuestionCollector
from ingest.importing.file_context import FileContext
from ingest.importing.sibling_tables import FileTables
from ingest.kinds import TableKind
from tracker.events.lists import CHECKED, KEPT, STRUCK, ThingChecked
from tracker.events.times import get_day
from tracker.fact_rows import BY_KIND, get_kind
from tracker.log.statements import fold_statements, read_statements

_NAMED, _OTHERS = 0.5, 0.75  # of an earlier delivery's things, told again by a list that is it anew
_ALIKE = 0.9  # of the days of an earlier delivery, where the name names none: it is that delivery anew
_IN_PART = re.compile("补报|补充|补录|补报|增补|待改|部分|增量|新增|变动|变更|差异|片段")  # no whole list
_NEVER = frozenset({"control_totals"})  # each row is a statement of its own

DaySpan = tuple[date, date]  # the last one excluded


def is_list(kind: TableKind, delivered: FileContext) -> bool:
    """Whether a table of a kind may be a list of all there was on its days."""
    return (
        delivered.covers_days
        and delivered.as_of.basis != FORM
        and kind.backs_days
        and not kind.snapshot
        and kind.name not in _NEVER
        and not _IN_PART.search(delivered.file_name)
    )


def find_left_out(
    connection: psycopg.Connection[Any], delivered: FileContext, kind: TableKind, of_file: FileTables
) -> dict[str, date]:
    """Things, each with its day, that a file which was just taken in leaves out though they were told of
    before; or that it holds, and a newer list which came before it does not."""
    listed = of_file.known[kind.name]
    if not listed:
        return {}
    center, thing, name = delivered.center, get_kind(next(iter(listed))), delivered.file_name
    gone: dict[str, date] = {}
    held_days = of_file.days[kind.name]
    spanned = (min(held_days), max(held_days) + timedelta(days=1)) if held_days else None
    for delivery in _list_earlier_deliveries(connection, delivered, kind, find_days_in_name(name) or spanned):
        things = _read_things(connection, center, thing, [delivery])
        gone |= _select_left_out(listed, held_days, things, find_days_in_name(name), kind)
    newer = _list_newer_deliveries(connection, delivered, kind)
    mine = _read_things(connection, center, thing, of_file.deliveries[kind.name]) if newer else {}
    for delivery, its_name in newer:
        things = _read_things(connection, center, thing, [delivery])
        gone |= _select_left_out(things.keys(), {*things.values()}, mine, find_days_in_name(its_name), kind)
    named = {one.rstrip("@") for one in of_file.named}
    gone = {one: day for one, day in gone.items() if re.split("[@#]", one)[0] not in named}
    return dict(
        sorted(_select_unlisted(connection, delivered, gone).items(), key=lambda one: (one[1], one[0]))
    )


def _select_left_out(
    listed: Set[str], held_days: Set[date], things: Mapping[str, date], days: DaySpan | None, kind: TableKind
) -> dict[str, date]:
    """The things of a delivery that a newer list leaves out, if it is that delivery anew. `told`: what the
    list tells of; `held_days`: the days of its rows; `days`: those that its name says it covers."""
    inside = {one: day for one, day in things.items() if days and days[0] <= day < days[1]}
    outside = {one: day for one, day in things.items() if one not in inside}
    if kind.marks is not None and days:
        outside = {}
    anew = _NAMED if not days and _has_days(held_days, outside.values()) else _OTHERS
    gone: dict[str, date] = {}
    for part, share in ((inside, _NAMED), (outside, anew)):
        again = listed & part.keys()
        if again and len(again) >= share * len(part):
            gone |= {one: part[one] for one in part.keys() - again}
    return gone


def _has_days(file_days: Set[date], days: Collection[date]) -> bool:
    """Whether a file holds, but for a few, the days of an earlier delivery and none between them."""
    theirs = {*days}
    between = {day for day in file_days if theirs and min(theirs) <= day <= max(theirs)}
    return len(theirs & between) >= _ALIKE * len(theirs | between)


def settle_left_out(
    asking: QuestionCollector, gone: Mapping[str, date], delivered: FileContext
) -> Iterator[ThingChecked]:
    """Asks whether things are no more, or were not listed; or says of them what the person said."""
    until = get_day(delivered.as_of.at - timedelta(microseconds=1))
    for subject, day in gone.items():
        if asking.answer.is_to(GONE):
            verdict = STRUCK if asking.answer.same else KEPT
            yield ThingChecked(
                thing=subject, listed_until=until, standing=verdict, said_by=delivered.entered_by
            )
        elif not asking.has_noted(subject):
            asking.gone[day.isoformat()] += 1
            asking.note(
                ProposedChange(
                    sort=GONE, row=None, subject=subject, field="", before=day.isoformat(), after=None
                )
            )


def _list_earlier_deliveries(
    connection: psycopg.Connection[Any], delivered: FileContext, kind: TableKind, days: DaySpan | None
) -> list[str]:
    """Deliveries of the source that stand, from other files that speak of no later time; of calls and orders
    those of the days alone, as there are many."""
    rows = connection.execute(
        "SELECT delivery, first_day, last_day FROM deliveries WHERE center_id = %s AND source = %s"
        " AND NOT voided AND as_of <= %s AND sha256 <> %s AND as_of_basis <> %s AND first_day IS NOT NULL",
        (delivered.center, kind.source, delivered.as_of.at, delivered.kept.sha256, FORM),
    ).fetchall()
    only = days if kind.marks is not None else None
    return [one for one, first, last in rows if only is None or (first < only[1] and last >= only[0])]


def _list_newer_deliveries(
    connection: psycopg.Connection[Any], delivered: FileContext, kind: TableKind
) -> list[tuple[str, str]]:
    """Deliveries of the source that stand and speak of a later time, with the names of their files."""
    rows = connection.execute(
        "SELECT delivery, file_name FROM deliveries WHERE center_id = %s AND source = %s AND NOT voided"
        " AND as_of > %s AND sha256 <> %s AND as_of_basis <> %s AND first_day IS NOT NULL",
        (delivered.center, kind.source, delivered.as_of.at, delivered.kept.sha256, FORM),
    ).fetchall()
    return [(one, name) for one, name in rows if not _IN_PART.search(name)]


def _read_things(
    connection: psycopg.Connection[Any], center: str, thing: str, deliveries: Sequence[str]
) -> dict[str, date]:
    """The things of a kind of which deliveries tell, for the first time or again, and that count; each with
    its day."""
    fact = BY_KIND[thing][0]
    days = [
        sql.Identifier("f", name) for name in fact.days[: 2 if thing == "payment" else 1]
    ]  # a refund: none due
    told = connection.execute(
        "SELECT subject FROM events WHERE center_id = %(center)s AND delivery = ANY(%(deliveries)s)"
        " UNION SELECT e.subject FROM confirmations AS c JOIN events AS e ON e.center_id = c.center_id"
        " AND e.seq BETWEEN c.first_seq AND c.last_seq"
        " WHERE c.center_id = %(center)s AND c.subject = ANY(%(ledger)s)",
        {
            "center": center,
            "deliveries": [*deliveries],
            "ledger": [f"delivery/{delivery}" for delivery in deliveries],
        },
    ).fetchall()
    # Asked apart: of a centre that is new to the server's statistics, a join would be planned as of one row.
    statement = sql.SQL(
        "SELECT f.subject, {day} FROM {table} AS f"
        " WHERE f.center_id = %(center)s AND f.subject = ANY(%(subjects)s) AND {day} IS NOT NULL"
    ).format(day=sql.SQL("coalesce({})").format(sql.SQL(", ").join(days)), table=sql.Identifier(fact.name))
    parameters = {"center": center, "subjects": [subject for (subject,) in told]}
    return dict(connection.execute(statement, parameters).fetchall())


def _select_unlisted(
    connection: psycopg.Connection[Any], delivered: FileContext, gone: Mapping[str, date]
) -> dict[str, date]:
    """Those of which no list of a later time tells, and of which nobody said that they count on."""
    things = read_statements(connection, delivered.center, gone) if gone else {}
    return {
        subject: gone[subject]
        for subject, slots in things.items()
        if CHECKED not in slots and _find_latest_time(slots) <= delivered.as_of.at
    }


def _find_latest_time(slots: Any) -> datetime:
    return max(part.as_of for part in fold_statements(slots).values() if part.as_of is not None)


__all__ = ["find_left_out", "is_list", "settle_left_out"]

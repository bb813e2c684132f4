"""Full lists (花名册): who is missing from the newest one, and what a person says to that.

A roster is what there is on its day. Whoever is in post by the log and not in it has left, or was not
exported; until somebody says which, nobody knows from the day on that the last list held her.
"""

from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg

from ingest.importing.file_context import FileContext
from tracker import log
from tracker.events import Event
from tracker.events.staffing import PersonFoundAgain, PersonLeftOut, PersonRostered, restate_person
from tracker.events.times import get_day
from tracker.log.statements import fold_statements, read_statements

LISTED, IN_POST, LIST_NOT_FULL = "listed", "in_post", "list_not_full"
REASONS = {LISTED: "后来的名单里又有", IN_POST: "仍在岗", LIST_NOT_FULL: "那份名单不全"}


class ListProblem(ValueError):
    """不能这样回答，原因见说明。"""


@dataclass(frozen=True, kw_only=True)
class MissingPerson:
    """A person in post by the log, whom the newest full list does not hold."""

    subject: str
    staff_no: str
    name: str | None  # token
    post: str | None
    joined_on: date
    last_listed_on: date  # day up to which the last list speaks that had the person


def list_missing_people(connection: psycopg.Connection[Any], center: str) -> list[MissingPerson]:
    """Everybody who is asked about, by number."""
    rows = connection.execute(
        "SELECT subject, staff_no, name, post, joined_on, last_listed_on FROM staff"
        " WHERE center_id = %s AND last_listed_on IS NOT NULL AND left_on IS NULL ORDER BY staff_no, subject",
        (center,),
    )
    names = ("subject", "staff_no", "name", "post", "joined_on", "last_listed_on")
    return [MissingPerson(**dict(zip(names, row, strict=True))) for row in rows.fetchall()]


def derive_listing_events(
    connection: psycopg.Connection[Any], delivered: FileContext, listed: Set[str], new: Collection[str]
) -> list[Event]:
    """What follows from a full list that was just taken in: who is missing from it, or from a newer one that
    came before it, and who is found again.

    `listed` are the subjects that its file holds, `new` those that nothing was known of before. Files of one
    day that have nobody in common, as those of two teams, are one list.
    """
    center, as_of = delivered.center, delivered.as_of.at
    listed = listed | _read_listed_beside(connection, delivered, listed)
    earlier, newer = _find_lists_around(connection, center, as_of)
    day = _find_last_day(as_of)
    rows = connection.execute(
        "SELECT subject, joined_on, left_on, last_listed_on FROM staff WHERE center_id = %s ORDER BY subject",
        (center,),
    ).fetchall()
    events: list[Event] = []
    for subject, joined_on, left_on, last_listed_on in rows:
        if subject in listed:
            if newer is None and last_listed_on is not None:
                events.append(PersonFoundAgain(person=subject, left_out_on=day, reason=LISTED, said_by=None))
            elif newer is not None and subject in new and _is_in_post(joined_on, left_on, newer):
                events.append(PersonLeftOut(person=subject, last_listed_on=day, left_out_on=newer))
        elif newer is None and earlier and last_listed_on is None and _is_in_post(joined_on, left_on, day):
            since = max(earlier, joined_on)
            events.append(PersonLeftOut(person=subject, last_listed_on=since, left_out_on=day))
    return events


def find_leavers_since(
    connection: psycopg.Connection[Any], center: str, listed: Collection[str]
) -> date | None:
    """The day from which on a list with leaving dates tells who was in post: when the first joined."""
    (since,) = connection.execute(
        "SELECT min(joined_on) FROM staff WHERE center_id = %s AND subject = ANY(%s)", (center, list(listed))
    ).fetchone() or (None,)
    return since


def record_left(
    connection: psycopg.Connection[Any],
    center: str,
    staff_nos: Collection[str],
    left_on: date,
    reason: str | None,
    *,
    now: datetime,
) -> int:
    """Writes that people who are missing from the list had left; gives how many. Raises: ListProblem."""
    people = _select_people(connection, center, staff_nos)
    things = read_statements(connection, center, [one.subject for one in people])
    events = []
    for one in people:
        if left_on < one.joined_on:
            raise ListProblem(f"{one.staff_no} 于 {one.joined_on} 入职，离职日期不能更早。")
        data = fold_statements(things[one.subject])[""].data
        why = {} if reason is None else {"leaving_reason": reason}
        person = restate_person(data, joined_on=one.joined_on, left_on=left_on, **why)
        events.append((one.subject, person))
    _append(connection, center, events, now)
    return len(events)


def record_in_post(
    connection: psycopg.Connection[Any],
    center: str,
    staff_nos: Collection[str],
    reason: str,
    *,
    by: str,
    now: datetime,
) -> int:
    """Writes that people who are missing from the list are in post (IN_POST), or that the list was not a full
    one (LIST_NOT_FULL); gives how many. Raises: ListProblem."""
    people = _select_people(connection, center, staff_nos)
    events = [
        (
            one.subject,
            PersonFoundAgain(person=one.subject, left_out_on=get_day(now), reason=reason, said_by=by),
        )
        for one in people
    ]
    _append(connection, center, events, now)
    return len(events)


def _select_people(
    connection: psycopg.Connection[Any], center: str, staff_nos: Collection[str]
) -> Sequence[MissingPerson]:
    """The people of these numbers, all where none is named. Raises: ListProblem."""
    people = list_missing_people(connection, center)
    unknown = sorted(set(staff_nos) - {one.staff_no for one in people})
    if unknown:
        raise ListProblem(f"名单里没有少工号 {'、'.join(unknown)}；缺的人列在“待答问题”中。")
    if not people:
        raise ListProblem("没有要回答的：最近的名单里没有少人。")
    return [one for one in people if not staff_nos or one.staff_no in staff_nos]


def _append(
    connection: psycopg.Connection[Any], center: str, events: Sequence[tuple[str, Event]], now: datetime
) -> None:
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        named = [log.prepare_event(event, None)._replace(subject=subject) for subject, event in events]
        appending.add_prepared(log.PreparedEvents.of(named))


def _find_lists_around(
    connection: psycopg.Connection[Any], center: str, as_of: datetime
) -> tuple[date | None, date | None]:
    """The days of the nearest full list before and the newest one after a list."""
    days = list(_read_lists(connection, center))
    earlier = [day for day, at in days if at < as_of]
    newer = [day for day, at in days if at > as_of]
    return max(earlier, default=None), max(newer, default=None)


def _read_listed_beside(
    connection: psycopg.Connection[Any], delivered: FileContext, listed: Set[str]
) -> set[str]:
    """Whom other files list that are parts of the same list."""
    rows = connection.execute(
        "SELECT sha256, as_of, array_agg(delivery) FROM deliveries WHERE center_id = %s AND source = %s"
        " AND as_of_basis <> 'form' AND NOT voided AND sha256 <> %s GROUP BY 1, 2",
        (delivered.center, PersonRostered.source, delivered.kept.sha256),
    ).fetchall()
    day, beside = _find_last_day(delivered.as_of.at), set()
    for _, as_of, deliveries in rows:
        if _find_last_day(as_of) == day:
            others = _read_listed_by(connection, delivered.center, deliveries)
            beside |= others if others.isdisjoint(listed) else set()
    return beside


def _read_listed_by(connection: psycopg.Connection[Any], center: str, deliveries: list[str]) -> set[str]:
    """Whom deliveries list, for the first time or again."""
    rows = connection.execute(
        "SELECT subject FROM events WHERE center_id = %(center)s AND delivery = ANY(%(deliveries)s)"
        " AND type = %(type)s UNION SELECT e.subject FROM confirmations AS c JOIN events AS e"
        " ON e.center_id = c.center_id AND e.seq BETWEEN c.first_seq AND c.last_seq AND e.type = %(type)s"
        " WHERE c.center_id = %(center)s AND c.subject = ANY(%(ledger)s)",
        {
            "center": center,
            "deliveries": deliveries,
            "ledger": [f"delivery/{one}" for one in deliveries],
            "type": PersonRostered.type,
        },
    )
    return {subject for (subject,) in rows.fetchall()}


def _read_lists(connection: psycopg.Connection[Any], center: str) -> Iterator[tuple[date, datetime]]:
    rows = connection.execute(
        "SELECT as_of FROM deliveries WHERE center_id = %s AND source = %s"
        " AND as_of_basis <> 'form' AND NOT voided",
        (center, PersonRostered.source),
    )
    for (as_of,) in rows.fetchall():
        yield _find_last_day(as_of), as_of


def _find_last_day(as_of: datetime) -> date:
    """The last day that a list of this moment speaks of."""
    return get_day(as_of - timedelta(microseconds=1))


def _is_in_post(joined_on: date, left_on: date | None, day: date) -> bool:
    return joined_on <= day and (left_on is None or left_on > day)

"""Of which years what a transaction adds to the log speaks: nothing is written beyond a person's years.

What happened belongs to its day, what is signed to the days or the period that it is signed for, a voiding to
what it voids. What took the place of an earlier statement belongs to that one's year as well, so that nothing
is moved out of a year that the person may not write.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import orjson
import psycopg
import sqlalchemy as sa

from tracker.database import execute
from tracker.facts.deliveries import covered_days
from tracker.log.tables import events, heads
from web.access.years import LASTING_SOURCES, is_seen

ALWAYS = 9999  # the year of what holds in every year
_SIGNED = (  # by subject: what occurred when somebody signed, whatever year it is about
    "month", "lock_exception", "definition", "definition_proposal", "document", "attestation", "expert_mark",
    "figure_verdict", "row_check", "chosen_scheme", "delivery", "held_delivery", "zero_report", "total",
    "void", "declarations", "names", "person", "posts", "contracted_seats",
)  # fmt: skip
_IN_NO_YEAR = ("definition", "definition_proposal")  # the pages ask for the month from which they hold
_FOR_EVER = ("declarations", "names")
_SINCE = {  # what lasts: from which day, and what ends it
    "person.rostered": ("joined_on", "left_on"),
    "posts.established": ("effective_on", None),
    "seats.contracted": ("effective_on", None),
}

_KIND = sa.func.split_part(events.c.subject, "/", 1)
_YEAR = sa.cast(sa.extract("year", sa.func.timezone("Asia/Shanghai", events.c.occurred_at)), sa.Integer)


def find_years_beyond(
    connection: psycopg.Connection[Any], center: str, after: int, years: Collection[int]
) -> list[int]:
    """The years, not among these, of which the events after a number speak; `ALWAYS` for what has no end."""
    found = chain(
        _read_event_years(connection, center, after),
        _read_replaced_years(connection, center, after),
        _read_undated(connection, center, after, years),
        _read_signed(connection, center, after, years),
    )
    return sorted({year for year in found if year not in years})


def read_last(connection: psycopg.Connection[Any], center: str) -> int:
    """The number of the last event as a connection sees it.

    Whoever appends holds the head until the end, so that a transaction's own events are those after the last
    one that any other connection sees, asked after it.
    """
    row = execute(connection, sa.select(heads.c.seq).where(heads.c.center_id == center)).fetchone()
    return int(row[0]) if row else 0


def format_years(years: Iterable[int]) -> str:
    """2022年、2023年"""
    return "、".join(f"{year}年" for year in sorted(years))


def explain_years_beyond(beyond: Collection[int], years: Collection[int]) -> str:
    """The sentence for what was not written."""
    held = f"您的授权只到{format_years(years)}"
    if ALWAYS in beyond:
        return f"{held}，未写入：本次内容对全部年度有效。请由授权不限年度的人办理。"
    return f"{held}，不含{format_years(beyond)}，未写入。"


def _added(center: str, after: int) -> sa.ColumnElement[bool]:
    return sa.and_(events.c.center_id == center, events.c.seq > after)


def _read_event_years(connection: psycopg.Connection[Any], center: str, after: int) -> Iterator[int]:
    plain = sa.and_(_added(center, after), events.c.occurred_at.is_not(None), _KIND.not_in(_SIGNED))
    return (year for (year,) in execute(connection, sa.select(_YEAR).distinct().where(plain)))


def _read_replaced_years(connection: psycopg.Connection[Any], center: str, after: int) -> Iterator[int]:
    """The years of what held before of the same."""
    new = events.alias("new")
    same = sa.and_(new.c.subject == events.c.subject, new.c.slot == events.c.slot)
    of_center = sa.and_(events.c.center_id == center, new.c.center_id == center)
    earlier = sa.and_(events.c.seq <= after, new.c.seq > after, events.c.occurred_at.is_not(None))
    rows = sa.select(_YEAR).distinct().join_from(new, events, same)
    return (year for (year,) in execute(connection, rows.where(of_center, earlier, _KIND.not_in(_SIGNED))))


def _read_undated(
    connection: psycopg.Connection[Any], center: str, after: int, years: Collection[int]
) -> Iterator[int]:
    """What tells no time of its own belongs where its thing does."""
    rows = sa.select(events.c.subject).distinct().where(_added(center, after))
    undated = rows.where(events.c.occurred_at.is_(None), _KIND.not_in(_SIGNED))
    for (subject,) in execute(connection, undated).fetchall():
        if not is_seen(connection, center, subject, years):
            yield ALWAYS


def _read_signed(
    connection: psycopg.Connection[Any], center: str, after: int, years: Collection[int]
) -> Iterator[int]:
    one = events.c
    rows = sa.select(_KIND, one.type, one.subject, one.data).where(_added(center, after), _KIND.in_(_SIGNED))
    for kind, type_, subject, text in execute(connection, rows).fetchall():
        data = orjson.loads(text)
        if type_ in _SINCE:
            yield from _list_years_since(type_, data, years)
        elif kind in _FOR_EVER:
            yield ALWAYS
        elif type_ == "event.voided":
            yield from _list_voided_years(connection, center, data)
        elif kind not in _IN_NO_YEAR:
            yield from _list_payload_years(connection, center, subject, data, years)


def _list_years_since(type_: str, data: Mapping[str, Any], years: Collection[int]) -> Iterator[int]:
    begins, ends = _SINCE[type_]
    if ends and data.get(ends):
        yield int(data[ends][:4])
    elif int(data[begins][:4]) > max(years, default=0):
        yield int(data[begins][:4])


def _list_voided_years(
    connection: psycopg.Connection[Any], center: str, data: Mapping[str, Any]
) -> Iterator[int]:
    day = covered_days.c
    year = sa.cast(sa.extract("year", day.day), sa.Integer)
    covered = sa.select(year).where(day.center_id == center, day.subject == f"delivery/{data['delivery']}")
    by_number = events.c.seq == data["event_seq"]
    voided = by_number if data["delivery"] is None else events.c.delivery == data["delivery"]
    told = sa.select(_YEAR).where(events.c.center_id == center, voided, _KIND.not_in(_SIGNED))
    for rows in (covered, told.where(events.c.occurred_at.is_not(None))):
        for (found,) in execute(connection, rows.distinct()).fetchall():
            yield found


def _list_payload_years(
    connection: psycopg.Connection[Any],
    center: str,
    subject: str,
    data: Mapping[str, Any],
    years: Collection[int],
) -> Iterator[int]:
    """From what it says of itself: its period, its days, or the thing that it is about."""
    period = data.get("month") or data.get("period") or data.get("year")
    if period:
        yield int(str(period)[:4])
    elif "first_day" in data and "end_day" in data:
        yield from range(int(data["first_day"][:4]), _get_last_year(data["end_day"]) + 1)
    elif "days" in data and data.get("of") not in LASTING_SOURCES:
        yield from {int(day[:4]) for day, rows in data["days"].items() if rows}
    elif "held" in data:
        yield from {int(day[:4]) for _, first, last, _ in data["held"] for day in (first, last) if day}
    elif subject.startswith("document/") and not is_seen(connection, center, subject, years):
        yield ALWAYS if "about" not in data else _find_year(data["about"])
    elif (day := data.get("moved_on") or data.get("left_out_on")) is not None:
        yield int(day[:4])


def _get_last_year(end_day: str) -> int:
    """The year of the day before one."""
    return int(end_day[:4]) - (end_day[4:] == "-01-01")


def _find_year(about: str) -> int:
    """The year in a thing's name, as far as it says one."""
    digits = next((part[:4] for part in about.split("/") if part[:4].isdecimal() and len(part) >= 4), "")
    return int(digits) if digits else ALWAYS

"""What a unit, post or agent was called on which days, whatever name a delivery gives it."""

from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from tracker.events.names import NameChanged
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table
from tracker.names import fold_name

FLOOR = date(1900, 1, 1)  # before any day that is counted

names = define_fact_table(
    "names",
    (NameChanged,),
    sa.Column("sort", sa.Text, nullable=False),  # unit | post
    sa.Column("known_as", sa.Text(collation="C"), nullable=False),  # as a delivery has it, folded
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("end_day", sa.Date, doc="截止日（不含）"),  # exclusive; None: still
    sa.Column("called", sa.Text, nullable=False, doc="当时的名称"),  # its name on these days
    more_key=("known_as", "first_day"),
)


class _NameChange(NamedTuple):
    since: date
    name: str
    becomes: str
    renamed: bool  # the new name may stand in rows of days before it


def find_name_on(changes: list[_NameChange], name: str, day: date) -> str:
    """What a thing was called on a day. A list written later knows it by its later name alone."""
    for change in reversed(changes):
        if change.renamed and change.since > day and name == change.becomes:
            name = change.name
    for change in changes:
        if change.since <= day and name == change.name:
            name = change.becomes
    return name


def _project_names(slots: Slots) -> list[FactRow]:
    """The names that are told of, each with the days of one way of calling it."""
    payloads: list[Any] = [part.data for part in slots.values()]
    changes = sorted(
        _NameChange(
            date.fromisoformat(one["first_day"]) if one.get("first_day") else FLOOR,
            fold_name(one["known_as"]), fold_name(one["becomes"]), one["way"] == "renamed",
        )
        for one in payloads
        if one.get("becomes")
    )  # fmt: skip
    starts = sorted({FLOOR, *(change.since for change in changes)})
    ends = [*starts[1:], None]
    found = {fold_name(one[key]) for one in payloads for key in ("known_as", "becomes") if one.get(key)}
    return [
        (one["sort"], name, first.isoformat(), end and end.isoformat(), find_name_on(changes, name, first))
        for one in payloads[:1]
        for name in sorted(found)
        for first, end in zip(starts, ends, strict=True)
    ]


NAMES = FactTable(table=names, kind="names", days=("first_day",), rows=_project_names)
FACTS = (NAMES,)

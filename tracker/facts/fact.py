"""What every fact table shares: how it is declared and how its rows are made from statements."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from tracker.events import SOURCES, Event, Payload
from tracker.events.title import collect_titles
from tracker.schema import metadata


class SlotStatement(NamedTuple):
    """One of several statements in a slot, as it was made."""

    as_of: datetime  # the state of the world it first spoke of
    data: Payload


class SlotState(NamedTuple):
    """What holds for one slot of a thing: the payloads of its statements laid over each other by rank."""

    type: str
    seq: int  # the statement that holds: the way back to its delivery and row
    data: Payload
    said: tuple[SlotStatement, ...] = ()  # its statements by rank, where there are several
    as_of: datetime | None = None  # of the state of the world that the last statement speaks of
    since: datetime | None = None  # of the one that it spoke of first


Slots = Mapping[str, SlotState]
FactRow = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class FactTable:
    """A fact table: one row per thing, made from what is told of it and from nothing else.

    `rows` gets the thing's slots and gives the values of the columns after center_id, subject and seq;
    times and days stay the payload's text.
    `days` are the date columns by which the table's rows are counted.
    """

    table: sa.Table
    kind: str  # what subjects begin with
    days: tuple[str, ...]
    rows: Callable[[Slots], list[FactRow]]

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def title(self) -> str:
        """What people call the table."""
        title: str = self.table.info["title"]
        return title


def make_unknown_column() -> sa.Column[str]:
    """Which fields of the row nobody told, as `unknown` writes them."""
    return sa.Column("unknown", sa.Text, nullable=False, doc="不明的内容")


def define_fact_table(
    name: str,
    of: Sequence[type[Event]],
    *columns: sa.Column[Any],
    title: str = "",
    more_key: tuple[str, ...] = (),
) -> sa.Table:
    """A table keyed by centre and thing, with the seq of the event that its row comes from.

    `of` are the types of events that its rows are made of: a column has the Chinese name of their field of
    its name, unless its `doc` says another, and the table that of their source, unless `title` does.
    A column that nobody may have told says in its info `by` which fields it is `unknown`, and `by_steps` by
    which ones the column `untold` names in the same way: of these most deliveries tell few, and most figures
    look at none. The info's `title` is what people must tell then; that of the first of these fields, if not
    said.
    """
    titles = {
        key: field_title for declared in reversed(of) for key, field_title in collect_titles(declared).items()
    }
    for column in columns:
        if column.doc is None and column.name in titles:
            column.doc = titles[column.name].of_logged
    names = {column.name: column.doc for column in columns} | {key: one.text for key, one in titles.items()}
    for column in columns:
        if column.info:
            column.info.setdefault("title", names[[*column.info["by"], *column.info.get("by_steps", ())][0]])
    return sa.Table(
        name,
        metadata,
        sa.Column("center_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("center_id", "subject", *more_key),
        info={"title": title or SOURCES[of[0].source]},
    )


def list_unknown(data: Payload, fields: Iterable[str], more: Iterable[str] = ()) -> str:
    """The column `unknown` of a fact: names of fields that nobody told, a blank before, between and after.

    A field whose cell was there but was not understood stands twice, the second time with a question mark.
    `more` are names that follow from something else. '' where all is known.
    """
    names = [*(field for field in fields if field not in data), *more]
    if not names:
        return ""
    unclear: Any = data.get("unclear") or ()
    return f" {' '.join([*names, *(f'{name}?' for name in names if name in unclear)])} "


def to_moment(text: Any) -> datetime | None:
    """A payload's time; None stays None."""
    return None if text is None else datetime.fromisoformat(text)


def to_day(text: Any) -> str | None:
    """The day of a payload's day or time, which is always told in Beijing time; None stays None."""
    return None if text is None else text[:10]


def to_place(number: Any) -> int:
    """The place that a numbered part has among those of the same moment; 0 where its number is no number."""
    return int(number) if number is not None and number.isdecimal() else 0


def count_seconds(start: Any, end: Any) -> int | None:
    """Whole seconds from one payload time to another; None when either is unknown."""
    between = count_milliseconds(start, end)
    return None if between is None else between // 1000


def count_milliseconds(start: Any, end: Any) -> int | None:
    """Milliseconds from one payload time to another; None when either is unknown."""
    if start is None or end is None:
        return None
    delta = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000

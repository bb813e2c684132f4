"""What a centre says of its own names, and of itself, day by day."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from tracker.events.declarations import Declared
from tracker.facts.fact import Fact, Row, Slots, fact_table
from tracker.facts.names import FLOOR
from tracker.names import fold_name

declarations = fact_table(
    "declarations",
    (Declared,),
    sa.Column("topic", sa.Text, nullable=False),  # one of tracker.events.declarations.TOPICS
    # folded; '' where it is said of the centre
    sa.Column("known_as", sa.Text(collation="C"), nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("end_day", sa.Date, doc="截止日（不含）"),  # exclusive; None: still
    sa.Column("holds", sa.Boolean, nullable=False),
    more_key=("known_as", "first_day"),
)


def _declared(slots: Slots) -> list[Row]:
    said: list[Any] = [part.data for part in slots.values()]
    by_name = sorted((fold_name(one.get("known_as") or ""), one.get("first_day") or "", one) for one in said)
    return [
        row for name, ones in groupby(by_name, key=lambda one: one[0]) for row in _spans(name, list(ones))
    ]


def _spans(name: str, ones: list[Any]) -> Iterator[Row]:
    """What holds of a name from each day on, until the next is said."""
    starts = [date.fromisoformat(first) if first else FLOOR for _, first, _ in ones]
    for (_, _, one), first, end in zip(ones, starts, [*starts[1:], None], strict=True):
        yield one["topic"], name, first.isoformat(), end and end.isoformat(), one["holds"]


DECLARATIONS = Fact(table=declarations, kind="declarations", days=("first_day",), rows=_declared)
FACTS = (DECLARATIONS,)

"""What a centre says of its own names, and of itself, day by day."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from tracker.events.declarations import TopicDeclared
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table
from tracker.facts.names import FLOOR
from tracker.names import fold_name

declarations = define_fact_table(
    "declarations",
    (TopicDeclared,),
    sa.Column("topic", sa.Text, nullable=False),  # one of tracker.events.declarations.TOPICS
    # folded; '' where it is said of the centre
    sa.Column("known_as", sa.Text(collation="C"), nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("end_day", sa.Date, doc="截止日（不含）"),  # exclusive; None: still
    sa.Column("holds", sa.Boolean, nullable=False),
    more_key=("known_as", "first_day"),
)


def _project_declared(slots: Slots) -> list[FactRow]:
    declarations: list[Any] = [part.data for part in slots.values()]
    by_name = sorted(
        (fold_name(one.get("known_as") or ""), one.get("first_day") or "", one) for one in declarations
    )
    return [
        row
        for name, ones in groupby(by_name, key=lambda one: one[0])
        for row in _project_spans(name, list(ones))
    ]


def _project_spans(name: str, ones: list[Any]) -> Iterator[FactRow]:
    """What holds of a name from each day on, until the next is said."""
    starts = [date.fromisoformat(first) if first else FLOOR for _, first, _ in ones]
    for (_, _, one), first, end in zip(ones, starts, [*starts[1:], None], strict=True):
        yield one["topic"], name, first.isoformat(), end and end.isoformat(), one["holds"]


DECLARATIONS = FactTable(table=declarations, kind="declarations", days=("first_day",), rows=_project_declared)
FACTS = (DECLARATIONS,)

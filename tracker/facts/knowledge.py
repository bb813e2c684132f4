"""Changes of the knowledge base."""

import sqlalchemy as sa

from tracker.events.knowledge import KnowledgeChanged
from tracker.facts.fact import (
    FactRow,
    FactTable,
    Slots,
    define_fact_table,
    list_unknown,
    make_unknown_column,
    to_day,
)

knowledge = define_fact_table(
    "knowledge",
    (KnowledgeChanged,),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("changed_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, info={"by": ("due_on",)}),
    sa.Column("unit", sa.Text),
    sa.Column("topic", sa.Text),
    make_unknown_column(),
)
sa.Index("knowledge_changed", knowledge.c.center_id, knowledge.c.changed_on)


def _change(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    return [
        (
            data["entry_id"], data["action"], to_day(data["changed_on"]), to_day(data.get("due_on")),
            data.get("unit"), data.get("topic"), list_unknown(data, ("due_on",)),
        )
    ]  # fmt: skip


KNOWLEDGE = FactTable(table=knowledge, kind="knowledge", days=("changed_on",), rows=_change)
FACTS = (KNOWLEDGE,)

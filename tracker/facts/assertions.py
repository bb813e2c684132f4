"""Control totals: one row per total that a body outside stated."""

import sqlalchemy as sa

from tracker.events.assertions import TotalAsserted
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table

assertions = define_fact_table(
    "assertions",
    (TotalAsserted,),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("end_day", sa.Date, nullable=False),  # exclusive
    sa.Column("value", sa.Numeric, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("issued_by", sa.Text, nullable=False),
    sa.Column("document", sa.Text),
    sa.Column("stated_by", sa.Text),
    sa.Column("stated_at", sa.TIMESTAMP(timezone=True)),
)

_TOLD = (
    "kind", "first_day", "end_day", "value", "unit", "issued_by", "document", "stated_by", "stated_at",
)  # fmt: skip


def _project_total(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    return [tuple(data[name] for name in _TOLD)]


ASSERTIONS = FactTable(table=assertions, kind="total", days=("first_day",), rows=_project_total)
FACTS = (ASSERTIONS,)

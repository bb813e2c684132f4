"""Counts reported by the day, and inspected calls."""

import sqlalchemy as sa

from tracker.events.daily_counts import CallInspected, DayCounted
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table, to_day

daily_counts = define_fact_table(
    "daily_counts",
    (DayCounted,),
    sa.Column("counted_on", sa.Date, nullable=False),
    sa.Column("messages", sa.BigInteger),  # None: not reported; 0 is a real zero
    sa.Column("cases", sa.BigInteger),
    sa.Column("visits", sa.BigInteger),
)

inspections = define_fact_table(
    "inspections",
    (CallInspected,),
    sa.Column("inspected_on", sa.Date, nullable=False),
    sa.Column("call_subject", sa.Text(collation="C"), nullable=False, doc="对应通话"),
    sa.Column("agent", sa.Text),
    sa.Column("passed", sa.Boolean, nullable=False),
)


def _project_counts(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    return [(to_day(data["counted_on"]), data.get("messages"), data.get("cases"), data.get("visits"))]


def _project_inspection(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    return [(to_day(data["inspected_on"]), f"call/{data['call_id']}", data.get("agent"), data["passed"])]


DAILY_COUNTS = FactTable(table=daily_counts, kind="day", days=("counted_on",), rows=_project_counts)
INSPECTIONS = FactTable(
    table=inspections, kind="inspection", days=("inspected_on",), rows=_project_inspection
)
FACTS = (DAILY_COUNTS, INSPECTIONS)

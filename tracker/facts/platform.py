"""Probes of the platforms, and when they are known to have been down."""

from typing import Any

import sqlalchemy as sa

from tracker.events.platform import PlatformDown, PlatformProbed
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table, to_day
from tracker.names import fold_name

probes = define_fact_table(
    "probes",
    (PlatformProbed,),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("probed_on", sa.Date, nullable=False, doc="巡检日期"),
    sa.Column("hour", sa.Integer, nullable=False, doc="小时"),  # Beijing hour of the day, 0–23
    sa.Column("up", sa.Boolean, nullable=False),
)
sa.Index("probes_day", probes.c.center_id, probes.c.probed_on)


def _project_probe(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    at: Any = data["at"]
    return [(fold_name(str(data["platform"])), at, to_day(at), int(at[11:13]), data["up"])]


outages = define_fact_table(
    "outages",
    (PlatformDown,),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("down_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("down_on", sa.Date, nullable=False, doc="停机日期"),
    sa.Column("up_at", sa.TIMESTAMP(timezone=True)),  # None: still down
    sa.Column("planned", sa.Boolean, nullable=False),
)


def _project_outage(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    down_at = data["down_at"]
    return [(fold_name(str(data["platform"])), down_at, to_day(down_at), data["up_at"], data["planned"])]


PROBES = FactTable(table=probes, kind="probe", days=("probed_on",), rows=_project_probe)
OUTAGES = FactTable(table=outages, kind="outage", days=("down_on",), rows=_project_outage)
FACTS = (PROBES, OUTAGES)

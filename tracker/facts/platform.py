"""Probes of the platform."""

from typing import Any

import sqlalchemy as sa

from tracker.facts.fact import Fact, Row, Slots, day, fact_table

probes = fact_table(
    "probes",
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("probed_on", sa.Date, nullable=False),
    sa.Column("hour", sa.Integer, nullable=False),  # Beijing hour of the day, 0–23
    sa.Column("up", sa.Boolean, nullable=False),
)
sa.Index("probes_day", probes.c.center_id, probes.c.probed_on)


def _probe(slots: Slots) -> list[Row]:
    data = slots[""].data
    at: Any = data["at"]
    return [(data["platform"], at, day(at), int(at[11:13]), data["up"])]


PROBES = Fact(table=probes, kind="probe", days=("probed_on",), rows=_probe)

"""Definitions that two people have adopted."""

from datetime import datetime

import sqlalchemy as sa

from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.definitions.proposing import adopt_proposal, propose
from kpi.figures.indicators import Indicator
from tracker.periods import Month


def adopt(
    connection: sa.Connection,
    indicator: Indicator,
    effective_from: Month,
    *,
    proposed_by: str = "张三",
    approved_by: str = "李四",
    reason: str = "上级要求",
    clause: str | None = None,
    now: datetime,
) -> Indicator:
    """One proposes a definition of the centre tlf, another adopts it: as it is adopted, under its number."""
    asked = propose(
        connection, "tlf", indicator, effective_from, by=proposed_by, reason=reason, clause=clause, now=now
    )
    adopt_proposal(connection, "tlf", indicator.key, asked.number, by=approved_by, now=now)
    return read_definitions(connection, "tlf").list_versions(indicator.key)[-1]

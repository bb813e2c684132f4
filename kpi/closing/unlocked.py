"""Months of several centres that are over and not locked."""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from kpi.figures.figure_table import figures
from tracker.facts.closing import seals
from tracker.periods import Month, Year


def list_unlocked_months(
    connection: sa.Connection, centers: Collection[str], year: Year, today: date
) -> dict[str, list[Month]]:
    """Centre → its months of the year that ended before `today` and are not locked, from the first month of
    which it ever had a value; a centre that never had one is absent. One statement."""
    period = figures.c.period
    first_months = (
        sa.select(sa.literal("first"), figures.c.center_id, sa.func.min(period))
        .where(figures.c.center_id.in_(centers), figures.c.value.is_not(None))
        .where(period.regexp_match(r"^\d{4}-\d{2}$"))
        .group_by(figures.c.center_id)
    )
    locked = (
        sa.select(sa.literal("locked"), seals.c.center_id, seals.c.month)
        .where(seals.c.center_id.in_(centers), seals.c.month.in_([str(month) for month in year.months]))
        .distinct()
    )
    rows = connection.execute(sa.union_all(first_months, locked)).all()
    there = {(center, month) for of, center, month in rows if of == "locked"}
    return {
        center: [
            month
            for month in year.months
            if first <= str(month) and month.end_day <= today and (center, str(month)) not in there
        ]
        for of, center, first in rows
        if of == "first"
    }

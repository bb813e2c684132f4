"""Who signed that there was nothing to report."""

from datetime import date

import sqlalchemy as sa

from tracker.facts.deliveries import covered_days
from tracker.log.tables import events


def read_signers(
    connection: sa.Connection, center: str, first: date, end: date
) -> dict[tuple[str, date], str]:
    """(delivered source, day) → who signed that there was nothing, the last one. One statement."""
    table = covered_days.c
    rows = (
        sa.select(table.source, table.day, sa.cast(events.c.data, sa.JSON)["signed_by"].as_string())
        .join(events, sa.and_(events.c.center_id == table.center_id, events.c.seq == table.seq))
        .where(table.center_id == center, table.day >= first, table.day < end, table.rows == 0)
        .order_by(table.seq)
    )
    return {(source, day): by for source, day, by in connection.execute(rows)}

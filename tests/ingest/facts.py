"""Facts without what depends on the order in which they were learned."""

from typing import Any

import psycopg

from tracker.facts import FACTS
from tracker.vault import Vault

Facts = dict[str, list[tuple[Any, ...]]]

_LEDGER = {"deliveries", "covered_days", "confirmations", "voids"}


def facts_of(connection: psycopg.Connection[Any], center: str) -> Facts:
    """Rows of every fact table but the ledger's, without centre and position in the log; the numbers and
    names themselves, whose tokens differ from centre to centre."""
    tokens = connection.execute("SELECT token FROM people WHERE center_id = %s", (center,)).fetchall()
    values = Vault(b"k" * 32).read_values(connection, center, [token for (token,) in tokens])
    known: Facts = {}
    for table in {fact.table for fact in FACTS if fact.table.name not in _LEDGER}:
        columns = ", ".join(
            f'"{column.name}"' for column in table.columns if column.name not in ("center_id", "seq")
        )
        rows = connection.execute(
            f"SELECT {columns} FROM {table.name} WHERE center_id = %s ORDER BY 1", (center,)
        ).fetchall()
        if rows:
            known[table.name] = [
                tuple(values.get(cell, cell) if isinstance(cell, str) else cell for cell in row)
                for row in rows
            ]
    return known

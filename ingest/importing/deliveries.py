"""Delivered files: their bytes as they came, and which were seen before."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from tracker import blob_store
from tracker.blob_store import Kept


def keep(home: Path, path: Path) -> Kept:
    """Copies a file to HOTLINE_HOME/deliveries, readable by the owner alone; the same bytes once.

    Raises: OSError when it cannot be read or written."""
    return blob_store.keep(home / "deliveries", path)


@dataclass(frozen=True)
class Earlier:
    """A delivery of the same bytes that the log knows."""

    delivery: str
    as_of: datetime
    voided: bool


def base_of(sha256: str, sheet: int) -> str:
    """What the ids of all deliveries of these bytes begin with; a workbook's sheets are told apart."""
    return sha256[:16] if sheet == 1 else f"{sha256[:16]}.{sheet}"


def earlier(connection: psycopg.Connection[Any], center: str, base: str) -> list[Earlier]:
    """Deliveries of the same bytes, the first one first."""
    rows = connection.execute(
        "SELECT delivery, as_of, voided FROM deliveries WHERE center_id = %s"
        " AND (delivery = %s OR starts_with(delivery, %s)) ORDER BY imported_at, delivery",
        (center, base, f"{base}-"),
    )
    return [Earlier(*row) for row in rows]


def next_id(base: str, known: list[Earlier]) -> str:
    """The id of a new delivery of the same bytes: counted from the second one on."""
    taken = {delivery.delivery for delivery in known}
    counted = (base, *(f"{base}-{n}" for n in range(2, len(taken) + 2)))
    return next(name for name in counted if name not in taken)

"""Delivered files: their bytes as they came, and which were seen before."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from tracker.blob_store import DELIVERIES, FileStore, StoredFile
from tracker.vault import CenterVault


def keep_delivery(
    connection: psycopg.Connection[Any], home: Path, path: Path, vault: CenterVault
) -> StoredFile:
    """Seals a file into HOTLINE_HOME/deliveries, readable by the owner alone; the same bytes once.

    They are held until the connection's transaction ends. Raises: OSError."""
    return FileStore(home, DELIVERIES, vault.center, vault).keep(connection, path)


@dataclass(frozen=True)
class EarlierDelivery:
    """A delivery of the same bytes that the log knows."""

    delivery: str
    as_of: datetime
    voided: bool


def make_base_id(sha256: str, sheet: int) -> str:
    """What the ids of all deliveries of these bytes begin with; a workbook's sheets are told apart."""
    return sha256[:16] if sheet == 1 else f"{sha256[:16]}.{sheet}"


def list_earlier(connection: psycopg.Connection[Any], center: str, base: str) -> list[EarlierDelivery]:
    """Deliveries of the same bytes, the first one first."""
    rows = connection.execute(
        "SELECT delivery, as_of, voided FROM deliveries WHERE center_id = %s"
        " AND (delivery = %s OR starts_with(delivery, %s)) ORDER BY imported_at, delivery",
        (center, base, f"{base}-"),
    )
    return [EarlierDelivery(*row) for row in rows]


def make_next_id(base: str, earlier_deliveries: list[EarlierDelivery]) -> str:
    """The id of a new delivery of the same bytes: counted from the second one on."""
    taken = {delivery.delivery for delivery in earlier_deliveries}
    counted = (base, *(f"{base}-{n}" for n in range(2, len(taken) + 2)))
    return next(name for name in counted if name not in taken)

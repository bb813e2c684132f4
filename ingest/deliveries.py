"""Delivered files: their bytes as they came, kept under their own hash, and which were seen before."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Kept:
    """A file's bytes: where they are, and what they are."""

    path: Path
    sha256: str
    size: int
    added: bool  # whether they were kept just now


def keep(home: Path, path: Path) -> Kept:
    """Copies a file to HOTLINE_HOME/deliveries, readable by the owner alone; the same bytes once.

    Raises: OSError when it cannot be read or written."""
    folder = home / "deliveries"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("rb") as source, tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
        try:
            digest, size = hashlib.sha256(), 0
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
            return _settle(folder, Path(copy.name), digest.hexdigest(), size)
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise


def forget(kept: Kept) -> None:
    """Takes back a copy that was made for a file which was then refused."""
    if kept.added:
        kept.path.unlink(missing_ok=True)


def look_at(path: Path) -> Kept:
    """A file's hash and size where it is, for a dry run."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Kept(path, digest.hexdigest(), size, added=False)


def _settle(folder: Path, copy: Path, sha256: str, size: int) -> Kept:
    place = folder / sha256[:2] / sha256
    if place.exists():
        copy.unlink()
        return Kept(place, sha256, size, added=False)
    place.parent.mkdir(exist_ok=True, mode=0o700)
    copy.replace(place)  # a temporary file is 0600 from the start
    return Kept(place, sha256, size, added=True)


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

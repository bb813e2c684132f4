"""Kept files, opened by the key of all tests."""

from pathlib import Path

from tracker.blob_store import DELIVERIES, FileStore, find_store
from tracker.database import Database


def open_kept(database: Database, home: Path, center: str, sort: str = DELIVERIES) -> FileStore:
    """A centre's kept files."""
    with database.connect() as connection:
        return find_store(connection, home, sort, center)


def read_kept(database: Database, home: Path, center: str, sha256: str, sort: str = DELIVERIES) -> bytes:
    """The plain bytes of a kept file."""
    return b"".join(open_kept(database, home, center, sort).read(sha256))

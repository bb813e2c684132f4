"""Bytes kept under their own hash: delivered files and evidence documents, each in a folder of the home.

Whoever stores bytes holds them, by a lock in the database, until the transaction that names them has ended;
nobody else deletes them meanwhile, and afterwards nobody deletes what is named.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg

from tracker.file_writing import clear_parts, sync_folder, write_whole

_CHUNK = 1 << 20
_KEY = "hashtextextended('stored file ' || %s, 0)"
_NAMED = " UNION ALL ".join(
    f"SELECT 1 FROM {table} WHERE sha256 = %(sha256)s"
    for table in ("deliveries", "held_deliveries", "received_events", "documents")
)


@dataclass(frozen=True)
class StoredFile:
    """A file's bytes: where they are, and what they are."""

    path: Path
    sha256: str
    size: int
    kept: bool  # whether they are in the folder; else a file of somebody's, where it was


class Damage(StrEnum):
    """What is wrong with kept bytes."""

    MISSING = "已不在"
    ALTERED = "已损坏或被改动"


def store_file(connection: psycopg.Connection[Any], folder: Path, path: Path) -> StoredFile:
    """Copies a file into the folder, readable by the owner alone; the same bytes once, and whole.

    They are held until the connection's transaction ends. Raises: OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sha256 = hash_file(path, "sha256")
    connection.execute(f"SELECT pg_advisory_xact_lock_shared({_KEY})", (sha256,))
    place = locate_file(folder, sha256)
    if not place.parent.exists():
        place.parent.mkdir(exist_ok=True, mode=0o700)
        sync_folder(folder)
    if find_damage(place, sha256):
        _copy(path, place, sha256)
    return StoredFile(place, sha256, place.stat().st_size, kept=True)


def discard_file(connection: psycopg.Connection[Any], file: StoredFile) -> None:
    """Deletes bytes that were stored for a file which was then refused, unless somebody names or holds them.

    Where the database cannot be asked, they stay."""
    if not file.kept:
        return
    with suppress(psycopg.Error):
        if not _fetch_truth(connection, f"SELECT pg_try_advisory_lock({_KEY})", file.sha256):
            return
        try:
            if not _is_named(connection, file.sha256):
                file.path.unlink(missing_ok=True)
        finally:
            connection.execute(f"SELECT pg_advisory_unlock({_KEY})", (file.sha256,))


def describe_file(path: Path) -> StoredFile:
    """A file's hash and size where it is."""
    return StoredFile(path, hash_file(path, "sha256"), path.stat().st_size, kept=False)


def find_stored(folder: Path, sha256: str) -> StoredFile:
    """Bytes of the folder by their hash. Raises: FileNotFoundError."""
    path = locate_file(folder, sha256)
    return StoredFile(path, sha256, path.stat().st_size, kept=True)


def find_damage(path: Path, sha256: str) -> Damage | None:
    """What is wrong with the bytes that should be there; None: nothing."""
    try:
        return None if hash_file(path, "sha256") == sha256 else Damage.ALTERED
    except OSError:
        return Damage.MISSING


def hash_file(path: Path, name: str) -> str:
    """The hexadecimal digest of a file, read in pieces. Raises: OSError."""
    digest: Any = hashlib.new(name)
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return str(digest.hexdigest())


def locate_file(folder: Path, sha256: str) -> Path:
    """Where bytes of this hash are kept, if they are."""
    return folder / sha256[:2] / sha256


def clear_unfinished(folder: Path) -> None:
    """Deletes what killed processes left unfinished in the folder."""
    for one in (folder, *folder.glob("??")):
        clear_parts(one)


def _copy(source: Path, place: Path, sha256: str) -> None:
    """Raises: OSError, also where the file was changed while it was read."""
    digest = hashlib.sha256()
    with write_whole(place, private=True) as part, source.open("rb") as file, part.open("wb") as copy:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        if digest.hexdigest() != sha256:
            raise FileChanged(f"“{source.name}”在读取时被改动，没有采用。请等它写完再试。")


class FileChanged(OSError):
    """文件在读取时被改动。"""


def _is_named(connection: psycopg.Connection[Any], sha256: str) -> bool:
    named = connection.execute(f"SELECT EXISTS ({_NAMED})", {"sha256": sha256}).fetchone()
    return bool(named and named[0])


def _fetch_truth(connection: psycopg.Connection[Any], statement: str, value: str) -> bool:
    row = connection.execute(statement, (value,)).fetchone()
    return bool(row and row[0])

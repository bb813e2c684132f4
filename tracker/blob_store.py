"""Bytes kept under their own hash: delivered files and evidence documents, each in a folder of the home."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CHUNK = 1 << 20


@dataclass(frozen=True)
class StoredFile:
    """A file's bytes: where they are, and what they are."""

    path: Path
    sha256: str
    size: int
    added: bool  # whether they were kept just now


def store_file(folder: Path, path: Path) -> StoredFile:
    """Copies a file into the folder, readable by the owner alone; the same bytes once.

    Raises: OSError when it cannot be read or written."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("rb") as source, tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
        try:
            digest, size = hashlib.sha256(), 0
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
            return _move_into_place(folder, Path(copy.name), digest.hexdigest(), size)
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise


def discard_file(file: StoredFile) -> None:
    """Takes back a copy that was made for a file which was then refused."""
    if file.added:
        file.path.unlink(missing_ok=True)


def describe_file(path: Path) -> StoredFile:
    """A file's hash and size where it is."""
    return StoredFile(path, hash_file(path, "sha256"), path.stat().st_size, added=False)


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


def _move_into_place(folder: Path, copy: Path, sha256: str, size: int) -> StoredFile:
    place = locate_file(folder, sha256)
    if place.exists():
        copy.unlink()
        return StoredFile(place, sha256, size, added=False)
    place.parent.mkdir(exist_ok=True, mode=0o700)
    copy.replace(place)  # a temporary file is 0600 from the start
    return StoredFile(place, sha256, size, added=True)

"""Bytes kept under their own hash: delivered files and evidence documents, each in a folder of the home."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Kept:
    """A file's bytes: where they are, and what they are."""

    path: Path
    sha256: str
    size: int
    added: bool  # whether they were kept just now


def keep(folder: Path, path: Path) -> Kept:
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
            return _settle(folder, Path(copy.name), digest.hexdigest(), size)
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise


def forget(kept: Kept) -> None:
    """Takes back a copy that was made for a file which was then refused."""
    if kept.added:
        kept.path.unlink(missing_ok=True)


def look_at(path: Path) -> Kept:
    """A file's hash and size where it is."""
    return Kept(path, digest_of(path, "sha256"), path.stat().st_size, added=False)


def digest_of(path: Path, name: str) -> str:
    """The hexadecimal digest of a file, read in pieces. Raises: OSError."""
    digest: Any = hashlib.new(name)
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return str(digest.hexdigest())


def place_of(folder: Path, sha256: str) -> Path:
    """Where bytes of this hash are kept, if they are."""
    return folder / sha256[:2] / sha256


def _settle(folder: Path, copy: Path, sha256: str, size: int) -> Kept:
    place = place_of(folder, sha256)
    if place.exists():
        copy.unlink()
        return Kept(place, sha256, size, added=False)
    place.parent.mkdir(exist_ok=True, mode=0o700)
    copy.replace(place)  # a temporary file is 0600 from the start
    return Kept(place, sha256, size, added=True)

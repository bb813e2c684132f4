"""Bytes kept under their own hash: delivered files and evidence documents, in a folder for each centre.

They are sealed by the centre's data key; name and hash are those of the plain bytes. Whoever stores bytes
holds them, by a lock in the database, until the transaction that names them has ended; nobody else deletes
them meanwhile, and afterwards nobody deletes what is named.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg

from tracker.file_writing import WorkingFolder, clear_parts, sync_folder, write_whole
from tracker.sealed_files import OtherKey, SealBroken, measure_plain, open_sealed, seal_file
from tracker.vault import CenterVault, Vault, open_vault_of

DELIVERIES, DOCUMENTS = "deliveries", "documents"  # sorts of kept files
SORTS = (DELIVERIES, DOCUMENTS)

_CHUNK = 1 << 20
_KEY = "hashtextextended('stored file ' || %s, 0)"
_NAMED = " UNION ALL ".join(
    f"SELECT 1 FROM {table} WHERE center_id = %(center)s AND sha256 = %(sha256)s"
    for table in ("deliveries", "held_deliveries", "received_events", "documents")
)


@dataclass(frozen=True)
class StoredFile:
    """What a file's plain bytes are."""

    sha256: str
    size: int
    kept: bool  # whether they are in the folder; else a file of somebody's, where it was


class Damage(StrEnum):
    """What is wrong with kept bytes."""

    MISSING = "已不在"
    ALTERED = "已损坏或被改动"
    LOCKED = "解不开（加密它的密钥已销毁或更换）"


_DAMAGES: dict[type[Exception], Damage] = {
    OtherKey: Damage.LOCKED,
    SealBroken: Damage.ALTERED,
    FileNotFoundError: Damage.MISSING,
}


class FileUnusable(RuntimeError):
    """存放的文件不能用，原因见说明。"""


class FileStore:
    """A centre's kept files of one sort. Everything that reads or writes one goes through here."""

    def __init__(self, home: Path, sort: str, center: str, vault: CenterVault | None) -> None:
        """`vault` None: the centre has no data key, so that nothing can be read."""
        self.folder = home / sort / center
        self._working = home / "incoming"
        self._center = center
        self._key = vault.derive_file_key() if vault else None

    def keep(self, connection: psycopg.Connection[Any], path: Path) -> StoredFile:
        """Seals a file's bytes into the folder, readable by the owner alone; the same bytes once, and whole.

        They are held until the connection's transaction ends. Raises: OSError."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = StoredFile(hash_file(path, "sha256"), path.stat().st_size, kept=True)
        connection.execute(f"SELECT pg_advisory_xact_lock_shared({_KEY})", (self._describe(file.sha256),))
        place = self.locate(file.sha256)
        if not place.parent.exists():
            place.parent.mkdir(exist_ok=True, mode=0o700)
            sync_folder(self.folder)
        if self.find_damage(file.sha256):
            self._seal(path, file.sha256)
        return file

    def discard(self, connection: psycopg.Connection[Any], sha256: str) -> None:
        """Deletes bytes of a file that was then refused, unless somebody names or holds them.

        Where the database cannot be asked, they stay."""
        about = self._describe(sha256)
        with suppress(psycopg.Error):
            if not _fetch_truth(connection, f"SELECT pg_try_advisory_lock({_KEY})", about):
                return
            try:
                if not self._is_named(connection, sha256):
                    self.locate(sha256).unlink(missing_ok=True)
            finally:
                connection.execute(f"SELECT pg_advisory_unlock({_KEY})", (about,))

    def find_damage(self, sha256: str) -> Damage | None:
        """What is wrong with the bytes that should be there; None: nothing."""
        digest = hashlib.sha256()
        try:
            for piece in self.read(sha256):
                digest.update(piece)
        except (OtherKey, SealBroken) as problem:
            return _DAMAGES[type(problem)]
        except OSError:
            return Damage.MISSING
        return None if digest.hexdigest() == sha256 else Damage.ALTERED

    def read(self, sha256: str) -> Iterator[bytes]:
        """The plain bytes in pieces. Raises: OtherKey, SealBroken, OSError."""
        if self._key is None:
            self.locate(sha256).stat()
            raise OtherKey
        yield from open_sealed(self.locate(sha256), self._key, self._describe(sha256))

    def copy_out(self, sha256: str, path: Path) -> None:
        """Writes the plain bytes to a file. Raises: FileUnusable, OSError."""
        with name_damage():
            copy_plain(self.read(sha256), path)

    @contextmanager
    def open_copy(self, sha256: str) -> Iterator[Path]:
        """The plain bytes as a file that is there while the block lasts. Raises: FileUnusable, OSError."""
        with WorkingFolder(self._working) as own:
            self.copy_out(sha256, own / sha256)
            yield own / sha256

    def measure(self, sha256: str) -> int:
        """The size of the plain bytes. Raises: OSError."""
        return measure_plain(self.locate(sha256))

    def locate(self, sha256: str) -> Path:
        """Where sealed bytes of this hash are, if they are kept."""
        return self.folder / sha256[:2] / sha256

    def _seal(self, source: Path, sha256: str) -> None:
        """Raises: OSError, also where the file was changed while it was read."""
        assert self._key is not None, "whoever stores has the centre's key"
        with write_whole(self.locate(sha256), private=True) as part:
            with source.open("rb") as file, part.open("wb") as sealed:
                seal_file(file, sealed, self._key, self._describe(sha256))
            digest = hashlib.sha256()
            for piece in open_sealed(part, self._key, self._describe(sha256)):
                digest.update(piece)
            if digest.hexdigest() != sha256:
                raise FileChanged(f"“{source.name}”在读取时被改动，没有采用。请等它写完再试。")

    def _describe(self, sha256: str) -> str:
        return f"{self._center}/{self.folder.parent.name}/{sha256}"

    def _is_named(self, connection: psycopg.Connection[Any], sha256: str) -> bool:
        values = {"center": self._center, "sha256": sha256}
        named = connection.execute(f"SELECT EXISTS ({_NAMED})", values).fetchone()
        return bool(named and named[0])


@contextmanager
def name_damage() -> Iterator[None]:
    """Raises: FileUnusable, which says in words why the block could not open sealed bytes."""
    try:
        yield
    except (OtherKey, SealBroken, FileNotFoundError) as problem:
        raise FileUnusable(f"原件{_DAMAGES[type(problem)].value}") from problem


def copy_plain(pieces: Iterable[bytes], path: Path) -> None:
    """Writes plain bytes to a new file that its owner alone reads. Raises: OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
        copy.writelines(pieces)


class FileChanged(OSError):
    """文件在读取时被改动。"""


def find_store(
    connection: psycopg.Connection[Any], home: Path, sort: str, center: str, vault: Vault | None = None
) -> FileStore:
    """A centre's kept files, to be read. `vault` None: the instance's own.

    Raises: VaultProblem, KeyFileProblem."""
    return FileStore(home, sort, center, (vault or open_vault_of(connection, home)).find(connection, center))


def describe_file(path: Path) -> StoredFile:
    """A file's hash and size where it is. Raises: OSError."""
    return StoredFile(hash_file(path, "sha256"), path.stat().st_size, kept=False)


def hash_file(path: Path, name: str) -> str:
    """The hexadecimal digest of a file, read in pieces. Raises: OSError."""
    digest: Any = hashlib.new(name)
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return str(digest.hexdigest())


def clear_unfinished(folder: Path) -> None:
    """Deletes what killed processes left unfinished in the centres' folders of one sort."""
    for one in folder.glob("*/??"):
        clear_parts(one)


def _fetch_truth(connection: psycopg.Connection[Any], statement: str, value: str) -> bool:
    row = connection.execute(statement, (value,)).fetchone()
    return bool(row and row[0])

"""The files of jobs: uploads that wait, files that were made; sealed by their centre's data key.

Each is bound to its job and its name. Whoever must read one as a file gets a plain copy in a working folder.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

from tracker.blob_store import copy_plain, name_damage
from tracker.file_writing import WorkingFolder, write_whole
from tracker.sealed_files import OtherKey, measure_plain, open_sealed, seal_file
from tracker.vault import CenterVault
from web.instance import Instance, get_center_vault, get_instance
from web.jobs.job import Job


class JobFiles:
    """What a job keeps in its folder."""

    def __init__(self, home: Path, job: Job, vault: CenterVault | None) -> None:
        """`vault` None: the centre has no data key, so that nothing can be read."""
        self._home, self._job = home, job
        self._key = vault.derive_file_key() if vault else None

    def keep_upload(self, source: BinaryIO) -> int:
        """Seals an upload as it comes, and gives its size in bytes; an empty one leaves nothing behind.

        Raises: OSError."""
        folder = self._job.folder(self._home)
        folder.mkdir(parents=True, mode=0o700)
        try:
            size = self.seal(source, folder / self._job.file_name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if size == 0:
            shutil.rmtree(folder, ignore_errors=True)
        return size

    def seal(self, source: BinaryIO, path: Path) -> int:
        """Seals what is left of a file under the name that `path` has, wherever that is; gives its size.

        Raises: OSError."""
        assert self._key is not None, "whoever writes has the centre's key"
        with write_whole(path, private=True) as part, part.open("wb") as sealed:
            seal_file(source, sealed, self._key, self._describe(path.name))
        return measure_plain(path)

    def read(self, name: str) -> Iterator[bytes]:
        """The plain bytes in pieces. Raises: FileUnusable, OSError."""
        path = self._job.folder(self._home) / name
        with name_damage():
            if self._key is None:
                path.stat()
                raise OtherKey
            yield from open_sealed(path, self._key, self._describe(name))

    @contextmanager
    def open_copy(self) -> Iterator[Path]:
        """The job's file in plain, under its own name, while the block lasts.

        Raises: FileUnusable, OSError."""
        with WorkingFolder(self._home / "incoming") as own:
            path = own / self._job.file_name
            copy_plain(self.read(path.name), path)
            yield path

    def _describe(self, name: str) -> str:
        return f"{self._job.center_id}/jobs/{self._job.key}/{name}"


def get_job_files(job: Job) -> JobFiles:
    """A job's files, to be read in a request. Raises: VaultProblem."""
    return JobFiles(get_instance().home, job, get_center_vault(job.center_id))


def find_job_files(connection: psycopg.Connection[Any], instance: Instance, job: Job) -> JobFiles:
    """A job's files, to be read. Raises: VaultProblem."""
    return JobFiles(instance.home, job, instance.vault.find(connection, job.center_id))


def make_job_files(connection: psycopg.Connection[Any], instance: Instance, job: Job) -> JobFiles:
    """A job's files, to be written: the centre gets a data key if it has none. Raises: VaultProblem."""
    return JobFiles(instance.home, job, instance.vault.of(connection, job.center_id))

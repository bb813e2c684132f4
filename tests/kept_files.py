"""Kept files, opened by the key of all tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.blob_store import DELIVERIES, FileStore, find_store
from tracker.database import Database
from tracker.vault import open_vault_of
from web.jobs.job import Job
from web.jobs.job_files import JobFiles


def open_kept(database: Database, home: Path, center: str, sort: str = DELIVERIES) -> FileStore:
    """A centre's kept files."""
    with database.connect() as connection:
        return find_store(connection, home, sort, center)


def read_kept(database: Database, home: Path, center: str, sha256: str, sort: str = DELIVERIES) -> bytes:
    """The plain bytes of a kept file."""
    return b"".join(open_kept(database, home, center, sort).read(sha256))


def open_job_files(database: Database, home: Path, job: Job) -> JobFiles:
    """What a job keeps."""
    with database.connect() as connection:
        return JobFiles(home, job, open_vault_of(connection, home).of(connection, job.center_id))


@contextmanager
def open_job_file(database: Database, home: Path, job: Job) -> Iterator[Path]:
    """A job's file in plain."""
    with open_job_files(database, home, job).open_copy() as path:
        yield path


def list_plain(home: Path, words: bytes) -> list[str]:
    """The files anywhere in an instance's folder in which some bytes can be read."""
    return [
        path.relative_to(home).as_posix()
        for path in sorted(home.rglob("*"))
        if path.is_file() and words in path.read_bytes()
    ]

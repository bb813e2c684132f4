"""How long the files of jobs are kept; what is told of them stays."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from web.jobs import queue
from web.jobs.job import UPLOADS, Job, JobState, get_folder

KEPT = timedelta(days=30)  # a file to be downloaded
FORGOTTEN_AFTER = timedelta(days=7)  # an uploaded file that nobody went on with


def forget_old(connection: sa.Connection, home: Path, center_id: str, now: datetime) -> None:
    """Deletes files that were made long ago, uploads that were left lying, folders that never got a job."""
    found = queue.list_jobs(connection, center_id)
    for job in found:
        age = now - job.created_at
        if job.kind in UPLOADS and job.open and age > FORGOTTEN_AFTER:
            give_up(connection, home, job)
        elif job.kind not in UPLOADS and job.state is JobState.DONE and age > KEPT:
            drop_file(home, job)
            queue.change(connection, job, state=JobState.CLEARED)
    keys, folder = {job.key for job in found}, get_folder(home, center_id)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in keys and now.timestamp() - path.stat().st_mtime > FORGOTTEN_AFTER.total_seconds():
            shutil.rmtree(path, ignore_errors=True)


def give_up(connection: sa.Connection, home: Path, job: Job) -> bool:
    """Drops a file that is not to be imported; False where the upload has moved on."""
    given_up = queue.change(connection, job, state=JobState.GIVEN_UP, problem=None)
    if given_up:
        drop_file(home, job)
    return given_up


def drop_file(home: Path, job: Job) -> None:
    """Deletes the file; what is kept beside it stays."""
    job.path(home).unlink(missing_ok=True)

"""The files that were asked for, as they stand: made, being made, failed, cleared."""

from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from web.jobs import queue
from web.jobs.job import UPLOADS, Job, JobState

_MOST = 500  # of a year's list


def list_files(connection: sa.Connection, home: Path, center_id: str, year: int) -> list[Job]:
    """Everything asked for of a year, the newest first."""
    found = queue.list_jobs(connection, center_id, year=year, most=_MOST)
    return [_mark_deleted(home, job) for job in found]


def find_made(connection: sa.Connection, home: Path, center_id: str, key: str) -> Job | None:
    """A file that can be downloaded; None where the centre has none of that key, or no longer."""
    job = queue.find(connection, center_id, key)
    made = job is not None and job.kind not in UPLOADS and _mark_deleted(home, job).state is JobState.DONE
    return job if made else None


def find_newest(jobs: list[Job], kind: str) -> Job | None:
    """The last one of a kind that can be downloaded."""
    return next((job for job in jobs if job.kind == kind and job.state is JobState.DONE), None)


def _mark_deleted(home: Path, job: Job) -> Job:
    """A file that somebody deleted is gone, whatever the table says."""
    lost = job.state is JobState.DONE and not job.path(home).is_file()
    return replace(job, state=JobState.CLEARED) if lost else job

"""Running a declared job once: one process at a time, and every run is written down."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from kpi.jobs import JOBS, Job
from tracker.database import Database

logger = logging.getLogger(__name__)


class JobProblem(LookupError):
    """没有这个定时任务。"""


@dataclass(frozen=True)
class Run:
    """What became of one run; `outcome` is None where another process was at it already."""

    job: Job
    outcome: str | None  # done | nothing_due | failed
    detail: str


def find_job(name: str) -> Job:
    """The declared job of that name. Raises: JobProblem that lists them."""
    for job in JOBS:
        if job.name == name:
            return job
    raise JobProblem(f"没有定时任务“{name}”。现有：{'、'.join(job.name for job in JOBS)}。")


def run_job(database: Database, job: Job, clock: Callable[[], datetime], home: Path | None = None) -> Run:
    """Runs a job unless another process does; the job asks what is due, so running it twice is harmless.

    A failure is written down and told, and stops no other job.
    """
    with database.connect() as guard:
        if not _alone(guard, job):
            return Run(job, None, "另一个进程正在运行这个任务，本次不重复运行。")
        started_at = clock()
        _begin(database, job, started_at)
        run = _attempt(database, job, started_at, home)
        _end(database, run, started_at, clock())
    return run


def _attempt(database: Database, job: Job, now: datetime, home: Path | None) -> Run:
    try:
        done = job.run(database, now, home)
    except Exception as problem:
        logger.exception("job %s failed", job.name)
        return Run(job, "failed", f"{type(problem).__name__}：{problem}")
    return Run(job, "done", done) if done else Run(job, "nothing_due", "没有需要处理的内容。")


def _alone(guard: psycopg.Connection[Any], job: Job) -> bool:
    """Takes the job's lock until the guard's transaction ends."""
    lock = "SELECT pg_try_advisory_xact_lock(hashtext('hotline job'), hashtext(%s))"
    return guard.execute(lock, (job.name,)).fetchone() == (True,)


def _begin(database: Database, job: Job, started_at: datetime) -> None:
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO job_runs (name, started_at) VALUES (%s, %s)"
            " ON CONFLICT (name, started_at) DO UPDATE SET finished_at = NULL, outcome = NULL, detail = NULL",
            (job.name, started_at),
        )


def _end(database: Database, run: Run, started_at: datetime, finished_at: datetime) -> None:
    """Writes the end; a run that found nothing due takes the place of the earlier ones that found nothing."""
    with database.connect() as connection:
        connection.execute(
            "UPDATE job_runs SET finished_at = %s, outcome = %s, detail = %s"
            " WHERE name = %s AND started_at = %s",
            (finished_at, run.outcome, run.detail, run.job.name, started_at),
        )
        if run.outcome == "nothing_due":
            connection.execute(
                "DELETE FROM job_runs WHERE name = %s AND outcome = 'nothing_due' AND started_at < %s",
                (run.job.name, started_at),
            )

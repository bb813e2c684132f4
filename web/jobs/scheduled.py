"""Running a declared job once: one process at a time, and every run is written down."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kpi.jobs import JOBS, ScheduledJob
from tracker.database import Database, is_database_lost
from web.jobs import queue
from web.jobs.job import Job, JobState, make_key
from web.jobs.working import get_worker_name, hold_job

logger = logging.getLogger(__name__)


class JobProblem(LookupError):
    """没有这个定时任务。"""


@dataclass(frozen=True)
class JobRun:
    """What became of one run; `state` is None where another process was at it already."""

    job: ScheduledJob
    state: JobState | None  # DONE, NOTHING_DUE or FAILED
    detail: str


def find_job(name: str) -> ScheduledJob:
    """The declared job of that name. Raises: JobProblem that lists them."""
    for job in JOBS:
        if job.name == name:
            return job
    raise JobProblem(f"没有定时任务“{name}”。现有：{'、'.join(job.name for job in JOBS)}。")


def run_job(
    database: Database, job: ScheduledJob, clock: Callable[[], datetime], home: Path | None = None
) -> JobRun:
    """Runs a job unless another process does; the job asks what is due, so running it twice is harmless.

    A failure is written down and told, and stops no other job. Raises: what the database raises that goes
    away; the run is settled later, and what was due is still due.
    """
    begun = _begin(database, job, clock())
    if begun is None:
        return JobRun(job, None, "另一个进程正在运行这个任务，本次不重复运行。")
    with hold_job(database, begun):
        run = _attempt(database, job, clock(), home)
        _end(database, begun, run, clock())
    return run


def _attempt(database: Database, job: ScheduledJob, now: datetime, home: Path | None) -> JobRun:
    try:
        done = job.run(database, now, home)
    except Exception as problem:
        if is_database_lost(problem):
            raise
        logger.exception("job %s failed", job.name)
        return JobRun(job, JobState.FAILED, f"{type(problem).__name__}：{problem}")
    return (
        JobRun(job, JobState.DONE, done)
        if done
        else JobRun(job, JobState.NOTHING_DUE, "没有需要处理的内容。")
    )


def _begin(database: Database, job: ScheduledJob, now: datetime) -> Job | None:
    with database.engine.begin() as connection:
        queue.settle(connection, now)
        run = Job(
            key=make_key(now), kind=job.name, title=job.title, created_at=now, started_at=now,
            worker=get_worker_name(),
        )  # fmt: skip
        return queue.begin(connection, run)


def _end(database: Database, begun: Job, run: JobRun, now: datetime) -> None:
    """Writes the end; a run that found nothing due takes the place of the earlier ones that found nothing."""
    assert run.state is not None
    failed = run.state is JobState.FAILED
    ended = replace(begun, problem=run.detail) if failed else replace(begun, result={"说明": run.detail})
    with database.engine.begin() as connection:
        queue.end(connection, replace(ended, state=run.state, finished_at=now))
        if run.state is JobState.NOTHING_DUE:
            queue.forget_idle(connection, begun)

"""The scheduler: runs the declared jobs at their times, in Beijing time.

Jobs and their next run are kept in the database, so that a run missed while nothing was running is made up
once when a scheduler starts again. APScheduler does not share its table between schedulers; here each run
takes a lock and asks what is due, so a second scheduler changes nothing.
"""

import logging
from datetime import datetime
from pathlib import Path
from typing import cast

import sqlalchemy as sa
from apscheduler.job import Job as Scheduled  # type: ignore[import-untyped]
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

from kpi.jobs import JOBS, ScheduledJob
from tracker.database import Database
from tracker.periods import SHANGHAI
from web.jobs.scheduled import find_job, run_job

_RUN = "web.scheduler:run_scheduled"  # a path, so that a job can be kept in the database
_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}

AGAIN = 5.0  # seconds after which a scheduler that could not reach its table looks again

logger = logging.getLogger(__name__)

# this process's; a job in the database cannot carry them
_database: Database | None = None
_home: Path | None = None


class _SteadyScheduler(BackgroundScheduler):  # type: ignore[misc]
    """APScheduler's thread ends with the first error that it does not expect; this one goes on."""

    def _process_jobs(self) -> float | None:
        try:
            return cast("float | None", super()._process_jobs())
        except Exception:
            logger.exception("looking for scheduled jobs failed")
            return AGAIN


def start(database: Database, home: Path | None = None) -> BackgroundScheduler:
    """Starts the jobs of an instance beside whatever else the process does; `shutdown()` ends them."""
    global _database, _home
    _database, _home = database, home
    store = SQLAlchemyJobStore(engine=database.engine, metadata=sa.MetaData())
    scheduler = _SteadyScheduler(
        jobstores={"default": store}, job_defaults=_DEFAULTS, timezone=SHANGHAI, daemon=True
    )
    scheduler.start(paused=True)
    _declare(scheduler)
    scheduler.resume()
    return scheduler


def run_scheduled(name: str) -> None:
    """Runs a job for the scheduler of this process."""
    assert _database is not None, "the scheduler was started without a database"
    run_job(_database, find_job(name), lambda: datetime.now(SHANGHAI), _home)


def make_trigger(job: ScheduledJob) -> CronTrigger:
    """A job's schedule as APScheduler reads it."""
    return CronTrigger(timezone=SHANGHAI, **job.schedule)


def _declare(scheduler: BackgroundScheduler) -> None:
    """Makes the kept jobs those that are declared; an unchanged one keeps its next run, even a missed one."""
    scheduled: dict[str, Scheduled] = {job.id: job for job in scheduler.get_jobs()}
    for name in scheduled.keys() - {job.name for job in JOBS}:
        scheduler.remove_job(name)
    for job in JOBS:
        trigger = make_trigger(job)
        if job.name not in scheduled or str(scheduled[job.name].trigger) != str(trigger):
            scheduler.add_job(
                _RUN, trigger, id=job.name, name=job.title, args=[job.name], replace_existing=True
            )

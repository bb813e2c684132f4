"""What the scheduled jobs did last and when they run next, for pages and for `hotline jobs list`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from kpi.jobs import JOBS
from tracker.database import compiled
from web.jobs.job import JobState
from web.jobs.tables import apscheduler_jobs, jobs

LABELS = {
    JobState.RUNNING: "运行中",
    JobState.DONE: "已完成",
    JobState.NOTHING_DUE: "无需处理",
    JobState.FAILED: "失败",
    JobState.INTERRUPTED: "中断",
}


def _records() -> sa.Select[Any]:
    """Each job's last run beside its next one."""
    last = (
        sa.select(jobs)
        .ext(distinct_on(jobs.c.kind))
        .where(jobs.c.center_id == "")
        .order_by(jobs.c.kind, jobs.c.started_at.desc())
        .subquery("run")
    )
    due = apscheduler_jobs
    name = sa.func.coalesce(due.c.id, last.c.kind)
    detail = sa.func.coalesce(last.c.problem, last.c.result["说明"].as_string())
    return (
        sa.select(
            name, sa.func.to_timestamp(due.c.next_run_time), last.c.started_at, last.c.finished_at,
            last.c.state, detail,
        )
        .select_from(due.outerjoin(last, last.c.kind == due.c.id, full=True))
        .order_by(name)
    )  # fmt: skip


_RECORDS, _VALUES = compiled(_records())  # once: every page sends it


@dataclass(frozen=True)
class JobRecord:
    """A job's last run and next run; either may be None."""

    name: str
    next_run_at: datetime | None  # None: no scheduler has taken it up
    started_at: datetime | None
    finished_at: datetime | None
    state: str | None
    detail: str | None

    @property
    def title(self) -> str:
        """The job in words; its name where it is no longer declared."""
        return next((job.title for job in JOBS if job.name == self.name), self.name)

    @property
    def told(self) -> str:
        """What became of the last run, in words."""
        return "尚未运行" if self.state is None else LABELS[JobState(self.state)]


@dataclass(frozen=True)
class JobSummary:
    """What a page's foot says of all jobs together."""

    last: JobRecord | None  # the one that ran last
    next: JobRecord | None  # the one that runs next
    failed: list[JobRecord]  # whose last run failed


def summarize_jobs(records: list[JobRecord]) -> JobSummary:
    """All jobs in one line, the failed ones apart."""
    ran = [(record.started_at, record.name, record) for record in records if record.started_at]
    due = [(record.next_run_at, record.name, record) for record in records if record.next_run_at]
    return JobSummary(
        last=max(ran)[-1] if ran else None,
        next=min(due)[-1] if due else None,
        failed=[record for record in records if record.state == JobState.FAILED],
    )


def read_job_records(connection: psycopg.Connection[Any]) -> list[JobRecord]:
    """Every job that is scheduled or has ever run."""
    return [JobRecord(*row) for row in connection.execute(_RECORDS, _VALUES)]

"""The scheduler's tables: its jobs with their next run, and what became of each run."""

import sqlalchemy as sa

from tracker.database import metadata

_TIME = sa.TIMESTAMP(timezone=True)

apscheduler_jobs = sa.Table(
    "apscheduler_jobs",  # as APScheduler 3 makes it; ours, because the application's role may not make tables
    metadata,
    sa.Column("id", sa.Unicode(191), primary_key=True),
    sa.Column("next_run_time", sa.Double, index=True),  # Unix time, UTC
    sa.Column("job_state", sa.LargeBinary, nullable=False),
)

job_runs = sa.Table(
    "job_runs",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("started_at", _TIME, primary_key=True),
    sa.Column("finished_at", _TIME),  # None: still running, or the process ended in the middle
    sa.Column("outcome", sa.Text),  # done | nothing_due | failed
    sa.Column("detail", sa.Text),  # a sentence
)

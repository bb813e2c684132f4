"""The table of everything that runs in the background, and APScheduler's own of when nightly work is due."""

import sqlalchemy as sa

from tracker.database import metadata

_TIME = sa.TIMESTAMP(timezone=True)
_SORTED = sa.Text(collation="C")

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("key", _SORTED, primary_key=True),  # in the order of asking
    sa.Column("kind", _SORTED, nullable=False),
    sa.Column("center_id", sa.Text, nullable=False),  # empty: scheduled work, of all centres
    sa.Column("year", sa.Integer),  # of which a file is made
    sa.Column("title", sa.Text, nullable=False),  # what it is, in words
    sa.Column("login", sa.Text, nullable=False),  # who asked; empty: the schedule
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("asked", sa.JSON, nullable=False),  # JSON keeps the order of what is told, JSONB does not
    sa.Column("file_name", sa.Text, nullable=False),  # in the job's folder; empty: it has none
    sa.Column("size", sa.BigInteger, nullable=False),  # bytes of the file
    sa.Column("sha256", sa.Text, nullable=False),  # of a file that was made
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("share", sa.Double, nullable=False),  # 0 to 1
    sa.Column("result", sa.JSON, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Column("created_at", _TIME, nullable=False),
    sa.Column("started_at", _TIME),
    sa.Column("finished_at", _TIME),
    sa.Column("attempt", sa.Integer, nullable=False),  # counts how often a worker took it
    sa.Column("taken_again", sa.Boolean, nullable=False),  # a worker of it has stopped beating before
    sa.Column("worker", sa.Text),  # whose thread is at it; None: nobody's
    sa.Column("beat_at", _TIME),  # the server's clock, which all processes share
    sa.Index("jobs_of_center", "center_id", "key"),
    sa.Index("jobs_of_kind", "kind", "started_at"),
)

apscheduler_jobs = sa.Table(
    "apscheduler_jobs",  # as APScheduler 3 makes it; ours, because the application's role may not make tables
    metadata,
    sa.Column("id", sa.Unicode(191), primary_key=True),
    sa.Column("next_run_time", sa.Double, index=True),  # Unix time, UTC
    sa.Column("job_state", sa.LargeBinary, nullable=False),
)

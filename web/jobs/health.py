"""Whether what runs in the background runs: told by the scheduler's own table, which all processes share.

A scheduler moves the next run of its minutely jobs on once a minute. Where it lies in the past, none does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
import sqlalchemy as sa

from kpi.jobs import JOBS
from tracker.database import Database
from tracker.periods import SHANGHAI
from web.jobs.tables import apscheduler_jobs

MINUTE = timedelta(minutes=1)
LATE = timedelta(minutes=5)  # a scheduler that has not looked for so long has stopped
_MINUTELY = [job.name for job in JOBS if job.schedule == {"minute": "*"}]
_NEXT = sa.select(sa.func.min(apscheduler_jobs.c.next_run_time)).where(apscheduler_jobs.c.id.in_(_MINUTELY))
_WRITABLE = sa.text(
    "SELECT NOT pg_is_in_recovery() AND NOT current_setting('default_transaction_read_only')::boolean"
)


@dataclass(frozen=True)
class Health:
    """What a monitor is told."""

    database: str  # ok | read-only | unreachable
    last_beat: datetime | None = None  # of the scheduler; None: none has ever run, or nobody knows
    standing_still: bool = True

    @property
    def well(self) -> bool:
        return self.database == "ok" and not self.standing_still


def find_last_beat(connection: sa.Connection) -> datetime | None:
    """When a scheduler looked last; None where none has ever run."""
    due = connection.scalar(_NEXT)
    return None if due is None else datetime.fromtimestamp(due, SHANGHAI) - MINUTE


def find_standstill(connection: sa.Connection, now: datetime) -> datetime | None:
    """Since when scheduled work has stood still; None: it runs, or was never scheduled."""
    beat = find_last_beat(connection)
    return beat if beat is not None and now - beat > LATE else None


def read_health(database: Database, now: datetime) -> Health:
    """Looks at the database and the scheduler; raises nothing."""
    try:
        with database.engine.connect() as connection:
            writable, beat = connection.scalar(_WRITABLE), find_last_beat(connection)
    except (sa.exc.SQLAlchemyError, psycopg.Error):
        return Health("unreachable")
    still = beat is None or now - beat > LATE
    return Health("ok" if writable else "read-only", beat, still)

"""The table of jobs as a queue that all processes share.

Who takes a job has the next number of its attempts, and may write to it by that number alone: one whose job
was given to another meanwhile, because it had stopped beating, is told so and writes nothing.
"""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tracker.personal_text import mask_texts
from web.jobs.job import IMPORT, TRIAL, Job, JobState
from web.jobs.tables import jobs

AT_ONCE = 2  # jobs of centres, in all processes together: a workbook may take 400 MB of memory
LEASE = timedelta(seconds=20)  # a worker that has not beaten for so long has gone
QUEUED_PHASE = "等待空位"

_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("hotline jobs")))
_BEATS = jobs.c.worker.is_not(None) & (jobs.c.beat_at > sa.func.now() - LEASE)
_OF_CENTER = jobs.c.center_id != ""
_CUT_OFF_TWICE = sa.case(
    (
        jobs.c.kind.in_([TRIAL, IMPORT]),
        "服务两次在处理中途停止，该文件未写入任何内容。请重新试导入；如再次中断，请联系系统管理员。",
    ),
    (_OF_CENTER, "服务两次在生成中途停止，该文件未生成。请重新生成；如再次中断，请联系系统管理员。"),
    else_="服务在运行中途停止，到下次的时间会再运行。",
)


class Overtaken(RuntimeError):
    """这项任务已由另一个进程接手。"""


def put(connection: sa.Connection, job: Job) -> None:
    """Writes a new job down."""
    connection.execute(sa.insert(jobs).values(**asdict(job)))


def find(connection: sa.Connection, center_id: str, key: str) -> Job | None:
    """None where the centre has no such job."""
    rows = connection.execute(sa.select(jobs).where(jobs.c.key == key, jobs.c.center_id == center_id))
    return next(map(_read_job, rows), None)


def list_jobs(
    connection: sa.Connection,
    center_id: str,
    *,
    kinds: Collection[str] | None = None,
    year: int | None = None,
    most: int | None = None,
) -> list[Job]:
    """A centre's jobs, the newest first: of these kinds, of this year, or all."""
    wanted = sa.select(jobs).where(jobs.c.center_id == center_id)
    if kinds is not None:
        wanted = wanted.where(jobs.c.kind.in_(kinds))
    if year is not None:
        wanted = wanted.where(jobs.c.year == year)
    return [_read_job(row) for row in connection.execute(wanted.order_by(jobs.c.key.desc()).limit(most))]


def change(connection: sa.Connection, job: Job, **values: Any) -> bool:
    """Changes a job that nobody is at; False where it has moved on since it was read."""
    return _update(
        connection,
        sa.and_(
            jobs.c.key == job.key,
            jobs.c.kind == job.kind,
            jobs.c.state == job.state,
            jobs.c.attempt == job.attempt,
        ),
        **values,
    )


def is_waiting(connection: sa.Connection) -> bool:
    """Whether a job waits for a worker."""
    return bool(connection.scalar(sa.select(sa.exists().where(jobs.c.state == JobState.QUEUED))))


def is_over(connection: sa.Connection, key: str) -> bool:
    """Whether a job waits for no worker and none is at it."""
    going = jobs.c.worker.is_not(None) | jobs.c.state.in_([JobState.QUEUED, JobState.RUNNING])
    return not connection.scalar(sa.select(sa.exists().where(jobs.c.key == key, going)))


def take(connection: sa.Connection, worker: str, now: datetime) -> Job | None:
    """The job that has waited longest, from now on this worker's; None: there is none, or no room for it.

    The lock is held until the transaction ends, so that two workers do not count the room at once.
    """
    connection.execute(_LOCK)
    if (connection.scalar(sa.select(sa.func.count()).where(_BEATS, _OF_CENTER)) or 0) >= AT_ONCE:
        return None
    first = sa.select(jobs.c.key).where(jobs.c.state == JobState.QUEUED).order_by(jobs.c.key).limit(1)
    taken = (
        sa.update(jobs)
        .where(jobs.c.key.in_(first.with_for_update(skip_locked=True)))
        .values(
            state=JobState.RUNNING,
            attempt=jobs.c.attempt + 1,
            worker=worker,
            beat_at=sa.func.now(),
            started_at=now,
            phase="正在打开文件",
            share=0.0,
        )
        .returning(jobs)
    )
    return next(map(_read_job, connection.execute(taken)), None)


def begin(connection: sa.Connection, job: Job) -> Job | None:
    """Writes down work that runs from now on; None where another of its kind is running."""
    connection.execute(_LOCK)
    if connection.scalar(sa.select(sa.exists().where(_BEATS, jobs.c.kind == job.kind))):
        return None
    values = asdict(job) | {"state": JobState.RUNNING, "attempt": 1, "beat_at": sa.func.now()}
    return _read_job(connection.execute(sa.insert(jobs).values(**values).returning(jobs)).one())


def beat(connection: sa.Connection, job: Job) -> None:
    """Says that its worker is still at it."""
    _update(connection, _is_held(job), beat_at=sa.func.now())


def report_progress(connection: sa.Connection, job: Job, phase: str, share: float) -> None:
    """Writes how far it has come, for every process to see once the transaction is over."""
    _update(connection, _is_held(job), beat_at=sa.func.now(), phase=phase, share=share)


def end(connection: sa.Connection, job: Job) -> None:
    """Writes what became of it. In the transaction of the work itself, both hold or neither.

    Its worker may still clear up; `release` ends that. Raises: Overtaken.
    """
    columns = {"state", "result", "problem", "size", "sha256", "finished_at"}
    values = {name: value for name, value in asdict(job).items() if name in columns}
    if not _update(connection, _is_held(job) & (jobs.c.state == JobState.RUNNING), **values):
        raise Overtaken(f"{job.kind} {job.key}, attempt {job.attempt}")


def release(connection: sa.Connection, job: Job) -> None:
    """Lets go of it."""
    _update(connection, _is_held(job), worker=None, beat_at=None)


def hand_back(connection: sa.Connection, worker: str) -> None:
    """Puts back what a worker that is stopping has in its hands."""
    own = sa.and_(jobs.c.worker == worker, _OF_CENTER, jobs.c.state == JobState.RUNNING)
    _update(connection, own, state=JobState.QUEUED, worker=None, beat_at=None, phase=QUEUED_PHASE)


def settle(connection: sa.Connection, now: datetime) -> None:
    """Goes through the jobs whose worker has stopped beating.

    What writes all or nothing is put back, once: a job that ends its process each time would do so for ever.
    """
    gone = jobs.c.worker.is_not(None) & (jobs.c.beat_at <= sa.func.now() - LEASE)
    busy = gone & (jobs.c.state == JobState.RUNNING)
    again = sa.and_(busy, _OF_CENTER, sa.not_(jobs.c.taken_again))
    _update(connection, again, state=JobState.QUEUED, taken_again=True, worker=None, beat_at=None,
            phase=QUEUED_PHASE)  # fmt: skip
    _update(connection, busy, state=JobState.INTERRUPTED, problem=_CUT_OFF_TWICE, worker=None, beat_at=None,
            finished_at=now)  # fmt: skip
    _update(connection, gone, worker=None, beat_at=None)


def forget_idle(connection: sa.Connection, job: Job) -> None:
    """Deletes the earlier runs of scheduled work that found nothing to do."""
    idle = sa.and_(jobs.c.kind == job.kind, jobs.c.state == JobState.NOTHING_DUE, jobs.c.key != job.key)
    connection.execute(sa.delete(jobs).where(idle))


def _is_held(job: Job) -> sa.ColumnElement[bool]:
    return sa.and_(jobs.c.key == job.key, jobs.c.attempt == job.attempt, jobs.c.worker.is_not(None))


def _update(connection: sa.Connection, where: sa.ColumnElement[bool], **values: Any) -> bool:
    if "problem" in values:
        values |= {"problem": mask_texts(values["problem"])}  # which may quote a line of a file
    return connection.execute(sa.update(jobs).where(where).values(**values)).rowcount > 0


def _read_job(row: sa.Row[Any]) -> Job:
    columns = row._asdict()
    return Job(**columns | {"state": JobState(columns["state"])})

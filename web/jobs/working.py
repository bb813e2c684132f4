"""The workers: threads of any process that take jobs from the table and beat while they are at one."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tracker.database import Database, is_database_lost
from web.instance import Instance
from web.jobs import queue
from web.jobs.job import Job, JobState
from web.jobs.works import get_work

BEAT = 4.0  # seconds between two signs of life
LOOK = 2.0  # seconds after which a process that serves looks for work again
PATIENCE = 1.5  # seconds that a request waits for short work, so that its page shows the result
_GLANCE = 0.03  # seconds between two looks of a request that waits

logger = logging.getLogger(__name__)


def get_worker_name() -> str:
    """This process as the table of jobs has it."""
    return f"{socket.gethostname()}-{os.getpid()}"


def start(instance: Instance, *jobs: Job) -> None:
    """Has new jobs done as soon as there is room, and waits a little for the end of the last."""
    with instance.database.engine.begin() as connection:
        for job in jobs:
            queue.put(connection, job)
    if jobs:
        _work_soon(instance, jobs[-1])


def resume(instance: Instance, job: Job, **values: Any) -> None:
    """Has an upload tried or imported as soon as there is room, and waits a little for its end; does nothing
    where another page was faster."""
    with instance.database.engine.begin() as connection:
        changed = queue.change(
            connection, job, state=JobState.QUEUED, problem=None, phase=queue.QUEUED_PHASE, share=0.0,
            taken_again=False, finished_at=None, **values,
        )  # fmt: skip
    if changed:
        _work_soon(instance, job)


def stand_by(instance: Instance) -> Callable[[], None]:
    """Looks for work from now on; what it gives stops that and hands back what is being done."""
    stopped = threading.Event()

    def keep_looking() -> None:
        while not stopped.wait(LOOK):
            try:
                look(instance)
            except Exception as problem:  # whatever it is, the next look may come through
                logger.error("looking for jobs failed", exc_info=not is_database_lost(problem))

    def stop() -> None:
        stopped.set()
        try:
            with instance.database.engine.begin() as connection:
                queue.hand_back(connection, get_worker_name())
        except sa.exc.DBAPIError:  # the database was stopped first: jobs are settled later, as after a kill
            logger.exception("jobs could not be handed back")

    threading.Thread(target=keep_looking, daemon=True).start()
    return stop


def look(instance: Instance) -> None:
    """Settles what was left by workers that have gone, and begins with what waits."""
    with instance.database.engine.begin() as connection:
        queue.settle(connection, instance.clock())
        waiting = queue.is_waiting(connection)
    if waiting:
        threading.Thread(target=work_off, args=(instance,), daemon=True).start()


def work_off(instance: Instance) -> None:
    """Does one job after the other, as long as some wait and there is room."""
    while True:
        with instance.database.engine.begin() as connection:
            job = queue.take(connection, get_worker_name(), instance.clock())
        if job is None:
            return
        try:
            with hold_job(instance.database, job):
                get_work(job.kind)(instance, job)
        except queue.Overtaken:
            logger.warning("job %s was given to another worker meanwhile", job.key)
        except Exception as problem:  # not even its end could be written; it no longer beats: it is settled
            logger.error("job %s was left", job.key, exc_info=not is_database_lost(problem))


@contextmanager
def hold_job(database: Database, job: Job) -> Iterator[None]:
    """Beats as long as it lasts, then lets go of the job; after an exception it is left to be settled."""
    ended = threading.Event()

    def keep_beating() -> None:
        while not ended.wait(BEAT):
            try:
                with database.engine.begin() as connection:
                    queue.beat(connection, job)
            except Exception as problem:  # the next beat may come through
                logger.error("job %s could not beat", job.key, exc_info=not is_database_lost(problem))

    beating = threading.Thread(target=keep_beating, daemon=True)
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()
    with database.engine.begin() as connection:
        queue.release(connection, job)


def _work_soon(instance: Instance, job: Job) -> None:
    threading.Thread(target=work_off, args=(instance,), daemon=True).start()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with instance.database.engine.connect() as connection:
            if queue.is_over(connection, job.key):
                return
        time.sleep(_GLANCE)

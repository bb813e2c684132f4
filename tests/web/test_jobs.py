"""The table of jobs as several processes share it; one of them is killed for good."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.kept_files import open_job_files
from tests.web.conftest import NOW, SETTINGS, add, grant
from tracker import centers
from tracker.database import Database, get_driver
from tracker.vault import open_vault
from web.access.rights import Role
from web.imports import running
from web.instance import Instance
from web.jobs import queue, working
from web.jobs.job import IMPORT, TRIAL, Job, JobState, make_key
from web.jobs.tables import jobs

# what another process runs: its import has written all its rows, said so, and never comes to its end
_STUCK = """
import sys, time
from datetime import datetime
from pathlib import Path
from ingest.importing.file_context import ReadingProgress
from tests.web.conftest import SETTINGS
from dataclasses import replace
from tracker.database import Database
from tracker.periods import SHANGHAI
from tracker.vault import open_vault
from web.imports import running
from web.instance import Instance
from web.jobs import working

take_in_file = running.take_in_file

def stuck(*arguments, progress, **options):
    take_in_file(*arguments, progress=progress, **options)
    progress(ReadingProgress(9000, 0.4))
    time.sleep(600)

running.take_in_file, running._TOLD_EVERY, working.BEAT = stuck, 0, 0.1
url, home = sys.argv[1:]
settings = replace(SETTINGS, home=Path(home))
clock = lambda: datetime.now(SHANGHAI)
working.work_off(Instance(Database(url, url), clock, settings, open_vault(settings)))
"""


@pytest.fixture
def here(database: Database, home: Path) -> Instance:
    """This process's instance, with a centre."""
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
    add(database, "clerk", grant(Role.CLERK, "tlf"))
    settings = replace(SETTINGS, home=home)
    return Instance(database, lambda: NOW, settings, open_vault(settings))


@pytest.fixture
def elsewhere(here: Instance) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Starts another process that takes jobs and gets stuck in them; none outlives the test."""
    started = []

    def begin() -> "subprocess.Popen[bytes]":
        arguments = [sys.executable, "-c", _STUCK, here.database.url, str(here.home)]
        started.append(subprocess.Popen(arguments, env=os.environ | {"PYTHONPATH": str(Path.cwd())}))
        return started[-1]

    yield begin
    for one in started:
        one.kill()
        one.wait()


def asked(here: Instance, kind: str = IMPORT, **values: object) -> Job:
    """A file of one call that waits to be imported."""
    job = Job(
        key=make_key(NOW), kind=kind, title="话单", created_at=NOW, center_id="tlf", login="clerk",
        person="李录入", file_name="话单_2023-05.csv", result={"trial": {"months": []}},
    )  # fmt: skip
    upload(here, job, CALL_1)
    with here.database.engine.begin() as connection:
        queue.put(connection, replace(job, **values))
    return job


def upload(here: Instance, job: Job, row: str) -> None:
    """A file of a row as the job's own."""
    with tempfile.TemporaryDirectory() as folder:
        path = csv_file(Path(folder), CALL_HEADER, row, name=job.file_name)
        with path.open("rb") as source:
            open_job_files(here.database, here.home, job).keep_upload(source)


def standing(here: Instance, job: Job) -> Job:
    with here.database.engine.connect() as connection:
        found = queue.find(connection, "tlf", job.key)
    assert found is not None
    return found


def take(here: Instance, worker: str = "a-1") -> Job | None:
    with here.database.engine.begin() as connection:
        return queue.take(connection, worker, NOW)


def let_the_lease_pass(here: Instance) -> None:
    with here.database.engine.begin() as connection:
        connection.execute(sa.update(jobs).values(beat_at=jobs.c.beat_at - queue.LEASE))
        queue.settle(connection, NOW)


def calls(here: Instance) -> int:
    with here.database.engine.connect() as connection:
        return int(connection.scalar(sa.text("SELECT count(*) FROM calls")) or 0)


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < end, "not reached"
        time.sleep(0.05)


def test_two_workers_never_take_one_job(here: Instance, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queue, "AT_ONCE", 100)
    keys = {asked(here).key for _ in range(12)}
    taken: list[str] = []
    together = threading.Barrier(6)

    def work(name: str) -> None:
        together.wait()
        while (job := take(here, name)) is not None:
            taken.append(job.key)

    workers = [threading.Thread(target=work, args=(f"host-{number}",)) for number in range(6)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len(taken) == len(keys) and set(taken) == keys


def test_all_workers_together_have_no_more_than_there_is_room_for(here: Instance):
    for _ in range(queue.AT_ONCE + 1):
        asked(here)
    taken = [take(here, f"host-{number}") for number in range(queue.AT_ONCE + 1)]
    assert [job is not None for job in taken] == [True] * queue.AT_ONCE + [False]
    assert taken[0] is not None
    with here.database.engine.begin() as connection:
        queue.end(connection, replace(taken[0], state=JobState.DONE))
    assert take(here) is None  # its worker still clears up
    with here.database.engine.begin() as connection:
        queue.release(connection, taken[0])
    assert take(here) is not None


def test_a_killed_process_is_seen_at_work_and_its_import_is_done_by_another(here: Instance, elsewhere):
    job, other = asked(here), elsewhere()
    until(lambda: "9,000" in standing(here, job).phase)
    seen = standing(here, job)
    assert (seen.state, seen.share, str(seen.worker).endswith(f"-{other.pid}")) == (
        JobState.RUNNING,
        0.4,
        True,
    )
    until(lambda: standing(here, job).beat_at != seen.beat_at)
    other.send_signal(signal.SIGKILL)
    other.wait()
    working.look(here)
    assert standing(here, job).state is JobState.RUNNING  # it may still be alive, for all that is known
    let_the_lease_pass(here)
    assert (standing(here, job).state, calls(here)) == (JobState.QUEUED, 0)
    working.look(here)
    until(lambda: standing(here, job).worker is None and standing(here, job).state is JobState.DONE)
    assert (calls(here), standing(here, job).attempt) == (1, 2)


def test_a_job_that_has_two_processes_killed_is_named_interrupted(here: Instance, elsewhere):
    job = asked(here)
    for _ in range(2):
        other = elsewhere()
        until(lambda: "9,000" in standing(here, job).phase)
        other.send_signal(signal.SIGKILL)
        other.wait()
        let_the_lease_pass(here)
    left = standing(here, job)
    assert (left.state, left.open, calls(here)) == (JobState.INTERRUPTED, True, 0)
    assert "服务两次在处理中途停止，该文件未写入任何内容" in str(left.problem)
    assert take(here) is None


def test_a_worker_that_was_taken_for_gone_writes_nothing(here: Instance):
    job = asked(here)
    sleeper = take(here, "asleep-1")
    assert sleeper is not None
    let_the_lease_pass(here)
    working.work_off(here)
    assert (standing(here, job).state, standing(here, job).attempt) == (JobState.DONE, 2)
    with here.database.connect() as connection:
        before = connection.execute("SELECT count(*) FROM audit").fetchone()
    shutil.rmtree(job.folder(here.home))
    upload(here, job, CALL_1.replace("c1", "c9"))
    with pytest.raises(queue.Overtaken):
        working.get_work(IMPORT)(here, sleeper)
    with here.database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == before
    assert calls(here) == 1


def test_a_process_that_stops_in_order_hands_back_what_it_has(here: Instance):
    job, other = asked(here), asked(here, kind=TRIAL)
    held = take(here, working.get_worker_name())
    assert held is not None and take(here, "other-1") is not None
    working.stand_by(here)()
    kept = job if held.key != job.key else other
    assert standing(here, held).state is JobState.QUEUED and not standing(here, held).taken_again
    assert standing(here, kept).state is JobState.RUNNING
    with here.database.engine.begin() as connection, pytest.raises(queue.Overtaken):
        queue.end(connection, replace(held, state=JobState.DONE))


def test_a_process_that_stands_by_does_what_another_asked_for(
    here: Instance, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(working, "LOOK", 0.05)
    stop = working.stand_by(here)
    job = asked(here)
    until(lambda: standing(here, job).state is JobState.DONE and standing(here, job).worker is None)
    stop()
    assert calls(here) == 1


def test_work_whose_end_could_not_be_written_is_settled_later(
    here: Instance, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    job = asked(here)
    with monkeypatch.context() as patch:
        patch.setattr(working, "get_work", lambda kind: fail)
        working.work_off(here)
    assert standing(here, job).state is JobState.RUNNING
    let_the_lease_pass(here)
    working.work_off(here)
    assert standing(here, job).state is JobState.DONE


def test_an_import_whose_connection_is_ended_is_done_again_and_nobody_is_asked(
    here: Instance, monkeypatch: pytest.MonkeyPatch
):
    take_in = running._take_in

    def take_in_and_lose_the_connection(*arguments: Any, **options: Any) -> Any:
        report = take_in(*arguments, **options)
        with here.database.connect_as_owner() as other:
            other.execute("SELECT pg_terminate_backend(%s)", (get_driver(arguments[2]).info.backend_pid,))
        return report

    job = asked(here)
    with monkeypatch.context() as patch:
        patch.setattr(running, "_take_in", take_in_and_lose_the_connection)
        working.work_off(here)
    assert (standing(here, job).state, standing(here, job).problem) == (JobState.RUNNING, None)
    let_the_lease_pass(here)
    working.work_off(here)
    assert standing(here, job).state is JobState.DONE
    assert calls(here) == 1


def test_a_job_of_another_centre_is_not_found(here: Instance):
    job = asked(here)
    with here.database.engine.connect() as connection:
        assert queue.find(connection, "other", job.key) is None
        assert queue.list_jobs(connection, "other") == []


def test_a_key_is_made_of_the_moment_and_what_is_drawn():
    later = NOW + timedelta(seconds=1)
    assert make_key(NOW, lambda size: "ab" * size) == "20240310093000-ababab"
    assert make_key(NOW, lambda size: "ff" * size) < make_key(later, lambda size: "00" * size)

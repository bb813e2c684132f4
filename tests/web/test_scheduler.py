"""Scheduled jobs: run once, written down, harmless when run again or by a second scheduler."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from kpi.jobs import JOBS, ScheduledJob
from tests.web.conftest import NOW, _append, add, app_of, grant, signed_in_client
from tracker import centers
from tracker.database import Database
from tracker.events.daily_counts import DayCounted
from tracker.periods import SHANGHAI
from web import scheduler
from web.access.rights import Role
from web.jobs import queue
from web.jobs.job import Job, JobState, make_key
from web.jobs.records import read_job_records, summarize_jobs
from web.jobs.scheduled import JobProblem, JobRun, find_job, run_job
from web.jobs.tables import apscheduler_jobs
from web.jobs_cli import jobs


@pytest.fixture
def small(database: Database) -> Database:
    """A centre with one event that no figure knows of yet."""
    with database.connect() as connection:
        centers.create_center(connection, "small", "小县", now=NOW)
    _append(database, DayCounted(counted_on=date(2024, 2, 1), messages=1, cases=1, visits=1), 9)
    return database


def clock() -> Callable[[], datetime]:
    """Each look is a second later."""
    moments = iter(range(1000))
    return lambda: NOW + timedelta(seconds=next(moments))


def all_figures(database: Database) -> list[Any]:
    with database.connect() as connection:
        return connection.execute("SELECT * FROM figures ORDER BY 1, 2, 3").fetchall()


def runs(database: Database) -> list[tuple[str, str]]:
    with database.connect() as connection:
        return connection.execute("SELECT kind, state FROM jobs ORDER BY started_at").fetchall()


def test_a_job_computes_what_was_recorded_and_says_so(small: Database):
    run = run_job(small, find_job("figures-recorded"), clock())
    assert (run.state, run.detail.startswith("small：更新")) == ("done", True)
    assert all_figures(small)


def test_a_second_run_changes_no_figure(small: Database):
    ticking = clock()
    run_job(small, find_job("figures-recorded"), ticking)
    before = all_figures(small)
    assert run_job(small, find_job("figures-recorded"), ticking).state == "nothing_due"
    assert all_figures(small) == before


def test_every_run_is_written_down_and_idle_ones_do_not_pile_up(small: Database):
    ticking = clock()
    for _ in range(5):
        run_job(small, find_job("figures-recorded"), ticking)
    assert runs(small) == [("figures-recorded", "done"), ("figures-recorded", "nothing_due")]


@pytest.mark.acceptance(25)
def test_a_job_that_fails_is_written_down_and_told(small: Database):
    def fail(*_: object) -> str:
        raise RuntimeError("磁盘已满")

    broken = ScheduledJob(name="broken", title="坏了的任务", schedule={"minute": "*"}, run=fail)
    assert run_job(small, broken, clock()) == JobRun(broken, JobState.FAILED, "RuntimeError：磁盘已满")
    with small.connect() as connection:
        failed = summarize_jobs(read_job_records(connection)).failed
    assert [record.detail for record in failed] == ["RuntimeError：磁盘已满"]


def test_two_processes_do_not_run_one_job_at_once(small: Database):
    inside, go_on = threading.Event(), threading.Event()
    finished: list[JobRun] = []

    def wait(*_: object) -> str:
        inside.set()
        go_on.wait(10)
        return "完成"

    slow = ScheduledJob(name="slow", title="慢任务", schedule={"minute": "*"}, run=wait)
    first = threading.Thread(target=lambda: finished.append(run_job(small, slow, clock())))
    first.start()
    inside.wait(10)
    assert run_job(small, slow, clock()).state is None
    go_on.set()
    first.join()
    assert finished[0].state == "done"
    assert runs(small) == [("slow", "done")]


def test_a_run_whose_process_was_killed_is_named_interrupted_and_runs_again(small: Database):
    job = find_job("figures-recorded")
    left = Job(
        key=make_key(NOW), kind=job.name, title=job.title, created_at=NOW, started_at=NOW, attempt=1,
        state=JobState.RUNNING, worker="gone-1", beat_at=NOW - timedelta(days=1),
    )  # fmt: skip
    with small.engine.begin() as connection:
        queue.put(connection, left)
    assert run_job(small, job, lambda: NOW + timedelta(minutes=1)).state is JobState.DONE
    assert runs(small) == [(job.name, "interrupted"), (job.name, "done")]
    with small.connect() as connection:
        (record,) = read_job_records(connection)
    assert record.told == "已完成"


def test_an_unknown_job_is_refused_with_those_there_are():
    with pytest.raises(JobProblem, match="figures-nightly"):
        find_job("weekly")


@pytest.fixture
def started(small: Database) -> Iterator[Callable[[], Any]]:
    """Starts a scheduler over the database; it is stopped after the test."""
    running = []

    def start() -> Any:
        running.append(scheduler.start(small))
        return running[-1]

    yield start
    for one in running:
        if one.running:
            one.shutdown()


def kept(database: Database) -> dict[str, float]:
    with database.engine.connect() as connection:
        rows = connection.execute(sa.select(apscheduler_jobs.c.id, apscheduler_jobs.c.next_run_time))
        return {str(name): float(at) for name, at in rows}


def test_the_declared_jobs_are_kept_in_the_database(small: Database, started):
    started()
    assert kept(small).keys() == {job.name for job in JOBS}


def test_jobs_run_in_beijing_time_and_are_made_up_once_when_missed(started):
    for job in started().get_jobs():
        assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
        assert str(job.trigger.timezone) == "Asia/Shanghai"


@pytest.mark.acceptance(25)
def test_a_run_that_was_missed_while_nothing_ran_is_made_up(small: Database, started):
    first = started()
    first.pause()
    first.shutdown()
    yesterday = time.time() - 86_400
    _set_next_run(small, datetime.fromtimestamp(yesterday, SHANGHAI))
    started()
    _until(lambda: len(runs(small)) >= len(JOBS))
    assert {name for name, _ in runs(small)} == {job.name for job in JOBS}
    assert min(kept(small).values()) > time.time() - 1


def test_a_second_scheduler_changes_nothing(small: Database, started):
    started()
    before = kept(small)
    started()
    assert kept(small).keys() == before.keys()
    for job in JOBS:
        run_job(small, job, clock())
    figures = all_figures(small)
    for job in JOBS:
        run_job(small, job, clock())
    assert all_figures(small) == figures


def test_a_job_no_longer_declared_is_taken_out(small: Database, started):
    one = started()
    one.add_job("web.scheduler:run_scheduled", scheduler.make_trigger(JOBS[0]), id="old", args=["old"])
    one.shutdown()
    started()
    assert "old" not in kept(small)


def test_the_page_shows_the_last_and_the_next_run(small: Database, started):
    started().pause()
    run_job(small, find_job("figures-recorded"), clock())
    add(small, "manager", grant(Role.MANAGER))
    text = signed_in_client(app_of(small), "manager").get("/small/2024/").text
    assert "上次 2024-03-10 09:30:00“计算新登记数据涉及的指标”，已完成" in text
    assert "；下次 20" in text


@pytest.fixture
def run_cli(small: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setattr("web.jobs_cli.open_database", lambda _: small)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(jobs, list(arguments), catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    return run


def test_jobs_run_runs_all_that_is_due(run_cli):
    assert "计算新登记数据涉及的指标（figures-recorded）：已完成。small：更新" in run_cli("run")
    assert "（figures-recorded）：无需处理。" in run_cli("run")


def test_jobs_list_tells_last_and_next(run_cli):
    assert "上次：尚未运行" in run_cli("list")
    run_cli("run", "figures-recorded")
    assert "已完成" in run_cli("list")


def _set_next_run(database: Database, at: datetime) -> None:
    """As if the scheduler had been switched off just before."""
    import pickle

    with database.engine.begin() as connection:
        for name, _, state in connection.execute(sa.select(apscheduler_jobs)).fetchall():
            changed = pickle.loads(state) | {"next_run_time": at}
            connection.execute(
                sa.update(apscheduler_jobs)
                .where(apscheduler_jobs.c.id == name)
                .values(job_state=pickle.dumps(changed), next_run_time=at.timestamp())
            )


def _until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not reached() and time.monotonic() < end:
        time.sleep(0.05)

"""What has stopped is seen: by monitors at /healthz, by people on every page; and it goes on by itself."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from psycopg import sql

from tests.web.conftest import NOW, add, app_of, grant, signed_in_client
from tracker import centers
from tracker.database import Database
from tracker.periods import SHANGHAI
from tracker.settings import Settings
from web import scheduler
from web.access.rights import Role
from web.application import create_app
from web.jobs.health import LATE, read_health

LINE = "后台任务从"


def schedule(database: Database, next_run: datetime) -> None:
    with database.connect_as_owner() as connection:
        connection.execute("DELETE FROM apscheduler_jobs")
        connection.execute(
            "INSERT INTO apscheduler_jobs VALUES ('figures-recorded', %s, '')", (next_run.timestamp(),)
        )


def make_read_only(database: Database, read_only: str) -> None:
    with database.connect_as_owner() as connection:
        name = connection.info.dbname
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(
                sql.Identifier(name), sql.SQL(read_only)
            )
        )


def end_connections(database: Database) -> None:
    """As a restart of the server does: new ones take the new setting."""
    with database.connect_as_owner() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_running_instance_is_well_and_says_nothing_else(database: Database):
    schedule(database, NOW + timedelta(seconds=20))
    answer = app_of(database).test_client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json.keys() == {"status", "database", "scheduler", "version"}
    assert (answer.json["status"], answer.json["scheduler"]["status"]) == ("ok", "ok")


def test_a_scheduler_that_stands_still_is_told_to_monitors(database: Database):
    schedule(database, NOW - LATE)
    answer = app_of(database).test_client().get("/healthz")
    assert (answer.status_code, answer.json["scheduler"]["status"]) == (503, "stopped")


def test_a_database_that_is_away_is_told_to_monitors(home: Path):
    url = "postgresql://nobody@127.0.0.1:1/none"
    settings = Settings.read({"HOTLINE_HOME": str(home)})
    answer = create_app(Database(url, url), settings).test_client().get("/healthz")
    assert (answer.status_code, answer.json["database"]) == (503, "unreachable")


def test_a_database_that_takes_nothing_is_told_to_monitors(database: Database):
    schedule(database, NOW)
    make_read_only(database, "on")
    end_connections(database)
    assert read_health(database, NOW).database == "read-only"


@pytest.mark.parametrize(("late", "told"), [(timedelta(0), False), (LATE, True)])
def test_people_read_on_every_page_since_when_nothing_runs(database: Database, late: timedelta, told: bool):
    schedule(database, NOW - late)
    with database.connect() as connection:
        centers.create_center(connection, "small", "小县", now=NOW)
    add(database, "zhang", grant(Role.MANAGER, "small"))
    client = signed_in_client(app_of(database), "zhang")
    assert (LINE in client.get("/", follow_redirects=True).text) is told


def test_the_scheduler_goes_on_after_its_table_could_not_be_written(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(scheduler, "AGAIN", 0.05)
    running = scheduler.start(database)
    try:
        running.pause()
        running.modify_job("figures-recorded", next_run_time=datetime.now(SHANGHAI) - timedelta(seconds=90))
        refuse_changes(database)
        running.resume()
        assert wait_until(lambda: "looking for scheduled jobs failed" in caplog.text)
        run_as_owner(database, "DROP TRIGGER refused ON apscheduler_jobs")
        assert wait_until(lambda: is_moved_on(database))
    finally:
        running.shutdown()


def refuse_changes(database: Database) -> None:
    """The table takes no change any more."""
    run_as_owner(
        database,
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE read_only_sql_transaction; END$$",
        "CREATE TRIGGER refused BEFORE UPDATE ON apscheduler_jobs EXECUTE FUNCTION refuse()",
    )


def run_as_owner(database: Database, *statements: str) -> None:
    with database.connect_as_owner() as connection:
        for statement in statements:
            connection.execute(statement)


def is_moved_on(database: Database) -> bool:
    with database.connect_as_owner() as connection:
        rows = connection.execute(
            "SELECT next_run_time > extract(epoch FROM now()) - 60 FROM apscheduler_jobs"
            " WHERE id = 'figures-recorded'"
        ).fetchone()
    return bool(rows and rows[0])


def wait_until(happened: Callable[[], bool]) -> bool:
    """Looks until it has happened, for a minute at most."""
    end = time.monotonic() + 60
    while not happened() and time.monotonic() < end:
        time.sleep(0.05)
    return happened()

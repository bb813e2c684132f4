"""A trial import holds nobody up: forms, imports and other trials go on beside it, unseen by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingest.forms import FORM_NAMED
from ingest.forms.entering import enter_form
from ingest.importing.import_file import ImportReport, import_file, take_in_file
from ingest.importing.trial import open_trial
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, ORDER_HEADER, csv_file
from tracker import centers, log
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.facts import FACTS
from tracker.log.dry_run_tables import overlay_tables, settle_overlay
from tracker.settings import Settings
from tracker.vault import open_vault

NOW = datetime(2023, 6, 1, 9, 0, tzinfo=BEIJING)
LATER = NOW + timedelta(hours=1)
G1 = "g1,2023-05-01 00:36:11,投诉,市城管局,2023-05-01 02:01:45,2023-05-06 18:00:00,,,,,0"
G1_CLOSED = (
    "g1,2023-05-01 00:36:11,投诉,市城管局,2023-05-01 02:01:45,2023-05-06 18:00:00,2023-05-03 09:00:00,,,,0"
)
G2 = G1.replace("g1", "g2")
COUNTS = ("rows", "accepted", "quarantined", "new", "changed", "same", "stale")


@pytest.fixture
def impatient(database: Database) -> Database:
    """The database for those who may not wait: a lock that is not free at once fails the test."""
    with database.connect() as connection:
        centers.create_center(connection, "c1", "试点中心", now=NOW)
    return Database(f"{database.url}&options=-c%20lock_timeout%3D100ms", database.admin_url)


@contextmanager
def try_file(
    database: Database, home: Path, path: Path
) -> Iterator[tuple[psycopg.Connection[Any], ImportReport]]:
    """A trial whose transaction is still open, and what it found."""
    with database.connect() as connection:
        overlay_tables(connection, "c1")
        report = take_in_file(connection, home, path, "c1", now=LATER, dry_run=True)
        settle_overlay(connection, "c1")
        yield connection, report
        connection.rollback()


def orders(folder: Path, *rows: str, name: str = "工单_2023-05.csv") -> Path:
    return csv_file(folder, ORDER_HEADER, *rows, name=name)


def counts(report: ImportReport) -> list[int]:
    return [report.total(name) for name in COUNTS]


def state_of(connection: psycopg.Connection[Any]) -> dict[str, list[tuple[Any, ...]]]:
    """Every fact, and what is to be counted again; without the numbers of events."""
    tables = {fact.name: fact.table for fact in FACTS}
    found = {}
    for name, table in tables.items():
        columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "seq")
        found[name] = sorted(connection.execute(f"SELECT {columns} FROM {name}").fetchall(), key=repr)
    found["touched_days"] = sorted(connection.execute("SELECT * FROM touched_days").fetchall())
    return found


def test_a_form_about_a_thing_of_the_file_is_saved_at_once(impatient: Database, home: Path, tmp_path: Path):
    import_file(impatient, home, orders(tmp_path, G1), "c1", now=NOW)
    with try_file(impatient, home, orders(tmp_path, G1_CLOSED, G2, name="工单_2023-06.csv")) as (trial, _):
        with impatient.connect() as connection:
            values = {"order_id": "g1", "action": "签收", "at": "2023-05-02T10:00", "unit": "市城管局"}
            entry = enter_form(
                connection, home, "c1", FORM_NAMED["step"], values, by="李录入", now=NOW,
                vault=open_vault(Settings.read()),
            )  # fmt: skip
        assert entry.new
        told = "SELECT subject, closed_at IS NOT NULL, signed_at IS NOT NULL FROM work_orders ORDER BY 1"
        assert trial.execute(told).fetchall() == [
            ("work_order/g1", True, False), ("work_order/g2", False, False),
        ]  # fmt: skip
    with impatient.connect() as connection:
        assert connection.execute(told).fetchall() == [("work_order/g1", False, True)]
        assert log.verify(connection, "c1").problem is None


def test_an_import_of_the_same_file_is_committed_while_its_trial_is_open(
    impatient: Database, home: Path, tmp_path: Path
):
    import_file(impatient, home, orders(tmp_path, G1), "c1", now=NOW)
    path = orders(tmp_path, G1_CLOSED, G2, "坏行", name="工单_2023-06.csv")
    with try_file(impatient, home, path) as (trial, tried):
        there = state_of(trial)
        done = import_file(impatient, home, path, "c1", now=LATER)
        assert state_of(trial) == there  # not twice, though the same is in the log now
    assert counts(tried) == counts(done)
    with impatient.connect() as connection:
        assert state_of(connection) == there


def test_two_trials_of_one_file_find_the_same(impatient: Database, home: Path, tmp_path: Path):
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2, name="话单_2023-05.csv")
    with try_file(impatient, home, path) as (_, first), try_file(impatient, home, path) as (_, second):
        assert counts(first) == counts(second) == [2, 2, 0, 2, 0, 0, 0]


def test_a_trial_leaves_nothing_even_if_it_is_committed(impatient: Database, home: Path, tmp_path: Path):
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2, "坏行", name="话单_2023-05.csv")
    with impatient.connect() as connection:
        before = state_of(connection)
        connection.rollback()
        overlay_tables(connection, "c1")
        take_in_file(connection, home, path, "c1", now=LATER, dry_run=True)
        connection.commit()
        assert state_of(connection) == before
        for table in ("events", "batches", "day_changes", "quarantine", "people"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_a_trial_hides_nothing_of_other_centres(impatient: Database, home: Path, tmp_path: Path):
    with impatient.connect() as connection:
        centers.create_center(connection, "c2", "另一中心", now=NOW)
    for center in ("c1", "c2"):
        import_file(impatient, home, orders(tmp_path, G1), center, now=NOW)
    with try_file(impatient, home, orders(tmp_path, G1_CLOSED, name="工单_2023-06.csv")):
        import_file(impatient, home, orders(tmp_path, G1, G2, name="工单_2023-07.csv"), "c2", now=LATER)
    with impatient.connect() as connection:
        told = connection.execute("SELECT center_id, count(*) FROM work_orders GROUP BY 1 ORDER BY 1")
        assert told.fetchall() == [("c1", 1), ("c2", 2)]


def test_files_tried_together_say_what_their_imports_will_say(database: Database, home: Path, tmp_path: Path):
    """Of April's file a few rows are of May: the next file of the same folder backs their day."""
    april = [f"a{day},2023-04-{day:02} 09:00:00,投诉,市城管局,,,,,,,0" for day in range(1, 31)]
    may = [
        f"m{day}-{number},2023-05-{day:02} 09:00:00,投诉,市城管局,,,,,,,0"
        for day in range(1, 32)
        for number in (1, 2)
    ]
    files = [
        orders(tmp_path, *april, *may[:1], name="工单_2023-04.csv"),
        orders(tmp_path, *may, name="工单_2023-05.csv"),
    ]  # fmt: skip
    with open_trial(database, "c1") as connection:
        tried = [take_in_file(connection, home, path, "c1", now=LATER, dry_run=True) for path in files]
    imported = [import_file(database, home, path, "c1", now=LATER) for path in files]
    assert [counts(report) for report in tried] == [counts(report) for report in imported]
    assert [report.tables[0].glance for report in tried] == [report.tables[0].glance for report in imported]
    assert counts(tried[1])[-2:] == [1, 0]  # the row that came before is known

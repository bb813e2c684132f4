"""One embedded server for the whole run, one migrated template, a fresh database for each test that asks."""

import atexit
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tracker import embedded, migrations
from tracker.database import Database, create_database
from tracker.events.times import BEIJING

TEMPLATE = "hotline_template"
SAMPLE = "hotline_centre_2023"
DATA = Path(__file__).parent / "data" / "centre-2023"
LATE_FILE = DATA / "话单_2023-08_补报.csv"
IMPORTED = datetime(2026, 11, 21, 18, 0, tzinfo=BEIJING)


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The superuser's address of a server that the run's processes share."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")
    folder = (
        Path(tempfile.gettempdir()) / f"hotline-tests-{run}-{os.getppid() if run != 'alone' else os.getpid()}"
    )
    atexit.register(remove_when_stopped, folder)  # before the server's own, so that it runs after it
    url = embedded.start_server(folder / "postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET max_connections = 100")
        connection.execute("SELECT pg_reload_conf()")
    yield url


def remove_when_stopped(folder: Path) -> None:
    """Deletes a run's data folder; the last of its processes does, when the server has stopped."""
    if not (folder / "postgres" / "postmaster.pid").exists():
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(server_url: str) -> str:
    """The name of a database with the newest schema and no rows."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        database = create_database(server_url, TEMPLATE)
        migrations.upgrade(database)
    return TEMPLATE


@pytest.fixture
def database(server_url: str, template: str) -> Iterator[Database]:
    """An empty database of this test's own."""
    yield from fresh_database(server_url, template)


def fresh_database(server_url: str, template: str) -> Iterator[Database]:
    """A copy of the template, dropped after use."""
    name = f"test_{uuid.uuid4().hex}"
    database = create_database(server_url, name, template)
    yield database
    database.close()
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def sample_year(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database that holds centre-2023 as centre tlf, without the late file of August."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(2)")
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (SAMPLE,)).fetchone()
        if not there:
            filling = f"{SAMPLE}_filling"
            database = create_database(server_url, filling, template)
            home = tmp_path_factory.mktemp("home")
            deliver(database, home, *early_files())
            say_what_is_labour(database, home)
            sign_before_the_first_day(database)
            database.close()
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(filling), sql.Identifier(SAMPLE)))
    return SAMPLE


@pytest.fixture
def tlf_2023(server_url: str, sample_year: str) -> Iterator[Database]:
    """centre-2023 without the late file, for this test alone."""
    yield from fresh_database(server_url, sample_year)


def early_files() -> list[Path]:
    """The files of centre-2023 that came in time."""
    return [path for path in sorted(DATA.iterdir()) if path.suffix != ".json" and path != LATE_FILE]


def deliver(database: Database, home: Path, *paths: Path) -> None:
    """Imports files for centre tlf."""
    from ingest.importing.import_file import import_file

    for path in paths:
        import_file(database, home, path, "tlf", now=IMPORTED)


def sign_before_the_first_day(database: Database) -> None:
    """Says that no order was accepted in the month before the hotline of centre tlf opened."""
    from ingest.records.zero_reports import sign_nothing

    december = (date(2022, 12, 1), date(2023, 1, 1))
    with database.connect() as connection:
        sign_nothing(
            connection, "tlf", "work_orders", *december, by="张三", remark="2023年1月1日开通", now=IMPORTED
        )


def say_what_is_labour(database: Database, home: Path) -> None:
    """Of each item that centre tlf pays for, whether it is labour."""
    from ingest.forms.declarations import DECLARATION
    from ingest.forms.entering import enter_form
    from tracker.vault import Vault

    for item, holds in (("劳务费", "是"), ("办公费", "否"), ("邮电费", "否")):
        values = {"topic": "人员经费", "known_as": item, "holds": holds, "first_day": "", "basis": ""}
        with database.connect() as connection:
            enter_form(
                connection, home, "tlf", DECLARATION, values, by="张三", now=IMPORTED, vault=Vault(bytes(32))
            )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", type=Path, help="where journeys through the pages keep their pictures")


@pytest.fixture
def screenshots(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder for the pictures of one journey."""
    chosen = request.config.getoption("--screenshots")
    if chosen is None:
        return tmp_path
    folder = Path(chosen) / re.sub(r"\W+", "_", request.node.name.removeprefix("test_"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for an instance's things."""
    return tmp_path / "var"

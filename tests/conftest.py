"""One embedded server for the whole run, one migrated template, a fresh database for each test that asks."""

import atexit
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from psycopg import sql

from tracker import embedded, migrations
from tracker.database import Database, create_database
from tracker.events.times import BEIJING

# The same examples in every run, however slow the machine is.
settings.register_profile(
    "house", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("house")

os.environ["HOTLINE_VAULT_KEY"] = (b"k" * 32).hex()  # one database serves tests with many folders

TEMPLATE = "hotline_template"
SAMPLE = "hotline_centre_2023"
SETTINGS = (  # nothing here outlives the run; who counts rows, and when, is left to the product
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "autovacuum = off",
)
ROOM = 4 * 2**30
DATA = Path(__file__).parent / "data" / "centre-2023"
LATE_FILE = DATA / "话单_2023-08_补报.csv"
IMPORTED = datetime(2024, 11, 21, 18, 0, tzinfo=BEIJING)


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """A process compiles a statement once for all its databases, which are of one server; each test has its
    own engine, and compiling takes longer than running."""
    create, shared = sa.create_engine, {}

    def create_sharing(*args: Any, **options: Any) -> sa.Engine:
        engine: Any = create(*args, **options)
        first = shared.setdefault(type(engine.dialect), engine)
        if first is not engine:
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        return engine

    sa.create_engine = create_sharing
    yield
    sa.create_engine = create


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The superuser's address of a server that the run's processes share."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")
    folder = run_folder(f"{run}-{os.getppid() if run != 'alone' else os.getpid()}")
    atexit.register(remove_when_stopped, folder)  # before the server's own, so that it runs after it
    url = embedded.start_server(folder / "postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in SETTINGS:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    yield url


def run_folder(run: str) -> Path:
    """Where a run keeps its server: in memory if there is room, so that no disk is waited for."""
    memory = Path("/dev/shm")
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    if usable:
        remove_leftovers(memory)
    roomy = usable and shutil.disk_usage(memory).free > ROOM
    return (memory if roomy else Path(tempfile.gettempdir())) / f"hotline-tests-{run}"


def remove_leftovers(memory: Path) -> None:
    """Deletes what killed runs left; their servers stop by themselves when their folder is gone."""
    for folder in memory.glob("hotline-tests-*"):
        if not Path("/proc", folder.name.rpartition("-")[2]).exists():
            shutil.rmtree(folder, ignore_errors=True)


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
        if migrations.upgrade(database):
            make_data_keys(database)
    return TEMPLATE


def make_data_keys(database: Database) -> None:
    """Data keys of the centres that tests use, so that a number has one token in all copies of a database."""
    from tracker.vault import Vault

    with database.connect() as connection:
        for center in ("tlf", "c1", "small"):
            Vault(b"k" * 32).of(connection, center)


@pytest.fixture
def database(server_url: str, template: str) -> Iterator[Database]:
    """An empty database of this test's own."""
    yield from fresh_database(server_url, template)


def fresh_database(server_url: str, template: str) -> Iterator[Database]:
    """A copy of the template, dropped after use."""
    name = f"test_{uuid.uuid4().hex}"
    database = copy_database(server_url, name, template)
    yield database
    database.close()
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def copy_database(server_url: str, name: str, template: str) -> Database:
    """A copy made file by file, which takes a fifth of the time of one through the server's own log."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    return create_database(server_url, name)


@pytest.fixture(scope="session")
def sample_year(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database that holds centre-2023 as centre tlf, without the late file of August."""
    home = tmp_path_factory.mktemp("home")

    def fill(database: Database) -> None:
        deliver(database, home, *early_files())
        say_what_is_labour(database, home)
        sign_before_the_first_day(database)

    return make_once(server_url, SAMPLE, template, fill)


@pytest.fixture(scope="session")
def computed_year(server_url: str, sample_year: str) -> str:
    """The name of a database that holds the same year, its figures computed at IMPORTED."""
    from kpi.figures import results

    def compute(database: Database) -> None:
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, "tlf", IMPORTED)

    return make_once(server_url, f"{SAMPLE}_computed", sample_year, compute)


def make_once(server_url: str, name: str, template: str, fill: Callable[[Database], None]) -> str:
    """A database to copy from, filled by whichever process of the run comes first; gives its name."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (name,))
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if not there:
            filling = f"{name}_filling"
            database = copy_database(server_url, filling, template)
            fill(database)
            count_rows(database)
            database.close()
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(filling), sql.Identifier(name)))
    return name


@pytest.fixture
def tlf_2023(server_url: str, sample_year: str) -> Iterator[Database]:
    """centre-2023 without the late file, for this test alone."""
    yield from fresh_database(server_url, sample_year)


def count_rows(database: Database) -> None:
    """Has the server plan by what tables hold, as it does by itself within a minute."""
    with database.connect_as_owner() as connection:
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


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
                connection, home, "tlf", DECLARATION, values, by="张三", now=IMPORTED, vault=Vault(b"k" * 32)
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

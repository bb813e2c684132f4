"""One embedded server for the whole run, one migrated template, a fresh database for each test that asks."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tracker import embedded, migrations
from tracker.database import Database, create_database

TEMPLATE = "hotline_template"
DATA = Path(__file__).parent / "data" / "centre-2023"


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The superuser's address of a server that the run's processes share."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")
    folder = (
        Path(tempfile.gettempdir()) / f"hotline-tests-{run}-{os.getppid() if run != 'alone' else os.getpid()}"
    )
    url = embedded.start(folder / "postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET max_connections = 100")
        connection.execute("SELECT pg_reload_conf()")
    yield url


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


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for an instance's things."""
    return tmp_path / "var"

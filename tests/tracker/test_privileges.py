"""Pages, jobs and commands log in as a role that owns nothing; tables and rights come together."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests.tracker.servers import User, use
from tracker import centers, migrations
from tracker.database import Database, DatabaseProblem, check_login, open_database
from tracker.events.times import BEIJING
from tracker.migrations.privileges import ROLE, PrivilegeProblem
from tracker.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy" / "README.md"


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit DISABLE TRIGGER append_only",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SET SESSION AUTHORIZATION postgres",
        "UPDATE alembic_version SET version_num = '0001'",
        "DROP TABLE audit",
    ],
)
@pytest.mark.parametrize("before", ["RESET ROLE", "SET ROLE NONE", "RESET SESSION AUTHORIZATION"])
def test_giving_up_the_role_gives_a_page_no_more_rights(database: Database, before: str, statement: str):
    with database.connect() as connection:
        connection.execute(before)
        assert connection.execute("SELECT current_user::text, session_user::text").fetchone() == (ROLE, ROLE)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.rollback()


def test_a_login_that_could_alter_the_tables_is_refused_with_the_statements_that_mend_it(database: Database):
    check_login(database)
    with pytest.raises(PrivilegeProblem) as refused:
        check_login(Database(database.admin_url, database.admin_url))
    assert f"ALTER ROLE {ROLE} LOGIN PASSWORD" in str(refused.value)
    assert "HOTLINE_ADMIN_DATABASE_URL" in str(refused.value)


def test_rights_that_are_missing_are_set_when_the_database_is_next_opened(database: Database):
    with database.connect_as_owner() as connection:
        connection.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}")
    assert migrations.upgrade(database) is True
    with database.connect() as connection:
        assert centers.list_known_centers(connection) == []
    assert migrations.upgrade(database) is False


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[User]:
    """A PostgreSQL of the centre's own, without any role of ours."""
    with use(tmp_path / "postgres") as user:
        with psycopg.connect(user.url, autocommit=True) as connection:
            connection.execute(f"DROP ROLE {ROLE}")
        yield user


def read_block(language: str) -> str:
    """The first block of a language on the page for administrators."""
    found = re.search(rf"```{language}\n(.*?)```", DEPLOY.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def run_the_documents_statements(administrator: str) -> None:
    with psycopg.connect(administrator, autocommit=True) as connection:
        for statement in filter(str.strip, read_block("sql").split(";")):
            connection.execute(statement)


def read_the_documents_settings(administrator: str, home: Path) -> Settings:
    """As written, at the address of the server at hand."""
    query = sa.make_url(administrator).query
    written = dict(line.split("=", 1) for line in read_block("sh").split())
    there = {
        name: sa.make_url(url).set(host=None, port=None, query=query).render_as_string(hide_password=False)
        for name, url in written.items()
    }
    return Settings.read({"HOTLINE_HOME": str(home)} | there)


@pytest.mark.slow
def test_the_statements_for_a_server_of_ones_own_work_as_they_are_printed(own_server: User, tmp_path: Path):
    run_the_documents_statements(own_server.url)
    database = open_database(read_the_documents_settings(own_server.url, tmp_path))
    check_login(database)
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "示例市12345热线", now=datetime.now(BEIJING))
        connection.execute("RESET ROLE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("ALTER TABLE audit DISABLE TRIGGER append_only")
    with database.connect_as_owner() as connection:
        owner = connection.execute(
            "SELECT tableowner::text FROM pg_tables WHERE tablename = 'audit'"
        ).fetchone()
        assert owner == ("hotline_owner",)
    database.renew_statistics(["events"])


@pytest.mark.slow
def test_without_the_role_nothing_is_made_and_with_it_everything(own_server: User):
    """The owner may not make roles: what is missing is told, and a second try finds no half of it."""
    with psycopg.connect(own_server.url, autocommit=True) as connection:
        connection.execute("CREATE ROLE the_owner LOGIN PASSWORD 'x'")
        connection.execute("CREATE DATABASE small OWNER the_owner TEMPLATE template0")
    there = sa.make_url(own_server.url).set(username="the_owner", password="x", database="small")
    url = there.render_as_string(hide_password=False)
    settings = Settings.read({"HOTLINE_DATABASE_URL": url})
    with pytest.raises(PrivilegeProblem, match="CREATE ROLE hotline_app LOGIN"):
        open_database(settings)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,)
    with psycopg.connect(own_server.url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {ROLE} NOLOGIN")
    with pytest.raises(DatabaseProblem, match="GRANT hotline_app TO the_owner;"):
        open_database(settings)
    with psycopg.connect(own_server.url, autocommit=True) as connection:
        connection.execute(f"GRANT {ROLE} TO the_owner")
    with open_database(settings).connect() as connection:
        assert centers.list_known_centers(connection) == []

"""The schema that the migrations make is the schema that the code declares."""

import importlib
import pkgutil

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tracker import migrations
from tracker.database import Database, metadata
from tracker.migrations.privileges import grant


@pytest.fixture(scope="module")
def declared() -> sa.MetaData:
    """Every table that any module of the product declares."""
    for room in ("tracker", "ingest", "kpi", "web"):
        for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if ".migrations." not in module.name:
                importlib.import_module(module.name)
    return metadata


def test_migrations_equal_the_declared_tables(database: Database, declared: sa.MetaData):
    with sa.create_engine(database.admin_sqlalchemy_url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), declared) == []


def test_upgrading_again_does_nothing(database: Database):
    assert migrations.upgrade(database) is False


def test_a_database_of_a_newer_program_is_left_alone(database: Database):
    with database.connect_as_owner() as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(migrations.SchemaProblem, match="9999 版"):
        migrations.upgrade(database)


def test_rights_can_be_set_again(database: Database):
    with database.connect_as_owner() as connection:
        grant(connection)
    with database.connect() as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("hotline_app",)

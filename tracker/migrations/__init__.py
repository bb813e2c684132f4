"""Schema changes, in order; brought up to date whenever a database is opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import sqlalchemy as sa

from tracker.migrations.privileges import PrivilegeProblem, grant, has_rights

if TYPE_CHECKING:
    from tracker.database import Database

_FOLDER = Path(__file__).parent
VERSIONS = sorted(path.name.split("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py"))


class SchemaProblem(RuntimeError):
    """数据库的表不是这个程序认识的版本。"""


def upgrade(database: "Database") -> bool:
    """Applies what is missing; gives whether anything was. Alembic is loaded only then.

    Raises: SchemaProblem for a database that another program, most likely a newer one, has been using;
    PrivilegeProblem where the account may not do it.
    """
    with _explain_refusal(database):
        return _upgrade(database)


def _upgrade(database: "Database") -> bool:
    version, settled = _read_version(database)
    if version == VERSIONS[-1] and settled:
        return False
    if version is not None and version not in VERSIONS:
        raise SchemaProblem(
            f"数据库的表是 {version} 版，这个程序只认识到 {VERSIONS[-1]} 版，没有动它。"
            "请改用上次打开它的那个版本的程序，或者换一个空的数据库。"
        )
    _apply(database)
    return True


@contextmanager
def _explain_refusal(database: "Database") -> Iterator[None]:
    try:
        yield
    except (psycopg.errors.InsufficientPrivilege, sa.exc.ProgrammingError) as problem:
        cause = getattr(problem, "orig", problem)
        if not isinstance(cause, psycopg.errors.InsufficientPrivilege):
            raise
        raise PrivilegeProblem(
            f"账号“{sa.make_url(database.admin_url).username}”无权建立或修改数据库的表：{cause}。"
            "请把表的所有者写入 HOTLINE_ADMIN_DATABASE_URL。"
        ) from problem


def _read_version(database: "Database") -> tuple[str | None, bool]:
    """The version of the tables, and whether the application has its rights on them."""
    with database.connect_as_owner() as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None, False
        return (None, False) if row is None else (str(row[0]), has_rights(connection))


def _apply(database: "Database") -> None:
    """Tables and rights in one transaction: both are there, or neither."""
    from alembic import command
    from alembic.config import Config

    from tracker.database import get_driver

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    engine = sa.create_engine(database.admin_sqlalchemy_url)
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(12345)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        grant(get_driver(connection))
    engine.dispose()

"""The database: tables, connections under the application's role, transactions."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast
from weakref import WeakKeyDictionary

import orjson
import psycopg
import sqlalchemy as sa
from psycopg import sql
from psycopg.rows import RowFactory, tuple_row
from sqlalchemy.dialects.postgresql import psycopg as for_psycopg

from tracker import embedded, migrations
from tracker.migrations import privileges
from tracker.migrations.privileges import ROLE
from tracker.schema import metadata as metadata
from tracker.settings import Settings

OLDEST_SERVER = 150000
_EMBEDDED = "postgres"  # a folder of the home

# `column {ANY_OF}` with `listed(values)`: psycopg writes a list of ten thousand texts ten times as slowly
ANY_OF = "= ANY(ARRAY(SELECT jsonb_array_elements_text(%s::jsonb)))"


def format_text_array(values: Iterable[str]) -> str:
    """Texts as the one parameter of ANY_OF."""
    return orjson.dumps(list(values)).decode()


_ENDED = ("08", "57P")  # codes: the connection failed, the server stops, has crashed or is starting
_PAGES_WORTH_COUNTING = 32
_OUTGROWN = """
    SELECT relname::text
    FROM (
        SELECT relname, relpages, pg_relation_size(oid) / current_setting('block_size')::int AS pages
        FROM pg_class WHERE oid = ANY(SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)
    ) AS sizes
    WHERE pages >= %s AND 2 * pages > 3 * relpages
"""
_DIALECT = for_psycopg.dialect()  # type: ignore[no-untyped-call]


def compiled(statement: sa.Executable) -> tuple[str, dict[str, Any]]:
    """A statement over declared tables as psycopg takes it, with the values that it holds."""
    found = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    return str(found), dict(found.params)


def execute(
    connection: psycopg.Connection[Any],
    statement: sa.Executable,
    row_factory: RowFactory[Any] = tuple_row,
) -> psycopg.Cursor[Any]:
    """Executes a statement over declared tables on a psycopg connection, in its transaction."""
    return connection.cursor(row_factory=row_factory).execute(*compiled(statement))


class DatabaseProblem(RuntimeError):
    """数据库不能用。"""


@dataclass(frozen=True)
class Database:
    """One PostgreSQL database, reached under the application's role.

    The role may add and read events and nothing else with them, and owns nothing. `url` logs in as it, or as
    one that may take it; `admin_url` as the tables' owner, for migrations and statistics.
    """

    url: str
    admin_url: str
    settings: Settings | None = field(default=None, compare=False)  # of its instance; None: nobody said

    @contextmanager
    def connect(self) -> Iterator[psycopg.Connection[Any]]:
        """A psycopg connection in one transaction: committed at the end, rolled back on an exception."""
        with psycopg.connect(self.url) as connection:
            self._take_role(connection)
            yield connection

    @cached_property
    def engine(self) -> sa.Engine:
        """SQLAlchemy's pool over the same role, for reading."""
        engine = sa.create_engine(_to_sqlalchemy_url(self.url), pool_pre_ping=True)
        sa.event.listen(engine, "connect", lambda raw, _: self._take_role(raw))
        return engine

    @contextmanager
    def apart(self) -> Iterator[sa.Connection]:
        """A fresh connection for SQLAlchemy, none of the pool's; rolled back and closed at the end."""
        engine = sa.create_engine(_to_sqlalchemy_url(self.url), poolclass=sa.NullPool)
        sa.event.listen(engine, "connect", lambda raw, _: self._take_role(raw))
        with engine.connect() as connection:
            yield connection

    @contextmanager
    def connect_as_owner(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection as the schema's owner, for migrations and maintenance."""
        with psycopg.connect(self.admin_url) as connection:
            yield connection

    def renew_statistics(self, tables: Iterable[str]) -> None:
        """Has the server count afresh what tables hold, by which it plans statements.

        It does so by itself, but up to a minute after much was added; until then a year takes ten times as
        long to compute. A table that the account does not own the server leaves as it is.
        """
        with self.connect_as_owner() as connection:
            named = sql.SQL(", ").join(map(sql.Identifier, tables))
            connection.execute(sql.SQL("ANALYZE {}").format(named))

    def find_outgrown(self, tables: Iterable[str]) -> list[str]:
        """Those of the tables that have grown by more than half since the server last counted their rows.

        Tables of less than 256 kB are left out: any plan is quick there.
        """
        with self.connect() as connection:
            rows = connection.execute(_OUTGROWN, (list(tables), _PAGES_WORTH_COUNTING)).fetchall()
        return [name for (name,) in rows]

    @property
    def admin_sqlalchemy_url(self) -> str:
        """The owner's address in SQLAlchemy's spelling."""
        return _to_sqlalchemy_url(self.admin_url)

    def _take_role(self, connection: psycopg.Connection[Any]) -> None:
        _become_application(connection)
        _DATABASES[connection] = self

    def close(self) -> None:
        """Gives pooled connections back."""
        if "engine" in self.__dict__:
            self.engine.dispose()


_DATABASES: WeakKeyDictionary[psycopg.Connection[Any], Database] = WeakKeyDictionary()


def find_database(connection: psycopg.Connection[Any]) -> Database | None:
    """The database that a connection of the application's role was opened by."""
    return _DATABASES.get(connection)


def _to_sqlalchemy_url(url: str) -> str:
    return "postgresql+psycopg://" + url.split("://", 1)[1]


def _become_application(connection: psycopg.Connection[Any]) -> None:
    """Takes the application's role, and Beijing time, for the life of the connection.

    Compiling a page's statements takes the server longer than running them.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(ROLE)))
        cursor.execute("SET TIME ZONE 'Asia/Shanghai'")
        cursor.execute("SET jit = off")
    connection.commit()


def get_driver(connection: sa.Connection) -> psycopg.Connection[Any]:
    """The psycopg connection under one of the pool's, in the same transaction."""
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


def open_database(settings: Settings) -> Database:
    """The instance's database with its schema up to date: the centre's own server, or the embedded one.

    Raises: DatabaseProblem, EmbeddedServerProblem with a sentence that says what to do.
    """
    if settings.database_url:
        database = Database(settings.database_url, settings.admin_url or settings.database_url)
    else:
        database = create_database(embedded.start_server(settings.home / _EMBEDDED), "hotline")
    database = replace(database, settings=settings)
    _check_server(database)
    migrations.upgrade(database)
    if settings.database_url:
        _check_application(database)
    return database


def keep_alive(settings: Settings) -> Callable[[], None]:
    """Has the embedded server started again whenever it dies; what it gives ends that."""
    return (lambda: None) if settings.database_url else embedded.keep_alive(settings.home / _EMBEDDED)


def stop_embedded(settings: Settings) -> bool:
    """Stops the embedded server, whoever uses it; gives whether it ran. Raises: EmbeddedServerProblem."""
    return embedded.stop_server(settings.home / _EMBEDDED)


def check_login(database: Database) -> None:
    """Refuses a login with which pages could do more than the application may.

    Raises: PrivilegeProblem with the statements that mend it.
    """
    with psycopg.connect(database.url) as connection:
        privileges.check_login(connection)


def has_database(settings: Settings) -> bool:
    """Whether there is a database to open: the centre's own server, or an embedded one that was started."""
    return settings.database_url is not None or (settings.home / _EMBEDDED).is_dir()


def create_database(server_url: str, name: str) -> Database:
    """A database of an embedded server, of which the owner's address is given; made when it is not there."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(12345)")  # another first start may want the same
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if not exists:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0")
            connection.execute(statement.format(sql.Identifier(name)))
    owner = sa.make_url(server_url).set(database=name)
    password = embedded.derive_password(str(owner.password), ROLE)
    application = owner.set(username=ROLE, password=password)
    return Database(_show_url(application), _show_url(owner))


def _show_url(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def _check_server(database: Database) -> None:
    try:
        with database.connect_as_owner() as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as problem:
        raise DatabaseProblem(f"连接不上数据库：{problem}") from problem
    if version < OLDEST_SERVER:
        raise DatabaseProblem(f"需要 PostgreSQL 15 或更新的版本，现在连接的是 {version // 10000}。")


def _check_application(database: Database) -> None:
    try:
        with database.connect():
            pass
    except psycopg.OperationalError as problem:
        raise DatabaseProblem(f"HOTLINE_DATABASE_URL 里的账号连接不上数据库：{problem}") from problem
    except psycopg.errors.InsufficientPrivilege as problem:
        login = sa.make_url(database.url).username
        raise DatabaseProblem(
            f"账号“{login}”不能使用角色 {ROLE}。请数据库管理员执行：GRANT {ROLE} TO {login};"
        ) from problem


def is_database_lost(problem: Exception) -> bool:
    """Whether the server was away, or ended the connection: the same work may come through later."""
    raised = problem.orig if isinstance(problem, sa.exc.DBAPIError) else problem
    if isinstance(raised, psycopg.OperationalError):
        return raised.sqlstate is None or raised.sqlstate.startswith(_ENDED)
    return isinstance(raised, sa.exc.PendingRollbackError)  # what follows where a connection has ended


def make_data_folder(settings: Settings, name: str) -> Path:
    """A folder of the instance, made when it is not there, readable by its owner alone."""
    folder = settings.home / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder

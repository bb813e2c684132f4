"""What the application's role may do: with events, add and read; nothing else. It owns nothing."""

from contextlib import suppress
from typing import Any

import psycopg
from psycopg import sql

ROLE = "hotline_app"
APPEND_ONLY = ("events", "batches", "day_changes", "figure_history", "audit")
_RIGHTS = dict.fromkeys(APPEND_ONLY, "SELECT, INSERT") | {"alembic_version": "SELECT"}


_COULD_ALTER = """
    SELECT rolname, current_database(),
        rolsuper OR rolcreaterole OR EXISTS (
            SELECT owner
            FROM (
                SELECT datdba FROM pg_database WHERE datname = current_database()
                UNION SELECT nspowner FROM pg_namespace WHERE nspname = current_schema()
                UNION SELECT relowner FROM pg_class WHERE relnamespace = current_schema()::regnamespace
            ) AS owners (owner)
            WHERE pg_has_role(session_user, owner, 'MEMBER')
        )
    FROM pg_roles WHERE rolname = session_user
"""


class PrivilegeProblem(RuntimeError):
    """数据库账号的权限不合适。"""


def grant(connection: psycopg.Connection[Any]) -> None:
    """Makes the role when it is missing, and sets its rights on every table. Run as the schema's owner."""
    role = sql.Identifier(ROLE)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone():
        _make(connection, role)
    if not _is_member(connection):
        _become_member(connection, role)
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    ).fetchall()
    for (name,) in rows:
        rights = _RIGHTS.get(name, "SELECT, INSERT, UPDATE, DELETE")
        table = sql.Identifier(name)
        connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(table, role))
        connection.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), table, role))


def check_login(connection: psycopg.Connection[Any]) -> None:
    """Refuses a login from which the tables could be altered, or the triggers that protect them switched off.

    Raises: PrivilegeProblem with the statements that mend it.
    """
    name, database, could_alter = connection.execute(_COULD_ALTER).fetchone() or ("", "", True)
    if could_alter:
        quoted = sql.Identifier(str(database)).as_string(connection)
        raise PrivilegeProblem(
            f"HOTLINE_DATABASE_URL 里的账号“{name}”是超级用户、表的所有者，或能变成所有者：页面一旦被攻破，"
            "审计日志的防改保护就能被关掉，所以没有启动。请数据库管理员执行：\n"
            f"  ALTER ROLE {ROLE} LOGIN PASSWORD '另设的口令';\n"
            f"  GRANT CONNECT, TEMPORARY ON DATABASE {quoted} TO {ROLE};\n"
            "再把现在的 HOTLINE_DATABASE_URL 改放到 HOTLINE_ADMIN_DATABASE_URL，并设\n"
            f"  HOTLINE_DATABASE_URL=postgresql://{ROLE}:另设的口令@主机:端口/{database}"
        )


def has_rights(connection: psycopg.Connection[Any]) -> bool:
    """Whether the role is there and was given its rights on the tables."""
    row = connection.execute(
        "SELECT has_table_privilege(oid, 'alembic_version', 'SELECT') FROM pg_roles WHERE rolname = %s",
        (ROLE,),
    ).fetchone()
    return row == (True,)


def _is_member(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", (ROLE,)).fetchone()
    return row == (True,)


def _become_member(connection: psycopg.Connection[Any], role: sql.Identifier) -> None:
    """Lets the owner take the role, where it may: whoever logs in as another than the owner needs no more."""
    with suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))


def _make(connection: psycopg.Connection[Any], role: sql.Identifier) -> None:
    try:
        with connection.transaction():
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
    except psycopg.errors.InsufficientPrivilege as problem:
        raise PrivilegeProblem(
            f"数据库里没有角色 {ROLE}，当前账号也无权创建它。请数据库管理员执行："
            f"CREATE ROLE {ROLE} LOGIN PASSWORD '另设的口令';"
        ) from problem
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        pass  # another process made it meanwhile

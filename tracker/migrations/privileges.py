"""What the application's role may do: with events, add and read; nothing else."""

from typing import Any

import psycopg
from psycopg import sql

ROLE = "hotline_app"
APPEND_ONLY = ("events", "batches", "day_changes", "figure_history", "audit")


class PrivilegeProblem(RuntimeError):
    """数据库账号的权限不够。"""


def grant(connection: psycopg.Connection[Any]) -> None:
    """Makes the role when it is missing, and sets its rights on every table. Run as the schema's owner."""
    role = sql.Identifier(ROLE)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone():
        _make(connection, role)
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    ).fetchall()
    for (name,) in rows:
        rights = "SELECT, INSERT" if name in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        table = sql.Identifier(name)
        connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(table, role))
        connection.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), table, role))


def _make(connection: psycopg.Connection[Any], role: sql.Identifier) -> None:
    try:
        with connection.transaction():
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
    except psycopg.errors.InsufficientPrivilege as problem:
        raise PrivilegeProblem(
            f"数据库里没有角色 {ROLE}，当前账号也无权创建它。请数据库管理员执行：CREATE ROLE {ROLE} NOLOGIN; "
            f"GRANT {ROLE} TO 当前账号;"
        ) from problem
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        pass  # another process made it meanwhile

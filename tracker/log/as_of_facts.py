"""Facts as they were when the log ended at an earlier position, until the transaction ends.

A temporary relation takes the place of each fact table that has moved since: the rows of things of which
nothing was told since, and those of the others, made anew from their statements up to the position. Every
statement that reads facts then reads these. The tables that stay are not touched.

`tracker.log.dry_run_tables` is another mechanism, because an import must be able to write through its views,
by triggers on every row and before anybody knows what moves; here all that has moved is known first, and is
filled in by COPY into plain tables.
"""

from typing import Any

import psycopg
from psycopg import sql

from tracker.fact_rows import DOMAIN, LEDGER, project_rows
from tracker.facts import FactTable
from tracker.log.projection import write_rows
from tracker.log.rebuilding import EVENTS, stream_things
from tracker.migrations.privileges import ROLE, PrivilegeProblem

_MOVED = """
    CREATE TEMPORARY TABLE moved ON COMMIT DROP AS
    WITH ranges AS (
        (TABLE {here}.confirmations EXCEPT TABLE pg_temp.confirmations)
        UNION ALL (TABLE pg_temp.confirmations EXCEPT TABLE {here}.confirmations)
    ), voided AS (TABLE {here}.voids EXCEPT TABLE pg_temp.voids)
    SELECT subject FROM events WHERE center_id = {center} AND seq > {seq}
    UNION SELECT events.subject FROM events JOIN ranges USING (center_id)
        WHERE events.center_id = {center} AND events.seq BETWEEN first_seq AND last_seq
    UNION SELECT events.subject FROM events JOIN voided USING (center_id)
        WHERE events.center_id = {center} AND events.seq = event_seq
    UNION SELECT events.subject FROM events JOIN voided USING (center_id, delivery)
        WHERE events.center_id = {center}
"""
"""Things spoken of since, and those whose statements have gained or lost weight since."""

_IN_PLACE = """
    CREATE TEMPORARY VIEW {table} AS
    SELECT * FROM {here}.{table} AS stayed
        WHERE center_id = {center} AND NOT EXISTS (SELECT FROM moved WHERE moved.subject = stayed.subject)
    UNION ALL TABLE {made}
"""


def use_facts_as_of(connection: psycopg.Connection[Any], center: str, seq: int) -> None:
    """Has facts of the centre read as of a log position for the rest of the transaction, to be rolled back.

    Needs isolation REPEATABLE READ, or what is appended meanwhile would show.
    """
    for name in _list_names(LEDGER):
        hide_table(connection, name)
    ledger = sorted({fact.kind for fact in LEDGER})
    _fill(connection, center, LEDGER, _TOLD_BY_LEDGER, (ledger, center, seq))
    here = _find_schema(connection)
    moved = sql.SQL(_MOVED).format(here=here, center=sql.Literal(center), seq=sql.Literal(seq))
    connection.execute(moved)
    connection.execute("ANALYZE moved")
    kinds = connection.execute("SELECT DISTINCT split_part(subject, '/', 1) FROM moved").fetchall()
    facts = tuple(fact for fact in DOMAIN if (fact.kind,) in kinds)
    for name in _list_names(facts):
        hide_table(connection, name)
    _fill(connection, center, facts, _TOLD_OF_MOVED, (center, seq))
    for name in _list_names(facts):
        _put_in_place(connection, here, center, name)


def hide_table(connection: psycopg.Connection[Any], name: str) -> None:
    """Puts an empty temporary table in the place of a table, until the transaction ends."""
    statement = sql.SQL("CREATE TEMPORARY TABLE {table} (LIKE {here}.{table}) ON COMMIT DROP")
    table, here = sql.Identifier(name), _find_schema(connection)
    try:
        connection.execute(statement.format(table=table, here=here))
    except psycopg.errors.InsufficientPrivilege as problem:
        raise PrivilegeProblem(
            "数据库账号不能建临时表，看不了当时的行。"
            f"请数据库管理员执行：GRANT TEMPORARY ON DATABASE 库名 TO {ROLE};"
        ) from problem


_TOLD_BY_LEDGER = (
    f"{EVENTS} JOIN unnest(%s::text[]) AS kind ON subject >= kind || '/' AND subject < kind || '0'"
    " WHERE center_id = %s AND seq <= %s ORDER BY subject"
)
_TOLD_OF_MOVED = (
    f"{EVENTS} JOIN moved USING (subject)"
    " WHERE center_id = %s AND seq <= %s AND source <> 'ledger' ORDER BY subject"
)


def _fill(
    connection: psycopg.Connection[Any],
    center: str,
    facts: tuple[FactTable, ...],
    query: str,
    parameters: Any,
) -> None:
    for things in stream_things(connection, center, query, parameters):
        for fact, rows in project_rows(things, facts).items():
            write_rows(connection, center, fact, rows)


def _put_in_place(connection: psycopg.Connection[Any], here: sql.Identifier, center: str, name: str) -> None:
    table, made = sql.Identifier(name), sql.Identifier(f"{name}_made")
    connection.execute(sql.SQL("ANALYZE {}").format(table))
    connection.execute(sql.SQL("ALTER TABLE pg_temp.{} RENAME TO {}").format(table, made))
    of = {"table": table, "here": here, "made": made, "center": sql.Literal(center)}
    connection.execute(sql.SQL(_IN_PLACE).format(**of))


def _find_schema(connection: psycopg.Connection[Any]) -> sql.Identifier:
    row = connection.execute("SELECT current_schema()").fetchone()
    assert row is not None
    return sql.Identifier(row[0])


def _list_names(facts: tuple[FactTable, ...]) -> list[str]:
    return sorted({fact.name for fact in facts})

"""A trial's own ground: temporary tables laid over the real ones, so that it writes nothing that others meet.

Whatever the trial's connection writes under the usual names goes into tables that only this connection has;
what it reads is the centre's state of the moment it began, with its own writing on top. It takes no lock that
a form or another import waits for, and waits for none: not on the head, not on a row, not on a unique key.

`tracker.log.as_of_facts` lays plain tables over the facts, because nothing is written there once it stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from tracker.facts import FACTS
from tracker.log.tables import batches, day_changes, events, heads, touched_days
from tracker.quarantine import quarantine
from tracker.vault import data_keys, people

_FACTS = tuple(dict.fromkeys(fact.table for fact in FACTS))
_COPIED = (heads, touched_days, data_keys)  # small, and changed in place
_WRITTEN = (batches, day_changes, quarantine, people)  # a trial reads nothing of what they hold


class OverlayProblem(RuntimeError):
    """试导入需要的临时表建不了。"""


def overlay_tables(
    connection: psycopg.Connection[Any],
    center: str,
    *,
    copied: Iterable[sa.Table] = (),
    written: Iterable[sa.Table] = (),
) -> None:
    """Lays a centre's trial over the real tables, for this transaction; it must be the first thing in it.

    The connection must be fresh: a statement prepared earlier would go on reading and writing the real
    tables. `copied` are further tables that the trial changes in place, `written` those that it only adds to.
    Facts that the trial takes out are still seen until `settle`, which must come before they are summed.
    The transaction is to be rolled back; even if it were committed, nothing of it would stay.
    Raises: OverlayProblem where the database lets nobody make temporary tables.
    """
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    row = connection.execute("SELECT current_schema()").fetchone()
    assert row is not None
    ground = _OverlayStatements(row[0], center)
    statements = [
        *(part for table in (*_COPIED, *copied) for part in ground.copy(table)),
        *(ground.empty(table, table.name) for table in (*_WRITTEN, *written)),
        *(part for table in (events, *_FACTS) for part in ground.view(table)),
    ]
    try:
        connection.execute(sql.SQL(";\n").join(statements))
    except psycopg.errors.InsufficientPrivilege as problem:
        raise OverlayProblem(
            "数据库不允许建临时表，所以不能试导入。请数据库管理员执行："
            "GRANT TEMPORARY ON DATABASE 库名 TO hotline_app;"
        ) from problem


def settle_overlay(connection: psycopg.Connection[Any], center: str) -> None:
    """Hides the facts that the trial took out, and tells the planner how much it has written.

    A view that hides nothing is seen through by the planner, which then goes by the indexes of both tables.
    One that hides must be read whole; without statistics a loop over it would take minutes, so none is taken.
    """
    row = connection.execute("SELECT current_schema()").fetchone()
    assert row is not None
    ground = _OverlayStatements(row[0], center)
    for table in (events, *_FACTS):
        connection.execute(sql.SQL("ANALYZE {}").format(_name_own(f"tried_{table.name}")))
        gone = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(_name_own(f"gone_{table.name}"))
        if connection.execute(gone).fetchone() == (True,):
            connection.execute(ground.hiding(table))
            connection.execute(sql.SQL("ANALYZE {}").format(_name_own(f"gone_{table.name}")))
            connection.execute("SET LOCAL enable_nestloop = off")


@dataclass(frozen=True)
class _OverlayStatements:
    """The statements that lay a centre's trial over the tables of a schema."""

    schema: str
    center: str

    def copy(self, table: sa.Table) -> list[sql.Composable]:
        """A table of the same name with the centre's rows, to be changed in place."""
        rows = "INSERT INTO {table} SELECT * FROM {real} WHERE center_id = {center}"
        return [self.empty(table, table.name), self._named(rows, table)]

    def empty(self, table: sa.Table, name: str) -> sql.Composable:
        made = sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING ALL) ON COMMIT DROP")
        return made.format(sql.Identifier(name), sql.Identifier(self.schema, table.name))

    def view(self, table: sa.Table) -> list[sql.Composable]:
        """The real rows but for those taken out, and those put in; COPY and DELETE go as with the table."""
        return [self._named(statement, table) for statement in _OVERLAY]

    def hiding(self, table: sa.Table) -> sql.Composed:
        """The statement that lets the trial's view of a table leave out the real rows that were taken out."""
        return self._named(_HIDING, table)

    def _named(self, statement: str, table: sa.Table) -> sql.Composed:
        own = {part: _name_own(f"{part}_{table.name}") for part in ("tried", "gone", "put", "take")}
        real = sql.Identifier(self.schema, table.name)
        return sql.SQL(statement).format(
            table=_name_own(table.name), real=real, center=sql.Literal(self.center), **own
        )


def _name_own(name: str) -> sql.Identifier:
    return sql.Identifier("pg_temp", name)


_OVERLAY = (  # `take` is planned while its table is still empty, and must not go through it when it is full
    "CREATE TEMPORARY TABLE {tried} (LIKE {real}) ON COMMIT DROP",
    "CREATE INDEX ON {tried} (subject, center_id)",
    'CREATE TEMPORARY TABLE {gone} (subject text COLLATE "C" PRIMARY KEY) ON COMMIT DROP',
    "CREATE TEMPORARY VIEW {table} AS SELECT * FROM {real} UNION ALL SELECT * FROM {tried}",
    "CREATE FUNCTION {put}() RETURNS trigger LANGUAGE plpgsql AS"
    " $$BEGIN INSERT INTO {tried} VALUES (NEW.*); RETURN NEW; END$$",
    "CREATE TRIGGER put INSTEAD OF INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {put}()",
    "CREATE FUNCTION {take}() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS"
    " $$BEGIN DELETE FROM {tried} WHERE center_id = OLD.center_id AND subject = OLD.subject;"
    " INSERT INTO {gone} VALUES (OLD.subject) ON CONFLICT DO NOTHING; RETURN OLD; END$$",
    "CREATE TRIGGER take INSTEAD OF DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {take}()",
)

_HIDING = (
    "CREATE OR REPLACE TEMPORARY VIEW {table} AS SELECT * FROM {real} AS there WHERE center_id = {center}"
    " AND NOT EXISTS (SELECT FROM {gone} AS gone WHERE gone.subject = there.subject)"
    " UNION ALL SELECT * FROM {tried}"
)

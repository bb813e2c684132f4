"""Facts made anew from the log: into shadow tables, then put in the place of the centre's rows."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql

from tracker.fact_rows import DOMAIN, LEDGER, list_days, project_rows
from tracker.facts import FactTable
from tracker.facts.statements import StatementsBySlot
from tracker.log.projection import write_rows
from tracker.log.statements import gather_statements

EVENTS = "SELECT subject, slot, type, seq, as_of, delivery, data FROM events"  # as statements are made from
_PAGE = 10_000


def rebuild_facts(connection: psycopg.Connection[Any], center: str) -> int:
    """Replaces a centre's facts by what the log says, and marks every day to be counted again.

    One transaction: readers see the old facts until it ends. Gives the number of fact rows.
    """
    connection.execute("SELECT 1 FROM heads WHERE center_id = %s FOR UPDATE", (center,))
    return _replace(connection, center, LEDGER, "=") + _replace(connection, center, DOMAIN, "<>")


def stream_things(
    connection: psycopg.Connection[Any], center: str, query: str, parameters: tuple[Any, ...]
) -> Iterator[dict[str, StatementsBySlot]]:
    """The things of a query of EVENTS in the order of subjects, with their statements, some thousand at a
    time."""
    with connection.cursor(name="things", withhold=False) as cursor:
        cursor.itersize = _PAGE
        cursor.execute(query, parameters)
        page: list[Any] = []
        for _, rows in groupby(cursor, key=itemgetter(0)):
            page.extend(rows)
            if len(page) >= _PAGE:
                yield gather_statements(connection, center, page)
                page = []
    if page:
        yield gather_statements(connection, center, page)


def _replace(
    connection: psycopg.Connection[Any], center: str, facts: tuple[FactTable, ...], ledger: str
) -> int:
    for name in {fact.name for fact in facts}:
        table = sql.Identifier(name)
        connection.execute(sql.SQL("DELETE FROM {} WHERE center_id = %s").format(table), (center,))
    written = 0
    query = f"{EVENTS} WHERE center_id = %s AND source {ledger} 'ledger' ORDER BY subject"
    for things in stream_things(connection, center, query, (center,)):
        for fact, rows in project_rows(things, facts).items():
            write_rows(connection, center, fact, rows)
            connection.cursor().executemany(
                "INSERT INTO touched_days VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [(center, name, day) for name, day in sorted(list_days(fact, rows))],
            )
            written += len(rows)
    return written

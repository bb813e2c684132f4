"""Facts made anew from the log: into shadow tables, then put in the place of the centre's rows."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql

from tracker.fact_rows import DOMAIN, LEDGER, days_in, rows_of
from tracker.facts import Fact
from tracker.facts.statements import Held
from tracker.log.projection import write
from tracker.log.statements import gather

EVENTS = "SELECT subject, slot, type, seq, as_of, delivery, data FROM events"  # as statements are made from
_PAGE = 10_000


def rebuild_facts(connection: psycopg.Connection[Any], center: str) -> int:
    """Replaces a centre's facts by what the log says, and marks every day to be counted again.

    One transaction: readers see the old facts until it ends. Gives the number of fact rows.
    """
    connection.execute("SELECT 1 FROM heads WHERE center_id = %s FOR UPDATE", (center,))
    return _replace(connection, center, LEDGER, "=") + _replace(connection, center, DOMAIN, "<>")


def things_of(
    connection: psycopg.Connection[Any], center: str, query: str, given: tuple[Any, ...]
) -> Iterator[dict[str, Held]]:
    """The things of a query of EVENTS in the order of subjects, with their statements, some thousand at a
    time."""
    with connection.cursor(name="things", withhold=False) as cursor:
        cursor.itersize = _PAGE
        cursor.execute(query, given)
        page: list[Any] = []
        for _, rows in groupby(cursor, key=itemgetter(0)):
            page.extend(rows)
            if len(page) >= _PAGE:
                yield gather(connection, center, page)
                page = []
    if page:
        yield gather(connection, center, page)


def _replace(connection: psycopg.Connection[Any], center: str, facts: tuple[Fact, ...], ledger: str) -> int:
    for name in {fact.name for fact in facts}:
        table = sql.Identifier(name)
        connection.execute(sql.SQL("DELETE FROM {} WHERE center_id = %s").format(table), (center,))
    written = 0
    told = f"{EVENTS} WHERE center_id = %s AND source {ledger} 'ledger' ORDER BY subject"
    for things in things_of(connection, center, told, (center,)):
        for fact, rows in rows_of(things, facts).items():
            write(connection, center, fact, rows)
            connection.cursor().executemany(
                "INSERT INTO touched_days VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [(center, name, day) for name, day in sorted(days_in(fact, rows))],
            )
            written += len(rows)
    return written

"""One thing under two numbers, as two systems export it or a transfer numbers it anew: both would count."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import psycopg
from psycopg import sql

from ingest.changes.repeated_numbers import RENUMBERED, ProposedChange, QuestionCollector
from tracker.fact_rows import BY_KIND

FEWEST = 3  # things; fewer are chance, or a slip that changes no figure
_SHARE = 0.5  # of the rows of a table: an export of the same things holds most of them again
_BUSY = 10  # calls a day, from which on a number is a switchboard's: two of its calls may begin at once
_COPIES = 3  # more alike are not one thing told twice, but things that have no words of their own

_CALLS = sql.SQL("""
WITH calls_in AS (
    SELECT subject, seq, entered_at, caller, answered_at, ended_at,
           count(*) OVER (PARTITION BY caller, entered_on) AS of_day,
           count(*) OVER (PARTITION BY caller, entered_at) AS at_once
    FROM calls
    WHERE center_id = %(center)s AND entered_on BETWEEN %(first_day)s AND %(last_day)s
      AND direction = 'inbound' AND caller IS NOT NULL
), likely AS MATERIALIZED (
    SELECT * FROM calls_in WHERE of_day <= %(busy)s AND at_once BETWEEN 2 AND %(copies)s
)
SELECT mine.subject, min(other.subject)
FROM likely AS mine JOIN likely AS other USING (entered_at, caller)
WHERE mine.seq > %(head)s AND mine.subject <> other.subject
  AND (other.seq <= %(head)s OR other.subject < mine.subject)
  AND (extract(second FROM entered_at) <> 0
       OR (mine.ended_at = other.ended_at AND mine.answered_at IS NOT DISTINCT FROM other.answered_at))
GROUP BY mine.subject
""")
_ALIKE = sql.SQL("""
WITH things AS (
    SELECT subject, seq, to_jsonb(f) - 'subject' - 'seq' AS said FROM {table} AS f
    WHERE center_id = %(center)s AND {day} BETWEEN %(first_day)s AND %(last_day)s AND {exact}
), known AS (
    SELECT said, min(subject) FILTER (WHERE seq <= %(head)s) AS subject
    FROM things GROUP BY said HAVING count(*) <= %(copies)s
)
SELECT mine.subject, known.subject FROM things AS mine JOIN known USING (said)
WHERE mine.seq > %(head)s AND known.subject IS NOT NULL
""")
_EXACT = {  # things of which nobody wrote the seconds may well be told in the same words
    "call": sql.SQL("extract(second FROM entered_at) <> 0"),
    "work_order": sql.SQL("extract(second FROM accepted_at) <> 0"),
    "payment": sql.SQL("true"),
}
_IS_NEW = """
SELECT one FROM unnest(%(subjects)s::text[]) AS one
WHERE NOT EXISTS (SELECT FROM events WHERE center_id = %(center)s AND subject = one AND seq <= %(head)s)
"""


def ask_about_renumbered(
    connection: psycopg.Connection[Any],
    center: str,
    thing: str | None,
    days: Mapping[date, int],
    head: int,
    asking: QuestionCollector,
) -> None:
    """Notes the calls, orders and payments of a table that differ from others in their numbers alone.

    `days`: rows of the table by day; `head`: the log's last event before the table.
    """
    if thing not in _EXACT or not days or asking.answer.is_to(RENUMBERED):
        return
    span = {"center": center, "head": head, "first_day": min(days), "last_day": max(days)}
    span |= {"busy": _BUSY, "copies": _COPIES}
    found = dict(_list_pairs(connection, thing, span, sum(days.values())))
    if len(found) < FEWEST:
        return
    new = connection.execute(_IS_NEW, span | {"subjects": [*found]}).fetchall()
    if len(new) < FEWEST:
        return
    for (subject,) in sorted(new):
        asking.note(
            ProposedChange(
                sort=RENUMBERED, row=None, subject=subject, field="", before=found[subject], after=None
            )
        )


def _list_pairs(
    connection: psycopg.Connection[Any], thing: str, span: Mapping[str, Any], rows: int
) -> Iterator[tuple[str, str]]:
    """Things of the table, each with one of another number that is told of in the same words; or with a call
    of the same caller that began in the same second."""
    fact = BY_KIND[thing][0]
    alike = _ALIKE.format(
        table=sql.Identifier(fact.name), day=sql.Identifier(fact.days[0]), exact=_EXACT[thing]
    )
    found = connection.execute(alike, span).fetchall()
    if len(found) >= _SHARE * rows:
        yield from found
    if thing == "call":
        yield from connection.execute(_CALLS, span)

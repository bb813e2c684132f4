"""Of which days rows are that were not taken in, and whether they speak of things that are known."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from ingest.changes.as_of import AsOf
from ingest.changes.repeated_numbers import DayPair
from ingest.identity.numbers import UNSCOPED
from ingest.importing.file_context import FileContext, start_reading
from ingest.importing.row_batches import RowTally
from ingest.recognition.recognise import Recognition
from tracker.events import Json
from tracker.events.times import get_day
from tracker.fact_rows import BY_KIND, get_kind
from tracker.tabular import Table


class RowSpan(NamedTuple):
    """Rows that each are of one of these days, both included."""

    first: date
    last: date
    rows: int
    known: int  # of them, that may speak of things told of otherwise

    @property
    def as_json(self) -> list[Json]:
        return [self.first.isoformat(), self.last.isoformat(), self.rows, self.known]


def place_rows(
    connection: psycopg.Connection[Any], center: str, delivery: str, whole: tuple[date, date], *, again: bool
) -> list[RowSpan]:
    """Notes of which days the rows held back of a delivery may be, and gives them.

    A row is of the day that it names, or of the day on which its thing counts by the facts; of any of `whole`
    where neither is known. `again`: the delivery speaks of known things, and so may a row of it of which
    nobody can read what it speaks of.
    """
    which = "center_id = %(center)s AND delivery = %(delivery)s AND costs_row"
    parameters = {"center": center, "delivery": delivery, "first": whole[0], "last": whole[1], "again": again}
    connection.execute(
        "UPDATE quarantine SET first_day = coalesce(day, %(first)s), last_day = coalesce(day, %(last)s),"
        f" known = thing IS NULL AND %(again)s WHERE {which}",
        parameters,
    )
    things = connection.execute(
        f"SELECT DISTINCT thing FROM quarantine WHERE {which} AND thing IS NOT NULL", parameters
    ).fetchall()
    times = find_times(connection, center, [thing for (thing,) in things])
    days = {thing: [on.day for on in by_name.values() if on.day] for thing, by_name in times.items()}
    connection.execute(
        "UPDATE quarantine q SET known = true,"
        " first_day = coalesce(least(q.day, told.first), %(first)s),"
        " last_day = coalesce(greatest(q.day, told.last), %(last)s)"
        " FROM unnest(%(things)s::text[], %(from)s::date[], %(to)s::date[]) AS told(thing, first, last)"
        f" WHERE {which} AND q.thing = told.thing",
        parameters | {
            "things": list(days),
            "from": [min(of, default=None) for of in days.values()],
            "to": [max(of, default=None) for of in days.values()],
        },
    )  # fmt: skip
    placed = connection.execute(
        "SELECT first_day, last_day, count(*), count(*) FILTER (WHERE known) FROM"
        f' (SELECT DISTINCT "row", first_day, last_day, known FROM quarantine WHERE {which}) AS rows'
        " GROUP BY 1, 2 ORDER BY 1, 2",
        parameters,
    )
    return [RowSpan(*row) for row in placed.fetchall()]


class ThingTime(NamedTuple):
    """When a thing counts by the facts."""

    day: date | None
    moment: datetime | None  # on that day, where the facts tell it


def find_times(
    connection: psycopg.Connection[Any], center: str, things: Collection[str]
) -> Mapping[str, Mapping[str, ThingTime]]:
    """Of things that are known, all that bear the number: their names, and when each counts."""
    found: dict[str, dict[str, ThingTime]] = {}
    for kind in {get_kind(thing) for thing in things}:
        fact = BY_KIND[kind][0]
        moment = fact.days[0].removesuffix("_on") + "_at"
        statement = sql.SQL(
            "SELECT asked.thing, f.subject, f.{day}, {moment} FROM"
            " (SELECT thing, rtrim(thing, {unscoped}) AS plain FROM unnest(%s::text[]) AS t(thing)) AS asked"
            " JOIN {table} AS f ON f.center_id = %s AND (f.subject = plain"
            " OR (f.subject >= plain || '@' AND f.subject < plain || 'A')"
            " OR (f.subject >= plain || '#' AND f.subject < plain || '$'))"
        ).format(
            day=sql.Identifier(fact.days[0]),
            moment=sql.Identifier("f", moment) if moment in fact.table.columns else sql.NULL,
            table=sql.Identifier(fact.name),
            unscoped=sql.Literal(UNSCOPED),
        )
        of_kind = [thing for thing in things if get_kind(thing) == kind]
        for thing, subject, *when in connection.execute(statement, (of_kind, center)).fetchall():
            found.setdefault(thing, {})[subject] = ThingTime(*when)
    return found


def list_rows_left_out(
    delivered: FileContext,
    table: Table,
    recognition: Recognition,
    moved: Mapping[DayPair, int],
    gone: Mapping[str, int],
) -> list[Json]:
    """The rows of a table that is not taken in, as [source, first day, last day, rows]. `moved`: how many of
    them move their thing from one day to another; they are missing from both, and from those between. `gone`:
    how many things it leaves out that may count no more, by their day.

    Raises: FileRefused, ReadingStopped."""
    reading = start_reading(delivered, table, recognition)
    for _ in reading.batches():
        pass
    tally = reading.tally
    spans = Counter({(day, day): rows for day, rows in tally.days.items()})
    for days, rows in moved.items():
        first, last = sorted(map(date.fromisoformat, days))
        spans[first, last] += rows
        spans[(date.fromisoformat(days[1]),) * 2] -= rows
    for on, things in gone.items():
        spans[(date.fromisoformat(on),) * 2] += things
    spans[find_span(tally, delivered.as_of)] += tally.quarantined
    source = recognition.profile.kind.source
    return [
        [source, first.isoformat(), last.isoformat(), rows]
        for (first, last), rows in sorted(spans.items())
        if rows > 0
    ]


def find_span(tally: RowTally, as_of: AsOf) -> tuple[date, date]:
    """The first and last day that a table speaks of; of its month where no row tells a day."""
    last = get_day(as_of.at - timedelta(microseconds=1))
    return min(tally.days, default=last.replace(day=1)), max(tally.days, default=last)

"""The daily rollup: sums by centre, measure and day of what grows with traffic.

It is recomputed from the facts for the days touched, one statement for each population, and is never the
only place of a number: `differences` compares it with the facts.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from kpi.figures.measures import POPULATIONS, Population, list_rolled_measures
from tracker.schema import metadata

daily_measures = sa.Table(
    "daily_measures",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("measure", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

LASTING = ("declarations", "outages")  # what one says of a day holds of days after it
ROLLED = tuple(population for population in POPULATIONS if population.rolled)


def refresh(connection: sa.Connection, center: str, touched_days: Iterable[tuple[str, date]]) -> None:
    """Computes the touched days (fact table, day) anew."""
    by_fact: dict[str, set[date]] = {}
    for fact, day in touched_days:
        by_fact.setdefault(fact, set()).add(day)
    for population in ROLLED:
        if by_fact.keys() & set(population.facts) & set(LASTING):
            _replace(connection, center, population, None)
            continue
        days = set().union(*(by_fact.get(fact, set()) for fact in population.facts))
        if population.over_midnight:
            days |= {day + timedelta(days=1) for day in days}
        days |= {day + timedelta(days=number + 1) for day in days for number in range(population.reaches)}
        if days:
            _replace(connection, center, population, days)


def rebuild(connection: sa.Connection, center: str) -> None:
    """Computes all days of a centre anew."""
    connection.execute(sa.delete(daily_measures).where(daily_measures.c.center_id == center))
    for population in ROLLED:
        connection.execute(_insert(center, population, population.day.is_not(None)))


def find_differences(
    connection: sa.Connection, center: str, days: Collection[date]
) -> list[tuple[str, date]]:
    """Measures and days on which the rollup is not what the facts say."""
    stored = sa.select(daily_measures.c.measure, daily_measures.c.day, daily_measures.c.value).where(
        daily_measures.c.center_id == center, daily_measures.c.day == _match_any(days)
    )
    stored_values = {(key, day): value for key, day, value in connection.execute(stored)}
    fact_values: dict[tuple[str, date], int] = {}
    for population in ROLLED:
        rows = connection.execute(_select_long(center, population, population.day == _match_any(days)))
        fact_values |= {(key, day): value for _, key, day, value in rows}
    return sorted(
        key
        for key in stored_values.keys() | fact_values.keys()
        if stored_values.get(key) != fact_values.get(key)
    )


def _replace(
    connection: sa.Connection, center: str, population: Population, days: Collection[date] | None
) -> None:
    """Computes days anew; None: all."""
    old = sa.delete(daily_measures).where(
        daily_measures.c.center_id == center,
        daily_measures.c.measure.in_([measure.key for measure in list_rolled_measures(population)]),
    )
    on = population.day.is_not(None) if days is None else population.day == _match_any(days)
    connection.execute(old if days is None else old.where(daily_measures.c.day == _match_any(days)))
    connection.execute(_insert(center, population, on))


def _insert(center: str, population: Population, on: sa.ColumnElement[bool]) -> sa.Insert:
    return sa.insert(daily_measures).from_select(
        ["center_id", "measure", "day", "value"], _select_long(center, population, on)
    )


def _select_long(center: str, population: Population, on: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """(centre, measure, day, value): one scan gives a wide row a day, which is then stood upright."""
    measures = list_rolled_measures(population)
    wide = (
        sa.select(population.day.label("day"), *(measure.sum.label(measure.key) for measure in measures))
        .select_from(population.rows)
        .where(population.center_id == center, on)
        .group_by(population.day)
        .subquery("wide")
    )
    upright = (
        sa.values(sa.column("measure", sa.Text), sa.column("value", sa.BigInteger), name="upright")
        .data([(measure.key, wide.c[measure.key]) for measure in measures])
        .lateral()
    )
    return sa.select(
        sa.literal(center), upright.c.measure, wide.c.day, sa.cast(upright.c.value, sa.BigInteger)
    ).select_from(wide.join(upright, sa.true()))


def _match_any(days: Collection[date]) -> Any:
    return sa.any_(sa.bindparam("days", sorted(days), postgresql.ARRAY(sa.Date), unique=True))

"""What a centre has said of a name on a day."""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.population import Column
from tracker.facts.declarations import declarations


def declared(topic: str, of: Any, name: Column, day: Column) -> Column:
    """Whether it holds of a folded name on a day; NULL where nobody said so.

    `of`: what the row's centre is read from.
    """
    said, of_row = join_declared(topic, of, name, day)
    return sa.select(said.c.holds).where(of_row).scalar_subquery()


def join_declared(
    topic: str, of: Any, name: Column, day: Column
) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
    """What a centre has said, and which of it is said of a row: no more than one. Joined it is found for many
    rows at once, where `declared` looks row by row."""
    said = declarations.alias()
    of_row = sa.and_(
        said.c.center_id == of.c.center_id,
        said.c.subject == f"declarations/{topic}",
        said.c.known_as == name,
        said.c.first_day <= day,
        sa.or_(said.c.end_day.is_(None), said.c.end_day > day),
    )
    return said, of_row

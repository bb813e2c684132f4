"""What a centre has said of a name on a day."""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.population import SqlColumn
from tracker.facts.declarations import declarations


def select_declaration(topic: str, of: Any, name: SqlColumn, day: SqlColumn) -> SqlColumn:
    """Whether it holds of a folded name on a day; NULL where nobody said so.

    `of`: what the row's centre is read from.
    """
    declaration, of_row = join_declared(topic, of, name, day)
    return sa.select(declaration.c.holds).where(of_row).scalar_subquery()


def join_declared(
    topic: str, of: Any, name: SqlColumn, day: SqlColumn
) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
    """What a centre has said, and which of it is said of a row: no more than one. Joined it is found for many
    rows at once, where `declared` looks row by row."""
    declaration = declarations.alias()
    of_row = sa.and_(
        declaration.c.center_id == of.c.center_id,
        declaration.c.subject == f"declarations/{topic}",
        declaration.c.known_as == name,
        declaration.c.first_day <= day,
        sa.or_(declaration.c.end_day.is_(None), declaration.c.end_day > day),
    )
    return declaration, of_row

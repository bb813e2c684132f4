"""What a centre has said of a name on a day."""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.population import Column
from tracker.facts.declarations import declarations


def declared(topic: str, of: Any, name: Column, day: Column) -> Column:
    """Whether it holds of a folded name on a day; NULL where nobody said so.

    `of`: what the row's centre is read from.
    """
    said = declarations.alias()
    found = sa.select(said.c.holds).where(
        said.c.center_id == of.c.center_id,
        said.c.subject == f"declarations/{topic}",
        said.c.known_as == name,
        said.c.first_day <= day,
        sa.or_(said.c.end_day.is_(None), said.c.end_day > day),
    )
    return found.scalar_subquery()

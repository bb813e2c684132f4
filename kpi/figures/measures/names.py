"""Names of units and posts as they were on a day, and as they are now."""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.population import SqlColumn
from tracker.facts.names import names


def select_name_on(sort: str, of: Any, name: SqlColumn, day: SqlColumn) -> SqlColumn:
    """What a unit or post of a row was called on a day; `of`: what the row's centre is read from."""
    changes = names.alias()
    at = sa.and_(changes.c.first_day <= day, sa.or_(changes.c.end_day.is_(None), changes.c.end_day > day))
    return _select_name(changes, sort, of, name, at)


def select_current_name(sort: str, of: Any, name: SqlColumn) -> SqlColumn:
    """What it is called since the last change: one name for one thing at all times."""
    changes = names.alias()
    return _select_name(changes, sort, of, name, changes.c.end_day.is_(None))


def is_name_declared(sort: str, of: Any, name: SqlColumn) -> sa.ColumnElement[bool]:
    """Whether somebody said what became of a name, or that it is new."""
    changes = names.alias()
    return sa.exists().where(*_match_name(changes, sort, of, name))


def _select_name(changes: Any, sort: str, of: Any, name: SqlColumn, at: sa.ColumnElement[bool]) -> SqlColumn:
    name_then = sa.select(changes.c.called).where(*_match_name(changes, sort, of, name), at)
    return sa.func.coalesce(name_then.scalar_subquery(), name)


def _match_name(changes: Any, sort: str, of: Any, name: SqlColumn) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        changes.c.center_id == of.c.center_id,
        changes.c.subject == f"names/{sort}",
        changes.c.known_as == name,
    )

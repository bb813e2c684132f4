"""Names of units and posts as they were on a day, and as they are now."""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.population import Column
from tracker.facts.names import names


def name_on(sort: str, of: Any, name: Column, day: Column) -> Column:
    """What a unit or post of a row was called on a day; `of`: what the row's centre is read from."""
    told = names.alias()
    at = sa.and_(told.c.first_day <= day, sa.or_(told.c.end_day.is_(None), told.c.end_day > day))
    return _called(told, sort, of, name, at)


def name_now(sort: str, of: Any, name: Column) -> Column:
    """What it is called since the last change: one name for one thing at all times."""
    told = names.alias()
    return _called(told, sort, of, name, told.c.end_day.is_(None))


def is_told_of(sort: str, of: Any, name: Column) -> sa.ColumnElement[bool]:
    """Whether somebody said what became of a name, or that it is new."""
    told = names.alias()
    return sa.exists().where(*_of(told, sort, of, name))


def _called(told: Any, sort: str, of: Any, name: Column, at: sa.ColumnElement[bool]) -> Column:
    found = sa.select(told.c.called).where(*_of(told, sort, of, name), at)
    return sa.func.coalesce(found.scalar_subquery(), name)


def _of(told: Any, sort: str, of: Any, name: Column) -> tuple[sa.ColumnElement[bool], ...]:
    return told.c.center_id == of.c.center_id, told.c.subject == f"names/{sort}", told.c.known_as == name

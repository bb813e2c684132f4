"""The centre that a command is about, with a connection to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from kpi.figures import results
from tracker import centers
from tracker.centers import Center
from tracker.database import Database, open_database
from tracker.settings import Settings


class CenterContext(NamedTuple):
    """A centre as of a time."""

    connection: sa.Connection
    center: Center
    now: datetime

    @property
    def code(self) -> str:
        return self.center.center_id


@contextmanager
def open_center(code: str | None, now: datetime) -> Iterator[CenterContext]:
    """To read the chosen centre, its figures brought up to date. Raises: LookupError."""
    with _choose_center(code) as (database, center):
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, center.center_id, now)
        with database.engine.connect() as connection:
            yield CenterContext(connection, center, now)


@contextmanager
def write_center(code: str | None, now: datetime) -> Iterator[CenterContext]:
    """A transaction of the chosen centre: committed at the end, rolled back on an exception."""
    with _choose_center(code) as (database, center), database.engine.begin() as connection:
        yield CenterContext(connection, center, now)


@contextmanager
def _choose_center(code: str | None) -> Iterator[tuple[Database, Center]]:
    settings = Settings.read()
    database = open_database(settings)
    try:
        with database.connect() as connection:
            center = centers.find_center(connection, code or settings.center)
        yield database, center
    finally:
        database.close()

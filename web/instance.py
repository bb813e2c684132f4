"""What a request needs of the running instance: its database, its clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from flask import Flask, current_app, g

from tracker.database import Database

Clock = Callable[[], datetime]
_KEY = "hotline"


@dataclass(frozen=True)
class Instance:
    """The database and the clock of an application."""

    database: Database
    clock: Clock


def install(app: Flask, instance: Instance) -> None:
    """Gives an application its instance; each request's connection goes back to the pool when it ends."""
    app.extensions[_KEY] = instance
    app.teardown_appcontext(_give_back)


def now() -> datetime:
    """The present moment as the application's clock tells it."""
    return _instance().clock()


def db() -> sa.Connection:
    """The request's connection, which can read only; it goes back to the pool when the request ends."""
    if "connection" not in g:
        g.connection = _instance().database.engine.connect().execution_options(postgresql_readonly=True)
    return cast(sa.Connection, g.connection)


def log_db() -> psycopg.Connection[Any]:
    """The same connection as the log's readers take it."""
    return cast("psycopg.Connection[Any]", db().connection.driver_connection)


def _instance() -> Instance:
    return cast(Instance, current_app.extensions[_KEY])


def _give_back(_: BaseException | None) -> None:
    connection = g.pop("connection", None)
    if connection is not None:
        connection.close()

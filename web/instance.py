"""What a request needs of the running instance: its database, its clock, its folder, its vault."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import psycopg
import sqlalchemy as sa
from flask import Flask, current_app, g

from tracker.database import Database, get_driver
from tracker.settings import Settings
from tracker.vault import CenterVault, Vault, use_vault

T = TypeVar("T")
Clock = Callable[[], datetime]
_KEY = "hotline"
BEFORE_COMMIT = "hotline.before_commit"
"""Key of the application's extensions: what is done at the end of each transaction that writes."""


@dataclass(frozen=True)
class Instance:
    """What an application runs on."""

    database: Database
    clock: Clock
    settings: Settings
    vault: Vault

    def __post_init__(self) -> None:
        use_vault(self.database, self.vault)

    @property
    def home(self) -> Path:
        """HOTLINE_HOME."""
        return self.settings.home

    @property
    def document_limit(self) -> int:
        """Bytes of the largest evidence document."""
        return self.settings.document_limit


def install(app: Flask, running: Instance) -> None:
    """Gives an application its instance; each request's connection goes back to the pool when it ends."""
    app.extensions[_KEY] = running
    app.teardown_appcontext(_give_back)


def get_now() -> datetime:
    """The present moment as the application's clock tells it."""
    return get_instance().clock()


def get_connection() -> sa.Connection:
    """The request's connection, which can read only; it goes back to the pool when the request ends."""
    if "connection" not in g:
        g.connection = get_instance().database.engine.connect().execution_options(postgresql_readonly=True)
    return cast(sa.Connection, g.connection)


def get_log_connection() -> psycopg.Connection[Any]:
    """The request's connection as a psycopg connection, which the log's readers take; it can read only."""
    return cast("psycopg.Connection[Any]", get_connection().connection.driver_connection)


def get_center_vault(center: str) -> CenterVault | None:
    """A centre's part of the vault, asked for once a request; None: it has no data key.

    Raises: VaultProblem."""
    found: dict[str, CenterVault | None] = g.setdefault("vaults", {})
    if center not in found:
        found[center] = get_instance().vault.find(get_log_connection(), center)
    return found[center]


@contextmanager
def open_read_connection() -> Iterator[sa.Connection]:
    """A connection like the request's, for a file that is still sent when the request is over."""
    with get_instance().database.engine.connect() as connection:
        yield connection.execution_options(postgresql_readonly=True)


@contextmanager
def open_log_transaction() -> Iterator[psycopg.Connection[Any]]:
    """A connection that may write, in one transaction: committed at the end, rolled back on an exception."""
    with open_transaction() as connection:
        yield get_driver(connection)


@contextmanager
def open_transaction() -> Iterator[sa.Connection]:
    """A SQLAlchemy connection that may write, in one transaction: committed, or rolled back on an exception.

    `tracker.database.get_driver` gives the psycopg connection under it.
    """
    with get_instance().database.engine.begin() as connection:
        yield connection
        current_app.extensions[BEFORE_COMMIT](connection)


def keep_open(resource: AbstractContextManager[T]) -> T:
    """Enters something that is left when the request ends."""
    if "opened" not in g:
        g.opened = ExitStack()
    return cast(ExitStack, g.opened).enter_context(resource)


def get_instance() -> Instance:
    """The instance that the request's application runs on."""
    return get_instance_of(current_app)


def get_instance_of(app: Flask) -> Instance:
    """The instance that an application runs on."""
    return cast(Instance, app.extensions[_KEY])


def _give_back(_: BaseException | None) -> None:
    if opened := g.pop("opened", None):
        opened.close()
    connection = g.pop("connection", None)
    if connection is not None:
        connection.close()

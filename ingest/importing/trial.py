"""A trial of files: the same work as an import, laid over the log and taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from ingest.importing.file_context import FileContext
from tracker.database import Database
from tracker.log.dry_run_tables import overlay_tables, settle_overlay


@contextmanager
def open_trial(database: Database, center: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection on which files are tried one upon the other, as they would be imported, and taken back."""
    with database.connect() as connection:
        overlay_tables(connection, center)
        yield connection
        connection.rollback()


@contextmanager
def hide_replaced_facts(connection: psycopg.Connection[Any], delivered: FileContext) -> Iterator[None]:
    """For the while a trial does not see the facts that it took out, as an import would not.

    It goes on seeing them otherwise, with which rows that come after are taken in faster.
    """
    if not delivered.trial:
        yield
        return
    with connection.transaction() as hiding:
        settle_overlay(connection, delivered.center)
        yield
        raise psycopg.Rollback(hiding)

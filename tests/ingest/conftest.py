"""Importing into a fresh database, with a clock that stands still."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.importing.import_file import ImportReport, import_file
from tests.ingest.facts import Facts, facts_of
from tracker import log
from tracker.database import Database
from tracker.events.times import BEIJING

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=BEIJING)

Import = Callable[..., ImportReport]


@pytest.fixture
def imported(database: Database, home: Path) -> Import:
    """Imports a file into centre c1; `now` and the other arguments of import_file can be given."""

    def imported(path: Path, **more: Any) -> ImportReport:
        return import_file(database, home, path, **({"center": "c1", "now": NOW} | more))

    return imported


@pytest.fixture
def facts(database: Database) -> Callable[..., Facts]:
    """What is known of a centre, c1 if none is named."""

    def facts(center: str = "c1") -> Facts:
        with database.connect() as connection:
            return facts_of(connection, center)

    return facts


@pytest.fixture
def head(database: Database) -> Callable[..., log.LogHead]:
    """The end of a centre's log."""

    def head(center: str = "c1") -> log.LogHead:
        with database.connect() as connection:
            return log.read_head(connection, center)

    return head

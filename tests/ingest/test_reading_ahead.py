"""A long file is read in a process of its own, with the same outcome."""

import os
import threading
from collections.abc import Callable
from multiprocessing import get_all_start_methods
from pathlib import Path
from typing import Any

import pytest

from ingest.importing import parallel_reader
from ingest.importing.import_file import FileRefused
from ingest.importing.parallel_reader import ParallelReader, ReadingStopped
from tests.ingest.conftest import NOW, Import
from tests.ingest.facts import Facts
from tests.ingest.tables import CALL_1, CALL_HEADER, TODAY, csv_file
from tracker import centers
from tracker.database import Database
from tracker.vault import CenterVault, Vault

VAULT = Vault(b"k" * 32)


@pytest.fixture
def reads_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.importing.file_context.is_worthwhile", lambda path: True)


def long_file(folder: Path, *more: str) -> Path:
    rows = (CALL_1.replace("c1", f"x{n}").replace("13800000001", f"138{n:08}") for n in range(300))
    return csv_file(folder, CALL_HEADER, *rows, CALL_1.replace("已接听", "机器人"), "坏行", "", *more)


@pytest.mark.parametrize("forked", [False, "fork" in get_all_start_methods()])
def test_the_outcome_is_that_of_reading_here(
    forked: bool,
    imported: Import,
    database: Database,
    facts: Callable[..., Facts],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = long_file(tmp_path)
    here = imported(path)
    with database.connect() as connection:
        centers.create_center(connection, "c2", "c2", now=NOW)
        same = VAULT._wrap("c2", VAULT.of(connection, "c1")._data_key)  # so that tokens are the same
        connection.execute("INSERT INTO data_keys VALUES ('c2', %s)", (same,))
    monkeypatch.setattr("ingest.importing.file_context.is_worthwhile", lambda path: True)
    monkeypatch.setattr(parallel_reader, "_may_fork", lambda: forked)
    ahead = imported(path, center="c2")
    assert ahead.tables == here.tables
    assert facts("c2") == facts("c1")
    assert _people(database, "c2") == _people(database, "c1")


def _people(database: Database, center: str) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        own = VAULT.of(connection, center)
        rows = connection.execute(
            "SELECT token, kind, value FROM people WHERE center_id = %s ORDER BY token", (center,)
        ).fetchall()
        return [(token, kind, own.open_value(token, value)) for token, kind, value in rows]


def test_a_file_that_breaks_off_is_refused_with_the_readers_sentence(
    reads_ahead: None, imported: Import, tmp_path: Path
) -> None:
    with pytest.raises(FileRefused, match="引号"):
        imported(long_file(tmp_path, '"c9,呼入'))


def test_a_reader_that_dies_leaves_nothing(
    reads_ahead: None, imported: Import, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel_reader, "_read", _die)
    with pytest.raises(ReadingStopped, match="重新导入"):
        imported(long_file(tmp_path))
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (0,)


def _die(*_: object) -> None:
    os._exit(9)


def test_a_process_with_threads_is_not_forked() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert not parallel_reader._may_fork()
    finally:
        done.set()
        thread.join()


def test_short_files_are_not_worth_a_process(tmp_path: Path) -> None:
    assert not parallel_reader.is_worthwhile(long_file(tmp_path))


def test_giving_up_stops_the_reader(tmp_path: Path, home: Path) -> None:
    home.mkdir()
    assignment = parallel_reader.ReadingAssignment(
        home=home,
        center="c1",
        path=long_file(tmp_path),
        sheet=1,
        profile="calls",
        today=TODAY,
        vault=CenterVault("c1", bytes(32)),
    )
    batches = ParallelReader(assignment).batches()
    next(batches)
    batches.close()

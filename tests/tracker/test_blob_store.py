"""Kept bytes: whole, once, and never deleted while somebody names or holds them."""

from pathlib import Path

import pytest

from tracker.blob_store import discard_file, locate_file, store_file
from tracker.database import Database


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "deliveries"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "话单.csv"
    path.write_bytes(b"content" * 1000)
    return path


def test_bytes_that_nobody_names_are_discarded(database: Database, folder: Path, source: Path):
    with database.connect() as connection:
        stored = store_file(connection, folder, source)
        discard_file(connection, stored)
    assert not stored.path.exists()


def test_bytes_that_another_transaction_has_stored_as_well_stay(
    database: Database, folder: Path, source: Path
):
    with database.connect() as one, database.connect() as other:
        stored = store_file(one, folder, source)
        store_file(other, folder, source)
        discard_file(one, stored)
        assert stored.path.exists()
        one.rollback()
        discard_file(other, stored)
    assert not stored.path.exists()


def test_bytes_that_were_cut_short_are_replaced_by_whole_ones(database: Database, folder: Path, source: Path):
    with database.connect() as connection:
        stored = store_file(connection, folder, source)
        stored.path.write_bytes(b"cont")
        again = store_file(connection, folder, source)
    assert again.path.read_bytes() == source.read_bytes()
    assert again.size == source.stat().st_size


def test_a_folder_holds_nothing_but_what_was_stored(database: Database, folder: Path, source: Path):
    with database.connect() as connection:
        stored = store_file(connection, folder, source)
    assert [path for path in folder.rglob("*") if path.is_file()] == [locate_file(folder, stored.sha256)]

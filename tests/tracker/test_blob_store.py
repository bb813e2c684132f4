"""Kept bytes: sealed, whole, once, and never deleted while somebody names or holds them."""

from pathlib import Path

import pytest

from tracker.blob_store import DELIVERIES, Damage, FileStore, FileUnusable, find_store
from tracker.database import Database
from tracker.vault import Vault, abandon_values

VAULT = Vault(b"k" * 32)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "话单.csv"
    path.write_bytes(b"content" * 1000)
    return path


@pytest.fixture
def store(database: Database, home: Path) -> FileStore:
    return open_store(database, home, "c1")


def open_store(database: Database, home: Path, center: str) -> FileStore:
    with database.connect() as connection:
        return FileStore(home, DELIVERIES, center, VAULT.of(connection, center))


def files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def test_bytes_that_nobody_names_are_discarded(database: Database, store: FileStore, source: Path):
    with database.connect() as connection:
        stored = store.keep(connection, source)
        store.discard(connection, stored.sha256)
    assert not store.locate(stored.sha256).exists()


def test_bytes_that_another_transaction_has_stored_as_well_stay(
    database: Database, store: FileStore, source: Path
):
    with database.connect() as one, database.connect() as other:
        stored = store.keep(one, source)
        store.keep(other, source)
        store.discard(one, stored.sha256)
        assert store.locate(stored.sha256).exists()
        one.rollback()
        store.discard(other, stored.sha256)
    assert not store.locate(stored.sha256).exists()


@pytest.mark.parametrize("left", [b"cont", b"content" * 1000])
def test_bytes_that_were_cut_short_or_never_sealed_are_replaced_by_whole_ones(
    database: Database, store: FileStore, source: Path, left: bytes
):
    with database.connect() as connection:
        stored = store.keep(connection, source)
        store.locate(stored.sha256).write_bytes(left)
        assert store.find_damage(stored.sha256) is Damage.ALTERED
        again = store.keep(connection, source)
    assert b"".join(store.read(again.sha256)) == source.read_bytes()
    assert again.size == source.stat().st_size == store.measure(again.sha256)


def test_a_folder_holds_nothing_but_what_was_stored_and_that_is_sealed(
    database: Database, home: Path, store: FileStore, source: Path
):
    with database.connect() as connection:
        stored = store.keep(connection, source)
        with store.open_copy(stored.sha256) as plain:
            assert plain.read_bytes() == source.read_bytes()
    assert files(home) == [store.locate(stored.sha256)]
    assert b"content" not in store.locate(stored.sha256).read_bytes()


def test_the_same_bytes_of_two_centres_are_sealed_by_two_keys(
    database: Database, home: Path, store: FileStore, source: Path
):
    other = open_store(database, home, "tlf")
    with database.connect() as connection:
        sha256 = store.keep(connection, source).sha256
        other.keep(connection, source)
    assert len(files(home)) == 2
    store.locate(sha256).write_bytes(other.locate(sha256).read_bytes())
    assert (store.find_damage(sha256), other.find_damage(sha256)) == (Damage.LOCKED, None)


def test_what_an_abandoned_key_sealed_is_said_to_be_locked_until_it_is_delivered_again(
    database: Database, home: Path, store: FileStore, source: Path
):
    with database.connect() as connection:
        sha256 = store.keep(connection, source).sha256
        abandon_values(connection, "c1")
        without = find_store(connection, home, DELIVERIES, "c1", VAULT)
        assert without.find_damage(sha256) is Damage.LOCKED
        with pytest.raises(FileUnusable, match="加密它的密钥已销毁或更换"), without.open_copy(sha256):
            pass
        anew = FileStore(home, DELIVERIES, "c1", VAULT.of(connection, "c1"))
        assert anew.find_damage(sha256) is Damage.LOCKED
        anew.keep(connection, source)
        assert anew.find_damage(sha256) is None


def test_a_new_key_of_the_vault_opens_what_the_former_one_kept(
    database: Database, home: Path, store: FileStore, source: Path
):
    with database.connect() as connection:
        sha256 = store.keep(connection, source).sha256
        before = store.locate(sha256).read_bytes()
        Vault(b"n" * 32, [b"k" * 32]).rewrap(connection)
        after = find_store(connection, home, DELIVERIES, "c1", Vault(b"n" * 32))
    assert b"".join(after.read(sha256)) == source.read_bytes()
    assert after.locate(sha256).read_bytes() == before

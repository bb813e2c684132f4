"""The vault: tokens for people, values apart from the log and encrypted."""

import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tracker.database import Database
from tracker.settings import SettingProblem, Settings
from tracker.vault import Vault, VaultProblem, erase, open_vault
from tracker.vault_keys import KeyFileProblem, locate_key_file, read_keys, write_keys

KEY, OTHER = b"k" * 32, b"o" * 32  # as long as the instance makes them
NUMBER = "13800000000"


def keep(database: Database, center: str = "tlf", key: bytes = KEY) -> str:
    """Keeps NUMBER; gives its token."""
    with database.connect() as connection:
        own = Vault(key).of(connection, center)
        token = own.token("phone", NUMBER)
        own.keep(connection)
    return token


def test_one_number_has_one_token_so_that_repeats_can_be_joined(database: Database):
    assert keep(database) == keep(database)


def test_two_centres_have_different_tokens_for_one_number(database: Database):
    assert keep(database, "tlf") != keep(database, "other")


def test_a_token_does_not_hold_the_number(database: Database):
    assert NUMBER not in keep(database)


def test_values_are_kept_once_and_read_back(database: Database):
    token = keep(database)
    keep(database)
    with database.connect() as connection:
        assert Vault(KEY).read_values(connection, "tlf", [token]) == {token: NUMBER}
        assert Vault(KEY).read_values(connection, "other", [token]) == {}


def test_the_database_alone_tells_no_number(database: Database):
    keep(database)
    with database.connect_as_owner() as connection:
        for table in ("people", "data_keys"):
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            assert rows
            assert NUMBER not in str(rows) and NUMBER.encode() not in b"".join(
                bytes(cell) for row in rows for cell in row if isinstance(cell, bytes)
            )


def test_a_value_moved_to_another_token_is_not_believed(database: Database):
    token = keep(database)
    with database.connect() as connection:
        own = Vault(KEY).of(connection, "tlf")
        other = own.token("phone", "13900000000")
        own.keep(connection)
        connection.execute(
            "UPDATE people SET value = (SELECT value FROM people WHERE token = %s) WHERE token = %s",
            (token, other),
        )
        with pytest.raises(VaultProblem, match="改动过"):
            Vault(KEY).read_values(connection, "tlf", [other])


def test_another_key_opens_nothing_and_says_so(database: Database):
    token = keep(database)
    with database.connect() as connection, pytest.raises(VaultProblem, match="密钥不是当初的那一个"):
        Vault(OTHER).read_values(connection, "tlf", [token])


def test_an_erased_value_is_gone_and_does_not_come_back(database: Database):
    token = keep(database)
    with database.connect() as connection:
        assert erase(connection, "tlf", [token, "phone-" + "0" * 24]) == [token]
        assert erase(connection, "tlf", [token]) == []
    assert keep(database) == token  # the same file once more
    with database.connect() as connection:
        assert Vault(KEY).read_values(connection, "tlf", [token]) == {token: None}


def test_a_new_key_opens_what_the_old_one_closed_and_tokens_stay(database: Database):
    token = keep(database)
    with database.connect() as connection:
        (centers,) = connection.execute("SELECT count(*) FROM data_keys").fetchone() or (0,)
        assert Vault(OTHER, [KEY]).rewrap(connection) == centers >= 1
    with database.connect() as connection:
        assert Vault(OTHER).read_values(connection, "tlf", [token]) == {token: NUMBER}
        assert Vault(OTHER).of(connection, "tlf").token("phone", NUMBER) == token
        with pytest.raises(VaultProblem):
            Vault(KEY).of(connection, "tlf")


def test_a_change_of_keys_that_is_rolled_back_changes_nothing(database: Database):
    token = keep(database)
    keep(database, "other")
    with database.connect() as connection:
        Vault(OTHER, [KEY]).rewrap(connection)
        connection.rollback()
    with database.connect() as connection:
        assert Vault(OTHER, [KEY]).read_values(connection, "tlf", [token]) == {token: NUMBER}
        assert Vault(KEY).read_values(connection, "tlf", [token]) == {token: NUMBER}


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path):
    settings = Settings.read({"HOTLINE_HOME": str(tmp_path)})
    first, second = open_vault(settings), open_vault(settings)
    assert first.derive_key("cookie") == second.derive_key("cookie")
    assert locate_key_file(tmp_path).stat().st_mode & 0o077 == 0
    assert [one.name for one in (tmp_path / "keys").iterdir()] == ["vault.key"]


@pytest.mark.parametrize("content", ["", "\n", "ab" * 31, "ab" * 16 + "xy", "ab" * 32 + "\nab"])
def test_a_key_file_that_is_empty_or_cut_is_no_key(tmp_path: Path, content: str):
    path = locate_key_file(tmp_path)
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(KeyFileProblem, match="空的或不完整"):
        open_vault(Settings.read({"HOTLINE_HOME": str(tmp_path)}))
    assert path.read_text() == content


def test_a_full_disk_leaves_no_key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse)
        with pytest.raises(KeyFileProblem, match="磁盘空间"):
            read_keys(tmp_path)
    assert list((tmp_path / "keys").iterdir()) == []
    assert len(read_keys(tmp_path)[0]) == 32


def read_many(homes: list[Path]) -> list[bytes]:
    return [read_keys(home)[0] for home in homes]


def test_processes_that_come_first_together_read_one_key(tmp_path: Path):
    homes = [tmp_path / str(number) for number in range(100)]
    with multiprocessing.get_context("fork").Pool(4) as pool:
        found = pool.starmap(read_many, [(homes,)] * 4, chunksize=1)
    assert found[0] == found[1] == found[2] == found[3]
    assert len({*found[0]}) == len(homes)


def test_keys_are_replaced_all_at_once(tmp_path: Path):
    (old,) = read_keys(tmp_path)
    write_keys(tmp_path, [KEY, old])
    assert read_keys(tmp_path) == [KEY, old]
    assert locate_key_file(tmp_path).stat().st_mode & 0o077 == 0


def test_a_short_key_in_the_environment_is_refused():
    with pytest.raises(SettingProblem, match="HOTLINE_VAULT_KEY"):
        Settings.read({"HOTLINE_VAULT_KEY": "abcd"})


def test_the_former_key_stands_after_a_comma_while_it_is_being_changed():
    settings = Settings.read({"HOTLINE_VAULT_KEY": f"{OTHER.hex()}, {KEY.hex()}"})
    assert settings.vault_keys == (OTHER, KEY)
    assert replace(settings, vault_key=None).vault_keys == ()


def test_another_kind_of_database_is_refused():
    with pytest.raises(SettingProblem, match="HOTLINE_DATABASE_URL"):
        Settings.read({"HOTLINE_DATABASE_URL": "mysql://root@localhost/x"})

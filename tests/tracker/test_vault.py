"""The vault: tokens for people, values apart from the log."""

import pytest

from tracker.database import Database
from tracker.settings import SettingProblem, Settings
from tracker.vault import Vault, open_vault, read_values

KEY, OTHER = b"k" * 32, b"o" * 32  # as long as the instance makes them


def test_one_number_has_one_token_so_that_repeats_can_be_joined():
    assert Vault(KEY).token("phone", "13800000000") == Vault(KEY).token("phone", "13800000000")


def test_another_key_gives_another_token():
    assert Vault(KEY).token("phone", "13800000000") != Vault(OTHER).token("phone", "13800000000")


def test_a_token_does_not_hold_the_number():
    assert "13800000000" not in Vault(KEY).token("phone", "13800000000")


def test_values_are_kept_once_and_read_back(database: Database):
    vault = Vault(KEY)
    for _ in range(2):
        token = vault.token("phone", "13800000000")
        with database.connect() as connection:
            vault.keep(connection, "tlf")
    with database.connect() as connection:
        assert read_values(connection, "tlf", [token]) == {token: "13800000000"}
        assert read_values(connection, "other", [token]) == {}


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    settings = Settings.read({"HOTLINE_HOME": str(tmp_path)})
    first, second = open_vault(settings), open_vault(settings)
    assert first.token("name", "某人") == second.token("name", "某人")
    assert (tmp_path / "keys" / "vault.key").stat().st_mode & 0o077 == 0


def test_a_short_key_in_the_environment_is_refused():
    with pytest.raises(SettingProblem, match="HOTLINE_VAULT_KEY"):
        Settings.read({"HOTLINE_VAULT_KEY": "abcd"})


def test_another_kind_of_database_is_refused():
    with pytest.raises(SettingProblem, match="HOTLINE_DATABASE_URL"):
        Settings.read({"HOTLINE_DATABASE_URL": "mysql://root@localhost/x"})

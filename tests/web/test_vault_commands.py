"""`hotline vault`: the key is changed, a person's values are erased."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import IMPORTED
from tracker import centers
from tracker.database import Database
from tracker.settings import Settings
from tracker.vault import Vault, VaultProblem, open_vault
from tracker.vault_keys import read_keys, write_keys
from web import vault_cli
from web.access import second_factor
from web.access.people import add_person

NUMBER, NAME = "13812345678", "张三丰"


@dataclass(frozen=True)
class Place:
    """An instance whose key is in its folder, with one number and one name in the vault of its centre."""

    database: Database
    settings: Settings
    tokens: tuple[str, str]

    def read(self) -> list[str | None]:
        """The number and the name, as the present key opens them."""
        with self.database.connect() as connection:
            values = open_vault(self.settings).read_values(connection, "c2", self.tokens)
        return [values[token] for token in self.tokens]

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(vault_cli.vault, arguments)

    def list_audited(self) -> str:
        with self.database.connect() as connection:
            return str(connection.execute("SELECT * FROM audit").fetchall())


@pytest.fixture
def place(database: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.delenv("HOTLINE_VAULT_KEY")
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database.url)
    with database.connect() as connection:
        connection.execute("DELETE FROM data_keys")
    settings = Settings.read()
    with database.connect() as connection:
        centers.create_center(connection, "c2", "示例县", now=IMPORTED)
        own = open_vault(settings).of(connection, "c2")
        tokens = own.token("phone", NUMBER), own.token("name", NAME)
        own.keep(connection)
        add_person(connection, "wang", "王经理", by="test", now=IMPORTED)
        sealed = second_factor.seal_secret(open_vault(settings), "wang", "SECRET")
        connection.execute("UPDATE accounts SET totp = %s", (sealed,))
    return Place(database, settings, tokens)


def read_second_factor(place: Place) -> str | None:
    with place.database.connect() as connection:
        (sealed,) = connection.execute("SELECT totp FROM accounts").fetchone() or (b"",)
    return second_factor.open_secret(open_vault(place.settings), "wang", sealed)


def test_the_key_is_changed_and_nothing_else(place: Place):
    before = read_keys(place.settings.home)
    result = place.run("rotate")
    after = read_keys(place.settings.home)
    assert "1 个中心" in result.output
    assert (len(after), after == before) == (1, False)
    assert place.read() == [NUMBER, NAME]
    assert read_second_factor(place) == "SECRET"
    with place.database.connect() as connection:
        with pytest.raises(VaultProblem):
            Vault(before[0]).of(connection, "c2")
        assert open_vault(place.settings).of(connection, "c2").token("phone", NUMBER) == place.tokens[0]


@pytest.mark.parametrize("step", ["before the database", "after the database"])
def test_a_change_that_breaks_off_loses_nothing_and_goes_on(
    place: Place, step: str, monkeypatch: pytest.MonkeyPatch
):
    """The new key stands before the old one in the file; the power goes before, or after, the commit."""
    done = vault_cli._rewrap

    def break_off(database: Database, keys: list[bytes]) -> int:
        if step == "after the database":
            done(database, keys)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(vault_cli, "_rewrap", break_off)
        with pytest.raises(KeyboardInterrupt):
            vault_cli.rotate_keys(place.database, place.settings)
    between = read_keys(place.settings.home)
    assert len(between) == 2
    assert place.read() == [NUMBER, NAME]
    assert read_second_factor(place) == "SECRET"
    assert vault_cli.rotate_keys(place.database, place.settings) == 1
    assert read_keys(place.settings.home) == between[:1]
    assert place.read() == [NUMBER, NAME]
    assert read_second_factor(place) == "SECRET"


def test_a_key_of_the_environment_is_changed_by_naming_both(place: Place, monkeypatch: pytest.MonkeyPatch):
    (old,) = read_keys(place.settings.home)
    new = b"n" * 32
    monkeypatch.setenv("HOTLINE_VAULT_KEY", f"{new.hex()},{old.hex()}")
    assert "去掉逗号和后面的旧密钥" in place.run("rotate").output
    with place.database.connect() as connection:
        assert Vault(new).read_values(connection, "c2", place.tokens)[place.tokens[0]] == NUMBER
    assert read_keys(place.settings.home) == [old]


def test_a_person_is_erased_by_number_however_written_and_by_name(place: Place):
    result = place.run("erase", "--number", "+86 138 1234 5678", "--name", NAME, "--reason", "本人申请")
    assert "已删除 2 项" in result.output
    assert NUMBER not in result.output and NAME not in result.output
    assert place.read() == [None, None]
    audited = place.list_audited()
    assert "本人申请" in audited and place.tokens[0] in audited
    assert NUMBER not in audited and NAME not in audited


def test_a_person_is_erased_by_token_and_only_once(place: Place):
    assert "已删除 1 项" in place.run("erase", place.tokens[0], "--reason", "本人申请").output
    assert place.read() == [None, NAME]
    assert "没有要删除的" in place.run("erase", place.tokens[0], "--reason", "本人申请").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["13812345678", "--reason", "本人申请"], "脱敏标识应像"),
        (["--number", "12345", "--reason", "本人申请"], "不是电话"),
        (["--reason", "本人申请"], "请写明脱敏标识"),
        (["--name", NAME, "--reason", "来电13812345678申请"], "不要写姓名和号码"),
    ],
)
def test_what_is_no_token_is_refused_and_nothing_erased(place: Place, arguments: list[str], message: str):
    assert message in place.run("erase", *arguments).output
    assert place.read() == [NUMBER, NAME]


def test_with_the_key_lost_the_centre_starts_anew(place: Place):
    write_keys(place.settings.home, [b"x" * 32])
    with place.database.connect() as connection, pytest.raises(VaultProblem, match="vault abandon"):
        open_vault(place.settings).of(connection, "c2")
    assert "已放弃 2 项" in place.run("abandon", "--yes", "--reason", "磁盘损坏").output
    with place.database.connect() as connection:
        assert open_vault(place.settings).of(connection, "c2").token("phone", NUMBER) != place.tokens[0]

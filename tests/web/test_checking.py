"""`hotline check` finds what is missing or damaged, per centre, and says it in a sentence."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.importing.import_file import import_file
from kpi.documents.attaching import attach
from kpi.handover.package.keys import load_signing_key
from tests.conftest import IMPORTED
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.kpi import papers
from tracker.database import Database
from tracker.settings import Settings
from tracker.vault import abandon_values, open_vault, use_vault
from web.checking import CheckReport, check_instance

Checked = Callable[..., CheckReport]


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings.read({"HOTLINE_HOME": str(home)})


@pytest.fixture
def checked(database: Database, home: Path, tmp_path: Path, settings: Settings) -> Checked:
    """Checks an instance with a delivery, a document and keys."""
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05.csv")
    with database.connect() as connection:
        connection.execute("DELETE FROM data_keys")  # which the key of all tests has wrapped
    use_vault(database, open_vault(settings))
    import_file(database, home, path, "c1", now=IMPORTED)
    with database.connect() as connection:
        attach(
            connection, home, "c1", papers.pdf(tmp_path), to="month/2023-05", kind="monthly_report",
            by="张三", limit=1 << 20, now=IMPORTED,
        )  # fmt: skip
    load_signing_key(settings, "c1")
    return lambda now=IMPORTED: check_instance(database, settings, now)


def faults(report: CheckReport) -> list[str]:
    found = [line for line in report.lines if line.startswith("✗")]
    assert len(found) == report.faults
    return found


def one_file(folder: Path) -> Path:
    (path,) = (one for one in folder.rglob("*") if one.is_file())
    return path


def test_what_is_whole_is_said_to_be(checked: Checked):
    report = checked()
    assert (faults(report), report.lines[-1]) == ([], "全部完好。")
    assert "来源文件：1 份，全部完好。" in report.lines


def test_a_delivered_file_that_is_gone_is_named(checked: Checked, home: Path):
    one_file(home / "deliveries").unlink()
    (fault,) = faults(checked())
    assert "话单_2023-05.csv" in fault
    assert "不在存放处" in fault


def test_a_delivered_file_that_was_altered_is_named(checked: Checked, home: Path):
    path = one_file(home / "deliveries")
    path.write_bytes(path.read_bytes()[:-1])
    (fault,) = faults(checked())
    assert "已损坏或被改动" in fault


def test_a_document_that_was_altered_is_named(checked: Checked, home: Path):
    one_file(home / "documents").write_bytes(b"x")
    (fault,) = faults(checked())
    assert "被改动过" in fault


def test_a_vault_key_that_is_gone_is_not_made_anew(checked: Checked, home: Path):
    (home / "keys" / "vault.key").unlink()
    (fault,) = faults(checked())
    assert "个人信息密钥文件" in fault
    assert not (home / "keys" / "vault.key").exists()


def test_a_vault_key_of_another_instance_is_told_by_what_it_does_not_know(checked: Checked, home: Path):
    (home / "keys" / "vault.key").write_text("00" * 32)
    (fault,) = faults(checked())
    assert "现在的密钥不是当初的那一个" in fault


@pytest.mark.parametrize("name", ["vault.key", "signing-c1.pem"])
def test_a_key_that_was_cut_short_is_told(checked: Checked, home: Path, name: str):
    path = home / "keys" / name
    path.write_bytes(path.read_bytes()[:20])
    (fault,) = faults(checked())
    assert "从备份恢复" in fault


def test_a_changed_event_is_told(checked: Checked, database: Database):
    with database.connect_as_owner() as connection:
        connection.execute("ALTER TABLE events DISABLE TRIGGER USER")
        connection.execute("UPDATE events SET recorded_at = recorded_at + interval '1 hour' WHERE seq = 1")
    assert "日志链" in faults(checked())[0]


def test_a_file_that_nobody_names_is_a_remark_and_no_fault(checked: Checked, home: Path):
    (home / "deliveries" / "c1" / "ab").mkdir(exist_ok=True)
    (home / "deliveries" / "c1" / "ab" / ("ab" * 32)).write_bytes(b"x")
    report = checked()
    assert faults(report) == []
    assert any("不要删除" in line for line in report.lines)


def test_files_of_a_key_that_was_given_up_are_said_to_be_unreadable(checked: Checked, database: Database):
    with database.connect() as connection:
        abandon_values(connection, "c1")
    delivery, document = faults(checked())
    assert "话单_2023-05.csv" in delivery and "解不开（加密它的密钥已销毁或更换）" in delivery
    assert "解不开，加密它的密钥已销毁或更换" in document


def test_files_are_not_looked_at_without_a_key(checked: Checked, home: Path):
    (home / "keys" / "vault.key").unlink()
    assert "来源文件、佐证材料：没有密钥解不开，没有核对。" in checked().lines


def test_a_clock_behind_the_log_is_said_and_no_fault(checked: Checked):
    report = checked(IMPORTED - timedelta(hours=1))
    assert faults(report) == []
    assert any("请先校准" in line for line in report.lines)

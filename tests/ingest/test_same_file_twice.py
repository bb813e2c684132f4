"""Two imports of the same bytes at once, one of which is stopped: what the log names stays."""

import threading
from pathlib import Path
from typing import Any

import pytest

from ingest.importing.import_file import import_file
from tests.ingest.conftest import NOW, Import
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.kept_files import open_kept
from tracker.database import Database


def test_a_delivery_in_the_log_keeps_its_file_when_an_import_of_the_same_bytes_is_stopped(
    imported: Import, database: Database, home: Path, tmp_path: Path
):
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1, name="first.csv"))
    path = csv_file(tmp_path, CALL_HEADER, CALL_1.replace("c1", "c2"), name="话单_2023-05.csv")
    reports: list[Any] = []
    other = threading.Thread(
        target=lambda: reports.append(import_file(database, home, path, "c1", now=NOW)), daemon=True
    )

    def stop(_: object) -> None:
        other.start()
        while other.is_alive() and not _is_waiting(database):
            pass
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(path, progress=stop)
    other.join()
    (report,) = reports
    assert report.tables[0].new == 1
    assert open_kept(database, home, "c1").find_damage(report.sha256) is None


def test_a_refused_file_is_not_kept(imported: Import, home: Path, tmp_path: Path):
    path = tmp_path / "无.csv"
    path.write_text("天气,温度\n晴,3\n", "utf-8")
    with pytest.raises(Exception, match="表"):
        imported(path)
    assert [one for one in (home / "deliveries").rglob("*") if one.is_file()] == []


def _is_waiting(database: Database) -> bool:
    """Whether another connection waits for a lock."""
    with database.connect_as_owner() as connection:
        waiting = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
    return bool(waiting and waiting[0])

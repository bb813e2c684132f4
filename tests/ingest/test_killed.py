"""kill -9 in the middle of an import, then the same import again: nothing is lost, nothing doubled."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ingest.conftest import NOW, Import
from tests.ingest.facts import Facts
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tracker import centers, log
from tracker.database import Database

BATCHES = 5
IMPORT_AND_DIE = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from ingest.importing import file_context, import_file, parallel_reader, row_batches
from tracker.database import Database
from tracker.events.times import BEIJING

url, admin_url, home, path, last, ahead = sys.argv[1:]
row_batches.BATCH = parallel_reader.BATCH = parallel_reader.FIRST = parallel_reader.PART = 100
if ahead:
    file_context.is_worthwhile = lambda path: True
told = []

def die(progress):
    told.append(progress)
    if len(told) == int(last):
        os.kill(os.getpid(), signal.SIGKILL)

now = datetime(2026, 11, 21, 9, 0, tzinfo=BEIJING)
import_file.import_file(Database(url, admin_url), Path(home), Path(path), "c1", now=now, progress=die)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("ahead", [False, True], ids=["read here", "read ahead"])
@pytest.mark.parametrize("batch", [1, 3, BATCHES])
def test_an_import_killed_after_any_batch_can_be_repeated(
    imported: Import,
    database: Database,
    facts: Callable[..., Facts],
    head: Callable[..., log.LogHead],
    home: Path,
    tmp_path: Path,
    batch: int,
    ahead: bool,
) -> None:
    rows = (CALL_1.replace("c1", f"x{n}").replace("13800000001", f"138{n:08}") for n in range(450))
    path = csv_file(tmp_path, CALL_HEADER, *rows, "坏行", name="话单_2023-05.csv")
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1, name="first.csv"))
    before = (head(), facts(), _counted(database))

    assert _import_and_die(database, home, path, batch, ahead) == -9
    assert (head(), facts(), _counted(database)) == before

    imported(path)
    with database.connect() as connection:
        centers.create_center(connection, "c2", "c2", now=NOW)
    imported(tmp_path / "first.csv", center="c2")
    imported(path, center="c2")
    assert facts("c1") == facts("c2")
    assert len(facts("c1")["calls"]) == 451
    with database.connect() as connection:
        assert log.verify(connection, "c1").problem is None


def _import_and_die(database: Database, home: Path, path: Path, batch: int, ahead: bool) -> int:
    arguments = [database.url, database.admin_url, str(home), str(path), str(batch), "yes" if ahead else ""]
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-c", IMPORT_AND_DIE, *arguments], cwd=root, check=False
    ).returncode


def _counted(database: Database) -> list[int]:
    """Rows of the tables that an import writes beside facts and head."""
    with database.connect() as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in ("events", "batches", "people", "quarantine", "deliveries", "covered_days")
        ]
    return [count[0] for count in counts if count]

"""A disk without room: a sentence, nothing half, and the same command works once there is room."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.importing.import_file import import_file
from tests.conftest import IMPORTED
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.kpi import papers
from tracker.database import Database
from web.cli import main

SIZE = 6 << 20  # bytes
Run = Callable[..., tuple[int, str]]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root on Linux can make a small disk"
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room, all of it taken by one file."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def small(database: Database, tmp_path: Path) -> Database:
    """A centre with a month of calls, whose files are on another disk."""
    rows = (CALL_1.replace("c1", f"x{n}") for n in range(500))
    path = csv_file(tmp_path, CALL_HEADER, *rows, name="话单_2023-05.csv")
    import_file(database, tmp_path / "elsewhere", path, "c1", now=IMPORTED)
    return database


@pytest.fixture
def run(disk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command over a database, with the instance's folder on the small disk."""

    def run(database: Database, *arguments: str) -> tuple[int, str]:
        monkeypatch.setenv("HOTLINE_HOME", str(disk / "home"))
        monkeypatch.setenv("HOTLINE_DATABASE_URL", database.url)
        with pytest.raises(SystemExit) as ending:
            main(arguments)
        return int(ending.value.code or 0), capfd.readouterr().err

    return run


def fill(disk: Path, *, but: int = 0) -> Path:
    """Takes all room of a disk but so many bytes, and gives the file to be deleted."""
    path = disk / "filler"
    free = os.statvfs(disk)
    path.write_bytes(bytes(free.f_bavail * free.f_frsize - but))
    return path


def files(disk: Path) -> list[str]:
    """All files on the disk but the one that fills it and the keys."""
    found = (path for path in disk.rglob("*") if path.is_file())
    return sorted(path.name for path in found if path.name != "filler" and path.parent.name != "keys")


def check_twice(run: Run, database: Database, disk: Path, *arguments: str, but: int = 0) -> None:
    """The command fails with a sentence and leaves nothing; with room it works."""
    before, filler = files(disk), fill(disk, but=but)
    code, told = run(database, *arguments)
    assert (code > 0, "磁盘已满" in told, "Traceback" in told) == (True, True, False), told
    assert files(disk) == before
    filler.unlink()
    code, told = run(database, *arguments)
    assert code == 0, told
    assert len(files(disk)) == len(before) + 1


def test_an_import(database: Database, disk: Path, run: Run, tmp_path: Path):
    rows = (CALL_1.replace("c1", f"x{n}") for n in range(2000))
    path = csv_file(tmp_path, CALL_HEADER, *rows, name="话单_2023-05.csv")
    (disk / "home" / "keys").mkdir(parents=True)
    check_twice(run, database, disk, "ingest", str(path), "--center", "c1", but=20_000)


def test_a_document(small: Database, disk: Path, run: Run, tmp_path: Path):
    path = papers.pdf(tmp_path, pages=300)
    (disk / "home").mkdir()
    told = ("--to", "month/2023-05", "--kind", "monthly_report", "--by", "张三", "--center", "c1")
    check_twice(run, small, disk, "documents", "attach", str(path), *told, but=8_000)


@pytest.mark.slow
def test_a_workbook(small: Database, disk: Path, run: Run):
    (disk / "home").mkdir()
    path = str(disk / "年.xlsx")
    check_twice(run, small, disk, "export", path, "--year", "2023", "--center", "c1", but=20_000)


@pytest.mark.slow
def test_a_package(small: Database, disk: Path, run: Run):
    (disk / "home").mkdir()
    path = str(disk / "out.zip")
    check_twice(run, small, disk, "package", path, "--year", "2023", "--center", "c1", but=100_000)

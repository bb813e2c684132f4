"""Files appear whole or not at all, and what killed processes leave is cleared."""

import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tracker.file_writing import (
    WorkingFolder,
    explain_failure,
    explain_lack_of_room,
    write_bytes,
    write_whole,
)

ROOT = Path(__file__).parents[2]
BEGIN_AND_WAIT = """
import sys
from pathlib import Path
from tracker.file_writing import WorkingFolder, write_whole
folder = Path(sys.argv[1])
with WorkingFolder(folder) as own, write_whole(folder / "out.txt") as part:
    (own / "half").write_text("half")
    part.write_text("half")
    print("begun", flush=True)
    sys.stdin.read()
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def half_written(tmp_path: Path):
    """A process that has written half a file into the folder and waits."""
    with subprocess.Popen(
        [sys.executable, "-c", BEGIN_AND_WAIT, str(tmp_path)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        yield process
        process.kill()


def test_a_file_is_what_it_was_until_the_new_one_is_whole(tmp_path: Path):
    path = tmp_path / "out.txt"
    path.write_text("old")
    with write_whole(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert (path.read_text(), names(tmp_path)) == ("new", ["out.txt"])


def test_a_file_that_fails_half_way_leaves_nothing(tmp_path: Path):
    def fail() -> None:
        with write_whole(tmp_path / "out.txt") as part:
            part.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert names(tmp_path) == []


def test_a_file_that_must_be_new_takes_no_other_ones_place(tmp_path: Path):
    path = tmp_path / "out.txt"
    write_bytes(path, b"first", replace=False)
    with pytest.raises(FileExistsError):
        write_bytes(path, b"second", replace=False)
    assert (path.read_bytes(), names(tmp_path)) == (b"first", ["out.txt"])


def test_what_another_process_is_writing_stays(half_written, tmp_path: Path):
    write_bytes(tmp_path / "other.txt", b"other")
    with WorkingFolder(tmp_path):
        pass
    assert len(names(tmp_path)) == 4  # the part, the folder's owner and its file, the other file
    half_written.communicate()
    assert names(tmp_path) == ["other.txt", "out.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_what_a_killed_process_left_is_cleared_by_the_next(half_written, tmp_path: Path):
    half_written.send_signal(signal.SIGKILL)
    half_written.wait()
    assert len(names(tmp_path)) == 3
    write_bytes(tmp_path / "other.txt", b"other")
    with WorkingFolder(tmp_path):
        pass
    assert names(tmp_path) == ["other.txt"]


def test_a_private_file_is_its_owners_alone(tmp_path: Path):
    write_bytes(tmp_path / "key", b"secret", private=True)
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


def test_failures_of_writing_are_sentences_and_others_are_not(tmp_path: Path):
    with pytest.raises(OSError, match="No such file") as problem:
        write_bytes(tmp_path / "nowhere" / "out.txt", b"")
    assert "找不到" in str(explain_failure(problem.value))
    assert explain_failure(OSError(28, "No space left on device", "x.zip")) == (
        "磁盘已满，“x.zip”写不下，没有留下写了一半的文件。请腾出空间，再做一次。"
    )
    assert explain_failure(ValueError("x")) is None
    assert explain_lack_of_room(OSError(2, "No such file or directory", "x")) is None


def test_a_full_database_is_told_however_deep_it_lies():
    problem = RuntimeError("a page failed")
    problem.__cause__ = sa.exc.OperationalError("INSERT", {}, psycopg.errors.DiskFull("no space left"))
    assert "数据库所在的磁盘已满" in str(explain_failure(problem))
    assert "服务器的磁盘已满" in str(explain_lack_of_room(problem))

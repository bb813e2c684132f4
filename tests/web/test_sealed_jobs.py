"""What people upload and what is made for them lies sealed in the instance's folder, at every step."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ingest.importing.import_file import FileRefused
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.kept_files import list_plain, open_job_file
from tests.web.conftest import signed_in_client
from tests.web.desk import Desk, open_desk
from tracker.blob_store import FileUnusable
from tracker.vault import abandon_values
from web.imports import running
from web.jobs.job import JobState
from web.leftovers import clear_leftovers

WORDS = b"c1,"  # of the only row

# what another process runs: it opens a job's file in plain, says so, and is then killed
_KILLED = """
import sys
from pathlib import Path
from tests.kept_files import list_plain, open_job_file
from tracker.database import Database
from web.jobs import queue

url, home, key = sys.argv[1:]
database = Database(url, url)
with database.engine.connect() as connection:
    job = queue.find(connection, "tlf", key)
with open_job_file(database, Path(home), job):
    print(list_plain(Path(home), b"c1,"), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def desk(database, home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return open_desk(database, home, monkeypatch)


def calls(folder: Path, *rows: str) -> Path:
    return csv_file(folder, CALL_HEADER, *(rows or (CALL_1,)), name="话单_2023-05.csv")


def test_an_upload_is_nowhere_in_plain_while_it_waits_is_looked_at_tried_and_imported(
    desk: Desk, tmp_path: Path
):
    there = desk.upload(calls(tmp_path))
    seen = {"uploaded": list_plain(desk.home, WORDS)}
    assert "第 1 行" in desk.page(there)
    seen["looked at"] = list_plain(desk.home, WORDS)
    assert "识别" in desk.page(f"{there}/mapping")
    seen["its columns asked for"] = list_plain(desk.home, WORDS)
    desk.step(there, "trial")
    assert desk.job(there).checked
    seen["tried"] = list_plain(desk.home, WORDS)
    desk.step(there, "commit")
    assert (desk.job(there).state, desk.count("events") > 0) == (JobState.DONE, True)
    seen["imported"] = list_plain(desk.home, WORDS)
    assert {step: places for step, places in seen.items() if places} == {}


def test_an_upload_that_could_not_be_imported_waits_sealed_and_can_be_tried_again(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    there = desk.upload(calls(tmp_path))

    def refuse(*_: object, **__: object) -> None:
        raise FileRefused("读不了。")

    with monkeypatch.context() as patch:
        patch.setattr(running, "take_in_file", refuse)
        desk.step(there, "trial")
    assert (desk.job(there).state, desk.job(there).problem) == (JobState.FAILED, "读不了。")
    assert list_plain(desk.home, WORDS) == []
    desk.step(there, "trial")
    assert desk.job(there).checked


def test_the_search_would_find_plain_bytes(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path))
    with open_job_file(desk.database, desk.home, desk.job(there)) as path:
        assert list_plain(desk.home, WORDS) == [path.relative_to(desk.home).as_posix()]
        assert (path.name, path.stat().st_mode & 0o777) == ("话单_2023-05.csv", 0o600)
        assert {one.stat().st_mode & 0o777 for one in path.parents[:2]} == {0o700}
    assert list_plain(desk.home, WORDS) == []


def test_what_a_killed_process_had_open_is_gone_after_the_next_start(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path))
    arguments = [sys.executable, "-c", _KILLED, desk.database.url, str(desk.home), desk.job(there).key]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        arguments, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None
        assert b"incoming" in reader.stdout.readline()
        reader.kill()
    assert len(list_plain(desk.home, WORDS)) == 1
    clear_leftovers(desk.home)
    assert list_plain(desk.home, WORDS) == []
    desk.step(there, "trial")
    assert desk.job(there).checked


def test_a_made_file_and_what_lies_beside_it_are_sealed_and_come_back_whole(desk: Desk, tmp_path: Path):
    desk.imported(calls(tmp_path))
    manager = signed_in_client(desk.app, "manager")
    for kind in ("package", "recomputation"):
        assert manager.post(f"/tlf/2023/exports/{kind}").status_code == 302
    folders = sorted((desk.home / "jobs" / "tlf").iterdir())
    assert all(path.read_bytes().startswith(b"HLF1") for one in folders for path in one.iterdir())
    page = manager.get("/tlf/2023/exports").text
    assert page.count("可下载") == 2
    package = next(one.name for one in folders if [*one.glob("*证据包*")])
    answer = manager.get(f"/tlf/2023/exports/{package}")
    assert len(answer.data) == int(answer.headers["Content-Length"])
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    assert list_plain(desk.home, b"data/events.parquet") == []


def test_a_file_moved_to_another_job_or_cut_short_is_not_opened(desk: Desk, tmp_path: Path):
    first, second = desk.upload(calls(tmp_path)), desk.upload(calls(tmp_path))
    mine, other = desk.job(first).path(desk.home), desk.job(second).path(desk.home)
    other.write_bytes(mine.read_bytes())
    with (
        pytest.raises(FileUnusable, match="已损坏或被改动"),
        open_job_file(desk.database, desk.home, desk.job(second)),
    ):
        pass
    mine.write_bytes(mine.read_bytes()[:-1])
    assert "原件已损坏或被改动" in desk.page(first)
    desk.step(first, "trial")
    assert desk.job(first).problem == "原件已损坏或被改动"


def test_what_an_abandoned_key_sealed_is_told_on_every_page(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path))
    with desk.database.connect() as connection:
        abandon_values(connection, "tlf")
    assert "加密它的密钥已销毁或更换" in desk.page(there)
    assert desk.client.get(f"{there}/mapping").status_code == 422

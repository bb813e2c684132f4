"""A number that stands wherever a file, or whoever brings it, can put one is kept nowhere in the clear."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import openpyxl
import pytest

from tests.ingest.tables import CALL_1, CALL_HEADER
from tests.web.conftest import signed_in_client
from tests.web.desk import Desk, open_desk
from tracker.database import Database

NUMBER = "13812345678"
SPELLED = "138-1234-5678"


@pytest.fixture
def desk(database: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return open_desk(database, home, monkeypatch)


def write_workbook(folder: Path) -> Path:
    """Calls in a workbook with a number in its name and those of its sheets, a header, a note and cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = f"张三{NUMBER}"
    header, row = CALL_HEADER.split(","), CALL_1.split(",")
    sheet.append([*header, f"联系{NUMBER}"])
    sheet.append([*row, f"请打{SPELLED}"])
    sheet.append(["c99", f"不是方向{NUMBER}", *row[2:], ""])
    sheet.append([f"说明：有疑问请打{SPELLED}"])
    other = book.create_sheet(f"备注{SPELLED}")
    other.append(["天气", "温度", f"值班{NUMBER}"])
    other.append(["晴", "3", "x"])
    path = folder / f"话单_2023-05_{NUMBER}.xlsx"
    book.save(path)
    return path


def find_places(desk: Desk) -> Iterator[str]:
    """The tables and files in which the number can be read."""
    with desk.database.connect_as_owner() as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            with connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                rows = [bytes(row).decode() for row in copy]
            yield from (f"{table}: {row}" for row in rows if NUMBER in row or SPELLED in row)
    for path in desk.home.rglob("*"):
        if NUMBER in path.name or (path.is_file() and NUMBER.encode() in path.read_bytes()):
            yield str(path)


def test_a_number_in_any_name_title_note_or_reason_is_kept_nowhere(desk: Desk, tmp_path: Path):
    there = desk.imported(write_workbook(tmp_path))
    done = desk.job(there).result["done"]
    delivery = done["tables"][0]["delivery"]
    assert (done["tables"][0]["accepted"], done["tables"][0]["quarantined"]) == (1, 1)
    assert any("未采用" in note for note in done["notes"])
    manager = signed_in_client(desk.app, "manager")
    answer = manager.post(
        f"/tlf/deliveries/{delivery}/void", data={"reason": f"{SPELLED}说导错了"}, follow_redirects=True
    )
    assert "已作废" in unescape(answer.text)
    pages = [there, "/tlf/deliveries/", f"/tlf/deliveries/{delivery}", "/tlf/quarantine/", "/tlf/imports/"]
    assert [page for page in pages if NUMBER in (text := desk.page(page)) or SPELLED in text] == []
    assert [*find_places(desk)] == []
    assert any("说导错了" in told for told in desk.trail())


def test_the_walk_would_find_a_number(desk: Desk, tmp_path: Path):
    with desk.database.connect() as connection:
        connection.execute("UPDATE centers SET name = %s", (f"值班{NUMBER}",))
    (desk.home / "own").mkdir(parents=True)
    (desk.home / "own" / "x").write_text(NUMBER)
    places = [*find_places(desk)]
    assert [place.partition(":")[0] for place in places] == ["centers", str(desk.home / "own" / "x")]


def test_a_refused_file_is_not_quoted(desk: Desk, tmp_path: Path):
    path = tmp_path / f"{NUMBER}.csv"
    path.write_text(f'{CALL_HEADER}\n{CALL_1}\n"{NUMBER}\n', "utf-8")
    there = desk.upload(path)
    desk.step(there, "trial")
    assert NUMBER not in desk.page(there)
    assert [place for place in find_places(desk) if place.partition(":")[0] in ("jobs", "audit")] == []

"""The page on which a clerk tells, column by column, what a file of an unknown layout holds."""

import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.ingest.tables import csv_file
from tests.web.desk import Desk, open_desk
from tracker.database import Database

ROW = "a000{0},呼入,1380000000{0},2023-05-0{0} 08:00:00,2023-05-0{0} 08:00:05,2023-05-0{0} 08:00:09"
COLUMNS = ("call_id", "direction", "caller", "entered_at", "queued_at", "answered_at")
GIVEN = {f"as-{place}": key for place, key in enumerate(COLUMNS)}


@pytest.fixture
def desk(database: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return open_desk(database, home, monkeypatch)


def file_of(folder: Path, *days: int, name: str = "某平台_2023-05.csv") -> Path:
    """Calls without a header, one on each of these days of May."""
    return csv_file(folder, *(ROW.format(day) for day in days), name=name)


def test_a_file_without_a_header_is_mapped_once_and_known_from_then_on(desk: Desk, tmp_path: Path) -> None:
    there = desk.upload(file_of(tmp_path, 1, 2))
    assert "文件像是没有表头：第一行已经是数据" in desk.page(there)
    page = desk.page(f"{there}/mapping?sheet=1")
    assert '<option value="0" selected>没有表头：这些就是列' in page
    assert "请先看这 6 列" in page and "第6列" in page
    page = desk.step(there, "mapping", sheet="1", kind="calls", header="0", title="某平台", **GIVEN)
    assert "<b>第4列</b> → 进入系统时间" in page
    assert "没有表头，第 1 行就是数据" in page
    desk.imported(file_of(tmp_path, 1, 2, 3, name="某平台_2023-06.csv"))
    assert desk.count("calls") == 3


def test_a_row_of_such_a_file_is_mended_in_the_workbook_of_held_back_rows(desk: Desk, tmp_path: Path) -> None:
    there = desk.upload(file_of(tmp_path, 1, 2))
    desk.step(there, "mapping", sheet="1", kind="calls", header="0", title="某平台", **GIVEN)
    broken = [ROW.format(1), ROW.format(2), ROW.format(3).replace("2023-05-03 08:00:00", "昨天上午")]
    there = desk.imported(csv_file(tmp_path, *broken, ROW.format(4), ROW.format(5), name="话单_2023-05.csv"))
    assert desk.count("calls") == 4
    book = openpyxl.load_workbook(BytesIO(desk.client.get(f"{there}/rejects/1.xlsx").data))
    sheet = book.worksheets[0]
    place = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "昨天上午")
    place.value = "2023-05-03 08:00:00"
    book.save(tmp_path / "话单_2023-05_待改行.xlsx")
    desk.imported(tmp_path / "话单_2023-05_待改行.xlsx")
    assert desk.count("calls") == 5


def test_a_second_file_whose_columns_stand_otherwise_is_asked_about(desk: Desk, tmp_path: Path) -> None:
    there = desk.upload(file_of(tmp_path, 1, 2))
    desk.step(there, "mapping", sheet="1", kind="calls", header="0", title="某平台", **GIVEN)
    rows = [ROW.format(day).split(",") for day in (3, 4)]
    turned = [",".join([row[0], row[1], row[3], row[2], *row[4:]]) for row in rows]
    there = desk.upload(csv_file(tmp_path, *turned, name="某平台_2023-06.csv"))
    assert "第 3 列原是“号码”，这里是“时间”" in desk.page(there)
    page = desk.page(f"{there}/mapping?sheet=1")
    third = re.search(r'<select id="as-2".*?</p>', page, re.DOTALL)
    assert third is not None and "读不出来" in third[0]

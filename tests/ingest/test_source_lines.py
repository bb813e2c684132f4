"""A delivered file opened at a line: what it printed there, with nobody's name or number."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from ingest.records.source_lines import ERASED, SourceExcerpt, SourceUnreadable, read_source_lines
from tests.ingest.conftest import Import
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file
from tests.ingest.test_formats import sheet
from tracker import log
from tracker.blob_store import DELIVERIES, find_store
from tracker.database import Database
from tracker.vault import erase, open_vault_of

TITLES = CALL_HEADER.split(",")
MANY = [
    CALL_1.replace("c1", f"c{number}").replace("13800000001", f"1380000{number:04}")
    for number in range(1, 21)
]
Open = Callable[[str, int], SourceExcerpt]


@pytest.fixture
def opened(database: Database, home: Path) -> Open:
    def opened(delivery: str, row: int) -> SourceExcerpt:
        with database.connect() as connection:
            vault = open_vault_of(connection, home)
            return read_source_lines(connection, home, vault, "c1", delivery, row)

    return opened


def deliver(imported: Import, path: Path) -> str:
    delivery = imported(path).tables[0].delivery
    assert delivery is not None
    return delivery


def find_row(database: Database, call: str) -> int:
    with database.connect() as connection:
        row = log.read_timeline(connection, "c1", f"call/{call}")[0].row
    assert row is not None
    return row


def write_csv(folder: Path) -> Path:
    return csv_file(folder, CALL_HEADER, *MANY)


def write_workbook(folder: Path) -> Path:
    path = folder / "话单.xlsx"
    sheet(path, [TITLES, *(row.split(",") for row in MANY)])
    return path


def write_ndjson(folder: Path) -> Path:
    path = folder / "话单.ndjson"
    objects = [dict(zip(TITLES, row.split(","), strict=True)) for row in MANY]
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in objects), "utf-8")
    return path


@pytest.mark.parametrize("write", [write_csv, write_workbook, write_ndjson])
def test_the_line_of_a_record_stands_among_three_before_and_three_after(
    imported: Import, database: Database, opened: Open, tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    delivery = deliver(imported, write(tmp_path))
    row = find_row(database, "c10")
    excerpt = opened(delivery, row)
    titles = [column.title for column in excerpt.columns]
    number = titles.index("流水号")
    assert {line.number: line.cells[number] for line in excerpt.lines} == {
        row + away: f"c{10 + away}" for away in range(-3, 4)
    }
    assert "坐席应答时间" in titles


@pytest.mark.parametrize("write", [write_csv, write_workbook, write_ndjson])
def test_no_number_of_a_person_is_shown(
    imported: Import, database: Database, opened: Open, tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    delivery = deliver(imported, write(tmp_path))
    excerpt = opened(delivery, find_row(database, "c10"))
    everything = repr(excerpt)
    assert "138" in everything and "1380000" not in everything
    assert [column.title for column in excerpt.columns if column.personal] == ["主叫号码"]


def test_columns_that_the_import_did_not_use_and_lines_that_are_no_data_are_not_shown(
    imported: Import, opened: Open, tmp_path: Path
) -> None:
    path = csv_file(
        tmp_path, f"{CALL_HEADER},来电人姓名", f"{CALL_1},王小明", f"{CALL_2},李四", "制表人：张三"
    )
    excerpt = opened(deliver(imported, path), 3)
    assert excerpt.left_out == 1
    assert not any(name in repr(excerpt) for name in ("王小明", "李四", "张三"))
    assert [(line.number, bool(line.cells)) for line in excerpt.lines] == [(2, True), (3, True), (4, False)]
    assert excerpt.lines[-1].why_hidden


def test_what_was_erased_is_not_shown_even_masked(
    imported: Import, database: Database, opened: Open, tmp_path: Path
) -> None:
    delivery = deliver(imported, csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2))
    with database.connect() as connection:
        erase(connection, "c1", [log.read_timeline(connection, "c1", "call/c1")[0].data["caller"]])
    excerpt = opened(delivery, 2)
    caller = next(place for place, column in enumerate(excerpt.columns) if column.personal)
    assert [line.cells[caller] for line in excerpt.lines] == [ERASED, "138********"]


def test_bytes_that_are_gone_altered_or_locked_are_told(
    imported: Import, database: Database, home: Path, opened: Open, tmp_path: Path
) -> None:
    report = imported(csv_file(tmp_path, CALL_HEADER, CALL_1))
    delivery = report.tables[0].delivery or ""
    with database.connect() as connection:
        path = find_store(connection, home, DELIVERIES, "c1").locate(report.sha256)
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(SourceUnreadable, match="已损坏或被改动"):
        opened(delivery, 2)
    path.unlink()
    with pytest.raises(SourceUnreadable, match="已不在"):
        opened(delivery, 2)


def test_a_profile_that_is_gone_shows_nothing(
    imported: Import, database: Database, opened: Open, tmp_path: Path
) -> None:
    delivery = deliver(imported, csv_file(tmp_path, CALL_HEADER, CALL_1))
    with database.connect() as connection:
        connection.execute("UPDATE deliveries SET profile = 'gone'")
    with pytest.raises(SourceUnreadable, match="无法判断哪些列含个人信息"):
        opened(delivery, 2)


def test_the_second_sheet_of_a_workbook_is_the_one_opened(
    imported: Import, database: Database, opened: Open, tmp_path: Path
) -> None:
    path = tmp_path / "话单.xlsx"
    book = openpyxl.Workbook()
    for name, day in (("上旬", "05-01"), ("下旬", "05-21")):
        table = book.create_sheet(name)
        table.append(TITLES)
        table.append(CALL_1.replace("c1", name).replace("05-01", day).split(","))
    del book["Sheet"]
    book.save(path)
    report = imported(path)
    second = report.tables[1].delivery or ""
    excerpt = opened(second, 2)
    assert excerpt.sheet == "下旬"
    assert excerpt.lines[0].cells[0] == "下旬"

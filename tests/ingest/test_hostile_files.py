"""Files of a kilobyte that would bring down whoever opens them end in a sentence; the next one is read."""

import io
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest

from ingest.changes.as_of import IMPORT, find_as_of
from tests.ingest.conftest import NOW
from tests.ingest.hostile_files import CORNERS, ENDLESS_DATE, HIDDEN_CORNERS, raw_workbook
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file, taken
from tracker.sandbox import Limits
from tracker.tabular import FileRefused, open_tables

CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>流水号</t></is></c></row>'


def refusal(path: Path) -> str:
    """The sentence that a file is refused with; another file is read after it."""
    with pytest.raises(FileRefused) as refused:
        for table in open_tables(path)[0]:
            list(table.rows())
    assert len(taken(csv_file(path.parent, CALL_HEADER, CALL_1, name="next.csv")).events) == 1
    return str(refused.value)


@pytest.mark.parametrize("part", ["worksheets/sheet1.xml", "sheet1.dat"])
@pytest.mark.parametrize("rows", [CORNERS, HIDDEN_CORNERS])
def test_a_cell_in_the_last_corner_is_found_wherever_it_hides(tmp_path: Path, rows: str, part: str) -> None:
    path = raw_workbook(tmp_path / "大.xlsx", rows, part=part)
    assert path.stat().st_size < 2_000
    assert "一直到第 1048576 行、第 16384 列" in refusal(path)


def test_what_no_check_foresaw_ends_the_reading_process_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sheet within its limits, for which there is no room all the same: calamine aborts its process."""
    monkeypatch.setattr(Limits, "for_bytes", classmethod(lambda cls, size: cls(memory=200 << 20)))
    path = raw_workbook(tmp_path / "大.xlsx", CELL + '<row r="900000"><c r="J900000"><v>1</v></c></row>')
    assert "内存超过 0.2 GB 的上限" in refusal(path)


def test_the_file_of_an_archive_that_ends_the_reading_is_named(tmp_path: Path) -> None:
    bad = raw_workbook(tmp_path / "坏.xlsx", ENDLESS_DATE)
    with zipfile.ZipFile(tmp_path / "话单.zip", "w") as archive:
        archive.write(bad, "坏.xlsx")
        archive.writestr("好.csv", f"{CALL_HEADER}\n{CALL_1}\n")
    assert "（读到“坏.xlsx：表”）" in refusal(tmp_path / "话单.zip")


def test_a_number_that_makes_the_reader_panic_is_told(tmp_path: Path) -> None:
    assert "处理不了" in refusal(raw_workbook(tmp_path / "日期.xlsx", ENDLESS_DATE))


@pytest.mark.parametrize(
    "merged", ["XFA1048570:XFD1048576", "A5:A1", "A1:XFD1048576", "B2:A1048576", "A0:A0", "", "好"]
)
def test_merged_cells_outside_the_sheet_harm_nothing(tmp_path: Path, merged: str) -> None:
    below = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>'
    path = raw_workbook(tmp_path / "合并.xlsx", CELL, below=below)
    try:
        [table] = open_tables(path)[0]
    except FileRefused as refused:
        assert "另存" in str(refused)
    else:
        assert [list(cells)[:1] for _, cells in table.rows(frozenset({0, 1}))] == [["流水号"]]
        assert len(table.head()) == 1


def test_a_row_number_that_is_none_is_told(tmp_path: Path) -> None:
    assert "已损坏" in refusal(raw_workbook(tmp_path / "行.xlsx", CELL.replace('r="1"', 'r="1e4"')))


def test_an_encoding_that_nobody_knows_is_told(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "编码.xlsx", CELL)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part.replace(b"UTF-8", b"UTF-9") if "sheet1" in name else part)
    assert "已损坏" in refusal(path)


def test_properties_that_are_damaged_cost_nothing_but_the_time_of_saving(tmp_path: Path) -> None:
    """Their bytes do not unpack; the sheet beside them does."""
    book = openpyxl.Workbook()
    for row in (CALL_HEADER.split(","), CALL_1.split(",")):
        book.active.append(row)
    book.save(tmp_path / "话单.xlsx")
    path = tmp_path / "话单.xlsx"
    content = bytearray(path.read_bytes())
    entry = zipfile.ZipFile(io.BytesIO(content)).getinfo("docProps/core.xml")
    start = entry.header_offset + 30 + len(entry.filename)
    content[start : start + entry.compress_size] = b"\xff" * entry.compress_size
    path.write_bytes(content)
    assert find_as_of(path, "话单.xlsx", given=None, now=NOW).basis == IMPORT
    try:
        assert len(taken(path).events) == 1
    except FileRefused as refused:
        assert "损坏" in str(refused)


@pytest.mark.parametrize("cut", [1, 10, 22, 60])
def test_a_damaged_list_of_an_archive_is_told(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "话单.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("话单.csv", f"{CALL_HEADER}\n{CALL_1}\n")
    path.write_bytes(path.read_bytes()[:-cut])
    assert "损坏" in refusal(path)


def test_an_entry_whose_name_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "话单.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("话单.csv", f"{CALL_HEADER}\n{CALL_1}\n")
    path.write_bytes(path.read_bytes().replace("话单.csv".encode(), b"\xe8\xff\xff\xff\xff\xff.csv"))
    assert "损坏" in refusal(path)


def test_a_row_wider_than_any_spreadsheet_is_told(tmp_path: Path) -> None:
    assert "超过 16,384 列" in refusal(csv_file(tmp_path, CALL_HEADER, CALL_1, "," * 20_000, CALL_1))


def test_half_a_character_and_a_number_without_end_are_text(tmp_path: Path) -> None:
    path = tmp_path / "话单.json"
    path.write_text(
        '[{"a": "x\\ud800", "b": 1e999, "c": ' + "9" * 40 + ', "d": true, "e": NaN}]', encoding="utf-8"
    )
    [[_, names], [_, cells]] = open_tables(path)[0][0].rows()
    assert list(names) == ["a", "b", "c", "d", "e"]
    assert [cells[0][:1], cells[1:]] == ["x", ["1e999", "9" * 40, True, "NaN"]]


def locked_ods(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", zlib.compress(b"locked"))
        archive.writestr(
            "META-INF/manifest.xml", "<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
        )


def locked_new_ods(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("encrypted-package", zlib.compress(b"locked"))


@pytest.mark.parametrize("made", [locked_ods, locked_new_ods])
def test_a_workbook_with_a_password_says_so(tmp_path: Path, made) -> None:
    made(tmp_path / "话单.ods")
    assert "去掉密码" in refusal(tmp_path / "话单.ods")

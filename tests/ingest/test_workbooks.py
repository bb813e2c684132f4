"""Workbooks: real dates, merged cells, several sheets, and what cannot be opened."""

import shutil
import subprocess
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.ingest.tables import fill, taken, workbook
from tracker.tabular import FileRefused, open_tables, workbook_limits
from tracker.tabular.archive import open_file

HEADER = ["凭证号", "费用项目", "收款单位", "约定支付日", "实际支付日", "金额(元)"]
ROW = ["V1", "劳务费", "甲公司", date(2023, 1, 10), date(2023, 1, 9), 189158.33]


def test_real_dates_and_numbers_are_read(tmp_path: Path) -> None:
    payment = taken(workbook(tmp_path, HEADER, ROW)).events[0]
    assert payment["due_on"] == "2023-01-10"
    assert payment["paid_on"] == "2023-01-09"
    assert payment["amount_fen"] == 18_915_833


def test_serials_mixed_with_text_dates_are_read(tmp_path: Path) -> None:
    rows = [
        [*ROW[:3], due, None, 1]
        for due in (44936, "44936", "2023/1/10", "2023年1月10日", datetime(2023, 1, 10))
    ]
    path = workbook(tmp_path, HEADER, *([f"V{n}", *row[1:]] for n, row in enumerate(rows)))
    assert {event["due_on"] for event in taken(path).events} == {"2023-01-10"}


def test_empty_rows_and_columns_before_the_table_do_not_shift_anything(tmp_path: Path) -> None:
    path = workbook(tmp_path, [], [None, None, "支付明细"], [], [None, None, *HEADER], [None, None, *ROW])
    event = taken(path).events[0]
    assert (event["payment_id"], event["row"]) == ("V1", 5)


def test_a_title_merged_over_the_table_is_no_header(tmp_path: Path) -> None:
    found = taken(workbook(tmp_path, ["2023年支付明细表"], HEADER, ROW, merged=["A1:F1"]))
    assert found.recognition.header.last_row == 2
    assert len(found.events) == 1


def test_a_header_of_two_rows_with_merged_cells_is_put_together(tmp_path: Path) -> None:
    upper = ["凭证号", "费用项目", "收款单位", "支付日期", None, "金额(元)"]
    lower = [None, None, None, "约定支付日", "实际支付日", None]
    merged = ["A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:F2"]
    found = taken(workbook(tmp_path, upper, lower, ROW, merged=merged))
    assert found.recognition.header.last_row == 2
    assert found.events[0]["paid_on"] == "2023-01-09"


def test_an_upper_title_tells_two_equal_lower_ones_apart(tmp_path: Path) -> None:
    upper = ["凭证号", "费用项目", "约定支付", None, "实际支付", None]
    lower = [None, None, "日", "备注", "日", "备注"]
    path = workbook(
        tmp_path,
        [*upper, "金额"],
        [*lower, None],
        ["V1", "劳务费", date(2023, 1, 10), "", date(2023, 1, 9), "", 5],
        merged=["C1:D1", "E1:F1", "A1:A2", "B1:B2", "G1:G2"],
    )
    assert taken(path).events[0]["paid_on"] == "2023-01-09"


def test_a_text_merged_over_several_rows_counts_for_each_of_them(tmp_path: Path) -> None:
    rows = [ROW, ["V2", None, None, *ROW[3:]], ["V3", None, None, *ROW[3:]]]
    found = taken(workbook(tmp_path, HEADER, *rows, merged=["B2:B4", "C2:C4"]))
    assert [event["item"] for event in found.events] == ["劳务费"] * 3


def test_an_amount_merged_over_several_rows_counts_once(tmp_path: Path) -> None:
    found = taken(workbook(tmp_path, HEADER, ROW, ["V2", *ROW[1:5], None], merged=["F2:F3"]))
    assert [event["payment_id"] for event in found.events] == ["V1"]
    assert [(problem.row, problem.column) for problem in found.problems] == [(3, "金额(元)")]


def test_a_long_number_stored_as_a_number_is_held_back(tmp_path: Path) -> None:
    found = taken(workbook(tmp_path, HEADER, [2023010100000001, *ROW[1:]]))
    assert "15 位以后" in found.problems[0].rule


def test_hidden_sheets_are_left_out_with_a_note(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    fill(book.active, [HEADER, ROW])
    hidden = book.create_sheet("底稿")
    fill(hidden, [HEADER, ROW], title="底稿")
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    tables, notes = open_tables(tmp_path / "a.xlsx")
    assert [table.sheet for table in tables] == ["表"]
    assert "底稿" in notes[0]


def test_a_workbook_is_known_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, HEADER, ROW, name="支付.xls")
    assert len(taken(path.rename(tmp_path / "支付.csv")).events) == 1


def test_dates_of_a_workbook_that_counts_from_1904_are_the_days_they_show(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    fill(book.active, [HEADER, ROW])
    book.save(tmp_path / "支付.xlsx")
    assert b"date1904" in zipfile.ZipFile(tmp_path / "支付.xlsx").read("xl/workbook.xml")
    payment = taken(tmp_path / "支付.xlsx").events[0]
    assert (payment["due_on"], payment["paid_on"]) == ("2023-01-10", "2023-01-09")


def converted_to_xls(path: Path) -> Path:
    """The same workbook in the old format, written by LibreOffice."""
    if shutil.which("soffice") is None:
        pytest.skip("needs LibreOffice")
    profile = f"-env:UserInstallation=file://{path.parent}/office"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xls",
        "--outdir",
        str(path.parent),
        str(path),
    ]
    subprocess.run(command, check=True, timeout=120)
    assert path.with_suffix(".xls").read_bytes().startswith(b"\xd0\xcf\x11\xe0")
    return path.with_suffix(".xls")


@pytest.mark.slow
def test_a_workbook_of_the_old_format_is_read(tmp_path: Path) -> None:
    payment = taken(converted_to_xls(workbook(tmp_path, HEADER, ROW, name="支付.xlsx"))).events[0]
    assert (payment["paid_on"], payment["amount_fen"]) == ("2023-01-09", 18_915_833)


@pytest.mark.slow
def test_an_error_in_a_workbook_of_the_old_format_is_no_empty_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path, HEADER, [*ROW[:4], "=NA()", *ROW[5:]], name="支付.xlsx")
    found = taken(converted_to_xls(path))
    assert [(one.row, one.column, one.value) for one in found.problems] == [(2, "实际支付日", "#N/A")]


def test_an_error_or_a_formula_that_nobody_computed_is_no_empty_cell(tmp_path: Path) -> None:
    """An unpaid payment is one whose cell is empty; these are unknown."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for number, cell in enumerate(("#N/A", "=VLOOKUP(A3,B:C,2)", None)):
        sheet.append([f"V{number}", *ROW[1:4], cell, *ROW[5:]])
    sheet["E2"].data_type = "e"
    book.save(tmp_path / "支付.xlsx")
    found = taken(tmp_path / "支付.xlsx")
    assert [(one.row, one.column, one.value) for one in found.problems] == [
        (2, "实际支付日", "#N/A"), (3, "实际支付日", "#公式未计算"),
    ]  # fmt: skip
    assert len(found.events) == 3
    assert [one.get("unclear") for one in found.events] == [["paid_on"], ["paid_on"], None]


def test_a_date_with_the_year_last_is_set_aside_as_it_may_mean_two_days(tmp_path: Path) -> None:
    found = taken(workbook(tmp_path, HEADER, ["V1", "劳务费", "甲公司", "5/1/2023", None, 1]))
    assert found.events == []
    (problem,) = found.problems
    assert (problem.column, problem.value) == ("约定支付日", "5/1/2023")
    assert "分不清月和日" in problem.rule


def test_a_workbook_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="空"):
        open_tables(workbook(tmp_path))


def test_a_locked_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    )
    with pytest.raises(FileRefused, match="密码"):
        open_tables(path)


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, HEADER, ROW)
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(FileRefused, match="损坏"):
        open_tables(path)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_limits, "LARGEST", 1000)
    with pytest.raises(FileRefused, match="另存为 CSV"):
        open_file(workbook(tmp_path, HEADER, ROW))


def book_of(
    path: Path, rows: list[list[Any]], *, formats: dict[str, str] | None = None, mac: bool = False
) -> Path:
    """A workbook with number formats by cell, whose days may count from 1904."""
    book = openpyxl.Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    fill(book.active, rows)
    for place, code in (formats or {}).items():
        book.active[place].number_format = code
    book.save(path)
    return path


@pytest.mark.parametrize("mac", [False, True])
@pytest.mark.parametrize("number", [True, False], ids=["as a number", "as text"])
def test_a_days_bare_number_counts_from_the_first_day_of_its_workbook(
    tmp_path: Path, mac: bool, number: bool
) -> None:
    serial = 44936 - (1462 if mac else 0)
    row = [*ROW[:3], serial if number else str(serial), None, 1]
    payment = taken(book_of(tmp_path / "表.xlsx", [HEADER, row], mac=mac)).events[0]
    assert payment["due_on"] == "2023-01-10"


@pytest.mark.parametrize(
    ("cell", "code", "shown"),
    [(7, "0000000", "0000007"), (12, "000", "012"), (7, "General", "7"), (1234, "000", "1234")],
)
def test_a_number_is_the_one_that_its_format_shows(tmp_path: Path, cell: int, code: str, shown: str) -> None:
    path = book_of(tmp_path / "表.xlsx", [HEADER, [cell, *ROW[1:]]], formats={"A2": code})
    assert taken(path).events[0]["payment_id"] == shown


def test_only_cells_of_that_format_show_zeros_wherever_the_table_begins(tmp_path: Path) -> None:
    rows = [[], [None, None, *HEADER], [None, None, 7, *ROW[1:]], [None, None, 8, *ROW[1:]]]
    path = book_of(tmp_path / "表.xlsx", rows, formats={"C3": "0000000"})
    assert [event["payment_id"] for event in taken(path).events] == ["0000007", "8"]


@pytest.mark.parametrize(
    ("code", "moment"),
    [
        ("yyyy-mm-dd h:mm:ss", True), ("m/d/yy h:mm", True), ('yyyy"年"m"月"d"日" hh"时"mm"分"', True),
        ("yyyy-mm-dd", False), ('yyyy-mm-dd "h:mm"', False), ("[$-804]yyyy年m月d日", False),
    ],
)  # fmt: skip
def test_a_day_that_shows_an_hour_is_midnight_and_one_that_shows_none_is_asked_about(
    tmp_path: Path, code: str, moment: bool
) -> None:
    rows: list[list[Any]] = [["巡检时间", "平台", "状态"], [datetime(2023, 5, 1), "话务平台", "正常"]]
    found = taken(book_of(tmp_path / "巡检.xlsx", rows, formats={"A2": code}))
    if moment:
        assert [event["at"] for event in found.events] == ["2023-05-01T00:00:00+08:00"]
    else:
        assert "没有时刻" in found.problems[0].rule

"""Telephone numbers, as spreadsheets and switches leave them."""

import pytest

from ingest.cells import read_phone
from tests.ingest.cells import notices, read
from tracker.tabular import Cell


@pytest.mark.parametrize(
    "written",
    [
        "15178121013", 15178121013, 15178121013.0, "15178121013.0", "1.5178121013E10", "1.5178121013E+10",
        "+8615178121013", "+86 151-7812-1013", "8615178121013", "008615178121013", "015178121013",
        "151 7812 1013",
        "１５１７８１２１０１３", "15178121013\t", "'15178121013", '="15178121013"',
    ],
)  # fmt: skip
def test_a_mobile_number_is_the_same_however_it_is_written(written: Cell) -> None:
    assert read(read_phone, written) == "15178121013"


@pytest.mark.parametrize(
    "written",
    ["0991-8881234", "(0991)8881234", "0991 8881234", "09918881234", "+86 991 8881234", "0991-8881234-801"],
)
def test_a_fixed_line_keeps_its_area_code(written: str) -> None:
    assert read(read_phone, written) == "09918881234"


@pytest.mark.parametrize("short", ["110", "12345", "95598", "4008123123"])
def test_short_and_service_numbers_are_numbers(short: str) -> None:
    assert read(read_phone, short) == short


@pytest.mark.parametrize("hidden", ["", "0", "-", "未知", "anonymous", "Unknown", "匿名来电", "NULL"])
def test_a_hidden_number_is_none(hidden: str) -> None:
    assert read(read_phone, hidden) is None
    assert notices(read_phone, hidden) == []


def test_a_number_rounded_by_the_spreadsheet_is_none_and_told() -> None:
    assert read(read_phone, "1.51781E+10") is None
    assert "不是电话号码" in notices(read_phone, "1.51781E+10", label="主叫号码")[0]


def test_a_masked_number_joins_nobody_and_is_told() -> None:
    assert read(read_phone, "151****1013") is None
    assert "脱敏" in notices(read_phone, "151****1013")[0]


def test_a_name_in_the_column_costs_the_number_and_not_the_row() -> None:
    assert read(read_phone, "张三") is None
    assert "张三" not in notices(read_phone, "张三")[0]

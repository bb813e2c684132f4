"""Counts, money and durations: exact, whatever the spreadsheet shows."""

from datetime import time, timedelta
from decimal import Decimal

import pytest

from ingest.cells import read_amount_fen, read_count, read_decimal, read_duration_ms
from tests.ingest.cells import problem, read
from tracker.tabular import Cell


@pytest.mark.parametrize("written", ["1536", 1536, 1536.0, "1,536", "１５３６", " 1536 ", "1536条", "1536.0"])
def test_a_count_is_read_however_it_is_written(written: Cell) -> None:
    assert read(read_count, written) == 1536


def test_zero_is_a_number_and_an_empty_cell_is_none() -> None:
    assert read(read_count, "0") == 0
    assert read(read_count, "") is None
    assert read(read_count, "--") is None


@pytest.mark.parametrize("written", ["-3", 2.5, "很多", "1e999", True])
def test_what_is_no_count_is_a_problem(written: Cell) -> None:
    problem(read_count, written)


def test_a_count_or_an_amount_that_no_column_can_hold_is_a_problem_of_its_cell() -> None:
    assert read(read_count, str(2**31 - 1)) == 2**31 - 1
    for written in (str(2**31), "99999999999"):
        assert problem(read_count, written).rule == "大得不可能"
    assert problem(read_amount_fen, "1e308").rule == "大得不可能"


def test_a_score_is_the_same_with_and_without_trailing_zeros() -> None:
    assert read(read_decimal, 82.0) == read(read_decimal, "82") == Decimal("82")
    assert str(read(read_decimal, "82.50")) == "82.5"
    assert str(read(read_decimal, "100")) == "100"


@pytest.mark.parametrize(
    "written",
    [
        "189158.33",
        189158.33,
        "189,158.33",
        "¥189,158.33",
        "￥１８９，１５８．３３",
        "18.915833万元",
        "189158.33元",
    ],
)
def test_an_amount_in_yuan_is_exact_to_the_fen(written: Cell) -> None:
    assert read(read_amount_fen, written) == 18_915_833


def test_an_amount_in_wan_is_exact_to_the_fen() -> None:
    assert read(read_amount_fen, 229.49, unit="万元") == 229_490_000
    assert read(read_amount_fen, 0.1 + 0.2, unit="万元") == 300_000


@pytest.mark.parametrize("yuan", [1.15, 4.35, 8.2, 1.15 * 100, 0.1 + 0.2, 1.1 * 3, "12.340001"])
def test_what_binary_floats_leave_behind_is_not_taken_for_less_than_a_fen(yuan: Cell) -> None:
    assert read(read_amount_fen, yuan) == round(float(yuan) * 100)


@pytest.mark.parametrize("yuan", ["12.3400011", "12.34005", "12.3399", 12.345])
def test_what_is_more_than_noise_is_less_than_a_fen(yuan: Cell) -> None:
    assert "整分" in problem(read_amount_fen, yuan).rule


def test_an_amount_finer_than_a_fen_is_a_problem() -> None:
    assert "整分" in problem(read_amount_fen, "18.91583333", unit="万元").rule


def test_brackets_make_an_amount_negative() -> None:
    assert read(read_amount_fen, "(1,234.50)") == -123_450


def test_a_dash_is_no_amount() -> None:
    assert read(read_amount_fen, "-") is None


@pytest.mark.parametrize(
    "written",
    [
        "337",
        337,
        337.0,
        "5:37",
        "05:37",
        "00:05:37",
        "０：０５：３７",
        "5分37秒",
        "0时5分37秒",
        time(0, 5, 37),
        timedelta(seconds=337),
    ],
)
def test_a_duration_is_read_however_it_is_written(written: Cell) -> None:
    assert read(read_duration_ms, written) == 337_000


def test_a_duration_counts_in_the_columns_unit() -> None:
    assert read(read_duration_ms, "337", unit="毫秒") == 337
    assert read(read_duration_ms, "5.5", unit="分钟") == 330_000
    assert read(read_duration_ms, 0.00390046296296296, unit="天") == 337_000


@pytest.mark.parametrize(
    ("written", "ms"),
    [("0:00:59.9994", 59_999), ("0:00:59.9996", 60_000), ("0.0025", 3), ("0.0035", 4), ("0.0024", 2)],
)
def test_a_length_between_milliseconds_goes_to_the_nearest_and_from_the_middle_up(
    written: str, ms: int
) -> None:
    assert read(read_duration_ms, written) == ms


def test_more_than_a_day_of_talk_in_a_list_is_still_a_duration() -> None:
    assert read(read_duration_ms, "30:02:00") == (30 * 3600 + 120) * 1000


@pytest.mark.parametrize("nothing", ["", "--", "——", "无"])
def test_nothing_is_no_duration_and_not_zero(nothing: str) -> None:
    assert read(read_duration_ms, nothing) is None


@pytest.mark.parametrize(
    "written",
    [
        "-5",
        "5:75",
        "5:60",
        "0:05:60",
        "0:60:00",
        "5分60秒",
        "1小时60分",
        "1时5分60秒",
        "半小时",
        "0:99:00",
    ],
)
def test_what_is_no_duration_is_a_problem(written: str) -> None:
    problem(read_duration_ms, written)

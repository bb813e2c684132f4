"""Moments and days in the spellings met in exports."""

from datetime import date, datetime, time

import pytest

from ingest.cells import day, moment
from ingest.readers import Cell
from tests.ingest.cells import notices, problem, read
from tracker.events.times import BEIJING

AT_8_03_05 = datetime(2023, 5, 1, 8, 3, 5, tzinfo=BEIJING)


@pytest.mark.parametrize(
    "written",
    [
        "2023-05-01 08:03:05",
        "2023-05-01T08:03:05",
        "2023-05-01 08:03:05.000",
        "2023/5/1 8:03:05",
        "2023/05/01 08:03:05",
        "2023.5.1 8:03:05",
        " 2023-05-01  08:03:05 ",
        "20230501080305",
        "20230501T080305",
        20230501080305.0,
        "2023年5月1日 8时3分5秒",
        "2023年5月1日8:03:05",
        "２０２３－０５－０１　０８：０３：０５",
        "2023-05-01 星期一 08:03:05",
        "2023/5/1 上午 8:03:05",
        "5/1".join(("2023/", " 8:03:05 AM")),
        "2023-05-01T00:03:05Z",
        "2023-05-01 08:03:05+08:00",
        45047.335474537,
        "45047.335474537",
        1682899385,
        "1682899385",
        1682899385000.0,
        datetime(2023, 5, 1, 8, 3, 5),
        '="2023-05-01 08:03:05"',
        "'2023-05-01 08:03:05",
        "2023-05-01 08:03:05\t",
    ],
)
def test_a_moment_is_read_however_it_is_written(written: Cell) -> None:
    assert read(moment(), written) == AT_8_03_05


def test_milliseconds_are_kept() -> None:
    assert read(moment(), "2023-05-01 08:03:05.123") == AT_8_03_05.replace(microsecond=123_000)


@pytest.mark.parametrize(
    "written", ["2023/5/1 下午 8:03:05", "2023-05-01 08:03:05 PM", "2023/5/1 晚上8:03:05"]
)
def test_an_afternoon_is_told_from_a_morning(written: str) -> None:
    assert read(moment(), written) == AT_8_03_05.replace(hour=20)


@pytest.mark.parametrize(
    ("written", "hour"), [("上午 12:00:00", 12), ("中午 12:00:00", 12), ("AM 12:00:00", 0)]
)
def test_twelve_o_clock_is_noon_in_chinese_and_midnight_with_am(written: str, hour: int) -> None:
    assert read(moment(), f"2023/5/1 {written}") == datetime(2023, 5, 1, hour, tzinfo=BEIJING)


def test_24_o_clock_is_the_end_of_its_day() -> None:
    assert read(moment(), "2023-05-31 24:00:00") == datetime(2023, 6, 1, tzinfo=BEIJING)


@pytest.mark.parametrize(
    "written",
    [
        "", "0", 0, 0.0, "-", "--", "/", "无", "NULL", "null", "N/A", "1900-01-00", "1900/1/0",
        "1900-01-01 00:00:00",
        "0000-00-00 00:00:00", "00:00:00", "1970-01-01 08:00:00", "0001-01-01 00:00:00", "1899-12-30",
        time(0, 0), date(1900, 1, 1), "　",
    ],
)  # fmt: skip
def test_the_spellings_of_no_time_are_no_time(written: Cell) -> None:
    assert read(moment(), written) is None
    assert read(day, written) is None


@pytest.mark.parametrize(
    "written",
    [
        "25:61",
        "2023-13-01 00:00:00",
        "2023-02-30 08:00:00",
        "昨天",
        "08:03:05",
        "5/1/2023 8:03",
        time(8, 3),
        True,
    ],
)
def test_what_is_no_time_is_a_problem_with_a_remedy(written: Cell) -> None:
    assert "2023-05-01 08:03:05" in problem(moment(), written).remedy


def test_a_year_out_of_range_is_a_problem() -> None:
    assert "1023" in problem(moment(), "1023-05-01 08:03:05").rule


@pytest.mark.parametrize(
    "written", ["2023-05-01", "2023/5/1", "20230501", 45047.0, date(2023, 5, 1), "2023年5月1日"]
)
def test_a_date_without_time_of_day_is_told_apart(written: Cell) -> None:
    assert problem(moment(), written).rule == "只有日期，没有时刻"


def test_midnight_that_is_written_out_is_a_time_of_day() -> None:
    assert read(moment(), "2023-05-01 00:00:00") == datetime(2023, 5, 1, tzinfo=BEIJING)


def test_a_date_can_stand_for_the_start_of_its_day() -> None:
    assert read(moment(date_only="start"), "2023-05-01") == datetime(2023, 5, 1, tzinfo=BEIJING)
    assert "零点" in notices(moment(date_only="start"), "2023-05-01")[0]


def test_a_deadline_without_time_of_day_is_the_end_of_its_day() -> None:
    assert read(moment(date_only="end"), "2023-05-01") == datetime(2023, 5, 1, 23, 59, 59, tzinfo=BEIJING)


def test_a_time_without_seconds_is_read_and_told() -> None:
    assert read(moment(), "2023/5/1 8:03") == AT_8_03_05.replace(second=0)
    assert "只到分" in notices(moment(), "2023/5/1 8:03", label="应答时间")[0]


def test_a_vendors_own_word_for_no_time_is_no_time() -> None:
    assert read(moment(), "未接", empties=frozenset({"未接"})) is None


@pytest.mark.parametrize(
    "written",
    ["2023-05-01", "2023/5/1", "2023.5.1", "2023年5月1日", "20230501", "2023-05-01 08:03:05",
     45047.0, "45047", date(2023, 5, 1), datetime(2023, 5, 1, 8, 3)],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written: Cell) -> None:
    assert read(day, written) == date(2023, 5, 1)


@pytest.mark.parametrize("written", ["2023年5月", "2023-05", "五月一日", 12.0])
def test_a_month_is_no_day(written: Cell) -> None:
    problem(day, written)

"""Moments and days in the spellings met in exports."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cells import make_moment_reader, read_day
from tests.ingest.cells import notices, problem, read
from tracker.events.times import BEIJING
from tracker.tabular import Cell

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
    assert read(make_moment_reader(), written) == AT_8_03_05


def test_milliseconds_are_kept() -> None:
    assert read(make_moment_reader(), "2023-05-01 08:03:05.123") == AT_8_03_05.replace(microsecond=123_000)


@pytest.mark.parametrize(
    "written", ["2023/5/1 下午 8:03:05", "2023-05-01 08:03:05 PM", "2023/5/1 晚上8:03:05"]
)
def test_an_afternoon_is_told_from_a_morning(written: str) -> None:
    assert read(make_moment_reader(), written) == AT_8_03_05.replace(hour=20)


@pytest.mark.parametrize(
    ("written", "hour"),
    [("上午 12:00:00", 0), ("中午 12:00:00", 12), ("AM 12:00:00", 0), ("PM 12:00:00", 12)],
)
def test_twelve_o_clock_is_the_first_hour_of_its_half_of_the_day(written: str, hour: int) -> None:
    assert read(make_moment_reader(), f"2023/5/1 {written}") == datetime(2023, 5, 1, hour, tzinfo=BEIJING)


def test_24_o_clock_is_the_end_of_its_day() -> None:
    assert read(make_moment_reader(), "2023-05-31 24:00:00") == datetime(2023, 6, 1, tzinfo=BEIJING)


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
    assert read(make_moment_reader(), written) is None
    assert read(read_day, written) is None


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
    assert "2023-05-01 08:03:05" in problem(make_moment_reader(), written).remedy


def test_a_year_out_of_range_is_a_problem() -> None:
    assert "1023" in problem(make_moment_reader(), "1023-05-01 08:03:05").rule


@pytest.mark.parametrize(
    "written", ["2023-05-01", "2023/5/1", "20230501", 45047.0, date(2023, 5, 1), "2023年5月1日"]
)
def test_a_date_without_time_of_day_is_told_apart(written: Cell) -> None:
    assert problem(make_moment_reader(), written).rule == "只有日期，没有时刻"


def test_midnight_that_is_written_out_is_a_time_of_day() -> None:
    assert read(make_moment_reader(), "2023-05-01 00:00:00") == datetime(2023, 5, 1, tzinfo=BEIJING)


def test_a_date_can_stand_for_the_start_of_its_day() -> None:
    assert read(make_moment_reader(date_only="start"), "2023-05-01") == datetime(2023, 5, 1, tzinfo=BEIJING)
    assert "零点" in notices(make_moment_reader(date_only="start"), "2023-05-01")[0]


def test_a_deadline_without_time_of_day_is_the_end_of_its_day() -> None:
    assert read(make_moment_reader(date_only="end"), "2023-05-01") == datetime(
        2023, 5, 1, 23, 59, 59, tzinfo=BEIJING
    )


def test_a_time_without_seconds_is_read_and_told() -> None:
    assert read(make_moment_reader(), "2023/5/1 8:03") == AT_8_03_05.replace(second=0)
    assert "只到分" in notices(make_moment_reader(), "2023/5/1 8:03", label="应答时间")[0]


def test_a_vendors_own_word_for_no_time_is_no_time() -> None:
    assert read(make_moment_reader(), "未接", empties=frozenset({"未接"})) is None


@pytest.mark.parametrize(
    "written",
    ["2023-05-01", "2023/5/1", "2023.5.1", "2023年5月1日", "20230501", "2023-05-01 08:03:05",
     45047.0, "45047", date(2023, 5, 1), datetime(2023, 5, 1, 8, 3)],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written: Cell) -> None:
    assert read(read_day, written) == date(2023, 5, 1)


@pytest.mark.parametrize("written", ["2023年5月", "2023-05", "五月一日", 12.0])
def test_a_month_is_no_day(written: Cell) -> None:
    problem(read_day, written)


DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
MIDNIGHTS = ("{0:%Y-%m-%d} 24:00", "{0:%Y-%m-%d} 24:00:00", "{0:%Y/%m/%d} 24:00", "{0:%Y%m%d}240000",
             "{0.year}年{0.month}月{0.day}日 24时00分")  # fmt: skip


@given(on=DAYS, form=st.sampled_from(MIDNIGHTS))
def test_24_o_clock_ends_its_day_and_does_not_begin_the_next(on: date, form: str) -> None:
    written = form.format(on)
    assert read(read_day, written) == on
    deadline = read(make_moment_reader(date_only="end"), written)
    assert (deadline.date(), deadline) == (on, read(make_moment_reader(date_only="end"), f"{on}"))
    assert read(make_moment_reader(), written) == datetime.combine(on + timedelta(days=1), time(), BEIJING)


HALVES = {"上午": 0, "凌晨": 0, "早上": 0, "清晨": 0, "AM": 0, "a.m.": 0, "下午": 12, "PM": 12, "p.m.": 12}


@given(half=st.sampled_from(sorted(HALVES)), hour=st.integers(1, 12), minute=st.integers(0, 59))
def test_the_twelfth_hour_is_the_first_of_its_half_of_the_day(half: str, hour: int, minute: int) -> None:
    clock = f"{hour}:{minute:02}:07"
    written = (
        f"2024/5/1 {half}{clock}" if half.isupper() or not half.isascii() else f"2024/5/1 {clock} {half}"
    )
    expected = datetime(2024, 5, 1, HALVES[half] + hour % 12, minute, 7, tzinfo=BEIJING)
    assert read(make_moment_reader(), written) == expected


@pytest.mark.parametrize(
    ("written", "hour"), [("中午12:10:00", 12), ("中午11:10:00", 11), ("中午1:10:00", 13),
                          ("晚上8:10:00", 20), ("晚上11:10:00", 23), ("下午13:10:00", 13),
                          ("凌晨0:10:00", 0), ("傍晚6:10:00", 18)]
)  # fmt: skip
def test_a_word_for_the_time_of_day_places_the_hour(written: str, hour: int) -> None:
    assert read(make_moment_reader(), f"2024/5/1 {written}") == datetime(2024, 5, 1, hour, 10, tzinfo=BEIJING)


@pytest.mark.parametrize("written", ["晚上12:10:00", "夜里12:10", "半夜1:30:00", "深夜2:00:00"])
def test_an_hour_after_midnight_at_night_could_be_of_two_days(written: str) -> None:
    assert "第二天" in problem(make_moment_reader(), f"2024/5/1 {written}").rule


@pytest.mark.parametrize("written", ["上午13:10:00", "下午0:10:00", "中午9:10:00", "凌晨23:00:00"])
def test_an_hour_that_is_not_of_its_half_of_the_day_is_a_problem(written: str) -> None:
    assert "不符" in problem(make_moment_reader(), f"2024/5/1 {written}").rule


@pytest.mark.parametrize(
    "written", ["2020.1", "2022/6", "2020年1月", "2021.03", "2021-03", "2020年12月份", 2020.1]
)
def test_a_month_without_a_day_is_asked_for_its_day(written: Cell) -> None:
    assert "不知道是哪一天" in problem(read_day, written).rule


@pytest.mark.parametrize("written", ["2020.1.1", "2020/1/1", "2020年1月1日", "20200101"])
def test_a_day_is_read_whatever_stands_between_its_parts(written: str) -> None:
    assert read(read_day, written) == date(2020, 1, 1)


@pytest.mark.parametrize(
    "written",
    [
        "9999-12-31 24:00",
        "9999-12-31 24:00:00",
        "2024-05-01 10:00:00+25:00",
        "9999-12-31 23:00:00-05:00",
        "0001-01-01 00:00:00+08:00",
    ],
)
def test_a_moment_that_no_calendar_holds_is_a_fault_of_its_cell(written: str) -> None:
    for reader in (make_moment_reader(), make_moment_reader(date_only="end"), read_day):
        assert problem(reader, written).rule

"""Which time a file speaks of."""

import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.writer.excel import ExcelWriter

from ingest.changes.as_of import find_as_of, find_days_in_name
from tracker.events.times import BEIJING

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=BEIJING)


def told(
    name: str, path: Path | None = None, given: datetime | None = None, now: datetime = NOW
) -> tuple[str, str]:
    at, basis = find_as_of(path or Path(__file__), name, given=given, now=now)
    return f"{at:%Y-%m-%d %H:%M}", basis


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("话单_2023-08.csv", "2023-09-01"),
        ("话单_2023-08_补报.csv", "2023-09-01"),
        ("话单202308.csv", "2023-09-01"),
        ("话单_2023年8月.csv", "2023-09-01"),
        ("２０２３年８月话单.csv", "2023-09-01"),
        ("2023年1-6月工单.xlsx", "2023-07-01"),
        ("工单2023年12月.xlsx", "2024-01-01"),
        ("工单2023-Q3.xlsx", "2023-10-01"),
        ("工单2023年第三季度.xlsx", "2023-10-01"),
        ("工单2023年上半年.xlsx", "2023-07-01"),
        ("预算2023.xlsx", "2024-01-01"),
        ("2023年度预算.xlsx", "2024-01-01"),
        ("话单_20230805.csv", "2023-08-06"),
        ("话单_2023-08-05.csv", "2023-08-06"),
        ("话单_2023年8月5日.csv", "2023-08-06"),
        ("话单_20230801-20230831.csv", "2023-09-01"),
        ("话单_20230805093000.csv", "2023-08-05 09:30"),
        ("话单_202308050930.csv", "2023-08-05 09:30"),
        ("话单_20230805_093000.csv", "2023-08-05 09:30"),
        ("话单_2023-08-05T09:30.csv", "2023-08-05 09:30"),
        ("话单_2023-08-05_09-30-00.csv", "2023-08-05 09:30"),
        ("话单_2023年8月5日09时30分.csv", "2023-08-05 09:30"),
        ("话单_20230801000000-20230831235959.csv", "2023-09-01"),
        ("话单_20230801000000_20230901000000.csv", "2023-09-01"),
        ("话单_20230801-0831.csv", "2023-09-01"),
        ("话单2023.8.1-8.31.csv", "2023-09-01"),
        ("话单2023-08-01至08-31.csv", "2023-09-01"),
        ("话单_2023年8月1日-31日.csv", "2023-09-01"),
        ("话单_2023年8月1日至8月31日.csv", "2023-09-01"),
        ("话单_20230831_1000.csv", "2023-08-31 10:00"),
        ("支付明细2023年度（1-6月）.xlsx", "2023-07-01"),
        ("支付明细2023年截止6月底.xlsx", "2023-07-01"),
        ("话单_20230805997799.csv", "2023-08-06"),
        ("话单2023-08(导出于2023-09-05).csv", "2023-09-06"),
        ("12345话单_2023-08_1.csv", "2023-09-01"),
    ],
)
def test_the_end_of_the_day_or_period_in_the_name(name: str, end: str) -> None:
    assert told(name) == (end if ":" in end else f"{end} 00:00", "file name")


@pytest.mark.parametrize(
    "name", ["12345热线花名册.xlsx", "花名册v2.csv", "话单_20231399.csv", "13800002023.csv"]
)
def test_a_name_without_a_date_says_nothing(name: str) -> None:
    assert told(name) == ("2026-11-21 09:00", "import")


def test_a_time_given_by_a_person_comes_first() -> None:
    given = datetime(2023, 9, 10, 12, 0, tzinfo=BEIJING)
    assert told("话单_2023-08.csv", given=given) == ("2023-09-10 12:00", "given")


def test_a_workbook_without_a_dated_name_speaks_of_when_it_was_saved(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "花名册.xlsx")
    _, basis = told("花名册.xlsx", tmp_path / "花名册.xlsx", now=datetime.now(BEIJING))
    assert basis == "workbook"


@pytest.mark.parametrize(
    ("name", "saved", "expected"),
    [
        ("支付明细2024年.xlsx", "2024-06-30T10:00", ("2024-06-30 18:00", "workbook")),
        ("话单_2024-05.xlsx", "2024-05-31T04:00", ("2024-05-31 12:00", "workbook")),
        ("话单_2024-05-31.xlsx", "2024-05-31T04:00", ("2024-05-31 12:00", "workbook")),
        ("话单_2024-05.xlsx", "2024-06-01T01:00", ("2024-06-01 00:00", "file name")),
        ("话单_2024-05.xlsx", "2006-09-16T00:00", ("2024-06-01 00:00", "file name")),  # of a template
    ],
)
def test_a_workbook_saved_before_its_period_was_over_knows_no_more(
    tmp_path: Path, name: str, saved: str, expected: tuple[str, str]
) -> None:
    book = openpyxl.Workbook()
    book.properties.modified = datetime.fromisoformat(saved)
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        ExcelWriter(book, archive).write_data()
    with zipfile.ZipFile(tmp_path / name, "r") as archive:
        assert saved in archive.read("docProps/core.xml").decode()
    assert told(name, tmp_path / name) == expected


def test_no_file_speaks_of_a_time_to_come() -> None:
    assert told("话单_2026-11.csv") == ("2026-11-21 09:00", "file name")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("支付明细_2024-05_更正_20240610.csv", "2024-05-01", "2024-05-31"),
        ("支付明细_2024年1-6月_20240710.csv", "2024-01-01", "2024-06-30"),
        ("话单_2024-05-01至2024-05-31.csv", "2024-05-01", "2024-05-31"),
        ("工单_2024年下半年.xlsx", "2024-07-01", "2024-12-31"),
        ("预算2024年.xlsx", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_name_says_which_days_a_file_covers(name: str, first: str, last: str) -> None:
    end = date.fromisoformat(last) + timedelta(days=1)
    assert find_days_in_name(name) == (date.fromisoformat(first), end)


@pytest.mark.parametrize("name", ["话单.csv", "支付明细_20240610.csv", "花名册2024-05-31.xlsx"])
def test_the_day_on_which_a_file_was_made_is_not_all_that_it_covers(name: str) -> None:
    assert find_days_in_name(name) is None

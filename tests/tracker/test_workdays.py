"""The working-day calendar with its make-up weekends (调休), and the deadlines counted by it."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.calendar_files import PACKAGED, CalendarProblem, read_calendar
from tracker.periods import SHANGHAI
from tracker.workdays import Calendar, CalendarUnknown, format_hours, parse_hours

CALENDAR = Calendar.load()
FIRST_MOMENT, LAST_MOMENT = datetime(2018, 1, 1), datetime(2026, 11, 1)


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def day(text: str) -> date:
    return date.fromisoformat(text)


# the calendar


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2023-05-04", True),  # a Thursday
        ("2023-05-06", True),  # a Saturday worked for the Labour Day break
        ("2023-05-13", False),  # a Saturday
        ("2023-05-03", False),  # a Wednesday off
        ("2019-04-28", True),  # the two Sundays that the amendment of March 2019 named
        ("2019-05-05", True),
        ("2019-05-02", False),
        ("2020-01-31", False),  # the Spring Festival prolonged in January 2020,
        ("2020-02-01", False),  # with a Saturday that was to be worked
        ("2020-02-03", True),
        ("2018-12-29", True),  # days of December named by the notice for the next year
        ("2018-12-31", False),
        ("2022-12-30", True),
        ("2023-01-02", False),
        ("2026-01-04", True),
        ("2026-02-16", False),
    ],
)
def test_a_working_day_is_what_the_notices_say(text: str, works: bool) -> None:
    assert CALENDAR.is_working_day(day(text)) is works


@pytest.mark.parametrize(
    ("year", "days_off", "make_up", "statutory"),
    [
        (2018, 23, 6, 11),
        (2019, 24, 7, 11),
        (2020, 30, 6, 10),  # Mid-autumn fell on National Day
        (2021, 31, 7, 11),
        (2022, 31, 7, 11),
        (2023, 27, 7, 11),
        (2024, 28, 8, 11),
        (2025, 28, 5, 13),  # New Year's Eve and 2 May added by decree 795
        (2026, 33, 6, 13),
    ],
)
def test_a_notice_names_as_many_days_as_were_published(
    year: int, days_off: int, make_up: int, statutory: int
) -> None:
    counted: Counter[str] = Counter()
    for holiday in read_calendar(PACKAGED / f"{year}.toml").holidays:
        counted["days_off"] += len(holiday.days)
        counted["make_up"] += len(holiday.make_up)
        counted["statutory"] += len(holiday.statutory)
    assert counted == {"days_off": days_off, "make_up": make_up, "statutory": statutory}


@pytest.mark.parametrize(
    ("year", "working_days"),
    [(2018, 250), (2019, 250), (2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248)],
)
def test_a_year_has_its_working_days(year: int, working_days: int) -> None:
    assert CALENDAR.count_working_days(date(year, 1, 1), date(year, 12, 31), "same") == working_days


def test_the_packaged_years_follow_each_other() -> None:
    assert CALENDAR.years == tuple(range(2018, CALENDAR.years[-1] + 1))


def test_a_file_is_named_after_its_year() -> None:
    assert all(read_calendar(path).year == int(path.stem) for path in PACKAGED.glob("*.toml"))


def test_a_year_cites_its_notice() -> None:
    notice = CALENDAR.find_notice(2023)
    assert str(notice) == "《国务院办公厅关于2023年部分节假日安排的通知》（国办发明电〔2022〕16号）"
    assert notice.issued == day("2022-12-08")


def test_a_year_cites_what_changed_its_notice() -> None:
    assert [amendment.number for amendment in CALENDAR.find_notice(2019).amendments] == [
        "国办发明电〔2019〕3号"
    ]


def test_the_day_of_the_festival_is_told_from_the_days_around_it() -> None:
    holiday = CALENDAR.find_holiday(day("2023-06-23"))
    assert holiday is not None
    assert holiday.name == "端午节"
    assert holiday.statutory == (day("2023-06-22"),)


def test_an_ordinary_weekend_and_a_make_up_day_belong_to_no_holiday() -> None:
    assert CALENDAR.find_holiday(day("2023-06-17")) is None
    assert CALENDAR.find_holiday(day("2023-06-25")) is None


def test_a_moment_is_not_a_day() -> None:
    with pytest.raises(TypeError):
        CALENDAR.is_working_day(beijing("2023-05-04 12:00"))


# counting


def test_the_first_counted_day_is_the_next_working_day() -> None:
    assert CALENDAR.add_working_days(day("2023-05-04"), 1) == day("2023-05-05")


def test_the_starting_day_may_be_counted_itself() -> None:
    assert CALENDAR.add_working_days(day("2023-05-04"), 1, "same") == day("2023-05-04")


def test_a_starting_day_off_is_not_counted() -> None:
    assert CALENDAR.add_working_days(day("2023-05-13"), 1, "same") == day("2023-05-15")


def test_from_friday_over_a_worked_sunday_to_monday() -> None:
    friday = day("2019-04-26")
    assert CALENDAR.add_working_days(friday, 1) == day("2019-04-28")
    assert CALENDAR.add_working_days(friday, 2) == day("2019-04-29")


@pytest.mark.acceptance(19)
def test_working_days_over_labour_day_2019_count_both_worked_sundays() -> None:
    assert CALENDAR.add_working_days(day("2019-04-26"), 4) == day("2019-05-05")
    assert CALENDAR.add_working_days(day("2019-04-26"), 5) == day("2019-05-06")


def test_the_spring_festival_is_stepped_over() -> None:
    assert CALENDAR.add_working_days(day("2023-01-20"), 3) == day("2023-01-30")


def test_a_count_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="读到的是0"):
        CALENDAR.add_working_days(day("2023-05-04"), 0)


def test_a_day_is_no_working_day_away_from_itself() -> None:
    assert CALENDAR.count_working_days(day("2023-05-04"), day("2023-05-04")) == 0


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="早于开始日期"):
        CALENDAR.count_working_days(day("2023-05-04"), day("2023-05-03"))


@given(
    start=st.dates(date(2018, 1, 2), date(2026, 10, 1)),
    n=st.integers(1, 30),
    first_day=st.sampled_from(["next", "same"]),
)
def test_counting_between_undoes_adding(start: date, n: int, first_day: Literal["next", "same"]) -> None:
    end = CALENDAR.add_working_days(start, n, first_day)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.count_working_days(start, end, first_day) == n


# deadlines


@pytest.mark.acceptance(19)
def test_a_deadline_from_friday_17_00_passes_a_worked_sunday() -> None:
    received = beijing("2019-04-26 17:00")
    assert CALENDAR.deadline(received, working_days=1) == beijing("2019-04-28 18:00")
    assert CALENDAR.deadline(received, working_days=2) == beijing("2019-04-29 18:00")


def test_a_deadline_ends_with_the_working_day_of_the_centre() -> None:
    received = beijing("2023-05-04 09:30")
    assert CALENDAR.deadline(received, working_days=1, end_of_day=time(17, 30)) == beijing("2023-05-05 17:30")


HOURS = ((time(9), time(12)), (time(14), time(18)))


@pytest.mark.parametrize(
    ("received", "hours", "due"),
    [
        ("2023-05-15 10:00", 2, "2023-05-15 12:00"),
        ("2023-05-15 10:00", 3, "2023-05-15 15:00"),  # over the lunch break
        ("2023-05-19 17:00", 2, "2023-05-22 10:00"),  # over a weekend
        ("2023-05-05 17:00", 2, "2023-05-06 10:00"),  # into a Saturday worked
        ("2023-05-13 23:00", 48, "2023-05-23 17:00"),  # begun on a Saturday off
    ],
)
def test_working_hours_run_in_the_hours_of_working_days(received: str, hours: int, due: str) -> None:
    assert CALENDAR.add_working_time(beijing(received), timedelta(hours=hours), HOURS) == beijing(due)


@given(
    start=st.datetimes(datetime(2023, 1, 1), datetime(2023, 11, 1)),
    one=st.integers(1, 6000), two=st.integers(1, 6000),
)  # fmt: skip
def test_working_time_adds_up(start: datetime, one: int, two: int) -> None:
    """Some minutes and then some more are all of them at once; no deadline lies outside working hours."""
    begun = start.replace(tzinfo=SHANGHAI)
    first, second = timedelta(minutes=one), timedelta(minutes=two)
    middle = CALENDAR.add_working_time(begun, first, HOURS)
    assert CALENDAR.is_working_day(middle.date()) and any(a < middle.time() <= b for a, b in HOURS)
    end = CALENDAR.add_working_time(begun, first + second, HOURS)
    assert CALENDAR.add_working_time(middle, second, HOURS) == end


@given(start=st.datetimes(datetime(2023, 1, 1), datetime(2023, 11, 1)), minutes=st.integers(1, 6000))
def test_the_working_time_up_to_a_deadline_is_the_time_it_was_counted_by(
    start: datetime, minutes: int
) -> None:
    begun, length = start.replace(tzinfo=SHANGHAI), timedelta(minutes=minutes)
    end = CALENDAR.add_working_time(begun, length, HOURS)
    assert CALENDAR.measure_working_time(begun, end, HOURS) == length
    assert CALENDAR.measure_working_time(end, begun, HOURS) == timedelta()
    assert parse_hours(format_hours(HOURS)) == HOURS


@pytest.mark.parametrize("hours", [(), ((time(12), time(9)),), ((time(9), time(14)), (time(13), time(18)))])
def test_hours_in_disorder_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError):
        CALENDAR.add_working_time(beijing("2023-05-15 10:00"), timedelta(hours=1), hours)


def test_five_working_days_in_a_week_without_a_holiday() -> None:
    assert CALENDAR.deadline(beijing("2023-05-15 10:00"), working_days=5) == beijing("2023-05-22 18:00")


def test_a_receipt_before_the_spring_festival_is_due_after_it() -> None:
    assert CALENDAR.deadline(beijing("2024-02-09 16:00"), working_days=1) == beijing("2024-02-18 18:00")


def test_a_receipt_exactly_at_the_cutoff_is_in_time() -> None:
    due = CALENDAR.deadline(beijing("2023-05-15 17:00"), working_days=1, cutoff=time(17))
    assert due == beijing("2023-05-16 18:00")


def test_a_receipt_after_the_cutoff_counts_as_the_next_working_day() -> None:
    due = CALENDAR.deadline(beijing("2023-05-15 17:00:01"), working_days=1, cutoff=time(17))
    assert due == beijing("2023-05-17 18:00")


def test_a_receipt_after_the_cutoff_on_a_friday_counts_as_monday() -> None:
    due = CALENDAR.deadline(beijing("2023-05-19 17:30"), working_days=1, cutoff=time(17))
    assert due == beijing("2023-05-23 18:00")


def test_with_a_cutoff_a_receipt_on_a_saturday_counts_as_monday() -> None:
    due = CALENDAR.deadline(beijing("2023-05-20 09:00"), working_days=1, cutoff=time(17))
    assert due == beijing("2023-05-23 18:00")


def test_without_a_cutoff_a_receipt_on_a_saturday_is_due_on_monday() -> None:
    assert CALENDAR.deadline(beijing("2023-05-20 09:00"), working_days=1) == beijing("2023-05-22 18:00")


def test_an_emergency_is_due_the_same_day() -> None:
    due = CALENDAR.deadline(beijing("2023-05-15 09:00"), working_days=1, first_day="same")
    assert due == beijing("2023-05-15 18:00")


def test_an_emergency_in_the_evening_is_due_the_next_working_day() -> None:
    due = CALENDAR.deadline(beijing("2023-05-19 20:00"), working_days=1, first_day="same")
    assert due == beijing("2023-05-22 18:00")


def test_the_day_of_receipt_is_the_day_in_beijing() -> None:
    received = datetime(2023, 5, 14, 16, 30, tzinfo=UTC)  # 00:30 on Monday in Beijing
    assert CALENDAR.deadline(received, working_days=1) == beijing("2023-05-16 18:00")


def test_a_receipt_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="没有时区"):
        CALENDAR.deadline(datetime(2023, 5, 15, 9, 0), working_days=1)


@given(
    received=st.datetimes(FIRST_MOMENT, LAST_MOMENT, timezones=st.just(SHANGHAI)),
    later=st.timedeltas(timedelta(0), timedelta(days=5)),
    working_days=st.integers(1, 15),
    cutoff=st.none() | st.times(),
    end_of_day=st.times(),
    first_day=st.sampled_from(["next", "same"]),
)
def test_nothing_is_due_before_it_came_in_or_before_what_came_in_earlier(
    received: datetime,
    later: timedelta,
    working_days: int,
    cutoff: time | None,
    end_of_day: time,
    first_day: Literal["next", "same"],
) -> None:
    due, due_later = (
        CALENDAR.deadline(
            moment, working_days=working_days, cutoff=cutoff, end_of_day=end_of_day, first_day=first_day
        )
        for moment in (received, received + later)
    )
    assert received <= due <= due_later


# years without a calendar, and years that a centre adds


@pytest.mark.acceptance(20)
def test_a_year_without_a_calendar_is_never_guessed() -> None:
    with pytest.raises(CalendarUnknown) as unknown:
        CALENDAR.is_working_day(day("2017-06-01"))
    assert unknown.value.year == 2017


def test_a_count_into_a_year_without_a_calendar_is_never_guessed() -> None:
    missing = CALENDAR.years[-1] + 1
    with pytest.raises(CalendarUnknown) as unknown:
        CALENDAR.deadline(beijing(f"{missing - 1}-12-31 09:00"), working_days=5)
    assert unknown.value.year == missing


def test_the_missing_year_and_its_remedy_are_told(tmp_path: Path) -> None:
    with pytest.raises(CalendarUnknown) as unknown:
        Calendar.load(tmp_path).find_notice(2031)
    assert str(unknown.value) == (
        "没有2031年的工作日历，无法判断该年的工作日。请按国务院办公厅公布的2031年节假日安排，"
        f"把文件 2031.toml 放入 {tmp_path}（写法同随附的 {CALENDAR.years[-1]}.toml）。"
    )


YEAR_2031 = """
year = 2031
[notice]
title = "国务院办公厅关于2031年部分节假日安排的通知"
number = "国办发明电〔2030〕1号"
issued = 2030-11-05
[[holidays]]
name = "元旦"
from = 2031-01-01
to = 2031-01-03
make_up = [2031-01-05]
"""


def test_a_centre_adds_a_year(tmp_path: Path) -> None:
    (tmp_path / "明年.toml").write_text(YEAR_2031, encoding="utf-8-sig")
    calendar = Calendar.load(tmp_path)
    assert calendar.find_notice(2031).number == "国办发明电〔2030〕1号"
    assert calendar.is_working_day(day("2031-01-05"))
    assert calendar.find_notice(2023) == CALENDAR.find_notice(2023)


def test_a_centre_replaces_a_year_that_was_amended(tmp_path: Path) -> None:
    packaged = (PACKAGED / "2023.toml").read_text("utf-8")
    amended = packaged.replace("to = 2023-01-27", "to = 2023-01-30").replace("[2023-01-28, 2023-01-29]", "[]")
    (tmp_path / "2023.toml").write_text(amended, "utf-8")
    assert CALENDAR.is_working_day(day("2023-01-29"))
    assert not Calendar.load(tmp_path).is_working_day(day("2023-01-29"))


def test_a_folder_that_does_not_exist_adds_nothing(tmp_path: Path) -> None:
    assert Calendar.load(tmp_path / "calendars").years == CALENDAR.years


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("year = 2031", "year = ", "第2行：第8个字符附近不符合TOML格式（year =）"),
        ("year = 2031", 'year = "2031"', "第2行：“year”应为1至9999的整数，读到的是“2031”。"),
        ("year = 2031", "", "第1行：缺少 year。"),
        (
            "make_up",
            "makeup",
            "第11行：“holidays.1.makeup”不认识；这里可以写的是 name、from、to、statutory、make_up。是不是",
        ),
        ("to = 2031-01-03", "to = 2030-12-31", "第9行：“元旦”的 from（2031-01-01）晚于 to（2030-12-31）。"),
        ("to = 2031-01-03", "to = 2031-01-05", "第11行：“元旦”的 2031-01-05 出现了两次。"),
        ("[2031-01-05]", "[2031-01-06]", "第11行：“元旦”的调休上班日 2031-01-06 不是周六或周日。"),
        ("[2031-01-05]", "[2032-01-04]", "第11行：“元旦”的 2032-01-04 不在2031年，也不在上一年12月。"),
        (
            "[2031-01-05]",
            '["1月5日"]',
            "第11行：“holidays.1.make_up”应为日期，如 2027-01-01，读到的是“1月5日”。",
        ),
        ("make_up = [", "statutory = [", "第11行：“元旦”的法定节日 2031-01-05 不在放假日期之内。"),
        ("[[holidays]]", "[holidays]", "第7行：“holidays”应写成 [[holidays]] 小节。"),
        ("issued = 2030-11-05", "issued = 2030-11-05T00:00:00", "第6行：“notice.issued”应为日期"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    path = tmp_path / "2031.toml"
    path.write_text(YEAR_2031.replace(right, wrong), encoding="utf-8")
    with pytest.raises(CalendarProblem) as problem:
        Calendar.load(tmp_path)
    assert str(problem.value).startswith(f"工作日历文件 {path} {told}")


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "2031.toml").write_text(YEAR_2031, encoding="gb18030")
    with pytest.raises(CalendarProblem, match="不是UTF-8编码"):
        Calendar.load(tmp_path)


def test_two_files_for_one_year_are_refused(tmp_path: Path) -> None:
    for name in ("2031.toml", "2031 副本.toml"):
        (tmp_path / name).write_text(YEAR_2031, encoding="utf-8")
    with pytest.raises(CalendarProblem, match="2031年已由同一文件夹中的另一文件给出"):
        Calendar.load(tmp_path)

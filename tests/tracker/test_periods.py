"""Months, quarters and years as they are written, counted and compared."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from tracker.periods import (
    SHANGHAI,
    Month,
    Period,
    PeriodProblem,
    Quarter,
    Year,
    list_periods,
    parse_period,
)

SPANS: tuple[tuple[str, Period, str, date, date, int], ...] = (
    ("2023-05", Month(2023, 5), "2023年5月", date(2023, 5, 1), date(2023, 6, 1), 31),
    ("2023-12", Month(2023, 12), "2023年12月", date(2023, 12, 1), date(2024, 1, 1), 31),
    ("2024-02", Month(2024, 2), "2024年2月", date(2024, 2, 1), date(2024, 3, 1), 29),
    ("2023-Q2", Quarter(2023, 2), "2023年第二季度", date(2023, 4, 1), date(2023, 7, 1), 91),
    ("2023-Q4", Quarter(2023, 4), "2023年第四季度", date(2023, 10, 1), date(2024, 1, 1), 92),
    ("2023", Year(2023), "2023年", date(2023, 1, 1), date(2024, 1, 1), 365),
    ("2024", Year(2024), "2024年", date(2024, 1, 1), date(2025, 1, 1), 366),
)


@pytest.mark.parametrize(("text", "period", "label", "first_day", "end_day", "days"), SPANS)
def test_a_period_is_written_labelled_and_counted(
    text: str, period: Period, label: str, first_day: date, end_day: date, days: int
) -> None:
    assert parse_period(text) == period
    assert str(period) == text
    assert period.label == label
    assert (period.first_day, period.end_day, period.days) == (first_day, end_day, days)


@pytest.mark.parametrize(
    "text",
    ["", "2023-5", "2023-13", "2023-00", "2023-Q5", "2023Q2", "23-05", "2023-05-01", "２０２３", "0000"],
)
def test_anything_else_is_not_a_period(text: str) -> None:
    with pytest.raises(PeriodProblem):
        parse_period(text)


def test_the_problem_says_what_was_read_and_what_is_accepted() -> None:
    with pytest.raises(PeriodProblem) as problem:
        parse_period("2023-5")
    assert str(problem.value) == (
        "无法识别统计期“2023-5”：请写年份（2023）、季度（2023-Q2）或月份（2023-05）。"
    )


def test_blanks_around_a_period_do_not_matter() -> None:
    assert parse_period(" 2023-05\n") == Month(2023, 5)


def test_a_month_outside_the_year_is_refused() -> None:
    with pytest.raises(PeriodProblem):
        Month(2023, 13)


def test_a_fifth_quarter_is_refused() -> None:
    with pytest.raises(PeriodProblem):
        Quarter(2023, 5)


def test_the_day_after_the_last_second_belongs_to_the_next_month_in_beijing() -> None:
    new_year_in_beijing = datetime(2022, 12, 31, 16, 0, tzinfo=UTC)
    assert Month.of(new_year_in_beijing) == Month(2023, 1)
    assert Month.of(new_year_in_beijing - timedelta(seconds=1)) == Month(2022, 12)


def test_a_moment_elsewhere_is_placed_by_the_clock_in_beijing() -> None:
    assert Month.of(datetime(2023, 5, 1, 1, 0, tzinfo=timezone(timedelta(hours=10)))) == Month(2023, 4)
    assert Month.of(datetime(2023, 5, 1, 1, 0, tzinfo=SHANGHAI)) == Month(2023, 5)


def test_a_day_is_in_its_own_month() -> None:
    assert Month.of(date(2023, 5, 31)) == Month(2023, 5)


def test_a_time_without_a_zone_has_no_month() -> None:
    with pytest.raises(PeriodProblem):
        Month.of(datetime(2023, 5, 1))


def test_months_step_over_the_new_year() -> None:
    assert Month(2023, 12).next == Month(2024, 1)
    assert Month(2024, 1).previous == Month(2023, 12)
    assert Month(2023, 5).next.previous == Month(2023, 5)


def test_a_month_knows_its_quarter() -> None:
    assert [Month(2023, month).quarter.quarter for month in range(1, 13)] == [
        1,
        1,
        1,
        2,
        2,
        2,
        3,
        3,
        3,
        4,
        4,
        4,
    ]


def test_a_quarter_is_its_three_months() -> None:
    assert Quarter(2023, 2).months == (Month(2023, 4), Month(2023, 5), Month(2023, 6))


def test_the_months_of_a_year_fill_it_without_gaps() -> None:
    months = Year(2024).months
    assert all(earlier.end_day == later.first_day for earlier, later in pairwise(months))
    assert sum(month.days for month in months) == Year(2024).days


def test_months_are_ordered_in_time() -> None:
    assert Month(2022, 12) < Month(2023, 1) < Month(2023, 2)


def test_a_year_has_seventeen_periods_and_ends_with_itself() -> None:
    periods = list_periods(2023)
    assert [str(period) for period in periods] == [
        *(f"2023-{month:02}" for month in range(1, 13)),
        *("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"),
        "2023",
    ]

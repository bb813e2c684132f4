"""What each measure counts, and into which day it falls."""

from datetime import date

import pytest

from kpi.figures.measures.call_forks import CALLER_DAYS
from kpi.figures.measures.calls import CALL_DAYS
from kpi.figures.measures.certainty import DECLARED
from kpi.figures.sums import sum_spans
from tests.kpi.given import record
from tracker.periods import Month


def counted(given, measure: str, year: int, month: int) -> int:
    span = Month(year, month)
    return measured_in(given, "tlf", measure, span.first_day, span.end_day)


def measured_in(given, center: str, measure: str, first: date, end: date) -> int:
    span = (measure, first, end)
    return sum_spans(given, center, [span])[span]


@pytest.mark.acceptance(7)
def test_a_call_counts_in_the_month_it_reached_the_number(given):
    """
    call 2025-03-31 23:59:50  queued 23:59:55  answered 00:00:05
    call 2025-04-01 00:00:00  queued 00:00:01  answered 00:00:09"""
    assert [counted(given, "calls_offered", 2025, month) for month in (3, 4, 5)] == [1, 1, 0]


@pytest.mark.acceptance(5)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"])
def test_the_edge_of_a_month_is_beijing_midnight_whatever_the_clock_of_the_session(connection, zone):
    connection.exec_driver_sql(f"SET LOCAL TIME ZONE '{zone}'")
    record(connection, "call 2025-03-31 23:59:59.999\ncall 2025-04-01 00:00:00")
    assert [counted(connection, "calls_inbound", 2025, month) for month in (3, 4)] == [1, 1]


def test_only_inbound_calls_that_reached_the_queue_are_offered(given):
    """
    call 2025-03-01 08:00:00  queued 08:00:10  answered 08:00:20
    call 2025-03-01 08:01:00  queued 08:01:10
    call 2025-03-01 08:02:00
    call 2025-03-01 08:03:00  queued 08:03:10  answered 08:03:20  outbound"""
    keys = ("calls_inbound", "calls_offered", "calls_answered", "calls_abandoned", "calls_ivr_abandoned")
    assert [counted(given, key, 2025, 3) for key in keys] == [3, 2, 1, 1, 1]


def test_fifteen_seconds_are_counted_from_the_queue_and_include_the_fifteenth(given):
    """
    call 2025-03-01 08:00:00  queued 08:00:10  answered 08:00:25
    call 2025-03-01 09:00:00  queued 09:00:10  answered 09:00:26"""
    assert counted(given, "calls_answered_within_15s", 2025, 3) == 1


def test_a_ring_that_nobody_took_is_unanswered_but_not_abandoned(given):
    """
    call 2025-03-01 08:00:00  queued 08:00:10  outcome ring_no_answer"""
    assert counted(given, "calls_unanswered", 2025, 3) == 1
    assert counted(given, "calls_abandoned", 2025, 3) == 0


def test_wait_and_talk_are_milliseconds_of_answered_and_inbound_calls(given):
    """
    call 2025-03-01 08:00:00  queued 08:00:10  answered 08:00:22  talk 60
    call 2025-03-01 09:00:00  queued 09:00:10
    call 2025-03-01 10:00:00  queued 10:00:10  answered 10:00:30  talk 99  outbound"""
    assert counted(given, "calls_wait_ms", 2025, 3) == 12_000
    assert counted(given, "calls_talk_ms", 2025, 3) == 60_000


def test_a_day_of_service_has_an_answered_call(given):
    """
    call 2025-03-01 08:00:00  queued 08:00:10  answered 08:00:20
    call 2025-03-01 09:00:00  queued 09:00:10  answered 09:00:20
    call 2025-03-02 08:00:00  queued 08:00:10
    zero calls 2025-03-03..2025-03-03 signed 2025-03-05"""
    assert counted(given, "service_days", 2025, 3) == 1


def test_an_order_stays_in_the_month_of_acceptance_whenever_it_is_closed(given):
    """
    order A1 accepted 2023-05-31T23:59 投诉 due 2023-06-07 closed 2023-06-08 followed 2023-06-09 solved
    order A2 accepted 2023-06-01 咨询 due 2023-06-02 closed 2023-06-01T15:00"""
    keys = ("opened", "complaints", "closed", "closed_on_time", "followed_up", "reached", "solved")
    assert [counted(given, f"work_orders_{key}", 2023, 5) for key in keys] == [1, 1, 1, 0, 1, 1, 1]
    assert [counted(given, f"work_orders_{key}", 2023, 6) for key in keys] == [1, 0, 1, 1, 0, 0, 0]


def test_due_orders_are_counted_on_their_deadline_closed_or_not(given):
    """
    order A1 accepted 2023-05-20 due 2023-06-02 closed 2023-06-01
    order A2 accepted 2023-05-20 due 2023-06-02
    order A3 accepted 2023-06-20 due 2023-07-02 closed 2023-06-21"""
    assert counted(given, "work_orders_due", 2023, 6) == 2
    assert counted(given, "work_orders_due_closed_on_time", 2023, 6) == 1
    assert counted(given, "work_orders_closed_in_period", 2023, 6) == 2


@pytest.mark.parametrize(
    ("rating", "satisfied"), [("非常满意", 1), ("基本满意", 1), ("一般", 0), ("不满意", 0)]
)
def test_fairly_satisfied_is_satisfied_and_neutral_is_not(connection, rating, satisfied):
    record(connection, f"order A1 accepted 2023-05-01 closed 2023-05-02 followed 2023-05-03 {rating}")
    assert counted(connection, "work_orders_satisfied", 2023, 5) == satisfied
    assert counted(connection, "work_orders_rated", 2023, 5) == 1


def test_who_was_not_reached_neither_solved_nor_rated(given):
    """
    order A1 accepted 2023-05-01 closed 2023-05-02 followed 2023-05-03 unreached"""
    keys = ("followed_up", "reached", "solved", "rated", "not_dissatisfied")
    assert [counted(given, f"work_orders_{key}", 2023, 5) for key in keys] == [1, 0, 0, 0, 1]


def test_the_leaving_date_is_the_first_day_not_in_post(given):
    """
    person R1 joined 2023-01-10 left 2023-02-01
    person R2 joined 2023-01-31"""
    assert [counted(given, "staff_at_month_end", 2023, month) for month in (1, 2)] == [2, 1]
    assert [counted(given, "staff_person_days", 2023, month) for month in (1, 2)] == [22 + 1, 28]
    assert [counted(given, "staff_left", 2023, month) for month in (1, 2)] == [0, 1]
    assert [counted(given, "staff_at_month_start", 2023, month) for month in (1, 2, 3)] == [0, 2, 1]


def test_opening_plus_joined_minus_left_is_closing(given):
    """
    person R1 joined 2022-01-01 left 2023-01-01
    person R2 joined 2022-01-01 left 2023-01-31
    person R3 joined 2023-01-01
    person R4 joined 2023-01-31
    person R5 joined 2022-12-31 left 2023-02-28"""
    for month in (1, 2, 3):
        opening, joined, left, closing = (
            counted(given, key, 2023, month)
            for key in ("staff_at_month_start", "staff_joined", "staff_left", "staff_at_month_end")
        )
        assert opening + joined - left == closing


def test_february_of_a_leap_year_has_29_person_days(given):
    """
    person R1 joined 2023-12-01
    posts 2023-12-01 2"""
    assert counted(given, "staff_person_days", 2024, 2) == 29
    assert counted(given, "post_days", 2024, 2) == 58


def test_established_posts_hold_until_changed_each_post_by_itself(given):
    """
    posts 2023-01-01 30 引导员
    posts 2023-01-01  5 班长
    posts 2023-03-11 20 引导员"""
    assert [counted(given, "posts_at_month_end", 2023, month) for month in (1, 2, 3)] == [35, 35, 25]
    assert counted(given, "post_days", 2023, 3) == 10 * 35 + 21 * 25


def test_an_unpaid_sum_is_due_all_the_same(given):
    """
    payment P1 劳务费 due 2023-01-10 paid 2023-01-10 100.00
    payment P2 劳务费 due 2023-01-10 paid 2023-02-01 100.50
    payment P3 办公费 due 2023-01-10 7.00"""
    keys = ("due", "due_on_time", "due_paid", "due_then", "late_days_then")
    assert [counted(given, f"payments_{key}", 2023, 1) for key in keys] == [3, 1, 2, 3, 21 + 21]
    assert [counted(given, f"payments_{key}", 2023, 2) for key in keys] == [0, 0, 0, 3, 22 + 49]
    assert counted(given, "payments_due_fen", 2023, 1) == 20750
    assert [counted(given, "payments_paid_fen", 2023, month) for month in (1, 2)] == [10000, 10050]


def test_an_inspection_belongs_to_the_month_of_its_call_where_that_is_held(given):
    """
    call 2023-12-30 08:00:00 id c1 queued 08:00:10
    inspected c1 2024-01-03
    inspected unknown 2024-01-03 failed"""
    assert [counted(given, "inspections", year, month) for year, month in ((2023, 12), (2024, 1))] == [1, 1]
    assert counted(given, "inspections_passed", 2023, 12) == 1


def test_a_zero_is_counted_and_a_blank_is_not(given):
    """
    day 2023-01-01 messages 0 cases 5 visits -
    day 2023-01-02 messages 3 cases 5 visits -"""
    assert [counted(given, key, 2023, 1) for key in ("messages", "cases", "visits")] == [3, 10, 0]


def test_probes_and_the_hours_that_have_one(given):
    """
    probe 2023-07-01 00:00
    probe 2023-07-01 00:30 down
    probe 2023-07-01 23:59"""
    assert [counted(given, key, 2023, 7) for key in ("probes", "platform_up_ms", "probe_hours")] == [
        3,
        5_400_000,
        2,
    ]


def test_centres_are_counted_apart(given):
    """
    call 2025-03-01 08:00:00"""
    record(given, "call 2025-03-01 09:00:00", center="wlq")
    assert measured_in(given, "wlq", "calls_inbound", date(2025, 3, 1), date(2025, 3, 2)) == 1


def test_fields_of_one_name_are_declared_each_for_its_own_rows():
    """A day's calls tell who answered, or none of them does; a caller's may tell it in part."""
    in_part = {
        population.key: DECLARED[population.of.c["unknown"], "answered"].is_partly_known
        for population in (CALL_DAYS, CALLER_DAYS)
    }
    assert in_part == {"call_days": False, "caller_days": True}

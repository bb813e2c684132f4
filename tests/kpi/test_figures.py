"""Status, value, bounds: what a figure says, and when it says nothing."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from kpi.figures import results
from kpi.figures.bounds import compute_wilson
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.indicator import round_exact
from kpi.figures.serializing import format_coverage, format_exact
from tests.kpi.given import append, record
from tracker.events.declarations import TopicDeclared
from tracker.periods import list_periods


def calls(day: str, answered: int, lost: int = 0) -> str:
    lines = [f"call {day} 08:{number:02}:00 queued 08:{number:02}:05" for number in range(answered + lost)]
    return "\n".join(f"{line} answered 09:00:00" if n < answered else line for n, line in enumerate(lines))


@pytest.mark.acceptance(14)
def test_a_year_is_the_sum_of_numerators_by_the_sum_of_denominators(connection, figure):
    record(connection, calls("2023-01-10", answered=1, lost=1))
    record(connection, calls("2023-02-10", answered=9))
    record(connection, "delivered calls 2023-01-01..2023-12-31 as of 2024-01-01")
    months = [figure("call_answer_rate", f"2023-0{month}").value for month in (1, 2)]
    assert months == [50, 100]
    assert figure("call_answer_rate", "2023").value == Decimal("90.91")
    assert figure("call_answer_rate", "2023-Q1").value == Decimal("90.91")


def test_nothing_to_divide_by_is_not_applicable_neither_0_nor_100(figure):
    """
    zero calls 2023-08-01..2023-08-31 signed 2023-09-01
    call 2023-09-01 08:00:00"""
    august = figure("call_answer_rate", "2023-08")
    assert (august.status, august.value, august.coverage) == (Status.NOT_APPLICABLE, None, 1)
    assert (august.numerator, august.denominator) == (0, 0)
    assert august.reason == "本期没有进入人工队列的电话（分母为0）。"
    assert figure("calls_offered", "2023-08").value == 0


def test_without_any_delivery_there_is_no_number(figure):
    """
    call 2023-01-01 08:00:00
    delivered calls 2023-01-01..2023-12-31 as of 2024-01-01"""
    uptime = figure("platform_uptime_rate", "2023")
    assert (uptime.status, uptime.value, uptime.numerator, uptime.low) == (
        Status.UNVERIFIABLE,
        None,
        None,
        None,
    )
    assert uptime.reason == "平台巡检应报8760小时，均未报送。本期不计算。"


def test_nothing_is_owed_of_days_before_the_centre_opened(connection, figure):
    """
    call 2023-08-20 08:00:00
    delivered calls 2023-08-11..2023-12-31 as of 2024-01-01"""
    assert figure("calls_inbound", "2023-08").status is Status.PARTLY
    record(connection, "said opened from 2023-08-11")
    assert figure("calls_inbound", "2023-08").status is Status.VERIFIABLE
    assert figure("calls_inbound", "2023").status is Status.VERIFIABLE
    july = figure("calls_inbound", "2023-07")
    assert (july.status, july.value) == (Status.NOT_APPLICABLE, None)
    assert july.reason == "热线自2023年8月11日起启用，本期还没有启用。"
    record(connection, "said opened from 2023-08-09")
    assert figure("calls_inbound", "2023-08").status is Status.PARTLY


def test_a_day_of_which_something_came_is_not_before_the_opening_whatever_is_said(connection, figure):
    """
    call 2023-08-20 08:00:00
    delivered calls 2023-08-11..2023-08-20 as of 2023-09-01
    delivered calls 2023-08-25..2023-08-31 as of 2023-09-01
    said opened from 2023-08-25"""
    assert figure("calls_inbound", "2023-08").reason.startswith("话单缺8月21日至8月24日。")


def test_months_before_the_centre_opened_do_not_enter_a_mean(connection, figure):
    """
    call 2023-11-01 08:00:00
    said opened from 2023-11-01
    posts 2023-11-01 2
    person R1 joined 2023-11-01
    person R2 joined 2023-11-01
    delivered posts 2023-11-01..2023-11-01 as of 2023-11-02
    delivered roster 2023-11-01..2023-11-01 as of 2024-01-02"""
    year = figure("staffing_in_post_rate", "2023")
    assert (year.status, year.value) == (Status.VERIFIABLE, 100)


@pytest.mark.acceptance(1)
def test_missing_days_may_all_have_failed_or_all_succeeded(connection, figure):
    record(connection, calls("2023-08-01", answered=3, lost=1))
    record(connection, calls("2023-08-02", answered=10))
    record(connection, "delivered calls 2023-08-01..2023-08-29 as of 2023-09-01")
    august = figure("call_answer_rate", "2023-08")
    assert (august.numerator, august.denominator, august.value) == (13, 14, Decimal("92.86"))
    assert (august.low, august.high) == (Decimal("38.23"), Decimal("97.06"))  # 13/34 down, 33/34 up
    assert august.bounds == "缺的2天各按最多的一天（10）估计，下限是全部未达到，上限是全部达到"
    offered = figure("calls_offered", "2023-08")
    assert (offered.low, offered.value, offered.high) == (14, 14, 34)


@pytest.mark.acceptance(3)
def test_more_answers_than_were_issued_are_shown_and_flagged_not_capped(connection, figure):
    record(connection, "issued 2023-12-01 100")
    record(connection, "\n".join(f"answer W{number} 2023-12-05 yes yes yes" for number in range(103)))
    year = figure("survey_response_rate", "2023")
    assert (year.value, year.numerator, year.denominator) == (103, 103, 100)
    assert year.reason.endswith("数值超过100%，请核对分子、分母。")


def test_a_mean_over_missing_days_has_no_bounds_and_says_so(connection, figure):
    record(connection, calls("2023-08-01", answered=3))
    record(connection, "delivered calls 2023-08-01..2023-08-29 as of 2023-09-01")
    wait = figure("call_average_wait", "2023-08")
    assert (wait.status, wait.low, wait.high) == (Status.PARTLY, None, None)
    assert wait.reason == "话单缺8月30日、8月31日。缺少的部分对本指标的影响无法估计上下限。"


def test_a_running_month_expects_only_days_that_have_ended(figure):
    """
    call 2025-03-01 08:00:00 queued 08:00:10 answered 08:00:20
    call 2025-03-05 08:00:00 queued 08:00:10
    delivered calls 2025-03-01..2025-03-04 as of 2025-03-05"""
    march = figure("call_answer_rate", "2025-03", now="2025-03-05T12:00")
    assert (march.coverage, march.provisional, march.denominator) == (1, True, 1)
    assert figure("call_answer_rate", "2025-04", now="2025-03-05T12:00") is None


def test_on_the_first_morning_of_a_month_nothing_is_expected_yet(figure):
    """
    call 2025-03-31 08:00:00 queued 08:00:10 answered 08:00:20
    delivered calls 2025-03-01..2025-03-31 as of 2025-04-01"""
    april = figure("call_answer_rate", "2025-04", now="2025-04-01T00:30")
    assert (april.status, april.coverage, april.provisional) == (Status.NOT_APPLICABLE, None, True)
    assert april.reason == "话单在本期尚未报送；月份结束后仍未报送的，计为缺失。"
    assert figure("call_answer_rate", "2025-03", now="2025-04-01T00:30").provisional is False


def test_a_running_month_has_no_month_end_yet(figure):
    """
    call 2025-03-01 08:00:00
    posts 2025-01-01 1
    person R1 joined 2025-01-01
    delivered roster as of 2025-03-10"""
    march = figure("staffing_in_post_rate", "2025-03", now="2025-03-10")
    assert (march.status, march.reason) == (
        Status.NOT_APPLICABLE,
        "人员花名册、岗位核定按月报送，本期尚无结束的月份。",
    )
    year = figure("staffing_in_post_rate", "2025", now="2025-03-10")
    assert (year.numerator, year.denominator, year.coverage, year.provisional) == (2, 2, 1, True)


STAFF = """
    call 2023-01-01 08:00:00
    posts 2023-01-01 4
    person R1 joined 2022-01-01 left 2023-02-14 verified score 60
    person R2 joined 2022-01-01 verified score 59
    person R3 joined 2022-01-01 verified
    person R4 joined 2023-06-01 score 90
    delivered roster as of 2024-01-01"""


@pytest.mark.parametrize(
    ("indicator", "numerator", "denominator", "value"),
    [
        ("staffing_in_post_rate", 1 * 3 + 4 * 2 + 7 * 3, 48, "66.67"),
        ("staff_turnover_rate", 1, 4, "25.00"),
        ("qualification_verified_rate", 3, 4, "75.00"),
        ("pre_job_pass_rate", 2, 4, "50.00"),
    ],
)
def test_staffing_of_a_year(connection, figure, indicator, numerator, denominator, value):
    record(connection, STAFF)
    year = figure(indicator, "2023")
    assert (year.numerator, year.denominator, str(year.value)) == (numerator, denominator, value)


def test_turnover_on_the_mean_follows_the_nhs_example(connection, fork):
    """150 at the start, 120 at the end: the mean is 135."""
    people = [f"person R{n} joined 2022-01-01" + (" left 2023-05-01" if n < 30 else "") for n in range(150)]
    record(connection, "\n".join(["call 2023-01-01 08:00:00", *people, "delivered roster as of 2024-01-01"]))
    assert fork("staff_turnover_rate", "on_mean_of_ends", "2023").denominator == 135


MONEY = """
    call 2023-01-01 08:00:00
    budget approved 2023-01-12 1000.00
    budget received 2023-02-01 900.00
    budget adjusted 2023-06-01 -100.00
    payment P1 劳务费 due 2023-01-10 paid 2023-01-10 100.00
    payment P2 劳务费 due 2023-03-10 paid 2023-04-01 300.00
    payment P3 办公费 due 2023-03-31 50.00
    delivered payments as of 2024-01-01
    delivered budget as of 2024-01-01"""


@pytest.mark.parametrize(
    ("indicator", "period", "numerator", "denominator"),
    [
        ("payment_on_time_rate", "2023", 1, 3),
        ("payment_on_time_amount_rate", "2023", 100, 450),
        ("payment_mean_delay", "2023", 22 + 275, 3),
        ("payment_on_time_rate", "2023-03", 0, 2),
        ("funds_received_rate", "2023-01", 0, 1000),
        ("funds_received_rate", "2023-03", 900, 1000),
        ("funds_received_rate", "2023", 900, 900),
        ("budget_execution_rate", "2023-03", 100, 900),
        ("budget_execution_rate", "2023-Q2", 400, 900),
        ("budget_execution_of_budget_rate", "2023", 400, 900),
        ("budget_execution_of_budget_rate", "2023-05", 400, 1000),
    ],
)
def test_money(connection, figure, indicator, period, numerator, denominator):
    record(connection, MONEY)
    found = figure(indicator, period)
    assert (found.numerator, found.denominator) == (numerator, denominator)


def test_a_payment_is_due_only_when_its_day_has_ended(figure):
    """
    payment P1 劳务费 due 2025-03-31 100.00
    payment P2 劳务费 due 2025-04-10 100.00
    delivered payments as of 2025-04-02"""
    assert figure("payment_on_time_rate", "2025", now="2025-04-02").denominator == 1


def test_cost_per_person_divides_by_the_mean_headcount(given, figure):
    """
    payment P1 劳务费 due 2023-01-10 paid 2023-01-10 300.00
    payment P2 办公费 due 2023-01-10 paid 2023-01-10 999.00
    person R1 joined 2022-01-01
    person R2 joined 2023-03-01
    delivered payments as of 2023-04-01
    delivered roster as of 2023-04-01"""
    said = (("劳务费", True), ("办公费", False))
    append(given, [TopicDeclared(topic="labour", known_as=item, holds=holds) for item, holds in said])
    quarter = figure("cost_per_person", "2023-Q1")
    assert (quarter.numerator, quarter.denominator, quarter.value) == (300, Fraction(4, 3), 225)


def test_a_survey_share_comes_with_its_interval(connection, figure):
    record(connection, "\n".join(f"answer W{n} 2023-12-05 {'yes' if n else 'no'} yes yes" for n in range(95)))
    aware = figure("survey_awareness_rate", "2023")
    assert (str(aware.low), str(aware.value), str(aware.high)) == ("94.28", "98.95", "99.81")
    assert aware.bounds == "95%置信区间（Wilson）"


def test_wilson_stays_within_0_and_100():
    assert compute_wilson(INDICATORS["survey_awareness_rate"], Fraction(0), Fraction(5)).low == 0
    assert compute_wilson(INDICATORS["survey_awareness_rate"], Fraction(5), Fraction(5)).high == 100


@pytest.mark.parametrize(
    ("value", "scale", "rounded"),
    [
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(2205, 1000), 2, "2.21"),
        (Fraction(2204999, 1000000), 2, "2.20"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(635, 300), 2, "2.12"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(3999, 40), 2, "99.98"),
    ],
)
def test_half_is_rounded_up(value, scale, rounded):
    assert str(round_exact(value, scale)) == rounded


def test_exact_numbers_are_written_as_decimals_where_they_can_be():
    numbers = (Fraction(38817), Fraction(136494998, 100), Fraction(100, 3), Fraction(1, 1000), None)
    assert [format_exact(number) for number in numbers] == ["38817", "1364949.98", "100/3", "0.001", None]


def test_coverage_is_never_rounded_up_to_full():
    assert format_coverage(Fraction(99999, 100000)) == "0.9999"
    assert format_coverage(Fraction(363, 365)) == "0.9945"


def test_every_period_of_every_indicator_begins_to_exist_with_its_first_day(given, figure):
    """
    call 2025-01-01 08:00:00"""
    figure("calls_inbound", "2025", now="2025-05-20")
    found = results.read_year(given, "tlf", 2025)
    begun = {period for period in list_periods(2025) if period.first_day <= date(2025, 5, 20)}
    assert set(found) == set(INDICATORS)
    assert all(set(by_period) == begun for by_period in found.values())
    assert len(begun) == 5 + 2 + 1

"""What backs a figure, and how gaps are named."""

from datetime import date, timedelta
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.figures import results
from kpi.figures.coverage import compute_owed_coverage, compute_source_coverage
from kpi.figures.coverage_reading import build_spans, read_backing
from kpi.figures.day_runs import find_runs, name_days, name_months, name_runs
from kpi.figures.day_states import DayState, list_units
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.shared_gaps import group_gaps
from kpi.figures.sources import SOURCES, Reach, Rhythm
from tests.kpi.given import append, record
from tracker.events.ledger import EventVoided
from tracker.events.times import get_day_start
from tracker.periods import Month


def test_an_optional_source_is_owed_from_the_month_in_which_it_first_came_and_figures_need_it_before(given):
    """
    call 2023-08-01 08:00:00
    delivered calls 2023-05-01..2023-08-31 as of 2023-09-01
    delivered agent_states 2023-07-20..2023-07-31 as of 2023-09-01"""
    backing = read_backing(given, "tlf", date(2023, 5, 1), date(2024, 1, 1), date(2023, 9, 2))
    states, appeals, calls = (SOURCES[key] for key in ("agent_states", "appeals", "calls"))
    june, july, august = (Month(2023, number) for number in (6, 7, 8))
    assert {unit.state for unit in list_units(backing, states, june)} == {DayState.NOT_EXPECTED}
    assert [unit.state for unit in list_units(backing, states, july)[18:20]] == [
        DayState.MISSING,
        DayState.DATA,
    ]
    assert sum(unit.lacks for unit in list_units(backing, states, august)) == 31
    assert list_units(backing, appeals, august)[0].state is DayState.NOT_EXPECTED
    assert compute_owed_coverage(backing, appeals, [june, july]).share is None
    assert compute_owed_coverage(backing, states, [june, july]).missing.keys() == {
        date(2023, 7, number) for number in range(1, 20)
    }
    for source, month in ((states, june), (appeals, august)):  # without it no figure is sure
        assert compute_source_coverage(backing, source, [month]).share == 0
    assert compute_owed_coverage(backing, calls, [june, july]).share == 1


def days(*numbers: int) -> list[date]:
    return [date(2023, 8, number) for number in numbers]


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ((), ""),
        ((12,), "8月12日"),
        ((12, 13), "8月12日、8月13日"),
        ((1, 2, 3, 4, 5), "8月1日至8月5日"),
        ((1, 3, 4, 5, 9, 10), "8月1日、8月3日至8月5日、8月9日、8月10日"),
    ],
)
def test_missing_days_are_named_compactly(missing, named):
    assert name_days(days(*missing)) == named


def test_many_gaps_are_named_in_part_and_counted_in_full():
    every_other = [date(2023, 1, 1) + timedelta(days=2 * number) for number in range(40)]
    assert name_days(every_other).endswith("1月23日等共40天")


def test_missing_months_run_over_the_year_end():
    assert name_months([date(2022, 11, 1), date(2022, 12, 1), date(2023, 1, 1)]) == "11月至1月"


def test_days_without_probes_are_named_and_days_with_some_say_how_many_hours_lack():
    runs = find_runs(Rhythm.HOURLY, {date(2023, 7, 1): 24, date(2023, 7, 2): 3}, {date(2023, 7, 1)})
    assert name_runs(Rhythm.HOURLY, runs) == "7月1日、7月2日（缺3小时）"


def test_a_day_is_covered_by_a_delivery_made_after_it_ended(figure):
    """
    call 2023-08-01 08:00:00 queued 08:00:10 answered 08:00:20
    delivered calls 2023-08-01..2023-08-30 as of 2023-08-31
    delivered calls 2023-08-31..2023-08-31 as of 2023-08-31"""
    august = figure("call_answer_rate", "2023-08")
    assert (august.coverage, august.status) == (Fraction(30, 31), Status.PARTLY)
    assert august.reason == "话单缺8月31日。"


def test_a_zero_report_covers_a_day_without_calls(figure):
    """
    call 2023-08-01 08:00:00 queued 08:00:10 answered 08:00:20
    delivered calls 2023-08-01..2023-08-29 as of 2023-09-01
    zero calls 2023-08-30..2023-08-31 signed 2023-09-01"""
    assert figure("call_answer_rate", "2023-08").status is Status.VERIFIABLE


@pytest.mark.acceptance(2)
def test_days_without_calls_and_days_without_data_are_different_things(figure):
    """
    zero calls 2023-08-01..2023-08-31 signed 2023-09-01"""
    august, july = figure("calls_inbound", "2023-08"), figure("calls_inbound", "2023-07")
    assert (august.value, august.status) == (0, Status.VERIFIABLE)
    assert (july.value, july.status) == (None, Status.UNVERIFIABLE)


def test_a_leap_february_is_covered_by_29_days(figure):
    """
    call 2024-02-29 08:00:00 queued 08:00:10 answered 08:00:20
    delivered calls 2024-02-01..2024-02-29 as of 2024-03-01"""
    february = figure("call_answer_rate", "2024-02")
    assert (february.coverage, february.reason) == (1, "话单：应报29天，已报29天。")


@pytest.mark.acceptance(4)
@pytest.mark.parametrize(
    "month", [*(Month(2023, number) for number in range(1, 13)), Month(2024, 2)], ids=str
)
def test_a_month_of_any_length_delivered_daily_is_fully_covered(connection, figure, month):
    last = month.end_day - timedelta(days=1)
    record(connection, f"call {month.first_day} 08:00:00 queued 08:00:10 answered 08:00:20")
    record(connection, f"delivered calls {month.first_day}..{last} as of {month.end_day}")
    assert figure("call_answer_rate", str(month)).coverage == 1


def test_a_day_without_probes_lowers_coverage_and_is_named(connection, figure):
    hours = [f"probe 2023-07-{day:02} {hour:02}:00" for day in range(1, 32) if day != 4 for hour in range(24)]
    record(connection, "\n".join(hours))
    july = figure("platform_uptime_rate", "2023-07")
    assert (july.coverage, july.reason) == (Fraction(30, 31), "平台巡检缺7月4日。")
    assert (july.low, july.value, july.high) == (round(july.low, 2), 100, 100)
    assert str(july.low) == "96.77"


def test_a_month_of_the_roster_needs_a_delivery_made_after_its_end(figure):
    """
    call 2023-01-01 08:00:00
    posts 2023-01-01 2
    person R1 joined 2022-01-01
    delivered roster as of 2023-02-28"""
    assert figure("staffing_in_post_rate", "2023-01").status is Status.VERIFIABLE
    assert figure("staffing_in_post_rate", "2023-02").status is Status.UNVERIFIABLE
    year = figure("staffing_in_post_rate", "2023")
    assert (year.numerator, year.denominator, year.coverage) == (1, 2, Fraction(1, 12))
    assert year.reason == "人员花名册缺2月至12月。"


def test_a_month_of_the_roster_enters_the_day_after_its_last_and_not_on_it(figure):
    """
    call 2023-01-01 08:00:00
    posts 2023-01-01 2
    person R1 joined 2022-01-01
    delivered roster as of 2023-03-01"""
    on_its_last_day, a_day_later = (
        figure("staffing_in_post_rate", "2023-Q1", today) for today in ("2023-02-28", "2023-03-01")
    )
    assert (on_its_last_day.numerator, on_its_last_day.denominator) == (1, 2)
    assert (a_day_later.numerator, a_day_later.denominator) == (2, 4)


def test_a_delivery_says_nothing_of_the_months_before_its_first_row(figure):
    """
    payment P1 劳务费 due 2023-05-10 paid 2023-05-10 100.00
    payment P2 劳务费 due 2023-12-10 paid 2023-12-10 100.00
    budget approved 2023-03-01 1000.00
    delivered payments 2023-05-10..2023-05-10 as of 2023-06-01
    delivered payments 2023-12-10..2023-12-10 as of 2024-01-01
    delivered budget 2023-03-01..2023-03-01 as of 2024-01-01"""
    year = figure("payment_on_time_rate", "2023")
    assert (year.coverage, year.reason) == (Fraction(2, 12), "支付明细缺1月至4月、6月至11月。")
    assert figure("payment_on_time_rate", "2023-05").status is Status.VERIFIABLE
    spent = figure("budget_execution_of_budget_rate", "2023-05")
    assert (spent.status, spent.numerator, spent.denominator) == (Status.PARTLY, 100, 1000)
    assert spent.reason == "支付明细缺1月至4月；预算缺1月、2月。缺少的部分对本指标的影响无法估计上下限。"


def test_a_zero_report_backs_a_month_before_the_first_row(figure):
    """
    payment P1 劳务费 due 2023-02-10 paid 2023-02-10 100.00
    delivered payments 2023-02-10..2023-02-10 as of 2023-03-01
    zero payments 2023-01-01..2023-01-31 signed 2023-02-01"""
    assert figure("payment_on_time_rate", "2023-Q1").coverage == Fraction(2, 3)


def test_a_list_of_those_in_post_says_nothing_of_who_was(connection, figure):
    record(connection, "posts 2023-01-01 2\nperson R1 joined 2022-01-01")
    record(connection, "delivered roster present as of 2024-01-01")
    assert figure("staffing_in_post_rate", "2023-12").status is Status.VERIFIABLE
    year = figure("staff_turnover_rate", "2023")
    assert (year.coverage, year.reason[:15]) == (Fraction(1, 12), "人员花名册缺1月至11月。缺少")


def test_lists_of_those_in_post_month_after_month_back_every_month(connection, figure):
    record(connection, "posts 2023-01-01 2\nperson R1 joined 2022-01-01")
    for day in ("2023-04-01", "2023-05-03", "2023-06-02", "2023-09-01"):
        record(connection, f"delivered roster present as of {day}")
    year = figure("staffing_in_post_rate", "2023")
    assert year.reason == "人员花名册缺1月、2月、9月至12月。"


def test_a_list_with_leavers_backs_from_the_year_of_the_first_of_them(connection, figure):
    record(connection, "call 2022-01-01 08:00:00\nposts 2022-01-01 2\nperson R1 joined 2021-01-01")
    record(connection, "delivered roster 2023-07-03..2023-07-03 as of 2024-01-01")
    assert figure("staffing_in_post_rate", "2023").status is Status.VERIFIABLE
    assert figure("staffing_in_post_rate", "2022").status is Status.UNVERIFIABLE


def tells_of_its_year(source: str, first: int, last: int) -> bool:
    return SOURCES[source].reach is Reach.SPARSE and first != last


@given(
    deliveries=st.lists(
        st.tuples(st.integers(0, 16), st.integers(0, 17), st.integers(0, 18)).map(sorted),
        max_size=5,
    ),
    source=st.sampled_from(["payments", "budget", "training", "inspections"]),
)
def test_a_month_is_backed_by_what_begins_in_or_before_it_and_was_made_after_it(deliveries, source):
    """Each delivery has its first and last row in a month each, and was made when another began. A budget,
    and a file of several months of what happens now and then, tells of its year from January on."""
    months = [Month(2023, 1)]
    while len(months) < 20:
        months.append(months[-1].next)
    rows = [
        SimpleNamespace(
            day=months[first].first_day + timedelta(days=11),
            last_day=months[last].first_day + timedelta(days=20),
            as_of=get_day_start(months[made].first_day), subject=f"delivery/{number}", number=number,
        )
        for number, (first, last, made) in enumerate(deliveries)
    ]  # fmt: skip
    spans = build_spans(SOURCES[source].reach, sorted(rows, key=lambda row: row.as_of))
    for number, month in enumerate(months):
        told = any(
            (first - first % 12 if tells_of_its_year(source, first, last) else first) <= number < made
            for first, last, made in deliveries
        )
        assert any(span.holds(month) for span in spans) == told, month


def test_a_signed_month_without_change_covers_the_roster(figure):
    """
    call 2023-01-01 08:00:00
    posts 2023-01-01 2
    person R1 joined 2022-01-01
    delivered roster as of 2023-02-01
    zero roster 2023-02-01..2023-02-28 signed 2023-03-01
    zero roster 2023-03-01..2023-03-30 signed 2023-04-01"""
    assert figure("staffing_in_post_rate", "2023-02").status is Status.VERIFIABLE
    assert figure("staffing_in_post_rate", "2023-03").status is Status.UNVERIFIABLE


def test_of_several_sources_each_gap_is_named_and_the_least_coverage_counts(figure):
    """
    call 2023-01-01 08:00:00
    posts 2023-03-01 2
    person R1 joined 2022-01-01
    delivered roster as of 2023-11-01"""
    year = figure("staffing_in_post_rate", "2023")
    assert year.reason == "人员花名册缺11月、12月；岗位核定缺1月、2月。"
    assert (year.coverage, year.numerator, year.denominator) == (Fraction(8, 12), 8, 16)


@pytest.mark.acceptance(1)
def test_a_missing_input_never_counts_as_nothing(figure):
    """
    payment P1 劳务费 due 2023-01-10 paid 2023-01-10 100.00
    delivered payments as of 2024-01-01"""
    year = figure("budget_execution_rate", "2023")
    assert (year.status, year.value, year.numerator) == (Status.UNVERIFIABLE, None, None)
    assert year.reason == "预算应报12个月，均未报送。本期不计算。"


def test_a_daily_report_with_an_empty_column_does_not_cover_that_column(figure):
    """
    day 2023-02-01 messages 5 cases 2 visits -
    delivered daily_counts 2023-02-01..2023-02-28 as of 2023-03-01"""
    assert figure("messages_sent", "2023-02").coverage == Fraction(1, 28)
    assert figure("visits_received", "2023-02").status is Status.UNVERIFIABLE


def test_a_month_without_a_survey_is_not_applicable_and_a_year_without_one_is_a_gap(figure):
    """
    answer W1 2023-12-05 yes yes no
    call 2024-01-05 08:00:00"""
    assert figure("survey_awareness_rate", "2023-11").status is Status.NOT_APPLICABLE
    assert figure("survey_awareness_rate", "2023-12").status is Status.VERIFIABLE
    assert figure("survey_awareness_rate", "2023").value == 100
    assert figure("survey_awareness_rate", "2024").status is Status.UNVERIFIABLE


def test_a_year_owes_a_survey_from_the_day_after_its_last(figure):
    """
    call 2023-01-05 08:00:00"""
    on_its_last_day, a_day_later = (
        figure("survey_awareness_rate", "2023", today) for today in ("2023-12-31", "2024-01-01")
    )
    assert on_its_last_day.status is Status.NOT_APPLICABLE
    assert a_day_later.status is Status.UNVERIFIABLE


def test_a_month_has_coverage_from_its_second_day_on(figure):
    """
    call 2023-08-01 08:00:00 queued 08:00:10 answered 08:00:20
    delivered calls 2023-08-01..2023-08-01 as of 2023-08-02"""
    assert figure("call_answer_rate", "2023-08", "2023-08-01").coverage is None
    assert figure("call_answer_rate", "2023-08", "2023-08-02").coverage == 1


def test_a_voided_delivery_covers_nothing(connection, figure):
    """
    call 2023-08-01 08:00:00 queued 08:00:10
    delivered calls 2023-08-01..2023-08-31 as of 2023-09-01"""
    assert figure("calls_offered", "2023-08").coverage == 1
    delivery = connection.exec_driver_sql("SELECT delivery FROM deliveries").scalar_one()
    at = get_day_start(date(2023, 9, 2))
    append(
        connection,
        [EventVoided(event_seq=None, delivery=delivery, reason="错", voided_by="张三", voided_at=at)],
    )
    assert figure("calls_offered", "2023-08").status is Status.UNVERIFIABLE


def test_of_a_running_month_days_are_due_up_to_the_newest_delivered(figure):
    """
    call 2023-08-01 08:00:00 queued 08:00:10 answered 08:00:20
    delivered calls 2023-07-01..2023-07-31 as of 2023-08-01
    delivered calls 2023-08-01..2023-08-04 as of 2023-08-05
    delivered calls 2023-08-06..2023-08-10 as of 2023-08-11"""
    august = figure("call_answer_rate", "2023-08", "2023-08-21")
    assert (august.coverage, august.status) == (Fraction(9, 10), Status.PARTLY)
    assert august.reason == "话单待报8月5日。"
    assert august.provisional


def test_a_running_month_without_a_delivery_lacks_nothing_yet_and_an_ended_one_lacks_all(figure):
    """
    call 2023-07-01 08:00:00 queued 08:00:10 answered 08:00:20
    delivered calls 2023-07-01..2023-07-31 as of 2023-08-01"""
    running = figure("call_answer_rate", "2023-08", "2023-08-21")
    assert (running.value, running.coverage, running.status) == (None, None, Status.NOT_APPLICABLE)
    assert "本期" in running.reason
    ended = figure("call_answer_rate", "2023-08", "2023-09-01")
    assert (ended.value, ended.coverage, ended.status) == (None, 0, Status.UNVERIFIABLE)


def test_of_the_first_delivered_month_nobody_knows_what_it_had_over_from_before(figure):
    """
    order A1 accepted 2023-05-02 due 2023-05-09 closed 2023-05-08
    order A2 accepted 2023-05-31 due 2023-06-05 closed 2023-06-04
    delivered work_orders 2023-05-01..2023-06-30 as of 2023-07-01"""
    for period in ("2023-05", "2023-Q2"):
        on_time, closed = (
            figure(key, period) for key in ("work_order_on_time_rate", "work_orders_closed_in_period")
        )
        assert (on_time.value, on_time.status, on_time.low, on_time.high) == (100, Status.PARTLY, None, None)
        assert "本期以前受理的工单未报送（结转未知）" in on_time.reason
        assert closed.status is Status.PARTLY
    june = figure("work_order_on_time_rate", "2023-06")
    assert (june.value, june.status) == (100, Status.VERIFIABLE)
    assert figure("work_order_closing_rate", "2023-05").status is Status.VERIFIABLE  # has nothing over


def test_whoever_signs_that_no_order_was_accepted_before_knows_what_the_month_had_over(figure, connection):
    """
    order A1 accepted 2023-05-02 due 2023-05-09 closed 2023-05-08
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    (lack,) = group_gaps(
        [(INDICATORS["work_order_on_time_rate"], figure("work_order_on_time_rate", "2023-05"))]
    )
    assert lack.remedy == "请报送上一个月起未办结的工单，或签写此前没有受理工单的零报告。"
    record(connection, "zero work_orders 2023-04-01..2023-04-30 signed 2023-06-02")
    assert figure("work_order_on_time_rate", "2023-05").status is Status.VERIFIABLE


def test_a_month_without_some_days_leaves_open_what_the_next_has_over(figure):
    """
    order A1 accepted 2023-05-02 due 2023-05-09 closed 2023-05-08
    delivered work_orders 2023-04-01..2023-04-28 as of 2023-05-01
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    may = figure("work_order_on_time_rate", "2023-05")
    assert may.reason.startswith("上月受理的工单缺4月29日、4月30日（结转未知）。")


def test_a_january_has_over_what_the_december_before_it_left(figure, connection):
    """
    order A1 accepted 2023-01-02 due 2023-01-09 closed 2023-01-08
    delivered work_orders 2023-01-01..2023-01-31 as of 2023-02-01"""
    assert figure("work_order_on_time_rate", "2023-01").status is Status.PARTLY
    record(connection, "zero work_orders 2022-12-01..2022-12-31 signed 2023-02-02")
    assert figure("work_order_on_time_rate", "2023-01").status is Status.VERIFIABLE
    assert [year.year for year in results.read_years(connection, "tlf")] == [2023, 2024]


def test_what_is_open_at_the_end_of_a_month_may_have_come_on_any_day_before_that_lacks(figure, connection):
    """
    order A1 accepted 2023-04-02 due 2023-04-09 closed 2023-04-08
    delivered work_orders 2023-04-01..2023-04-09 as of 2023-07-01
    delivered work_orders 2023-04-11..2023-06-30 as of 2023-07-01"""
    told = figure("work_orders_open_at_end", "2023-06")
    assert (told.status, told.low) == (Status.PARTLY, None)
    assert told.reason.startswith("更早受理的工单缺4月10日（结转未知）。")
    assert (
        "结转未知" not in figure("work_order_on_time_rate", "2023-06").reason
    )  # due within the month before
    record(connection, "zero work_orders 2023-04-10..2023-04-10 signed 2023-07-02")
    assert "更早" not in figure("work_orders_open_at_end", "2023-06").reason

"""A figure taken apart comes to the figure, whatever the indicator, the period and the way."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from kpi.figures import results
from kpi.figures.indicators import INDICATORS
from kpi.figures.patterns.breakdown import UNSTATED, break_down, select_splits
from kpi.figures.patterns.piece_rows import read_piece_rows
from kpi.figures.rows import RowsProblem
from kpi.figures.sources import SOURCES
from tests.kpi import given
from tests.kpi.drawn import quarter
from tests.kpi.given import record
from tracker.events.times import BEIJING
from tracker.periods import Month, Year, parse_period

NOW = datetime(2024, 7, 10, 9, tzinfo=BEIJING)
# Of which `given` has no words, though it has some for their source: who called, how a call was rated, when
# something was accepted, how an order was assessed.
WORDLESS = {
    "call_repeat_rate", "missed_call_callback_rate", "missed_call_callback_time",
    "call_rating_satisfaction_rate", "payment_within_30_days_of_acceptance_rate",
    "work_order_response_rate", "work_order_replied_in_time_rate", "work_order_returned_late_rate",
    "work_orders_hung_in_period", "work_order_hung_rate", "work_order_repeated_rate",
    "work_order_merged_rate", "work_order_urged_by_citizens_rate",
    "work_order_attitude_satisfaction_rate", "work_order_process_satisfaction_rate",
}  # fmt: skip
# One piece is the figure itself. Complaints are all complaints; of the others `given` names one value only.
ONE_PIECE = {
    ("complaint_resolution_rate", "kind"), ("inspection_pass_rate", "agent"),
    ("funds_received_rate", "item"), ("budget_adjustment_rate", "item"),
    ("survey_awareness_rate", "survey"), ("survey_can_use_rate", "survey"),
    ("survey_satisfaction_rate", "survey"), ("survey_response_rate", "survey"),
}  # fmt: skip
WAYS = [
    (key, period, way.key)
    for key, indicator in INDICATORS.items()
    if key not in WORDLESS and {SOURCES[need].delivery for need in indicator.needs} <= given.SOURCES
    for period in (Month(2024, 2), Year(2024))
    for way in select_splits(indicator, period)
    if (key, way.key) not in ONE_PIECE
]


IN_TIME = "due 2024-02-20 closed 2024-02-19 followed 2024-02-20 solved 满意"
LATE = "due 2024-02-20 closed 2024-02-21 followed 2024-02-22 不满意"
# What the drawn quarter leaves unsaid, so that a way of taking apart would find one piece alone.
SECOND_PIECES = "\n".join(
    f"""
    call 2024-02-{day} 10:00:00 id x{day} queued 10:00:05 answered 10:00:{day + 10} {who}
    call 2024-02-{day} 11:00:00 id y{day} {who}
    inspected x{day} 2024-02-{day}
    order X{day} accepted 2024-02-{day}T10:00 {kind} {where} {IN_TIME}
    order Y{day} accepted 2024-02-{day}T11:00 投诉 {where} {LATE}
    order Z{day} accepted 2024-02-{day}T12:00 {kind} {where} due 2024-02-21
    step X{day} 2024-02-{day}T13:00 dispatched {payee}局
    step X{day} 2024-02-{day}T14:00 signed
    step Y{day} 2024-02-{day}T13:00 dispatched {payee}局
    step Y{day} 2024-02-{day}T14:00 returned
    step Z{day} 2024-02-{day}T13:00 dispatched {payee}局
    call 2024-02-{day} {day}:30:00 id z{day} queued {day}:30:05 answered {day}:30:15 {who} outbound
    inspected y{day} 2024-02-{day} failed
    person X{day} joined 2024-01-{day} post {post} verified score 90
    person Y{day} joined 2023-01-{day} left 2024-02-{day} post {post}
    payment X{day} 办公费 due 2024-02-{day} paid 2024-02-{day} payee {payee} {day}.50
    payment Y{day} 劳务费 due 2024-02-{day} paid 2024-03-{day} payee {payee} {day}.25
    payment Z{day} 劳务费 due 2024-02-{day} payee {payee} 7.00
    issued 2024-02-{day} 5
    budget adjusted 2024-01-{day} 20.00
    budget adjusted 2024-02-{day} 5.00
    said labour 工资
    probe 2024-02-{day} 03:00 on {payee}平台
    said labour 劳务费
    said labour 办公费 no
    """
    for day, who, kind, where, post, payee in (
        (12, "talk 12 agent 8001 group 综合", "投诉", "unit 甲局 channel 电话 topic 供水", "引导员", "甲"),
        (13, "talk 13 agent 8002 group 专席", "咨询", "unit 乙局 channel 网站 topic 供电", "班长", "乙"),
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def drawn(shared):
    """A connection on which a centre has a drawn quarter, computed."""
    with shared.engine.connect() as connection:
        record(connection, quarter(Random(21)), center="parts")
        record(connection, SECOND_PIECES, center="parts")
        results.bring_up_to_date(connection, "parts", NOW)
        yield connection
        connection.rollback()


@pytest.mark.parametrize(("indicator", "period", "by"), WAYS, ids=lambda one: str(one))
def test_the_pieces_come_to_the_figure_and_the_rows_of_a_piece_to_the_piece(drawn, indicator, period, by):
    found = break_down(drawn, "parts", indicator, period, by)
    assert sum(1 for piece in found.pieces if piece.numerator or piece.denominator) > 1  # else: ONE_PIECE
    stored = results.find_figure(drawn, "parts", indicator, period)
    assert (found.numerator, found.denominator) == (stored.numerator, stored.denominator)
    assert found.adds_up
    for piece in found.pieces[:4]:
        for part, number in (("numerator", piece.numerator), ("denominator", piece.denominator)):
            if number is not None:
                rows, _ = read_piece_rows(
                    drawn, "parts", indicator, period, part, by, None if piece.key is None else str(piece.key)
                )
                assert rows.agrees
                assert rows.number == number


def test_an_order_stands_by_the_unit_that_held_it_when_it_fell_due(given):
    """
    order A1 accepted 2024-02-01 投诉 due 2024-02-09
    step A1 2024-02-02T10:00 dispatched 甲局
    step A1 2024-02-08T10:00 reassigned 乙局
    step A1 2024-02-10T10:00 reassigned 丙局
    step A1 2024-02-12T10:00 closed
    order A2 accepted 2024-02-01 投诉 due 2024-02-09
    step A2 2024-02-02T10:00 dispatched 甲局
    step A2 2024-02-08T10:00 closed
    delivered work_orders 2024-02-01..2024-02-29 as of 2024-03-01"""
    found = pieces(given, "work_order_on_time_rate", "2024-02", "unit")
    assert {unit: (one.numerator, one.denominator) for unit, one in found.items()} == {
        "甲局": (1, 1), "乙局": (0, 1),
    }  # fmt: skip
    opened = pieces(given, "work_orders_opened", "2024-02", "unit")
    assert {unit: one.numerator for unit, one in opened.items()} == {"丙局": 1, "甲局": 1}


def test_every_additive_indicator_has_a_way():
    """Money by item and heads by post have no way in common; what is on file is listed thing by thing; the
    24 hours in which the whole was worst are no part's worst, the middle order no part's middle."""
    without = {key for key, one in INDICATORS.items() if not select_splits(one, Year(2024))}
    on_file = {"person_documents_complete_rate", "diploma_on_file_rate"}
    assert without == {
        "cost_per_person", "call_answer_rate_lowest_24h", "work_order_median_handling",
    } | on_file  # fmt: skip


def pieces(connection, indicator, period, by=""):
    results.bring_up_to_date(connection, "tlf", NOW)
    found = break_down(connection, "tlf", indicator, parse_period(period), by)
    return {one.label: one for one in found.pieces}


def test_a_rate_is_taken_apart_by_kind_with_its_own_rates(given):
    """
    order A1 accepted 2024-02-01 投诉 due 2024-02-05 closed 2024-02-03
    order A2 accepted 2024-02-01 投诉 due 2024-02-05 closed 2024-02-09
    order A3 accepted 2024-02-02 咨询 due 2024-02-06 closed 2024-02-03
    order A4 accepted 2024-02-02 due 2024-02-06
    delivered work_orders 2024-02-01..2024-02-29 as of 2024-03-05"""
    found = pieces(given, "work_order_on_time_rate", "2024-02", "kind")
    assert [(one.label, one.numerator, one.denominator, one.value) for one in found.values()] == [
        ("投诉", 1, 2, Decimal("50.00")),
        ("咨询", 1, 1, Decimal("100.00")),
        (UNSTATED, 0, 1, Decimal("0.00")),
    ]


def test_a_month_is_taken_apart_by_day_with_three_marks(given):
    """
    call 2024-02-01 08:00:00 queued 08:00:05 answered 08:00:09
    call 2024-02-01 09:00:00 queued 09:00:05
    delivered calls 2024-02-01..2024-02-02 as of 2024-03-01
    zero calls 2024-02-03..2024-02-03 signed 2024-03-01"""
    found = pieces(given, "call_answer_rate", "2024-02", "day")
    assert len(found) == 29
    assert (found["2月1日"].numerator, found["2月1日"].denominator) == (1, 2)
    assert found["2月1日"].value == Decimal("50.00")
    assert (found["2月3日"].numerator, found["2月3日"].value) == (0, None)  # a zero: nothing to divide by
    assert (found["2月4日"].numerator, found["2月4日"].value) == (None, None)  # no data


def test_an_hour_is_told_in_beijing_time(given):
    """
    call 2024-02-01 00:10:00 queued 00:10:05 answered 00:10:09
    call 2024-02-01 23:59:59 queued 23:59:59 answered 00:00:05
    delivered calls 2024-02-01..2024-02-29 as of 2024-03-01"""
    assert list(pieces(given, "calls_inbound", "2024-02", "hour")) == ["0时", "23时"]


def test_a_mean_over_months_is_taken_apart_by_post(given):
    """
    person R1 joined 2023-05-01
    posts 2023-01-01 3 引导员
    posts 2023-01-01 1 班长
    zero calls 2024-01-01..2024-01-01 signed 2024-03-01
    delivered roster as of 2024-04-01"""
    found = pieces(given, "staff_turnover_rate", "2024-Q1", "post")
    assert {one.label: one.denominator for one in found.values()} == {"引导员": 3, "班长": 1}
    assert sum(one.denominator for one in found.values()) == Fraction(4)


def test_what_cannot_be_taken_apart_says_what_can(given):
    """
    call 2024-02-01 08:00:00 queued 08:00:05
    delivered calls 2024-02-01..2024-02-29 as of 2024-03-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    with pytest.raises(RowsProblem, match="可按日、星期、时段、技能组、座席分组"):
        break_down(given, "tlf", "call_answer_rate", Month(2024, 2), "unit")
    with pytest.raises(RowsProblem, match="没有数字可以分组"):
        break_down(given, "tlf", "work_order_on_time_rate", Month(2024, 2))


def test_a_month_is_taken_apart_by_the_posts_that_people_held_then(given):
    """
    call 2023-05-02 08:00:00
    person R1 joined 2023-01-01 post 话务员
    person R2 joined 2023-01-01 post 话务员
    person R3 joined 2023-01-01 post 班长
    moved R1 2023-06-10 班长
    posts 2023-01-01 2 话务员
    posts 2023-01-01 2 班长
    delivered roster 2023-01-01..2023-12-31 as of 2024-01-01
    delivered posts 2023-01-01..2023-12-31 as of 2024-01-01"""
    numbers = {
        period: {
            post: (one.numerator, one.denominator)
            for post, one in pieces(given, "staffing_in_post_rate", period, "post").items()
        }
        for period in ("2023-04", "2023-06")
    }
    assert numbers["2023-04"] == {"话务员": (2, 2), "班长": (1, 2)}
    assert numbers["2023-06"] == {"话务员": (1, 2), "班长": (2, 2)}


@pytest.mark.parametrize(
    ("written", "may", "june"),
    [
        ("named agent 8001 9001 from 2023-06-01", "8001", "9001"),
        ("named agent 8001 9001", "9001", "9001"),
        ("named agent 9001 8001", "8001", "8001"),
    ],
)
def test_an_agent_with_a_new_number_stands_in_a_month_under_that_of_then(given, written, may, june):
    """
    call 2023-05-02 08:00:00 queued 08:00:05 answered 08:00:10 agent 8001
    call 2023-06-02 08:00:00 queued 08:00:05 answered 08:00:10 agent 9001
    delivered calls 2023-05-01..2023-06-30 as of 2023-07-01"""
    record(given, written)
    for period, agent in (("2023-05", may), ("2023-06", june)):
        assert list(pieces(given, "calls_answered", period, "agent")) == [agent]


@pytest.mark.parametrize(
    ("written", "may", "july"),
    [
        ("named unit 甲局 乙局（本部） from 2023-07-01", {"甲局": 2}, {"乙局（本部）": 2}),
        (
            "named unit 甲局 乙局（本部） merged from 2023-07-01",
            {"甲局": 1, "乙局（本部）": 1},
            {"乙局（本部）": 2},
        ),
        ("named unit 甲局 乙局（本部）", {"乙局（本部）": 2}, {"乙局（本部）": 2}),
        ("named unit 丙局 丁局", {"甲局": 1, "乙局（本部）": 1}, {"甲局": 1, "乙局（本部）": 1}),
    ],
)
def test_a_unit_stands_in_a_month_under_its_name_of_then(given, written, may, july):
    """
    order A1 accepted 2023-05-02 投诉 unit 甲局
    order A2 accepted 2023-05-03 投诉 unit 乙局（本部）
    order A3 accepted 2023-07-02 投诉 unit 甲局
    order A4 accepted 2023-07-03 投诉 unit 乙局(本部)
    delivered work_orders 2023-05-01..2023-07-31 as of 2023-08-01"""
    record(given, written)
    for period, expected in (("2023-05", may), ("2023-07", july)):
        found = pieces(given, "work_orders_opened", period, "unit")
        assert {unit: int(one.numerator) for unit, one in found.items()} == expected

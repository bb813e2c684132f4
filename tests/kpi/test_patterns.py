"""Calls by hour, open orders by age, units by band, people by month, payments by day, arrivals."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from kpi.figures import results
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import CoverageUnit, DayState
from kpi.figures.figure import Status
from kpi.figures.patterns.arrivals import Arrival, list_arrivals
from kpi.figures.patterns.call_hours import read_call_hours
from kpi.figures.patterns.capture import ImportLag, read_captures
from kpi.figures.patterns.open_orders import OrderFilter, list_open_orders, read_open_orders
from kpi.figures.patterns.payment_days import PaidState, read_payment_days
from kpi.figures.patterns.side_by_side import compare_centers, read_years_of_all
from kpi.figures.patterns.staff_moves import read_staff_moves
from kpi.figures.patterns.unit_bands import LEAST_ORDERS, UnitRate, read_unit_bands
from kpi.figures.patterns.unit_holdings import list_holdings as held
from kpi.figures.patterns.unit_holdings import read_unit_holdings
from tests.kpi.given import append, record
from tracker.events.times import BEIJING, get_day_start
from tracker.events.work_orders import WorkOrderAccepted, WorkOrderCancelled
from tracker.periods import Month, Year

FEBRUARY = Month(2024, 2)
TODAY = date(2024, 7, 10)


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=BEIJING)


def test_calls_are_counted_by_hour_weekday_direction_and_group(given):
    """
    call 2024-02-05 08:10:00 queued 08:10:05 answered 08:10:15 group 综合
    call 2024-02-12 08:50:00 queued 08:50:05 answered 08:50:35 group 投诉
    call 2024-02-12 08:59:59
    call 2024-02-13 23:30:00 answered 23:30:05 outbound
    delivered calls 2024-02-05..2024-02-13 as of 2024-03-01"""
    found = read_call_hours(given, "tlf", FEBRUARY, TODAY)
    monday = found.cells("inbound")[8]
    assert (monday.weekday, monday.hour, monday.calls, monday.answered) == (1, 8, 3, 2)
    assert monday.days == 2
    assert monday.per_day == Decimal("1.5")
    assert monday.mean_wait_ms == 20_000
    assert found.cells("inbound", "投诉")[8].mean_wait_ms == 30_000
    assert found.skill_groups == ["投诉", "综合"]
    outbound = [cell for cell in found.cells("outbound") if cell.calls]
    assert [(cell.weekday, cell.hour, cell.mean_wait_ms) for cell in outbound] == [(2, 23, None)]


def test_an_hour_without_calls_is_zero_and_one_without_data_is_unknown(given):
    """
    delivered calls 2024-02-05..2024-02-05 as of 2024-03-01"""
    cells = read_call_hours(given, "tlf", FEBRUARY, TODAY).cells("inbound")
    assert cells[8].per_day == 0
    assert cells[8].mean_wait_ms is None
    assert cells[24 + 8].per_day is None


def test_a_period_that_has_not_begun_has_no_calls(given):
    """
    delivered calls 2024-02-05..2024-02-05 as of 2024-03-01"""
    assert all(
        cell.days == 0 for cell in read_call_hours(given, "tlf", Month(2024, 9), TODAY).cells("inbound")
    )


ORDERS = """
    order A1 accepted 2024-02-01 投诉 unit 甲局 due 2024-02-05
    order A2 accepted 2024-02-01 咨询 unit 乙局 due 2024-02-05 closed 2024-02-04
    order A3 accepted 2024-03-01 投诉 unit 甲局 due 2024-03-20
    order A4 accepted 2024-03-10 咨询 unit 甲局
    order A5 accepted 2024-03-12 咨询 due 2024-03-13T10:00:00
    order A6 accepted 2024-04-01 咨询 due 2024-04-09"""


def test_open_orders_are_told_apart_by_age_and_by_days_over_the_deadline(connection):
    """On 13 March at noon; A6 was accepted later."""
    record(connection, ORDERS)
    found = read_open_orders(connection, "tlf", date(2024, 4, 1), at("2024-03-13T12:00"))
    assert found.table(OrderFilter()) == {
        ("a60", "l60"): 1,  # A1: 41 days old, 37 over
        ("a15", "due"): 1,  # A3
        ("a3", "undated"): 1,  # A4
        ("a3", "l3"): 1,  # A5: two hours over
    }
    assert found.table(OrderFilter(unit="甲局", kind="投诉")) == {("a60", "l60"): 1, ("a15", "due"): 1}
    assert found.table(OrderFilter(unit="")) == {("a3", "l3"): 1}
    assert (found.units, found.kinds) == (["甲局"], ["咨询", "投诉"])


def test_a_cancelled_order_is_open_until_it_is_cancelled(connection):
    record(connection, "order A1 accepted 2024-03-01 投诉\norder A2 accepted 2024-03-01 投诉")
    accepted = {"at": at("2024-03-01"), "kind": "投诉", "cancelled": True}
    cancelled = WorkOrderCancelled(order_id="A1", at=at("2024-03-10"))
    append(connection, [cancelled, *(WorkOrderAccepted(order_id=one, **accepted) for one in ("A1", "A2"))])
    for moment, expected in (("2024-03-09", {"A1"}), ("2024-03-11", set())):
        rows = list_open_orders(connection, "tlf", date(2024, 4, 1), at(moment), OrderFilter(), limit=10)
        assert {row.subject.partition("/")[2] for row in rows} == expected


def test_an_order_becomes_late_at_its_deadline_and_not_before(connection):
    record(connection, "order A5 accepted 2024-03-12 咨询 due 2024-03-13T10:00:00")
    for moment, late in (("2024-03-13T10:00", "due"), ("2024-03-13T10:00:01", "l3")):
        assert read_open_orders(connection, "tlf", date(2024, 4, 1), at(moment)).table(OrderFilter()) == {
            ("a3", late): 1
        }


@pytest.mark.parametrize(
    "chosen",
    [
        OrderFilter(),
        OrderFilter(age="a3"),
        OrderFilter(late="l3"),
        OrderFilter(unit="甲局"),
        OrderFilter(kind="咨询", age="a3"),
    ],
)
def test_the_list_of_open_orders_is_as_long_as_their_count(connection, chosen):
    record(connection, ORDERS)
    moment = at("2024-03-13T12:00")
    table = read_open_orders(connection, "tlf", date(2024, 4, 1), moment).table(chosen)
    count = sum(
        number
        for (age, late), number in table.items()
        if chosen.age in (None, age) and chosen.late in (None, late)
    )
    orders = list_open_orders(connection, "tlf", date(2024, 4, 1), moment, chosen, limit=10)
    assert len(orders) == count > 0


def test_units_stand_in_bands_by_their_exact_rate(given):
    """
    order A1 accepted 2024-02-01 投诉 unit 甲局 due 2024-02-05 closed 2024-02-04
    order A2 accepted 2024-02-01 咨询 unit 甲局 due 2024-02-05 closed 2024-02-09
    order A3 accepted 2024-01-31 咨询 unit 乙局 due 2024-02-05T18:00 closed 2024-02-05T18:00
    order A4 accepted 2024-02-28 咨询 unit 乙局 due 2024-03-05 closed 2024-03-05
    order A5 accepted 2024-01-31 咨询 unit 乙局 due 2024-02-05T18:00 closed 2024-02-05"""
    found = read_unit_bands(given, "tlf", FEBRUARY, TODAY)
    assert [(one.unit, one.due, one.on_time) for one in found.units()] == [("甲局", 2, 1), ("乙局", 1, 1)]
    assert [(one.unit, one.due, one.on_time) for one in found.units("投诉")] == [("甲局", 1, 1)]
    assert found.kinds == ["咨询", "投诉"]


def test_the_holdings_of_units_are_listed_one_by_one(given):
    """
    order A1 accepted 2024-02-01 投诉
    step A1 2024-02-02T10:00 dispatched 甲局
    step A1 2024-02-08T10:00 returned
    step A1 2024-02-09T10:00 reassigned 乙局
    step A1 2024-02-09T22:30 closed
    order A2 accepted 2024-02-01 咨询
    step A2 2024-01-02T10:00 dispatched 甲局
    step A2 2024-01-31T10:00 reassigned 甲局
    step A2 2024-02-01T10:00 returned
    order A3 accepted 2024-02-01 投诉
    step A3 2024-02-02T10:00 dispatched 甲局
    order A4 accepted 2024-02-01 投诉 unit 甲局 closed 2024-02-05"""
    found = read_unit_holdings(given, "tlf", FEBRUARY, TODAY)
    assert [(one.unit, one.count, one.mean_hours) for one in found.units()] == [
        ("甲局", 2, Fraction((6 + 30) * 24, 2)), ("乙局", 1, Fraction(25, 2)),
    ]  # fmt: skip
    assert [(one.unit, one.count) for one in found.units("投诉")] == [("乙局", 1), ("甲局", 1)]
    assert (found.count_without_log(), found.count_without_log("咨询")) == (1, 0)
    for one in found.units():
        rows = held(given, "tlf", FEBRUARY, TODAY, one.unit, None, limit=10)
        assert len(rows) == one.count
        assert sum(row.hours for row in rows) == one.count * one.mean_hours


@pytest.mark.parametrize(
    ("due", "on_time", "band"),
    [
        (100, 95, "95%及以上"),
        (1000, 949, "90%至95%以下"),
        (100_000, 94_999, "90%至95%以下"),  # 95.00 when rounded, yet below
        (20, 18, "90%至95%以下"),
        (20, 17, "90%以下"),
        (20, 0, "90%以下"),
    ],
)
def test_a_rate_falls_into_its_band(due, on_time, band):
    found = UnitRate("甲局", due, on_time).band
    assert found is not None
    assert found.title == band


def test_too_few_orders_stand_in_no_band():
    assert UnitRate("甲局", LEAST_ORDERS - 1, 0).band is None
    assert UnitRate("甲局", LEAST_ORDERS, 0).band is not None


def test_people_are_told_month_by_month_as_far_as_a_roster_backs_it(given):
    """
    person R1 joined 2023-05-01 left 2024-02-14
    person R2 joined 2024-02-01
    person R3 joined 2024-03-01
    posts 2024-02-01 5
    delivered roster as of 2024-03-01"""
    moves = read_staff_moves(given, "tlf", Year(2024), TODAY)
    told = [(one.in_post, one.joined, one.left, one.posts) for one in moves.months()]
    assert told[:3] == [(1, 0, 0, None), (1, 1, 1, 5), (None, None, None, 5)]
    assert moves.months()[7].posts is None  # August has not ended
    assert moves.posts == ["引导员"]
    assert moves.months("班长")[1].in_post == 0


def test_payments_are_told_against_their_due_days(given):
    """
    payment P1 劳务费 due 2024-02-10 paid 2024-02-09 100.00
    payment P2 劳务费 due 2024-02-11 paid 2024-02-14 100.00
    payment P3 办公费 due 2024-02-12 50.00
    payment P4 办公费 due 2024-02-28 50.00
    payment P5 办公费 due 2024-03-28 50.00"""
    found = read_payment_days(given, "tlf", FEBRUARY, at("2024-02-20T00:00"))
    assert [(one.state, one.days_late) for one in found.payments] == [
        (PaidState.ON_TIME, -1), (PaidState.LATE, 3), (PaidState.OVERDUE, 8), (PaidState.NOT_DUE, None),
    ]  # fmt: skip
    assert found.items == ["劳务费", "办公费"]


def test_rows_are_told_by_how_long_after_their_day_they_came_in(given):
    """
    delivered calls 2024-02-01..2024-02-02 as of 2024-02-03 imported 2024-02-03
    delivered calls 2024-02-02..2024-02-12 as of 2024-03-01 imported 2024-03-04
    delivered work_orders 2024-02-29..2024-02-29 as of 2024-03-01 imported 2024-03-01
    zero calls 2024-02-20..2024-02-21 signed 2024-03-05"""
    calls, orders = read_captures(given, "tlf", FEBRUARY, TODAY)
    assert calls.rows == {ImportLag.NEXT_DAY: 1, ImportLag.WEEK: 1, ImportLag.MONTH: 10, ImportLag.LATER: 0}
    assert calls.signed == 2
    assert orders.rows[ImportLag.NEXT_DAY] == 1
    assert calls.share(ImportLag.MONTH) == Fraction(10, 12)
    assert calls.by_machine


def test_a_source_says_how_far_it_is_there_and_what_is_expected_next(given):
    """
    delivered calls 2024-02-01..2024-02-10 as of 2024-02-11
    delivered calls 2024-02-11..2024-02-12 as of 2024-02-12
    delivered roster as of 2024-02-15
    zero payments 2024-02-01..2024-02-29 signed 2024-03-02"""
    year = Year(2024)

    def on(day: date) -> dict[str, Arrival]:
        backing = read_backing(given, "tlf", year.first_day, year.end_day, day)
        return {one.source.key: one for one in list_arrivals(backing, year)}

    def first(unit: CoverageUnit | None) -> date | None:
        return unit and unit.first_day

    found = on(date(2024, 2, 13))
    calls, roster = found["calls"], found["roster"]
    assert (first(calls.last), first(calls.next)) == (date(2024, 2, 11), date(2024, 2, 13))
    assert calls.gaps == "缺1月1日至1月31日，待报2月12日"  # the 12th had not ended when its file was made
    assert (calls.count(DayState.MISSING), calls.count(DayState.OWED)) == (31, 1)
    assert (first(roster.last), first(roster.next), roster.gaps) == (date(2024, 1, 1), date(2024, 2, 1), "")
    assert first(on(date(2024, 3, 5))["payments"].next) == date(2024, 3, 1)
    assert found["posts"].gaps == "缺1月"
    assert (found["survey_answers"].last, found["survey_answers"].gaps) == (None, "")


def test_centres_stand_side_by_side(connection):
    told = """
        call 2024-02-01 08:10:00 queued 08:10:05 answered 08:10:15
        delivered calls 2024-02-01..2024-02-29 as of 2024-03-01"""
    for center in ("aaa", "bbb"):
        record(connection, told if center == "aaa" else "posts 2024-01-01 3", center)
        results.bring_up_to_date(connection, center, get_day_start(TODAY))
    found = compare_centers(connection, ["bbb", "aaa"], Year(2024), ["call_answer_rate"])
    assert [one.center for one in found] == ["bbb", "aaa"]
    assert found[1].figures["call_answer_rate"].value == 100
    assert found[1].statuses[Status.PARTLY] > 0
    assert found[0].figures == {}
    assert read_years_of_all(connection, ["aaa", "bbb"]) == [Year(2024)]
    assert read_years_of_all(connection, ["bbb"]) == []

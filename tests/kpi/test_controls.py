"""Control totals held against the log: passed, failed, or not to be checked; the edges of tolerance."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
import sqlalchemy as sa

from kpi.figures import results
from kpi.figures.controls.checking import CheckVerdict, TotalCheck, check_totals
from kpi.figures.controls.record_total import state_total
from kpi.figures.controls.totals import CONTROLS, Tolerance
from kpi.figures.measures import MEASURES
from kpi.figures.sources import SOURCES
from tests.kpi.given import record
from tracker import log
from tracker.events.assertions import TOTALS, TotalProblem, convert_to_own_unit
from tracker.events.times import BEIJING
from tracker.periods import Year

NOW = datetime(2024, 1, 2, tzinfo=BEIJING)
MAY = "2023-05-01..2023-05-31"
CALLS = "\n".join(f"call 2023-05-01 08:{n // 60:02}:{n % 60:02} id c{n}" for n in range(100))


def checks(given: sa.Connection) -> list[TotalCheck]:
    results.bring_up_to_date(given, "tlf", NOW)
    return check_totals(given, "tlf", Year(2023), NOW)


def one(given: sa.Connection) -> TotalCheck:
    (checked,) = checks(given)
    return checked


def test_every_total_that_can_be_stated_is_held_against_a_measure():
    assert CONTROLS.keys() == TOTALS.keys()
    for control in CONTROLS.values():
        assert all(term.measure in MEASURES for term in control.part.terms)
        assert all(need in SOURCES for need in control.needs)
        assert control.remedy.endswith("。") and control.tolerance.source


def test_a_total_that_agrees_passes(given):
    """
    order A1 accepted 2023-05-02
    order A2 accepted 2023-05-31
    order A3 accepted 2023-06-01
    delivered work_orders 2023-05-01..2023-06-30 as of 2023-07-01
    total platform_orders 2023-05-01..2023-05-31 2 省平台"""
    checked = one(given)
    assert (checked.verdict, checked.ours, checked.difference) == (CheckVerdict.PASSED, 2, 0)


def test_a_total_that_does_not_agree_fails_with_the_difference_and_its_share(given):
    """
    order A1 accepted 2023-05-02
    order A2 accepted 2023-05-03
    order A3 accepted 2023-05-04
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01
    total platform_orders 2023-05-01..2023-05-31 4 省平台"""
    checked = one(given)
    assert (checked.verdict, checked.difference, checked.share) == (CheckVerdict.FAILED, -1, Fraction(-1, 4))
    assert checked.reason == "系统数少1件。"


@pytest.mark.parametrize(
    ("claimed", "verdict"),
    [
        (100, CheckVerdict.PASSED),
        (101, CheckVerdict.PASSED),
        (102, CheckVerdict.FAILED),
        (99, CheckVerdict.FAILED),
    ],
)
def test_the_telecom_bill_may_differ_by_one_per_cent_of_itself(connection, claimed, verdict):
    """100 calls: 101 billed are off by 0.99 %, 102 by 1.96 %, and 99 by 1.01 %."""
    record(connection, f"{CALLS}\ndelivered calls {MAY} as of 2023-06-01")
    record(connection, f"total telecom_calls {MAY} {claimed} 某某电信")
    assert one(connection).verdict is verdict


@pytest.mark.parametrize(
    ("absolute", "relative", "difference", "allowed"),
    [
        ("0", "0", "0", True), ("0", "0", "0.01", False), ("0", "0.01", "2", True), ("0", "0.01", "-2", True),
        ("0", "0.01", "2.01", False), ("3", "0.01", "3", True), ("3", "0.01", "3.01", False),
        ("1", "0.01", "2", True),
    ],
)  # fmt: skip
def test_a_tolerance_is_the_larger_margin_and_includes_its_edge(absolute, relative, difference, allowed):
    tolerance = Tolerance(Decimal(absolute), Decimal(relative), "x")
    assert tolerance.allows(Decimal(200), Decimal(difference)) is allowed


def test_a_total_of_a_month_that_lacks_days_is_not_checked_and_the_days_are_named(given):
    """
    call 2023-08-01 08:00:00
    delivered calls 2023-08-01..2023-08-11 as of 2023-09-01
    delivered calls 2023-08-14..2023-08-31 as of 2023-09-01
    total telecom_calls 2023-08-01..2023-08-31 1 某某电信"""
    checked = one(given)
    assert (checked.verdict, checked.ours) == (CheckVerdict.UNCHECKED, 1)
    assert "话单缺8月12日、8月13日" in checked.reason


def test_where_nothing_was_delivered_there_is_no_number_of_ours(given):
    """
    call 2023-06-01 08:00:00
    total telecom_calls 2023-05-01..2023-05-31 0 某某电信
    total payroll_heads 2023-05-01..2023-05-31 0 劳务公司"""
    assert [(one.verdict, one.ours, one.difference) for one in checks(given)] == [
        (CheckVerdict.UNCHECKED, None, None)
    ] * 2


def test_a_true_zero_passes_against_zero_and_has_no_share(given):
    """
    zero calls 2023-05-01..2023-05-31 signed 2023-06-01
    total telecom_calls 2023-05-01..2023-05-31 0 某某电信"""
    checked = one(given)
    assert (checked.verdict, checked.ours, checked.share) == (CheckVerdict.PASSED, 0, None)


def test_a_span_of_days_is_counted_day_by_day(given):
    """
    call 2023-05-25 23:59:59
    call 2023-05-26 00:00:00
    call 2023-06-25 23:59:59
    call 2023-06-26 00:00:00
    delivered calls 2023-05-26..2023-06-25 as of 2023-07-01
    total telecom_calls 2023-05-26..2023-06-25 2 某某电信"""
    checked = one(given)
    assert (checked.verdict, checked.ours) == (CheckVerdict.PASSED, 2)
    assert checked.stated.span == "2023-05-26至2023-06-25"


def test_money_is_compared_to_the_fen(given):
    """
    payment P1 劳务费 due 2023-05-10 paid 2023-05-09 189158.33
    payment P2 劳务费 due 2023-05-10 paid 2023-06-09 1.00
    delivered payments as of 2023-07-01
    total bank_paid 2023-05-01..2023-05-31 189158.34 某某银行"""
    checked = one(given)
    assert (checked.verdict, checked.difference) == (CheckVerdict.FAILED, Decimal("-0.01"))


def test_heads_are_those_at_the_months_end_and_need_a_single_month(given):
    """
    person R1 joined 2022-05-01
    person R2 joined 2022-05-01 left 2023-05-20
    delivered roster as of 2023-07-01
    total payroll_heads 2023-05-01..2023-05-31 1 劳务公司
    total insured_heads 2023-05-01..2023-06-30 2 社保局"""
    single, double = checks(given)
    assert (single.verdict, single.ours) == (CheckVerdict.PASSED, 1)
    assert (double.verdict, double.ours) == (CheckVerdict.UNCHECKED, None)
    assert "单个月份" in double.reason


def test_a_month_that_has_not_ended_is_not_checked(given):
    """
    call 2023-05-01 08:00:00
    delivered calls 2023-05-01..2023-05-20 as of 2023-05-21
    total telecom_calls 2023-05-01..2023-05-31 1 某某电信"""
    early = datetime(2023, 5, 21, tzinfo=BEIJING)
    results.bring_up_to_date(given, "tlf", early)
    (checked,) = check_totals(given, "tlf", Year(2023), early)
    assert (checked.verdict, checked.ours) == (CheckVerdict.UNCHECKED, None)


def test_a_body_that_corrects_itself_is_believed_and_two_bodies_stand_side_by_side(given):
    """
    total platform_orders 2023-05-01..2023-05-31 4 省平台
    total platform_orders 2023-05-01..2023-05-31 5 省平台
    total platform_orders 2023-05-01..2023-05-31 6 市平台"""
    told = {(one.stated.issued_by, one.stated.value) for one in checks(given)}
    assert told == {("省平台", 5), ("市平台", 6)}


def test_totals_move_no_figure_and_make_no_year(given):
    """
    call 2023-05-01 08:00:00
    delivered calls 2023-05-01..2023-05-31 as of 2023-06-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    record(given, f"total telecom_calls 2021-05-01..2021-05-31 9 某某电信\ntotal recordings {MAY} 1 录音公司")
    results.bring_up_to_date(given, "tlf", NOW)
    assert [year.year for year in results.read_years(given, "tlf")] == [2023, 2024]


@pytest.mark.parametrize(
    ("kind", "value", "unit", "exact"),
    [
        ("telecom_calls", "3440", None, "3440"), ("telecom_calls", "3440.0", "次", "3440"),
        ("bank_paid", "18.915833", "万元", "189158.33"), ("bank_paid", "0", "元", "0"),
    ],
)  # fmt: skip
def test_a_total_is_kept_in_the_unit_of_its_kind(kind, value, unit, exact):
    assert str(convert_to_own_unit(kind, Decimal(value), unit)) == exact


@pytest.mark.parametrize(
    ("kind", "value", "unit"),
    [("telecom_calls", "1.5", None), ("telecom_calls", "-1", None), ("bank_paid", "1.005", "元"),
     ("telecom_calls", "1", "元"), ("bank_paid", "1", "通")],
)  # fmt: skip
def test_a_total_that_cannot_be_is_refused(kind, value, unit):
    with pytest.raises(TotalProblem):
        convert_to_own_unit(kind, Decimal(value), unit)


def stated(connection: sa.Connection, **more: object) -> bool:
    record(connection, "")
    told = {
        "kind": "telecom_calls", "first_day": date(2023, 5, 1), "end_day": date(2023, 6, 1),
        "value": Decimal(3440), "unit": None, "issued_by": "某某电信", "by": "李四", "now": NOW,
    } | more  # fmt: skip
    return state_total(connection.connection.driver_connection, "tlf", **told)  # type: ignore[arg-type]


def test_the_same_statement_again_is_nothing_new(connection):
    assert stated(connection)
    before = log.read_head(connection.connection.driver_connection, "tlf")
    assert not stated(connection, by="王五", value=Decimal("3440.0"), unit="次")
    assert log.read_head(connection.connection.driver_connection, "tlf") == before
    assert stated(connection, value=Decimal(3441))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "cats"}, {"by": " "}, {"issued_by": ""}, {"issued_by": "长" * 61},
        {"end_day": date(2024, 2, 1)}, {"end_day": date(2023, 5, 1)}, {"value": Decimal("0.5")},
    ],
)  # fmt: skip
def test_a_statement_that_cannot_stand_is_refused(connection, wrong):
    with pytest.raises(TotalProblem):
        stated(connection, **wrong)

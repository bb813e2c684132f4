"""Figures of payments and of the budget mean what their cards say, at every centre."""

from datetime import date
from decimal import Decimal

import pytest

from kpi.figures.attainment import judge
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.target import Attainment
from kpi.figures.rows import read_rows
from tests.kpi.given import append, record
from tracker.events.declarations import TopicDeclared
from tracker.events.event import leave_out
from tracker.events.payments import BudgetMoved, PaymentRecorded
from tracker.facts.payments import find_last_day
from tracker.periods import Year


def a_payment(payment_id: str, due: str, paid: str | None = None, yuan: int = 100, **told) -> PaymentRecorded:
    plain = {"item": "劳务费", "for_period": None, "payee": None, "goods_accepted_on": None}
    return PaymentRecorded(
        payment_id=payment_id, due_on=date.fromisoformat(due),
        paid_on=None if paid is None else date.fromisoformat(paid), amount_fen=100 * yuan,
        **(plain | told),
    )  # fmt: skip


def moved(movement: str, day: str, yuan: int, year: int | None = None) -> BudgetMoved:
    return BudgetMoved(
        moved_on=date.fromisoformat(day), movement=movement, item="劳务费", amount_fen=100 * yuan,
        document=f"{movement}{day}", budget_year=year,
    )  # fmt: skip


def labour(item: str, holds: bool = True) -> TopicDeclared:
    return TopicDeclared(topic="labour", known_as=item, holds=holds)


BOTH = "delivered payments 2023-01-01..2023-12-31 as of 2024-01-01\ndelivered budget as of 2024-01-01"


# ---- the budget


def test_what_is_received_is_held_against_the_adjusted_budget(connection, figure):
    record(connection, BOTH)
    append(connection, [moved("approved", "2023-01-12", 100), moved("adjusted", "2023-06-01", -20)])
    append(connection, [moved("received", "2023-02-01", 80)])
    year = figure("funds_received_rate", "2023")
    assert (year.numerator, year.denominator, year.value) == (80, 80, 100)
    assert judge(INDICATORS["funds_received_rate"], year).attainment is Attainment.MET


def test_a_target_of_the_year_is_not_judged_in_january(connection, figure):
    record(connection, BOTH)
    append(connection, [moved("approved", "2023-01-12", 100), moved("received", "2023-02-01", 100)])
    rate = INDICATORS["funds_received_rate"]
    january = figure("funds_received_rate", "2023-01")
    assert january.value == 0
    assert judge(rate, january) is None
    assert judge(rate, figure("funds_received_rate", "2023")).attainment is Attainment.MET


def test_a_budget_approved_in_december_is_that_of_the_year_it_names(connection, figure):
    record(connection, BOTH)
    record(connection, "delivered budget as of 2023-01-01")
    append(connection, [
        moved("approved", "2022-12-20", 100, 2023), moved("received", "2023-02-01", 60, 2023),
        moved("received", "2024-01-04", 40, 2023), a_payment("P1", "2023-03-10", "2023-03-10", 50),
    ])  # fmt: skip
    assert figure("funds_received_rate", "2023-02").value == 60
    assert figure("funds_received_rate", "2023").value == 100  # by a day of January 2024
    assert figure("budget_execution_of_budget_rate", "2023").value == 50


def test_a_budget_approved_in_december_that_names_no_year_is_of_neither_for_sure(connection, figure):
    record(connection, BOTH)
    append(connection, [moved("approved", "2023-01-12", 100), moved("received", "2023-02-01", 100)])
    append(connection, [moved("approved", "2023-12-20", 100)])
    year = figure("funds_received_rate", "2023")
    assert (year.denominator, year.status) == (100, Status.PARTLY)
    assert "预算有1行没有“预算年度”" in year.reason
    assert figure("funds_received_rate", "2023-11").status is Status.VERIFIABLE


def test_what_was_carried_over_in_december_and_names_no_year_is_of_neither_for_sure(connection, figure):
    record(connection, BOTH)
    append(connection, [moved("approved", "2023-01-12", 100), moved("carried", "2023-12-31", 20)])
    append(connection, [a_payment("P1", "2023-03-10", "2023-03-10", 50)])
    year = figure("budget_execution_of_budget_rate", "2023")
    assert (year.denominator, year.status) == (100, Status.PARTLY)
    assert figure("budget_execution_of_budget_rate", "2023-11").status is Status.VERIFIABLE


def test_a_budget_of_which_more_is_unknown_than_known_is_nothing_to_divide_by(connection, figure):
    record(connection, BOTH)
    append(connection, [moved("approved", "2022-12-20", 100), moved("received", "2023-02-01", 60)])
    append(connection, [moved("adjusted", "2023-03-01", 10)])
    year = figure("funds_received_rate", "2023")  # 600 % of the adjustment alone
    assert (year.value, year.status) == (None, Status.UNVERIFIABLE)
    assert "分母里不明的比已知的还多，本期不计算。" in year.reason


def test_a_budget_below_nothing_is_nothing_to_divide_by(connection, figure):
    record(connection, BOTH)
    append(connection, [moved("adjusted", "2023-01-05", -10), moved("received", "2023-01-06", 60)])
    january = figure("funds_received_rate", "2023-01")
    assert (january.value, january.status) == (None, Status.NOT_APPLICABLE)
    assert january.reason == "本期批复预算、预算调整合计是负数（不能作分母）。"


def test_what_was_carried_over_is_part_of_what_can_be_spent(connection, figure, fork):
    record(connection, BOTH)
    append(connection, [
        moved("carried", "2023-01-05", 20), moved("approved", "2023-01-12", 100),
        moved("received", "2023-02-01", 100), moved("returned", "2023-12-29", 10),
        a_payment("P1", "2023-03-10", "2023-03-10", 110),
    ])  # fmt: skip
    for rate in ("budget_execution_rate", "budget_execution_of_budget_rate"):
        assert (figure(rate, "2023").numerator, figure(rate, "2023").denominator) == (110, 120)
    assert figure("funds_received_rate", "2023").value == 100
    assert fork("budget_execution_rate", "less_returned", "2023").value == 100


def test_adjustments_up_and_down_do_not_make_up_for_each_other(connection, figure):
    record(connection, BOTH)
    append(connection, [
        moved("approved", "2023-01-12", 100), moved("adjusted", "2023-05-01", 10),
        moved("adjusted", "2023-06-01", -10),
    ])  # fmt: skip
    assert figure("budget_adjustment_rate", "2023").value == 20


def test_what_is_not_paid_is_left_over_and_saves_nothing(connection, figure):
    record(connection, BOTH)
    append(connection, [
        moved("approved", "2023-01-12", 100), a_payment("P1", "2023-03-10", "2023-03-10", 60),
        a_payment("P2", "2023-11-10", None, 30), a_payment("P3", "2024-02-10", None, 10),
    ])  # fmt: skip
    assert (figure("budget_carry_over_rate", "2023").value, figure("cost_saving_rate", "2023").value) == (
        40,
        10,
    )
    for key in ("budget_carry_over_rate", "cost_saving_rate"):
        assert read_rows(connection, "tlf", key, Year(2023)).agrees


def test_progress_of_a_quarter_is_paid_by_due(connection, figure):
    record(connection, BOTH)
    append(connection, [
        a_payment("P1", "2023-01-10", "2023-01-10", 60), a_payment("P2", "2023-03-10", "2023-04-02", 40),
        a_payment("P3", "2023-06-10", "2023-06-10", 100),
    ])  # fmt: skip
    assert [figure("payment_progress_rate", f"2023-Q{n}").value for n in (1, 2)] == [60, 140]


def test_a_budget_file_of_may_alone_backs_nothing_before_may(connection, figure):
    record(connection, "delivered budget 2023-05-10..2023-05-10 as of 2023-07-01")
    append(connection, [moved("approved", "2023-05-10", 100)])
    found = {month: figure("funds_received_rate", f"2023-{month:02}").status for month in (4, 5, 6)}
    assert found == {4: Status.UNVERIFIABLE, 5: Status.PARTLY, 6: Status.PARTLY}


# ---- paid, late, owed


def test_what_is_overdue_and_unpaid_counts_up_to_the_end_of_the_period(connection, figure):
    record(connection, BOTH)
    append(connection, [
        a_payment("P1", "2023-11-01", "2023-11-01", 680_000), a_payment("P2", "2023-12-01", None, 1_000_000),
        a_payment("P3", "2022-12-01", None, 5),
    ])  # fmt: skip
    delay = figure("payment_mean_delay", "2023")
    assert (delay.numerator, delay.denominator, delay.value) == (30, 2, 15)
    assert figure("payment_mean_delay", "2023-11").value == 0
    assert figure("payment_overdue_amount", "2023").value == 1_000_005
    assert figure("payment_overdue_amount", "2023-11").value == 5
    assert read_rows(connection, "tlf", "payment_mean_delay", Year(2023)).agrees


def test_who_is_paid_after_the_period_was_owed_at_its_end(connection, figure):
    record(connection, BOTH)
    append(connection, [a_payment("P1", "2023-02-10", "2023-05-10", 100)])
    months = [figure("payment_mean_delay", f"2023-{month:02}").value for month in (1, 2, 4, 5, 12)]
    assert months == [None, 18, 79, 89, 89]
    owed = [figure("payment_overdue_amount", f"2023-{month:02}").value for month in (1, 2, 4, 5)]
    assert owed == [0, 100, 100, 0]


def test_the_law_counts_from_acceptance(connection, figure, fork):
    """Agreed for long after, and kept: 30 days are over on 31 January, 60 on 2 March."""
    record(connection, BOTH)
    told = {"goods_accepted_on": date(2023, 1, 1)}
    append(connection, [
        a_payment("P1", "2023-06-01", "2023-01-31", **told),
        a_payment("P2", "2023-06-01", "2023-02-01", **told),
        a_payment("P3", "2023-06-01", None, **told), a_payment("P4", "2023-01-10", "2023-01-10"),
    ])  # fmt: skip
    key = "payment_within_30_days_of_acceptance_rate"
    assert (figure(key, "2023-01").numerator, figure(key, "2023-01").denominator) == (1, 3)
    sixty = fork(key, "within_60_days", "2023")
    assert (sixty.numerator, sixty.denominator) == (2, 3)


def test_without_a_day_of_acceptance_nobody_can_tell(connection, figure):
    record(connection, BOTH)
    untold = a_payment("P1", "2023-01-10", "2023-01-10")
    leave_out(untold, ["goods_accepted_on"], frozenset())
    append(connection, [untold])
    found = figure("payment_within_30_days_of_acceptance_rate", "2023")
    assert (found.status, found.value) == (Status.UNVERIFIABLE, None)
    assert "验收日期" in found.reason


@pytest.mark.parametrize(
    ("due", "paid", "in_time"),
    [
        ("2023-06-10", "2023-06-12", 1),  # Saturday, Monday
        ("2023-06-10", "2023-06-13", 0),
        ("2023-06-25", "2023-06-26", 0),  # a Sunday worked for the Dragon Boat holiday is no day off
        ("2023-01-21", "2023-01-28", 1),  # the Spring Festival ends on Friday, Saturday is worked
        ("2023-06-12", "2023-06-13", 0),
    ],
)
def test_a_due_day_off_rolls_to_the_next_working_day_by_a_fork(connection, figure, fork, due, paid, in_time):
    record(connection, BOTH)
    append(connection, [a_payment("P1", due, paid)])
    assert figure("payment_on_time_rate", "2023").numerator == 0
    rolled = fork("payment_on_time_rate", "rolled", "2023")
    assert (rolled.numerator, rolled.status) == (in_time, Status.VERIFIABLE)


def test_a_year_without_a_calendar_leaves_open_whether_the_due_day_was_off(connection, fork):
    record(connection, "delivered payments as of 2012-01-01")
    append(connection, [
        a_payment("P1", "2011-06-11", "2011-06-13"), a_payment("P2", "2011-06-10", "2011-06-10"),
    ])  # fmt: skip
    rolled = fork("payment_on_time_rate", "rolled", "2011")
    assert (rolled.numerator, rolled.status, rolled.low, rolled.high) == (1, Status.PARTLY, 50, 100)
    assert "没有该年的工作日历" in rolled.reason


# ---- labour


def test_without_a_word_on_its_items_nobody_knows_what_labour_costs(connection, figure):
    """The case of 2022: 68万元 of 热线服务费 for 9 people, which was 0.00 元/人 and full marks."""
    record(connection, BOTH)
    record(connection, "\n".join(f"person R{n} joined 2022-05-01" for n in range(9)))
    record(connection, "delivered roster as of 2024-01-01")
    append(connection, [a_payment("P1", "2023-06-10", "2023-06-12", 680_000, item="12345热线服务费")])
    for key in ("cost_per_person", "payment_on_time_labour_rate"):
        assert (figure(key, "2023").status, figure(key, "2023").value) == (Status.UNVERIFIABLE, None)
        assert "统计设定" in figure(key, "2023").reason
    append(connection, [labour("12345热线服务费")])
    assert figure("cost_per_person", "2023").value == Decimal("75555.56")
    assert figure("payment_on_time_labour_rate", "2023").value == 0
    assert read_rows(connection, "tlf", "cost_per_person", Year(2023)).agrees


def test_an_item_of_which_nothing_is_said_may_be_labour(connection, figure):
    record(connection, BOTH)
    append(connection, [labour("劳务费"), labour("办公费", holds=False)])
    append(connection, [
        a_payment("P1", "2023-01-10", "2023-01-10"),
        a_payment("P2", "2023-02-10", "2023-02-20", item="办公费"),
        a_payment("P3", "2023-03-10", "2023-03-20", item="外包费"),
    ])  # fmt: skip
    rate = figure("payment_on_time_labour_rate", "2023")
    assert (rate.numerator, rate.denominator, rate.status, rate.low) == (1, 1, Status.PARTLY, 50)


def test_labour_costs_what_its_period_costs_whenever_it_is_paid(connection, figure):
    record(connection, BOTH)
    record(connection, "person R1 joined 2022-05-01\ndelivered roster as of 2024-01-01")
    append(connection, [labour("劳务费")])
    append(connection, [
        a_payment("P1", "2023-01-10", "2023-01-10", 700, for_period="2022-12"),
        a_payment("P2", "2023-02-10", "2023-03-10", 800, for_period="2023年1月"),
        a_payment("P3", "2024-01-10", None, 900, for_period="2023-12"),
    ])  # fmt: skip
    costs = [figure("cost_per_person", period).numerator for period in ("2023-01", "2023-03", "2023")]
    assert costs == [800, 0, 1700]


@pytest.mark.parametrize(
    ("written", "last"),
    [
        ("2023-01", "2023-01-31"), ("2023年2月", "2023-02-28"), ("202312", "2023-12-31"),
        ("2023年第一季度", "2023-03-31"), ("2023Q2", "2023-06-30"), ("2023年1-3月", "2023-03-31"),
        ("2023年", "2023-12-31"), ("2023年度", "2023-12-31"), ("2023.5", "2023-05-31"),
        ("2022年12月至2023年1月", None), ("1月", None), ("上半年", None), (None, None),
    ],
)  # fmt: skip
def test_a_period_is_read_as_people_write_it(written, last):
    assert find_last_day(written) == last

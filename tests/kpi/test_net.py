"""Rates of work orders less those that an appeal left out of assessment: beside the rate with them, and no
surer than that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kpi.figures import results
from kpi.figures.counted_rows import PartName
from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.exclusions import NetComparison, compare_net
from kpi.figures.figure import Figure, Status
from kpi.figures.forks import FORKS
from kpi.figures.indicators import INDICATORS
from kpi.figures.rows import read_figure_rows, read_rows
from tests.centre import NOW, Centre
from tracker.database import Database
from tracker.periods import Month, Period, Quarter

MAY = Month(2023, 5)
ORDER_TITLES = (
    "工单编号",
    "受理时间",
    "诉求类型",
    "办结时限",
    "办结时间",
    "回访时间",
    "是否接通",
    "是否解决",
    "满意度",
)
APPEAL_TITLES = ("工单编号", "申诉日期", "申诉单位", "申诉理由", "审核结果", "审核日期", "审核人")


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    """An order each day, April to June; those of 1 to 10 May late, unsolved and found wanting."""
    centre = Centre(database, home)
    rows = []
    for number in range(91):
        day = Month(2023, 4).first_day + timedelta(days=number)
        bad = 30 <= number < 40
        closed = day + timedelta(days=5 if bad else 1)
        rows.append([
            f"W{number}", f"{day} 08:00:01", "投诉", f"{day + timedelta(days=3)} 18:00:00",
            f"{closed} 10:00:01",
            f"{closed} 11:00:01", "是", "未解决" if bad else "已解决", "不满意" if bad else "满意",
        ])  # fmt: skip
    centre.take_in("工单.csv", ORDER_TITLES, rows)
    return centre


def appeal(here: Centre, *rows: Sequence[str]) -> None:
    plain = ("W5", "2023-04-20", "甲局", "重复诉求", "驳回", "2023-04-21", "张三")  # of April, refused
    here.take_in("考核申诉.csv", APPEAL_TITLES, [plain, *rows])


def granted(number: int, result: str = "同意剔除") -> tuple[str, ...]:
    decided = "2023-05-25" if result else ""
    return (f"W{number}", "2023-05-20", "乙局", "不合理诉求", result, decided, "李四" if result else "")


def net(here: Centre, key: str) -> Figure:
    [fork] = [one for one in FORKS if (one.key, one.name) == (key, "net")]
    with here.database.engine.connect() as connection:
        return compute_figures_by(connection, here.code, [fork.definition], [MAY], NOW)[0][MAY]


RATES = ("work_order_on_time_rate", "work_order_resolution_rate", "work_order_satisfaction_rate")


@pytest.mark.parametrize("key", RATES)
def test_what_was_left_out_counts_gross_and_not_net(here: Centre, key: str) -> None:
    appeal(here, granted(30), granted(31), granted(32, "驳回"), granted(70))
    gross = here.figures(MAY, key)[key]
    assert (gross.status, gross.numerator, gross.denominator) == (Status.VERIFIABLE, 21, 31)
    left = net(here, key)
    assert (left.status, left.numerator, left.denominator) == (Status.VERIFIABLE, 21, 29)
    assert str(left.value) == "72.41"


def test_an_appeal_never_alters_the_gross_figure(here: Centre) -> None:
    before = here.figures(MAY, *RATES)
    appeal(here, *(granted(number) for number in range(30, 40)))
    after = here.figures(MAY, *RATES)
    assert [(one.numerator, one.denominator) for one in after.values()] == [
        (one.numerator, one.denominator) for one in before.values()
    ]


def test_an_appeal_that_waits_leaves_the_net_figure_open(here: Centre) -> None:
    appeal(here, granted(30), granted(31, ""), granted(41, "待审核"))
    left = net(here, "work_order_on_time_rate")
    assert left.status is Status.PARTLY and "考核申诉的审核结果" in left.reason
    assert left.low is not None and left.high is not None
    worst, best = 100 * 20 / 29, 100 * 21 / 29  # the good one left out, or the bad one
    assert float(left.low) <= worst <= best <= float(left.high)


def test_without_a_list_of_appeals_there_is_no_net_figure(here: Centre) -> None:
    assert here.figures(MAY, "work_order_on_time_rate")["work_order_on_time_rate"].status is Status.VERIFIABLE
    left = net(here, "work_order_on_time_rate")
    assert left.status is Status.UNVERIFIABLE and "考核申诉" in left.reason


def test_a_net_figure_is_no_surer_than_the_gross_one(here: Centre) -> None:
    appeal(here, granted(30))
    late = ["W999", "2023-05-03 08:00:01", "投诉", "尽快", "2023-05-04 08:00:01", "", "", "", ""]
    here.take_in("补报.csv", ORDER_TITLES, [late])
    gross = here.figures(MAY, "work_order_on_time_of_accepted_rate")["work_order_on_time_of_accepted_rate"]
    left = net(here, "work_order_on_time_of_accepted_rate")
    assert gross.status is left.status is Status.PARTLY
    assert gross.low is not None and gross.high is not None and left.low is not None and left.high is not None
    assert left.low < left.high


def test_each_left_out_is_listed_with_who_asked_why_and_who_decided(here: Centre) -> None:
    appeal(here, granted(30), granted(31), granted(32, "驳回"))
    with here.database.engine.begin() as connection:
        results.bring_up_to_date(connection, here.code, NOW)
        shown = read_rows(connection, here.code, "work_orders_excluded", MAY)
        assert shown.agrees is True
        assert [row.cells[0] for row in shown.rows] == ["work_order/W30", "work_order/W31"]
        assert shown.rows[0].cells[1:5:3] == ("乙局", "李四") and shown.rows[0].cells[3] == "不合理诉求"


def test_the_rows_of_a_net_figure_are_those_of_the_gross_one_less_what_was_left_out(here: Centre) -> None:
    appeal(here, granted(30), granted(31))
    here.figures(MAY, *RATES)
    left = net(here, "work_order_on_time_rate")
    [fork] = [one for one in FORKS if (one.key, one.name) == ("work_order_on_time_rate", "net")]
    with here.database.engine.connect() as connection:
        rows = read_figure_rows(connection, fork.definition, left, "denominator")
    assert rows.agrees is True and rows.count == 29
    assert not {"work_order/W30", "work_order/W31"} & {row.subject for row in rows.rows}


def test_one_granted_without_its_day_is_of_no_month_and_open_in_each(here: Centre) -> None:
    appeal(here, granted(30), (*granted(31)[:5], "", "李四"))
    told = here.figures(MAY, "work_orders_excluded")["work_orders_excluded"]
    assert told.status is Status.PARTLY and "审核日期" in told.reason
    assert (told.low, told.value, told.high) == (1, 1, 2)


def test_without_the_days_of_decision_nobody_can_say_how_many_a_month_left_out(here: Centre) -> None:
    rows = [granted(number)[:5] for number in (30, 31)]
    here.take_in("考核申诉.csv", APPEAL_TITLES[:5], [("W5", "2023-04-20", "甲局", "重复", "驳回"), *rows])
    told = here.figures(MAY, "work_orders_excluded")["work_orders_excluded"]
    assert told.status is not Status.VERIFIABLE and "审核日期" in told.reason
    left = net(here, "work_order_on_time_rate")
    assert (left.status, left.denominator) == (Status.VERIFIABLE, 29)


def compare(here: Centre, key: str, *periods: Period) -> dict[Period, NetComparison]:
    wanted = [(INDICATORS[key], period) for period in periods]
    with here.database.engine.connect() as connection:
        found = compare_net(connection, here.code, wanted, NOW)
    return {period: one for (_, period), one in found.items()}


@pytest.mark.parametrize("key", RATES)
def test_the_rows_between_gross_and_net_tie_both_sides(here: Centre, key: str) -> None:
    appeal(here, granted(30), granted(31), granted(32, "驳回"), granted(50), granted(51, ""), granted(70))
    between = compare(here, key, MAY)[MAY]
    assert between.agrees is True
    assert [(one.subject, one.outcome) for one in between.rows] == [
        ("work_order/W30", "同意剔除"), ("work_order/W31", "同意剔除"), ("work_order/W50", "同意剔除"),
        ("work_order/W51", "未定"),
    ]  # fmt: skip
    assert [between.sum_rows(part, granted=True) for part in PartName] == [1, 3]
    assert [between.sum_rows(part, granted=False) for part in PartName] == [1, 1]
    assert (between.net.numerator, between.net.denominator) == (19, 27)
    first = between.rows[0]
    assert (first.asked_by, first.reason, first.decided_by) == ("乙局", "不合理诉求", "李四")
    assert (first.numerator, first.denominator) == (0, 1)


def test_a_month_without_a_list_of_appeals_stands_apart_from_what_was_left_out(here: Centre) -> None:
    here.take_in("考核申诉.csv", APPEAL_TITLES, [granted(30)])  # of May: nobody knows of April
    quarter = compare(here, RATES[0], Quarter(2023, 2))[Quarter(2023, 2)]
    assert quarter.agrees is True
    assert quarter.net.denominator is not None and quarter.gross.denominator is not None
    apart = quarter.gross.denominator - quarter.net.denominator - 1
    assert apart > 0 and quarter.unlisted[PartName.DENOMINATOR] == apart


def test_rows_that_do_not_tie_are_told_of(here: Centre) -> None:
    appeal(here, granted(30))
    between = compare(here, RATES[0], MAY)[MAY]
    assert replace(between, rows=()).agrees is False


def test_an_indicator_of_staff_has_no_net_figure(here: Centre) -> None:
    assert compare(here, "staff_turnover_rate", MAY) == {}

"""How far back a delivered file speaks: from the file to the figure."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kpi.figures.figure import Status
from tests.centre import Centre
from tracker.database import Database
from tracker.periods import Month, Year

MAY, YEAR = Month(2024, 5), Year(2024)
ROSTER = ("工号", "岗位", "入职日期", "离职日期")
POSTS = ("生效日期", "岗位", "核定人数")
PRESENT = [(f"{n:03}", "话务员", "2022-03-01", "") for n in range(1, 5)]


@pytest.fixture
def centre(database: Database, home: Path) -> Centre:
    centre = Centre(database, home)
    centre.take_in("岗位核定.csv", POSTS, [("2022-01-01", "话务员", "4")])
    return centre


@pytest.fixture
def status(centre: Centre) -> Callable[..., Status]:
    return lambda key, period: centre.figures(period, key)[key].status


def test_december_s_payments_say_nothing_of_the_months_before(centre, status):
    titles = ("凭证号", "费用项目", "约定支付日", "实际支付日", "金额（元）")
    centre.take_in("支付明细_2024-12.csv", titles, [("P1", "劳务费", "2024-12-10", "2024-12-09", "100")])
    assert status("payment_on_time_rate", Month(2024, 12)) is Status.VERIFIABLE
    assert status("payment_on_time_rate", MAY) is Status.UNVERIFIABLE
    year = centre.figures(YEAR, "payment_on_time_rate")["payment_on_time_rate"]
    assert (year.status, year.reason.partition("。")[0]) == (Status.PARTLY, "支付明细缺1月至11月")


def test_december_s_list_of_those_in_post_does_not_tell_who_was_in_may(centre, status):
    centre.take_in("花名册_2024-11.csv", ROSTER[:-1], [row[:-1] for row in PRESENT])
    centre.take_in("花名册_2024-12.csv", ROSTER[:-1], [row[:-1] for row in PRESENT])
    assert status("staffing_in_post_rate", Month(2024, 12)) is Status.VERIFIABLE
    assert status("staffing_in_post_rate", MAY) is Status.UNVERIFIABLE


LEFT = ("009", "话务员", "2022-01-01", "2024-03-01")


def test_a_list_with_leaving_dates_tells_of_the_months_before(centre, status):
    centre.take_in("花名册_2024-12.csv", ROSTER, [*PRESENT, LEFT])
    assert status("staffing_in_post_rate", YEAR) is Status.VERIFIABLE


def test_a_list_that_shows_nobody_who_left_tells_who_is_in_post_and_no_more(centre, status):
    (report,) = centre.take_in("花名册_2024-12.csv", ROSTER, PRESENT).tables
    assert any("离职日期都是空的" in notice for notice in report.notices)
    assert status("staffing_in_post_rate", Month(2024, 12)) is Status.VERIFIABLE
    assert status("staffing_in_post_rate", MAY) is Status.UNVERIFIABLE
    assert status("staff_turnover_rate", YEAR) is not Status.VERIFIABLE


def test_unless_the_profile_says_that_it_would(centre, status):
    profiles = centre.home / "profiles"
    profiles.mkdir(parents=True, exist_ok=True)
    signature = '["工号", "岗位", "入职日期", "离职日期"]'
    (profiles / "own.toml").write_text(f'kind = "roster"\nlists_leavers = true\nsignature = {signature}\n')
    centre.take_in("花名册_2024-12.csv", ROSTER, PRESENT)
    assert status("staffing_in_post_rate", YEAR) is Status.VERIFIABLE


def test_a_flow_log_alone_does_not_tell_how_many_orders_were_accepted(centre, status):
    titles = ("工单编号", "环节", "操作时间", "接收单位")
    steps = [(f"GD{day:03}", "签收", f"2024-05-{day:02} 10:00:00", "甲局") for day in range(1, 32)]
    (report,) = centre.take_in("工单流转记录_2024-05.csv", titles, steps).tables
    assert report.accepted == 31
    assert status("work_orders_opened", MAY) is Status.UNVERIFIABLE


@pytest.mark.parametrize("name", ["支付明细_2024-07.csv", "支付明细_2024年7月.csv"])
def test_an_old_payment_that_came_along_tells_nothing_of_its_month(centre, status, name):
    titles = ("凭证号", "费用项目", "约定支付日", "实际支付日", "金额（元）")
    rows = [("P0", "电费", "2024-03-15", "", "900"), ("P9", "电费", "2024-07-15", "2024-07-14", "900")]
    centre.take_in(name, titles, rows)
    assert status("payment_on_time_rate", Month(2024, 7)) is Status.VERIFIABLE
    assert {status("payment_on_time_rate", Month(2024, month)) for month in range(3, 7)} == {
        Status.UNVERIFIABLE
    }

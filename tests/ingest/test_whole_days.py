"""A day is backed by a list of all its rows, not by a few that came along with those of other days."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi.figures.figure import Status
from tests.centre import Centre
from tracker.database import Database
from tracker.periods import Month
from tracker.tabular import FileRefused

ORDERS = ("工单编号", "受理时间", "诉求类型", "办结时间")
MAY = [date(2023, 5, 1) + timedelta(days=n) for n in range(31)]
JUNE = [date(2023, 6, 1) + timedelta(days=n) for n in range(30)]


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def orders(days: list[date], each: int = 5) -> list[list[str]]:
    return [
        [f"G{day:%m%d}{n}", f"{day} 09:00:00", "投诉", f"{day} 10:00:00"] for day in days for n in range(each)
    ]


def without(days: list[date], missing: date) -> list[date]:
    return [day for day in days if day != missing]


def status_of_may(here: Centre) -> tuple[Status, str]:
    figure = here.figures(Month(2023, 5), "work_orders_opened")["work_orders_opened"]
    return figure.status, figure.reason


@pytest.mark.parametrize("name", ["工单_2023-06.csv", "工单.csv"])
@pytest.mark.parametrize("missing", [date(2023, 5, 15), date(2023, 5, 7)])
def test_an_old_order_that_came_along_backs_no_day(here: Centre, name: str, missing: date) -> None:
    here.take_in("工单_2023-05.csv", ORDERS, orders(without(MAY, missing)))
    report = here.take_in(name, ORDERS, [*orders([missing], each=1), *orders(JUNE)])
    status, reason = status_of_may(here)
    assert status is Status.PARTLY and f"5月{missing.day}日" in reason
    assert any(f"{missing}只有少数几行" in told for table in report.tables for told in table.notices)


def test_the_first_seconds_of_a_month_back_no_last_day_of_the_one_before(here: Centre) -> None:
    here.take_in("工单_2023-05.csv", ORDERS, orders(MAY[:-1]))
    here.take_in("工单_2023-06.csv", ORDERS, [*orders(MAY[-1:], each=1), *orders(JUNE)])
    assert status_of_may(here)[0] is Status.PARTLY


def test_a_few_corrected_orders_back_no_day_that_is_missing(here: Centre) -> None:
    here.take_in("工单_2023-05.csv", ORDERS, orders(without(MAY, date(2023, 5, 15)), each=9))
    here.take_in("工单_2023-05_补报.csv", ORDERS, orders([date(2023, 5, 15), date(2023, 5, 20)], each=1))
    assert status_of_may(here)[0] is Status.PARTLY


@pytest.mark.parametrize("name", ["工单_2023-05-15.csv", "工单.csv"])
def test_the_missing_day_by_itself_backs_it(here: Centre, name: str) -> None:
    here.take_in("工单_2023-05.csv", ORDERS, orders(without(MAY, date(2023, 5, 15))))
    here.take_in(name, ORDERS, orders([date(2023, 5, 15)], each=3))
    assert status_of_may(here)[0] is Status.VERIFIABLE


def test_few_orders_on_holidays_are_all_there_were(here: Centre) -> None:
    busy = orders(MAY[3:], each=20)
    here.take_in("工单_2023-05.csv", ORDERS, [*orders(MAY[:3], each=1), *busy])
    assert status_of_may(here)[0] is Status.VERIFIABLE


CALLS = ("流水号", "呼叫类型", "进入系统时间", "进入队列时间", "坐席应答时间", "结束时间", "呼叫结果")


def calls(days: list[date], each: int = 5) -> list[list[str]]:
    return [
        [f"C{day:%Y%m%d}{n}", "呼入", f"{day} 09:00:00", f"{day} 09:00:05", "", f"{day} 09:01:00", "排队放弃"]
        for day in days
        for n in range(each)
    ]


def test_calls_of_another_year_in_a_list_of_may_are_asked_about(here: Centre) -> None:
    wrong = calls([date(2022, 5, 3), date(2022, 5, 9)], each=2)
    with pytest.raises(FileRefused, match="有 4 通电话在2022-05-03、2022-05-09：多半年份或月份有误"):
        here.take_in("话单_2023-05.csv", CALLS, [*calls(MAY), *wrong])
    here.take_in("话单.csv", CALLS, [*calls(MAY), *wrong])

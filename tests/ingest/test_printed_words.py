"""What a table says of itself is held against how it is read."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.centre import Centre
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.tabular import FileRefused

PAYMENTS = ("凭证号", "费用项目", "约定支付日", "实际支付日", "金额")
CALLS = ("流水号", "呼叫类型", "进入系统时间", "进入队列时间", "坐席应答时间", "结束时间", "呼叫结果")


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def paid(count: int, amount: int = 1000) -> list[list[str]]:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(count)]
    return [[f"V{n}", "劳务费", f"{day}", f"{day}", f"{amount}"] for n, day in enumerate(days)]


def bring(here: Centre, name: str, rows: list[list[str]], *, above: str = "", below: str = ""):
    lines = [[above]] if above else []
    lines += [[*PAYMENTS], *rows, *([below.split("|")] if below else [])]
    return here.take_in(name, lines[0], lines[1:])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("支付明细（截至2024年6月30日）", ("2024-07-01 00:00", "printed")),
        ("导出时间：2024-05-31 12:00", ("2024-05-31 12:00", "printed")),
        ("制表日期：2019-03-01", ("2025-01-01 00:00", "file name")),  # of a template
        ("统计期间：2024年1月至6月", ("2025-01-01 00:00", "file name")),
    ],
)
def test_a_time_above_the_table_bounds_what_it_knows(
    here: Centre, said: str, expected: tuple[str, str]
) -> None:
    (table,) = bring(here, "支付明细2024年.csv", paid(20), above=said).tables
    assert (f"{table.as_of.at.astimezone(BEIJING):%Y-%m-%d %H:%M}", table.as_of.basis) == expected


def test_a_time_below_the_table_is_asked_about(here: Centre) -> None:
    with pytest.raises(FileRefused, match=r"比按文件名推断的.*--as-of 2024-05-31T12:00"):
        bring(here, "支付明细2024年.csv", paid(80), below="导出时间：2024-05-31 12:00")


@pytest.mark.parametrize("below", ["共 40 条", "总记录数：40", "第1页|共40条记录"])
def test_a_count_that_is_not_that_of_the_rows_stops_the_file(here: Centre, below: str) -> None:
    with pytest.raises(FileRefused, match="读到的是 31 行"):
        bring(here, "支付明细2024年.csv", paid(31), below=below)
    assert bring(here, "支付明细2024年.csv", paid(40), below=below).tables[0].rows == 40


def test_a_sum_that_is_not_that_of_the_rows_stops_the_file(here: Centre) -> None:
    with pytest.raises(FileRefused, match="“金额”是 9,000，各行相加是 2,000"):
        bring(here, "支付明细2024年.csv", paid(2), below="合计||||9000")
    assert bring(here, "支付明细2024年.csv", paid(9), below="合计||||9000").tables[0].rows == 9


def test_a_list_with_rows_filtered_out_is_refused(here: Centre) -> None:
    with pytest.raises(FileRefused, match="筛选过的清单"):
        bring(here, "支付明细2024年.csv", paid(3), above="筛选条件：支付状态=已支付")
    bring(here, "支付明细2024年.csv", paid(3), above="查询条件：时间=2024-01-01至2024-12-31")


def test_rows_after_the_time_until_which_a_table_says_it_knows_are_asked_about(here: Centre) -> None:
    """A line of a template, or a workbook saved by a clock that is wrong."""
    call = ["c1", "呼入", "2024-05-20 09:00:00", "2024-05-20 09:00:05", "", "2024-05-20 09:01:00", "排队放弃"]
    with pytest.raises(FileRefused, match="数据截至 2024-05-11 00:00，里面却有 2024-05-20 的行"):
        here.take_in("话单2024年5月.csv", ["截至2024年5月10日"], [[*CALLS], call])
    assert here.take_in("话单2024年5月.csv", ["截至2024年5月20日"], [[*CALLS], call]).tables[0].rows == 1

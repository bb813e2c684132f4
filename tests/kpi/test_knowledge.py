"""The knowledge base: a hand-made month, counted apart."""

from fractions import Fraction
from pathlib import Path

import pytest

from kpi.figures import results
from kpi.figures.figure import Status
from kpi.figures.rows import read_rows
from tests.centre import NOW, Centre
from tracker.database import Database
from tracker.periods import Month

MAY = Month(2023, 5)
TITLES = ("知识编号", "操作类型", "更新日期", "应完成日期", "责任单位")
ROWS = (
    ("K1", "新增", "2023-05-01", "2023-05-01", "甲局"),
    ("K1", "更新", "2023-05-02", "2023-05-01", "甲局"),  # a day late
    ("K2", "审核", "2023-05-03", "2023-05-01", "甲局"),  # no change
    ("K3", "停用", "2023-05-31", "", "乙局"),
    ("K4", "修订", "2023-06-01", "2023-06-09", "乙局"),  # of June
)
COUNT, IN_TIME = "knowledge_updates", "knowledge_update_on_time_rate"


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def test_changes_are_counted_and_held_against_the_day_that_was_set(here: Centre) -> None:
    here.take_in("知识库更新.csv", TITLES, ROWS)
    found = here.figures(MAY, COUNT, IN_TIME)
    assert {one.status for one in found.values()} == {Status.VERIFIABLE}
    assert found[COUNT].value == 3
    assert (found[IN_TIME].numerator, found[IN_TIME].denominator) == (1, 2)


def test_without_the_days_that_were_set_nothing_is_said_of_them(here: Centre) -> None:
    here.take_in("知识库更新.csv", TITLES[:3], [row[:3] for row in ROWS])
    found = here.figures(MAY, COUNT, IN_TIME)
    assert found[COUNT].value == 3
    assert found[IN_TIME].status is Status.UNVERIFIABLE and "“应完成日期”一列" in found[IN_TIME].reason


def test_a_day_that_nobody_understands_is_in_doubt_and_a_word_is_held_back(here: Centre) -> None:
    odd = [("K5", "更新", "2023-05-05", "尽快", ""), ("K6", "处理", "2023-05-05", "2023-05-09", "")]
    here.take_in("知识库更新.csv", TITLES, [*ROWS, *odd])
    shown = here.figures(MAY, IN_TIME)[IN_TIME]
    assert shown.status is Status.PARTLY and "“应完成日期”" in shown.reason and "1行未导入" in shown.reason
    assert shown.low is not None and shown.high is not None
    assert shown.low <= Fraction(100, 4) <= Fraction(300, 4) <= shown.high


def test_the_rows_come_to_the_number(here: Centre) -> None:
    here.take_in("知识库更新.csv", TITLES, ROWS)
    with here.database.engine.begin() as connection:
        results.bring_up_to_date(connection, here.code, NOW)
        shown = read_rows(connection, here.code, COUNT, MAY)
    assert shown.agrees is True and [row.cells[:2] for row in shown.rows] == [
        ("K1", "新增"), ("K1", "更新"), ("K3", "停用"),
    ]  # fmt: skip

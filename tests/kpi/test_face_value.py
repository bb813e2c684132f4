"""Values that are not what they look like at first sight: such a value makes no figure 可核实."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from kpi.figures.figure import Status
from tests.centre import Centre
from tracker.database import Database
from tracker.periods import Month

MAY = Month(2024, 5)
DAYS = [MAY.first_day + timedelta(days=n) for n in range(31)]
ROSTER = ("工号", "姓名", "岗位", "学历", "入职日期", "离职日期")


@pytest.fixture
def centre(database: Database, home: Path) -> Centre:
    return Centre(database, home)


# ---- people


def people(*educations: str) -> Iterator[Sequence[str]]:
    """A person in post for each education."""
    for number, education in enumerate(educations, 1):
        yield str(number), f"张{number}", "话务员", education, "2023-01-01", ""


def test_an_education_that_was_not_finished_is_no_college_education(centre: Centre) -> None:
    words = ("大专以下", "大专结业", "大专（未取得毕业证）", "大学辍学", "非全日制大专在学")
    centre.take_in("花名册_2024-05.csv", ROSTER, people(*words))
    figure = centre.figures(MAY, "education_college_rate")["education_college_rate"]
    assert (figure.status, figure.value) == (Status.UNVERIFIABLE, None)


def test_it_leaves_those_whose_education_tells(centre: Centre) -> None:
    centre.take_in("花名册_2024-05.csv", ROSTER, people("大专", "本科", "高中", "大专结业"))
    figure = centre.figures(MAY, "education_college_rate")["education_college_rate"]
    assert (figure.status, figure.low, figure.high) == (Status.PARTLY, 50, 75)


# ---- money

PAYMENTS = ("凭证号", "费用项目", "所属期间", "收款单位", "约定支付日", "实际支付日", "金额")


@pytest.mark.parametrize(
    "others", [["P2", "电费", "2024-05", "乙", "2024-05-15", "2024-05-14", "800.00", ""], None]
)
def test_an_amount_split_at_its_comma_is_held_back(centre: Centre, others: list[str] | None) -> None:
    split = ["P1", "劳务费", "2024-05", "甲", "2024-05-15", "2024-05-20", "12", "500.00", ""]
    report = centre.take_in(
        "支付明细_2024-05.csv", (*PAYMENTS, "备注"), [split, *([others] if others else [])]
    )
    assert report.tables[0].quarantined == 1
    figures = centre.figures(MAY, "payment_on_time_rate", "payment_on_time_amount_rate")
    assert Status.VERIFIABLE not in {figure.status for figure in figures.values()}


def test_separators_that_end_every_row_are_none_of_its_cells(centre: Centre) -> None:
    rows = [[f"P{n}", "电费", "2024-05", "乙", "2024-05-15", "2024-05-14", "800.00", ""] for n in range(3)]
    report = centre.take_in("支付明细_2024-05.csv", PAYMENTS, rows)
    assert (report.tables[0].quarantined, report.tables[0].accepted) == (0, 3)

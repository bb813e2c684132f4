"""Marks of orders: hung up, merged, repeated, urged, assisted in; drawn tables counted apart."""

from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.figure import Figure, Status
from kpi.figures.forks import FORKS
from kpi.figures.indicators import INDICATORS
from kpi.figures.rows import read_figure_rows
from tests.centre import NOW, Centre
from tracker.database import Database
from tracker.periods import Month

MAY = Month(2023, 5)
TITLES = (
    "工单编号", "受理时间", "派单时间", "办结时限", "办结时间", "工单性质", "原工单编号", "是否重复",
    "催办单号", "挂账时间",
)  # fmt: skip
SHARES = ("hung", "repeated", "merged", "urged_by_citizens")
LEFT_OUT = {
    "less_assisting": ("工单性质", "协办"),
    "less_merged": ("原工单编号", ""),
    "less_hung": ("挂账时间", ""),
}
Row = dict[str, str]


def draw(random: Random) -> list[Row]:
    """Orders of April to June, each due and closed within its month of acceptance or soon after."""
    rows = []
    for number in range(240):
        day = Month(2023, 4).first_day + timedelta(days=number % 91)
        row = {
            "工单编号": f"W{number}", "受理时间": f"{day} 08:00:01",
            "派单时间": random.choice(["", f"{day} 09:00:01"]),
            "办结时限": f"{day + timedelta(days=3)} 18:00:00",
            "办结时间": f"{day + timedelta(days=random.choice([1, 2, 5]))} 10:00:01",
            "工单性质": random.choice(["主办", "协办", "会办", "转办", ""]),
            "原工单编号": random.choice(["", "", "W0"]), "是否重复": random.choice(["是", "否", ""]),
            "催办单号": random.choice(["", "", "C9"]),
            "挂账时间": random.choice(["", "", f"{day + timedelta(days=random.choice([0, 20]))} 11:00:01"]),
        }  # fmt: skip
        rows.append(row)
    return rows


def bring(here: Centre, rows: list[Row], titles: tuple[str, ...] = TITLES) -> None:
    here.take_in("工单.csv", titles, [[row[title] for title in titles] for row in rows])


def is_of_may(row: Row, title: str) -> bool:
    return row[title].startswith("2023-05")


def share(rows: list[Row], above: list[Row]) -> tuple[Fraction, Fraction]:
    return Fraction(len(above)), Fraction(len(rows))


def count_share(rows: list[Row], key: str) -> tuple[Fraction, Fraction]:
    """The card's words in plain code."""
    there = [row for row in rows if is_of_may(row, "受理时间")]
    if key == "hung":
        there = [row for row in there if row["派单时间"]]
    title = {"hung": "挂账时间", "merged": "原工单编号", "urged_by_citizens": "催办单号"}.get(key)
    return share(there, [row for row in there if (row[title] if title else row["是否重复"] == "是")])


def count_on_time(rows: list[Row], name: str) -> tuple[Fraction, Fraction]:
    title, word = LEFT_OUT[name]
    due = [row for row in rows if is_of_may(row, "办结时限")]
    words = {"协办": "协办", "会办": "协办"}
    left = [row for row in due if (words.get(row[title]) != word if word else not row[title])]
    return share(left, [row for row in left if row["办结时间"] <= row["办结时限"]])


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def by_fork(here: Centre, key: str, name: str) -> Figure:
    [fork] = [one for one in FORKS if (one.key, one.name) == (key, name)]
    with here.database.engine.connect() as connection:
        figure = compute_figures_by(connection, here.code, [fork.definition], [MAY], NOW)[0][MAY]
        for part in ("numerator", "denominator"):
            assert read_figure_rows(connection, fork.definition, figure, part).agrees is True
    return figure


@pytest.mark.parametrize("seed", range(2))
def test_marks_of_drawn_orders_are_counted_as_by_plain_code(here: Centre, seed: int) -> None:
    rows = draw(Random(seed))
    bring(here, rows)
    keys = [f"work_order_{key}_rate" for key in SHARES]
    found = here.figures(MAY, *keys, "work_orders_hung_in_period")
    assert {one.status for one in found.values()} == {Status.VERIFIABLE}
    for key in SHARES:
        figure = found[f"work_order_{key}_rate"]
        assert (figure.numerator, figure.denominator) == count_share(rows, key), key
    hung = sum(is_of_may(row, "挂账时间") for row in rows)
    assert found["work_orders_hung_in_period"].value == hung
    with here.database.engine.connect() as connection:
        for key, figure in found.items():
            assert read_figure_rows(connection, INDICATORS[key], figure).agrees is True


@pytest.mark.parametrize("name", LEFT_OUT)
def test_closing_in_time_without_marked_orders_is_what_plain_code_counts(here: Centre, name: str) -> None:
    rows = draw(Random(3))
    bring(here, rows)
    figure = by_fork(here, "work_order_on_time_rate", name)
    assert figure.status is Status.VERIFIABLE, figure.reason
    assert (figure.numerator, figure.denominator) == count_on_time(rows, name)
    gross = here.figures(MAY, "work_order_on_time_rate")["work_order_on_time_rate"]
    assert gross.denominator is not None and figure.denominator is not None
    assert gross.denominator > figure.denominator


def test_hung_orders_may_be_set_against_all_that_were_accepted(here: Centre) -> None:
    rows = draw(Random(4))
    bring(here, rows)
    figure = by_fork(here, "work_order_hung_rate", "of_accepted")
    there = [row for row in rows if is_of_may(row, "受理时间")]
    hung = [row for row in there if row["派单时间"] and row["挂账时间"]]
    assert (figure.numerator, figure.denominator) == share(there, hung)


@pytest.mark.parametrize("key", SHARES)
def test_a_mark_that_the_table_does_not_have_is_unknown_and_not_none(here: Centre, key: str) -> None:
    bring(here, draw(Random(5)), TITLES[:5])
    figure = here.figures(MAY, f"work_order_{key}_rate")[f"work_order_{key}_rate"]
    assert figure.status is Status.UNVERIFIABLE and figure.value is None


def test_without_the_mark_nobody_can_say_what_is_left(here: Centre) -> None:
    bring(here, draw(Random(5)), TITLES[:5])
    assert by_status(here, "less_hung") is Status.UNVERIFIABLE


def by_status(here: Centre, name: str) -> Status:
    [fork] = [one for one in FORKS if (one.key, one.name) == ("work_order_on_time_rate", name)]
    with here.database.engine.connect() as connection:
        return compute_figures_by(connection, here.code, [fork.definition], [MAY], NOW)[0][MAY].status

"""Calls and ratings less those that an appeal left out of assessment, counted apart by plain code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from kpi.figures.exclusions import NetComparison, compare_net
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS
from tests.centre import NOW, Centre
from tracker.database import Database
from tracker.periods import Month

MAY = Month(2023, 5)
CALLS = (
    "通话流水号",
    "呼叫类型",
    "来电时间",
    "进入队列时间",
    "应答时间",
    "结束时间",
    "呼叫结果",
    "满意度评价",
)
APPEALS = (
    "通话流水号",
    "申诉日期",
    "申诉单位",
    "申诉理由",
    "剔除范围",
    "审核结果",
    "审核日期",
    "审核人",
)
KEYS = ("call_answer_rate", "call_rating_satisfaction_rate", "calls_inbound")


@dataclass(frozen=True)
class Call:
    """A call as it was drawn."""

    name: str
    at: datetime
    answered: bool
    rating: str  # empty: none


def draw_calls(random: Random) -> list[Call]:
    """A call each day of April to June, and 100 more in May."""
    days = [Month(2023, 4).first_day + timedelta(days=number) for number in range(91)]
    days += [MAY.first_day + timedelta(days=random.randrange(31)) for _ in range(100)]
    calls = []
    for number, day in enumerate(days):
        answered = random.random() < 0.7
        rating = random.choice(["满意", "不满意", "一般", ""]) if answered else ""
        at = datetime(day.year, day.month, day.day, 8) + timedelta(seconds=number)
        calls.append(Call(f"c{number}", at, answered, rating))
    return calls


def bring(here: Centre, calls: Sequence[Call]) -> None:
    rows = []
    for one in calls:
        queued, answer, end = (f"{one.at + timedelta(seconds=more)}" for more in (5, 10, 60))
        result = "坐席接听" if one.answered else "排队放弃"
        rows.append([one.name, "呼入", f"{one.at}", queued, answer if one.answered else "", end, result,
                     one.rating])  # fmt: skip
    here.take_in("话单.csv", CALLS, rows)


def appeal(here: Centre, *rows: tuple[str, str, str]) -> None:
    """Call, 剔除范围, 审核结果; and a refused one of April, by which the list begins."""
    told = [
        [
            name,
            "2023-05-20",
            "甲班",
            "误拨",
            scope,
            result,
            "2023-05-25" if result else "",
            "李四" if result else "",
        ]
        for name, scope, result in rows
    ]
    here.take_in(
        "考核申诉.csv",
        APPEALS,
        [["c2", "2023-04-20", "甲班", "误拨", "整通电话", "驳回", "2023-04-21", "张三"], *told],
    )


def compare(here: Centre, key: str) -> NetComparison:
    with here.database.engine.connect() as connection:
        found = compare_net(connection, here.code, [(INDICATORS[key], MAY)], NOW)
    return found[INDICATORS[key], MAY]


def count(key: str, calls: Sequence[Call], scopes: dict[str, str]) -> tuple[Fraction, Fraction | None]:
    """What is left, in plain words: a call left out is none at all, a rating left out none of the ratings."""
    left = [one for one in calls if one.at.month == 5 and scopes.get(one.name) != "整通电话"]
    if key == "calls_inbound":
        return Fraction(len(left)), None
    if key == "call_answer_rate":
        return Fraction(sum(one.answered for one in left)), Fraction(len(left))
    rated = [one for one in left if one.rating and one.name not in scopes]
    return Fraction(sum(one.rating == "满意" for one in rated)), Fraction(len(rated))


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


@pytest.mark.parametrize("seed", range(2))
def test_what_is_left_of_drawn_calls_is_what_plain_code_counts(here: Centre, seed: int) -> None:
    random = Random(seed)
    calls = draw_calls(random)
    bring(here, calls)
    chosen = random.sample([one for one in calls if one.at.month == 5], 40)
    rows = [
        (one.name, random.choice(["整通电话", "只剔除评价"]), random.choice(["同意剔除", "驳回"]))
        for one in chosen
    ]
    appeal(here, *rows)
    scopes = {name: scope for name, scope, result in rows if result == "同意剔除"}
    for key in KEYS:
        found = compare(here, key)
        assert found.net.status is Status.VERIFIABLE, found.net.reason
        assert (found.gross.numerator, found.gross.denominator) == count(key, calls, {})
        assert (found.net.numerator, found.net.denominator) == count(key, calls, scopes)
        assert found.agrees is True


def test_an_appeal_without_a_scope_leaves_the_call_open_and_the_rating_out(here: Centre) -> None:
    calls = draw_calls(Random(1))
    bring(here, calls)
    bad = next(one for one in calls if one.at.month == 5 and one.rating == "不满意")
    appeal(here, (bad.name, "", "同意剔除"))
    answers, ratings = compare(here, "call_answer_rate"), compare(here, "call_rating_satisfaction_rate")
    assert answers.net.status is Status.PARTLY and "剔除范围" in answers.net.reason
    assert [row.outcome for row in answers.rows] == ["未定"] and answers.agrees is True
    assert ratings.net.status is Status.VERIFIABLE
    assert [row.outcome for row in ratings.rows] == ["同意剔除"] and ratings.agrees is True


def test_appeals_about_orders_say_nothing_of_calls(here: Centre) -> None:
    bring(here, draw_calls(Random(1)))
    titles = ("工单编号", "申诉日期", "申诉理由", "审核结果", "审核日期")
    here.take_in("考核申诉.csv", titles, [["W1", "2023-05-20", "重复", "同意剔除", "2023-05-25"]])
    found = compare(here, "call_answer_rate")
    assert found.net.status is Status.UNVERIFIABLE and "通话考核申诉" in found.net.reason
    assert found.agrees is None


def test_a_list_with_orders_and_calls_is_taken_for_one_about_orders(here: Centre) -> None:
    titles = ("工单编号", "通话流水号", "申诉日期", "申诉理由", "审核结果", "审核日期")
    report = here.take_in(
        "考核申诉.csv", titles, [["W1", "c1", "2023-05-20", "重复", "同意剔除", "2023-05-25"]]
    )
    assert "call_appeals" not in str(report)

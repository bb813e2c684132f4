"""A row whose cells deny each other makes no figure sure: what it leaves open is within the bounds."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from kpi.figures.figure import Figure, Status
from tests.centre import Centre
from tracker.database import Database
from tracker.periods import Month, parse_period

CALLS = ["流水号", "呼叫类型", "进入系统时间", "进入队列时间", "坐席应答时间", "结束时间", "呼叫结果"]


@pytest.fixture
def centre(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def figure(centre: Centre, key: str, month: str = "2024-05") -> Figure:
    return centre.figures(parse_period(month), key)[key]


def is_open(figure: Figure, *within: int) -> bool:
    """Whether a figure is not sure, and its bounds hold these values."""
    assert figure.low is not None and figure.high is not None
    return figure.status is not Status.VERIFIABLE and all(
        figure.low <= value <= figure.high for value in within
    )


def answered_calls(days: Iterable[int] = range(1, 32)) -> list[list[str]]:
    return [
        [f"a{day}", "呼入", *(f"2024-05-{day:02} 09:0{minute}:0{minute}" for minute in range(4)), "已接听"]
        for day in days
    ]


@pytest.mark.parametrize("word", ["排队放弃", "坐席未接", "溢出", "人工未接"])
def test_calls_lost_in_a_queue_without_its_time_keep_the_answer_rate_open(centre: Centre, word: str) -> None:
    lost = [
        [f"u{day}", "呼入", f"2024-05-{day:02} 10:00:00", "", "", f"2024-05-{day:02} 10:00:40", word]
        for day in range(1, 32)
    ]
    centre.take_in("话单_2024-05.csv", CALLS, answered_calls() + lost)
    assert is_open(figure(centre, "call_answer_rate"), 50, 100)


@pytest.mark.parametrize(("title", "word"), [("离职原因", "个人原因"), ("人员状态", "离职")])
def test_people_who_left_on_a_day_nobody_told_keep_the_posts_open(
    centre: Centre, title: str, word: str
) -> None:
    centre.take_in("岗位核定_2024-01.csv", ["生效日期", "岗位", "核定人数"], [["2024-01-01", "引导员", "5"]])
    people = [[f"R{n}", "引导员", f"2023-01-0{n}", "", word if n < 3 else ""] for n in range(1, 6)]
    centre.take_in("花名册_2024-05.csv", ["工号", "岗位", "入职日期", "离职日期", title], people)
    assert is_open(figure(centre, "staffing_in_post_rate"), 60, 100)
    assert figure(centre, "staff_turnover_rate").status is not Status.VERIFIABLE


ORDERS = ["工单编号", "受理时间", "办结时限", "办结时间", "工单状态"]


def orders_of_may(closed: str, state: str) -> list[list[str]]:
    """An order a day, every other one closed at a time, or not, with such a state."""
    days = [f"2024-05-{day:02}" for day in range(1, 32)]
    return [
        [
            f"W{n}",
            f"{day} 09:00:00",
            f"{day} 18:00:00",
            *((f"{day} 10:00:00", "已办结") if n % 2 else (closed and f"{day} {closed}", state)),
        ]
        for n, day in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("closed", "state"), [("10:00:00", "退回重办"), ("10:00:00", "办理中"), ("", "已办结")]
)
def test_a_state_that_denies_the_closing_keeps_the_rate_of_closing_open(
    centre: Centre, closed: str, state: str
) -> None:
    centre.sign("work_orders", Month(2024, 4))
    centre.take_in("工单_2024-05.csv", ORDERS, orders_of_may(closed, state))
    assert is_open(figure(centre, "work_order_closing_rate"), 49, 100)
    assert is_open(figure(centre, "work_order_on_time_rate"), 49, 100)
    assert figure(centre, "work_orders_opened").status is Status.VERIFIABLE


@pytest.mark.parametrize("state", ["已撤回", "撤诉", "测试单"])
def test_a_state_that_may_take_orders_out_keeps_their_number_open(centre: Centre, state: str) -> None:
    centre.take_in("工单_2024-05.csv", ORDERS, orders_of_may("", state))
    assert is_open(figure(centre, "work_order_closing_rate"), 49, 100)


def test_answers_of_people_not_reached_keep_their_satisfaction_open(centre: Centre) -> None:
    titles = ["工单编号", "受理时间", "办结时间", "回访时间", "是否接通", "是否解决", "满意度"]
    rows = [
        [f"W{n}", *(f"2024-05-{n:02} {hour}:00:00" for hour in ("09", "10", "11")), *answers]
        for n in range(1, 32)
        for answers in ([("是", "是", "满意"), ("否", "否", "不满意")][n % 2],)
    ]
    centre.take_in("工单_2024-05.csv", titles, rows)
    assert is_open(figure(centre, "work_order_satisfaction_rate"), 49, 100)


@pytest.mark.parametrize(
    ("name", "sure"), [("话单_20240531100000.csv", False), ("话单_20240601000500.csv", True)]
)
def test_a_file_exported_during_a_day_does_not_tell_all_of_it(centre: Centre, name: str, sure: bool) -> None:
    centre.take_in(name, CALLS, answered_calls())
    assert (figure(centre, "call_answer_rate").status is Status.VERIFIABLE) is sure

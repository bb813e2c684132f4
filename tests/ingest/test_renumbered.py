"""One thing that comes under two numbers is asked about: counted twice, no figure would be true."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.changes.repeated_numbers import RENUMBERED, QuestionAnswer
from ingest.importing.import_file import ImportReport
from ingest.questions.wording import list_answers, word_examples, word_question
from tests.centre import Centre
from tracker.database import Database

CALLS = (
    "流水号",
    "呼叫类型",
    "进入系统时间",
    "进入队列时间",
    "坐席应答时间",
    "结束时间",
    "坐席工号",
    "主叫号码",
)
ORDERS = ("工单编号", "受理时间", "工单类型", "承办单位", "办结时限", "办结时间")
PAYMENTS = ("凭证号", "支付项目", "收款单位", "约定支付日", "支付日期", "金额")
FIRST = datetime(2024, 5, 6, 9, 0, 7)


@pytest.fixture
def centre(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def calls(
    number: str, *, each: timedelta = timedelta(hours=5), agent: str = "8001", caller: int = 0
) -> Iterator[list[str]]:
    """Twelve calls, five hours or `each` apart, of as many callers or of the one given."""
    for place in range(12):
        at = FIRST + place * each
        times = [f"{at + timedelta(seconds=after)}" for after in (0, 10, 20, 90)]
        yield [f"{number}{place:03}", "呼入", *times, agent, f"1391258{caller or 3 * place + 1021:04}"]


def orders(number: str, unit: str = "城管局") -> Iterator[list[str]]:
    for place in range(12):
        at = FIRST + timedelta(hours=5 * place)
        times = [f"{at + timedelta(days=after)}" for after in (5, 2)]
        yield [f"{number}{place:03}", f"{at}", "投诉", unit, *times]


def payments(number: str) -> Iterator[list[str]]:
    for place in range(6):
        yield [
            f"{number}{place:03}",
            "劳务费",
            "甲公司",
            f"2024-05-{10 + place}",
            f"2024-05-{8 + place}",
            "100.00",
        ]


def codes(*reports: ImportReport) -> list[str | None]:
    return [one.question and one.question.code for one in reports]


@pytest.mark.parametrize(("titles", "rows"), [(CALLS, calls), (ORDERS, orders), (PAYMENTS, payments)])
def test_the_same_things_from_another_system_are_asked_about_and_counted_only_if_somebody_says_so(
    centre: Centre, titles: tuple[str, ...], rows: Callable[[str], Iterator[list[str]]]
) -> None:
    first = centre.take_in("一_2024-05.csv", titles, rows("A"))
    second = centre.take_in("二_2024-05.csv", titles, rows("B"))
    assert codes(first, second) == [None, RENUMBERED]
    assert second.question is not None
    assert "编了两个号" in word_question(second.question)
    assert next(word_examples(second.question)) == "B000 和 A000"
    [(_, both)] = list_answers(second.question)
    assert both == QuestionAnswer(new=True)
    again = centre.bring(centre.home / "files" / centre.code / "二_2024-05.csv", answer=both)
    assert codes(*again) == [None]
    assert again[0].total("accepted") == len([*rows("B")])


def test_a_transferred_call_that_got_a_number_of_its_own_is_asked_about(centre: Centre) -> None:
    one_file = [*calls("A"), *([*row[:6], "8002", row[7]] for row in list(calls("B"))[:3])]
    assert codes(centre.take_in("话单_2024-05.csv", CALLS, one_file)) == [RENUMBERED]


def test_calls_of_one_caller_that_follow_each_other_are_several(centre: Centre) -> None:
    rows = calls("A", each=timedelta(seconds=95), caller=77)
    assert codes(centre.take_in("话单_2024-05.csv", CALLS, rows)) == [None]


def test_calls_of_a_switchboard_may_begin_in_one_second(centre: Centre) -> None:
    rows = [
        *calls("A", each=timedelta(minutes=9), caller=77),
        *calls("B", each=timedelta(minutes=9), caller=77),
    ]
    rows = [[*row[:6], f"{8000 + place}", row[7]] for place, row in enumerate(rows)]
    assert codes(centre.take_in("话单_2024-05.csv", CALLS, rows)) == [None]


def test_calls_told_to_the_minute_may_begin_in_one(centre: Centre) -> None:
    def cut(row: list[str], later: int) -> list[str]:
        end = datetime.fromisoformat(row[5]) + timedelta(minutes=later)
        return [*row[:2], *(cell[:16] for cell in row[2:5]), f"{end:%Y-%m-%d %H:%M}", *row[6:]]

    rows = [*(cut(row, 0) for row in calls("A")), *(cut(row, 1) for row in calls("B"))]
    assert codes(centre.take_in("话单_2024-05.csv", CALLS, rows)) == [None]


def test_orders_that_differ_in_their_unit_are_several(centre: Centre) -> None:
    centre.take_in("一_2024-05.csv", ORDERS, orders("A"))
    assert codes(centre.take_in("二_2024-05.csv", ORDERS, orders("B", "住建局"))) == [None]


def test_orders_told_by_their_day_alone_may_be_alike(centre: Centre) -> None:
    def by_day(row: list[str]) -> list[str]:
        return [row[0], row[1][:10], *row[2:4], row[4][:10], row[5][:10]]

    centre.take_in("一_2024-05.csv", ORDERS, map(by_day, orders("A")))
    assert codes(centre.take_in("二_2024-05.csv", ORDERS, map(by_day, orders("B")))) == [None]


def test_many_things_in_the_same_words_are_many(centre: Centre) -> None:
    alike = [[f"A{place:03}", *payment[1:]] for place in range(40) for payment in [next(payments("A"))]]
    centre.take_in("一_2024-05.csv", PAYMENTS, alike)
    others = [[f"B{row[0]}", *row[1:]] for row in alike]
    assert codes(centre.take_in("二_2024-05.csv", PAYMENTS, others)) == [None]

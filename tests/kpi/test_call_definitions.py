"""What the cards of the telephone figures say is what is counted, whatever a platform leaves out."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from kpi.figures.figure import Figure, Status
from tests.centre import Centre
from tracker.database import Database
from tracker.periods import Month

MAY = Month(2023, 5)
TITLES = (
    "流水号", "呼叫类型", "进入系统时间", "进入队列时间", "坐席应答时间", "结束时间", "通话时长(秒)",
    "呼叫结果",
)  # fmt: skip

Row = Sequence[str]


@pytest.fixture
def of_may(database: Database, home: Path) -> Callable[..., dict[str, Figure]]:
    """The figures of a May of which each day has one answered call, beside the given ones."""

    def figures(rows: Sequence[Row], *keys: str, titles: Sequence[str] = TITLES) -> dict[str, Figure]:
        days = [MAY.first_day + timedelta(days=n) for n in range(31)]
        usual = [_call(f"d{day.day}", f"{day}", "09:00:10", "09:00:20", "60", "已接听") for day in days]
        here, places = Centre(database, home), [TITLES.index(title) for title in titles]
        here.take_in(
            "话单_2023-05.csv", titles, ([row[place] for place in places] for row in (*usual, *rows))
        )
        return here.figures(MAY, *keys)

    return figures


def _call(
    number: str, day: str, queued: str, answered: str, talk: str, result: str, way: str = "呼入"
) -> Row:
    at = [f"{day} {clock}" if clock else "" for clock in ("09:00:00", queued, answered, "09:10:00")]
    return (number, way, *at, talk, result)


def _parts(figure: Figure) -> tuple[object, object, Status]:
    return figure.numerator, figure.denominator, figure.status


def test_an_answered_call_without_a_queue_time_is_offered_and_its_wait_is_unknown(of_may):
    rows = [_call("c1", "2023-05-02", "", "09:00:30", "60", "已接听")]
    found = of_may(
        rows, "call_answer_rate", "calls_offered", "call_answer_within_15s_rate", "call_average_wait"
    )
    assert _parts(found["call_answer_rate"]) == (32, 32, Status.VERIFIABLE)
    assert _parts(found["calls_offered"]) == (32, None, Status.VERIFIABLE)
    within = found["call_answer_within_15s_rate"]
    assert (within.status, within.low, within.high) == (Status.PARTLY, Decimal("96.87"), 100)
    assert found["call_average_wait"].status is Status.PARTLY


@pytest.mark.parametrize("result", ["机器人接听", "IVR接听", "自助服务", "IVR放弃", "黑名单拦截"])
def test_a_call_whose_result_names_no_agent_was_answered_by_none_and_that_is_told(
    of_may, database, home, result
):
    rows = [_call("c1", "2023-05-02", "", "09:00:03", "60", result)]
    found = of_may(rows, "call_answer_rate", "calls_answered", "call_average_talk")
    assert _parts(found["call_answer_rate"]) == (31, 31, Status.VERIFIABLE)
    assert _parts(found["calls_answered"]) == (31, None, Status.VERIFIABLE)
    assert found["call_average_talk"].numerator == 31 * 60
    [told] = Centre(database, home).take_in("话单_补报.csv", TITLES, rows).tables[0].doubts
    assert told.column == "坐席应答时间" and "按呼叫结果算没有接听" in told.sentence


@pytest.mark.parametrize("result", ["呼叫失败", "未接听", "留言", "没见过的说法"])
def test_a_result_that_may_deny_the_answer_leaves_it_open(of_may, result):
    found = of_may([_call("c1", "2023-05-02", "09:00:02", "09:00:03", "60", result)], "call_answer_rate")
    rate = found["call_answer_rate"]
    assert (rate.status, rate.low, rate.high) == (Status.PARTLY, Decimal("96.87"), 100)


def test_blocked_calls_are_no_inbound_calls(of_may):
    rows = [
        _call("c1", "2023-05-02", "", "", "", "黑名单拦截"),
        _call("c2", "2023-05-02", "", "", "", "IVR放弃"),
    ]
    found = of_may(rows, "calls_inbound", "call_answer_of_inbound_rate")
    assert _parts(found["calls_inbound"]) == (32, None, Status.VERIFIABLE)
    assert _parts(found["call_answer_of_inbound_rate"]) == (31, 32, Status.VERIFIABLE)


def test_without_a_result_a_call_that_ended_before_the_queue_may_have_been_blocked(of_may):
    rows = [_call("c1", "2023-05-02", "", "", "", "")]
    for titles in (TITLES, TITLES[:-1]):
        inbound = of_may(rows, "calls_inbound", titles=titles)["calls_inbound"]
        assert (inbound.value, inbound.status, inbound.low, inbound.high) == (31, Status.PARTLY, 31, 32)


def test_whether_a_caller_gave_up_is_unknown_without_a_result(of_may):
    rows = [_call("c1", "2023-05-02", "09:00:02", "", "", "")]
    rate = of_may(rows, "call_abandon_rate", titles=TITLES[:-1])["call_abandon_rate"]
    assert (rate.status, rate.value) == (Status.UNVERIFIABLE, None)
    rate = of_may(rows, "call_abandon_rate")["call_abandon_rate"]
    assert (rate.status, rate.low, rate.high) == (Status.PARTLY, 0, Decimal("3.13"))


def test_talk_is_that_of_answered_calls_that_tell_it(of_may):
    rows = [
        _call("c1", "2023-05-02", "09:00:02", "", "45", "队列放弃"),
        _call("c2", "2023-05-02", "09:00:02", "09:00:20", "", "已接听"),
        _call("c3", "2023-05-02", "09:00:02", "09:00:20", "122", "已接听"),
        _call("c4", "2023-05-02", "", "09:00:20", "300", "已接听", way="呼出"),
    ]
    talk = of_may(rows, "call_average_talk")["call_average_talk"]
    assert _parts(talk) == (31 * 60 + 122, 32, Status.PARTLY)

"""Over all states: an act is done or refused with a sentence, and nobody does the work of two people."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from kpi.closing.acts import (
    approve_sources,
    complete_sources,
    refresh_status,
    return_sources,
    submit_sources,
)
from kpi.closing.corrections import approve_correction, propose_correction
from kpi.closing.exemptions import close_exemption, open_exemption, request_exemption
from kpi.closing.locking import lock_month, request_lock
from kpi.closing.states import ClosingProblem, ClosingState, Exemption, has_ended, read_closing
from kpi.closing.whole_months import approve_month, submit_month
from tests.drawing import examples
from tests.kpi.closing import EXPIRY, LATER, MAY, MAY_DATA, approve_all, lock, told
from tests.kpi.given import record
from tracker.events.times import BEIJING, get_day_start
from tracker.periods import Month
from tracker.signatures import is_same_person

Do = Callable[[sa.Connection, str], object]

PEOPLE = ("张三", "张 三", "李四")
_ALL: Any = ("tlf", MAY, None)
_MONTH: Any = ("tlf", MAY)
ACTS: dict[str, Do] = {
    "报齐": lambda db, by: complete_sources(db, *_ALL, by=by, now=LATER),
    "提交": lambda db, by: submit_sources(db, *_ALL, by=by, now=LATER, acknowledged="没有其他数据"),
    "审批": lambda db, by: approve_sources(db, *_ALL, by=by, now=LATER),
    "退回": lambda db, by: return_sources(db, *_ALL, by=by, now=LATER, reason="重来"),
    "申请锁定": lambda db, by: request_lock(db, *_MONTH, by=by, now=LATER),
    "锁定": lambda db, by: lock_month(db, *_MONTH, by=by, now=LATER),
    "整月提交": lambda db, by: submit_month(
        db, *_MONTH, by=by, now=LATER, seen=None, acknowledged="没有其他数据"
    ),
    "整月批准": lambda db, by: approve_month(db, *_MONTH, by=by, now=LATER, seen=None),
    "申请例外": lambda db, by: request_exemption(
        db, *_MONTH, by=by, reason="补报", expires_at=EXPIRY, now=LATER
    ),
    "批准例外": lambda db, by: open_exemption(db, *_MONTH, by=by, now=LATER),
    "关闭例外": lambda db, by: close_exemption(db, *_MONTH, by=by, now=LATER),
    "申请更正": lambda db, by: propose_correction(db, *_MONTH, by=by, reason="补报", now=LATER),
    "批准更正": lambda db, by: approve_correction(db, *_MONTH, by=by, now=LATER),
}


@pytest.fixture
def may(connection: sa.Connection) -> sa.Connection:
    record(connection, MAY_DATA)
    return connection


def arrive(connection: sa.Connection, number: int) -> None:
    """One more call of May."""
    record(connection, f"call 2023-05-07 08:00:00 id late{number} queued 08:00:10")


def tried(connection: sa.Connection, act: str, by: str) -> bool:
    """Whether an act was done; a refusal is a sentence."""
    try:
        ACTS[act](connection, by)
    except ClosingProblem as problem:
        assert str(problem).endswith(("。", "）。")), problem
        return False
    return True


# one state after another, who did the step before being 张三: which acts are done by 李四

REACHED: dict[str, Callable[[sa.Connection], object]] = {
    "未报齐": lambda db: None,
    "已报齐": lambda db: tried(db, "报齐", "张三"),
    "已提交": lambda db: [tried(db, act, "张三") for act in ("报齐", "提交")],
    "已审批": lambda db: approve_all(db, now=LATER),
    "已审批后有变动": lambda db: (approve_all(db, now=LATER), arrive(db, 1)),
    "已申请锁定": lambda db: (approve_all(db, now=LATER), tried(db, "申请锁定", "张三")),
    "已锁定": lambda db: lock(db, now=LATER),
    "有迟到": lambda db: (lock(db, now=LATER), arrive(db, 1)),
    "已申请例外": lambda db: (lock(db, now=LATER), arrive(db, 1), tried(db, "申请例外", "张三")),
    "例外生效": lambda db: (
        lock(db, now=LATER), arrive(db, 1), tried(db, "申请例外", "张三"), tried(db, "批准例外", "王五"),
    ),
    "已申请更正": lambda db: (REACHED["例外生效"](db), tried(db, "申请更正", "张三")),
}  # fmt: skip
LEGAL = {
    "未报齐": {"报齐", "整月提交"},
    "已报齐": {"提交", "退回", "整月提交"},
    "已提交": {"审批", "退回", "整月提交", "整月批准"},  # the former asks for the lock alone
    "已审批": {"退回", "申请锁定", "整月提交"},
    "已审批后有变动": {"审批", "退回", "整月批准"},
    "已申请锁定": {"退回", "锁定", "整月批准"},
    "已锁定": {"申请例外"},
    "有迟到": {"申请例外"},
    "已申请例外": {"批准例外", "关闭例外"},
    "例外生效": {"申请例外", "关闭例外", "申请更正"},
    "已申请更正": {"申请例外", "关闭例外", "批准更正"},  # a second proposal needs sight of the first
}


@pytest.mark.parametrize("state", LEGAL)
def test_in_every_state_every_act_is_done_or_refused(may: sa.Connection, state: str):
    REACHED[state](may)
    done = set()
    for act in ACTS:
        attempt = may.begin_nested()
        if tried(may, act, "李四"):
            done.add(act)
        attempt.rollback()
    assert done == LEGAL[state]


@pytest.mark.parametrize(
    ("state", "act"),
    [("已提交", "审批"), ("已审批后有变动", "审批"), ("已申请锁定", "锁定"),
     ("已提交", "整月批准"), ("已申请锁定", "整月批准"), ("已申请例外", "批准例外"),
     ("已申请更正", "批准更正")],
)  # fmt: skip
@pytest.mark.parametrize("same", ["张三", "张 三", "张\u200d三"])
def test_the_second_step_is_never_the_same_persons(may: sa.Connection, state: str, act: str, same: str):
    REACHED[state](may)
    assert not tried(may, act, same)


STEPS = st.tuples(st.sampled_from([*ACTS, "来数据"]), st.sampled_from(PEOPLE))


@pytest.mark.slow
@settings(
    max_examples=examples(40), deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@drawn(state=st.sampled_from(list(REACHED)), steps=st.lists(STEPS, min_size=4, max_size=12))
def test_no_sequence_lets_one_person_do_the_work_of_two(
    may: sa.Connection, state: str, steps: list[tuple[str, str]]
):
    attempt = may.begin_nested()
    REACHED[state](may)
    for number, (act, by) in enumerate(steps, start=10):
        before, vintages = sealed(may)
        if act == "来数据":
            arrive(may, number)
        else:
            tried(may, act, by)
        after, now_vintages = sealed(may)
        check_two_people(may)
        if now_vintages == vintages:
            assert after == before
    attempt.rollback()


def sealed(connection: sa.Connection) -> tuple[Any, int]:
    """The figures shown of a locked month, and how many vintages it has."""
    closing = read_closing(connection, "tlf", MAY)
    return (told(connection) if closing.sealed else None), len(closing.seals)


def check_two_people(connection: sa.Connection) -> None:
    """Wherever two have signed, they are two."""
    closing = read_closing(connection, "tlf", MAY)
    pairs = [(one.submitted_by, one.approved_by) for one in closing.states.values()]
    pairs += [(one.sealed_by, one.approved_by) for one in closing.seals]
    pairs += [(one.requested_by, one.approved_by) for one in closing.exemptions]
    assert not [pair for pair in pairs if None not in pair and is_same_person(*map(str, pair))]


# windows

MIDNIGHT = get_day_start(date(2023, 6, 1))


@pytest.mark.acceptance(23)
@pytest.mark.parametrize(
    ("now", "ended"),
    [
        (MIDNIGHT - timedelta(microseconds=1), False),
        (MIDNIGHT, True),
        (MIDNIGHT.astimezone(UTC), True),
        (datetime(2023, 5, 31, 23, 59, 59, tzinfo=BEIJING), False),
        (datetime(2023, 5, 31, 16, 0, tzinfo=UTC), True),  # 00:00 in Beijing
        (datetime(2023, 5, 31, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2023, 6, 1, 0, 0, tzinfo=UTC), True),
    ],
)
def test_a_month_ends_at_midnight_in_beijing(may: sa.Connection, now: datetime, ended: bool):
    assert has_ended(MAY, now) is ended
    if ended:
        assert complete_sources(may, *_ALL, by="张三", now=now).done
    else:
        with pytest.raises(ClosingProblem, match="尚未结束"):
            complete_sources(may, *_ALL, by="张三", now=now)


OPENED, CLOSED = get_day_start(date(2023, 6, 20)), get_day_start(date(2023, 6, 25))
_TICK = timedelta(microseconds=1)


@pytest.mark.acceptance(23)
@pytest.mark.parametrize(
    ("approved", "closed", "now", "is_open"),
    [
        (True, False, OPENED - _TICK, False),
        (True, False, OPENED, True),
        (True, False, EXPIRY - _TICK, True),
        (True, False, EXPIRY, False),  # the moment of expiry is excluded
        (True, False, EXPIRY.astimezone(UTC), False),
        (True, False, (EXPIRY - _TICK).astimezone(UTC), True),
        (True, False, EXPIRY + timedelta(days=400), False),
        (True, True, CLOSED - _TICK, True),
        (True, True, CLOSED, False),
        (True, True, EXPIRY, False),
        (False, False, OPENED, False),
        (False, True, OPENED, False),
    ],
)
def test_when_a_lock_exception_is_open(approved: bool, closed: bool, now: datetime, is_open: bool):
    assert exemption(OPENED if approved else None, EXPIRY, CLOSED if closed else None).is_open(now) is is_open


@pytest.mark.acceptance(23)
@drawn(st.datetimes(timezones=st.just(BEIJING)), st.timedeltas(), st.datetimes(timezones=st.just(BEIJING)))
def test_an_inverted_window_is_never_open(opened: datetime, back: timedelta, now: datetime):
    try:
        expires = opened - abs(back)
    except OverflowError:
        return
    assert not exemption(opened, expires, None).is_open(now)
    assert not exemption(opened, expires, None).is_open(opened)


@pytest.mark.parametrize(("days", "micro"), list(product((0, 29, 30), (-1, 0, 1))))
def test_how_long_an_exception_may_last(may: sa.Connection, days: int, micro: int):
    lock(may, now=LATER)
    length = timedelta(days=days, microseconds=micro)
    allowed = timedelta(0) < length <= timedelta(days=30)
    asked: Any = {"by": "张三", "reason": "补报", "expires_at": LATER + length, "now": LATER}
    if allowed:
        assert request_exemption(may, "tlf", MAY, **asked).expires_at == LATER + length
    else:
        with pytest.raises(ClosingProblem):
            request_exemption(may, "tlf", MAY, **asked)


def exemption(opened: datetime | None, expires: datetime, closed: datetime | None) -> Exemption:
    return Exemption(
        subject="lock_exception/2023-05/1", month=Month(2023, 5), number=1, of=None, reason="补报",
        requested_by="张三", requested_at=OPENED, approved_by="李四" if opened else None, opened_at=opened,
        expires_at=expires, closed_by="王五" if closed else None, closed_at=closed, closing_reason=None,
    )  # fmt: skip


def test_every_state_has_a_row_in_the_table(may: sa.Connection):
    assert LEGAL.keys() == REACHED.keys()
    assert {state.value for state in ClosingState} <= LEGAL.keys()
    assert refresh_status(may, "tlf", MAY, LATER).state is ClosingState.OPEN

"""A month submitted by one person and approved by another, each in one act."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from kpi.closing.acts import (
    SeenStatus,
    compute_figures_fingerprint,
    parse_seen,
    refresh_status,
    return_sources,
)
from kpi.closing.history import read_history
from kpi.closing.locking import request_lock
from kpi.closing.states import ClosingProblem, ClosingState
from kpi.closing.status import MonthStatus, read_statuses
from kpi.closing.whole_months import approve_month, submit_month
from kpi.figures import results
from tests.kpi.closing import MAY, MAY_DATA, NOW
from tests.kpi.given import record
from tracker import log
from tracker.database import get_driver
from tracker.periods import Month

JUNE = Month(2023, 6)
JULY_5 = datetime.fromisoformat("2023-07-05T09:00+08:00")
LATE_CALL = "call 2023-05-03 08:00:00 id c3 queued 08:00:10 answered 08:00:20"
KNOWN = {"acknowledged": "没有其他数据"}


@pytest.fixture
def may(connection: sa.Connection) -> sa.Connection:
    """Centre tlf with two calls of May 2023."""
    record(connection, MAY_DATA)
    return connection


def status(connection: sa.Connection, month: Month = MAY) -> MonthStatus:
    return refresh_status(connection, "tlf", month, NOW)


def see(connection: sa.Connection, month: Month = MAY) -> SeenStatus:
    """What a page shows of the month now, as its form sends it back."""
    rows = status(connection, month).rows
    seq = log.read_head(get_driver(connection), "tlf").seq
    figures = compute_figures_fingerprint(results.read_period(connection, "tlf", month))
    return parse_seen(str(SeenStatus(seq, {row.source.key: row.fingerprint for row in rows}, figures)))


def test_one_act_submits_and_one_locks_and_they_are_of_two_people(may):
    done = submit_month(may, "tlf", MAY, by="张三", now=NOW, seen=see(may), **KNOWN)
    assert done.completed == done.submitted == tuple(row.source.key for row in status(may).rows)
    with pytest.raises(ClosingProblem, match="由张三提交，须由另一人审批"):
        approve_month(may, "tlf", MAY, by="张 三", now=NOW, seen=see(may))
    approval = approve_month(may, "tlf", MAY, by="李四", now=NOW, seen=see(may))
    assert approval.seal is not None and not approval.not_locked
    assert (approval.seal.sealed_by, approval.seal.approved_by) == ("张三", "李四")
    titles = [one.title for one in read_history(may, "tlf", MAY)]
    assert list(dict.fromkeys(titles)) == ["报齐", "提交", "申请锁定", "审批", "锁定"]
    assert titles.count("报齐") == titles.count("提交") == titles.count("审批") == len(done.submitted)
    with pytest.raises(ClosingProblem, match="已锁定"):
        approve_month(may, "tlf", MAY, by="王五", now=NOW, seen=None)


def test_what_was_found_is_explained_or_nothing_is_submitted(may):
    with pytest.raises(ClosingProblem, match="请修改，或写明原因后提交"):
        submit_month(may, "tlf", MAY, by="张三", now=NOW, seen=None, acknowledged="  ")
    assert read_history(may, "tlf", MAY) == []
    with pytest.raises(ClosingProblem, match="2023年7月尚未结束"):
        submit_month(may, "tlf", Month(2023, 7), by="张三", now=NOW, seen=None, **KNOWN)


def test_whoever_asked_for_the_lock_alone_approves_but_does_not_lock(may):
    submit_month(may, "tlf", MAY, by="张三", now=NOW, seen=None, lock=False, **KNOWN)
    submit_month(may, "tlf", MAY, by="李四", now=NOW, seen=None)  # asks for the lock, submits nothing
    approval = approve_month(may, "tlf", MAY, by="李四", now=NOW, seen=see(may))
    assert approval.approved and approval.seal is None
    assert approval.not_locked == "由李四申请锁定，须由另一人批准"
    assert approve_month(may, "tlf", MAY, by="王五", now=NOW, seen=see(may)).seal is not None


def test_a_month_that_moved_since_it_was_shown_is_left_as_it_is(may):
    submit_month(may, "tlf", MAY, by="张三", now=NOW, seen=see(may), **KNOWN)
    seen, before = see(may), read_history(may, "tlf", MAY)
    record(may, LATE_CALL)
    with pytest.raises(ClosingProblem, match="话单：您打开页面以后又有变动"):
        approve_month(may, "tlf", MAY, by="李四", now=NOW, seen=seen)
    assert read_history(may, "tlf", MAY) == before
    no_figures = SeenStatus(see(may).seq, see(may).sources, "0" * 12)
    with pytest.raises(ClosingProblem, match="2023年5月的指标在您打开页面以后有变动"):
        approve_month(may, "tlf", MAY, by="李四", now=NOW, seen=no_figures)
    with pytest.raises(ClosingProblem, match="请从月度审核页核对后再办理"):
        approve_month(may, "tlf", MAY, by="李四", now=NOW, seen=parse_seen(""))
    assert read_history(may, "tlf", MAY) == before


def test_a_request_is_for_the_figures_that_it_was_made_of(may):
    submit_month(may, "tlf", MAY, by="张三", now=NOW, seen=see(may), **KNOWN)
    record(may, LATE_CALL)
    assert not status(may).request_stands
    approval = approve_month(may, "tlf", MAY, by="李四", now=NOW, seen=see(may))
    assert approval.approved and approval.seal is None
    assert "申请后数字有变动" in approval.not_locked
    assert submit_month(may, "tlf", MAY, by="张三", now=NOW, seen=see(may)).lock_requested
    assert approve_month(may, "tlf", MAY, by="李四", now=NOW, seen=see(may)).seal is not None


def test_a_returned_source_stops_the_whole_month_and_takes_the_request_with_it(may):
    submit_month(may, "tlf", MAY, by="张三", now=NOW, seen=None, **KNOWN)
    return_sources(may, "tlf", MAY, ["calls"], by="李四", now=NOW, reason="缺夜班")
    with pytest.raises(ClosingProblem, match="话单：未报齐，尚未提交"):
        approve_month(may, "tlf", MAY, by="李四", now=NOW, seen=None)
    assert {row.state for row in status(may).rows} == {ClosingState.OPEN, ClosingState.SUBMITTED}
    assert not status(may).request_stands
    again = submit_month(may, "tlf", MAY, by="张三", now=NOW, seen=None, **KNOWN)
    assert again.completed == again.submitted == ("calls",) and again.lock_requested


def test_the_last_month_of_a_quarter_is_locked_after_the_others(may):
    at = {"now": JULY_5, "seen": None}
    for month in (JUNE, MAY):
        submit_month(may, "tlf", month, by="张三", **at, **KNOWN)
    early = approve_month(may, "tlf", JUNE, by="李四", **at)
    assert early.approved and "须先锁定4月、5月" in early.not_locked
    found = read_statuses(may, "tlf", [JUNE, MAY], JULY_5)
    assert list(found) == [MAY, JUNE]
    assert found[JUNE].request_stands and not found[JUNE].request_holds
    submit_month(may, "tlf", Month(2023, 4), by="张三", **at, **KNOWN)
    for month in (Month(2023, 4), MAY, JUNE):
        assert approve_month(may, "tlf", month, by="李四", **at).seal is not None


def test_asking_again_while_a_request_waits_is_refused(may):
    submit_month(may, "tlf", MAY, by="张三", now=NOW, seen=None, lock=False, **KNOWN)
    approve_month(may, "tlf", MAY, by="李四", now=NOW, seen=None)
    request_lock(may, "tlf", MAY, by="张三", now=NOW)
    with pytest.raises(ClosingProblem, match="无需再次提交"):
        submit_month(may, "tlf", MAY, by="张三", now=NOW + timedelta(minutes=1), seen=None)

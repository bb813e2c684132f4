"""A month from 未报齐 to 已锁定, and what may still happen to it."""

from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from ingest.records.voiding import VoidProblem, void_event
from kpi.closing.acts import (
    ActResult,
    approve_sources,
    complete_sources,
    refresh_status,
    return_sources,
    submit_sources,
)
from kpi.closing.as_known import read_figures_as_known
from kpi.closing.corrections import approve_correction, propose_correction
from kpi.closing.exemptions import close_exemption, open_exemption, request_exemption
from kpi.closing.history import read_history
from kpi.closing.late import Lateness, read_late_register
from kpi.closing.locking import lock_month, request_lock
from kpi.closing.permissions import explain_period, explain_turn
from kpi.closing.states import (
    ClosingProblem,
    ClosingState,
    list_needed_sources,
    read_closing,
    read_exemptions,
)
from kpi.closing.status import MonthStatus, read_status
from kpi.figures import results
from kpi.figures.codes import CodeProblem, derive_code, derive_sealed_code
from kpi.figures.figure import LockState
from kpi.figures.figure_table import figure_history
from kpi.figures.indicators import INDICATORS
from kpi.figures.tracing import find_code
from tests.kpi.closing import (
    EXPIRY,
    LATER,
    MAY,
    MAY_DATA,
    NOW,
    approve_all,
    correct,
    lock,
    reopen,
    shown,
    told,
)
from tests.kpi.given import append, record
from tracker import log
from tracker.database import get_driver
from tracker.events.calls import CallEnded
from tracker.events.times import BEIJING, get_day_start
from tracker.facts.closing import seals, source_states
from tracker.log.tables import events
from tracker.periods import Month, Quarter, Year

LATE_CALL = "call 2023-05-03 08:00:00 id c3 queued 08:00:10 answered 08:00:20"


@pytest.fixture
def may(connection: sa.Connection) -> sa.Connection:
    """Centre tlf with two calls of May 2023."""
    record(connection, MAY_DATA)
    return connection


def status(connection: sa.Connection, month: Month = MAY, now: datetime = NOW) -> MonthStatus:
    return refresh_status(connection, "tlf", month, now)


def state(connection: sa.Connection, source: str = "calls") -> ClosingState:
    return status(connection).by_source[source].state


def do(act: Any, connection: sa.Connection, by: str, sources: Any = ("calls",), **said: Any) -> ActResult:
    return act(connection, "tlf", MAY, sources, by=by, now=said.pop("now", NOW), **said)


# the way to the lock


def test_a_source_goes_from_open_to_approved(may):
    assert state(may) is ClosingState.OPEN
    do(complete_sources, may, "张三")
    assert state(may) is ClosingState.COMPLETED
    do(submit_sources, may, "张三")
    assert state(may) is ClosingState.SUBMITTED
    do(approve_sources, may, "李四")
    assert state(may) is ClosingState.APPROVED
    assert state(may, "work_orders") is ClosingState.OPEN


@pytest.mark.parametrize("same", ["张三", "张 三", "张\u200b三", "　张三"])
def test_nobody_approves_his_own_submission(may, same):
    do(complete_sources, may, "李四")
    do(submit_sources, may, "张三")
    with pytest.raises(ClosingProblem, match="由张三提交，须由另一人审批"):
        do(approve_sources, may, same)
    assert state(may) is ClosingState.SUBMITTED


def test_a_returned_source_begins_anew(may):
    do(complete_sources, may, "张三")
    do(submit_sources, may, "张三")
    with pytest.raises(ClosingProblem, match="必须写明理由"):
        do(return_sources, may, "李四", reason=" ")
    do(return_sources, may, "李四", reason="缺夜班")
    told = status(may).by_source["calls"].told
    assert (told.state, told.last_remark, told.submitted_by, told.acts) == (
        ClosingState.OPEN,
        "缺夜班",
        None,
        3,
    )


def test_a_gap_is_acknowledged_with_a_reason(may):
    do(complete_sources, may, "张三", None)
    with pytest.raises(ClosingProblem, match=r"工单：缺5月1日至5月31日；请修改，或写明原因"):
        do(submit_sources, may, "张三", ("work_orders",))
    do(submit_sources, may, "张三", ("work_orders",), acknowledged="平台五月未启用")
    assert status(may).by_source["work_orders"].told.acknowledged == "平台五月未启用"


def test_of_all_sources_those_that_can_be_are_done(may):
    do(complete_sources, may, "张三")
    outcome = do(submit_sources, may, "张三", None)
    assert outcome.done == ("calls",)
    assert outcome.refused["work_orders"].text == "请先确认报齐"


def test_an_unknown_source_is_named(may):
    with pytest.raises(ClosingProblem, match="没有来源“faxes”；可用的有：calls（话单）"):
        do(complete_sources, may, "张三", ("faxes",))


def test_an_act_keeps_what_stood_then(may):
    do(complete_sources, may, "张三", ("work_orders",))
    act = log.read_timeline(get_driver(may), "tlf", "month/2023-05/work_orders")[-1]
    assert (act.data["coverage"], act.data["findings"]) == ("0", "缺5月1日至5月31日")


def test_every_act_is_kept(may):
    for _ in range(3):
        do(complete_sources, may, "张三")
        do(return_sources, may, "张三", reason="重来")
    assert [act.title for act in read_history(may, "tlf", MAY)] == ["报齐", "退回"] * 3


def test_a_month_is_locked_by_two_people(may):
    approve_all(may)
    with pytest.raises(ClosingProblem, match="请先申请锁定"):
        lock_month(may, "tlf", MAY, by="王五", now=NOW)
    request_lock(may, "tlf", MAY, by="张三", now=NOW)
    with pytest.raises(ClosingProblem, match="由张三申请锁定，须由另一人批准"):
        lock_month(may, "tlf", MAY, by="张 三", now=NOW)
    seal = lock_month(may, "tlf", MAY, by="王五", now=NOW)
    assert (seal.vintage, seal.sealed_by, seal.approved_by, seal.reason) == (1, "张三", "王五", None)
    assert status(may).state is ClosingState.LOCKED


def test_a_request_to_lock_is_void_after_a_new_approval(may):
    approve_all(may)
    request_lock(may, "tlf", MAY, by="张三", now=NOW)
    do(return_sources, may, "李四", reason="缺夜班")
    with pytest.raises(ClosingProblem, match="话单未报齐"):
        lock_month(may, "tlf", MAY, by="王五", now=NOW)
    do(complete_sources, may, "张三")
    do(submit_sources, may, "张三")
    do(approve_sources, may, "李四")
    with pytest.raises(ClosingProblem, match="有来源重新审批"):
        lock_month(may, "tlf", MAY, by="王五", now=NOW)


def test_a_month_is_not_locked_while_a_source_is_not_approved(may):
    do(complete_sources, may, "张三", None)
    with pytest.raises(ClosingProblem, match="话单、工单、座席状态日志、平台巡检等18个来源已报齐"):
        request_lock(may, "tlf", MAY, by="张三", now=NOW)


def test_a_quarter_is_sealed_with_its_last_month_and_after_its_others(may):
    june, now = Month(2023, 6), datetime(2023, 7, 5, tzinfo=BEIJING)
    approve_all(may, june, now)
    with pytest.raises(ClosingProblem, match="2023年第二季度的数字随2023年6月一并锁定，须先锁定4月、5月"):
        request_lock(may, "tlf", june, by="张三", now=now)
    for month in (Month(2023, 4), MAY):
        lock(may, month, now)
    request_lock(may, "tlf", june, by="张三", now=now)
    lock_month(may, "tlf", june, by="王五", now=now)
    assert shown(may, period=Quarter(2023, 2)).lock is LockState.LOCKED
    assert shown(may, period=Quarter(2023, 2)).value == 2
    assert shown(may, period=Year(2023)).lock is LockState.PROVISIONAL


def test_december_needs_all_months_of_its_year(may):
    december = status(may, Month(2023, 12), datetime(2024, 1, 2, tzinfo=BEIJING))
    assert [month.month for month in december.unlocked_siblings] == list(range(1, 12))
    assert "全年的数字随2023年12月一并锁定" in december.obstacles[-1]


# what a seal holds


def test_a_seal_holds_every_figure_of_its_month(may):
    seal = lock(may)
    data = log.read_event(get_driver(may), "tlf", seal.event_seq).data
    assert [one["indicator"] for one in data["figures"]] == [
        one.indicator for one in results.read_period(may, "tlf", MAY, live=True)
    ]
    offered = next(one for one in data["figures"] if one["indicator"] == "calls_offered")
    assert (offered["numerator"], offered["value"], offered["coverage"]) == ("2", "2", "1")
    assert offered["code"] == derive_sealed_code("tlf", offered, 1) == shown(may).code
    assert (data["reason"], data["caused_by"], data["replaced"]) == (None, [], [])


def test_a_seal_names_the_end_of_the_log_before_it(may):
    seal = lock(may)
    before = log.read_event(get_driver(may), "tlf", seal.event_seq - 1)
    assert (seal.head_seq, seal.head_hash) == (before.seq, before.hash.hex())


def test_a_gap_is_sealed_as_what_it_is(may):
    lock(may)
    assert shown(may, "work_orders_opened").value is None
    assert shown(may, "work_orders_opened").status.value == "无法核实"
    assert shown(may, "work_orders_opened").lock is LockState.LOCKED


def test_every_figure_has_the_code_of_its_content(may):
    results.bring_up_to_date(may, "tlf", NOW)
    for figure in told(may).values():
        assert figure.code == derive_code(figure, 0)
    lock(may)
    for figure in told(may).values():
        assert figure.code == derive_code(figure, 1)


def test_what_was_sealed_is_remade_from_the_log(may):
    lock(may)
    record(may, LATE_CALL)
    reopen(may)
    correct(may)
    kept = {table: rows_in(may, table) for table in (seals, source_states)}
    before, exemptions = told(may), read_exemptions(may, "tlf")
    log.rebuild_facts(get_driver(may), "tlf")
    results.rebuild(may, "tlf", LATER)
    assert told(may) == before
    assert read_exemptions(may, "tlf") == exemptions
    assert {table: rows_in(may, table) for table in kept} == kept


def rows_in(connection: sa.Connection, table: sa.Table) -> list[Any]:
    return list(connection.execute(sa.select(table).order_by(*table.primary_key)))


def test_a_seal_cannot_be_voided(may):
    seal = lock(may)
    with pytest.raises(VoidProblem, match="是审核记录"):
        void_event(get_driver(may), "tlf", seal.event_seq, reason="误锁", by="张三", now=NOW)


# changes after approval


def test_data_that_comes_after_approval_blocks_the_lock_until_approved_again(may):
    approve_all(may)
    assert not status(may).obstacles
    record(may, LATE_CALL)
    row = status(may).by_source["calls"]
    assert (row.state, row.changed) == (ClosingState.APPROVED, 1)
    with pytest.raises(ClosingProblem, match="话单已审批后有变动（1处），须重新审批"):
        request_lock(may, "tlf", MAY, by="张三", now=NOW)
    with pytest.raises(ClosingProblem, match="由张三提交"):
        do(approve_sources, may, "张三")
    do(approve_sources, may, "李四")
    assert not status(may).obstacles


def test_an_approved_source_without_changes_is_not_approved_again(may):
    approve_all(may)
    with pytest.raises(ClosingProblem, match="已由李四审批，此后没有变动"):
        do(approve_sources, may, "王五")


@pytest.mark.parametrize(
    ("line", "source", "changed"),
    [
        ("call 2023-06-01 08:00:00 queued 08:00:10", "calls", 0),  # another month
        ("call 2023-05-31 23:59:59 queued 00:00:10", "calls", 1),
        ("call 2023-06-01 00:00:00 queued 00:00:10", "calls", 0),
        ("call 2023-05-01 00:00:00 queued 00:00:10", "calls", 1),
        ("call 2023-04-30 23:59:59 queued 00:00:10", "calls", 0),
        ("call 2023-06-02 08:00:00 id c1 queued 08:00:10", "calls", 1),  # moved away
        ("call 2023-05-02 08:00:00 id c2 queued 08:00:10", "calls", 0),  # the same again
        ("person R1 joined 2022-01-01", "roster", 1),  # in post all along, told late
        ("person R1 joined 2023-06-01", "roster", 0),
        ("person R9 joined 2022-01-01 left 2023-06-10", "roster", 0),  # left after the month
        ("person R9 joined 2022-01-01 left 2023-05-10", "roster", 1),
        ("posts 2023-06-01 9", "posts", 0),
        ("posts 2023-04-01 9", "posts", 1),
        ("order A1 accepted 2023-04-30 投诉 closed 2023-05-02", "work_orders", 1),
        ("order A1 accepted 2023-04-30 投诉 closed 2023-06-02", "work_orders", 0),
        ("inspected c1 2023-06-03", "inspections", 1),  # counts with its call of May
        ("inspected c9 2023-06-03", "inspections", 0),
        ("payment P1 劳务费 due 2023-05-10 paid 2023-05-09 5.00", "payments", 1),
        ("budget approved 2023-05-12 20.00", "budget", 1),
        ("probe 2023-05-01 03:00", "probes", 1),
        ("day 2023-05-03 messages 10", "messages", 1),
        ("day 2023-05-03 messages 10", "cases", 1),  # told as empty, where nothing was told
        ("training 2023-05-07 29 of 30", "training", 1),
        ("answer W1 2023-05-05 yes yes no", "survey_answers", 1),
        ("issued 2023-05-05 100", "survey_issues", 1),
    ],
)
def test_a_change_is_one_that_bears_on_the_month(may, line, source, changed):
    record(may, "person R9 joined 2022-01-01")
    approve_all(may)
    record(may, line)
    assert len(status(may).by_source[source].changes) == changed


def test_a_voided_row_is_a_change(may):
    approve_all(may)
    void_event(get_driver(may), "tlf", 1, reason="误导出", by="张三", now=NOW)
    assert status(may).by_source["calls"].changed == 1


def test_a_zero_report_after_approval_is_a_change_of_coverage(may):
    approve_all(may)
    record(may, "zero work_orders 2023-05-01..2023-05-31 signed 2023-06-02")
    row = status(may).by_source["work_orders"]
    assert (row.changed, row.coverage_moved) == (1, True)


# after the lock


@pytest.mark.acceptance(11)
def test_an_old_row_after_the_lock_goes_to_the_late_register(may):
    """The sealed value is unchanged, and a new vintage comes only with approval."""
    lock(may)
    record(may, LATE_CALL)
    results.bring_up_to_date(may, "tlf", LATER)
    assert (shown(may).value, shown(may, live=True).value) == (2, 3)
    register = read_late_register(may, "tlf", MAY)
    assert [(one.kind, one.subject) for one in register.events] == [(Lateness.LATE, "call/c3")]
    offered = next(one for one in register.figures if one.after.indicator == "calls_offered")
    assert (offered.before.value, offered.after.value) == (2, 3)
    with pytest.raises(ClosingProblem, match="请先申请限期解锁"):
        correct(may)
    reopen(may)
    propose_correction(may, "tlf", MAY, by="张三", reason="补报", now=LATER)
    assert shown(may).value == 2
    with pytest.raises(ClosingProblem, match="由张三申请，须由另一人批准"):
        approve_correction(may, "tlf", MAY, by="张三", now=LATER)
    approve_correction(may, "tlf", MAY, by="李四", now=LATER)
    assert (shown(may).value, shown(may).lock) == (3, LockState.CORRECTED)


@pytest.mark.acceptance(12)
def test_renaming_an_agent_never_changes_a_locked_month(may):
    def call(agent: str | None, group: str | None) -> CallEnded:
        start = datetime(2023, 5, 4, 8, tzinfo=BEIJING)
        return CallEnded(
            call_id="c4", direction="inbound", entered_at=start, queued_at=start, rang_at=None,
            answered_at=start, ended_at=start, talk_ms=1000, outcome="answered", agent=agent,
            skill_group=group, caller=None, rating=None,
        )  # fmt: skip

    append(may, [call("8001", "综合")])
    record(may, "person 8001 joined 2023-01-01")
    lock(may)
    before = told(may)
    append(may, [call(None, "专席")])
    record(may, "person 8001 joined 2023-01-01 left 2023-01-02")
    results.bring_up_to_date(may, "tlf", LATER)
    assert told(may) == before
    changed = [(one.kind, one.subject) for one in read_late_register(may, "tlf", MAY).events]
    assert changed == [(Lateness.CHANGED, "call/c4"), (Lateness.CHANGED, "person/8001")]


def test_the_register_tells_old_and_new(may):
    lock(may)
    record(may, "call 2023-05-02 08:00:00 id c2 queued 08:00:10 answered 08:00:50")
    results.bring_up_to_date(may, "tlf", LATER)
    (late,) = read_late_register(may, "tlf", MAY).events
    assert ("outcome", "queue_abandoned", "answered") in late.changed
    assert ("answered_at", None, "2023-05-02T08:00:50+08:00") in late.changed
    assert (late.delivery is not None, late.row) == (True, 2)


def test_the_register_tells_what_happened_later_apart_from_what_came_late(may):
    record(
        may,
        "order A1 accepted 2023-05-20 投诉\ndelivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01",
    )
    lock(may)
    record(may, "order A1 accepted 2023-05-20 投诉 closed 2023-06-10")
    results.bring_up_to_date(may, "tlf", LATER)
    (late,) = read_late_register(may, "tlf", MAY).events
    assert (late.type, late.kind) == ("work_order.closed", Lateness.FOLLOWING)


def test_the_register_tells_voids_and_zero_reports(may):
    lock(may)
    void_event(get_driver(may), "tlf", 1, reason="误导出", by="张三", now=LATER)
    record(may, "zero work_orders 2023-05-01..2023-05-31 signed 2023-06-02")
    results.bring_up_to_date(may, "tlf", LATER)
    kinds = [(one.kind, one.type) for one in read_late_register(may, "tlf", MAY).events]
    assert kinds == [(Lateness.VOID, "event.voided"), (Lateness.BACKING, "source.nothing_to_report")]


def test_the_register_of_a_month_that_ends_a_quarter_looks_at_the_quarter(may):
    now = datetime(2023, 7, 5, tzinfo=BEIJING)
    for month in (Month(2023, 4), MAY, Month(2023, 6)):
        lock(may, month, now)
    record(may, LATE_CALL)
    results.bring_up_to_date(may, "tlf", now + timedelta(days=1))
    assert [one.subject for one in read_late_register(may, "tlf", Month(2023, 6)).events] == ["call/c3"]
    assert read_late_register(may, "tlf", Month(2023, 4)).events == ()


def test_a_correction_holds_before_after_and_its_causes(may):
    lock(may)
    record(may, f"{LATE_CALL}\ncall 2023-05-04 08:00:00 id c4\ncall 2023-05-05 08:00:00 id c5")
    reopen(may)
    seal = correct(may)
    data = log.read_event(get_driver(may), "tlf", seal.event_seq).data
    late = log.read_timeline(get_driver(may), "tlf", "call/c3")[0].seq
    assert (data["vintage"], data["reason"], data["caused_by"]) == (2, "补报计入", [[late, late + 2]])
    pairs = {
        one["indicator"]: (before["value"], one["value"])
        for before, one in zip(data["replaced"], data["figures"], strict=True)
    }
    assert pairs["calls_inbound"] == ("2", "5")
    assert "work_orders_opened" not in pairs
    assert data["exception"] == "lock_exception/2023-05/1"


def test_what_a_correction_does_not_change_keeps_its_vintage(may):
    lock(may)
    record(may, LATE_CALL)
    reopen(may)
    correct(may)
    assert (shown(may).vintage, shown(may, "work_orders_opened").vintage) == (2, 1)
    assert read_late_register(may, "tlf", MAY).events == ()


def test_a_correction_that_is_no_longer_what_was_proposed_is_refused(may):
    lock(may)
    record(may, LATE_CALL)
    reopen(may)
    propose_correction(may, "tlf", MAY, by="张三", reason="补报", now=LATER)
    record(may, "call 2023-05-06 08:00:00 id c6 queued 08:00:10")
    with pytest.raises(ClosingProblem, match="请重新申请"):
        approve_correction(may, "tlf", MAY, by="李四", now=LATER)
    assert shown(may).value == 2


def test_nothing_to_correct_is_said(may):
    lock(may)
    reopen(may)
    with pytest.raises(ClosingProblem, match="与最新数据一致"):
        correct(may)


def test_an_exception_for_one_source_permits_its_figures_alone(may):
    lock(may)
    record(
        may,
        f"{LATE_CALL}\npayment P1 劳务费 due 2023-05-10 paid 2023-05-09 5.00\n"
        "delivered payments as of 2023-06-02",
    )
    reopen(may, source="calls")
    correct(may)
    assert shown(may).value == 3
    assert shown(may, "payment_on_time_rate").value is None
    left = read_late_register(may, "tlf", MAY)
    assert {one.source for one in left.events} == {"payments"}
    assert {one.after.indicator for one in left.figures} >= {"payment_on_time_rate"}


# lock exceptions


@pytest.mark.acceptance(30)
def test_a_lock_exception_without_reason_or_second_person_is_impossible(may):
    lock(may)
    asked: Any = {"by": "张三", "reason": "补报", "expires_at": EXPIRY, "now": LATER}
    for wrong, why in (
        ({"reason": " "}, "必须写明理由"),
        ({"by": " "}, "必须写明姓名"),
        ({"expires_at": LATER}, "已过"),
        ({"expires_at": LATER + timedelta(days=30, seconds=1)}, "最长30天"),
    ):
        with pytest.raises(ValueError, match=why):
            request_exemption(may, "tlf", MAY, **asked | wrong)
    with pytest.raises(ClosingProblem, match="没有等待批准"):
        open_exemption(may, "tlf", MAY, by="李四", now=LATER)
    request_exemption(may, "tlf", MAY, **asked)
    with pytest.raises(ClosingProblem, match="须由另一人批准"):
        open_exemption(may, "tlf", MAY, by="张　三", now=LATER)
    assert read_closing(may, "tlf", MAY).find_open_exemption(LATER) is None
    open_exemption(may, "tlf", MAY, by="李四", now=LATER)
    (listed,) = read_exemptions(may, "tlf")
    assert (listed.requested_by, listed.approved_by, listed.reason) == ("张三", "李四", "补报")


def test_an_exception_that_expired_permits_nothing(may):
    lock(may)
    record(may, LATE_CALL)
    reopen(may)
    propose_correction(may, "tlf", MAY, by="张三", reason="补报", now=EXPIRY - timedelta(microseconds=1))
    with pytest.raises(ClosingProblem, match="请先申请限期解锁"):
        approve_correction(may, "tlf", MAY, by="李四", now=EXPIRY)


def test_an_exception_closed_early_permits_nothing(may):
    lock(may)
    record(may, LATE_CALL)
    reopen(may)
    close_exemption(may, "tlf", MAY, by="王五", now=LATER)
    with pytest.raises(ClosingProblem, match="请先申请限期解锁"):
        correct(may)


def test_an_exception_that_was_not_approved_in_time_cannot_be(may):
    lock(may)
    request_exemption(may, "tlf", MAY, by="张三", reason="补报", expires_at=EXPIRY, now=LATER)
    with pytest.raises(ClosingProblem, match="没有等待批准"):
        open_exemption(may, "tlf", MAY, by="李四", now=EXPIRY)


def test_an_open_month_needs_no_exception(may):
    with pytest.raises(ClosingProblem, match="还没有锁定"):
        request_exemption(may, "tlf", MAY, by="张三", reason="补报", expires_at=EXPIRY, now=LATER)


# who may change it, what it was


def test_who_may_change_a_figure_is_told_in_every_state(may):
    def who(key: str = "calls_offered", now: datetime = NOW) -> str:
        return explain_turn(read_closing(may, "tlf", MAY), MAY, INDICATORS[key], now)

    def who_of_month(now: datetime = NOW) -> str:
        results.bring_up_to_date(may, "tlf", now)
        return explain_period(read_status(may, "tlf", MAY, now), MAY)

    running = get_day_start(date(2023, 5, 31))
    assert all(
        "结束（2023-06-01 00:00）后方可报齐" in one for one in (who(now=running), who_of_month(running))
    )
    assert "话单待录入人员确认报齐" in who()
    do(complete_sources, may, "张三")
    assert "话单待提交" in who()
    do(submit_sources, may, "张三")
    assert "话单已提交，待另一人审批" in who()
    assert "话单由张三提交，待另一人审批" in who_of_month()
    do(approve_sources, may, "李四")
    assert "均已审批" in who()
    record(may, LATE_CALL)
    assert "话单已审批后有变动，待张三以外的人重新审批" in who_of_month()
    do(approve_sources, may, "李四")
    approve_rest(may)
    assert "由一人申请锁定，另一人批准" in who_of_month()
    request_lock(may, "tlf", MAY, by="张三", now=NOW)
    assert "张三已申请锁定，待另一人批准" in who_of_month()
    lock_month(may, "tlf", MAY, by="王五", now=NOW)
    assert all("如需更正，请先申请限期解锁" in one for one in (who(), who_of_month()))
    reopen(may, source="calls")
    assert "到2023-07-01 00:00止，可由一人申请更正、另一人批准" in who(now=LATER)
    assert "生效中的限期解锁仅限话单，不含该数字" in who("payment_on_time_rate", LATER)
    assert "如需更正，请先申请限期解锁" in who(now=EXPIRY)


def approve_rest(connection: sa.Connection) -> None:
    rest = [key for key in list_needed_sources() if key != "calls"]
    do(complete_sources, connection, "张三", rest)
    do(submit_sources, connection, "张三", rest, acknowledged="没有其他数据")
    do(approve_sources, connection, "李四", rest)


def test_a_figure_as_known_is_what_was_shown_then(may):
    results.bring_up_to_date(may, "tlf", NOW)
    first = log.read_head(get_driver(may), "tlf").seq
    seal = lock(may)
    record(may, LATE_CALL)
    results.bring_up_to_date(may, "tlf", LATER)
    reopen(may)
    correct(may, now=LATER + timedelta(hours=1))

    def known(on: Any) -> tuple[Any, int] | None:
        found = [
            one for one in read_figures_as_known(may, "tlf", MAY, on) if one.indicator == "calls_offered"
        ]
        return (found[0].value, found[0].vintage) if found else None

    assert known(0) is None
    assert known(first - 1) == (None, 0)  # never computed there, and the delivery not yet told of
    assert known(first) == known(seal.event_seq - 1) == (2, 0)
    assert known(seal.event_seq) == known(LATER) == (2, 1)
    assert known(LATER + timedelta(hours=1)) == known(10**9) == (3, 2)
    assert known(NOW - timedelta(seconds=1)) is None


def test_a_code_leads_back_to_its_figure_and_tells_what_replaced_it(may):
    results.bring_up_to_date(may, "tlf", NOW)
    provisional = shown(may).code
    lock(may)
    locked = shown(may).code
    record(may, LATE_CALL)
    reopen(may)
    correct(may)
    (first,), (second,), (third,) = (
        find_code(may, code) for code in (provisional, locked.lower().replace("-", ""), shown(may).code)
    )
    assert [one.figure.vintage for one in (first, second, third)] == [0, 1, 2]
    assert [one.figure.value for one in (first, second, third)] == [2, 2, 3]
    assert [one.stands for one in (first, second, third)] == [False, False, True]
    assert second.now == third.figure
    with pytest.raises(CodeProblem, match="没有溯源码"):
        find_code(may, "0000-0000")
    with pytest.raises(CodeProblem, match="没有溯源码"):
        find_code(may, locked, "county")


def test_the_history_keeps_a_content_that_came_back(may):
    results.bring_up_to_date(may, "tlf", NOW)
    record(may, LATE_CALL)
    results.bring_up_to_date(may, "tlf", NOW)
    seq = log.read_timeline(get_driver(may), "tlf", "call/c3")[0].seq
    void_event(get_driver(may), "tlf", seq, reason="误导出", by="张三", now=NOW)
    results.bring_up_to_date(may, "tlf", NOW)
    table = figure_history.c
    kept = may.execute(
        sa.select(table.value, table.code)
        .where(table.period == "2023-05", table.indicator == "calls_offered")
        .order_by(table.log_seq)
    ).all()
    assert [value for value, _ in kept] == [2, 3, 2]
    assert len({code for _, code in kept}) == 3  # the last says what was taken back


def test_the_history_grows_only_with_what_is_new(may):
    results.bring_up_to_date(may, "tlf", NOW)
    before = may.scalar(sa.select(sa.func.count()).select_from(figure_history))
    results.rebuild(may, "tlf", LATER)
    after = may.execute(
        sa.select(figure_history.c.period).where(figure_history.c.computed_at == LATER).distinct()
    ).scalars()
    assert before is not None
    assert set(after).isdisjoint({"2023-01", "2023-05", "2023-Q1"})


def test_an_event_of_closing_holds_what_any_language_can_read(may):
    lock(may)
    rows = may.execute(sa.select(events.c.data).where(events.c.source == "closing"))
    assert all(
        orjson.dumps(orjson.loads(row.data), option=orjson.OPT_SORT_KEYS).decode() == row.data for row in rows
    )

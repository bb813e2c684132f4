"""The same data under several definitions."""

from datetime import datetime, timedelta

import pytest

from kpi.definition_report import format_change
from kpi.figures.compute import compute_figure
from kpi.figures.counted_rows import PartName
from kpi.figures.definitions.computing import compute_figures_by, read_facts
from kpi.figures.definitions.document import dump_definition
from kpi.figures.definitions.in_force import PACKAGED
from kpi.figures.definitions.reading import parse_indicator
from kpi.figures.figure import Status
from kpi.figures.forks import FORKS, list_forks
from kpi.figures.indicators import INDICATORS
from kpi.figures.rows import read_figure_rows
from tests.kpi.drawn import quarter
from tests.kpi.given import append, record
from tracker.events.calls import CallEnded
from tracker.events.times import BEIJING
from tracker.events.work_orders import (
    WorkOrderAccepted,
    WorkOrderCancelled,
    WorkOrderClosed,
    WorkOrderExtended,
    WorkOrderRedone,
)
from tracker.periods import Month, Quarter, Year

NOW = datetime(2024, 7, 10, 9, tzinfo=BEIJING)
MAY = Month(2023, 5)


def by_fork(connection, key, period=MAY):
    """Fork → its figure; the definition in force under an empty name."""
    forks = list_forks(key)
    by = [INDICATORS[key], *(fork.definition for fork in forks)]
    found = compute_figures_by(connection, "tlf", by, [period], NOW)
    return dict(zip(["", *(fork.name for fork in forks)], (one[period] for one in found), strict=True))


@pytest.mark.parametrize("fork", FORKS, ids=lambda fork: f"{fork.key}-{fork.name}")
def test_a_fork_can_be_adopted_as_it_is(fork):
    assert parse_indicator(dump_definition(fork.definition)).key == fork.key
    assert fork.question and fork.title and fork.used_by
    assert PACKAGED.get_next_version(fork.key) == 2


def test_a_forks_name_is_its_own():
    named = [(fork.key, fork.name) for fork in FORKS]
    assert len(set(named)) == len(named)


def a_call(number: int, waited: int, *, answered: bool, outcome: str | None = None) -> CallEnded:
    at = datetime(2023, 5, 1 + number % 28, 9, 0, 0, tzinfo=BEIJING)
    left = at.replace(minute=waited // 60, second=waited % 60)
    return CallEnded(
        call_id=f"c{number}", direction="inbound", entered_at=at, queued_at=at, rang_at=None,
        answered_at=left if answered else None, ended_at=left,
        talk_ms=None, outcome=outcome or ("answered" if answered else "queue_abandoned"), agent=None,
        skill_group=None, caller=f"t{number}", rating=None,
    )  # fmt: skip


@pytest.fixture
def cisco(connection):
    """70 answered within the threshold, 10 abandoned within it, 20 neither: of 100 offered."""
    record(connection, "delivered calls 2023-05-01..2023-05-31 as of 2023-06-01")
    calls = [a_call(number, 20, answered=True) for number in range(70)]
    calls += [a_call(70 + number, 20, answered=False) for number in range(10)]
    calls += [a_call(80 + number, 21 + number, answered=number < 15) for number in range(20)]
    append(connection, calls)
    return connection


def test_service_levels_follow_the_published_example(cisco):
    """77.8, 70 and 80 %. Source: Cisco's example of the service-level types."""
    found = by_fork(cisco, "call_answer_rate")
    levels = ("within_less_abandoned_20s", "within_20s", "service_level_20s")
    assert [str(found[name].value) for name in levels] == ["77.78", "70.00", "80.00"]


def test_the_limit_itself_counts_only_where_it_is_included(cisco):
    found = by_fork(cisco, "call_answer_rate")
    assert (found["under_20s"].numerator, found["within_20s"].numerator) == (0, 70)
    assert (found["less_short_20s"].denominator, found["within_less_abandoned_20s"].denominator) == (100, 90)


def test_where_all_callers_leave_at_once_there_is_nothing_to_divide_by(connection):
    record(connection, "delivered calls 2023-05-01..2023-05-31 as of 2023-06-01")
    append(connection, [a_call(number, 2, answered=False) for number in range(3)])
    found = by_fork(connection, "call_answer_rate")
    assert found["less_short_5s"].status.value == "不适用"
    assert found[""].value == 0


def test_exits_legs_and_callers_are_counted_by_the_fork(connection):
    record(connection, "delivered calls 2023-05-01..2023-05-31 as of 2023-06-01")
    first = a_call(1, 10, answered=True)
    append(
        connection,
        [
            first,
            a_call(2, 60, answered=False, outcome="overflow"),
            a_call(3, 60, answered=False, outcome="callback_requested"),
            CallEnded(**vars(a_call(4, 9, answered=False)) | {"caller": "t1", "entered_at": first.entered_at,
                                                              "queued_at": first.queued_at}),
        ],
    )  # fmt: skip
    found = by_fork(connection, "call_answer_rate")
    numbers = {
        name: (found[name].numerator, found[name].denominator)
        for name in ("", "less_exits", "callback_counts", "by_caller", "legs")
    }
    assert numbers == {
        "": (1, 4), "less_exits": (1, 2), "callback_counts": (2, 4), "by_caller": (1, 3),
        "legs": (None, None),
    }  # fmt: skip


@pytest.mark.acceptance(7)
def test_a_call_over_midnight_of_the_months_last_day_counts_by_the_definition(given):
    """
    call 2023-04-30 23:59:50 id c1 queued 00:00:05 answered 00:00:20
    delivered calls 2023-04-01..2023-05-31 as of 2023-06-01"""
    april, may = (by_fork(given, "call_answer_rate", Month(2023, month)) for month in (4, 5))
    assert (april[""].denominator, may[""].denominator) == (1, 0)
    assert (april["by_queue_day"].denominator, may["by_queue_day"].denominator) == (0, 1)


@pytest.mark.acceptance(21)
def test_an_order_sent_back_after_closing_is_on_time_or_not_by_the_definition(connection):
    """Closed in time, sent back, closed again after the deadline."""
    record(connection, "delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01")

    def at(day):
        return datetime(2023, 5, day, 9, tzinfo=BEIJING)

    append(
        connection,
        [
            WorkOrderAccepted(order_id="A1", at=at(2), deadline_at=at(9)),
            WorkOrderClosed(order_id="A1", at=at(5), step="1"),
            WorkOrderRedone(order_id="A1", at=at(6), step="1"),
            WorkOrderClosed(order_id="A1", at=at(12), step="2"),
        ],
    )
    found = by_fork(connection, "work_order_on_time_rate")
    assert (found[""].value, found["first_closing"].value, found["first_pass"].value) == (0, 100, 0)


def test_an_extension_granted_after_the_deadline_counts_by_its_fork_alone(connection):
    """The order is due in May, and under the fork in June."""
    may, june = datetime(2023, 5, 2, 9, tzinfo=BEIJING), datetime(2023, 6, 2, 9, tzinfo=BEIJING)
    record(connection, "delivered work_orders 2023-05-01..2023-06-30 as of 2023-07-01")
    append(
        connection,
        [
            WorkOrderAccepted(order_id="A1", at=may, deadline_at=may.replace(day=20)),
            WorkOrderExtended(order_id="A1", at=june, deadline_at=june.replace(day=10)),
            WorkOrderClosed(order_id="A1", at=june.replace(day=8)),
        ],
    )
    of_may = by_fork(connection, "work_order_on_time_rate")
    of_june = by_fork(connection, "work_order_on_time_rate", Month(2023, 6))
    assert (of_may[""].value, of_june[""].value) == (0, None)
    assert (of_may["by_last_deadline"].value, of_june["by_last_deadline"].value) == (None, 100)


def test_by_each_deadline_an_order_is_due_that_was_not_cancelled_before_it(connection):
    """Extended in time and cancelled between its deadlines; extended too late and cancelled between them."""
    record(connection, "delivered work_orders 2023-05-01..2023-06-30 as of 2023-07-01")

    def at(month, day):
        return datetime(2023, month, day, 9, tzinfo=BEIJING)

    append(
        connection,
        [
            WorkOrderAccepted(order_id="A1", at=at(5, 2), deadline_at=at(5, 9)),
            WorkOrderExtended(order_id="A1", at=at(5, 8), deadline_at=at(5, 30), step="1"),
            WorkOrderCancelled(order_id="A1", at=at(5, 20), step="2"),
            WorkOrderAccepted(order_id="A2", at=at(5, 2), deadline_at=at(5, 10)),
            WorkOrderExtended(order_id="A2", at=at(5, 15), deadline_at=at(5, 30), step="1"),
            WorkOrderCancelled(order_id="A2", at=at(5, 20), step="2"),
        ],
    )
    found = by_fork(connection, "work_order_on_time_rate")
    due = {name: found[name].denominator for name in ("", "extended_is_late", "by_last_deadline")}
    assert due == {"": 1, "extended_is_late": 2, "by_last_deadline": 0}


def test_an_order_last_told_of_before_its_first_deadline_is_not_said_to_be_late(given):
    """
    order A2 accepted 2023-05-30 due 2023-05-31T12:00 closed 2023-05-30
    step A2 2023-05-30T10:00 dispatched 甲局
    order A1 accepted 2023-05-30 due 2023-05-31T12:00
    step A1 2023-05-30T10:00 dispatched 甲局
    zero work_orders 2023-04-01..2023-04-30 signed 2023-06-02
    zero work_orders 2023-05-01..2023-05-29 signed 2023-06-02
    delivered work_orders 2023-05-30..2023-05-30 as of 2023-05-31
    zero work_orders 2023-05-31..2023-05-31 signed 2023-06-02"""
    found = by_fork(given, "work_order_on_time_rate")
    for name in ("", "extended_is_late", "by_last_deadline", "first_closing"):
        assert (found[name].status, str(found[name].high)) == (Status.PARTLY, "100.00"), name


def test_of_what_was_closed_orders_without_a_deadline_are_neither_on_time_nor_late(given):
    """
    order A1 accepted 2023-05-01 due 2023-05-09T18:00 closed 2023-05-08
    order A2 accepted 2023-05-01 due 2023-05-09T18:00 closed 2023-05-12
    order A3 accepted 2023-05-01 closed 2023-05-12
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    found = by_fork(given, "work_order_on_time_rate")
    assert (found["of_closed"].numerator, found["of_closed"].denominator) == (1, 2)
    assert (found["closed_over_due"].numerator, found["closed_over_due"].denominator) == (3, 2)


def test_by_the_caller_a_call_of_which_not_all_is_told_leaves_the_rate_unsure(connection):
    record(connection, "delivered calls 2023-05-01..2023-05-31 as of 2023-06-01")
    calls = [a_call(number, 10, answered=number > 2) for number in range(10)]
    del calls[0].__dict__["answered_at"], calls[0].__dict__["outcome"]
    append(connection, calls)
    by_caller = by_fork(connection, "call_answer_rate")["by_caller"]
    assert (by_caller.status, str(by_caller.low), str(by_caller.high)) == (Status.PARTLY, "70.00", "80.00")


def test_by_the_caller_nothing_is_counted_where_no_call_tells_its_number(connection):
    record(connection, "delivered calls 2023-05-01..2023-05-31 as of 2023-06-01")
    calls = [a_call(number, 10, answered=number > 2) for number in range(10)]
    for call in calls:
        del call.__dict__["caller"]
    append(connection, calls)
    without = by_fork(connection, "call_answer_rate")["by_caller"]
    assert without.status is Status.UNVERIFIABLE and "主叫号码" in without.reason


def test_a_call_in_by_the_day_of_its_end_may_have_come_in_on_a_day_that_lacks(given):
    """
    call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
    delivered calls 2023-04-01..2023-04-29 as of 2023-06-01
    delivered calls 2023-05-01..2023-05-31 as of 2023-06-01"""
    found = by_fork(given, "call_answer_rate")
    assert found[""].status is Status.VERIFIABLE
    for name in ("by_queue_day", "by_end_day"):
        assert found[name].status is not Status.VERIFIABLE and "4月30日" in found[name].reason, name


@pytest.mark.parametrize("key", dict.fromkeys(fork.key for fork in FORKS))
def test_the_rows_behind_a_fork_come_to_its_numbers(connection, key):
    from random import Random

    record(connection, quarter(Random(21)))
    for name, figure in by_fork(connection, key, Quarter(2024, 1)).items():
        by = next((fork.definition for fork in list_forks(key) if fork.name == name), INDICATORS[key])
        for part in list(PartName)[: 1 if by.formula.denominator is None else 2]:
            assert read_figure_rows(connection, by, figure, part).agrees is not False, (name, part)


@pytest.mark.slow
def test_forks_of_the_sample_year_agree_with_what_was_counted_while_drawing(tlf_2023):
    """The late file is absent, so that August lacks two days."""
    with tlf_2023.engine.connect() as connection:
        found = by_fork(connection, "call_answer_rate", Month(2023, 5))
    assert (found["within_15s"].numerator, found["within_15s"].denominator) == (2224, 3126)
    assert found["within_of_answered_15s"].denominator == 3082
    assert (found["all_inbound"].numerator, found["all_inbound"].denominator) == (3082, 3231)
    assert found["less_short_20s"].denominator < found["less_short_5s"].denominator <= 3126


def test_a_month_counted_alone_equals_the_month_within_its_year(connection):
    from random import Random

    record(connection, quarter(Random(22)))
    for fork in FORKS:
        alone = compute_figures_by(connection, "tlf", [fork.definition], [Month(2024, 2)], NOW)[0]
        whole = read_facts(connection, "tlf", [fork.definition], [Year(2024)], NOW)
        assert alone[Month(2024, 2)] == compute_figure(whole, fork.definition, Month(2024, 2)), fork.name


def test_calls_that_were_blocked_count_only_under_the_fork_that_says_so(given):
    """
    call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
    call 2023-05-01 09:00:00 id c2 outcome blocked
    call 2023-05-01 10:00:00 id c3
    delivered calls 2023-05-01..2023-05-31 as of 2023-06-01"""
    found = by_fork(given, "call_answer_rate")
    assert (found["all_inbound"].denominator, found["with_blocked"].denominator) == (2, 3)
    assert (found["ivr_counts"].numerator, found["ivr_counts"].denominator) == (2, 2)


def test_calendar_days_run_over_weekends_and_include_the_last_day(given):
    """
    order A1 accepted 2023-05-01 投诉 due 2023-05-20 closed 2023-05-08
    order A2 accepted 2023-05-01 投诉 due 2023-05-20 closed 2023-05-09
    order A3 accepted 2023-05-01 投诉 due 2023-05-20
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    found = by_fork(given, "work_order_on_time_rate")
    numbers = {
        name: (found[name].numerator, found[name].denominator)
        for name in ("", "within_7_days", "within_15_days")
    }
    assert numbers == {"": (2, 3), "within_7_days": (1, 3), "within_15_days": (2, 3)}


def test_what_a_source_does_not_tell_apart_is_not_computed(given):
    """
    call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
    call 2023-05-01 09:00:00 id c2 queued 09:00:10
    delivered calls 2023-05-01..2023-05-31 as of 2023-06-01"""
    found = by_fork(given, "call_answer_rate")
    for name in ("legs", "less_exits", "callback_counts", "with_blocked"):
        assert found[name].status is Status.UNVERIFIABLE, name
        assert "无法判断来源是否区分" in found[name].reason
        assert format_change(found[""], found[name]) == "不可算"
    assert format_change(found[""], found["by_queue_day"]) == "不变"


def test_a_transferred_call_shows_its_legs(connection):
    record(connection, "delivered calls 2023-05-01..2023-05-31 as of 2023-06-01")
    first = a_call(1, 10, answered=True)
    rang = {"leg": "1", "answered_at": None, "outcome": "ring_no_answer"}
    legs = [CallEnded(**vars(first) | more) for more in (rang, {"leg": "2"})]
    append(connection, [*legs, a_call(2, 60, answered=False)])
    found = by_fork(connection, "call_answer_rate")["legs"]
    assert (found.numerator, found.denominator) == (1, 3)


def test_waits_are_of_the_answered_of_all_or_with_the_menu(connection):
    """Two waited 10 and 20 seconds and were answered, one left after 60; the menu took 5 seconds each."""
    record(connection, "delivered calls 2023-05-01..2023-05-31 as of 2023-06-01")
    calls = [a_call(1, 10, answered=True), a_call(2, 20, answered=True), a_call(3, 60, answered=False)]
    for call in calls:
        call.__dict__["entered_at"] -= timedelta(seconds=5)
    append(connection, calls)
    found = by_fork(connection, "call_average_wait")
    assert {name: (one.numerator, one.denominator) for name, one in found.items()} == {
        "": (30, 2), "of_all": (90, 3), "with_ivr": (40, 2), "net": (None, None),  # no list of appeals
    }  # fmt: skip

"""By which deadline an order is judged: the one that was in force when it passed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.test_facts import accepted, at
from tracker.events.work_orders import (
    BY_DAYS,
    BY_HOURS,
    WorkOrderAccepted,
    WorkOrderClosed,
    WorkOrderClosingUndone,
    WorkOrderEvent,
    WorkOrderExtended,
    WorkOrderPaused,
    WorkOrderRedone,
    WorkOrderResumed,
    WorkOrderUrged,
)
from tracker.facts.statements import Statement, StatementsBySlot, fold_statements
from tracker.facts.work_orders import WORK_ORDERS

DUE, LATER = at("05-20 18:00:00"), at("06-10 18:00:00")


def judged(*said: tuple[datetime, WorkOrderEvent]) -> dict[str, Any]:
    """The order's fact, of events told by deliveries that speak of the world as of a moment."""
    held: StatementsBySlot = {}
    for seq, (as_of, event) in enumerate(said, 1):
        one = Statement(event.type, seq, (as_of, seq), event.text(), as_of)
        held.setdefault(event.slot, []).append(one)
    [values] = WORK_ORDERS.rows(fold_statements(held))
    names = [column.name for column in WORK_ORDERS.table.columns][3:]
    return dict(zip(names, values, strict=True))


def at_once(*events: WorkOrderEvent) -> dict[str, Any]:
    return judged(*((at("07-01 00:00:00"), event) for event in events))


def extended(
    when: datetime | None, to: datetime | None = LATER, step: str | None = None
) -> WorkOrderExtended:
    return WorkOrderExtended(order_id="1", at=when, deadline_at=to, step=step)


def closed(when: datetime, step: str | None = None) -> WorkOrderClosed:
    return WorkOrderClosed(order_id="1", at=when, step=step)


def outcome(found: dict[str, Any]) -> tuple[Any, Any, list[str]]:
    return found["due_on"], found["on_time"], found["unknown"].split()


NO_TIME, NO_DEADLINE = ["extended_at"], ["deadline_before"]


def test_an_extension_after_the_deadline_does_not_undo_the_breach():
    found = at_once(accepted(deadline_at=DUE), extended(at("06-02 10:00:00")), closed(at("06-08 10:00:00")))
    assert outcome(found)[:2] == ("2023-05-20", False)
    assert (found["extended"], found["last_due_on"]) == (1, "2023-06-10")


def test_an_extension_after_a_second_deadline_leaves_the_second_one_breached():
    found = at_once(
        accepted(deadline_at=DUE),
        extended(at("05-19 10:00:00"), at("05-30 18:00:00"), "1"),
        extended(at("06-02 10:00:00"), LATER, "2"),
        closed(at("06-08 10:00:00")),
    )
    assert outcome(found)[:2] == ("2023-05-30", False)


def test_what_is_granted_to_an_order_that_was_closed_in_time_changes_nothing():
    found = at_once(accepted(deadline_at=DUE), closed(at("05-19 10:00:00")), extended(at("06-02 10:00:00")))
    assert outcome(found)[:2] == ("2023-05-20", True)


def test_an_order_closed_in_time_and_sent_back_may_be_granted_more_time():
    found = at_once(
        accepted(deadline_at=DUE),
        closed(at("05-19 10:00:00"), "1"),
        WorkOrderRedone(order_id="1", at=at("06-01 10:00:00"), step="2"),
        extended(at("06-02 10:00:00"), LATER, "3"),
        closed(at("06-08 10:00:00"), "4"),
    )
    assert outcome(found)[:2] == ("2023-06-10", True)


def test_when_nobody_says_when_it_was_extended_nobody_knows_whether_it_was_late():
    found = at_once(accepted(deadline_at=DUE), extended(None), closed(at("06-08 10:00:00")))
    assert outcome(found) == (None, None, NO_TIME)
    in_time = at_once(accepted(deadline_at=DUE), extended(None), closed(at("05-19 10:00:00")))
    assert in_time["on_time"] is True


def test_an_extension_whose_earlier_deadline_nobody_told_leaves_it_unknown():
    """The export writes the present deadline over the earlier one."""
    present = accepted(deadline_at=LATER)
    over = at_once(present, extended(at("06-02 10:00:00")), closed(at("06-08 10:00:00")))
    assert outcome(over) == (None, None, NO_DEADLINE)
    undated = at_once(present, extended(at("06-02 10:00:00"), None), closed(at("06-08 10:00:00")))
    assert outcome(undated) == (None, None, NO_DEADLINE)


def test_an_earlier_delivery_tells_what_a_later_one_has_written_over():
    """And it tells what an extension without its new deadline extended to."""
    for to in (LATER, None):
        found = judged(
            (at("05-15 00:00:00"), accepted(deadline_at=DUE)),
            (at("07-01 00:00:00"), accepted(deadline_at=LATER)),
            (at("07-01 00:00:00"), extended(at("06-02 10:00:00"), to)),
            (at("07-01 00:00:00"), closed(at("06-08 10:00:00"))),
        )
        assert outcome(found)[:2] == ("2023-05-20", False)


def test_a_deadline_that_a_later_delivery_moves_is_an_extension_only_if_it_came_in_time():
    closing = (at("07-01 00:00:00"), closed(at("06-08 10:00:00")))
    first, second = accepted(deadline_at=DUE), accepted(deadline_at=LATER)
    in_time = judged((at("05-10 00:00:00"), first), (at("05-15 00:00:00"), second), closing)
    assert outcome(in_time) == ("2023-06-10", True, [])
    perhaps = judged((at("05-15 00:00:00"), first), (at("07-01 00:00:00"), second), closing)
    assert outcome(perhaps) == (None, None, NO_TIME)


def test_a_deadline_counted_anew_by_another_rule_is_no_extension():
    def by_rule(deadline: datetime, days: int) -> WorkOrderAccepted:
        return accepted(deadline_at=deadline, deadline_basis=f"按规则推算：投诉 {days} 个工作日")

    found = judged(
        (at("06-01 00:00:00"), by_rule(DUE, 5)),
        (at("07-01 00:00:00"), by_rule(LATER, 20)),
        (at("07-01 00:00:00"), closed(at("06-08 10:00:00"))),
    )
    assert outcome(found) == ("2023-06-10", True, [])


HOURS = st.integers(min_value=0, max_value=2000).map(
    lambda hours: at("05-05 10:00:00") + timedelta(hours=hours)
)
GRANTS = st.lists(st.tuples(HOURS, st.integers(min_value=1, max_value=500)), max_size=4)


@given(grants=GRANTS, late=GRANTS, closing=HOURS)
def test_nothing_that_is_told_of_the_time_after_a_breach_takes_it_back(grants, late, closing):
    """Extensions in time, then a breach, then whatever else was granted: the breach stays in its month."""
    deadline, steps = DUE, []
    for when, hours in sorted(grants):
        if when <= deadline:
            deadline += timedelta(hours=hours)
            steps.append(extended(when, deadline, str(len(steps))))
    before = at_once(accepted(deadline_at=DUE), *steps)
    assert before["due_on"] == deadline.date().isoformat()
    granted = deadline
    for when, hours in late:
        granted += timedelta(hours=hours)
        after = deadline + (when - at("05-05 09:00:00"))
        steps.append(extended(after, granted, str(len(steps))))
    end = closed(deadline + (closing - at("05-05 09:00:00")))
    found = at_once(accepted(deadline_at=DUE), *steps, end)
    assert (found["due_on"], found["on_time"]) == (before["due_on"], False)


# ---- sent back, nobody told when


def sent_back(closing: datetime) -> WorkOrderClosingUndone:
    return WorkOrderClosingUndone(order_id="1", closing=closing)


JUNE = at("06-01 00:00:00")  # a list of this moment shows the order closed, a later one sent back


def test_an_order_sent_back_after_the_list_that_shows_it_closed_is_due_and_not_closed():
    closing = at("05-19 10:00:00")
    before = [(JUNE, accepted(deadline_at=DUE)), (JUNE, closed(closing))]
    found = judged(*before, (at("07-01 00:00:00"), sent_back(closing)))
    assert (found["closed_at"], found["first_closed_at"]) == (None, closing.isoformat())
    assert outcome(found) == ("2023-05-20", None, [])
    again = (at("08-01 00:00:00"), closed(at("07-08 10:00:00")))
    found = judged(*before, (at("07-01 00:00:00"), sent_back(closing)), again)
    assert (found["first_closed_at"], found["on_time"]) == (closing.isoformat(), False)


def test_what_is_granted_to_it_then_is_its_deadline():
    closing = at("05-19 10:00:00")
    found = judged(
        (JUNE, accepted(deadline_at=DUE)),
        (JUNE, closed(closing)),
        (at("07-01 00:00:00"), sent_back(closing)),
        (at("07-01 00:00:00"), extended(at("06-02 10:00:00"))),
    )
    assert outcome(found) == ("2023-06-10", None, [])


def test_where_it_may_have_been_sent_back_before_the_deadline_nobody_knows_what_was_granted_in_time():
    closing = at("05-10 10:00:00")
    found = judged(
        (at("05-15 00:00:00"), accepted(deadline_at=DUE)),
        (at("05-15 00:00:00"), closed(closing)),
        (at("07-01 00:00:00"), sent_back(closing)),
        (at("07-01 00:00:00"), extended(at("06-02 10:00:00"))),
    )
    assert outcome(found) == (None, None, NO_TIME)


# ---- pauses


PAUSED_DUE = at("05-15 18:00:00")


def pauses(
    *steps: tuple[str, str], extend: str | None = BY_HOURS, deadline: datetime | None = PAUSED_DUE
) -> dict[str, Any]:
    """An order due on 15 May (a Monday) at 18:00, closed on the 17th, with steps of its flow log."""
    made: list[WorkOrderEvent] = [accepted(deadline_at=deadline, pauses_extend=extend)]
    kinds = {"暂停": WorkOrderPaused, "恢复": WorkOrderResumed, "督办": WorkOrderUrged}
    for n, (word, when) in enumerate(steps, 1):
        made.append(kinds[word](order_id="1", at=at(when), step=str(n)))
    return at_once(*made, closed(at("05-17 10:00:00"), "99"))


HOURS_OF_WORK = "09:00:00-12:00:00 14:00:00-18:00:00"
FOUR_DAYS = (("暂停", "05-09 10:00:00"), ("恢复", "05-13 10:00:00"))


@pytest.mark.parametrize(
    ("extend", "deadline"),
    [
        (None, "05-15 18:00:00"),
        (BY_HOURS, "05-19 18:00:00"),
        (BY_DAYS, "05-18 18:00:00"),  # the 13th is a Saturday
        (HOURS_OF_WORK, "05-19 17:00:00"),  # 6 hours on the 9th, 7 on each of three days
    ],
)
def test_the_deadline_moves_by_the_time_paused_as_the_rule_counts_it(extend: str | None, deadline: str):
    found = pauses(*FOUR_DAYS, extend=extend)
    assert found["deadline_at"] == found["last_deadline_at"] == at(deadline).isoformat()
    assert (found["on_time"], found["paused"], found["prolonged"]) == (bool(extend), 1, bool(extend))


def test_any_later_step_ends_a_pause():
    urged = pauses(("暂停", "05-09 10:00:00"), ("督办", "05-10 10:00:00"), ("恢复", "05-13 10:00:00"))
    assert urged["deadline_at"] == at("05-16 18:00:00").isoformat()
    by_closing = pauses(("暂停", "05-15 10:00:00"))
    assert (by_closing["on_time"], by_closing["due_on"]) == (True, "2023-05-17")


def test_a_pause_after_the_deadline_moves_nothing():
    late = pauses(("暂停", "05-15 19:00:00"), ("恢复", "05-16 10:00:00"))
    assert outcome(late)[:2] == ("2023-05-15", False)


def test_an_extension_after_a_pause_says_what_the_deadline_is_and_one_before_is_moved():
    told = accepted(deadline_at=PAUSED_DUE, pauses_extend=BY_HOURS)
    steps = [
        WorkOrderPaused(order_id="1", at=at("05-10 10:00:00"), step="2"),
        WorkOrderResumed(order_id="1", at=at("05-12 10:00:00"), step="3"),
    ]
    before = at_once(told, extended(at("05-09 10:00:00"), at("05-20 18:00:00"), "1"), *steps)
    after = at_once(told, extended(at("05-13 10:00:00"), at("05-20 18:00:00"), "4"), *steps)
    assert (before["due_on"], after["due_on"]) == ("2023-05-22", "2023-05-20")


def test_while_an_order_is_paused_nobody_knows_its_deadline():
    paused = WorkOrderPaused(order_id="1", at=at("05-10 10:00:00"), step="1")
    found = at_once(accepted(deadline_at=PAUSED_DUE, pauses_extend=BY_HOURS), paused)
    assert outcome(found) == (None, None, ["paused_for"])
    kept = at_once(accepted(deadline_at=PAUSED_DUE), paused)
    assert (kept["due_on"], kept["unknown"]) == ("2023-05-15", "")


def test_a_pause_of_an_order_without_a_deadline_leaves_nothing_unknown():
    found = pauses(*FOUR_DAYS, deadline=None)
    assert (found["due_on"], found["unknown"]) == (None, "")


def test_without_a_flow_log_nobody_knows_whether_a_late_order_was_paused():
    told = accepted(deadline_at=PAUSED_DUE, pauses_extend=BY_HOURS)
    late = at_once(told, closed(at("05-17 10:00:00")))
    assert outcome(late) == (None, None, ["paused_for"])
    assert at_once(told, closed(at("05-12 10:00:00")))["on_time"] is True


@given(
    st.lists(st.integers(0, 150), max_size=6, unique=True),
    st.sampled_from([BY_HOURS, BY_DAYS, HOURS_OF_WORK]),
)
def test_a_pause_never_makes_an_order_late_and_adds_no_more_than_it_lasted(hours: list[int], extend: str):
    times = [at("05-08 10:00:00") + timedelta(hours=one) for one in sorted(hours)]
    made: list[WorkOrderEvent] = [
        (WorkOrderPaused, WorkOrderResumed)[n % 2](order_id="1", at=when, step=str(n + 1))
        for n, when in enumerate(times)
    ]
    found = at_once(
        accepted(deadline_at=PAUSED_DUE, pauses_extend=extend), *made, closed(at("05-30 10:00:00"), "99")
    )
    deadline = datetime.fromisoformat(found["deadline_at"])
    assert deadline >= PAUSED_DUE
    if extend == BY_HOURS and len(times) % 2 == 0:
        lasted = (until - since for since, until in zip(times[::2], times[1::2], strict=True))
        assert deadline == PAUSED_DUE + sum(lasted, timedelta())

"""Calls of which a result is told and no moment: counted where it suffices, bounded elsewhere."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from kpi.figures import results
from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.figure import Figure, Status
from kpi.figures.forks import list_forks
from kpi.figures.rows import read_rows
from tests.kpi.given import append, record
from tracker.events.calls import CallEnded
from tracker.events.event import leave_out
from tracker.events.times import BEIJING
from tracker.periods import Month

MAY = Month(2023, 5)
NOW = datetime(2024, 1, 2, tzinfo=BEIJING)


def a_call(number: int, *, queued: bool | None, answered: bool | None, **more: Any) -> CallEnded:
    at = datetime(2023, 5, 1 + number, 10, tzinfo=BEIJING)
    call = CallEnded(
        call_id=f"c{number}", direction="inbound", entered_at=at, ended_at=at + timedelta(minutes=1),
        queued=queued, answered=answered, **more,
    )  # fmt: skip
    leave_out(call, [key for key in ("queued_at", "answered_at", "wait_ms") if getattr(call, key) is None])
    return call


def figure(connection: sa.Connection, key: str, *calls: CallEnded) -> Figure:
    record(connection, "delivered calls 2023-05-01..2023-05-31 as of 2023-06-01")
    append(connection, list(calls))
    results.bring_up_to_date(connection, "tlf", NOW)
    found = results.find_figure(connection, "tlf", key, MAY)
    assert found is not None
    return found


def test_results_that_say_who_was_queued_and_answered_make_a_sure_rate(connection: sa.Connection) -> None:
    rate = figure(
        connection, "call_answer_rate",
        a_call(1, queued=True, answered=True, outcome="answered", talk_ms=60_000),
        a_call(2, queued=True, answered=False, outcome="queue_abandoned"),
        a_call(3, queued=False, answered=False, outcome="ivr_abandoned"),
    )  # fmt: skip
    assert (rate.numerator, rate.denominator, rate.status) == (1, 2, Status.VERIFIABLE)
    assert read_rows(connection, "tlf", "call_answer_rate", MAY).agrees


def test_a_call_of_which_nobody_says_how_far_it_came_bounds_the_rate(connection: sa.Connection) -> None:
    rate = figure(
        connection, "call_answer_rate",
        a_call(1, queued=True, answered=True, outcome="answered", talk_ms=60_000),
        a_call(2, queued=None, answered=False, outcome="unanswered"),
    )  # fmt: skip
    assert rate.status is Status.PARTLY
    assert (rate.low, rate.high) == (Decimal("50.00"), Decimal("100.00"))
    assert "是否进入人工队列" in rate.reason


@pytest.mark.parametrize(("waits", "within"), [((10_000, 16_000), (1, 2)), ((None, None), None)])
def test_within_15_seconds_is_told_by_the_printed_wait_or_not_at_all(
    connection: sa.Connection, waits: tuple[int | None, int | None], within: tuple[int, int] | None
) -> None:
    calls = [
        a_call(n, queued=True, answered=True, outcome="answered", talk_ms=60_000, wait_ms=wait)
        for n, wait in enumerate(waits, 1)
    ]
    rate = figure(connection, "call_answer_within_15s_of_answered_rate", *calls)
    if within is None:
        assert rate.status is Status.UNVERIFIABLE
    else:
        assert (rate.numerator, rate.denominator, rate.status) == (*within, Status.VERIFIABLE)


def test_a_call_queued_at_an_unknown_moment_may_belong_to_any_month_by_that_moment(
    connection: sa.Connection,
) -> None:
    record(connection, "delivered calls 2023-05-01..2023-05-31 as of 2023-06-01")
    append(
        connection,
        [
            a_call(1, queued=True, answered=False, outcome="queue_abandoned"),
            a_call(2, queued=True, answered=True, outcome="answered", talk_ms=60_000),
        ],
    )
    by_queue = next(one for one in list_forks("call_answer_rate") if one.name == "by_queue_day")
    [found] = compute_figures_by(connection, "tlf", [by_queue.definition], [MAY], NOW)
    assert found[MAY].status is not Status.VERIFIABLE

"""Figures of work orders: who counts above and below, and what nobody can know."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import given as drawing
from hypothesis import strategies as st

from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.figure import Figure, Status
from kpi.figures.forks import list_forks
from kpi.figures.sums import sum_by_month
from tests.centre import Centre
from tests.drawing import examples
from tests.kpi.given import append, record
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.events.work_orders import (
    WorkOrderAccepted,
    WorkOrderCancelled,
    WorkOrderClosed,
    WorkOrderEvent,
    WorkOrderExtended,
    WorkOrderFollowedUp,
    WorkOrderRedone,
    WorkOrderReturned,
)
from tracker.periods import Month, Year

MAY, JUNE = Month(2023, 5), Month(2023, 6)
NOW = datetime(2024, 1, 2, 9, tzinfo=BEIJING)


def parts(figure: Figure) -> tuple[Fraction | None, Fraction | None]:
    return figure.numerator, figure.denominator


def by_fork(connection: sa.Connection, key: str, name: str, period: Month | Year = MAY) -> Figure:
    (fork,) = [one for one in list_forks(key) if one.name == name]
    return compute_figures_by(connection, "tlf", [fork.definition], [period], NOW)[0][period]


def at(day: int, hour: int = 9, month: int = 5) -> datetime:
    return datetime(2023, month, day, hour, tzinfo=BEIJING)


# ---- last told of too early


def test_an_order_last_told_of_before_its_deadline_is_not_known_to_be_late(figure, connection):
    """
    order A1 accepted 2023-05-28 due 2023-06-05T18:00
    order A2 accepted 2023-06-02 due 2023-06-09T18:00 closed 2023-06-08
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01
    delivered work_orders 2023-06-01..2023-06-30 as of 2023-07-01"""
    june = figure("work_order_on_time_rate", "2023-06")
    assert (june.status, parts(june)) == (Status.PARTLY, (1, 1))
    assert (str(june.low), str(june.high)) == ("50.00", "100.00")
    assert "工单有1行以后未再报送，当时还没有办结" in june.reason

    record(connection, "delivered work_orders 2023-05-28..2023-06-30 as of 2023-07-02")
    june = figure("work_order_on_time_rate", "2023-06")
    assert (june.status, parts(june)) == (Status.VERIFIABLE, (1, 2))


def test_an_export_of_what_changed_since_the_last_tells_of_orders_that_did_not(figure):
    """
    order A1 accepted 2023-05-26 due 2023-06-05T18:00
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01
    delivered work_orders 2023-05-29..2023-06-30 as of 2023-07-01"""
    june = figure("work_order_on_time_rate", "2023-06")
    assert (june.status, parts(june)) == (Status.VERIFIABLE, (0, 1))


def test_an_order_last_told_of_before_the_months_end_may_be_open_then_or_not(figure):
    """
    order A1 accepted 2023-05-28 due 2023-06-05T18:00
    order A2 accepted 2023-06-02 due 2023-06-09T18:00
    zero work_orders 2023-04-01..2023-04-30 signed 2023-06-02
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01
    delivered work_orders 2023-06-01..2023-06-30 as of 2023-07-01"""
    may, june = (figure("work_orders_open_at_end", f"2023-0{month}") for month in (5, 6))
    assert (may.status, may.value) == (Status.VERIFIABLE, 1)
    assert (june.status, june.value, june.low, june.high) == (Status.PARTLY, 2, 1, 2)


def test_only_a_list_that_goes_on_to_the_day_of_the_order_itself_tells_what_became_of_it(figure):
    """
    order A1 accepted 2023-05-10 due 2023-06-05T18:00
    order A2 accepted 2023-05-02 closed 2023-05-03
    zero work_orders 2023-04-01..2023-04-30 signed 2023-06-02
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01
    delivered work_orders 2023-06-01..2023-06-30 as of 2023-07-01
    delivered work_orders 2023-05-01..2023-05-05 as of 2023-07-05"""
    june = figure("work_orders_open_at_end", "2023-06")
    assert (june.status, june.value, june.low, june.high) == (Status.PARTLY, 1, 0, 1)


# ---- follow-up and solved


def test_who_was_reached_before_the_closing_and_not_after_it_was_not_reached(figure, connection):
    """
    order A1 accepted 2023-05-01 投诉 closed 2023-05-08
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    before = WorkOrderFollowedUp(order_id="A1", at=at(5), step="1", reached=True, solved=True)
    after = WorkOrderFollowedUp(order_id="A1", at=at(10), step="2", reached=False)
    append(connection, [before, after])
    assert parts(figure("work_order_reached_rate", "2023-05")) == (0, 1)
    assert parts(figure("work_order_resolution_rate", "2023-05")) == (0, 0)


def test_who_was_reached_before_the_closing_was_not_followed_up(figure):
    """
    order A1 accepted 2023-05-01 投诉 closed 2023-05-08 followed 2023-05-10 solved
    order A2 accepted 2023-05-01 投诉 closed 2023-05-08T15:00 followed 2023-05-08 solved
    order A3 accepted 2023-05-01 投诉 followed 2023-05-10 solved
    order A4 accepted 2023-05-01 投诉 closed 2023-05-20 followed 2023-05-10 solved
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    assert parts(figure("work_order_reached_rate", "2023-05")) == (2, 2)
    assert parts(figure("work_order_follow_up_rate", "2023-05")) == (2, 3)


def test_solved_is_closed_and_said_to_be_solved(figure, connection):
    """
    order A1 accepted 2023-05-01 投诉 closed 2023-05-08 followed 2023-05-10 solved
    order A2 accepted 2023-05-01 投诉 closed 2023-05-08 followed 2023-05-10
    order A3 accepted 2023-05-01 投诉 closed 2023-05-08 followed 2023-05-10 unsaid
    order A4 accepted 2023-05-01 投诉 closed 2023-05-08 followed 2023-05-10 solved
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    append(connection, [WorkOrderRedone(order_id="A4", at=at(12))])
    for key in ("work_order_resolution_rate", "complaint_resolution_rate"):
        assert parts(figure(key, "2023-05")) == (1, 3), key  # A3 said neither, A4 is open again


def test_an_order_returned_without_having_been_dispatched_is_none_of_those_dispatched(figure, connection):
    """
    order A1 accepted 2023-05-01
    order A2 accepted 2023-05-01
    step A1 2023-05-02T10:00 dispatched 甲局
    step A1 2023-05-03T10:00 returned
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    append(connection, [WorkOrderReturned(order_id="A2", at=at(3), step="1")])
    assert parts(figure("work_order_returned_rate", "2023-05")) == (1, 1)


# ---- deadlines


def test_orders_without_a_deadline_are_neither_on_time_nor_late(figure):
    """
    order A1 accepted 2023-05-01 due 2023-05-09T18:00 closed 2023-05-08
    order A2 accepted 2023-05-01 due 2023-05-09T18:00 closed 2023-05-12
    order A3 accepted 2023-05-01 closed 2023-05-12
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    assert parts(figure("work_order_on_time_of_accepted_rate", "2023-05")) == (1, 2)
    assert parts(figure("work_order_undated_rate", "2023-05")) == (1, 3)


def test_orders_answered_directly_stand_apart_from_those_that_a_unit_handles(figure):
    """
    order A1 accepted 2023-05-01T09:00 due 2023-05-09T18:00 closed 2023-05-01T09:05
    order A2 accepted 2023-05-01T09:00 due 2023-05-09T18:00 closed 2023-05-04T10:00
    step  A2 2023-05-01T10:00 dispatched 甲局
    order A3 accepted 2023-05-01T09:00 due 2023-05-09T18:00
    step  A3 2023-05-01T10:00 dispatched 甲局
    step  A3 2023-05-02T11:00 signed 甲局
    zero work_orders 2023-04-01..2023-04-30 signed 2023-06-02
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    assert parts(figure("work_order_on_time_rate", "2023-05")) == (2, 3)
    assert parts(figure("work_order_on_time_of_dispatched_rate", "2023-05")) == (1, 2)
    assert parts(figure("work_order_answered_directly_rate", "2023-05")) == (1, 3)
    assert parts(figure("work_order_mean_handling", "2023-05")) == (72, 1)
    assert parts(figure("work_order_signed_in_time_rate", "2023-05")) == (0, 2)  # after 25 hours, and never


def test_a_closing_told_by_its_day_keeps_a_deadline_at_the_end_of_that_day_alone(figure):
    """
    order A1 accepted 2023-05-01 due 2023-05-09T23:59:59 closed 2023-05-09
    order A2 accepted 2023-05-01 due 2023-05-09T18:00 closed 2023-05-08
    order A3 accepted 2023-05-01 due 2023-05-09T18:00 closed 2023-05-09
    zero work_orders 2023-04-01..2023-04-30 signed 2023-06-02
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    may = figure("work_order_on_time_rate", "2023-05")
    assert (may.status, parts(may)) == (Status.PARTLY, (2, 2))
    assert (str(may.low), str(may.high)) == ("66.66", "100.00")
    assert "工单有1行没有“办结的钟点”" in may.reason


def test_where_extensions_are_not_recognised_an_order_stays_in_the_month_of_its_first_deadline(connection):
    record(connection, "delivered work_orders 2023-05-01..2023-06-30 as of 2023-07-01")
    append(
        connection,
        [
            WorkOrderAccepted(order_id="A1", at=at(2), deadline_at=at(20)),
            WorkOrderExtended(order_id="A1", at=at(18), deadline_at=at(10, month=6)),
            WorkOrderClosed(order_id="A1", at=at(25)),
        ],
    )
    by = {
        month: by_fork(connection, "work_order_on_time_rate", "extended_is_late", month)
        for month in (MAY, JUNE)
    }
    assert (parts(by[MAY]), parts(by[JUNE])) == ((0, 1), (0, 0))


TITLES = ("工单编号", "受理时间", "诉求类型", "办结时限", "办结时间", "重办次数")


@pytest.fixture
def centre(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def rows(*last: str) -> list[list[str]]:
    """An order a day in May, closed in time; the last one is as given."""
    days = [f"2023-05-{day:02}" for day in range(1, 32)]
    made = [
        [f"W{day}", f"{day} 09:00:00", "投诉", "2023-05-31 18:00:00", f"{day} 20:00:00", "0"] for day in days
    ]
    return [*made[:-1], [made[-1][0], *last]]


LAST = ("2023-05-31 09:00:00", "投诉", "2023-05-31 18:00:00", "2023-05-31 12:00:00")


def of_fork(centre: Centre, name: str) -> Figure:
    (fork,) = [one for one in list_forks("work_order_on_time_rate") if one.name == name]
    with centre.database.engine.connect() as connection:
        return compute_figures_by(connection, centre.code, [fork.definition], [MAY], NOW)[0][MAY]


def test_a_fork_shows_nothing_where_no_delivery_can_tell_what_it_asks(centre: Centre):
    centre.sign("work_orders", Month(2023, 4))
    centre.take_in("工单_2023-05.csv", TITLES[:-1], (row[:-1] for row in rows(*LAST, "0")))
    for name, title in (
        ("extended_is_late", "延期时间"),
        ("first_closing", "首次办结时间"),
        ("first_pass", "重办次数"),
    ):
        found = of_fork(centre, name)
        assert (found.status, found.value) == (Status.UNVERIFIABLE, None), name
        assert f"工单没有“{title}”一列" in found.reason
    shown = centre.figures(
        MAY, "work_order_returned_rate", "work_order_redone_rate", "work_order_on_time_rate"
    )
    assert [one.status for one in shown.values()] == [
        Status.UNVERIFIABLE, Status.UNVERIFIABLE, Status.VERIFIABLE,
    ]  # fmt: skip


def test_the_first_closing_of_an_order_sent_back_is_unknown_where_only_the_last_is_told(centre: Centre):
    centre.sign("work_orders", Month(2023, 4))
    centre.take_in("工单_2023-05.csv", TITLES, rows(*LAST, "1"))
    found = of_fork(centre, "first_closing")
    assert (found.status, parts(found)) == (Status.PARTLY, (30, 30))


def test_an_order_sent_back_is_open_when_a_later_export_has_its_redo_and_no_closing(centre: Centre):
    centre.take_in("工单_2023-05-31.csv", TITLES, rows(*LAST, "0"))
    assert parts(centre.figures(MAY, "work_order_closing_rate")["work_order_closing_rate"]) == (31, 31)
    again = rows(*LAST[:-1], "", "1")
    centre.take_in("工单_2023-06-30.csv", TITLES, again)
    shown = centre.figures(MAY, "work_order_closing_rate", "work_order_redone_rate")
    assert [parts(one) for one in shown.values()] == [(30, 31), (1, 31)]
    centre.take_in("工单_2023-07-31.csv", TITLES, rows(*LAST[:-1], "2023-07-03 12:00:00", "1"))
    assert parts(centre.figures(MAY, "work_order_closing_rate")["work_order_closing_rate"]) == (31, 31)


# ---- what stands at the end of a month


def test_at_the_periods_end_later_closings_do_not_count(connection):
    record(
        connection,
        """
        order A1 accepted 2023-12-01 due 2023-12-09T18:00 closed 2023-12-08
        order A2 accepted 2023-12-29 due 2024-01-05T18:00 closed 2024-01-01
        zero work_orders 2022-12-01..2022-12-31 signed 2023-01-02
        zero work_orders 2023-01-01..2023-11-30 signed 2023-12-01
        delivered work_orders 2023-12-01..2023-12-31 as of 2024-01-02""",
    )
    at_end = by_fork(connection, "work_order_closing_rate", "at_end", Year(2023))
    assert (at_end.status, parts(at_end)) == (Status.VERIFIABLE, (1, 2))


def test_praise_owes_no_follow_up_by_its_fork(connection):
    record(
        connection,
        """
        order A1 accepted 2023-05-01 投诉 closed 2023-05-08 followed 2023-05-10 solved
        order A2 accepted 2023-05-01 表扬 closed 2023-05-08
        delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01""",
    )
    assert parts(by_fork(connection, "work_order_follow_up_rate", "owed")) == (1, 1)
    record(connection, "said follow_up 投诉 no\nsaid follow_up 表扬")
    assert parts(by_fork(connection, "work_order_follow_up_rate", "owed")) == (0, 1)


def test_a_month_that_runs_has_nothing_open_at_its_end_yet(figure):
    """
    order A1 accepted 2023-05-02
    zero work_orders 2023-04-01..2023-04-30 signed 2023-05-02
    delivered work_orders 2023-05-01..2023-05-10 as of 2023-05-11"""
    assert figure("work_orders_open_at_end", "2023-05", "2023-05-11").status is Status.NOT_APPLICABLE
    assert figure("work_orders_open_at_end", "2023", "2023-05-11").value == 0  # at the end of April


FIRST = date(2023, 1, 1)
_days = st.integers(0, 120)


@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@drawing(
    drawn=st.lists(
        st.tuples(_days, st.one_of(st.none(), _days), st.sampled_from(["closed", "cancelled"])), max_size=12
    )
)
def test_opening_plus_received_minus_closed_minus_cancelled_is_open(
    connection: sa.Connection, drawn: list[tuple[int, int | None, str]]
):
    def moment(day: int) -> datetime:
        return datetime.combine(FIRST, datetime.min.time(), BEIJING) + timedelta(days=day, hours=9)

    ends: dict[str, Callable[..., WorkOrderEvent]] = {
        "closed": WorkOrderClosed,
        "cancelled": WorkOrderCancelled,
    }
    events: list[WorkOrderEvent] = []
    cancelled: list[Month] = []
    for number, (day, after, how) in enumerate(drawn):
        events.append(WorkOrderAccepted(order_id=f"A{number}", at=moment(day), deadline_at=moment(day + 9)))
        if after is not None:
            events.append(ends[how](order_id=f"A{number}", at=moment(day + after)))
            cancelled += [Month.of(moment(day + after))] if how == "cancelled" else []
    with connection.begin_nested() as nested:
        record(connection, "delivered work_orders 2023-01-01..2023-12-31 as of 2024-06-01")
        append(connection, events)
        keys = ("work_orders_opened", "work_orders_closed_in_period", "work_orders_open_at_end")
        sums = sum_by_month(connection, "tlf", Year(2023), Year(2023).end_day, keys, from_facts=True)
        nested.rollback()
    before = 0
    for month in Year(2023).months:
        opened, closed, still = (sums.total(key, [month]) for key in keys)
        assert still == before + opened - closed - cancelled.count(month), month
        before = still

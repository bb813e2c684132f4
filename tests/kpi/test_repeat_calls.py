"""Calls by who had called shortly before; what is not known of a number or of the day before shows."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as drawing
from hypothesis import strategies as st

from kpi.figures import results
from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.figure import Figure, Status
from kpi.figures.forks import list_forks
from kpi.figures.indicators import INDICATORS
from kpi.figures.patterns.breakdown import break_down, select_splits
from kpi.figures.rows import read_rows
from tests.centre import Centre
from tests.kpi.given import append, record
from tracker.events.calls import CallEnded
from tracker.events.times import BEIJING
from tracker.periods import Month, Year

APRIL, MAY, JUNE = Month(2023, 4), Month(2023, 5), Month(2023, 6)
KEY = "call_repeat_rate"
NOW = datetime(2024, 1, 2, tzinfo=BEIJING)
START = datetime(2023, 5, 1, tzinfo=BEIJING)
TOLD = """
zero calls 2023-04-01..2023-04-30 signed 2023-07-01
delivered calls 2023-05-01..2023-06-30 as of 2023-07-01"""


def a_call(number: int, hours: float, party: str | None, *, out: bool = False, **more: Any) -> CallEnded:
    """So many hours after May began."""
    at = START + timedelta(hours=hours)
    return CallEnded(
        call_id=f"c{number:03}", direction="outbound" if out else "inbound", entered_at=at, queued_at=at,
        answered_at=None, ended_at=at, caller=party, talk_ms=0, outcome="queue_abandoned", **more,
    )  # fmt: skip


def figure(connection, *calls: CallEnded, period=MAY, told: str = TOLD) -> Figure:
    record(connection, told)
    append(connection, list(calls))
    results.bring_up_to_date(connection, "tlf", NOW)
    found = results.find_figure(connection, "tlf", KEY, period)
    assert found is not None
    return found


def test_a_call_by_a_number_that_called_within_24_hours_before_is_one_again(connection):
    one = figure(
        connection,
        a_call(1, 0, "a"), a_call(2, 24, "a"),  # 24 hours to the second
        a_call(3, 30, "b"), a_call(4, 54.001, "b"),  # later
        a_call(5, 60, "c"), a_call(6, 61, "c"), a_call(7, 62, "c"),  # the second and the third
        a_call(8, 70, None), a_call(9, 71, None),  # two withheld numbers are not one caller
        a_call(10, 80, "d", out=True), a_call(11, 81, "d"),  # who was called has not called
    )  # fmt: skip
    assert (one.numerator, one.denominator, one.status) == (3, 8, Status.VERIFIABLE), one.reason
    rows = read_rows(connection, "tlf", KEY, MAY)
    assert [row.subject for row in rows.rows] == ["call/c002", "call/c006", "call/c007"]
    assert rows.agrees and read_rows(connection, "tlf", KEY, MAY, "denominator").agrees


def test_a_call_again_in_the_next_month_is_of_that_month(connection):
    first = [a_call(1, 31 * 24 - 1, "a"), *(a_call(n, 31 * 24 + n * 30, f"x{n}") for n in range(2, 7))]
    assert figure(connection, *first, period=JUNE).numerator == 0
    june = figure(connection, a_call(9, 31 * 24 + 1, "a"), period=JUNE)
    assert (june.numerator, june.denominator, june.status) == (1, 6, Status.VERIFIABLE)


def test_what_comes_late_of_a_months_last_day_moves_the_next_month(connection):
    later = [a_call(n, 31 * 24 + n, f"x{n}") for n in range(1, 7)]
    assert figure(connection, *later, period=JUNE).numerator == 0
    assert figure(connection, a_call(20, 31 * 24 - 2, "x5"), period=JUNE).numerator == 1
    for period in (MAY, JUNE, Year(2023)):
        stored = results.find_figure(connection, "tlf", KEY, period)
        results.rebuild(connection, "tlf", NOW)
        anew = results.find_figure(connection, "tlf", KEY, period)
        assert (stored.code, stored.numerator) == (anew.code, anew.numerator)


def test_of_a_first_month_the_day_before_is_not_known_and_bounds_it(connection):
    calls = [a_call(n, n, f"x{n}") for n in range(1, 5)] + [a_call(9, 40, "y")]
    one = figure(connection, *calls, told="delivered calls 2023-05-01..2023-06-30 as of 2023-07-01")
    assert (one.numerator, one.denominator, one.status) == (0, 5, Status.PARTLY)
    assert "本期以前的话单缺4月30日" in one.reason
    assert (str(one.low), str(one.high)) == ("0.00", "80.00")  # at most as many as on the busiest day: four


def test_a_missing_day_may_make_its_calls_and_the_next_ones_calls_again(connection):
    """The 10th may have had as many calls as the busiest day, two; each may make a later one a call again."""
    calls = [a_call(n, 24 * n, f"x{n}") for n in range(20) if n != 9] + [a_call(30, 1, "y")]
    told = TOLD.replace("2023-05-01..2023-06-30", "2023-05-01..2023-05-09")
    one = figure(connection, *calls, told=f"{told}\ndelivered calls 2023-05-11..2023-06-30 as of 2023-07-01")
    assert (one.numerator, one.denominator, one.status) == (0, 20, Status.PARTLY)
    assert str(one.high) == "18.19"  # 4 of 22


def said(number: int, hours: float, party: str | None) -> list[str]:
    time = (START + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S")
    return [f"n{number:03}", "呼入", party or "", time, time, "", time, "队列放弃"]


TITLES = (
    "流水号",
    "呼叫类型",
    "主叫号码",
    "进入系统时间",
    "进入队列时间",
    "坐席应答时间",
    "结束时间",
    "呼叫结果",
)


def without_numbers(rows: Iterable[list[str]]) -> list[list[str]]:
    return [[*row[:2], *row[3:]] for row in rows]


def phone(party: str) -> str:
    return f"1380000{ord(party):04}"


drawn = st.lists(
    st.tuples(st.integers(0, 30 * 24 - 1), st.sampled_from([*"ab", None])),
    min_size=3, max_size=7, unique_by=lambda call: call[0],
)  # fmt: skip


@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@drawing(drawn, st.integers(1, 3), st.sampled_from([MAY, JUNE]))
def test_the_bounds_hold_whosever_the_untold_numbers_are(database, home: Path, calls, untold: int, period):
    """Some rows came in a file without numbers: every way in which these may have been is within the bounds.

    The calls are spread over the end of May, or over May."""
    shift = 0 if period is MAY else 15 * 24
    moved = [(hours + shift, party) for hours, party in calls]
    rows = [said(n, hours, party and phone(party)) for n, (hours, party) in enumerate(moved)]
    others = [said(100 + day, 24 * day + 0.5, f"1390000{day:04}") for day in range(61)]
    centre = Centre(database, home)
    centre.sign("calls", APRIL)
    centre.take_in("话单.csv", TITLES, [*rows[untold:], *others])
    centre.take_in("话单_补.csv", TITLES[:2] + TITLES[3:], without_numbers(rows[:untold]))
    one = centre.figures(period, KEY)[KEY]
    for meant in product([*"ab", None], repeat=min(untold, len(moved))):
        told = [(hours, meant[n] if n < untold else party) for n, (hours, party) in enumerate(moved)]
        truth = rate(told, period)
        if one.status is Status.VERIFIABLE:
            assert one.value == INDICATORS[KEY].round_value(truth), (told, one)
        else:
            assert one.low is not None and one.high is not None, one.reason
            assert one.low <= truth <= one.high, (told, truth, one)


def rate(calls: list[tuple[int, str | None]], period: Month) -> Fraction:
    numbered = sorted((hours, party) for hours, party in calls if party)
    of_period = [
        (place, call)
        for place, call in enumerate(numbered)
        if period.first_day <= (START + timedelta(hours=call[0])).date() < period.end_day
    ]
    again = [
        1
        for place, (hours, party) in of_period
        if any(one == party and hours - before <= 24 for before, one in numbered[:place])
    ]
    return Fraction(100 * len(again), len(of_period) + period.days)


def test_without_a_column_of_numbers_nothing_is_told(database, home: Path):
    rows = [said(day, 24 * day, None) for day in range(31)]
    centre = Centre(database, home)
    centre.sign("calls", APRIL)
    centre.take_in("话单_2023-05.csv", TITLES[:2] + TITLES[3:], without_numbers(rows))
    one = centre.figures(MAY, KEY)[KEY]
    assert (one.status, one.value) == (Status.UNVERIFIABLE, None)
    assert "主叫号码" in one.reason


@pytest.mark.parametrize(("hours", "numerator"), [(2, 1), (48, 3), (168, 4)])
def test_other_spans_are_forks(connection, hours: int, numerator: int):
    figure(
        connection, a_call(1, 0, "a"), a_call(2, 2, "a"), a_call(3, 30, "a"), a_call(4, 78, "a"),
        a_call(5, 78 + 168, "a"),
    )  # fmt: skip
    chosen = next(one for one in list_forks(KEY) if one.name == f"within_{hours}h")
    [found] = compute_figures_by(connection, "tlf", [chosen.definition], [MAY], NOW)
    assert (found[MAY].numerator, found[MAY].denominator) == (numerator, 5)
    status = Status.VERIFIABLE
    assert found[MAY].status is status, found[MAY].reason


def test_it_is_taken_apart_by_day_weekday_and_hour(connection):
    one = figure(connection, *(a_call(n, 8 * n, "ab"[n % 2]) for n in range(12)))
    assert [way.key for way in select_splits(INDICATORS[KEY], MAY)] == ["day", "weekday", "hour"]
    for way in ("day", "weekday", "hour"):
        found = break_down(connection, "tlf", KEY, MAY, way)
        assert found.adds_up and found.numerator == one.numerator

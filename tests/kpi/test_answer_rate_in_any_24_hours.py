"""GB/T 33358: in any 24 hours on end no less than 95 % are answered."""

from bisect import bisect_right
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from kpi.figures import results, rollup
from kpi.figures.counted_rows import PartName
from kpi.figures.figure import Status
from kpi.figures.measures.call_windows import FEWEST
from kpi.figures.rows import read_rows
from kpi.offline import replay
from tests.drawing import examples
from tests.kpi.given import append, record
from tracker import log
from tracker.events.calls import CallEnded
from tracker.events.times import BEIJING
from tracker.periods import Month, Year

MAY, JUNE = Month(2023, 5), Month(2023, 6)
NOW = datetime(2024, 1, 2, tzinfo=BEIJING)
START = datetime(2023, 5, 1, tzinfo=BEIJING)
LOWEST, DAYS = "call_answer_rate_lowest_24h", "call_answer_days_below_norm"
HOURS = "hotline_unanswered_hours"


def a_call(number: int, at: datetime, *, answered: bool, **more) -> CallEnded:
    said = {
        "answered_at": at + timedelta(seconds=9) if answered else None,
        "outcome": "answered" if answered else "queue_abandoned",
    }
    return CallEnded(
        call_id=f"c{number}", direction="inbound", entered_at=at, queued_at=at, ended_at=at, talk_ms=0,
        **said | more,
    )  # fmt: skip


def put_in(connection, calls: list[tuple[int, bool]]) -> None:
    """Calls by the minute of May in which they came in, and whether they were answered."""
    record(connection, "delivered calls 2023-05-01..2023-06-30 as of 2023-07-01")
    calls = sorted(calls)
    made = [
        a_call(n, START + timedelta(minutes=at), answered=answered) for n, (at, answered) in enumerate(calls)
    ]
    append(connection, made)


def figure(connection, key=LOWEST, period=MAY):
    results.bring_up_to_date(connection, "tlf", NOW)
    return results.find_figure(connection, "tlf", key, period)


def lowest(calls: list[tuple[int, bool]], month: Month) -> Fraction | None:
    """By a plain walk over the calls."""
    calls, found = sorted(calls), []
    times = [at for at, _ in calls]
    for at in times:
        if month.first_day <= (START + timedelta(minutes=at)).date() < month.end_day:
            window = calls[bisect_right(times, at - 24 * 60) : bisect_right(times, at)]
            if len(window) >= FEWEST:
                found.append(Fraction(100 * sum(answered for _, answered in window), len(window)))
    return min(found, default=None)


def test_a_bad_night_shows_though_both_its_days_are_good(connection):
    """480 calls a day; the last 20 of one day and the first 12 of the next are lost: the days have 95.83 %
    and 97.50 %, the 24 hours in which all 32 lie 93.33 %."""
    first = 9 * 480
    lost = {*range(first + 480 - 20, first + 480 + 12)}
    put_in(connection, [(3 * n, n not in lost) for n in range(31 * 480)])
    worst = figure(connection)
    assert (worst.numerator, worst.denominator, worst.status) == (448, 480, Status.VERIFIABLE)
    assert figure(connection, DAYS).value == 0
    assert figure(connection, "call_answer_rate").value > 99


def test_a_window_of_few_calls_is_not_compared(connection):
    put_in(connection, [(60 * 24 * day + n, False) for day in range(31) for n in range(FEWEST - 1)])
    found = figure(connection)
    assert (found.status, found.value) == (Status.NOT_APPLICABLE, None)
    assert "不少于30通人工请求的24小时" in found.reason
    assert figure(connection, DAYS).value == 31


def test_a_window_belongs_to_the_month_of_its_end_and_reaches_back(connection):
    """Sixty calls in the last and first half hour; the lost ones came in May."""
    midnight = 31 * 24 * 60
    calls = [(midnight - 30 + n, n >= 6) for n in range(60)]
    put_in(connection, calls)
    assert (figure(connection).numerator, figure(connection).denominator) == (24, 30)
    june = figure(connection, LOWEST, JUNE)
    assert (june.numerator, june.denominator) == (25, 31)
    year = figure(connection, LOWEST, Year(2023))
    assert (year.numerator, year.denominator) == (24, 30)
    rows = read_rows(connection, "tlf", LOWEST, JUNE, PartName.DENOMINATOR)
    assert (rows.count, rows.agrees) == (31, True)
    assert rows.rows[0].day == date(2023, 5, 31)
    above = read_rows(connection, "tlf", LOWEST, JUNE)
    assert (above.count, above.agrees) == (25, True)


def test_the_window_leaves_out_what_came_exactly_24_hours_before(connection):
    put_in(connection, [(0, False), *[(24 * 60, True)] * 30])
    assert (figure(connection).numerator, figure(connection).denominator) == (30, 30)


def test_what_is_left_of_a_window_that_reaches_into_a_day_without_data_is_no_window(connection):
    """Forty calls in the small hours of the first day, of which ten were lost, are not 24 hours; nor are
    those after a day that lacks, where the month is not sure of its lowest any more."""
    record(connection, "delivered calls 2023-05-01..2023-05-30 as of 2023-07-01")
    record(connection, "delivered calls 2023-06-01..2023-06-30 as of 2023-07-01")
    first, june, good = 0, 31 * 24 * 60, 9 * 24 * 60
    calls = [(start + n, n >= 10) for start in (first, june) for n in range(40)]
    calls += [(start + n, True) for start in (good, june + good) for n in range(40)]
    made = [a_call(n, START + timedelta(minutes=at), answered=yes) for n, (at, yes) in enumerate(calls)]
    append(connection, made)
    may, of_june = figure(connection), figure(connection, LOWEST, JUNE)
    assert (may.value, may.status) == (100, Status.PARTLY)  # the 31st lacks
    assert (of_june.value, of_june.low, of_june.status) == (100, None, Status.PARTLY)
    assert "话单缺5月31日" in of_june.reason
    record(connection, "zero calls 2023-05-31..2023-05-31 signed 2023-07-02")
    may, of_june = figure(connection), figure(connection, LOWEST, JUNE)
    assert (may.value, may.status) == (100, Status.VERIFIABLE)
    assert (of_june.numerator, of_june.denominator, of_june.status) == (20, 30, Status.VERIFIABLE)


def test_days_without_data_leave_no_bounds_for_the_lowest_and_a_day_each_for_the_count(connection):
    record(connection, "delivered calls 2023-05-03..2023-05-31 as of 2023-06-01")
    append(
        connection,
        [a_call(n, START + timedelta(days=2, minutes=45 * n), answered=n % 10 > 0) for n in range(29 * 32)],
    )
    found, days = figure(connection), figure(connection, DAYS)
    assert (found.status, found.low) == (Status.PARTLY, None)
    assert (days.status, days.value, days.low, days.high) == (Status.PARTLY, 29, 29, 31)


def test_a_day_that_one_unknown_call_decides_is_told_as_open(connection):
    """19 of 20 answered, and one of which nobody knows."""
    record(connection, "delivered calls 2023-05-01..2023-05-31 as of 2023-06-01")
    append(connection, [a_call(n, START + timedelta(minutes=n), answered=n > 0) for n in range(20)])
    assert figure(connection, DAYS).value == 0
    told = a_call(20, START + timedelta(minutes=30), answered=True)
    del told.__dict__["answered_at"], told.__dict__["outcome"]
    append(connection, [told])
    days = figure(connection, DAYS)
    assert (days.status, days.value, days.low, days.high) == (Status.PARTLY, 0, 0, 1)
    assert days.reason == "话单有1天的“当天全部来电的接听情况”不全。"


few_days = st.lists(st.tuples(st.integers(0, 4 * 24 * 60 - 1), st.booleans()), min_size=1, max_size=150)


@settings(
    max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@drawn(few_days.map(lambda calls: [(at + 29 * 24 * 60, answered) for at, answered in calls]))
def test_the_lowest_is_that_of_a_plain_walk_over_the_calls(shared, calls):
    with shared.engine.connect() as connection:
        put_in(connection, calls)
        for month in (MAY, JUNE):
            found, true = figure(connection, LOWEST, month), lowest(calls, month)
            shown = found.denominator and Fraction(100 * found.numerator, found.denominator)
            assert shown == (0 if true is None else true)
        connection.rollback()


@pytest.mark.parametrize("seed", range(3))
def test_what_comes_later_moves_the_next_days_windows_too(connection, seed):
    random = Random(seed)
    record(connection, "delivered calls 2023-05-01..2023-06-30 as of 2023-07-01")
    number = 0
    for _ in range(5):
        day = random.randint(0, 3)
        made = []
        for _ in range(40):
            number += 1
            at = START + timedelta(days=day, minutes=random.randint(0, 1439))
            made.append(a_call(number, at, answered=random.random() < 0.8))
        append(connection, made)
        figure(connection)
        days = [date(2023, 5, day) for day in range(1, 7)]
        assert rollup.find_differences(connection, "tlf", days) == []


def test_offline_the_lowest_is_the_same(connection):
    random = Random(5)
    put_in(connection, [(random.randint(0, 20_000), random.random() < 0.9) for _ in range(900)])
    online = {key: figure(connection, key, Year(2023)) for key in (LOWEST, DAYS)}
    events = list(log.stream_events(connection.connection.driver_connection, "tlf", first=1, last=2**62))
    with replay(events, "tlf") as offline:
        found = offline.figures(2023, NOW)
    for key, shown in online.items():
        alone = found[key][Year(2023)]
        assert (alone.numerator, alone.denominator) == (shown.numerator, shown.denominator)


def test_an_hour_with_calls_and_no_answer_shows(connection):
    """In one hour nobody answered, in one somebody did, in one nobody called; of the last nobody knows."""
    put_in(connection, [(3 * 60, False), (3 * 60 + 59, False), (4 * 60, False), (4 * 60 + 1, True)])
    hours = figure(connection, HOURS)
    assert (hours.value, hours.status) == (1, Status.VERIFIABLE)
    rows = read_rows(connection, "tlf", HOURS, MAY)
    assert [row.cells for row in rows.rows] == [(3, 2, 0)]
    told = a_call(20, START + timedelta(hours=9), answered=True)
    del told.__dict__["answered_at"], told.__dict__["outcome"]
    append(connection, [told])
    hours = figure(connection, HOURS)
    assert (hours.status, hours.value, hours.low, hours.high) == (Status.PARTLY, 1, 1, 2)


def test_a_day_without_data_may_hold_24_such_hours(connection):
    record(connection, "delivered calls 2023-05-02..2023-05-31 as of 2023-06-01")
    append(connection, [a_call(n, START + timedelta(days=n + 1), answered=True) for n in range(30)])
    hours, days = figure(connection, HOURS), figure(connection, DAYS)
    assert (hours.low, hours.high, hours.bounds) == (
        0,
        24,
        "缺的1天各按最多可能的24计，上限是都按最多计，下限是都按没有计",
    )
    assert (days.low, days.high) == (0, 1)
    service = figure(connection, "hotline_service_days")
    assert (service.low, service.high) == (30, 31)

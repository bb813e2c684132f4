"""Who was missed is called back: how many, and after how long."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from kpi.figures import results
from kpi.figures.figure import Status
from kpi.figures.rows import read_rows
from tests.centre import Centre
from tests.kpi.given import append, record
from tracker.events.calls import CallEnded
from tracker.events.times import BEIJING
from tracker.periods import Month

MAY, JUNE = Month(2023, 5), Month(2023, 6)
RATE, TIME = "missed_call_callback_rate", "missed_call_callback_time"
NOW = datetime(2024, 1, 2, tzinfo=BEIJING)


def a_call(
    number: int, day: int, clock: str, party: str | None, *, out: bool = False, taken: bool = False, **more
):
    at = datetime.fromisoformat(f"2023-05-01 {clock}").replace(tzinfo=BEIJING) + timedelta(days=day - 1)
    said = {
        "direction": "outbound" if out else "inbound", "entered_at": at, "queued_at": None if out else at,
        "answered_at": at if taken else None, "ended_at": at + timedelta(minutes=1), "caller": party,
        "talk_ms": 0, "outcome": "answered" if taken else "no_reply" if out else "queue_abandoned",
    }  # fmt: skip
    return CallEnded(call_id=f"c{number}", **said)


def figures(connection, *calls: CallEnded, period=MAY):
    record(connection, "delivered calls 2023-05-01..2023-06-30 as of 2023-07-01")
    append(connection, list(calls))
    results.bring_up_to_date(connection, "tlf", NOW)
    return tuple(results.find_figure(connection, "tlf", key, period) for key in (RATE, TIME))


def test_a_call_to_the_number_within_24_hours_calls_back_whether_it_is_taken_or_not(connection):
    rate, time = figures(
        connection,
        a_call(1, 2, "10:00:00", "a"), a_call(2, 2, "10:31:00", "a", out=True),  # after 30 minutes
        a_call(3, 3, "10:00:00", "b"), a_call(4, 4, "10:01:00", "b", out=True),  # after 24 hours
        a_call(5, 5, "10:00:00", "c"), a_call(6, 6, "10:02:00", "c", out=True),  # later
        a_call(7, 7, "10:00:00", "d"), a_call(8, 7, "09:00:00", "d", out=True),  # before
        a_call(9, 8, "10:00:00", "e"), a_call(10, 8, "11:00:00", "e", taken=True),  # rang again by herself
        a_call(11, 9, "10:00:00", None),  # hides the number
        a_call(12, 9, "11:00:00", "f", taken=True), a_call(13, 9, "12:00:00", "f", out=True),
    )  # fmt: skip
    assert (rate.numerator, rate.denominator, rate.status) == (2, 5, Status.VERIFIABLE)
    assert (time.numerator, time.denominator, time.value) == (30 + 1440, 2, Decimal("735.00"))
    assert [row.subject for row in read_rows(connection, "tlf", RATE, MAY).rows] == ["call/c1", "call/c3"]
    assert read_rows(connection, "tlf", TIME, MAY).agrees


def test_without_any_call_back_nobody_knows_whether_the_record_shows_them(connection):
    rate, time = figures(connection, a_call(1, 2, "10:00:00", "a"), a_call(2, 2, "11:00:00", "b", out=True))
    assert (rate.status, time.status) == (Status.UNVERIFIABLE, Status.UNVERIFIABLE)
    assert "无法判断来源是否区分" in rate.reason


def test_a_call_back_of_the_next_month_is_the_missed_calls(connection):
    rate, _ = figures(
        connection,
        a_call(1, 31, "23:50:00", "a"), a_call(2, 2, "10:00:00", "b"),
        a_call(3, 2, "11:00:00", "b", out=True),
    )  # fmt: skip
    assert (rate.numerator, rate.denominator) == (1, 2)
    rate, _ = figures(connection, a_call(4, 32, "08:00:00", "a", out=True))
    assert (rate.numerator, rate.denominator) == (2, 2)


def test_whether_somebody_was_called_back_on_a_day_that_lacks_nobody_knows(connection):
    """Of three who were missed one was called back; the day after the second was missed was not delivered,
    nor that after the last."""
    record(connection, "delivered calls 2023-05-01..2023-05-09 as of 2023-06-01")
    record(connection, "delivered calls 2023-05-11..2023-05-31 as of 2023-06-01")
    missed = [a_call(1, 2, "10:00:00", "a"), a_call(3, 9, "10:00:00", "b"), a_call(4, 31, "10:00:00", "c")]
    append(connection, [*missed, a_call(2, 2, "10:05:00", "a", out=True)])
    results.bring_up_to_date(connection, "tlf", NOW)
    rate = results.find_figure(connection, "tlf", RATE, MAY)
    assert (rate.numerator, rate.denominator, rate.status) == (1, 1, Status.PARTLY)
    assert rate.low < 34 and rate.high == 100 and "其后24小时的话单" in rate.reason
    record(connection, "zero calls 2023-05-10..2023-05-10 signed 2023-06-02")
    record(connection, "zero calls 2023-06-01..2023-06-01 signed 2023-06-02")
    results.bring_up_to_date(connection, "tlf", NOW)
    rate = results.find_figure(connection, "tlf", RATE, MAY)
    assert (rate.numerator, rate.denominator, rate.status) == (1, 3, Status.VERIFIABLE)


def test_the_number_called_is_read_beside_the_callers_and_kept_as_a_token(database, home: Path):
    titles = ("流水号", "呼叫类型", "主叫号码", "被叫号码", "进入系统时间", "进入队列时间", "坐席应答时间",
              "结束时间", "呼叫结果")  # fmt: skip
    rows = [
        (f"d{day}", "呼入", "13800000009", "12345", f"2023-05-{day:02} 09:00:00",
         f"2023-05-{day:02} 09:00:05", f"2023-05-{day:02} 09:00:09", f"2023-05-{day:02} 09:01:00", "已接听")
        for day in range(1, 32)
    ]  # fmt: skip
    rows += [
        ("c1", "呼入", "13800000001", "12345", "2023-05-02 10:00:00", "2023-05-02 10:00:05", "",
         "2023-05-02 10:01:00", "队列放弃"),
        ("c2", "呼出", "12345", "13800000001", "2023-05-02 10:11:00", "", "",
         "2023-05-02 10:12:00", "无人接听"),
    ]  # fmt: skip
    here = Centre(database, home)
    here.take_in("话单_2023-05.csv", titles, rows)
    found = here.figures(MAY, RATE, TIME)
    assert (found[RATE].numerator, found[RATE].denominator) == (1, 1)
    assert found[TIME].numerator == Fraction(10)
    with database.connect() as connection:
        told = connection.execute(
            "SELECT data::text FROM events WHERE center_id = %s AND type = 'call.ended'", (here.code,)
        ).fetchall()
    assert len(told) == 33 and not any("13800000001" in text for (text,) in told)
    without = [(*row[:3], *row[4:]) for row in rows]
    other = Centre(database, home)
    other.take_in("话单_2023-05.csv", titles[:3] + titles[4:], without)
    assert other.figures(MAY, RATE)[RATE].status is Status.UNVERIFIABLE
    nameless = [(*row[:2], *row[4:]) for row in rows]
    third = Centre(database, home)
    third.take_in("话单_2023-05.csv", titles[:2] + titles[4:], nameless)
    assert "主叫号码" in third.figures(MAY, RATE)[RATE].reason

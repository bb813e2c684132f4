"""The log: order without gaps, a chain, comparison with what is held, append-only by the database itself."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from tracker import centers, chain, log
from tracker.database import Database
from tracker.events import Event
from tracker.events.calls import CallEnded
from tracker.events.daily_counts import CallInspected, DayCounted
from tracker.events.ledger import DeliveryImported, EventVoided
from tracker.events.times import BEIJING, get_day_start

NOW = datetime(2023, 9, 1, 9, 0, tzinfo=BEIJING)


def counted(cases: int, day: int = 1) -> DayCounted:
    return DayCounted(counted_on=datetime(2023, 8, day).date(), messages=None, cases=cases, visits=None)


@pytest.fixture
def tlf(database: Database) -> Database:
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番", now=NOW)
    return database


@pytest.fixture
def add(tlf: Database) -> Callable[..., log.StatementCounts]:
    def _add(*events: Event, day: int = 1, delivery: str = "d1", center: str = "tlf") -> log.StatementCounts:
        as_of = get_day_start(datetime(2023, 9, day).date())
        with (
            tlf.connect() as connection,
            log.appending(connection, center, delivery=delivery, as_of=as_of, recorded_at=NOW) as appending,
        ):
            appending.add([(event, row) for row, event in enumerate(events, start=2)])
        return appending.counts

    return _add


def cases(database: Database) -> dict[int, int]:
    with database.connect() as connection:
        rows = connection.execute("SELECT extract(day FROM counted_on)::int, cases FROM daily_counts")
        return dict(rows.fetchall())


def head(database: Database) -> log.LogHead:
    with database.connect() as connection:
        return log.read_head(connection, "tlf")


def test_numbers_run_from_one_without_a_gap(tlf, add):
    add(counted(1, day=1), counted(2, day=2))
    add(counted(3, day=3))
    with tlf.connect() as connection:
        assert [event.seq for event in log.stream_events(connection, "tlf", first=1, last=9)] == [1, 2, 3]
    assert head(tlf).seq == 3


def test_an_event_knows_its_delivery_and_row(tlf, add):
    add(counted(1), delivery="abc")
    with tlf.connect() as connection:
        event = log.read_event(connection, "tlf", 1)
    assert (event.delivery, event.row, event.data["cases"]) == ("abc", 2, 1)


def test_the_same_statement_again_adds_nothing(tlf, add):
    add(counted(1))
    before = head(tlf)
    assert add(counted(1)).same == 1
    assert head(tlf) == before


def test_a_later_state_supersedes_and_the_old_value_stays_readable(tlf, add):
    add(counted(1), day=1)
    assert add(counted(2), day=2).changed == 1
    with tlf.connect() as connection:
        told = [event.data["cases"] for event in log.read_timeline(connection, "tlf", "day/2023-08-01")]
    assert (told, cases(tlf)) == ([1, 2], {1: 2})


def test_an_older_state_is_kept_but_not_applied(tlf, add):
    add(counted(2), day=2)
    assert add(counted(1), day=1).stale == 1
    assert cases(tlf) == {1: 2}


def test_a_b_a_ends_as_a(tlf, add):
    for day, number in ((1, 10), (2, 20), (3, 10)):
        add(counted(number), day=day, delivery=f"d{day}")
    assert cases(tlf) == {1: 10}


def test_a_confirmed_value_outranks_an_older_different_one(tlf, add):
    """as of 1st: 10   as of 3rd: 10 again   as of 2nd, delivered last: 20"""
    add(counted(10), day=1, delivery="d1")
    add(counted(10), day=3, delivery="d3")
    add(counted(20), day=2, delivery="d2")
    assert cases(tlf) == {1: 10}


def test_of_two_values_with_one_as_of_the_later_recorded_holds(tlf, add):
    add(counted(1), counted(2))
    assert cases(tlf) == {1: 2}


def test_a_voided_event_gives_way_to_what_was_held_before(tlf, add):
    add(counted(1), day=1)
    add(counted(2), day=2, delivery="d2")
    add(EventVoided(event_seq=2, delivery=None, reason="录入错误", voided_by="张三", voided_at=NOW))
    assert cases(tlf) == {1: 1}


def test_a_voided_delivery_takes_all_its_statements_along(tlf, add):
    add(counted(1, day=1), counted(5, day=5), day=1, delivery="d1")
    add(counted(2, day=1), counted(3, day=3), day=2, delivery="d2")
    add(
        EventVoided(event_seq=None, delivery="d2", reason="传错文件", voided_by="张三", voided_at=NOW),
        delivery="d3",
    )
    assert cases(tlf) == {1: 1, 5: 5}


def test_voiding_a_delivery_takes_its_confirmations_along(tlf, add):
    """as of 1st: 10   as of 3rd: 10 again, voided   as of 2nd: 20"""
    add(counted(10), day=1, delivery="d1")
    add(counted(10), day=3, delivery="d3")
    add(counted(20), day=2, delivery="d2")
    add(
        EventVoided(event_seq=None, delivery="d3", reason="传错文件", voided_by="张三", voided_at=NOW),
        delivery="d4",
        day=4,
    )
    assert cases(tlf) == {1: 20}


def delivered(delivery: str, days: dict[str, Any]) -> DeliveryImported:
    return DeliveryImported(
        delivery=delivery, of="daily_counts", file_name="日报.csv", sha256="0" * 64, size=1, profile="x",
        as_of=NOW, as_of_basis="given", imported_at=NOW, rows=1, new=1, changed=0, same=0, stale=0,
        quarantined=0, days=days,
    )  # fmt: skip


def test_a_voided_delivery_covers_no_day(tlf, add):
    add(delivered("d1", {"2023-08-01": 1}))
    add(
        EventVoided(event_seq=None, delivery="d1", reason="传错", voided_by="张三", voided_at=NOW),
        delivery="d2",
    )
    with tlf.connect() as connection:
        assert connection.execute("SELECT count(*) FROM covered_days").fetchone() == (0,)
        assert connection.execute("SELECT voided FROM deliveries").fetchone() == (True,)


def test_rebuilt_facts_equal_the_running_state(tlf, add):
    add(counted(1, day=1), counted(5, day=5), day=1, delivery="d1")
    add(counted(2, day=1), counted(3, day=3), day=2, delivery="d2")
    add(counted(9, day=1), day=1, delivery="d0")
    add(delivered("d2", {"2023-08-01": 2}), delivery="d2")
    add(EventVoided(event_seq=4, delivery=None, reason="录入错误", voided_by="张三", voided_at=NOW))
    before = facts(tlf)
    with tlf.connect() as connection:
        log.rebuild_facts(connection, "tlf")
    assert facts(tlf) == before != {}


def facts(database: Database) -> dict[str, list[Any]]:
    from tracker.facts import FACTS

    with database.connect() as connection:
        names = sorted({fact.name for fact in FACTS})
        rows = {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 4").fetchall() for name in names
        }
    return {name: found for name, found in rows.items() if found}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET data = '{}' WHERE seq = 1",
        "DELETE FROM events WHERE seq = 1",
        "TRUNCATE events",
        "UPDATE batches SET head_hash = ''",
        "DELETE FROM batches",
        "TRUNCATE batches",
        "DROP TABLE events",
        "ALTER TABLE events DISABLE TRIGGER ALL",
    ],
)
def test_the_application_cannot_change_the_log(tlf, add, statement):
    add(counted(1))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), tlf.connect() as connection:
        connection.execute(statement)


@pytest.mark.parametrize("change", ["UPDATE events SET row = 1", "DELETE FROM events", "TRUNCATE events"])
def test_even_the_owner_is_refused_by_a_trigger(tlf, add, change):
    add(counted(1))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), tlf.connect_as_owner() as connection:
        connection.execute(change)


@pytest.fixture
def tamper(tlf: Database) -> Callable[[str], None]:
    def _tamper(statement: str) -> None:
        with tlf.connect_as_owner() as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement)

    return _tamper


def verdict(database: Database, **outside: Any) -> log.LogVerification:
    with database.connect() as connection:
        return log.verify(connection, "tlf", **outside)


def test_an_untouched_log_verifies(tlf, add):
    add(counted(1, day=1), counted(2, day=2))
    assert verdict(tlf).problem is None
    assert verdict(tlf).checked == 2


@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        ("UPDATE events SET data = replace(data, '2', '3') WHERE seq = 2", 2),
        ("UPDATE events SET occurred_at = occurred_at + interval '1 s' WHERE seq = 2", 2),
        ("UPDATE events SET row = 99 WHERE seq = 3", 3),
        ("UPDATE events SET delivery = NULL WHERE seq = 1", 1),
        ("DELETE FROM events WHERE seq = 2", 2),
        ("DELETE FROM events WHERE seq = 3", 3),
        ("UPDATE events SET hash = decode(repeat('00', 32), 'hex') WHERE seq = 2", 2),
    ],
)
def test_verify_names_the_first_event_that_does_not_fit(tlf, add, tamper, change, first_bad):
    add(counted(1, day=1), counted(2, day=2), counted(3, day=3))
    tamper(change)
    assert verdict(tlf).first_bad == first_bad
    assert str(first_bad) in verdict(tlf).problem


def test_a_log_cut_short_with_its_head_is_found_by_a_digest_from_outside(tlf, add, tamper):
    add(counted(1, day=1), counted(2, day=2))
    printed = head(tlf).hash
    tamper("DELETE FROM events WHERE seq = 2")
    tamper("UPDATE heads SET seq = 1, hash = (SELECT hash FROM events WHERE seq = 1)")
    assert verdict(tlf).problem is None
    assert verdict(tlf, expected_head=printed).problem is not None


def test_the_chain_can_be_recomputed_from_the_documented_form(tlf, add):
    """hash(n) = H(hash(n-1) ‖ canonical(event n)), canonical = sorted JSON without spaces"""
    import hashlib
    import json

    add(counted(1))
    with tlf.connect() as connection:
        event = log.read_event(connection, "tlf", 1)
    whole = event.build_envelope() | {"data": json.loads(event.text)}
    canonical = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert event.hash == hashlib.sha256(bytes(32) + canonical).digest()


def test_a_centre_may_chain_with_sm3(database):
    with database.connect() as connection:
        centers.create_center(connection, "gm", "国密", now=NOW, digest="sm3")
    with (
        database.connect() as connection,
        log.appending(connection, "gm", delivery=None, as_of=NOW, recorded_at=NOW) as appending,
    ):
        appending.add([(counted(1), None)])
    with database.connect() as connection:
        assert log.verify(connection, "gm").problem is None
        assert log.verify(connection, "gm").checked == 1


def test_sm3_gives_the_standard_vector():
    """GB/T 32905-2016 appendix A, example 1"""
    assert chain.get_digest("sm3")(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


def test_a_failed_append_leaves_neither_event_nor_gap(tlf, add):
    add(counted(1, day=1))
    with pytest.raises(RuntimeError, match="power cut"), tlf.connect() as connection:
        with log.appending(connection, "tlf", delivery="x", as_of=NOW, recorded_at=NOW) as appending:
            appending.add([(counted(2, day=2), 2)])
        raise RuntimeError("power cut")
    add(counted(3, day=3))
    assert head(tlf).seq == 2
    assert verdict(tlf).problem is None


def test_a_reader_misses_nothing_while_many_write(tlf: Database):
    """Four writers append; a reader follows seq > last until the head. It must see 1 … head."""
    done = threading.Event()

    def write(writer: int) -> None:
        for n in range(15):
            day = get_day_start(datetime(2023, 1, 1).date()) + timedelta(days=writer * 15 + n)
            with (
                tlf.connect() as connection,
                log.appending(connection, "tlf", delivery="w", as_of=NOW, recorded_at=NOW) as appending,
            ):
                event = DayCounted(counted_on=day.date(), messages=None, cases=n, visits=None)
                appending.add([(event, 1)])

    def follow() -> Iterator[int]:
        last = 0
        while True:
            finished = done.is_set()
            with tlf.connect() as connection:
                for event in log.stream_events(connection, "tlf", first=last + 1, last=2**40):
                    last = event.seq
                    yield last
            if finished:
                return

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    seen: list[int] = []
    reader = threading.Thread(target=lambda: seen.extend(follow()))
    for thread in (*writers, reader):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert seen == list(range(1, 61))
    assert verdict(tlf).problem is None


ODD_NAMES = [
    "甲",
    'a"b',
    "a\\b",
    "end\\",
    "tab\there",
    "line\nbreak",
    "cr\rend",
    "\\N",
    "\x7f",
    "bell\x07",
    "%b",
    "%",
    '","',
    ",",
    "null",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_whatever_a_thing_is_called_its_event_is_stored_as_hashed(tlf, add, name):
    told = CallInspected(call_id=name, inspected_on=datetime(2023, 8, 1).date(), agent=name, passed=True)
    add(told)
    with tlf.connect() as connection:
        event = log.read_event(connection, "tlf", 1)
    assert (event.subject, event.text.encode()) == (told.subject, told.text())
    assert verdict(tlf).problem is None
    with tlf.connect() as connection:
        facts = connection.execute("SELECT call_subject, agent FROM inspections").fetchall()
    assert facts == [(f"call/{name}", name)]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_whatever_the_parts_of_a_thing_are_called_they_are_stored_in_their_places(tlf, add, name):
    def leg(call: str, part: str | None) -> CallEnded:
        at = datetime(2023, 8, 1, 8, 0, tzinfo=BEIJING)
        return CallEnded(
            call_id=call, leg=part, direction="inbound", entered_at=at, queued_at=None, rang_at=None,
            answered_at=None, ended_at=None, talk_ms=None, outcome=None, agent=None, skill_group=None,
            caller=None, rating=None,
        )  # fmt: skip

    told = [leg("c1", name), leg(name, "1"), leg("c2", None), counted(1)]
    add(*told)
    with tlf.connect() as connection:
        events = [log.read_event(connection, "tlf", seq) for seq in range(1, 5)]
    assert [(event.subject, event.slot, event.text.encode()) for event in events] == [
        (event.subject, event.slot, event.text()) for event in told
    ]
    assert verdict(tlf).problem is None


def test_a_centre_that_nobody_named_reads_well_in_titles(database: Database):
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "tlf", now=NOW)
        centers.create_center(connection, "small", "小县12345热线", now=NOW)
        assert [one.name for one in centers.list_known_centers(connection)] == ["小县12345热线", "tlf中心"]
        assert centers.find_center(connection, "tlf").name == "tlf中心"


def test_times_of_recording_never_go_back_and_a_step_of_the_clock_is_told(
    tlf: Database, caplog: pytest.LogCaptureFixture
):
    def record(at: datetime, day: int) -> None:
        with (
            tlf.connect() as connection,
            log.appending(connection, "tlf", delivery=None, as_of=at, recorded_at=at) as appending,
        ):
            appending.add([(counted(1, day=day), None)])

    ahead = NOW + timedelta(days=400)
    record(ahead, 1)
    record(NOW, 2)
    record(ahead + timedelta(seconds=1), 3)
    with tlf.connect() as connection:
        recorded = [one.recorded_at for one in log.stream_events(connection, "tlf", first=1, last=3)]
        assert log.verify(connection, "tlf").problem is None
    assert recorded == [ahead, ahead, ahead + timedelta(seconds=1)]
    assert [one.getMessage().startswith("the clock is behind the log") for one in caplog.records] == [True]

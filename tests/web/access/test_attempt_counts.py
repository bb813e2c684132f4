"""Attempts are counted in the database: one limit for all processes of an instance."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.web.access.conftest import Place
from tests.web.conftest import NOW, app_of
from tracker.database import Database
from web.access.attempt_counts import DatabaseStorage
from web.access.limits import find_network

COUNTING = """
import sys
from datetime import datetime
from tracker.database import Database
from web.access.attempt_counts import DatabaseStorage

now = datetime.fromisoformat(sys.argv[2])
counts = DatabaseStorage(database=Database(sys.argv[1], sys.argv[1]), clock=lambda: now)
print(*(counts.incr("somebody", 60) for _ in range(50)))
"""


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counts(database: Database, clock: Clock) -> DatabaseStorage:
    return DatabaseStorage(database=database, clock=clock)


def keys(database: Database) -> list[str]:
    with database.connect() as connection:
        return [key for (key,) in connection.execute("SELECT key FROM attempt_counts ORDER BY key")]


def test_two_processes_that_count_at_once_lose_no_attempt(database: Database):
    command = [sys.executable, "-c", COUNTING, database.url, NOW.isoformat()]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [int(number) for one in both for number in one.communicate()[0].split()]
    assert sorted(told) == list(range(1, 101))


def test_two_applications_share_one_limit(place: Place):
    other = Place(app_of(place.database, clock=lambda: place.now), place.database, place.time)
    told = [each.sign_in("nobody", "x")[1].status_code for _ in range(15) for each in (place, other)]
    assert told == [401] * 30
    assert [each.sign_in("nobody", "x")[1].status_code for each in (place, other)] == [429, 429]


def test_a_minute_later_one_may_try_again(place: Place):
    told = [place.sign_in("nobody", "x")[1].status_code for _ in range(31)]
    place.later(seconds=60)
    assert [told[-1], place.sign_in("nobody", "x")[1].status_code] == [429, 401]


def test_the_addresses_of_one_subscriber_count_as_one(place: Place):
    told = []
    for number in range(31):
        client = place.browser()
        client.environ_base["REMOTE_ADDR"] = f"2001:db8:0:7::{number:x}"
        told.append(place.sign_in("nobody", "x", client)[1].status_code)
    assert told == [401] * 30 + [429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.8", "10.0.0.8"),
        ("::ffff:10.0.0.8", "10.0.0.8"),
        ("2001:db8:0:7:1:2:3:4", "2001:db8:0:7::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str, network: str):
    assert find_network(address) == network


def test_a_count_ends_with_its_window_and_not_with_its_last_attempt(counts: DatabaseStorage, clock: Clock):
    assert counts.incr("a", 60) == 1
    clock.later(59)
    assert counts.incr("a", 60) == 2
    assert (counts.get("a"), counts.get_expiry("a")) == (2, (NOW + timedelta(seconds=60)).timestamp())
    clock.later(1)
    assert (counts.get("a"), counts.get_expiry("a")) == (0, clock.now.timestamp())
    assert counts.incr("a", 60) == 1


def test_counts_whose_window_is_over_are_removed(counts: DatabaseStorage, clock: Clock, database: Database):
    for number in range(5):
        counts.incr(f"old {number}", 60)
    counts.incr("long", 3600)
    clock.later(60)
    counts.incr("new", 60)
    assert keys(database) == ["long", "new"]


def test_counts_can_be_forgotten(counts: DatabaseStorage, database: Database):
    for key in ("a", "b", "c"):
        counts.incr(key, 60)
    counts.clear("a")
    assert keys(database) == ["b", "c"]
    assert counts.reset() == 2
    assert counts.check()


@pytest.fixture
def unreachable(place: Place) -> Iterator[Place]:
    """An instance whose application can no longer count."""
    with place.database.connect_as_owner() as connection:
        connection.execute("REVOKE ALL ON attempt_counts FROM hotline_app")
    yield place


def test_where_attempts_cannot_be_counted_nobody_signs_in(unreachable: Place):
    unreachable.add("wang")
    assert unreachable.sign_in("wang")[1].status_code == 500
    assert unreachable.trail("action") == []


def test_a_clock_that_was_set_back_keeps_no_count_for_longer_than_its_window(
    counts: DatabaseStorage, clock: Clock
):
    counts.incr("a", 60, amount=30)
    clock.later(-86_400)
    assert counts.incr("a", 60) == 1
    clock.later(60)
    assert counts.get("a") == 0

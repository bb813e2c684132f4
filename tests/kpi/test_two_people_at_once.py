"""Two people ask for the same at once: the second is told, and whoever confirms signs what she saw."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from kpi.closing.corrections import approve_correction, propose_correction
from kpi.closing.locking import lock_month, request_lock
from kpi.closing.states import ClosingProblem, read_closing
from tests.kpi.closing import LATER, MAY, MAY_DATA, NOW, approve_all, lock, reopen
from tests.kpi.given import record
from tracker.database import Database

LATE = "call 2023-05-03 08:00:00 id c3 queued 08:00:10 answered 08:00:20"
Act = Callable[[sa.Connection, str], Any]


@pytest.fixture
def approved(database: Database) -> Database:
    """May, all of whose sources are approved."""
    with database.engine.begin() as connection:
        record(connection, MAY_DATA)
        approve_all(connection)
    return database


@pytest.fixture
def reopened(database: Database) -> Database:
    """May, locked, with a late call and an exception that is open."""
    with database.engine.begin() as connection:
        record(connection, MAY_DATA)
        lock(connection)
        record(connection, LATE)
        reopen(connection)
    return database


def at_once(database: Database, act: Act, *people: str) -> list[str | None]:
    """What people are told who do the same at the same moment; None: it was done."""
    ready, told = threading.Barrier(len(people)), dict.fromkeys(people, "")

    def perform(by: str) -> None:
        try:
            with database.engine.begin() as connection:
                connection.execute(sa.text("SELECT 1"))
                ready.wait()
                act(connection, by)
            told[by] = None
        except ClosingProblem as problem:
            told[by] = str(problem)

    threads = [threading.Thread(target=perform, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told.values(), key=lambda text: text or "")


def test_two_requests_to_lock_are_one_and_no_lock(approved: Database):
    done, refused = at_once(
        approved, lambda connection, by: request_lock(connection, "tlf", MAY, by=by, now=NOW), "张三", "赵六"
    )
    assert done is None
    assert "申请锁定，待另一人批准" in str(refused)
    with approved.engine.begin() as connection:
        closing = read_closing(connection, "tlf", MAY)
    assert (closing.requests, closing.sealed) == (1, False)


def test_two_locks_are_one(approved: Database):
    with approved.engine.begin() as connection:
        request_lock(connection, "tlf", MAY, by="张三", now=NOW)
    done, refused = at_once(
        approved, lambda connection, by: lock_month(connection, "tlf", MAY, by=by, now=NOW), "李四", "王五"
    )
    assert done is None
    assert "已锁定" in str(refused)


def test_whoever_locks_signs_the_request_that_she_saw(approved: Database):
    with approved.engine.begin() as connection:
        request_lock(connection, "tlf", MAY, by="张三", now=NOW)
        waiting = read_closing(connection, "tlf", MAY).request
        assert waiting is not None
        with pytest.raises(ClosingProblem, match="已被后来的"):
            lock_month(connection, "tlf", MAY, by="李四", now=NOW, seen=waiting.event_seq - 1)
        assert lock_month(connection, "tlf", MAY, by="李四", now=NOW, seen=waiting.event_seq).vintage == 1


def test_of_two_corrections_at_once_the_second_is_told_of_the_first(reopened: Database):
    def propose(connection: sa.Connection, by: str) -> None:
        propose_correction(connection, "tlf", MAY, by=by, reason=f"{by}的理由", now=LATER)

    done, refused = at_once(reopened, propose, "张三", "赵六")
    with reopened.engine.begin() as connection:
        closing = read_closing(connection, "tlf", MAY)
    assert done is None
    assert closing.proposal is not None
    assert f"{closing.proposal.proposed_by}已申请更正" in str(refused)
    assert closing.proposals == 1


def test_a_correction_replaces_the_one_that_its_author_saw_and_no_other_is_approved(reopened: Database):
    with reopened.engine.begin() as connection:
        first = propose_correction(connection, "tlf", MAY, by="张三", reason="补报", now=LATER)
        second = propose_correction(
            connection, "tlf", MAY, by="赵六", reason="补报一通", now=LATER, seen=first.event_seq
        )
        with pytest.raises(ClosingProblem, match="已被后来的"):
            approve_correction(connection, "tlf", MAY, by="李四", now=LATER, seen=first.event_seq)
        seal = approve_correction(connection, "tlf", MAY, by="李四", now=LATER, seen=second.event_seq)
    assert (seal.reason, seal.sealed_by) == ("补报一通", "赵六")

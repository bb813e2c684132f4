"""Every page answers in plain words in every state of a month, whatever came late and what it changed."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.kpi.closing import LATER
from tests.web.closing import Room, approved, locked, room_of
from tests.web.conftest import add, grant
from tests.web.page_checks import list_faults
from tests.web.routes import address, rules
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.periods import Month, Period, Quarter
from web.access.guard import get_declared_access
from web.access.rights import Role

CLOSING = "/tlf/2023-05/closing"
READERS = {Role.MANAGER: "zhang", Role.APPROVER: "lisi", Role.CLERK: "chen", Role.EVALUATOR: "eva"}
NAMES = frozenset({"tlf", "eva", *READERS.values()})  # of the centre and the people, in its data
PERIODS: tuple[Period, ...] = (Month(2023, 5), Quarter(2023, 2))

MAY_OF_EVERYTHING = """
call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20 talk 60 group 综合
call 2023-05-02 08:00:00 id c2 queued 08:00:10
order A1 accepted 2023-05-02 投诉 from c1 unit 甲局 due 2023-05-09 closed 2023-05-08 followed 2023-05-10 满意
order A2 accepted 2023-05-03 咨询 due 2023-05-09
person R1 joined 2022-05-01 score 82 verified
posts 2023-01-01 35
payment P1 劳务费 due 2023-05-10 paid 2023-05-09 1000.00
budget approved 2023-05-12 2000.00
probe 2023-05-01 03:00 down
answer W1 2023-05-05 yes yes no
issued 2023-05-05 100
day 2023-05-01 messages 10 cases 0 visits -
training 2023-05-07 29 of 30
inspected c1 2023-05-03 failed
recording c1 2023-05-01 08:00:20 60
document D1 person/R1 diploma_check
total telecom_calls 2023-05-01..2023-05-31 2 某某电信
delivered calls 2023-05-01..2023-05-31 as of 2023-06-01"""

SAID_OTHERWISE = """
call 2023-05-01 08:00:00 id c1 queued 08:00:10
call 2023-05-02 08:00:00 id c2 queued 08:00:10 answered 08:00:20 talk 30
call 2023-05-03 08:00:00 id c3 queued 08:00:10 answered 08:00:20
order A1 accepted 2023-05-04 咨询 unit 乙局 due 2023-05-12 closed 2023-05-11 followed 2023-05-12 不满意
person R1 joined 2022-06-01 left 2023-05-14
posts 2023-01-01 36
payment P1 劳务费 due 2023-05-10 paid 2023-05-19 900.00
probe 2023-05-01 03:00
answer W1 2023-05-05 no yes yes
issued 2023-05-05 101
day 2023-05-01 messages 11 cases - visits 3
training 2023-05-07 28 of 30
inspected c1 2023-05-04
recording c1 2023-05-01 08:00:20 61
withdrawn D1
total telecom_calls 2023-05-01..2023-05-31 3 某某电信
delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01
zero daily_counts 2023-05-02..2023-05-31 signed 2023-06-02"""


def states(room: Room) -> Iterator[str]:
    """Leads May through all of its states, one after the other."""
    yield "open"
    room.post("zhang", f"{CLOSING}/completion")
    yield "completed"
    room.post("zhang", f"{CLOSING}/submission", said="没有其他数据")
    yield "submitted"
    room.post("lisi", f"{CLOSING}/return", said="请核对")
    yield "returned"
    approved(room)
    yield "approved"
    room.post("zhang", f"{CLOSING}/lock-request")
    yield "lock asked for"
    room.post("lisi", f"{CLOSING}/lock")
    yield "locked"
    room.at[0] = LATER
    room.record(SAID_OTHERWISE)
    yield "late"
    room.post("zhang", f"{CLOSING}/exceptions", reason="补报", last_day="2023-06-30", of="")
    yield "exception asked for"
    room.post("lisi", f"{CLOSING}/exceptions/1/approval")
    room.post("zhang", f"{CLOSING}/corrections", why="补报")
    yield "correction proposed"
    room.post("lisi", f"{CLOSING}/corrections/approval")
    yield "corrected"
    room.record("call 2023-05-04 08:00:00 id c4 queued 08:00:10")
    yield "late again"
    room.at[0] = datetime(2023, 7, 5, 9, tzinfo=BEIJING)
    locked(room, "2023-04")
    locked(room, "2023-06")
    room.record("call 2023-04-04 08:00:00 id c5 queued 08:00:10")
    yield "its quarter sealed and moved"


@pytest.mark.slow
def test_no_page_fails_in_any_state_of_a_month(database: Database):
    room = room_of(database, MAY_OF_EVERYTHING)
    add(database, "eva", grant(Role.EVALUATOR, "tlf", frozenset({2023})), name="评价人员")
    failed = [
        (state, there, fault)
        for number, state in enumerate(states(room))
        for there, answer in answers(room, number)
        for fault in list_faults(answer, NAMES)
    ]
    assert not failed


def answers(room: Room, number: int) -> Iterator[tuple[str, TestResponse]]:
    """Every page about a centre, as one of those who may see it, in turn; of pages of one thing, one of each
    kind."""
    browsers = {role: room.browser(login) for role, login in READERS.items()}
    for place, rule in enumerate(rules()):
        right = get_declared_access(room.app, rule.endpoint)
        readers = [role for role in READERS if right in role.rights]
        if readers:
            yield from _answers(room, browsers[readers[(place + number) % len(readers)]], rule)


def _answers(room: Room, browser: FlaskClient, rule: Rule) -> Iterator[tuple[str, TestResponse]]:
    parts = {"delivery": "d1", "token": "none"}
    for one in list_variants(room, rule):
        there = address(room.app, rule, **parts | one)
        yield there, browser.get(there)


def list_variants(room: Room, rule: Rule) -> list[dict[str, object]]:
    """The values to try for the part of an address that a month's state bears on."""
    if "period" in rule.arguments:
        return [{"period": period} for period in PERIODS]
    if rule.arguments & {"subject", "seq"}:
        with room.database.connect() as connection:
            found = connection.execute(
                "SELECT max(seq), max(subject) FROM events WHERE center_id = 'tlf'"
                " GROUP BY split_part(subject, '/', 1)"
            ).fetchall()
        return [{"seq": seq, "subject": subject} for seq, subject in found]
    return [{}]

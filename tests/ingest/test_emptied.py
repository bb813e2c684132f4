"""Cells of an order that were filled and are empty in a newer list: sent back, or asked about."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.changes.repeated_numbers import EMPTIED, QuestionAnswer
from ingest.importing.import_file import ImportReport
from kpi.figures.figure import Status
from tests.centre import Centre
from tests.drawing import examples
from tests.ingest.test_identity import sort_asked
from tracker import log
from tracker.database import Database
from tracker.periods import Month

MAY = Month(2023, 5)
TITLES = ("工单编号", "受理时间", "派单时间", "签收时间", "办结时限", "办结时间", "是否解决", "重办次数")
ACCEPTED, SENT, SIGNED, DUE = (f"2023-05-{day} 09:00:00" for day in ("08", "09", "10", "20"))
CLOSED, AGAIN = "2023-05-19 10:00:00", "2023-06-12 10:00:00"
SAME = QuestionAnswer(same=True)


def order(
    closed: str = CLOSED, redone: str = "0", *, solved: str = "", sent: str = SENT, signed: str = SIGNED
) -> list[str]:
    return ["G1", ACCEPTED, sent, signed, DUE, closed, solved, redone]


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def bring(here: Centre, month: int, row: Sequence[str], titles: Sequence[str] = TITLES) -> ImportReport:
    return here.take_in(f"工单_2023-{month:02}.csv", titles, [row])


def answer_same(here: Centre, month: int) -> None:
    here.bring(here.home / "files" / here.code / f"工单_2023-{month:02}.csv", answer=SAME)


def state(here: Centre) -> tuple[str | None, int, bool]:
    """When the order was closed (MM-DD), how often it was sent back, whether the closing is unknown.

    As written when it was taken in, and as rebuilt."""
    sql = (
        "SELECT to_char(closed_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD'), redone,"
        " unknown LIKE '%% closed_at %%' FROM work_orders WHERE center_id = %s"
    )
    with here.database.connect() as connection:
        written = connection.execute(sql, (here.code,)).fetchone()
        log.rebuild_facts(connection, here.code)
        assert connection.execute(sql, (here.code,)).fetchone() == written
    assert written is not None
    return written[0], written[1], written[2]


def test_an_order_counted_as_sent_back_whose_closing_is_empty_is_open(here: Centre) -> None:
    bring(here, 5, order())
    assert sort_asked(bring(here, 6, order("", "1"))) is None
    assert state(here) == (None, 1, False)
    bring(here, 7, order("", "1"))
    assert state(here) == (None, 1, False)
    bring(here, 8, order(AGAIN, "1"))
    assert state(here) == ("06-12", 1, False)
    assert sort_asked(bring(here, 9, order("", "2"))) is None
    assert state(here) == (None, 2, False)


def test_it_is_due_by_its_deadline_and_not_closed(here: Centre) -> None:
    bring(here, 5, order())
    keys = ("work_order_on_time_rate", "work_order_closing_rate")
    assert {figure.value for figure in here.figures(MAY, *keys).values()} == {100}
    bring(here, 6, order("", "1"))
    assert {figure.value for figure in here.figures(MAY, *keys).values()} == {0}


def test_a_state_says_so_as_well_as_a_count(here: Centre) -> None:
    titles = (*TITLES[:-1], "工单状态")
    for month, closed, word in (
        (5, CLOSED, "已办结"),
        (6, "", "退回重办"),
        (7, AGAIN, "已办结"),
        (8, "", "重办中"),
    ):
        assert sort_asked(bring(here, month, order(closed, word), titles)) is None
        assert state(here)[0] == (closed[5:10] or None)
    assert state(here)[1] == 1


def test_a_closing_that_is_emptied_without_a_new_redoing_is_asked_about(here: Centre) -> None:
    bring(here, 5, order(redone="1"))
    report = bring(here, 6, order("", "1"))
    assert report.question is not None and report.question.code == EMPTIED
    assert [(one.field, one.before, one.after) for one in report.question.examples] == [
        ("closed_at", "2023-05-19T10:00:00+08:00", None)
    ]
    assert state(here) == ("05-19", 1, False)
    answer_same(here, 6)
    assert state(here) == (None, 1, False)
    assert sort_asked(bring(here, 7, order("", "1"))) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (order(solved="是"), order()),
        (order(), order(signed="")),
        (order(), order(sent="")),
        (order(redone="1"), order(redone="0")),
        (order(redone="1"), order(redone="")),
    ],
)
def test_any_milestone_that_is_emptied_is_asked_about(
    here: Centre, before: list[str], after: list[str]
) -> None:
    bring(here, 5, before)
    assert sort_asked(bring(here, 6, after)) == EMPTIED
    answer_same(here, 6)
    assert sort_asked(bring(here, 7, after)) is None


@pytest.mark.parametrize(
    "after",
    [
        order(AGAIN, "1"),  # sent back, closed again, and not yet followed up
        order("", "1", signed=""),
        order(sent="2023-05-11 09:00:00", signed="", solved="是"),  # sent to another unit that has not signed
    ],
)
def test_what_a_new_step_explains_is_not_asked_about(here: Centre, after: list[str]) -> None:
    bring(here, 5, order(solved="是"))
    assert sort_asked(bring(here, 6, after)) is None


def test_a_list_without_the_column_and_an_older_list_empty_nothing(here: Centre) -> None:
    bring(here, 6, order(solved="是"))
    assert sort_asked(bring(here, 5, order("", signed=""))) is None
    bring(here, 7, order()[:5], TITLES[:5])
    assert state(here)[0] == "05-19"


def test_the_older_list_coming_last_is_asked_about_as_well(here: Centre) -> None:
    bring(here, 6, order(""))
    assert sort_asked(bring(here, 5, order())) == EMPTIED
    answer_same(here, 5)
    assert state(here)[0] is None


def test_a_closing_shown_again_after_it_was_undone_leaves_the_closing_unknown(here: Centre) -> None:
    bring(here, 5, order())
    bring(here, 6, order("", "1"))
    bring(here, 7, order(CLOSED, "1"))
    assert state(here) == (None, 1, True)
    assert (
        here.figures(MAY, "work_order_closing_rate")["work_order_closing_rate"].status
        is not Status.VERIFIABLE
    )
    bring(here, 8, order(AGAIN, "1"))
    assert state(here) == ("06-12", 1, False)


rows = st.lists(st.tuples(st.booleans(), st.integers(0, 1)), min_size=1, max_size=4)


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows, st.data())
def test_the_newest_list_says_whether_an_order_is_closed_in_whatever_order_they_come(
    database: Database, home: Path, drawn: list[tuple[bool, int]], data: st.DataObject
) -> None:
    """Each list closes the order on a later day, or leaves the cell empty, and counts it as sent back
    once more or not; whatever asks is answered. Lists that come in their order, and send back what they
    empty, ask nothing."""
    here, redone, lists = Centre(database, home), 0, []
    for month, (closed, more) in enumerate(drawn, 1):
        redone += more
        day = date(2023, 5, 19) + timedelta(days=month)
        lists.append((month, order(f"{day} 10:00:00" if closed else "", str(redone))))
    asked = False
    arrived = data.draw(st.permutations(lists))
    for month, row in arrived:
        if sort_asked(bring(here, month + 5, row)) is not None:
            asked = True
            answer_same(here, month + 5)
    newest = lists[-1][1]
    assert state(here) == (newest[5][5:10] or None, redone, False)
    told: list[tuple[Any, ...]] = [(bool(row[5]), int(row[-1])) for _, row in lists]
    sent_back = all(b[0] or not a[0] or b[1] > a[1] for a, b in pairwise(told))
    assert asked is False or not sent_back or arrived != lists

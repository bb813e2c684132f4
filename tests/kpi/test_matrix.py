"""The reconciliation matrix: systems side by side, contradictions found, missing days taken into account."""

from datetime import date, datetime

import pytest
import sqlalchemy as sa

from kpi.figures import results
from kpi.figures.controls.cell_rows import CELLS, CellRowPage, MatrixCellProblem, open_cell
from kpi.figures.controls.cells import COUNTS, FINDINGS
from kpi.figures.controls.checking import CheckVerdict
from kpi.figures.controls.matrix import MatrixFinding, MatrixMonth, build_matrix
from tests.conftest import IMPORTED, LATE_FILE, deliver
from tests.kpi.given import append
from tracker.database import Database
from tracker.events.appeals import CallExclusionAppealed, ExclusionAppealed
from tracker.events.seats import AgentStateEntered
from tracker.events.times import BEIJING
from tracker.facts import FACTS
from tracker.periods import Month, Year

NOW = datetime(2024, 1, 2, tzinfo=BEIJING)


def month_of(given: sa.Connection, month: int = 5) -> MatrixMonth:
    results.bring_up_to_date(given, "tlf", NOW)
    return build_matrix(given, "tlf", Year(2023), NOW)[month - 1]


def found(given: sa.Connection, key: str) -> MatrixFinding:
    told = month_of(given).found[key]
    assert told is not None
    return told


def opened(given: sa.Connection, key: str, **more: bool) -> CellRowPage:
    return open_cell(given, "tlf", key, Month(2023, 5), NOW, **more)  # type: ignore[arg-type]


def test_every_cell_is_a_query_over_known_facts():
    known = {fact.name for fact in FACTS}
    assert len(CELLS) == len(COUNTS) + len(FINDINGS)
    assert all(set(cell.among.facts) <= known and cell.about.endswith("。") for cell in CELLS.values())
    assert all(cell.remedy.endswith("。") for cell in FINDINGS)


@pytest.mark.acceptance(9)
def test_a_call_stored_as_unanswered_with_a_long_recording_is_a_finding(given):
    """
    call 2023-05-01 08:00:00 id c1 queued 08:00:10 talk 1 outcome no_reply
    call 2023-05-01 09:00:00 id c2 queued 09:00:10 talk 0
    recording c1 2023-05-01 08:00:12 1140
    recording c2 2023-05-01 09:00:12 20
    delivered calls 2023-05-01..2023-05-31 as of 2023-06-01
    delivered recordings 2023-05-01..2023-05-31 as of 2023-06-01"""
    assert found(given, "talked_but_unanswered").unexplained == 1
    rows = opened(given, "talked_but_unanswered")
    assert [(row.subject, row.explained) for row in rows.rows] == [("call/c1", False)]
    assert dict(zip(rows.columns, rows.rows[0].cells, strict=True))["最长录音（秒）"] == 1140


@pytest.mark.acceptance(9)
def test_an_orphan_recording_is_a_finding(given):
    """
    call 2023-05-01 08:00:00 id c1 queued 08:00:10 talk 1 outcome no_reply
    recording x9 2023-05-01 08:00:12 1140
    recording - 2023-05-02 08:00:12 5
    delivered calls 2023-05-01..2023-05-31 as of 2023-06-01
    delivered recordings 2023-05-01..2023-05-31 as of 2023-06-01"""
    assert found(given, "recording_without_call").unexplained == 2
    assert found(given, "talked_but_unanswered").count == 0


@pytest.mark.parametrize(("talked", "count"), [(59, 0), (60, 1)])
def test_a_minute_of_talk_on_an_unanswered_call_is_a_finding_without_any_recording(connection, talked, count):
    from tests.kpi.given import record

    record(connection, f"call 2023-05-01 08:00:00 id c1 queued 08:00:10 talk {talked}\n"
           f"call 2023-05-01 08:00:00 id c2 queued 08:00:10 talk 99 outcome voicemail\n"
           f"call 2023-05-01 08:00:00 id c3 queued 08:00:10 talk 99 outbound\n"
           "delivered calls 2023-05-01..2023-05-31 as of 2023-06-01")  # fmt: skip
    assert found(connection, "talked_but_unanswered").count == count


def test_an_answered_call_without_a_recording_is_a_finding_where_recordings_were_delivered(given):
    """
    call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
    call 2023-05-01 09:00:00 id c2 queued 09:00:10 answered 09:00:20
    call 2023-05-02 09:00:00 id c3 queued 09:00:10 answered 09:00:20
    recording c1 2023-05-01 08:00:22 60
    delivered calls 2023-05-01..2023-05-31 as of 2023-06-01
    delivered recordings 2023-05-01..2023-05-01 as of 2023-06-01"""
    told = found(given, "answered_without_recording")
    assert (told.count, told.explained, told.unexplained) == (2, 1, 1)
    assert told.explanation == "录音清单缺5月2日"
    assert [row.subject for row in opened(given, "话单无录音", unexplained=True).rows] == ["call/c2"]
    assert [row.explained for row in opened(given, "话单无录音").rows] == [False, True]


def test_without_a_list_of_recordings_no_call_lacks_one(given):
    """
    call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
    delivered calls 2023-05-01..2023-05-31 as of 2023-06-01"""
    row = month_of(given)
    assert row.found["answered_without_recording"] is None
    assert row.counts["recordings_listed"] is None
    assert row.counts["calls_answered"] == 1


def test_an_order_of_a_call_that_is_not_in_the_log_is_a_finding(given):
    """
    call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
    order A1 accepted 2023-05-01 from c1
    order A2 accepted 2023-05-01 from c404
    order A3 accepted 2023-05-01
    delivered calls 2023-05-01..2023-05-31 as of 2023-06-01
    delivered calls 2023-04-30..2023-04-30 as of 2023-06-01
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    row = month_of(given)
    assert (row.counts["orders_from_calls"], row.counts["work_orders_opened"]) == (2, 3)
    assert found(given, "order_without_call").unexplained == 1
    assert [row.subject for row in opened(given, "order_without_call").rows] == ["work_order/A2"]


def test_an_order_whose_call_fell_on_a_missing_day_is_explained(given):
    """
    order A1 accepted 2023-05-12 from c12
    order A2 accepted 2023-05-13 from c13
    order A3 accepted 2023-05-14 from c14
    delivered calls 2023-05-01..2023-05-11 as of 2023-06-01
    delivered calls 2023-05-13..2023-05-31 as of 2023-06-01
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    told = found(given, "order_without_call")
    assert (told.count, told.explained) == (3, 2)  # the second may have been taken down after midnight
    assert told.explanation == "话单缺5月12日"
    assert month_of(given).gaps == "话单缺5月12日"


def test_a_call_with_several_orders_is_told_once_with_its_orders(given):
    """
    order A1 accepted 2023-05-01 from c1
    order A2 accepted 2023-05-03 from c1
    order A3 accepted 2023-06-03 from c1
    order A4 accepted 2023-05-01 from c2
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
    assert found(given, "call_with_several_orders").count == 1
    (row,) = opened(given, "call_with_several_orders").rows
    assert (row.subject, row.cells) == ("call/c1", (3, "work_order/A1", "work_order/A3"))


def test_an_inspection_of_a_call_that_is_not_in_the_log_is_a_finding(given):
    """
    call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
    inspected c1 2023-05-02
    inspected c404 2023-05-03
    delivered calls 2023-04-01..2023-05-31 as of 2023-06-01
    delivered inspections as of 2023-06-01"""
    assert found(given, "inspection_without_call").unexplained == 1


def test_an_appeal_about_an_order_that_is_not_in_the_log_is_a_finding(given):
    """
    order A1 accepted 2023-05-01
    delivered work_orders 2023-04-01..2023-05-31 as of 2023-06-01
    delivered appeals 2023-05-01..2023-05-20 as of 2023-06-01"""
    append(
        given,
        [
            ExclusionAppealed(order_id=order, asked_on=date(2023, 5, 20), granted=True)
            for order in ("A1", "A404")
        ],
    )
    assert found(given, "appeal_without_order").unexplained == 1
    assert [row.subject for row in opened(given, "appeal_without_order").rows] == ["appeal/A404"]


def test_an_appeal_about_a_call_that_is_not_in_the_log_is_a_finding(given):
    """
    call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
    delivered calls 2023-04-01..2023-05-31 as of 2023-06-01
    delivered call_appeals 2023-05-01..2023-05-20 as of 2023-06-01"""
    asked = date(2023, 5, 20)
    append(
        given, [CallExclusionAppealed(call_id=call, asked_on=asked, granted=True) for call in ("c1", "c404")]
    )
    assert found(given, "appeal_without_call").unexplained == 1
    assert [row.subject for row in opened(given, "appeal_without_call").rows] == ["call_appeal/c404"]


def test_a_months_totals_stand_beside_its_counts(given):
    """
    order A1 accepted 2023-05-01
    delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01
    total platform_orders 2023-05-01..2023-05-31 2 省平台
    total platform_orders 2023-05-10..2023-05-20 0 省平台"""
    (checked,) = month_of(given).checks
    assert (checked.verdict, checked.stated.value, checked.ours) == (CheckVerdict.FAILED, 2, 1)


def test_the_matrix_holds_the_months_that_have_begun(given):
    """
    call 2023-05-01 08:00:00"""
    results.bring_up_to_date(given, "tlf", NOW)
    assert len(build_matrix(given, "tlf", Year(2023), NOW)) == 12
    assert build_matrix(given, "tlf", Year(2024), NOW)[0].month == Month(2024, 1)
    assert build_matrix(given, "tlf", Year(2025), NOW) == []


def test_an_unknown_cell_is_refused_with_those_there_are(given):
    """
    call 2023-05-01 08:00:00"""
    with pytest.raises(MatrixCellProblem, match="order_without_call"):
        opened(given, "cats")


DRAWN = "agent_on_two_calls"  # agents of the sample are drawn, each without regard to the calls she has


@pytest.mark.slow
def test_the_sample_years_only_contradictions_are_explained_by_its_two_missing_days(tlf_2023: Database, home):
    def contradictions() -> dict[str, tuple[int, int]]:
        with tlf_2023.engine.begin() as connection:
            results.bring_up_to_date(connection, "tlf", IMPORTED)
            rows = build_matrix(connection, "tlf", Year(2023), IMPORTED)
        told = [one for row in rows for one in row.found.values() if one is not None and one.count]
        return {one.cell.key: (one.count, one.unexplained) for one in told}

    missing = {"order_without_call": (40, 0), "inspection_without_call": (3, 0)}
    assert contradictions() == missing | {DRAWN: (121, 121)}
    deliver(tlf_2023, home, LATE_FILE)
    assert contradictions() == {DRAWN: (121, 121)}


def test_an_agent_on_two_calls_at_once_is_a_finding(given):
    """
    call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20 talk 600 agent 101
    call 2023-05-01 08:05:00 id c2 queued 08:05:10 answered 08:05:20 talk 60 agent 101
    call 2023-05-01 08:08:00 id c3 queued 08:08:10 answered 08:08:20 talk 60 agent 101
    call 2023-05-01 08:10:00 id c4 queued 08:10:10 answered 08:10:17 talk 60 agent 101
    call 2023-05-01 08:05:00 id c5 queued 08:05:10 answered 08:05:20 talk 60 agent 102
    delivered calls 2023-05-01..2023-05-31 as of 2023-06-01"""
    assert found(given, "agent_on_two_calls").unexplained == 2
    assert [row.subject for row in opened(given, "agent_on_two_calls").rows] == ["call/c2", "call/c3"]


def test_a_call_answered_by_an_agent_who_was_not_signed_in_is_a_finding(given):
    """
    call 2023-05-02 08:00:00 id c1 queued 08:00:10 answered 08:00:20 talk 60 agent 101
    call 2023-05-02 00:30:00 id c2 queued 00:30:10 answered 00:30:20 talk 60 agent 101
    call 2023-05-02 07:58:00 id c3 queued 07:58:10 answered 07:59:20 talk 60 agent 101
    call 2023-05-02 11:00:00 id c4 queued 11:00:10 answered 11:00:20 talk 60 agent 101
    call 2023-05-02 08:00:00 id c5 queued 08:00:10 answered 08:00:20 talk 60 agent 102
    call 2023-05-02 09:00:00 id c6 queued 09:00:10 talk 60 agent 102
    call 2023-05-09 09:00:00 id c7 queued 09:00:10 answered 09:00:20 talk 60 agent 101
    delivered calls 2023-05-01..2023-05-31 as of 2023-06-01
    delivered agent_states 2023-05-01..2023-05-07 as of 2023-06-01"""
    append(
        given,
        [
            AgentStateEntered(agent="101", state=state, started_at=_at(start), ended_at=_at(end))
            for state, start, end in (
                ("idle", "2023-05-01T20:00", "2023-05-02T01:00"),
                ("idle", "2023-05-02T08:00", "2023-05-02T09:00"),
                ("signed_out", "2023-05-02T09:00", "2023-05-02T20:00"),
            )
        ],
    )
    told = found(given, "answered_while_signed_out")
    assert (told.count, told.explained) == (3, 1)  # on 9 May no states were delivered
    rows = opened(given, "answered_while_signed_out", unexplained=True).rows
    assert {row.subject for row in rows} == {"call/c4", "call/c5"}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)

"""话单: what a row says, and rows that cannot be so."""

from dataclasses import fields
from datetime import datetime
from pathlib import Path

import pytest

from ingest.kinds import KIND_NAMED, Reading
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, Taken, csv_file, taken
from tracker.events.calls import CallEnded
from tracker.events.times import BEIJING


def calls(folder: Path, *rows: str, header: str = CALL_HEADER) -> Taken:
    return taken(csv_file(folder, header, *rows))


def test_a_row_is_a_call_with_its_times_in_beijing(tmp_path: Path) -> None:
    call = calls(tmp_path, CALL_1).events[0]
    assert call["direction"] == "inbound"
    assert call["entered_at"] == "2023-05-01T08:03:05+08:00"
    assert call["queued_at"] == "2023-05-01T08:03:10+08:00"
    assert call["answered_at"] == "2023-05-01T08:03:20+08:00"
    assert call["outcome"] == "answered"
    assert call["leg"] is None


def test_the_callers_number_is_a_token(tmp_path: Path) -> None:
    assert calls(tmp_path, CALL_1).events[0]["caller"] == "<phone 13800000001>"


def test_a_call_that_ended_in_the_menu_never_queued(tmp_path: Path) -> None:
    call = calls(tmp_path, "c3,呼入,,2023-05-03 10:00:00,,,2023-05-03 10:00:20,,IVR放弃").events[0]
    assert (call["queued_at"], call["outcome"]) == (None, "ivr_abandoned")


def test_zero_is_no_time(tmp_path: Path) -> None:
    call = calls(tmp_path, CALL_2.replace(",,2023-05-02 09:00:30", ",0,2023-05-02 09:00:30")).events[0]
    assert call["answered_at"] is None


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (("2023-05-01 08:03:20", "2023-05-01 08:03:09"), "坐席应答时间"),  # before it queued
        (("2023-05-01 08:03:10", "2023-05-01 08:03:01"), "进入队列时间"),  # before it came in
        (("2023-05-01 08:05:00", "2023-05-01 08:03:15"), "结束时间"),  # before it was answered
        (("2023-05-01 08:03:20", ""), "呼叫结果"),  # answered, but when?
        (("已接听", "队列放弃"), "呼叫结果"),  # abandoned, but answered
        (("呼入", "转接"), "呼叫类型"),
        (("呼入", ""), "呼叫类型"),
        (("c1,", ","), "流水号"),
        (("2023-05-01 08:03:10", "25:61"), "进入队列时间"),
        (("2023-05-01 08:03:05", "2023-05-01"), "进入系统时间"),
    ],
)
def test_a_row_that_cannot_be_so_is_held_back(tmp_path: Path, change: tuple[str, str], column: str) -> None:
    found = calls(tmp_path, CALL_1.replace(*change), CALL_2)
    assert [event["call_id"] for event in found.events] == ["c2"]
    assert [(problem.row, problem.column) for problem in found.problems] == [(2, column)]


def test_a_problem_is_a_sentence_with_row_column_value_rule_and_remedy(tmp_path: Path) -> None:
    problem = calls(tmp_path, CALL_1.replace("2023-05-01 08:03:10", "25:61")).problems[0]
    assert problem.sentence == (
        "第 2 行“进入队列时间”列的值“25:61”不是时间；请改成 2023-05-01 08:03:05 这样的写法。"
    )


def test_every_wrong_cell_of_a_row_is_told(tmp_path: Path) -> None:
    found = calls(tmp_path, CALL_1.replace("呼入", "转接").replace("2023-05-01 08:05:00", "很晚"))
    assert [problem.column for problem in found.problems] == ["呼叫类型", "结束时间"]
    assert found.intake.tally.quarantined == 1


def test_a_vendors_unknown_outcome_is_kept_as_other_and_told(tmp_path: Path) -> None:
    found = calls(tmp_path, CALL_1.replace("已接听", "机器人接待"))
    assert found.events[0]["outcome"] == "other"
    assert "机器人接待" in found.notices[0]


def test_the_same_row_again_passes_for_the_log_to_see(tmp_path: Path) -> None:
    found = calls(tmp_path, CALL_1, CALL_2, CALL_1)
    assert len(found.events) == 3
    assert found.problems == []


def test_another_row_on_the_same_call_is_held_back_with_a_hint_at_legs(tmp_path: Path) -> None:
    found = calls(tmp_path, CALL_1, CALL_1.replace("8001", "8002"))
    assert len(found.events) == 1
    assert "第 2 行" in found.problems[0].rule
    assert "legs" in found.problems[0].remedy


def test_a_call_in_the_future_is_held_back(tmp_path: Path) -> None:
    found = calls(tmp_path, "c3,呼入,,2062-05-03 10:00:00,,,,,")
    assert "将来" in found.problems[0].rule


def test_days_count_the_rows_read_on_them(tmp_path: Path) -> None:
    found = calls(tmp_path, CALL_1, CALL_2, CALL_2.replace("c2", "c3"), CALL_2.replace("c2", ""))
    assert {str(day): rows for day, rows in found.intake.tally.days.items()} == {
        "2023-05-01": 1,
        "2023-05-02": 2,
    }


def test_a_minute_without_seconds_is_told_because_waits_are_then_wrong(tmp_path: Path) -> None:
    found = calls(tmp_path, "c1,呼入,,2023/5/1 8:03,2023/5/1 8:03,2023/5/1 8:04,2023/5/1 8:05,,已接听")
    assert len(found.events) == 1
    assert len(found.notices) == 4


def test_a_call_built_row_by_row_is_an_ordinary_event() -> None:
    entered = datetime(2023, 5, 1, 8, 3, 5, tzinfo=BEIJING)
    values = {field.name: None for field in fields(CallEnded)} | {"call_id": "c1", "entered_at": entered}
    events = KIND_NAMED["calls"].build(Reading(token=lambda kind, value: value))
    assert events(**values) == (CallEnded(**values),)

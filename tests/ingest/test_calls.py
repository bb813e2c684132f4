"""话单: what a row says, and rows that cannot be so."""

import re
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.kinds import KIND_NAMED, Reading
from ingest.kinds.call_fields import OUTCOME_WORDS
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, Taken, csv_file, taken
from tracker.events.calls import OF_THE_QUEUE, CallEnded
from tracker.events.times import BEIJING
from tracker.facts.calls import CALLS, NO_REASON
from tracker.facts.calls import calls as call_facts
from tracker.facts.fact import SlotState


def calls(folder: Path, *rows: str, header: str = CALL_HEADER) -> Taken:
    return taken(csv_file(folder, header, *rows))


def test_a_row_is_a_call_with_its_times_in_beijing(tmp_path: Path) -> None:
    call = calls(tmp_path, CALL_1).events[0]
    assert call["direction"] == "inbound"
    assert call["entered_at"] == "2023-05-01T08:03:05+08:00"
    assert call["queued_at"] == "2023-05-01T08:03:10+08:00"
    assert call["answered_at"] == "2023-05-01T08:03:20+08:00"
    assert call["outcome"] == "answered"
    assert "leg" not in call  # the table has no such column


def test_the_callers_number_is_a_token(tmp_path: Path) -> None:
    assert calls(tmp_path, CALL_1).events[0]["caller"] == "<phone bdiaaaaaaab>"


def test_a_call_that_ended_in_the_menu_never_queued(tmp_path: Path) -> None:
    call = calls(tmp_path, "c3,呼入,,2023-05-03 10:00:00,,,2023-05-03 10:00:20,,IVR放弃").events[0]
    assert (call["queued_at"], call["outcome"]) == (None, "ivr_abandoned")


def test_zero_is_no_time(tmp_path: Path) -> None:
    call = calls(tmp_path, CALL_2.replace(",,2023-05-02 09:00:30", ",0,2023-05-02 09:00:30")).events[0]
    assert call["answered_at"] is None


@pytest.mark.parametrize(
    ("change", "column", "unknown"),
    [
        (
            ("2023-05-01 08:03:20", "2023-05-01 08:03:09"),
            "坐席应答时间",
            ["answered_at", "outcome"],
        ),  # too soon
        (("2023-05-01 08:03:10", "2023-05-01 08:03:01"), "进入队列时间", ["queued_at"]),  # before it came in
        (("2023-05-01 08:05:00", "2023-05-01 08:03:15"), "结束时间", ["ended_at"]),  # before it was answered
        (("2023-05-01 08:03:20", ""), "呼叫结果", ["answered_at", "outcome"]),  # answered, but when?
        (("已接听", "队列放弃"), "呼叫结果", ["answered_at", "outcome"]),  # abandoned, but answered
        (("2023-05-01 08:03:10", "25:61"), "进入队列时间", ["queued_at"]),
        (("已接听", "机器人接待"), "呼叫结果", ["outcome"]),  # a word that nobody knows is asked, not "other"
    ],
)
def test_what_is_not_understood_costs_the_field_and_not_the_row(
    tmp_path: Path, change: tuple[str, str], column: str, unknown: list[str]
) -> None:
    found = calls(tmp_path, CALL_1.replace(*change), CALL_2)
    first, second = found.events
    assert [name for name in unknown if name in first] == []
    assert first["unclear"] == unknown
    assert "unclear" not in second
    assert [(one.row, one.column, one.costs_row) for one in found.problems] == [(2, column, False)]
    assert (found.intake.tally.accepted, found.intake.tally.doubtful) == (2, 1)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (("呼入", "转接"), "呼叫类型"),
        (("呼入", ""), "呼叫类型"),
        (("c1,", ","), "流水号"),
        (("2023-05-01 08:03:05", "2023-05-01"), "进入系统时间"),
    ],
)
def test_a_row_that_cannot_be_so_is_held_back(tmp_path: Path, change: tuple[str, str], column: str) -> None:
    found = calls(tmp_path, CALL_1.replace(*change), CALL_2)
    assert [event["call_id"] for event in found.events] == ["c2"]
    assert [(problem.row, problem.column) for problem in found.problems] == [(2, column)]


def test_a_problem_is_a_sentence_with_row_column_value_rule_and_remedy(tmp_path: Path) -> None:
    problem = calls(tmp_path, CALL_1.replace("2023-05-01 08:03:10", "25:61")).problems[0]
    assert problem.sentence == ("第 2 行“进入队列时间”列的值“25:61”不是时间；请按 2023-05-01 08:03:05 填写。")


def test_every_wrong_cell_of_a_row_is_told(tmp_path: Path) -> None:
    found = calls(tmp_path, CALL_1.replace("呼入", "转接").replace("2023-05-01 08:05:00", "很晚"))
    assert [problem.column for problem in found.problems] == ["呼叫类型", "结束时间"]
    assert found.intake.tally.quarantined == 1


def test_a_row_held_back_keeps_its_day_and_its_call_where_they_can_be_read(tmp_path: Path) -> None:
    [wrong] = calls(tmp_path, CALL_1.replace("呼入", "转接")).problems
    assert (str(wrong.day), wrong.thing) == ("2023-05-01", "call/c1")
    [wrong] = calls(tmp_path, CALL_1.replace("2023-05-01 08:03:05", "昨天").replace("c1,", ",")).problems[:1]
    assert (wrong.day, wrong.thing) == (None, None)


def test_the_same_row_again_passes_for_the_log_to_see(tmp_path: Path) -> None:
    found = calls(tmp_path, CALL_1, CALL_2, CALL_1)
    assert len(found.events) == 3
    assert found.problems == []


def test_another_row_on_the_same_call_is_held_back_with_a_hint_at_legs(tmp_path: Path) -> None:
    found = calls(tmp_path, CALL_1, CALL_1.replace("8001", "8002"))
    assert len(found.events) == 1
    assert "第 2 行" in found.problems[0].rule
    assert "[rows]" in found.problems[0].remedy


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
    kind, moments = KIND_NAMED["calls"], frozenset({"queued_at", "answered_at"})
    given = {"call_id": "c1", "direction": "inbound", "entered_at": entered}
    events = kind.build(Reading(token=lambda kind, value: value, present=moments))
    assert events(*[given.get(field.key) for field in kind.fields]) == (CallEnded(**given),)


MINUTES = "m{n},呼入,,2024/5/1 8:{n:02},2024/5/1 8:{n:02},2024/5/1 8:{n:02},2024/5/1 8:59,8001,已接听"


@pytest.mark.parametrize(
    ("title", "talk", "fits"),
    [
        ("通话时长", "100", True),
        ("通话时长", "101", True),  # both moments are cut to the second
        ("通话时长", "102", False),
        ("通话时长", "3600", False),
        ("通话时长", "100000", False),  # milliseconds, and nobody says so
        ("通话时长(ms)", "100000", True),
        ("通话时长(分钟)", "2", True),  # minutes begun
        ("通话时长(分钟)", "3", False),
        ("通话时长(h)", "2", False),
    ],
)
def test_a_talk_longer_than_its_call_is_a_finding_and_no_talk(
    tmp_path: Path, title: str, talk: str, fits: bool
) -> None:
    found = calls(tmp_path, f"{CALL_1},{talk}", CALL_2 + ",", header=f"{CALL_HEADER},{title}")
    assert ("talk_ms" in found.events[0]) is fits
    assert [(one.row, one.column) for one in found.problems] == ([] if fits else [(2, title)])
    assert len(found.events) == 2


def fact(event: dict[str, Any]) -> dict[str, Any]:
    """The row of the table of calls that an event gives."""
    data = {key: value for key, value in event.items() if key not in ("type", "row")}
    [row] = CALLS.rows({"": SlotState("call.ended", 1, data)})
    names = [
        column.name for column in call_facts.columns if column.name not in ("center_id", "subject", "seq")
    ]
    return dict(zip(names, row, strict=True))


def test_times_to_the_minute_do_not_show_how_many_seconds_somebody_waited(tmp_path: Path) -> None:
    [call] = calls(tmp_path, MINUTES.format(n=3)).events
    assert call["to_the_minute"] is True
    assert fact(call)["wait_ms"] is None
    assert " wait_ms " in str(fact(call)["unknown"])


def test_a_queue_to_the_minute_is_enough_to_hide_the_wait(tmp_path: Path) -> None:
    [call] = calls(tmp_path, CALL_1.replace("2023-05-01 08:03:10", "2023-05-01 08:04").replace(
        "08:03:20", "08:04:20")).events  # fmt: skip
    assert fact(call)["wait_ms"] is None
    [exact] = calls(tmp_path, CALL_1).events
    assert "to_the_minute" not in exact
    assert fact(exact)["wait_ms"] == 10_000


def test_seconds_that_are_all_00_were_written_by_nobody(tmp_path: Path) -> None:
    rows = [MINUTES.format(n=n).replace("/5/", "-05-").replace("-1 8:", "-01 08:") for n in range(12)]
    rows = [re.sub(r"(08:\d\d)", r"\1:00", row) for row in rows]
    found = calls(tmp_path, *rows)
    assert {fact(event)["wait_ms"] for event in found.events} == {None}
    assert any("都是 00" in notice for notice in found.notices)
    few = calls(tmp_path, *rows[:9])
    assert {fact(event)["wait_ms"] for event in few.events} == {0}


@pytest.mark.parametrize("word", ["未接听", "未接", "未接通", "放弃", "呼损", "排队未接"])
def test_a_word_that_says_nobody_answered_does_not_say_why(tmp_path: Path, word: str) -> None:
    found = calls(tmp_path, CALL_2.replace("队列放弃", word))
    [call] = found.events
    assert (call["outcome"] in NO_REASON, found.problems) == (True, [])
    assert " outcome " in str(fact(call)["unknown"])


def test_an_unanswered_call_without_any_word_does_not_say_why_either(tmp_path: Path) -> None:
    in_queue, in_menu, said = calls(
        tmp_path,
        CALL_2.replace("队列放弃", ""),
        "c3,呼入,,2023-05-03 10:00:00,,,2023-05-03 10:00:20,,",
        CALL_2.replace("c2", "c4"),
    ).events
    assert " outcome " in str(fact(in_queue)["unknown"])
    assert fact(said)["unknown"] == "".join(str(fact(in_menu)["unknown"]).split(" blocked"))
    assert " blocked " in str(fact(in_menu)["unknown"])  # perhaps it was never let through


OF_THE_QUEUE_WORDS = [word for outcome in OF_THE_QUEUE for word in OUTCOME_WORDS[outcome].split()]


@pytest.mark.parametrize("word", OF_THE_QUEUE_WORDS)
def test_a_result_of_the_queue_denies_that_there_was_no_queue(tmp_path: Path, word: str) -> None:
    unqueued = CALL_2.replace(",2023-05-02 09:00:07,", ",,").replace("队列放弃", word)
    found = calls(tmp_path, unqueued, unqueued.replace("c2,呼入", "c3,呼出"))
    call, outbound = found.events
    assert (call["answered_at"], call["unclear"]) == (None, ["outcome", "queued_at"])
    assert "unclear" not in outbound
    [told] = found.problems
    assert (told.column, told.costs_row) == ("进入队列时间", False) and "人工队列" in told.rule


def test_a_call_that_rang_at_an_agent_had_a_queue(tmp_path: Path) -> None:
    header = CALL_HEADER + ",坐席振铃时间"
    ended = CALL_2.replace(",2023-05-02 09:00:07,", ",,").replace("队列放弃", "未接听")
    rang, silent = calls(
        tmp_path, f"{ended},2023-05-02 09:00:09", f"{ended},".replace("c2", "c3"), header=header
    ).events
    assert rang["unclear"] == ["queued_at", "rang_at"]
    assert "unclear" not in silent and silent["queued_at"] is None


@pytest.mark.parametrize(("queue", "unknown"), [("", True), ("2023-05-02 09:00:07", False)])
def test_of_a_call_in_legs_any_leg_may_tell_its_queue(queue: str, unknown: bool) -> None:
    leg = {
        "call_id": "c",
        "direction": "inbound",
        "entered_at": "2023-05-02T09:00:00+08:00",
        "answered_at": None,
    }
    first = leg | {"leg": "1", "queued_at": queue or None, "outcome": "other"}
    second = leg | {"leg": "2", "queued_at": None, "outcome": "ring_no_answer"}
    [row] = CALLS.rows({one["leg"]: SlotState("call.ended", 1, one) for one in (first, second)})
    assert (" queued_at " in row[-1]) is unknown


@settings(deadline=None)
@given(st.sampled_from(["用户挂断", "坐席全忙", "占线", "CANCEL", "成功", "转接", "1", "主叫放弃", "机器人"]))
def test_a_result_that_nobody_knows_is_never_another(word: str) -> None:
    with TemporaryDirectory() as folder:
        [call] = calls(Path(folder), CALL_2.replace("队列放弃", word)).events
    assert ("outcome" not in call, call["unclear"]) == (True, ["outcome"])


@pytest.mark.parametrize("spoilt", ["机器人", "", "昨天"])
def test_what_is_noticed_is_counted_once_a_row(tmp_path: Path, spoilt: str) -> None:
    """41 rows told to the minute, 30 of them with a cell that is not understood or keeps the row out."""
    times = [[f"2023-05-01 08:{n + later:02}" for later in (0, 0, 1, 2)] for n in range(41)]
    rows = [f"c{n},呼入,,{','.join(one)},1,已接听" for n, one in enumerate(times)]
    for n in range(30 if spoilt else 0):
        parts = rows[n].split(",")
        parts[3 if spoilt == "昨天" else 8] = spoilt
        rows[n] = ",".join(parts)
    found = taken(csv_file(tmp_path, CALL_HEADER, *rows))
    counts = {count for notice, count in found.recognition.notices.items() if "只到分" in notice}
    assert counts == ({11} if spoilt == "昨天" else {41})

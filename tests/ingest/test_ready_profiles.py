"""Ready profiles: one list of calls in each vendor's table is read as it happened, or is unknown by name."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.profiles.profile import PACKAGED, candidates, load_profiles
from ingest.recognition.preview import find_nearest, preview_table
from ingest.recognition.recognise import TableUnknown
from tests.ingest.call_layouts import ANSWERED_LAYOUTS, LAYOUTS, Call, Layout, Row
from tests.ingest.order_layouts import LAYOUTS as ORDER_LAYOUTS
from tests.ingest.tables import Taken, taken
from tests.ingest.test_call_times import fact
from tests.ingest.vendor_headers import KINDS, classify, describe_headers, is_mistaken, list_headers
from tracker.tabular import open_tables
from tracker.workdays import Calendar

NAMES = [layout.profile for layout in LAYOUTS]


def write(folder: Path, rows: Sequence[Row]) -> Path:
    path = folder / "话单.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*dict.fromkeys(title for row in rows for title in row)])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("layout", LAYOUTS, ids=NAMES)
def test_each_call_is_read_as_it_happened_or_what_the_layout_cannot_tell_is_unknown(
    layout: Layout, tmp_path: Path
) -> None:
    found = taken(write(tmp_path, layout.write()))
    assert found.recognition.profile.name == layout.profile
    assert found.problems == []
    calls = [call for call in layout.calls if layout.rows is None or layout.rows(call, "")]
    assert {call.name: _read(layout, call, found.events) for call in calls} == {
        call.name: layout.expected(call) for call in calls
    }


@pytest.mark.parametrize("layout", LAYOUTS, ids=NAMES)
def test_a_vendors_table_is_imported_without_a_question(layout: Layout, tmp_path: Path) -> None:
    tables, _ = open_tables(write(tmp_path, layout.write()))
    found = preview_table(tables[0], candidates(load_profiles()), Calendar.load())
    assert (found.unknown, found.words, found.unread) == (None, {}, "")


def _answer(layout: Layout, folder: Path) -> Path:
    """A folder with the profile of a layout, in which what it asks is answered."""
    text = (PACKAGED / f"{layout.profile}.toml").read_text(encoding="utf-8")
    for table, lines in layout.answers.items():
        head = f"[{table}]\n"
        text = text.replace(head, f"{head}{lines}\n") if head in text else f"{text}\n{head}{lines}\n"
    profiles = folder / "profiles"
    profiles.mkdir()
    (profiles / f"{layout.profile}.toml").write_text(text, encoding="utf-8")
    return profiles


@pytest.mark.parametrize("layout", ANSWERED_LAYOUTS, ids=[layout.profile for layout in ANSWERED_LAYOUTS])
def test_what_a_profile_asks_is_enough_to_read_each_call_as_it_happened(
    layout: Layout, tmp_path: Path
) -> None:
    found = taken(write(tmp_path, layout.write()), profiles=_answer(layout, tmp_path))
    assert (found.recognition.profile.name, found.problems) == (layout.profile, [])
    calls = [call for call in layout.calls if layout.rows is None or layout.rows(call, "")]
    assert {call.name: _read(layout, call, found.events) for call in calls} == {
        call.name: layout.expected(call) for call in calls
    }


@pytest.mark.parametrize("layout", ANSWERED_LAYOUTS, ids=[layout.profile for layout in ANSWERED_LAYOUTS])
def test_a_table_of_which_the_documentation_leaves_something_open_is_not_imported_unasked(
    layout: Layout, tmp_path: Path
) -> None:
    path = write(tmp_path, layout.write())
    try:
        found = taken(path)
    except TableUnknown as refusal:
        assert load_profiles()[layout.profile].title in str(refusal)
    else:
        assert (found.recognition.profile.name, found.events) == (layout.profile, [])


def _read(layout: Layout, call: Call, events: list[dict[str, Any]]) -> dict[str, object]:
    """What is known of a call, as far as the truth says it."""
    row = fact(*[one for one in events if one["call_id"].endswith(call.number)])
    return {
        key: "?" if row[key] is None and _is_open(row, key) else row[key] for key in layout.expected(call)
    }


def _is_open(row: dict[str, Any], key: str) -> bool:
    """A result that is not said, and the length of a talk that was not printed, are unknown without a name;
    of a call of which nobody knows whether it was answered, nothing else is known."""
    return key == "outcome" or (key == "talk_ms" and row["answered"] is not False) or row["answered"] == "?"


def _write_again(layout_name: str, folder: Path, **changed: object) -> Taken:
    """The first call of a layout with some of its cells changed."""
    [layout] = [one for one in LAYOUTS if one.profile == layout_name]
    return taken(write(folder, [dict(layout.write()[0]) | changed]))


def test_what_a_machine_took_is_not_known_to_be_an_answer(tmp_path: Path) -> None:
    found = _write_again("tencent_tccc", tmp_path, AIAgentId=77)
    assert [problem.column for problem in found.problems] == ["SeatUser"]
    assert fact(*found.events)["answered"] == "?"


def test_a_chat_is_no_call_and_is_counted_as_left_out(tmp_path: Path) -> None:
    found = _write_again("aliyun_ccc", tmp_path, MediaType="CHAT")
    assert found.events == []
    assert found.skipped == {"MediaType不是AUDIO的行": 1}


def test_of_several_agents_in_a_cell_the_first_counts(tmp_path: Path) -> None:
    found = _write_again("aliyun_ccc", tmp_path)
    assert (found.events[0]["agent"], found.events[0]["skill_group"]) == ("8001", "综合组")


def test_the_transfer_of_a_call_is_a_leg_of_it_and_no_call_of_its_own(tmp_path: Path) -> None:
    [layout] = [one for one in LAYOUTS if one.profile == "moor_v2"]
    events = taken(write(tmp_path, layout.write())).events
    assert {one["call_id"] for one in events} == {call.number for call in layout.calls}


def test_the_direction_that_the_documentation_leaves_open_is_asked_for(tmp_path: Path) -> None:
    moments = dict.fromkeys(
        ("startTime", "callerStartTime", "calledStartTime", "endTime"), "2023-05-09 09:00:00"
    )
    numbers = {
        "sessionId": "s1",
        "custNum": "13800000001",
        "agentId": "8001",
        "talkLength": 0,
        "endType": 252,
    }
    row = {**numbers, **moments, "managerRingTime": 5, "callType": 0, "totalDuration": 60}
    found = taken(write(tmp_path, [row]))
    assert (found.recognition.profile.name, found.events) == ("baidu_aicc", [])
    assert [(problem.column, problem.costs_row) for problem in found.problems] == [("callType", True)]


ASTERISK = {
    "calldate": "2023-05-09 09:00:00", "src": "13800000001", "dst": "600", "dcontext": "from-pstn",
    "lastapp": "Queue", "duration": 90, "billsec": 90, "disposition": "ANSWERED", "uniqueid": "1.1",
    "linkedid": "1.1", "sequence": 1,
}  # fmt: skip
RING = ASTERISK | {"calldate": "2023-05-09 09:00:20", "lastapp": "Dial", "dst": "8001"}


def test_a_direction_that_two_tables_of_codes_tell_otherwise_is_asked_about(tmp_path: Path) -> None:
    found = _write_again("huawei_aicc_trace", tmp_path, callType=1)
    assert found.events == [] and [problem.column for problem in found.problems] == ["callType"]


def test_a_code_of_another_product_is_no_word_of_clink(tmp_path: Path) -> None:
    found = _write_again("clink_calls", tmp_path, Status="3")
    assert [(problem.column, problem.value) for problem in found.problems] == [("Status", "3")]


CONTEXTS = '[words.direction]\ninbound = ["from-pstn"]\n'


def _asterisk(folder: Path, *rows: Row) -> dict[str, Any]:
    profiles = folder / "profiles"
    profiles.mkdir()
    text = (PACKAGED / "asterisk_cdr.toml").read_text(encoding="utf-8")
    (profiles / "asterisk_cdr.toml").write_text(f"{text}\n{CONTEXTS}", encoding="utf-8")
    return fact(*taken(write(folder, rows), profiles=profiles).events)


def test_the_queue_of_asterisk_answers_nobody_and_a_dialled_agent_does(tmp_path: Path) -> None:
    missed, taken_ = RING | {"disposition": "NO ANSWER", "sequence": 2}, RING | {"sequence": 3}
    row = _asterisk(tmp_path, ASTERISK, missed, taken_)
    assert (row["queued"], row["answered"], row["outcome"], row["wait_ms"]) == (True, True, "answered", "?")


def test_whether_an_agent_took_a_call_that_only_the_queue_of_asterisk_took_is_unknown(tmp_path: Path) -> None:
    row = _asterisk(tmp_path, ASTERISK)
    assert (row["queued"], row["answered"], row["outcome"]) == (True, "?", "?")


def test_contexts_of_asterisk_are_asked_for(tmp_path: Path) -> None:
    found = taken(write(tmp_path, [ASTERISK]))
    assert (found.recognition.profile.name, found.events) == ("asterisk_cdr", [])
    assert [problem.column for problem in found.problems] == ["dcontext"]


def _take_order(profile: str, folder: Path, **changed: object) -> Taken:
    """The first order of a layout with some of its cells changed."""
    [layout] = [one for one in ORDER_LAYOUTS if one.profile == profile]
    found = taken(write(folder, [dict(layout.write()[0]) | changed]))
    assert found.recognition.profile.name == profile
    return found


def test_an_order_of_zammad_that_was_opened_again_is_not_known_to_be_closed(tmp_path: Path) -> None:
    found = _take_order("zammad", tmp_path, state="open", last_close_at="2023-05-01T13:00:00Z")
    assert [problem.column for problem in found.problems] == ["last_close_at"]
    assert found.of("work_order.closed") == [] and len(found.of("work_order.accepted")) == 1


def test_the_last_closing_of_an_order_of_zammad_counts(tmp_path: Path) -> None:
    [closed] = _take_order("zammad", tmp_path, last_close_at="2023-05-03T01:00:00Z").of("work_order.closed")
    assert closed["at"] == "2023-05-03T09:00:00+08:00"


def test_whether_a_merged_order_counts_is_asked_about(tmp_path: Path) -> None:
    found = _take_order("zammad", tmp_path, state="merged")
    assert [(problem.column, problem.value) for problem in found.problems] == [("state", "merged")]


def test_an_order_of_zammad_with_codes_alone_is_not_taken_for_one_with_words(tmp_path: Path) -> None:
    [layout] = [one for one in ORDER_LAYOUTS if one.profile == "zammad"]
    row = {title: cell for title, cell in layout.write()[0].items() if title != "state"}
    with pytest.raises(TableUnknown):
        taken(write(tmp_path, [row | {"state_id": 4}]))


def test_a_cancelled_order_of_huawei_is_cancelled_whatever_its_state_says(tmp_path: Path) -> None:
    found = _take_order("huawei_case", tmp_path, isCanced="true", closedDate="")
    assert [one["cancelled"] for one in found.of("work_order.accepted")] == [True]


def test_a_kind_that_a_platform_made_up_is_asked_about(tmp_path: Path) -> None:
    found = _take_order("beijing_district", tmp_path, orderType="追办")
    assert [(problem.column, problem.value) for problem in found.problems] == [("orderType", "追办")]
    assert "kind" not in found.of("work_order.accepted")[0]


def test_an_order_of_new_york_closed_before_it_came_is_listed(tmp_path: Path) -> None:
    """Some agencies write down the day of closing alone, which is its midnight."""
    found = _take_order("nyc_311", tmp_path, **{"Closed Date": "04/30/2023 12:00:00 AM"})
    assert [problem.column for problem in found.problems] == ["Closed Date"]
    assert found.of("work_order.closed") == []


def test_recordings_of_huawei_are_told_without_a_length(tmp_path: Path) -> None:
    row = {
        "agent_id": "8001", "call_id": "100", "call_begin": "2023-05-09 09:00:20", "file_name": "1/1.wav",
        "call_end": "2023-05-09 09:01:20", "call_type": 0, "current_skill_id": 11,
    }  # fmt: skip
    found = taken(write(tmp_path, [row]))
    assert (found.recognition.profile.name, found.problems) == ("huawei_aicc_recordings", [])
    [recorded] = found.events
    assert (recorded["call_id"], recorded["agent"], recorded.get("duration_ms")) == ("100", "8001", None)


def _take_states(folder: Path, *rows: Row) -> Taken:
    return taken(write(folder, [{"agent_id": "8001", "op_cause": "", "logon_sn": "1"} | one for one in rows]))


def test_states_of_huaweis_agents_are_read_by_their_codes(tmp_path: Path) -> None:
    codes = {"1": "signed_in", "2": "idle", "3": "not_ready", "4": "talking", "26": "rest", "27": "wrap_up"}
    rows = [
        {"op_type": code, "begin_time": f"2023-05-09 09:0{n}:00", "end_time": f"2023-05-09 09:0{n}:59"}
        for n, code in enumerate(codes)
    ]
    found = _take_states(tmp_path, *rows)
    assert (found.recognition.profile.name, found.problems) == ("huawei_aicc_states", [])
    assert [one["state"] for one in found.events] == [*codes.values()]


def test_what_huaweis_agents_do_within_a_call_is_asked_about(tmp_path: Path) -> None:
    hold = {"op_type": "38", "begin_time": "2023-05-09 09:00:00", "end_time": "2023-05-09 09:00:59"}
    found = _take_states(tmp_path, hold)
    assert found.events == [] and [problem.column for problem in found.problems] == ["op_type"]


def test_a_state_of_tencents_agents_that_may_be_two_is_asked_about(tmp_path: Path) -> None:
    rows = [
        {"Timestamp": 1683594000 + 60 * n, "Status": word, "SessionId": "", "Reason": "",
         "StaffEmail": "a@example.com", "StaffNo": "8001"}
        for n, word in enumerate(("free", "busy", "afterCallWork"))
    ]  # fmt: skip
    found = taken(write(tmp_path, rows))
    assert found.recognition.profile.name == "tencent_tccc_states"
    assert [one["state"] for one in found.events] == ["idle", "wrap_up"]
    assert [problem.value for problem in found.problems] == ["busy"]


def test_each_vendors_header_is_read_by_its_profile_asked_about_or_refused() -> None:
    headers = list_headers()
    assert {one.name: classify(one)[0] for one in headers} == {one.name: one.expected for one in headers}


@pytest.mark.parametrize(
    ("header", "profile"),
    [
        ("火山引擎 语音话单（字段名）", "volcengine"),
        ("NICE CXone Contact 明细（字段名）", "nice_cxone"),
        ("德助云 通话记录 pageQuery（字段名）", "dezhu"),
        ("优音云 呼叫会话记录（字段名）", "uincall"),
    ],
)
def test_the_import_page_begins_with_what_is_known_of_a_vendor(header: str, profile: str) -> None:
    [titles] = [one.titles for one in list_headers() if one.name == header]
    nearest = find_nearest([(1, titles)], candidates(load_profiles()))
    assert nearest is not None and nearest.profile.name == profile


def test_no_list_is_taken_for_another_and_what_is_not_imported_here_is_refused() -> None:
    """Statistics, events of channels, marks of satisfaction without a call: no kind of ours."""
    headers = [(one, classify(one)[0]) for one in list_headers()]
    assert [one.name for one, result in headers if is_mistaken(one, result)] == []
    assert {result for one, result in headers if one.kind not in KINDS} == {"拒"}


def test_the_command_sums_up_what_becomes_of_the_headers() -> None:
    *lines, total = describe_headers()
    assert len(lines) == len(list_headers())
    assert total == (
        "共 88 个表头：认得 36，问 42，拒 10（其中不是这里导入的清单、应当拒的 8），错认 0；"
        "认得或问对的 78/88"
    )

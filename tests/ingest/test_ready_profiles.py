"""Ready profiles: one list of calls in each vendor's table is read as it happened, or is unknown by name."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.profiles.profile import PACKAGED, candidates, load_profiles
from ingest.recognition.preview import preview_table
from tests.ingest.call_layouts import LAYOUTS, Call, Layout, Row
from tests.ingest.tables import Taken, taken
from tests.ingest.test_call_times import fact
from tests.ingest.vendor_headers import classify, list_headers
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


def test_each_vendors_header_is_read_by_its_profile_asked_about_or_refused() -> None:
    headers = list_headers()
    assert {one.name: classify(one)[0] for one in headers} == {one.name: one.expected for one in headers}


def test_no_list_of_something_else_is_taken_for_one_of_ours() -> None:
    """Statistics, recordings, events of channels: no kind of ours."""
    kinds = {"calls": "calls", "orders": "work_orders", "agent_states": "agent_states"}
    profiles = load_profiles()
    for header in list_headers():
        if header.expected in profiles:
            assert profiles[header.expected].kind.name == kinds.get(header.kind), header.name

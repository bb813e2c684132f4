"""Calls told without the moments of queue and answer: by results, marks, durations, rows of devices."""

from pathlib import Path
from typing import Any

import pytest

from ingest.profiles.derived import DerivedProblem, read_derived
from ingest.profiles.toml_profiles import ProfileProblem, read_profile
from tests.ingest.tables import Taken, csv_file, taken
from tracker.events.calls import CallEnded
from tracker.facts.calls import CALLS, calls
from tracker.facts.fact import SlotState

HEADER = "流水号,呼叫类型,来电时间"
CALL = "c1,呼入,2023-05-01 08:00:00"
FIELDS = ("queued", "queued_at", "answered", "answered_at", "wait_ms", "talk_ms", "outcome")


def profile(folder: Path, text: str) -> Path:
    folder = folder / "profiles"
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text(f'kind = "calls"\n{text}', encoding="utf-8")
    return folder


def read(folder: Path, header: str, *rows: str, rules: str | None = None) -> Taken:
    path = csv_file(folder, header, *rows)
    return taken(path, "own", profile(folder, rules)) if rules else taken(path)


def fact(*events: dict[str, Any]) -> dict[str, Any]:
    """The call that events tell, as its row: a value, None, or "?" for what nobody told."""
    slots = {str(place): SlotState(CallEnded.type, place, event) for place, event in enumerate(events)}
    [row] = CALLS.rows(slots)
    named = dict(zip([column.name for column in calls.c][3:], row, strict=True))
    unknown = named["unknown"].split()
    return {name: "?" if name in unknown else value for name, value in named.items()}


@pytest.mark.parametrize(
    ("header", "cells", "answered", "queued"),
    [
        ("呼叫结果", "已接听", True, True),
        ("呼叫结果", "队列放弃", False, True),
        ("呼叫结果", "IVR放弃", False, False),
        ("呼叫结果", "未接通", False, "?"),  # nobody says how far it came
        ("呼叫结果", "其他", "?", "?"),
        ("呼叫结果", "", "?", "?"),
        ("是否接通", "是", True, True),
        ("是否接通", "否", False, "?"),
        ("是否接通,排队时长", "否,12", False, True),
        ("是否接通,排队时长", "否,0", False, "?"),  # at 0 seconds one may have been queued, or not
        ("呼叫结果,坐席振铃时间", "未接通,2023-05-01 08:00:09", False, True),
        ("进入队列时间,呼叫结果", "2023-05-01 08:00:05,已接听", True, True),
        ("坐席应答时间", "2023-05-01 08:00:15", True, True),
        ("坐席应答时间", "", False, "?"),
    ],
)  # fmt: skip
def test_whether_a_call_was_queued_and_answered_follows_from_what_is_told_or_is_unknown(
    tmp_path: Path, header: str, cells: str, answered: object, queued: object
) -> None:
    found = read(tmp_path, f"{HEADER},坐席工号,{header}", f"{CALL},8001,{cells}")
    assert found.problems == []
    row = fact(*found.events)
    assert (row["answered"], row["queued"]) == (answered, queued)


def test_what_did_not_happen_has_no_moment_and_what_happened_at_an_unknown_one_is_unknown(
    tmp_path: Path,
) -> None:
    found = read(
        tmp_path, f"{HEADER},坐席工号,呼叫结果", f"{CALL},8001,已接听", f"{CALL.replace('c1', 'c2')},,IVR放弃"
    )
    taken_, given_up = map(fact, found.events)
    assert (taken_["answered_at"], taken_["queued_at"], taken_["wait_ms"]) == ("?", "?", "?")
    assert (given_up["answered_at"], given_up["queued_at"], given_up["wait_ms"]) == (None, None, None)


@pytest.mark.parametrize(
    ("header", "cells", "column"),
    [
        ("是否接通,呼叫结果", "是,队列放弃", "是否接通"),
        ("呼叫结果,排队时长", "IVR放弃,12", "排队时长"),
        ("是否接通,通话时长", "是,0", "是否接通"),
        ("坐席应答时间,是否接通", "2023-05-01 08:00:20,否", "是否接通"),
    ],
)
def test_a_call_that_denies_itself_is_in_doubt(tmp_path: Path, header: str, cells: str, column: str) -> None:
    found = read(tmp_path, f"{HEADER},坐席工号,{header}", f"{CALL},8001,{cells}")
    assert [(one.column, one.costs_row) for one in found.problems] == [(column, False)]
    row = fact(*found.events)
    assert "?" in (row["answered"], row["queued"])


@pytest.mark.parametrize(
    ("header", "cells", "unknown"),
    [
        ("坐席应答时间", "8001,昨天", {"answered"}),
        ("坐席应答时间,呼叫结果", "8001,2023-05-01 08:00:20,队列放弃", {"answered"}),
        ("坐席应答时间,呼叫结果", "8001,,已接听", {"answered", "queued"}),
        ("坐席应答时间", "机器人01,2023-05-01 08:00:20", {"answered", "queued"}),
        ("坐席应答时间,通话时长", "8001,2023-05-01 08:00:20,0", {"answered", "queued"}),
        ("是否接通,呼叫结果", "8001,也许,已接听", {"answered", "queued"}),
        ("是否接通,呼叫结果", "机器人01,是,已接听", {"answered", "queued"}),
        ("进入队列时间,呼叫结果", "8001,昨天,未接通", {"queued"}),
    ],
)
def test_what_is_not_understood_of_queue_or_answer_is_no_no_and_nothing_less_stands_for_it(
    tmp_path: Path, header: str, cells: str, unknown: set[str]
) -> None:
    found = read(tmp_path, f"{HEADER},坐席工号,{header}", f"{CALL},{cells}")
    assert [one.costs_row for one in found.problems] == [False]
    row = fact(*found.events)
    assert {row[name] for name in unknown} == {"?"}


def test_a_contradiction_is_not_settled_by_a_rule_for_what_is_not_told(tmp_path: Path) -> None:
    rules = '[derived]\nanswered = "talk_ms > 0"'
    for cells in ("是,队列放弃,0", "否,已接听,0", "是,队列放弃,20", "也许,,0"):
        found = read(tmp_path, f"{HEADER},是否接通,呼叫结果,通话时长", f"{CALL},{cells}", rules=rules)
        assert (len(found.problems), fact(*found.events)["answered"]) == (1, "?")


def test_a_machine_that_takes_calls_by_mark_is_no_agent(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADER},坐席工号,呼叫结果", f"{CALL},机器人01,已接听")
    assert fact(*found.events)["answered"] == "?"


DURATIONS = f"{HEADER},呼叫结果,导航时长,排队时长,坐席振铃时长,通话时长,坐席工号"
SUMS = """
[derived]
queued_at = "entered_at + ivr_ms"
answered_at = "entered_at + ivr_ms + queueing_ms + ring_ms"
wait_ms = "queueing_ms + ring_ms"
"""


def test_moments_and_wait_are_made_of_durations_where_the_profile_says_how(tmp_path: Path) -> None:
    found = read(
        tmp_path, DURATIONS, f"{CALL},已接听,5,7,3,60,8001", f"{CALL.replace('c1', 'c2')},队列放弃,5,9,0,0,",
        rules=SUMS,
    )  # fmt: skip
    answered, abandoned = map(fact, found.events)
    assert answered["queued_at"] == "2023-05-01T08:00:05+08:00"
    assert answered["answered_at"] == "2023-05-01T08:00:15+08:00"
    assert answered["wait_ms"] == 10_000
    assert abandoned["queued_at"] == "2023-05-01T08:00:05+08:00"
    assert (abandoned["answered"], abandoned["answered_at"], abandoned["wait_ms"]) == (False, None, None)


def test_without_such_a_rule_nobody_knows_whether_queueing_includes_ringing(tmp_path: Path) -> None:
    [event] = read(tmp_path, DURATIONS, f"{CALL},已接听,5,7,3,60,8001").events
    row = fact(event)
    assert (row["answered"], row["wait_ms"], row["answered_at"]) == (True, "?", "?")


def test_a_duration_that_is_missing_leaves_its_moment_unknown(tmp_path: Path) -> None:
    [event] = read(tmp_path, DURATIONS, f"{CALL},已接听,,7,3,60,8001", rules=SUMS).events
    row = fact(event)
    assert (row["queued_at"], row["answered_at"], row["wait_ms"]) == ("?", "?", 10_000)


def test_a_talk_above_0_is_an_answer_where_the_profile_says_so(tmp_path: Path) -> None:
    rules = '[derived]\nanswered = "talk_ms > 0"'
    rows = (f"{CALL},60,8001", f"{CALL.replace('c1', 'c2')},0,8001", f"{CALL.replace('c1', 'c3')},,8001")
    found = read(tmp_path, f"{HEADER},通话时长,坐席工号", *rows, rules=rules)
    assert [fact(event)["answered"] for event in found.events] == [True, False, "?"]


def test_a_mark_that_denies_the_moment_of_the_answer_is_in_doubt_with_it(tmp_path: Path) -> None:
    header = f"{HEADER},坐席工号,进入队列时间,坐席应答时间,是否接通"
    found = read(tmp_path, header, f"{CALL},8001,2023-05-01 08:00:05,,是")
    assert [(one.column, one.costs_row) for one in found.problems] == [("是否接通", False)]
    row = fact(*found.events)
    assert (row["queued"], row["answered"]) == (True, "?")


@pytest.mark.parametrize(
    ("header", "cells", "rules", "unknown"),
    [
        ("总时长,通话时长", "40,60", 'wait_ms = "total_ms - talk_ms"', {"wait_ms", "talk_ms"}),
        ("总时长,导航时长", "40,60", 'talk_ms = "total_ms - ivr_ms"', {"talk_ms"}),
        ("挂机时间,人工等待时长", "2023-05-01 08:00:10,500", 'queued = "ivr_ms > 0"', {"wait_ms"}),
        ("挂机时间,通话时长", "2023-05-01 08:01:00,5000", 'queued = "ivr_ms > 0"', {"talk_ms"}),
        (
            "坐席应答时间,导航时长,人工等待时长", "2023-05-01 08:05:00,5,5",
            'queued_at = "entered_at + ivr_ms"', {"wait_ms", "queued_at"},
        ),
        (
            "挂机时间,通话时长,导航时长", "2023-05-01 08:01:00,500,3",
            'answered_at = "ended_at - talk_ms"\nqueued_at = "entered_at + ivr_ms"',
            {"answered_at", "wait_ms", "talk_ms"},
        ),
        (
            "挂机时间,导航时长", "2023-05-01 08:30:00,3600",
            'answered_at = "entered_at + ivr_ms"', {"answered_at"},
        ),
    ],
)  # fmt: skip
def test_durations_that_cannot_be_are_in_doubt_and_the_call_is_not_lost(
    tmp_path: Path, header: str, cells: str, rules: str, unknown: set[str]
) -> None:
    rules = f"[derived]\n{rules}"
    found = read(tmp_path, f"{HEADER},坐席工号,呼叫结果,{header}", f"{CALL},8001,已接听,{cells}", rules=rules)
    assert [one.costs_row for one in found.problems] == [False]
    row = fact(*found.events)
    assert row["answered"] is True
    assert {row[name] for name in unknown} == {"?"}


def test_a_moment_made_of_one_without_seconds_has_none_either(tmp_path: Path) -> None:
    rules = '[derived]\nqueued_at = "entered_at + ivr_ms"'
    cells = "c1,呼入,2023-05-01 08:00,2023-05-01 08:00:40,5,8001"
    [event] = read(tmp_path, f"{HEADER},坐席应答时间,导航时长,坐席工号", cells, rules=rules).events
    assert fact(event)["wait_ms"] == "?"
    rules = '[derived]\nentered_at = "ended_at - total_ms"'
    header, cells = (
        "流水号,呼叫类型,挂机时间,总时长,坐席工号,呼叫结果",
        "c1,呼入,2023-05-01 08:01,30,8001,已接听",
    )
    [event] = read(tmp_path, header, cells, rules=rules).events
    assert fact(event)["entered_at"] == "2023-05-01T08:00:30+08:00"


def test_a_derived_moment_may_rest_on_another(tmp_path: Path) -> None:
    rules = '[derived]\nqueued_at = "answered_at - queueing_ms"\nanswered_at = "ended_at - talk_ms"'
    header = f"{HEADER},呼叫结果,挂机时间,通话时长,排队时长,坐席工号"
    [event] = read(tmp_path, header, f"{CALL},已接听,2023-05-01 08:01:00,30,20,8001", rules=rules).events
    row = fact(event)
    assert (row["queued_at"], row["wait_ms"]) == ("2023-05-01T08:00:10+08:00", 20_000)


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ('queued_at = "queued_at"', "什么也推不出来"),
        ('queued_at = "answered_at - wait_ms"\nanswered_at = "queued_at + wait_ms"', "什么也推不出来"),
        ('answered_at = "entered_at + queued_at"', "不是时长"),
        ('wait_ms = "answered_at - queued_at"', "不是时长"),
        ('queued_at = "queueing_ms"', "由一个时刻起算"),
        ('answered = "talk_ms"', "有没有"),
        ('answered = "agent > 0"', "不是时长"),
        ('answered_at = "talk_ms > 0"', "时刻或时长"),
    ],
)
def test_a_rule_that_makes_nothing_of_its_field_is_refused_with_the_profile(
    tmp_path: Path, rules: str, sentence: str
) -> None:
    folder = profile(tmp_path, f"[derived]\n{rules}")
    with pytest.raises(ProfileProblem, match=sentence):
        read_profile(folder / "own.toml")


def test_what_a_rule_cannot_make_of_a_table_is_named_as_lacking(tmp_path: Path) -> None:
    rules = '[derived]\nqueued_at = "entered_at + ivr_ms"\nwait_ms = "queueing_ms + ring_ms"'
    found = read(tmp_path, f"{HEADER},呼叫结果,排队时长,坐席工号", f"{CALL},已接听,7,8001", rules=rules)
    assert "人工等待时长" in dict(found.recognition.lacking)


@pytest.mark.parametrize("title", ["进入队列时间", "坐席应答时间"])
def test_the_wait_is_lacking_where_only_the_queue_or_only_the_answer_has_a_moment(
    tmp_path: Path, title: str
) -> None:
    found = read(tmp_path, f"{HEADER},坐席工号,呼叫结果,{title}", f"{CALL},8001,已接听,2023-05-01 08:00:05")
    assert "人工等待时长" in dict(found.recognition.lacking)


@pytest.mark.parametrize("how", ["呼叫结果", "是否接通"])
@pytest.mark.parametrize(
    ("header", "cell", "answered"),
    [
        ("接入码", "12345", "?"),
        ("坐席工号", "", "?"),
        ("坐席工号", "8001", True),
        ("坐席振铃时间", "2023-05-01 08:00:10", True),
        ("坐席振铃时间", "", "?"),
        ("排队时长", "0", "?"),
        ("振铃时长", "7", True),
        ("人工等待时长", "7", True),
        ("坐席工号,振铃时长", ",7", "?"),  # it rang at somebody, who is not named as having taken it
    ],
)
def test_who_answered_a_call_is_unknown_where_nothing_of_an_agent_stands_in_its_row(
    tmp_path: Path, how: str, header: str, cell: str, answered: object
) -> None:
    """The IVR answers every call: 已接通 alone may be its answer."""
    found = read(tmp_path, f"{HEADER},{how},{header}", f"{CALL},已接通,{cell}")
    row = fact(*found.events)
    assert (row["answered"], row["queued"]) == (answered, answered)
    if answered == "?" and header == "接入码":
        assert "座席应答时间" in dict(found.recognition.lacking)


@pytest.mark.parametrize(
    ("title", "header", "cells", "answered"),
    [
        ("应答时间", "坐席工号", "", "?"),  # the IVR took it, and the caller hung up in the queue
        ("接通时间", "坐席工号", "", "?"),
        ("接通时间", "坐席工号,呼叫结果", ",已接通", "?"),
        ("应答时间", "坐席工号,呼叫结果", ",人工接听", True),
        ("应答时间", "坐席工号", "8001", True),
        ("坐席应答时间", "坐席工号", "", True),
        ("人工接听时间", "坐席工号", "", True),
        ("应答时间", "接入码", "", True),  # no delivery of this centre names agents
    ],
)
def test_an_answer_that_may_be_the_systems_is_unclear_where_a_row_names_no_agent(
    tmp_path: Path, title: str, header: str, cells: str, answered: object
) -> None:
    queued, at = "2023-05-01 08:00:05", "2023-05-01 08:00:09"
    found = read(tmp_path, f"{HEADER},入队时间,{title},{header}", f"{CALL},{queued},{at},{cells}")
    assert fact(*found.events)["answered"] == answered
    assert [one.column for one in found.problems] == (["坐席工号"] if answered == "?" else [])


def test_a_call_that_nobody_answered_needs_no_agent(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADER},入队时间,应答时间,坐席工号", f"{CALL},2023-05-01 08:00:05,,")
    assert (fact(*found.events)["answered"], found.problems) == (False, [])


@pytest.mark.parametrize("nobody", ["NaN", "Null", "N/A"])
def test_a_word_for_nothing_names_no_agent(tmp_path: Path, nobody: str) -> None:
    row = fact(*read(tmp_path, f"{HEADER},坐席工号,呼叫结果", f"{CALL},{nobody},已接通").events)
    assert (row["answered"], row["agent"]) == ("?", None)


@pytest.mark.parametrize("how", ["呼叫结果", "是否接通"])
def test_a_wait_in_the_queue_does_not_make_an_answer_of_a_connection(tmp_path: Path, how: str) -> None:
    """The IVR answered, and the caller may have left the queue."""
    row = fact(*read(tmp_path, f"{HEADER},{how},排队时长", f"{CALL},已接通,7").events)
    assert (row["answered"], row["queued"]) == ("?", True)


def test_a_word_or_a_rule_that_says_that_an_agent_answered_needs_no_agent(tmp_path: Path) -> None:
    by_word = read(tmp_path, f"{HEADER},呼叫结果", f"{CALL},人工接听")
    by_profile = read(
        tmp_path, f"{HEADER},呼叫结果", f"{CALL},接通", rules='[words.outcome]\nanswered = ["接通"]'
    )
    rule = '[derived]\nanswered = "talk_ms > 0"'
    by_rule = read(tmp_path, f"{HEADER},呼叫结果,通话时长", f"{CALL},接通,20", rules=rule)
    for found in (by_word, by_profile, by_rule):
        assert fact(*found.events)["answered"] is True
    for found in (by_profile, by_rule):
        assert "座席应答时间" not in dict(found.recognition.lacking)


def test_a_rule_that_says_that_no_agent_answered_is_heard(tmp_path: Path) -> None:
    rule = '[derived]\nanswered = "talk_ms > 0"'
    found = read(tmp_path, f"{HEADER},呼叫结果,通话时长", f"{CALL},接通,0", rules=rule)
    assert fact(*found.events)["answered"] is False


DEVICES = (
    "流水号,分段序号,呼叫类型,设备类型,进入队列时间,坐席振铃时间,坐席应答时间,来电时间,挂机时间,"
    "呼叫结果,坐席工号"
)
OF_DEVICES = """
[rows]
each = "device"
summary = "-1"

[derived]
entered_at = "queued_at or rang_at"

[words.part]
queue = ["1"]
agent = ["2"]
ivr = ["3"]
"""


def test_rows_of_devices_tell_their_own_part_of_a_call_each(tmp_path: Path) -> None:
    found = read(
        tmp_path, DEVICES,
        "a,1,呼入,3,,,,2023-05-01 08:00:00,2023-05-01 08:00:05,接听,",
        "a,2,呼入,1,2023-05-01 08:00:05,,,,2023-05-01 08:00:12,接听,",
        "a,-1,呼入,2,,2023-05-01 08:00:12,2023-05-01 08:00:15,,2023-05-01 08:01:15,接听,8001",
        "b,1,呼入,3,,,,2023-05-01 09:00:00,2023-05-01 09:00:05,接听,",
        "b,-1,呼入,1,2023-05-01 09:00:05,,,,2023-05-01 09:00:30,排队放弃,",
        "c,-1,呼入,3,,,,2023-05-01 10:00:00,2023-05-01 10:00:05,IVR放弃,",
        rules=OF_DEVICES,
    )  # fmt: skip
    assert found.problems == []
    by_call = {name: fact(*[one for one in found.events if one["call_id"] == name]) for name in "abc"}
    answered, abandoned, given_up = by_call["a"], by_call["b"], by_call["c"]
    assert answered["entered_at"] == "2023-05-01T08:00:00+08:00"
    assert (answered["queued_at"], answered["answered_at"]) == (
        "2023-05-01T08:00:05+08:00", "2023-05-01T08:00:15+08:00",
    )  # fmt: skip
    assert (answered["wait_ms"], answered["agent"], answered["legs"]) == (10_000, "8001", 1)
    assert (abandoned["queued"], abandoned["answered"], abandoned["outcome"]) == (
        True,
        False,
        "queue_abandoned",
    )
    assert (given_up["queued"], given_up["answered"], given_up["outcome"]) == (False, False, "ivr_abandoned")


IVR_ROW = "a,1,呼入,3,,,,2023-05-01 08:00:00,2023-05-01 08:00:05,接听,"
QUEUE_ROW = "a,2,呼入,1,2023-05-01 08:00:05,,,,2023-05-01 08:00:12,接听,"
AGENT_ROW = "a,-1,呼入,2,,2023-05-01 08:00:12,2023-05-01 08:00:15,,2023-05-01 08:01:15,接听,8001"
UNTAKEN_ROW = "a,3,呼入,2,,2023-05-01 08:00:12,,,2023-05-01 08:00:20,接听,8002"


@pytest.mark.parametrize(
    ("rows", "answered", "queued"),
    [
        ((IVR_ROW,), "?", "?"),
        ((IVR_ROW, QUEUE_ROW), "?", True),
        ((IVR_ROW, QUEUE_ROW, UNTAKEN_ROW), "?", True),
        ((IVR_ROW, QUEUE_ROW.replace(",2,呼入", ",-1,呼入")), "?", True),  # answered, and by nobody
        ((IVR_ROW, QUEUE_ROW, AGENT_ROW.replace("2023-05-01 08:00:15", "昨天")), "?", True),
        ((IVR_ROW, QUEUE_ROW, AGENT_ROW.replace("8001", "机器人01")), "?", True),
        ((IVR_ROW, QUEUE_ROW, UNTAKEN_ROW, AGENT_ROW), True, True),
        ((AGENT_ROW.replace("2023-05-01 08:00:15", "").replace("接听", "振铃未接"),), False, "?"),
    ],
)
def test_a_call_whose_last_device_is_not_delivered_or_not_understood_was_not_left_unanswered(
    tmp_path: Path, rows: tuple[str, ...], answered: object, queued: object
) -> None:
    row = fact(*read(tmp_path, DEVICES, *rows, rules=OF_DEVICES).events)
    assert (row["answered"], row["queued"]) == (answered, queued)


@pytest.mark.parametrize(
    ("rows", "answered"),
    [
        (("1,已接听,",), "?"),  # of music, or of the agent whose row is not there
        (("1,已接听,", "2,无人接听,8001"), False),
        (("1,未接,",), False),
        (("1,已接听,", "2,已接听,8001"), True),
    ],
)
def test_without_a_row_of_a_summary_an_answered_queue_says_nothing_of_agents(
    tmp_path: Path, rows: tuple[str, ...], answered: object
) -> None:
    rules = '[rows]\neach = "device"\n[words.part]\nqueue = ["1"]\nagent = ["2"]'
    lines = [f"a,{number},呼入,2023-05-01 08:00:0{number},{row}" for number, row in enumerate(rows)]
    header = "流水号,分段序号,呼叫类型,来电时间,设备类型,呼叫结果,坐席工号"
    assert fact(*read(tmp_path, header, *lines, rules=rules).events)["answered"] == answered


def test_a_row_of_no_known_device_is_not_taken_for_the_whole_call(tmp_path: Path) -> None:
    found = read(tmp_path, DEVICES, AGENT_ROW.replace("呼入,2", "呼入,"), rules=OF_DEVICES)
    assert [(one.column, one.costs_row) for one in found.problems] == [("设备类型", True)]
    assert found.events == []


@pytest.mark.parametrize(
    ("text", "row", "value"),
    [
        ("queueing_ms + ring_ms", {"queueing_ms": 7000, "ring_ms": 3000}, 10_000),
        ("queueing_ms + ring_ms", {"queueing_ms": 7000, "ring_ms": None}, None),
        ("total_ms - talk_ms", {"total_ms": 9000, "talk_ms": 4000}, 5000),
        ("queueing_ms or ring_ms", {"queueing_ms": None, "ring_ms": 3000}, 3000),
        ("talk_ms > 0", {"talk_ms": 0}, False),
        ("talk_ms > 0", {"talk_ms": None}, None),
    ],
)
def test_a_derived_value_is_what_its_terms_come_to(text: str, row: dict[str, Any], value: object) -> None:
    known = ("queueing_ms", "ring_ms", "talk_ms", "total_ms")
    assert read_derived(text, known).value(row) == value


@pytest.mark.parametrize(
    "text",
    ["", "queueing_ms ring_ms", "+ queueing_ms", "queueing_ms * 2", "queueing_ms + wait", "queueing_ms > 5"],
)
def test_a_derived_value_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(DerivedProblem):
        read_derived(text, ("queueing_ms", "ring_ms"))

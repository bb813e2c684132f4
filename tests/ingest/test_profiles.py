"""Profiles: a vendor's columns, units and words as data."""

import re
import tomllib
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.kinds import KIND_NAMED, Rules
from ingest.profiles.own_profile import ColumnMapping, save_mapping, write_mapping
from ingest.profiles.profile import PACKAGED, Profile, ProfileProblem, candidates, load_profiles, named
from ingest.recognition.header_labels import parse_label
from ingest.recognition.recognise import TableUnknown
from tests.ingest.tables import CALL_1, CALL_HEADER, ORDER_HEADER, csv_file, taken, workbook

LEGS = (
    "通话标识,话段编号,呼叫方向,客户号码,话段开始时间,排队开始时间,振铃时间,接通时间,话段结束时间,"
    "话段结果,受理坐席"
)


def profile(folder: Path, text: str, name: str = "own.toml") -> Path:
    folder = folder / "profiles"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def _lacks_a_column(own: Profile) -> bool:
    """Whether the documentation does not say what every table of the kind must tell."""
    there = {*own.columns, *own.joined, *own.rules.several, *own.rules.derived, *own.constants}
    return any(field.required and field.key not in there for field in own.kind.fields)


@pytest.mark.parametrize("path", sorted(PACKAGED.glob("*.toml")), ids=lambda path: path.stem)
def test_a_packaged_profile_is_recognised_by_its_signature(path: Path, tmp_path: Path) -> None:
    own = load_profiles()[path.stem]
    named = [titles[0] for titles in own.columns.values()]
    several = [title for titles in own.rules.several.values() for title in titles]
    signature = tomllib.loads(path.read_text(encoding="utf-8")).get("signature", [])
    joined = [title for titles in own.joined.values() for title in titles]
    path_of_header = csv_file(tmp_path, ",".join(dict.fromkeys([*named, *several, *joined, *signature])))
    if _lacks_a_column(own):
        with pytest.raises(TableUnknown, match=own.title):
            taken(path_of_header)
        return
    found = taken(path_of_header)
    assert found.recognition.profile.name == path.stem
    ignored = {label.base for label in own.ignored}
    only = {parse_label(title).base for title in own.rules.only}
    assert {parse_label(title).base for title in found.recognition.unused} <= ignored | only


def test_a_platform_that_logs_legs_gives_one_event_a_leg(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        LEGS,
        "a,1,客户呼入,13800000001,2023-05-01 08:00:00,2023-05-01 08:00:09,,,2023-05-01 08:01:00,转下一队列,",
        "a,2,客户呼入,13800000001,2023-05-01 08:01:00,2023-05-01 08:01:00,2023-05-01 08:01:05,"
        "2023-05-01 08:01:08,2023-05-01 08:04:00,已接听,8001",
    )
    legs = taken(path).events
    assert [(leg["leg"], leg["outcome"]) for leg in legs] == [("1", "overflow"), ("2", "answered")]


def test_a_leg_without_a_number_is_known_by_its_start(tmp_path: Path) -> None:
    folder = profile(tmp_path, 'kind = "calls"\n[rows]\neach = "leg"')
    rows = (CALL_1, CALL_1.replace("08:03:05", "08:03:06"))
    found = taken(csv_file(tmp_path, CALL_HEADER, *rows), "own", folder)
    assert len({event["leg"] for event in found.events}) == 2


def test_legs_without_a_number_that_begin_at_once_are_told_apart_by_their_agents(tmp_path: Path) -> None:
    folder = profile(tmp_path, 'kind = "calls"\n[rows]\neach = "leg"')
    rows = (CALL_1, CALL_1.replace(",8001,", ",8002,"))
    found = taken(csv_file(tmp_path, CALL_HEADER, *rows), "own", folder)
    assert [event["leg"].partition("/")[2] for event in found.events] == ["8001", "8002"]
    assert found.problems == []


def test_clock_durations_own_words_and_one_column_for_two_fields(tmp_path: Path) -> None:
    header = "呼叫编号,呼叫方式,呼叫时刻,应答时刻,挂断时刻,通话时间,状态,接线员,对方号码"
    path = csv_file(
        tmp_path, header, "a,呼入,2023-05-01 08:00:00,0,2023-05-01 08:00:20,00:00:00,排队放弃,,13800000001"
    )
    event = taken(path).events[0]
    assert event["queued_at"] == event["entered_at"]
    assert event["answered_at"] is None
    assert event["talk_ms"] == 0


def test_amounts_in_wan_by_the_profile(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "支付令编号,支付事项,应付时点,实付时点,支付数额",
        "V1,劳务费,2023-01-10,2023-01-09,18.915833",
    )
    assert taken(path).events[0]["amount_fen"] == 18_915_833


def test_a_constant_stands_in_for_a_column(tmp_path: Path) -> None:
    folder = profile(tmp_path, 'kind = "calls"\n[constants]\ndirection = "呼入"')
    lines = [line.replace("呼叫类型,", "").replace("呼入,", "") for line in (CALL_HEADER, CALL_1)]
    assert taken(csv_file(tmp_path, *lines), "own", folder).events[0]["direction"] == "inbound"


def test_a_centre_can_make_its_own_profile_the_default(tmp_path: Path) -> None:
    folder = profile(tmp_path, 'kind = "work_orders"\ndefault = true\n[deadline.working_days]\n"投诉" = 5')
    path = csv_file(tmp_path, ORDER_HEADER, "g1,2023-05-04 10:00:00,投诉,城管局,,,,,,,")
    accepted = taken(path, profiles=folder).events[0]
    assert accepted["deadline_at"] == "2023-05-10T18:00:00+08:00"  # 6 May is a make-up Saturday


def test_an_ignored_column_is_not_used(tmp_path: Path) -> None:
    folder = profile(tmp_path, 'kind = "calls"\nignored = ["坐席工号"]')
    found = taken(csv_file(tmp_path, CALL_HEADER, CALL_1), "own", folder)
    assert "agent" not in found.events[0]
    assert found.recognition.unused == ("坐席工号",)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('kind = "phonecalls"', "kind"),
        ('title = "无类型"', "kind"),
        ('kind = "calls"\ncolums = 1', "colums"),
        ('kind = "calls"\n[rows]\neach = "legs"', "each"),
        ('kind = "calls"\n[columns]\ncaller_name = "姓名"', "columns.caller_name"),
        ('kind = "calls"\n[columns]\ncall_id = 5', "columns.call_id"),
        ('kind = "payments"\n[units]\namount_fen = "美元"', "units.amount_fen"),
        ('kind = "calls"\ndates = "年月日"', "dates"),
        ('kind = "calls"\ntime_zone = "北京"', "time_zone"),
        ('kind = "calls"\n[joined]\nentered_at = ["日期"]', "joined.entered_at"),
        ('kind = "calls"\n[words.direction]\nincoming = ["来话"]', "words.direction.incoming"),
        ('kind = "calls"\n[words]\ncall_id = "x"', "words.call_id"),
        ('kind = "work_orders"\n[deadline]\ncutof = "17:00"', "deadline.cutof"),
        ('kind = "work_orders"\n[deadline]\ncutoff = "五点"', "deadline.cutoff"),
        ('kind = "work_orders"\n[deadline.working_days]\n"投诉" = "五天"', "deadline.working_days.投诉"),
        ("kind = ", "TOML"),
        ('kind = "work_orders"\n[deadline.working_days]\n投诉 = 5', "引号"),
        ('kind = "work_orders"\n[deadline.working_hours]\n"投诉" = 48', "deadline.working_hours"),
        ('kind = "work_orders"\n[deadline]\nwork_hours = ["18:00-09:00"]', "deadline.work_hours"),
        ('kind = "work_orders"\n[deadline]\npauses = ["extend"]', "deadline.pauses"),
        (
            'kind = "work_orders"\n[deadline]\nhours = {"投诉" = 1}\nworking_days = {"投诉" = 1}',
            "deadline.hours",
        ),
    ],
)
def test_a_bad_profile_is_told_with_its_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(ProfileProblem) as raised:
        named(load_profiles(profile(tmp_path, text)), "own")
    assert str(raised.value).startswith("导入方案 own.toml 第")
    assert key in str(raised.value)


def test_a_bad_profile_is_told_with_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    text = 'kind = "calls"\n[columns]\ncall_id = "编号"\n\n[units]\ntalk_ms = "圈"\n'
    with pytest.raises(
        ProfileProblem, match=r"^导入方案 own\.toml 第6行：“units\.talk_ms”应为以下之一：毫秒、秒"
    ):
        named(load_profiles(profile(tmp_path, text)), "own")
    with pytest.raises(ProfileProblem, match=r"第3行：“colums”不认识；.*是不是“columns”？"):
        named(load_profiles(profile(tmp_path, 'kind = "calls"\n\n[colums]')), "own")


def test_no_key_is_accepted_that_nothing_reads(tmp_path: Path) -> None:
    with pytest.raises(ProfileProblem) as raised:
        named(load_profiles(profile(tmp_path, 'kind = "calls"\nunheard_of = 1')), "own")
    (listed,) = re.findall(r"可以写的是 (.*?)。", str(raised.value))
    keys = set(listed.split("、")) - {"kind"}
    assert {"columns", "time_zone", "rows", "deadline"} <= keys
    for key in keys:
        with pytest.raises(ProfileProblem, match=f"“{key}"):  # a bare time is no value of any of them
            named(load_profiles(profile(tmp_path, f'kind = "calls"\n{key} = 23:00:00')), "own")


@pytest.mark.parametrize("path", sorted(PACKAGED.glob("*.toml")), ids=lambda path: path.stem)
def test_what_a_ready_profile_tells_people_to_write_can_be_written(path: Path, tmp_path: Path) -> None:
    """A comment such as: 在自己的导入方案里写 time_zone = "UTC"."""
    comments = "".join(line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] == "#")
    places = ("", *(f"{table}\n" for table in re.findall(r"\[\w+\]", comments)))
    for line in re.findall(r'[a-z_]+ = (?:"[^"]*"|\d+|true)', comments):
        assert any(_can_be_written(place + line, tmp_path) for place in places), line


def _can_be_written(text: str, folder: Path) -> bool:
    try:
        named(load_profiles(profile(folder, f'kind = "calls"\n{text}\n')), "own")
    except ProfileProblem:
        return False
    return True


def test_a_faulty_profile_stops_its_own_files_and_no_others(tmp_path: Path) -> None:
    folder = profile(tmp_path, 'kind = "calls"\nsignature = ["某平台流水"]\n[colums]\n')
    assert taken(csv_file(tmp_path, CALL_HEADER, CALL_1), None, folder).problems == []
    with pytest.raises(TableUnknown, match=r"own.*第3行：“colums”不认识"):
        taken(csv_file(tmp_path, f"{CALL_HEADER},某平台流水", f"{CALL_1},1"), None, folder)


def test_an_unknown_profile_lists_the_known_ones() -> None:
    with pytest.raises(ProfileProblem, match="segmented_calls"):
        named(load_profiles(), "没有的")


def test_two_defaults_of_one_kind_are_a_problem(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        folder = profile(tmp_path, 'kind = "calls"\ndefault = true', name)
    with pytest.raises(ProfileProblem, match="默认"):
        candidates(load_profiles(folder))


SPLIT = 'kind = "calls"\n[joined]\nentered_at = ["日期", "时间"]\nqueued_at = ["日期", "进入队列时间"]\n'


def test_a_day_and_a_time_in_two_columns_make_one_moment(tmp_path: Path) -> None:
    folder = profile(tmp_path, SPLIT + 'answered_at = ["日期", "坐席应答时间"]')
    header = "流水号,呼叫类型,日期,时间,进入队列时间,坐席应答时间,呼叫结果"
    rows = ("1,呼入,2024-05-01,08:03:05,08:03:10,08:03:20,已接听", "2,呼入,2024-05-01,9:00:00,,,IVR放弃")
    answered, abandoned = taken(csv_file(tmp_path, header, *rows), "own", folder).events
    assert (answered["entered_at"], answered["answered_at"]) == (
        "2024-05-01T08:03:05+08:00",
        "2024-05-01T08:03:20+08:00",
    )
    assert (abandoned["entered_at"], abandoned["queued_at"]) == ("2024-05-01T09:00:00+08:00", None)


def test_a_workbooks_day_and_time_cells_are_joined(tmp_path: Path) -> None:
    folder = profile(tmp_path, SPLIT + 'answered_at = ["日期", "坐席应答时间"]')
    header = ["流水号", "呼叫类型", "日期", "时间", "进入队列时间", "坐席应答时间", "呼叫结果"]
    times = [time(8, 3, 5), time(8, 3, 10), time(8, 3, 20)]
    path = workbook(tmp_path, header, ["1", "呼入", date(2024, 5, 1), *times, "已接听"])
    event = taken(path, "own", folder).events[0]
    assert (event["entered_at"], event["answered_at"]) == (
        "2024-05-01T08:03:05+08:00",
        "2024-05-01T08:03:20+08:00",
    )


@pytest.mark.parametrize(
    ("order", "written", "day"),
    [
        ("月日年", "5/13/2024", "2024-05-13"),
        ("日月年", "13/05/2024", "2024-05-13"),
        ("日月年", "5/6/2024", "2024-06-05"),
    ],
)
def test_a_date_whose_year_stands_last_is_read_in_the_order_that_was_stated(
    tmp_path: Path, order: str, written: str, day: str
) -> None:
    folder = profile(tmp_path, f'kind = "calls"\ndates = "{order}"')
    row = CALL_1.replace("2023-05-01", written)
    assert taken(csv_file(tmp_path, CALL_HEADER, row), "own", folder).events[0]["entered_at"][:10] == day


@pytest.mark.parametrize(
    ("order", "written"), [("月日年", "13/05/2024"), ("日月年", "5/13/2024"), ("", "5/6/2024")]
)
def test_a_date_that_does_not_fit_its_order_or_has_none_is_a_problem(
    tmp_path: Path, order: str, written: str
) -> None:
    folder = profile(tmp_path, 'kind = "calls"\n' + (f'dates = "{order}"' if order else ""))
    found = taken(csv_file(tmp_path, CALL_HEADER, CALL_1.replace("2023-05-01", written)), "own", folder)
    assert found.events == []
    assert found.problems


SEVERAL = """
kind = "calls"
[first_filled]
answered_at = ["摘机", "接通"]
[earliest]
entered_at = ["振铃", "进线"]
[first_of]
agent = ";"
[only]
"媒体" = ["语音"]
[outbound]
ring_no_answer = "no_reply"
[words.outcome]
"" = ["正常"]
"""
OF_SEVERAL = "流水号,呼叫类型,媒体,进线,振铃,摘机,接通,进入队列时间,坐席工号,呼叫结果"


def test_a_field_is_read_from_several_columns_and_the_first_of_several_values(tmp_path: Path) -> None:
    at = "2023-05-01 08:00"
    rows = (
        f"a,呼入,语音,{at}:05,{at}:09,,{at}:12,{at}:07,8001;8002,正常",
        f"b,呼入,语音,{at}:05,,{at}:15,{at}:12,{at}:07,8001,",
        f"c,呼出,语音,{at}:05,{at}:02,,,,8001,振铃未接",
        f"d,呼入,文字,{at}:05,,,,,,",
    )
    found = taken(csv_file(tmp_path, OF_SEVERAL, *rows), "own", profile(tmp_path, SEVERAL))
    told = [
        (one["entered_at"][17:19], one["answered_at"], one["agent"], one["outcome"]) for one in found.events
    ]
    assert told == [
        ("05", "2023-05-01T08:00:12+08:00", "8001", None),
        ("05", "2023-05-01T08:00:15+08:00", "8001", None),
        ("02", None, "8001", "no_reply"),
    ]
    assert found.skipped == {"媒体不是语音的行": 1}


def test_a_row_without_any_of_several_columns_that_must_be_filled_is_held_back(tmp_path: Path) -> None:
    found = taken(
        csv_file(tmp_path, OF_SEVERAL, "a,呼入,语音,,,,,,8001,正常"), "own", profile(tmp_path, SEVERAL)
    )
    assert found.events == []
    assert [problem.rule for problem in found.problems] == ["不能为空"]


def test_what_a_mapping_keeps_of_several_columns_is_read_again(tmp_path: Path) -> None:
    own = named(load_profiles(profile(tmp_path, SEVERAL)), "own")
    mapping = ColumnMapping(title="又一家", kind=own.kind, columns={"call_id": "流水号"}, rules=own.rules)
    name = save_mapping(tmp_path, "c1", mapping)
    assert named(load_profiles(tmp_path / "profiles", "c1"), name).rules == own.rules


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('kind = "calls"\n[first_filled]\nanswer = ["a", "b"]', "first_filled.answer"),
        ('kind = "calls"\n[outbound]\nanswered = "nobody"', "outbound.answered"),
        ('kind = "payments"\n[outbound]\nanswered = "other"', "outbound"),
    ],
)
def test_a_fault_in_a_table_of_several_columns_is_named(text: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(ProfileProblem, match=key):
        named(load_profiles(profile(tmp_path, text)), "own")


def _read_entered(folder: Path, zone: str, *written: str) -> list[str]:
    """The moments of calls whose cells hold these, by a profile of a zone; those not read are absent."""
    rows = [f"c{number},呼入,{one},,,,," for number, one in enumerate(written)]
    header = "流水号,呼叫类型,进入系统时间,进入队列时间,坐席应答时间,结束时间,坐席工号,呼叫结果"
    own = profile(folder, f'kind = "calls"\ndates = "月日年"\ntime_zone = "{zone}"')
    return [one["entered_at"] for one in taken(csv_file(folder, header, *rows), "own", own).events]


def test_moments_without_a_zone_are_those_of_the_profiles(tmp_path: Path) -> None:
    assert _read_entered(tmp_path, "UTC", "2023-05-01 20:03:05", "2023-05-01 20:03:06") == [
        "2023-05-02T04:03:05+08:00",
        "2023-05-02T04:03:06+08:00",
    ]


def test_a_zone_has_its_own_winter_and_summer(tmp_path: Path) -> None:
    written = ("01/09/2023 09:00:05 PM", "05/09/2023 09:00:05 PM")
    assert _read_entered(tmp_path, "America/New_York", *written) == [
        "2023-01-10T10:00:05+08:00",
        "2023-05-10T09:00:05+08:00",
    ]


@pytest.mark.parametrize(
    "written",
    ["2023-05-01T20:03:05Z", "2023-05-02 04:03:05+08:00", "1682971385", "05/01/2023 4:03:05 PM -0400"],
)
def test_a_moment_that_says_its_zone_stays_what_it_is(tmp_path: Path, written: str) -> None:
    assert _read_entered(tmp_path, "America/New_York", written) == ["2023-05-02T04:03:05+08:00"]


@pytest.mark.parametrize("written", ["2023-11-05 01:30:07", "2023-03-12 02:30:07"])
def test_an_hour_that_clocks_pass_twice_or_never_is_no_moment(tmp_path: Path, written: str) -> None:
    assert _read_entered(tmp_path, "America/New_York", written) == []


def test_a_saved_mapping_keeps_the_zone(tmp_path: Path) -> None:
    own = named(load_profiles(profile(tmp_path, 'kind = "calls"\ntime_zone = "UTC"')), "own")
    mapping = ColumnMapping(
        title="零时区", kind=own.kind, columns={"call_id": "流水号"}, time_zone=own.time_zone
    )
    name = save_mapping(tmp_path, "c1", mapping)
    assert named(load_profiles(tmp_path / "profiles", "c1"), name).zone == own.zone


_ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    ["a\n[deadline]\notherwise = 365", "]\n[deadline", '"', "'''", "\\", "\r\n#", "\x00\x7f"]
)

_TEXTS = st.lists(_ANY_TEXT, min_size=1, max_size=2)


@given(
    title=_ANY_TEXT,
    columns=st.dictionaries(st.sampled_from(list(KIND_NAMED["calls"].by_key)), _ANY_TEXT, max_size=3),
    ignored=st.lists(_ANY_TEXT, max_size=2),
    constants=st.dictionaries(_ANY_TEXT, _ANY_TEXT, max_size=2),
    words=st.dictionaries(
        _ANY_TEXT,
        st.dictionaries(_ANY_TEXT, st.lists(_ANY_TEXT, min_size=1, max_size=2), min_size=1),
        max_size=2,
    ),
    only=st.dictionaries(_ANY_TEXT, st.lists(_ANY_TEXT, min_size=1, max_size=2), max_size=2),
)
def test_whatever_a_mapping_says_comes_back_and_no_other_key_appears(
    title: str,
    columns: dict[str, str],
    ignored: list[str],
    constants: dict[str, str],
    words: dict[str, dict[str, list[str]]],
    only: dict[str, list[str]],
) -> None:
    mapping = ColumnMapping(
        title=title, kind=KIND_NAMED["calls"], columns=columns, ignored=tuple(ignored), constants=constants,
        words={key: {one: tuple(told) for one, told in meanings.items()} for key, meanings in words.items()},
        rules=Rules(only={key: tuple(told) for key, told in only.items()}),
    )  # fmt: skip
    expected = {
        "title": title, "kind": "calls", "signature": list(dict.fromkeys(columns.values())),
        "columns": columns, "ignored": ignored, "constants": constants, "words": words, "only": only,
    }  # fmt: skip
    assert tomllib.loads(write_mapping(mapping)) == {key: one for key, one in expected.items() if one}


def test_the_name_of_a_field_cannot_open_another_table(tmp_path: Path) -> None:
    name = "outcome]\n[deadline]\notherwise = 365\n[words.direction"
    words = {name: {"answered": ("正常",)}}
    mapping = ColumnMapping(
        title="某平台", kind=KIND_NAMED["calls"], columns={"call_id": "流水号"}, words=words
    )
    with pytest.raises(ProfileProblem, match="不是“"):
        save_mapping(tmp_path, "c1", mapping)
    assert not list(tmp_path.rglob("*.toml"))


def test_a_saved_mapping_keeps_the_rule_of_deadlines(tmp_path: Path) -> None:
    text = (
        'kind = "work_orders"\n[deadline]\notherwise = 5\ncutoff = 17:00:00\npauses = "extend"\n'
        'work_hours = ["09:00-12:00", "14:00-18:00"]\n[deadline.working_days]\n"咨 询" = 3\n'
    )
    own = named(load_profiles(profile(tmp_path, text)), "own")
    mapping = ColumnMapping(title="某市", kind=own.kind, columns={"order_id": "工单号"}, rules=own.rules)
    name = save_mapping(tmp_path, "c1", mapping)
    assert named(load_profiles(tmp_path / "profiles", "c1"), name).rules == own.rules

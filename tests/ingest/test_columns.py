"""Calls read column by column say what they say row by row, or are left to that way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.importing.row_compiler import RowReader, RowUnfit
from ingest.kinds import Reading, RowProblem, Rules
from ingest.profiles.profile import candidates, load_profiles
from ingest.recognition.recognise import Recognition, recognise
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file, taken
from tracker.log import PreparedEvent, prepare_event
from tracker.tabular import Cell, open_tables

HEADER = (
    "流水号,呼叫类型,主叫号码,进入系统时间,进入队列时间,坐席振铃时间,坐席应答时间,结束时间,技能组,坐席工号,"
    "通话时长,呼叫结果,满意度按键"
)
USUAL = (
    "c1", "呼入", "13800000001", "2023-05-01 08:03:05", "2023-05-01 08:03:10", "2023-05-01 08:03:12",
    "2023-05-01 08:03:20", "2023-05-01 08:05:00", "综合受理", "8001", "100", "已接听", "1",
)  # fmt: skip

usual_moments = st.tuples(st.integers(0, 2), st.integers(0, 59)).map(
    lambda at: f"2023-05-01 08:0{at[0]}:{at[1]:02}"
)
moments = st.one_of(
    usual_moments,
    st.sampled_from(
        ["", "0", "-", "2023-05-01T08:03:05", "2023/5/1 8:03", "2023-05-01", "2023-05-01 24:00:00", "无",
         "2023-02-30 08:00:00", "1970-01-01 08:00:00", "2100-01-01 00:00:00", "20230501T080305.123",
         "2023-W18-1 08:03:05", "2023-05-01 08+08:00", "2023-05-01 08:03:05.5", "２０２３-05-01 08:03:05",
         "2023-05-01 23:59:59", "2023-05-02 00:00:01"]
    ),
)  # fmt: skip
ROWS = st.tuples(
    st.sampled_from(
        ["c1", "A-1", "=\"7\"", "编号1", "合计", "", "无", "c 1", "c\\1", 'c"1', "1.5E+20", "7.0", "#N/A"]
    ),
    st.sampled_from(["呼入", "呼入", "呼出", "来电", "不知道", ""]),
    st.sampled_from(["13800000001", "", "0995-8123456", "匿名", "138****0001", "打错了", "+8613800000001"]),
    moments,
    moments,
    moments,
    moments,
    moments,
    st.sampled_from(["综合受理", "", "A组\"甲\"", "a\\b", "坏\ufffd", "合计", "组\n二"]),
    st.sampled_from(["8001", "", "８００１", "no one"]),
    st.sampled_from(["100", "", "1:40", "-3", "100.4", "一百", "101", "102", "3600", "0"]),
    st.sampled_from(["已接听", "队列放弃", "", "机器人", "留言", "未接听"]),
    st.sampled_from(["1", "", "满意"]),
).flatmap(
    # from the usual row some cells of the odd one
    lambda odd: st.sets(st.integers(0, len(odd) - 1), max_size=4).map(
        lambda places: [odd[n] if n in places else cell for n, cell in enumerate(USUAL)]
    )
)  # fmt: skip

REPEATABLY = settings(deadline=None, derandomize=True, database=None, max_examples=300)


@pytest.fixture(scope="module")
def recognition(tmp_path_factory: pytest.TempPathFactory) -> Recognition:
    path = csv_file(tmp_path_factory.mktemp("calls"), HEADER, ",".join(USUAL))
    [table], _ = open_tables(path)
    return recognise(table.head(), candidates(load_profiles(None)))


def reader_of(recognition: Recognition, rules: Rules | None = None, today: date | None = None) -> RowReader:
    recognition.notices.clear()
    token = "{}-{}".format
    return RowReader(recognition, Reading(token=token, rules=rules or Rules(), today=today))


def long_way(reader: RowReader, number: int, cells: Sequence[Cell]) -> PreparedEvent | None:
    try:
        [event] = reader.events(cells)
    except (RowUnfit, RowProblem):
        return None
    return prepare_event(event, number, alone=True)


@REPEATABLY
@given(
    rows=st.lists(ROWS, min_size=1, max_size=5),
    today=st.sampled_from([None, date(2023, 4, 29), date(2023, 4, 30), date(2023, 5, 1)]),
)
def test_both_ways_say_the_same(recognition: Recognition, rows: list[list[str]], today: date | None) -> None:
    reader = reader_of(recognition, today=today)
    numbered = list(enumerate(rows, 2))
    ready = list(reader.prepared(numbered))
    assert not reader.recognition.notices
    cells_of = dict(numbered)
    for event in ready:
        assert event.row is not None
        assert event._replace(words=None) == long_way(reader, event.row, cells_of.pop(event.row))
        reader.recognition.notices.clear()


@REPEATABLY
@given(rows=st.lists(ROWS, min_size=1, max_size=5))
def test_no_usual_row_goes_the_long_way(recognition: Recognition, rows: list[list[str]]) -> None:
    numbered = list(enumerate([*rows, list(USUAL)], 2))
    assert reader_of(recognition).prepared(numbered).rows[-1] == numbered[-1][0]


@pytest.mark.parametrize("cells", [USUAL[:-1], (*USUAL, ""), (), tuple(range(13))])
def test_rows_of_another_shape_go_the_long_way(recognition: Recognition, cells: tuple[Cell, ...]) -> None:
    assert reader_of(recognition).prepared([(2, cells), (3, USUAL)]).rows == [3]


def test_calls_told_leg_by_leg_go_the_long_way(recognition: Recognition) -> None:
    assert not reader_of(recognition, Rules(legs=True)).prepared([(2, USUAL)])


def test_a_constant_of_the_profile_stands_for_its_column(recognition: Recognition) -> None:
    columns = {key: place for key, place in recognition.columns.items() if key != "direction"}
    profile = replace(recognition.profile, constants={"direction": "呼出"})
    reader = reader_of(replace(recognition, columns=columns, profile=profile))
    [ready] = reader.prepared([(2, USUAL)])
    assert b'"direction":"outbound"' in ready.text
    assert ready._replace(words=None) == long_way(reader, 2, USUAL)


def test_columns_that_are_not_there_say_nothing(tmp_path: Path) -> None:
    header = "流水号,呼叫类型,进入系统时间,进入队列时间,坐席应答时间"
    cells = ["c1", "呼入", "2023-05-01 08:03:05", "", ""]
    [table], _ = open_tables(csv_file(tmp_path, header, ",".join(cells)))
    reader = reader_of(recognise(table.head(), candidates(load_profiles(None))))
    [ready] = reader.prepared([(2, cells)])
    assert ready._replace(words=None) == long_way(reader, 2, cells)


def test_the_rows_of_the_other_tests_go_the_short_way(tmp_path: Path) -> None:
    [table], _ = open_tables(csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2))
    reader = reader_of(recognise(table.head(), candidates(load_profiles(None))))
    assert reader.prepared([(2, CALL_1.split(",")), (3, CALL_2.split(","))]).rows == [2, 3]


def test_a_wait_over_midnight_is_the_same_both_ways(recognition: Recognition) -> None:
    late = list(USUAL)
    late[4:8] = "2023-05-01 23:59:50", "2023-05-01 23:59:55", "2023-05-02 00:01:10", "2023-05-02 00:20:00"
    reader = reader_of(recognition)
    [ready] = reader.prepared([(2, late)])
    assert ready.fact is not None and b",80000," in ready.fact
    assert ready._replace(words=None) == long_way(reader, 2, late)


def test_rows_that_go_different_ways_keep_their_order(tmp_path: Path) -> None:
    short, long = CALL_1, CALL_1.replace("2023-05-01 08:03:05", "2023/5/1 8:03:05")
    assert short != long
    found = taken(csv_file(tmp_path, CALL_HEADER, *(
        (short, long)[number % 3 == 0].replace("c1", f"x{number}") for number in range(9)
    )))  # fmt: skip
    assert [(event["row"], event["call_id"]) for event in found.events] == [
        (number + 2, f"x{number}") for number in range(9)
    ]


@pytest.mark.parametrize("apart", [0, 300], ids=["read together", "read apart"])
def test_a_call_told_twice_is_compared_whichever_way_it_went(tmp_path: Path, apart: int) -> None:
    between = (CALL_1.replace("c1", f"x{number}") for number in range(apart))
    other = CALL_1.replace("8001", "8002")
    assert other != CALL_1
    found = taken(csv_file(tmp_path, CALL_HEADER, CALL_1, *between, CALL_1, other))
    [problem] = found.problems
    assert (problem.row, problem.rule) == (apart + 4, f"与第 {apart + 3} 行编号相同、内容不同")
    assert len(found.events) == apart + 2

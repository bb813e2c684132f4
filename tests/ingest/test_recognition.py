"""What a table is, from its header alone."""

import inspect
from collections import Counter
from pathlib import Path

import pytest

from ingest.kinds import KINDS, Kind, Reading
from ingest.profiles import candidates, load_profiles
from ingest.readers import open_tables
from ingest.recognition import TableUnknown, recognise
from tests.conftest import DATA
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file, taken

SAMPLE = {
    "话单_2023-01.csv": "calls",
    "工单_2023-01.xlsx": "work_orders",
    "人员花名册.xlsx": "roster",
    "岗位核定.csv": "posts",
    "支付明细.xlsx": "payments",
    "预算.xlsx": "budget",
    "平台巡检.csv": "probes",
    "满意度问卷.csv": "survey_answers",
    "问卷发放.csv": "survey_issues",
    "日报.csv": "daily_counts",
    "培训记录.xlsx": "training",
    "话务质检.xlsx": "inspections",
}


@pytest.mark.parametrize(("name", "kind"), SAMPLE.items())
def test_every_kind_of_sample_file_is_recognised(name: str, kind: str) -> None:
    tables, _ = open_tables(DATA / name)
    assert recognise(tables[0].head(), candidates(load_profiles())).profile.name == kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kinds_fields_alone_are_recognised_as_that_kind(kind: Kind, tmp_path: Path) -> None:
    titles = [field.title for field in kind.fields if not field.many]
    if kind.name == "survey_answers":
        titles += ["您知道12345热线吗", "您是否满意"]
    found = recognise([(1, titles)], candidates(load_profiles()))
    assert found.profile.kind is kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_title_belongs_to_two_fields_of_a_kind(kind: Kind) -> None:
    titles = Counter(label for field in kind.fields for label in dict.fromkeys(field.labels))
    assert [title for title, fields in titles.items() if fields > 1] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_builds_events_from_its_fields_in_their_order(kind: Kind) -> None:
    parameters = list(inspect.signature(kind.build(Reading(token=lambda kind, value: ""))).parameters)
    assert parameters in ([field.key for field in kind.fields], ["values"])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_is_dated_by_a_field_that_must_be_filled(kind: Kind) -> None:
    assert kind.by_key[kind.dated_by].must_be_filled
    assert set(kind.one_of) <= set(kind.by_key)


def test_titles_are_compared_without_width_blanks_brackets_and_case(tmp_path: Path) -> None:
    header = (
        "＊流水号（必填）,呼叫 类型,主叫号码,进入系统时间\u3000,进入队列时间(北京),坐席应答时间,结束时间,"
        "AgentID,呼叫结果"
    )
    assert len(taken(csv_file(tmp_path, header, CALL_1)).events) == 1


def test_another_vendors_titles_are_recognised(tmp_path: Path) -> None:
    header = "呼叫ID,呼叫方向,来电号码,呼入时间,入队时间,接听时间,挂机时间,座席工号,通话结果"
    used = dict(taken(csv_file(tmp_path, header, CALL_1)).recognition.used)
    assert used["进入队列时间"] == "入队时间"
    assert used["坐席应答时间"] == "接听时间"


def test_the_more_certain_title_wins_and_the_other_is_left(tmp_path: Path) -> None:
    recognition = taken(csv_file(tmp_path, f"{CALL_HEADER},来电号码", f"{CALL_1},139")).recognition
    assert dict(recognition.used)["主叫号码"] == "主叫号码"
    assert recognition.unused == ("来电号码",)


def test_columns_that_nothing_reads_are_named_and_not_stored(tmp_path: Path) -> None:
    path = csv_file(tmp_path, f"{CALL_HEADER},市民姓名,诉求内容", f"{CALL_1},王小明,家住某小区3号楼")
    found = taken(path)
    assert found.recognition.unused == ("市民姓名", "诉求内容")
    assert "王小明" not in str(found.events)
    assert "小区" not in str(found.events)


def refusal(folder: Path, *lines: str) -> str:
    with pytest.raises(TableUnknown) as refused:
        taken(csv_file(folder, *lines))
    return str(refused.value)


def test_a_missing_column_is_named_with_the_nearest_kind(tmp_path: Path) -> None:
    sentence = refusal(tmp_path, CALL_HEADER.replace("进入队列时间", "不知道什么"), CALL_1)
    assert "话单" in sentence
    assert "缺少 “进入队列时间”" in sentence


def test_a_table_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    assert "看不出" in refusal(tmp_path, "菜名,价格,日期", "拌面,18,2023-05-01")


def test_a_title_that_occurs_twice_is_doubtful(tmp_path: Path) -> None:
    assert "可能是这几列" in refusal(tmp_path, f"{CALL_HEADER},进入队列时间", f"{CALL_1},2023-05-01 08:03:11")


def test_work_orders_without_their_number_are_not_taken_for_a_survey(tmp_path: Path) -> None:
    header = "序号,提交时间,受理时间,诉求类型,承办单位,办结时间,您是否满意"
    assert "工单编号" in refusal(tmp_path, header, "1,2023-05-01,2023-05-01 08:00:00,投诉,城管局,,满意")


def test_a_file_of_free_text_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "这是一封信。", "没有表格。")

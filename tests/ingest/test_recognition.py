"""What a table is, from its header alone."""

import inspect
from collections import Counter
from pathlib import Path

import pytest

from ingest.kinds import KINDS, Reading, TableKind
from ingest.kinds.kind import AmbiguousTitles
from ingest.profiles.profile import candidates, load_profiles
from ingest.recognition.recognise import Recognition, TableUnknown, recognise
from kpi.figures.indicators import INDICATORS
from kpi.figures.measures import MEASURES
from kpi.figures.measures.certainty import find_fields
from tests.conftest import DATA
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file, taken
from tracker.tabular import open_tables

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
def test_a_kinds_fields_alone_are_recognised_as_that_kind(kind: TableKind, tmp_path: Path) -> None:
    titles = [field.title for field in kind.fields if not field.many]
    if kind.name == "survey_answers":
        titles += ["您知道12345热线吗", "您是否满意"]
    found = recognise([(1, titles)], candidates(load_profiles()))
    assert found.profile.kind is kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_title_belongs_to_two_fields_of_a_kind(kind: TableKind) -> None:
    titles = Counter(label for field in kind.fields for label in dict.fromkeys(field.labels))
    assert [title for title, fields in titles.items() if fields > 1] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_builds_events_from_its_fields_in_their_order(kind: TableKind) -> None:
    parameters = list(inspect.signature(kind.build(Reading(token=lambda kind, value: ""))).parameters)
    assert parameters in ([field.key for field in kind.fields], ["values"])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_is_dated_by_a_field_that_must_be_filled(kind: TableKind) -> None:
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
    assert used["座席应答时间"] == "接听时间"


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
    sentence = refusal(tmp_path, CALL_HEADER.replace("进入系统时间", "不知道什么"), CALL_1)
    assert "话单" in sentence
    assert "缺少 “进入系统时间”" in sentence


def test_a_table_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    assert "无法识别数据类型" in refusal(tmp_path, "菜名,价格,日期", "拌面,18,2023-05-01")


def test_a_title_that_occurs_twice_is_doubtful(tmp_path: Path) -> None:
    assert "可能是这几列" in refusal(tmp_path, f"{CALL_HEADER},进入队列时间", f"{CALL_1},2023-05-01 08:03:11")


def test_work_orders_without_their_number_are_not_taken_for_a_survey(tmp_path: Path) -> None:
    header = "序号,提交时间,受理时间,诉求类型,承办单位,办结时间,您是否满意"
    assert "工单编号" in refusal(tmp_path, header, "1,2023-05-01,2023-05-01 08:00:00,投诉,城管局,,满意")


def test_a_file_of_free_text_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "这是一封信。", "没有表格。")


AMBIGUOUS = [
    (kind, one, title, key)
    for kind in KINDS
    for one in kind.ambiguous
    for title in one.titles.split()
    for key in one.fields
]


def titles_but(kind: TableKind, *without: str) -> list[str]:
    return [field.title for field in kind.fields if field.key not in without and not field.many]


def recognised(*titles: str, profiles: Path | None = None) -> Recognition:
    return recognise([(1, list(titles))], candidates(load_profiles(profiles)))


@pytest.mark.parametrize(("kind", "one", "title", "key"), AMBIGUOUS, ids=lambda value: str(value)[:12])
def test_a_title_of_several_meanings_is_asked_about_only_where_its_field_has_no_other_column(
    kind: TableKind, one: AmbiguousTitles, title: str, key: str
) -> None:
    whole = recognised(*titles_but(kind), title)
    assert title in whole.unused
    titles = [*titles_but(kind, key), title]
    if not kind.by_key[key].decides:
        assert key not in recognised(*titles).columns
        assert any(title in notice for notice in recognised(*titles).notices)
        return
    with pytest.raises(TableUnknown) as asked:
        recognised(*titles)
    meanings = [*(kind.by_key[each].title for each in one.fields), *filter(None, [one.or_else])]
    for said in (
        f"“{title}”列可能是",
        *meanings,
        f'{key} = "{title}"',
        f'ignored = ["{title}"]',
        "列对应关系",
    ):
        assert said in str(asked.value)


@pytest.mark.parametrize(("kind", "one", "title", "key"), AMBIGUOUS, ids=lambda value: str(value)[:12])
def test_a_title_that_was_asked_about_is_known_from_then_on(
    kind: TableKind, one: AmbiguousTitles, title: str, key: str, tmp_path: Path
) -> None:
    lines = f'kind = "{kind.name}"\ndefault = true\n[columns]\n{key} = "{title}"\n'
    (tmp_path / "centre.toml").write_text(lines, encoding="utf-8")
    found = recognised(*titles_but(kind, key), title, profiles=tmp_path)
    assert [column.label for column in found.columns[key]] == [title]


@pytest.mark.parametrize(
    ("titles", "field", "among"),
    [
        (
            "流水号,呼叫类型,进入系统时间,进入队列时间,接听时间,接通时间",
            "座席应答时间",
            "接听时间”、“接通时间",
        ),
        (
            "流水号,呼叫类型,StartTime,BeginTime,进入队列时间,应答时间",
            "进入系统时间",
            "StartTime”、“BeginTime",
        ),
        ("工单编号,受理时间,诉求性质,诉求类别,办结时间", "诉求类型", "诉求性质”、“诉求类别"),
        ("工单编号,受理时间,答复时间,结案时间", "办结时间", "答复时间”、“结案时间"),
        ("凭证号,费用项目,约定支付日,付款日期,到账日期,金额", "实际支付日", "付款日期”、“到账日期"),
    ],
)
def test_two_titles_of_a_field_that_figures_turn_on_are_asked_about(
    titles: str, field: str, among: str
) -> None:
    with pytest.raises(TableUnknown) as asked:
        recognised(*titles.split(","))
    assert f"“{field}”可能是这几列中的任一列：“{among}”" in str(asked.value)


def test_the_title_of_a_field_itself_needs_no_question() -> None:
    found = recognised("工单编号", "受理时间", "诉求类型", "办结时间", "结案时间", "答复时间")
    assert dict(found.used)["办结时间"] == "办结时间"


def test_the_agents_answer_is_told_from_the_systems() -> None:
    found = recognised("UniqueId", "CallType", "进线时间", "JoinQueueTime", "AnswerTime", "BridgeTime")
    assert dict(found.used)["座席应答时间"] == "BridgeTime"


def test_the_day_of_joining_is_not_that_of_a_first_job() -> None:
    found = recognised("工号", "姓名", "岗位", "参加工作日期", "来本单位时间")
    assert dict(found.used)["入职日期"] == "来本单位时间"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_declares_what_only_it_has(kind: TableKind) -> None:
    assert kind.mark
    named = [kind.mark, *(one.unless for one in kind.lookalikes)]
    assert {word for one in named for word in one.split() if word.isascii()} <= set(kind.by_key)


@pytest.mark.parametrize(
    ("titles", "told"),
    [
        ("工单编号,创建时间,回访时间,是否解决,满意度,回访员", "回访清单，不是工单"),
        ("工单编号,受理时间,承办单位,回访时间,满意度", "回访清单，不是工单"),
        ("工单编号,受理时间,诉求类型,承办单位,回访时间,回访人,满意度", "回访清单，不是工单"),
        ("工单编号,受理时间,诉求类型,承办单位,催办时间,催办人", "催办、督办清单，不是工单"),
        ("工单编号,受理时间,诉求类型,退回时间,退回原因", "退单、改派清单，不是工单"),
        ("工单编号,受理时间,延期至", "延期清单，不是工单"),
        ("任务编号,创建时间,完成时间,责任单位,截止时间", "像“工单”"),
        ("工号,姓名,入职日期,接听量,平均通话时长", "座席话务或考勤报表，不是人员花名册"),
        ("工号,姓名,岗位,入职日期,出勤天数", "座席话务或考勤报表，不是人员花名册"),
        ("工号,姓名,入职日期,班次", "像“人员花名册”"),
        ("StaffNo,Status,Timestamp", "像“平台巡检”"),
        ("执行日期,岗位类别,应到人数", "像“岗位核定”"),
    ],
)
def test_a_list_of_something_else_is_not_taken_for_a_kind_that_has_its_columns(
    titles: str, told: str
) -> None:
    with pytest.raises(TableUnknown) as refused:
        recognised(*titles.split(","))
    assert told in str(refused.value)
    assert "请导出" in str(refused.value)


def test_whoever_names_every_column_that_must_be_there_says_what_the_table_is(tmp_path: Path) -> None:
    lines = (
        'kind = "work_orders"\ndefault = true\n[columns]\norder_id = "任务编号"\naccepted_at = "创建时间"\n'
    )
    (tmp_path / "centre.toml").write_text(lines, encoding="utf-8")
    found = recognised("任务编号", "创建时间", "完成时间", profiles=tmp_path)
    assert found.profile.name == "centre"


def test_every_field_that_figures_turn_on_says_what_its_absence_costs() -> None:
    """And names no indicator that does not turn on it."""
    # who said what was answered was reached; an export without states does not list what was cancelled, and
    # one without later deadlines need not say when they were granted; a budget is that of its day's year
    costless = {"reached", "cancelled", "cancelled_at", "extended_at", "budget_year"}
    turning: dict[tuple[str, str], set[str]] = {}
    for indicator in INDICATORS.values():
        for measure in (MEASURES[key] for key in indicator.formula.measures):
            for _, name in find_fields(measure.where, measure.value, measure.among.day):
                source = measure.among.source
                told_by = {
                    ("work_orders", "called_back"): "followed_up_at",
                    ("calls", "satisfied"): "rating",
                    ("calls", "queued"): "queued_at",
                    ("calls", "answered"): "answered_at",
                }
                turning.setdefault((source, told_by.get((source, name), name)), set()).add(indicator.title)
    told = {
        (kind.source, field.key): {*field.cost.removesuffix("等").split("、")}
        for kind in KINDS
        for field in kind.fields
        if field.cost
    }
    optional = {
        (kind.source, field.key)
        for kind in KINDS
        for field in kind.fields
        if not field.required and field.key not in costless
    }
    assert told.keys() == turning.keys() & optional
    assert [place for place, titles in told.items() if not titles <= turning[place]] == []


def test_a_column_that_is_not_there_is_named_with_what_it_costs() -> None:
    found = recognised("工号", "姓名", "岗位", "入职日期", "最后工作日")
    assert found.lacking == (
        ("学历", "学历达标率（大专以上）"),
        ("学历核验编号", "学历核验率"),
        ("岗前考核成绩", "培训上岗率"),
    )

"""What a title's brackets, or the group above it, say: harmless, understood, or asked about."""

from decimal import Decimal
from pathlib import Path

import pytest

from ingest.cells import find_full_marks
from ingest.kinds import KINDS, TableKind
from ingest.profiles.profile import candidates, load_profiles
from ingest.recognition.header import find_groups
from ingest.recognition.header_labels import parse_label
from ingest.recognition.recognise import Recognition, TableUnknown, recognise
from ingest.recognition.title_remarks import find_doubt
from kpi.figures.figure import Status
from tests.centre import Centre
from tests.ingest.tables import csv_file, taken
from tracker.database import Database
from tracker.periods import Month

CALLS = "流水号,呼叫类型,进入系统时间,进入队列时间,坐席应答时间,结束时间,呼叫结果"
ORDERS = "工单编号,受理时间,诉求类型,承办单位,办结时限,办结时间,回访时间,是否接通,是否解决,满意度"
PAYMENTS = "凭证号,费用项目,约定支付日,实际支付日,金额"
ROSTER = "工号,姓名,岗位,学历,入职日期,离职日期,岗前考核成绩"
MAY = Month(2024, 5)


def recognised(*lines: str, profiles: Path | None = None) -> Recognition:
    rows = [(number, line.split(",")) for number, line in enumerate(lines, 1)]
    return recognise(rows, candidates(load_profiles(profiles)))


def refusal(*lines: str, profiles: Path | None = None) -> str:
    with pytest.raises(TableUnknown) as asked:
        recognised(*lines, profiles=profiles)
    return str(asked.value)


def profile(folder: Path, kind: str, text: str) -> Path:
    (folder / "centre.toml").write_text(f'kind = "{kind}"\ndefault = true\n{text}\n', encoding="utf-8")
    return folder


CHANGED = [
    (ORDERS, "是否解决", "是否解决（承办单位自评）", "承办单位自评"),
    (ORDERS, "满意度", "满意度【系统默认】", "系统默认"),
    (ORDERS, "办结时间", "办结时间（预计）", "预计"),
    (ORDERS, "办结时间", "办结时间(必填)(承诺)", "承诺"),
    (ORDERS, "受理时间", "受理时间（UTC）", "utc"),
    (CALLS, "坐席应答时间", "接通时间（系统语音）", "系统语音"),
    (CALLS, "坐席应答时间", "接听时间（秒）", "秒"),
    (PAYMENTS, "实际支付日", "付款日期（拟）", "拟"),
    (PAYMENTS, "金额", "金额（元，累计）", "累计"),
    (ROSTER, "岗前考核成绩", "岗前考核成绩（补考）", "补考"),
    (ROSTER, "入职日期", "入职日期（集团）", "集团"),
    (ROSTER, "岗前考核成绩", "岗前考核成绩（72分合格）", "72分合格"),
    (CALLS, "坐席应答时间", "坐席应答时间(ivr_time)", "ivr_time"),
    (CALLS, "呼叫结果", "呼叫结果（IVR）", "ivr"),
    ("日期,发送短信数", "发送短信数", "发送短信数（本月累计）", "本月累计"),
    ("培训日期,培训内容,应到人数,实到人数", "实到人数", "实到人数（含线上观看）", "含线上观看"),
    ("生效日期,岗位,核定人数", "核定人数", "核定人数（拟申报）", "拟申报"),
]


@pytest.mark.parametrize(("header", "title", "remarked", "remark"), CHANGED)
def test_a_remark_that_may_change_what_a_column_means_is_asked_about(
    header: str, title: str, remarked: str, remark: str
) -> None:
    sentence = refusal(header.replace(title, remarked))
    for said in (
        f"“{remarked}”列注有“{remark}”，请确认它还是不是",
        "列对应关系",
        f'ignored = ["{remarked}"]',
    ):
        assert said in sentence


@pytest.mark.parametrize(("header", "title", "remarked", "remark"), CHANGED)
def test_what_was_answered_about_a_remark_is_known_from_then_on_and_of_that_remark_alone(
    header: str, title: str, remarked: str, remark: str, tmp_path: Path
) -> None:
    header = header.replace(title, remarked)
    key = refusal(header).partition("[columns] 下写 ")[2].partition(" =")[0]
    kind = next(kind for kind in KINDS if f'kind = "{kind.name}"' in refusal(header))
    zone = 'time_zone = "UTC"\n' if remark == "utc" else ""
    folder = profile(tmp_path, kind.name, f'{zone}[columns]\n{key} = "{remarked}"')
    assert recognised(header, profiles=folder).columns[key][0].label == remarked
    assert "请确认" in refusal(header.replace(remarked, f"{remarked}（试算）"), profiles=folder)
    if not kind.by_key[key].required and key not in kind.one_of:
        folder = profile(tmp_path, kind.name, f'ignored = ["{remarked}"]')
        assert key not in recognised(header, profiles=folder).columns
        assert key in recognised(f"{header},{title}", profiles=folder).columns


HARMLESS = [
    "必填", "选填", "必填项", "下拉", "下拉选择", "格式yyyy-mm-dd", "格式：YYYY-MM-DD HH:MM:SS", "24小时制",
    "北京时间", "如2024-01-01", "年月日", "系统自动生成", "文本格式", "2024年", "5月", "必填，下拉", "唯一",
    "精确到秒", "UTC+8", "是/否", "请勿修改", "时:分:秒",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_hints_on_how_a_column_is_filled_in_ask_nothing(kind: TableKind) -> None:
    for field in kind.fields:
        for remark in [*HARMLESS, *(field.names.split()[:3]), field.title]:
            label = parse_label(f"{field.title}（{remark}）")
            assert field.many or find_doubt(label, field, kind.remarks) is None, (field.title, remark)


@pytest.mark.parametrize(
    ("header", "title", "remarked"),
    [
        (ORDERS, "办结时间", "办结时间（实际）"),
        (ORDERS, "是否解决", "是否解决（回访）"),
        (ORDERS, "满意度", "满意度（群众评价）"),
        (ORDERS, "办结时限", "办结时限（工作日）"),
        (CALLS, "坐席应答时间", "接通时间（人工）"),
        (CALLS, "结束时间", "结束时间(end_time)"),
        (ORDERS, "办结时限", "办结时限（5个工作日）"),
        (ORDERS, "满意度", "满意度（非常满意/满意/一般/不满意）"),
        (ORDERS, "诉求类型", "诉求类型（咨询、投诉、求助、建议、举报）"),
        (CALLS, "坐席应答时间", "坐席应答时间(answer_time)"),
        (CALLS, "呼叫结果", "呼叫结果（1已接听2队列放弃）"),
        (ROSTER, "离职日期", "离职日期（在职不填）"),
        (ROSTER, "岗前考核成绩", "岗前考核成绩（60分合格）"),
        (PAYMENTS, "实际支付日", "实际支付日（银行回单）"),
        (PAYMENTS, "金额", "金额（元，含税）"),
        (PAYMENTS, "实际支付日", "支付日期（实际）"),
        (ROSTER, "离职日期", "离职日期（离岗）"),
        ("日期,发送短信数", "发送短信数", "发送短信数（条，当日）"),
    ],
)
def test_what_a_field_is_called_anyway_asks_nothing(header: str, title: str, remarked: str) -> None:
    assert remarked in dict(recognised(header.replace(title, remarked)).used).values()


def test_the_plain_title_is_taken_before_one_whose_remark_is_in_doubt() -> None:
    for more in ("办结时间（预计）", "完成时间（预计）"):
        assert dict(recognised(f"{more},{ORDERS}").used)["办结时间"] == "办结时间"
    found = recognised(CALLS.replace("坐席应答时间", "接通时间（系统语音）,BridgeTime"))
    assert dict(found.used)["座席应答时间"] == "BridgeTime"


@pytest.mark.parametrize(
    ("header", "title", "remarked", "field"),
    [
        (ROSTER, "离职日期", "离职日期（最后工作日）", "最后工作日"),
        (ORDERS, "办结时限", "办结时间（要求）", "办结时限"),
        (PAYMENTS, "约定支付日", "支付日期（计划）", "约定支付日"),
        (ORDERS, "办结时限", "办结时限（延期后）", "延期后时限"),
    ],
)
def test_a_title_that_is_another_fields_with_its_remark_is_that_fields(
    header: str, title: str, remarked: str, field: str
) -> None:
    assert dict(recognised(header.replace(title, remarked)).used)[field] == remarked


# The row above


GROUPED = ["", "", "", "", "", "", "", "", "承办单位自评", ""]


def test_the_group_above_a_title_is_a_remark_on_it(tmp_path: Path) -> None:
    sentence = refusal(",".join(GROUPED), ORDERS)
    assert "“是否解决”列上方的分组写着“承办单位自评”，请确认它还是不是“是否解决”" in sentence
    assert "“满意度”列上方的分组写着“承办单位自评”" in sentence  # merged cells that came as one and a blank
    said = '[columns]\nsolved = "是否解决（承办单位自评）"'
    folder = profile(tmp_path, "work_orders", f'ignored = ["满意度（承办单位自评）"]\n{said}')
    found = recognised(",".join(GROUPED), ORDERS, profiles=folder)
    assert dict(found.used)["是否解决"] == "是否解决" and "满意度" not in dict(found.used)
    assert "满意度" in dict(recognised(ORDERS, profiles=folder).used)


@pytest.mark.parametrize(
    "above",
    [
        "某市12345热线2024年5月工单",
        "某市12345热线工单,,,,,,,,,单位：件",
        ",,,,2024年5月工单明细表",
        "基本信息,,,办理情况,,,回访情况",
        "受理信息,受理信息,受理信息,办理,办理,办理,群众评价,群众评价,群众评价,群众评价",
        "工单编号,受理时间,诉求类型,承办单位,办理,办理,回访,回访,回访,回访",
        "order_id,accepted,type,dept,deadline,closed,visited,ok,done,csat",
    ],
)
def test_titles_of_tables_and_usual_groups_ask_nothing(above: str) -> None:
    assert len(recognised(above, ORDERS).used) == len(ORDERS.split(","))


def test_cells_that_came_merged_group_what_they_span() -> None:
    titles = ("甲", "乙", "丙", "丁")
    assert find_groups(("", "自评", "自评", ""), titles) == ("", "自评", "自评", "")
    assert find_groups(("甲", "自评", "", "丁"), titles) == ("", "自评", "自评", "")
    assert find_groups(("自评", "自评", "自评", "自评"), titles) == ("", "", "", "")


# Marks


@pytest.mark.parametrize(
    ("remark", "marks", "read"),
    [
        ("满分150分", ("75", "90", "89.9"), ("50", "60", "59.9333")),
        ("5分制", ("4.5", "3", "2.9"), ("90", "60", "58")),
        ("百分制", ("82.50", "60", "59"), ("82.5", "60", "59")),
        ("总分：120", ("72", "71.99", "120"), ("60", "59.9916", "100")),
        ("十分制", ("6", "5.9", "10"), ("60", "59", "100")),
    ],
)
def test_marks_are_read_out_of_the_full_marks_that_the_title_names(
    remark: str, marks: tuple[str, ...], read: tuple[str, ...], tmp_path: Path
) -> None:
    rows = [f"{n},人{n},话务员,大专,2023-01-0{n},,{mark}" for n, mark in enumerate(marks, 1)]
    found = taken(csv_file(tmp_path, ROSTER.replace("成绩", f"成绩（{remark}）"), *rows))
    assert [Decimal(str(event["pre_job_score"])) for event in found.events] == [*map(Decimal, read)]


def test_a_mark_above_full_marks_is_not_understood(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, ROSTER, "1,甲,话务员,大专,2023-01-01,,130"))
    assert "超出满分 100 分" in found.problems[0].rule
    assert "pre_job_score" in found.events[0]["unclear"]
    assert find_full_marks("岗前考核成绩") is None


# What the figures come to


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def orders(solved: str) -> list[list[str]]:
    return [
        [f"GD{n}", f"2024-05-{n:02} 10:00:00", "咨询", "城管局", f"2024-05-{n:02} 18:00:00",
         f"2024-05-{n:02} 15:00:00", f"2024-05-{n:02} 16:00:00", "已接通", solved, "满意"]
        for n in range(1, 32)
    ]  # fmt: skip


def test_what_units_say_of_themselves_is_no_answer_of_citizens(here: Centre) -> None:
    header = ORDERS.replace("是否解决", "是否解决（承办单位自评）").split(",")
    with pytest.raises(TableUnknown, match="不是的就不要采用（解决率（全部诉求）、投诉解决率标为无法核实）"):
        here.take_in("工单_2024-05.csv", header, orders("是"))
    folder = here.home / "profiles"
    folder.mkdir()
    profile(folder, "work_orders", 'ignored = ["是否解决（承办单位自评）"]')
    here.take_in("工单_2024-05.csv", header, orders("是"))
    figures = here.figures(MAY, "work_order_resolution_rate", "work_order_closing_rate")
    assert figures["work_order_resolution_rate"].status is Status.UNVERIFIABLE
    assert figures["work_order_closing_rate"].value == 100


def test_planned_payments_are_not_paid(here: Centre) -> None:
    header = PAYMENTS.replace("实际支付日", "支付日期（计划）").split(",")
    here.take_in("支付明细_2024-05.csv", header, [["P1", "劳务费", "2024-05-15", "2024-05-14", "1000"]])
    assert here.figures(MAY, "payment_on_time_rate")["payment_on_time_rate"].status is Status.UNVERIFIABLE


def test_the_last_day_of_work_is_a_day_in_post(here: Centre) -> None:
    header = ["工号", "姓名", "岗位", "学历", "入职日期", "离职日期（最后工作日）"]
    people = [
        ["1", "张一", "话务员", "大专", "2023-01-01", "2024-05-31"],
        ["2", "李二", "话务员", "大专", "2023-02-01", ""],
    ]
    here.take_in("花名册_2024-05.csv", header, people)
    assert here.figures(MAY, "staff_in_post")["staff_in_post"].value == 2

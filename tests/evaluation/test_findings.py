"""Every known defect of the five reports is found by a general rule, and sound data raises none."""

import csv
from pathlib import Path

import pytest

from kpi.evaluation.claims import ClaimOutcome, ClaimResult
from kpi.evaluation.findings import list_findings, run_checks
from tests.conftest import DATA
from tests.evaluation.cases import KEYS, corrected, published

DEFECTS = DATA.parent / "evaluations" / "defects.csv"
SCHEMES = {
    "吐鲁番2022": "turpan-2022",
    "昌吉2023": "changji-2023",
    "子洲2021": "zizhou-2021",
    "天门2022": "tianmen-2022",
    "乌鲁木齐2023": "urumqi-2023",
}
OUTCOMES = {  # what the list calls it → what may be said of it
    "ok": {ClaimOutcome.AGREES},
    "mismatch": {ClaimOutcome.DEPARTS},
    "deviates": {
        ClaimOutcome.DEPARTS,
        ClaimOutcome.EXPLAIN,
    },  # EXPLAIN: a panel's mark, another province's bands
    "flag": {ClaimOutcome.EXPLAIN},
    "n/a": {ClaimOutcome.EXPLAIN},
}
FOUND_AS = {  # row of the list → rule, thing
    ("吐鲁番2022", "总分 = 19.59+20+34+20"): ("total", "总分"),
    ("吐鲁番2022", "C202 热线电话接通率 evidence text"): ("evidence", "热线电话接通率"),
    ("吐鲁番2022", "C201 平台运转率"): ("no_backing", "C201 平台运转率"),
    ("昌吉2023", "执行数 = 209.62+14.38+10+2.54"): ("total", "执行数"),
    ("昌吉2023", "预算执行率 226.54/239"): ("ratio", "B102 预算执行率"),
    ("昌吉2023", "短信完成率 61.99/285"): ("ratio", "发送短信完成率"),
    ("昌吉2023", "光纤费 <=5, actual 2.54 scored as 50.8% completed"): ("met_lost", "C3 成本指标"),
    ("子洲2021", "总分 of the third-level scores"): ("total_score", "总分"),
    ("子洲2021", "评价等次 中 = 80-70, 差 < 70"): ("bands", "等级“中”"),
    ("子洲2021", "满意度 90% vs >=95%, 10 points"): ("departure", "D201 社会公众或服务对象满意度"),
    ("子洲2021", "配套设施完善率 98% vs 100%, 10 points"): ("departure", "C201 配套设施完善率"),
    ("子洲2021", "完成工单 1799 vs >=300"): ("low_target", "C101 全年完成工单"),
    ("天门2022", "资金使用率 49.74193/155"): ("ratio", "外包服务项目资金使用率"),
    ("乌鲁木齐2023", "平均在岗 402/12"): ("mean", "平均在岗人数"),
    ("乌鲁木齐2023", "到位率 33.5/35"): ("ratio", "C101 聘用人员到位率"),
    ("乌鲁木齐2023", "到位率 score 5*(1-0.05*4.2857)"): ("panel", "C101 聘用人员到位率"),
    ("乌鲁木齐2023", "流动率 5/35"): ("ratio", "B206 人员流动率"),
    ("乌鲁木齐2023", "流动率 score 2*(1-0.04*4.3)"): ("departure", "B206 人员流动率"),
    ("乌鲁木齐2023", "headcount identity Feb 33 - 1 leaver in Mar"): ("series", "在岗人数"),
    ("乌鲁木齐2023", "日均办件量 and 月接待 from one week (27 Oct - 2 Nov)"): ("statistic", "日均办件量"),
    ("乌鲁木齐2023", "grade for 79.75"): ("rating", "评价等级"),
}
IN_THE_TEST_OF_SCORES = {("昌吉2023", "数量指标 4*3+61.99/285*3")}  # a group's score, not a claim


def rows() -> list[dict[str, str]]:
    with DEFECTS.open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['doc']}-{row['check']}")
def test_every_row_of_the_list_of_defects_is_found(row: dict[str, str]):
    place = (row["doc"], row["check"])
    if place in IN_THE_TEST_OF_SCORES:
        assert row["verdict"] == "ok"
        return
    kind, of = FOUND_AS[place]
    said = [one for one in run_checks(published(SCHEMES[row["doc"]])) if (one.kind, one.of) == (kind, of)]
    assert OUTCOMES[row["verdict"]] & {one.outcome for one in said}


OTHERS = [  # told in words beside the list
    ("turpan-2022", "repeated", "资金发放及时率", "表3-2为80%；附件1评分过程为99%"),
    ("turpan-2022", "reliability", "调查问卷信度", "α为0"),
    ("turpan-2022", "departure", "A201 绩效目标合理性", "发布2.59分，按规则应得2.6分"),
    ("zizhou-2021", "ratio", "产出占总分", "40%，印为60%"),
    ("zizhou-2021", "total", "二级指标分值合计", "95，印为100"),
    ("tianmen-2022", "repeated", "购买服务岗位经费支出", "45.51387万元；附件二（一）3为49.74193万元"),
    ("tianmen-2022", "departure", "B101 预算完成率", "按规则应得0分（实际35.44%"),
    ("tianmen-2022", "spending", "外包服务项目", "得100分（满分100），资金只用了32.09%"),
    ("tianmen-2022", "ratio", "授予中小企业合同金额占比", "23.6284%，印为8.4%"),
    ("tianmen-2022-project-2", "percentage", "C301 提升热线中心服务质量", "印为1000%"),
    ("tianmen-2022-project-2", "percentage", "C401 公共服务能力提升", "印为1000%"),
    ("changji-2023", "total", "执行数", "相差−10万元，恰好等于“短信费”一项"),
    ("changji-2023", "mean", "总体完成率", "94.2343%，印为94.24%"),
    ("urumqi-2023", "series", "在岗人数", "3月：期初33＋增加0−减少1＝32，印为31"),
    ("urumqi-2023", "ratio", "B102 预算执行率", "249.99÷252.49＝99.0099%，印为100%"),
    ("urumqi-2023", "contradiction", "按月考核聘用人员", "B202 管理制度执行有效性判为不满足；B204"),
    ("urumqi-2023", "total", "7月25日培训应到人数", "24＋3＝27，印为28人"),
]


@pytest.mark.parametrize(("key", "kind", "of", "words"), OTHERS)
def test_the_defects_told_in_words_are_found(key: str, kind: str, of: str, words: str):
    said = [one.sentence for one in list_findings(published(key)) if (one.kind, one.of) == (kind, of)]
    assert len(said) == 1
    assert words in said[0]


def test_nothing_else_is_found():
    """Whatever is found is on the list, or told in words, or a panel's mark, or follows from those."""
    known = {(SCHEMES[doc], *found) for (doc, _), found in FOUND_AS.items()}
    known |= {(key, kind, of) for key, kind, of, _ in OTHERS}
    known |= {
        ("tianmen-2022", "repeated", "购买服务岗位经费预算"),
        ("tianmen-2022-project-1", "spending", "项目自评"),
        ("tianmen-2022-project-1", "departure", "A01 执行率"),
        ("tianmen-2022-project-2", "spending", "项目自评"),
        ("tianmen-2022-project-2", "departure", "A01 执行率"),
        ("urumqi-2023", "departure", "B102 预算执行率"),
        ("urumqi-2023", "rule_score", "B201 管理制度健全性"),
        ("urumqi-2023", "low_target", "C103 月接待办事人次"),
        ("urumqi-2023", "no_backing", "C102 日均办件量"),
        ("urumqi-2023", "no_backing", "C103 月接待办事人次"),
        ("urumqi-2023", "statistic", "月接待办事人次"),
        ("urumqi-2023", "bands", "等级“中”"),
    }
    found = {(key, one.kind, one.of) for key in KEYS for one in list_findings(published(key))}
    assert {one for one in found if one[1] != "panel"} <= known


CORRECTIONS = {
    "turpan-2022": (
        ('"附件1评分过程" = "99%"', '"附件1评分过程" = "80%"'),
        (
            'where = "四（三）2（2）"\ncites = "投诉事件解决率"',
            'where = "四（三）2（2）"\ncites = "热线电话接通率"',
        ),
        ("alpha = 0\n", "alpha = 0.83\n"),
        ("score = 2.59", "score = 2.60"),
        ('unverifiable = true, score = 0, note = "没有提供平台运转资料"', 'actual = "99.5%", score = 6'),
        ("A = 19.59", "A = 19.60"),
        ("C = 34\n", "C = 40\n"),
        ("total = 93.59", "total = 99.60"),
        (
            '"项目决策" = 19.59, "项目过程" = 20, "项目产出" = 34',
            '"项目决策" = 19.60, "项目过程" = 20, "项目产出" = 40',
        ),
        ("stated = 93.59", "stated = 99.60"),
        (
            'numerator = 19.59\ndenominator = 20\nstated = "97.95%"',
            'numerator = 19.60\ndenominator = 20\nstated = "98%"',
        ),
        (
            'numerator = 34\ndenominator = 40\nstated = "85%"',
            'numerator = 40\ndenominator = 40\nstated = "100%"',
        ),
        (
            'numerator = 2.59\ndenominator = 3\nstated = "86.3%"',
            'numerator = 2.60\ndenominator = 3\nstated = "86.7%"',
        ),
    ),
    "changji-2023": (
        ('stated = "226.54万元"', 'stated = "236.54万元"'),
        (
            '"94.79%", numerator = 226.54, denominator = 239, score = 4.74',
            '"98.97%", numerator = 236.54, denominator = 239, score = 4.95',
        ),
        ('stated = "94.24%"', 'stated = "94.23%"'),
        ("C3 = 9.00", "C3 = 10"),
        ("C = 26.65", "C = 27.65"),
        ("B = 18.74", "B = 18.95"),
        ("total = 96.39", "total = 97.60"),
        ('"过程" = 18.74, "产出" = 26.65', '"过程" = 18.95, "产出" = 27.65'),
        ("stated = 96.39", "stated = 97.60"),
    ),
    "tianmen-2022-project-2": (
        ('C301 = { actual = "1000%"', 'C301 = { actual = "100%"'),
        ('C401 = { actual = "1000%"', 'C401 = { actual = "100%"'),
        ('actual = "29.92%", numerator = 22.14', 'actual = "100%", numerator = 74'),
        ('used = "29.92%"', 'used = "100%"'),
    ),
}


@pytest.mark.parametrize("key", CORRECTIONS)
def test_corrected_data_raises_nothing(key: str, tmp_path: Path):
    assert list_findings(corrected(tmp_path, key, *CORRECTIONS[key])) == []


def test_a_corrected_headcount_and_execution_rate_are_no_longer_found(tmp_path: Path):
    evaluation = corrected(
        tmp_path,
        "urumqi-2023",
        ('["3月", 0, 1, 31]', '["3月", 0, 1, 32]'),
        ('B102 = { actual = "100%", numerator = 249.99', 'B102 = { actual = "100%", numerator = 252.49'),
        ('parts = { "参加" = 24, "请假" = 3 }', 'parts = { "参加" = 24, "请假" = 4 }'),
        (
            "B204 = { met = [true, true, true, true], score = 2 }",
            "B204 = { met = [true, false, true, true], score = 1.5 }",
        ),
        ("B = 17.07", "B = 16.57"),
        ("B2 = 8.07", "B2 = 7.57"),
    )
    wrong: list[ClaimResult] = [
        one for one in list_findings(evaluation) if one.outcome is ClaimOutcome.DEPARTS
    ]
    assert {one.kind for one in wrong} == {"rule_score", "total_score"}


def test_a_met_target_that_lost_points_is_said_to_be_met(tmp_path: Path):
    lost = corrected(
        tmp_path,
        "turpan-2022",
        ('C401 = { actual = "7.56万元", score = 6 }', 'C401 = { actual = "5万元", score = 4 }'),
    )
    said = [one.sentence for one in list_findings(lost) if one.of == "C401 人均工资支出含管理费"]
    assert [sentence.rpartition("；")[2] for sentence in said] == ["目标已经达到，不应扣分"]


def test_sound_rows_are_checked_and_agree():
    agreeing = [
        one for key in KEYS for one in run_checks(published(key)) if one.outcome is ClaimOutcome.AGREES
    ]
    assert len([one for one in agreeing if one.kind in ("ratio", "total", "mean", "series", "repeated")]) > 40

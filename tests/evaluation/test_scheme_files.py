"""Schemes as files: what is wrong is told with file, line and what to do."""

from pathlib import Path

import pytest

from kpi.evaluation.facts_files import FactsProblem, read_facts
from kpi.evaluation.scheme_files import (
    SchemeProblem,
    UnknownScheme,
    find_scheme,
    list_scheme_paths,
    read_scheme,
)
from kpi.evaluation.scoring import evaluate
from tests.evaluation.cases import SMALL, written

A1 = 'A1 = { under = "A", title = "数量", weight = 100 }'
RULE = '"met_or_pro_rata"'
SHARES = '["40%", "60%"]'
LOWER, UPPER = '"[0, 90)"', '"[90, 100]"'

WRONG = [  # what is changed, into what, what stands on the line that is named, what is said of it
    ("weight = 60", "weight = 50", A1, "“groups.A1”的权重是100，下级合计90（A101 50＋A102 40）"),
    (A1, A1.replace("100", "99"), "A = {", "“groups.A”的权重是100，下级合计99"),
    ("year = 2025", "year = 2025\ntotal = 90", "total", "“total”的权重是90，下级合计100"),
    ("weight = 60", "weight = -60", "-60", "“indicators.A101.weight”应大于0"),
    ("weight = 60", "", "[indicators.A101]", "“indicators.A101”缺少 weight。"),
    ("weight = 60", 'weight = "许多"', "许多", "“indicators.A101.weight”应为数字，读到的是“许多”"),
    ("call_answer_rate", "call_anwser", "call_anwser", "“indicators.A101.from”没有指标“call_anwser”"),
    ('figure = "call_answer_rate"', 'measure = "calls"', "measure", "没有统计项“calls”；相近的有"),
    ("≥98%", "≥98件", "≥98件", "“indicators.A101.target”的单位是“件”，取数的单位是“%”，两者对不上"),
    ("≥98%", "≤98%", RULE, "“indicators.A101.rule”：规则 met_or_pro_rata 的目标应以 ≥、= 开头"),
    ("≥98%", "很高", RULE, "met_or_pro_rata 需要写成"),
    (RULE, '"met"', '"met"', "没有“met”这种规则；可用的有 met_or_pro_rata、at_most"),
    (RULE, '"per_point"', "per_point", "规则 per_point 缺少参数 costs"),
    (RULE, '"per_point", costs = "500%"', "500%", "“indicators.A101.rule.costs”应在0与100%之间"),
    (RULE, '"per_point", costs = "5%", cost = 1', "cost = 1", "不认识；这里可以写的是 kind、costs、cliff"),
    (RULE, '"linear", full = 90, zero = 90', "linear", "full 与 zero 相同，得分要除以0"),
    (SHARES, '["40%", "50%"]', "checklist", "checklist 的 shares 合计90%，应为100%"),
    (SHARES, '["100%"]', "checklist", "shares 有1个，points 有2条"),
    ("points =", "point =", "point =", "“indicators.A102.point”不认识；这里可以写的是"),
    (LOWER, '"[0, 90]"', UPPER, "“bands.优”：“不优”与“优”在90分处重叠"),
    (LOWER, '"[0, 80)"', UPPER, "之间有空档（80至90分）"),
    (LOWER, '"(0, 90)"', "[bands]", "“bands”应从0分（含）开始"),
    (LOWER, '"0-90"', "0-90", "“bands.不优”应写成区间"),
    (UPPER, '"[90, 100)"', "[90, 100)", "“bands.优”应到满分100（含）为止"),
    ('under = "A1"\ntitle = "制度"', 'under = "A9"\ntitle = "制度"', "A9", "没有“A9”这个上级"),
    ('A = { title', 'A = { under = "A1", title', "A = {", "“groups.A”绕了一圈又归到自己之下"),
    ("[bands]", "[bands", "[bands", "不符合TOML格式"),
    ('"有", "在用"', '"有", { text = "在用", when = "no_such ≥1%" }', "points", "没有指标“no_such”"),
    ('"有", "在用"', '"有", { text = "在用", when = "一半" }', "points", "when 应写成"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "words"), WRONG, ids=[words for *_, words in WRONG])
def test_what_is_wrong_with_a_scheme_is_told_with_file_and_line(
    old: str, new: str, at: str, words: str, tmp_path: Path
):
    assert SMALL.count(old) == 1
    text = SMALL.replace(old, new)
    line = next(number for number, told in enumerate(text.splitlines(), start=1) if at in told)
    with pytest.raises(SchemeProblem) as refused:
        read_scheme(written(tmp_path, text))
    assert str(refused.value).startswith(f"small.toml 第{line}行：")
    assert words in str(refused.value)


def test_a_file_that_is_not_there_or_not_utf_8_is_refused_with_its_name(tmp_path: Path):
    with pytest.raises(SchemeProblem, match="没有文件"):
        read_scheme(tmp_path / "none.toml")
    path = tmp_path / "gbk.toml"
    path.write_bytes(SMALL.encode("gb18030"))
    with pytest.raises(SchemeProblem, match=r"gbk\.toml 不是UTF-8编码"):
        read_scheme(path)


def test_a_centre_may_keep_schemes_of_its_own(tmp_path: Path):
    (tmp_path / "schemes").mkdir()
    written(tmp_path / "schemes", SMALL)
    assert read_scheme(find_scheme("small", tmp_path)).title == "小方案"
    assert "turpan-2022" in list_scheme_paths(tmp_path)
    with pytest.raises(UnknownScheme, match="没有评价方案“turpan”；可用的有 turpan-2022。"):
        find_scheme("turpan", tmp_path)


FACTS = """
scheme = "small"
title = "事实"

[indicators.A101]
actual = "95%"

[indicators.A102]
met = ["是", "?"]
"""


def test_facts_of_ones_own_are_scored(tmp_path: Path):
    scheme = read_scheme(written(tmp_path, SMALL))
    evaluation = evaluate(scheme, read_facts(written(tmp_path, FACTS, "facts.toml"), scheme))
    assert evaluation.total == 60 * evaluation.score("A101").told.actual.value / 98 + 16
    assert evaluation.rating == "不优"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"small"', '"other"', "第2行：“scheme”是“other”，与评价方案“small”不是同一个"),
        ("A101]", "A109]", "第5行：“indicators.A109”：方案 small 里没有这个三级指标"),
        ('"95%"', '"95件"', "第6行：“indicators.A101.actual”的单位是“件”，应为“%”"),
        ('"95%"', '"九十五"', "“indicators.A101.actual”应为数字"),
        ('actual = "95%"', "numerator = 3\ndenominator = 0", "第7行：“indicators.A101.denominator”是0"),
        ('actual = "95%"', "met = [true]", "“indicators.A101.met”：规则 met_or_pro_rata 要的是 actual"),
        ('"是", "?"', '"是", "或许"', "每条应写 是、否 或 ?"),
        ("[indicators.A101]", "[groups]\nB = 3\n[indicators.A101]", "里没有这个一级或二级指标"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_facts_is_told_with_file_and_line(old: str, new: str, words: str, tmp_path: Path):
    scheme = read_scheme(written(tmp_path, SMALL))
    with pytest.raises(FactsProblem) as refused:
        read_facts(written(tmp_path, FACTS.replace(old, new), "facts.toml"), scheme)
    assert words in str(refused.value)


def test_a_list_of_another_length_is_refused_when_scored(tmp_path: Path):
    scheme = read_scheme(written(tmp_path, SMALL))
    facts = read_facts(written(tmp_path, FACTS.replace('"是", "?"', '"是"'), "facts.toml"), scheme)
    with pytest.raises(ValueError, match="A102 制度：有2项评价要点，填报了1项，应逐项对应"):
        evaluate(scheme, facts)

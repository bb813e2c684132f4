"""A sixth scheme, written from the page for contributors alone, with rules that its example leaves out."""

from fractions import Fraction
from pathlib import Path

import pytest

from kpi.evaluation.facts_files import read_facts
from kpi.evaluation.scheme_files import read_scheme
from kpi.evaluation.scoring import Evaluation, evaluate
from tests.evaluation.cases import written

SCHEME = """
title = "滨海市2023年12345热线运行服务费"
year = 2023
source = "滨海市2023年部门评价方案"
places = 2

[bands]
"优" = "[90, 100]"
"良" = "[80, 90)"
"中" = "[60, 80)"
"差" = "[0, 60)"

[groups]
A = { title = "决策", weight = 15 }
A1 = { under = "A", title = "项目立项", weight = 15 }
B = { title = "过程", weight = 25 }
B1 = { under = "B", title = "资金管理", weight = 15 }
B2 = { under = "B", title = "组织实施", weight = 10 }
C = { title = "产出", weight = 40 }
C1 = { under = "C", title = "产出数量", weight = 10 }
C2 = { under = "C", title = "产出质量", weight = 20 }
C3 = { under = "C", title = "产出成本", weight = 10 }
D = { title = "效益", weight = 20 }
D1 = { under = "D", title = "社会效益", weight = 10 }
D2 = { under = "D", title = "满意度", weight = 10 }

[indicators.A101]
under = "A1"
title = "立项规范性"
weight = 8
rule = { kind = "steps", steps = { 4 = 8, 3 = 6, 2 = 3 } }
points = ["有依据", "有论证", "集体决策", "批复齐全"]
from = { attested = "立项材料" }
evidence = ["批复"]

[indicators.A102]
under = "A1"
title = "目标合理性"
weight = 7
rule = { kind = "qualitative" }
from = { attested = "绩效目标表" }

[indicators.B101]
under = "B1"
title = "预算执行率"
weight = 7
target = "≥95%"
rule = { kind = "linear", full = 95, zero = 85 }
from = { figure = "budget_execution_of_budget_rate" }

[indicators.B102]
under = "B1"
title = "支付进度率"
weight = 8
rule = { kind = "quarterly", full = 95, zero = 85 }
from = { attested = "四个季度的支付进度" }

[indicators.B201]
under = "B2"
title = "制度执行"
weight = 5
rule = { kind = "grades", grades = { "好" = 5, "一般" = 3, "差" = 0 } }
from = { attested = "检查记录" }
document = false

[indicators.B202]
under = "B2"
title = "学历核验"
weight = 5
rule = { kind = "per_item", costs = "10%" }
from = { figure = "qualification_verified_rate", take = "shortfall" }

[indicators.C101]
under = "C1"
title = "办结工单"
weight = 10
target = "≥7000件"
rule = { kind = "met_or_pro_rata" }
from = { figure = "work_orders_closed_in_period" }

[indicators.C201]
under = "C2"
title = "接通率"
weight = 10
target = "≥98%"
rule = { kind = "per_point", costs = "10%", cliff = 90 }
from = { figure = "call_answer_rate" }
clause = "方案第六条"

[indicators.C202]
under = "C2"
title = "按时办结率"
weight = 10
rule = { kind = "ratio", of = 100 }
from = { figure = "work_order_on_time_rate" }

[indicators.C301]
under = "C3"
title = "成本控制"
weight = 10
target = "≤240万元"
rule = { kind = "at_most" }
from = { measure = "payments_paid_fen" }

[indicators.D101]
under = "D1"
title = "知晓率"
weight = 10
target = "≥85%"
rule = { kind = "self_evaluation" }
from = { figure = "survey_awareness_rate" }

[indicators.D201]
under = "D2"
title = "群众满意度"
weight = 10
target = "≥90%"
rule = { kind = "self_evaluation" }
from = { figure = "survey_satisfaction_rate" }
expert_mix = true
"""

FACTS = """
scheme = "binhai-2023"
title = "滨海市2023年评价事实"

[indicators]
A101 = { met = ["是", "是", "是", "否"] }
A102 = { grade = "部分达成 70%" }
B101 = { actual = "90%" }
B102 = { quarters = ["95%", "90%", "85%", "100%"] }
B201 = { grade = "一般" }
B202 = { actual = "1" }
C101 = { actual = "7998件" }
C201 = { actual = "97.5%", numerator = 975, denominator = 1000 }
C202 = { actual = "96.73%" }
C301 = { actual = "249.99万元" }
D101 = { unverifiable = true, note = "没有问卷" }
D201 = { actual = "97.89%", experts = { "甲" = 9.5, "乙" = 9 } }
"""


@pytest.fixture
def sixth(tmp_path: Path) -> Evaluation:
    scheme = read_scheme(written(tmp_path, SCHEME, "binhai-2023.toml"))
    return evaluate(scheme, read_facts(written(tmp_path, FACTS, "facts.toml"), scheme))


@pytest.mark.parametrize(
    ("code", "rule", "final"),
    [
        ("A101", "6", "6"),  # three of four points met
        ("A102", "4.9", "4.9"),  # 70 % of 7
        ("B101", "3.5", "3.5"),  # half the way from 85 to 95
        ("B102", "5", "5"),  # 2 + 1 + 0 + 2
        ("B201", "3", "3"),
        ("B202", "4.5", "4.5"),
        ("C101", "10", "10"),
        ("C201", "9.5", "9.5"),  # half a point off at 10 % a point
        ("C202", "9.673", "9.67"),
        ("C301", "9.58375", "9.58"),  # 9.99 over 240
        ("D101", "0", "0"),
        ("D201", "10", "9.25"),  # the mean of two experts
    ],
)
def test_each_rule_scores_as_the_page_says(sixth: Evaluation, code: str, rule: str, final: str):
    one = sixth.score(code)
    assert one.rule is not None
    assert (one.rule.points, one.final.points) == (Fraction(rule), Fraction(final))


def test_its_total_and_grade(sixth: Evaluation):
    assert (sixth.total, sixth.rating) == (Fraction("74.9"), "中")

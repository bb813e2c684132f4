"""Rules, one module a family; `RULES` is the registry."""

from dataclasses import MISSING, fields
from typing import Any, get_type_hints

from kpi.evaluation.rules.grades import Grades, Qualitative
from kpi.evaluation.rules.linear import Linear, Quarterly
from kpi.evaluation.rules.lists import AllOrNothingRule, ChecklistRule, StepsRule
from kpi.evaluation.rules.points_off import PerItem, PerPoint
from kpi.evaluation.rules.proportion import AtMostRule, MetOrProRata, RateRule, SelfEvaluation
from kpi.evaluation.rules.rule import RuleScore, ScoreProblem, ScoringRule
from tracker.toml_file import TomlTable

__all__ = ["RULES", "RuleScore", "ScoreProblem", "ScoringRule", "read_rule"]

RULES: dict[str, type[ScoringRule]] = {
    rule.kind: rule
    for rule in (
        MetOrProRata,
        AtMostRule,
        PerPoint,
        Linear,
        RateRule,
        ChecklistRule,
        AllOrNothingRule,
        StepsRule,
        Grades,
        Qualitative,
        PerItem,
        Quarterly,
        SelfEvaluation,
    )
}


def read_rule(node: TomlTable) -> ScoringRule:
    """The rule of a table `{ kind = …, … }`. Raises: the node's problem, naming the parameter."""
    kind = node.text("kind")
    if kind not in RULES:
        raise node.problem("kind", f"没有“{kind}”这种规则；可用的有 {'、'.join(RULES)}。")
    rule = RULES[kind]
    node.only("kind", *(one.name for one in fields(rule)))
    readers = {
        name: hint.__metadata__[0]
        for name, hint in get_type_hints(rule, include_extras=True).items()
        if hasattr(hint, "__metadata__")
    }
    parameters: dict[str, Any] = {}
    for one in fields(rule):
        if one.name in node:
            parameters[one.name] = node.read(one.name, readers[one.name])
        elif one.default is MISSING:
            raise node.problem("kind", f"规则 {kind} 缺少参数 {one.name}：{rule.about}。")
    return rule(**parameters)

"""Facts of an evaluation as TOML files: published ones beside their schemes, or any file by its path."""

from fractions import Fraction
from pathlib import Path
from typing import Any

from kpi.evaluation.actual import Actual, Amount, GivenGrade, MetPoints, QuarterlyRates
from kpi.evaluation.claims import PrintedNumber, read_printed_number
from kpi.evaluation.claims.claim import PERCENT
from kpi.evaluation.claims.files import read_claims
from kpi.evaluation.claims.rates import PercentageClaim, RatioClaim
from kpi.evaluation.facts import EvaluationFacts, ItemFacts, Mark
from kpi.evaluation.rules import ScoringRule
from kpi.evaluation.scheme import Scheme, SchemeItem
from tracker.toml_file import TomlTable, read_toml

PACKAGED = Path(__file__).with_name("published")
PANEL = "专家组"


class FactsProblem(ValueError):
    """评价事实写错了：说明里有文件、行号和改法。"""


def read_facts(path: Path, scheme: Scheme) -> EvaluationFacts:
    """What a file tells of a scheme's indicators. Raises: FactsProblem with file, line and what to do."""
    node = read_toml(path, FactsProblem)
    node.only("scheme", "title", "total", "rating", "groups", "indicators", "claims")
    if node.text("scheme") != scheme.key:
        raise node.problem("scheme", f"是“{node.text('scheme')}”，与评价方案“{scheme.key}”不是同一个。")
    items = {
        code: _read_item_facts(one, _find_item(one, scheme, code))
        for code, one in node.named_tables("indicators")
    }
    derived = [
        claim
        for code, one in node.named_tables("indicators")
        for claim in _derive_claims(one, scheme.item(code))
    ]
    claims = read_claims(node.table("claims")) if "claims" in node else []
    return EvaluationFacts(
        scheme=scheme.key,
        title=node.text("title"),
        items=items,
        groups=_read_groups(node, scheme),
        total=node.number("total") if "total" in node else None,
        rating=node.text("rating") if "rating" in node else None,
        claims=(*derived, *claims),
    )


def read_published_facts(scheme: Scheme) -> EvaluationFacts | None:
    """The facts published with a packaged scheme; None where there are none."""
    path = PACKAGED / f"{scheme.key}.toml"
    return read_facts(path, scheme) if path.exists() else None


def read_actual(rule: ScoringRule, unit: str, text: str) -> Actual:
    """An actual value from text, of the kind that the rule takes. Raises: ValueError with what it wants.

    98.95% or 9 for an amount; 是,是,否,? for a list; a grade, or a grade and a share; four percentages.
    """
    if rule.takes is Amount:
        return read_amount(text, unit)
    words = [one for one in text.replace("，", ",").replace("、", ",").split(",") if one.strip()]
    if rule.takes is MetPoints:
        return MetPoints(tuple(_read_met(one.strip()) for one in words))
    if rule.takes is QuarterlyRates:
        return QuarterlyRates(tuple(read_printed_number(one).value for one in words))
    return _read_grade(text)


def read_amount(raw: Any, unit: str) -> Amount:
    """A number in a unit, which it may name. Raises: ValueError for another unit."""
    number = read_printed_number(raw)
    if number.unit and number.unit != unit:
        raise ValueError(f"的单位是“{number.unit}”，应为“{unit or '无单位'}”。")
    return Amount(number.value, unit)


def get_amount_unit(item: SchemeItem) -> str:
    """The unit in which an indicator's amount is told."""
    if item.target is not None:
        return item.target.unit
    return {"ratio": PERCENT, "linear": PERCENT, "per_item": "项"}.get(item.rule.kind, "")


_MET = {"是": True, "1": True, "true": True, "否": False, "0": False, "false": False, "?": None, "？": None}


def _read_met(word: str) -> bool | None:
    if word.lower() not in _MET:
        raise ValueError(f"每条应写 是、否 或 ?（无法核实），读到的是“{word}”。")
    return _MET[word.lower()]


def _read_grade(text: str) -> GivenGrade:
    word, _, share = text.strip().partition(" ")
    return GivenGrade(word, read_printed_number(share).value / 100 if share else None)


def _find_item(node: TomlTable, scheme: Scheme, code: str) -> SchemeItem:
    if code not in {item.code for item in scheme.items}:
        raise node.problem(None, f"：方案 {scheme.key} 里没有这个三级指标。")
    return scheme.item(code)


def _read_item_facts(node: TomlTable, item: SchemeItem) -> ItemFacts:
    node.only(
        "actual", "numerator", "denominator", "met", "grade", "quarters", "backed", "unverifiable",
        "experts", "rule_score", "score", "note",
    )  # fmt: skip
    return ItemFacts(
        actual=_read_actual_of(node, item),
        shown=node.read("actual", str) if "actual" in node else "",
        backed=node.flag("backed", default=True),
        unverifiable=node.flag("unverifiable"),
        marks=tuple(_read_marks(node)),
        printed_rule=node.number("rule_score") if "rule_score" in node else None,
        decided=node.number("score") if "score" in node else None,
        note=node.text("note", "—").removeprefix("—"),
    )


def _read_actual_of(node: TomlTable, item: SchemeItem) -> Actual | None:
    keys = {MetPoints: "met", GivenGrade: "grade", QuarterlyRates: "quarters", Amount: "actual"}
    wanted = keys[item.rule.takes]
    for key in ("met", "grade", "quarters"):
        if key in node and key != wanted:
            raise node.problem(key, f"：规则 {item.rule.kind} 要的是 {wanted}。")
    if wanted == "met" and "met" in node:
        return MetPoints(tuple(node.read_each("met", lambda one: _read_met(str(one)))))
    if wanted == "quarters" and "quarters" in node:
        return QuarterlyRates(
            tuple(read_printed_number(one).value for one in node.read_each("quarters", str))
        )
    if wanted == "grade" and "grade" in node:
        return _read_grade(node.text("grade"))
    return _read_amount_of(node, item) if wanted == "actual" else None


def _read_amount_of(node: TomlTable, item: SchemeItem) -> Amount | None:
    unit = get_amount_unit(item)
    if "numerator" in node:
        above, below = node.number("numerator"), node.number("denominator")
        if below == 0:
            raise node.problem(
                "denominator", "是0，不能相除；没有可除的，请写 unverifiable = true 或删去这一项。"
            )
        return Amount(above / below * (100 if unit == PERCENT else 1), unit)
    return node.read("actual", lambda raw: read_amount(raw, unit)) if "actual" in node else None


def _read_marks(node: TomlTable) -> list[Mark]:
    """One number for a panel's score as printed, or { name = points } for its members."""
    if "experts" not in node:
        return []
    if isinstance(node.data["experts"], dict):
        inner = node.table("experts")
        return [Mark(name, inner.number(name)) for name in inner.data]
    return [Mark(PANEL, node.number("experts"))]


def _derive_claims(node: TomlTable, item: SchemeItem) -> list[RatioClaim | PercentageClaim]:
    """The claims that an actual value makes by being printed."""
    if "actual" not in node:
        return []
    stated: PrintedNumber = node.read("actual", read_printed_number)
    of = f"{item.code} {item.title}"
    claims: list[RatioClaim | PercentageClaim] = [PercentageClaim(of=of, stated=stated)]
    if "numerator" in node:
        above, below = (
            node.read("numerator", read_printed_number),
            node.read("denominator", read_printed_number),
        )
        claims.append(RatioClaim(of=of, numerator=above, denominator=below, stated=stated))
    return claims


def _read_groups(node: TomlTable, scheme: Scheme) -> dict[str, Fraction]:
    if "groups" not in node:
        return {}
    inner, codes = node.table("groups"), {group.code for group in scheme.groups}
    for code in inner.data:
        if code not in codes:
            raise inner.problem(code, f"：方案 {scheme.key} 里没有这个一级或二级指标。")
    return {code: inner.number(code) for code in inner.data}

"""What differs between two definitions, field by field, in words."""

from fractions import Fraction
from typing import NamedTuple

from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import Formula, Lowest, Median, Over, Part, Quantity, Term
from kpi.figures.indicators.units import get_term_unit
from kpi.figures.measures import MEASURES

NONE = "无"
_KINDS = {
    Quantity.COUNT: "数量",
    Quantity.SHARE: "百分比，分子在分母之中",
    Quantity.RATIO: "两数之比",
}
_OVER = {Over.ALL: "", Over.FIRST: "期初月的", Over.LAST: "期末月的"}


class Difference(NamedTuple):
    """One field that two definitions tell differently."""

    field: str
    old: str
    new: str


def list_differences(old: Indicator, new: Indicator) -> list[Difference]:
    """The fields that differ, in the order of the card; number and first month of a version do not count."""
    before, after = describe_fields(old), describe_fields(new)
    return [
        Difference(field, before[field], after[field]) for field in before if before[field] != after[field]
    ]


def describe_fields(indicator: Indicator) -> dict[str, str]:
    """Every field of a definition in words, completely: Chinese title → text."""
    formula, card = indicator.formula, indicator.card
    example = card.example
    return {
        "名称": indicator.title,
        "单位": indicator.unit or NONE,
        "小数位数": str(indicator.scale),
        "舍入": indicator.rounding.words,
        "公式种类": _KINDS[formula.kind],
        "公式分子": describe_part(formula.numerator),
        "公式分母": NONE if formula.denominator is None else describe_part(formula.denominator),
        "公式倍数": f"×{formula.times}",
        "比较各时段": f"{formula.above} ÷ {formula.below}，取最低" if isinstance(formula, Lowest) else NONE,
        "排序取值": _describe_ranked(formula),
        "方向": indicator.direction.value,
        "目标": indicator.target.words(indicator.unit) if indicator.target else "未设",
        "不判的件数": f"少于{indicator.target.fewest}" if indicator.target else NONE,
        "累计": "从1月起累计" if indicator.year_to_date else "不累计",
        "置信区间": "附95%置信区间" if indicator.wilson else "不附",
        "出处": indicator.source,
        "设置依据": card.why,
        "分子说明": card.numerator,
        "分母说明": card.denominator or NONE,
        "包含": card.includes,
        "不含": card.excludes,
        "归属月份": card.month,
        "例子": f"{example.words}：{example.numerator}÷{example.denominator or NONE}={example.value}",
    }


def _describe_ranked(formula: Formula) -> str:
    return f"取正中的，少于{formula.fewest}的不取" if isinstance(formula, Median) else NONE


def describe_part(part: Part) -> str:
    """A numerator or denominator with everything that enters its number: measures, factors, months."""
    terms = " + ".join(_describe_term(term) for term in part.terms)
    return f"（{terms}）的各月平均" if part.averaged else terms


def _describe_term(term: Term) -> str:
    measure, factor = MEASURES[term.measure], Fraction(term.times)
    text = f"{_OVER[term.over]}{measure.title} {measure.key}"
    if get_term_unit(term) != measure.unit:
        return f"{'−' if factor < 0 else ''}{text}（{get_term_unit(term)}）"
    return text if factor == 1 else f"{text} × {factor}"

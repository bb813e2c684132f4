"""Definition cards: everything that a person who defends a number needs to read of its definition."""

from collections.abc import Iterator

from kpi.figures.attainment import is_of_things
from kpi.figures.indicators import GROUPS, Indicator
from kpi.figures.indicators.formula import Lowest, Median, Over, Part
from kpi.figures.indicators.indicator import Example
from kpi.figures.indicators.target import Span
from kpi.figures.measures import MEASURES, Measure
from kpi.figures.sources import SOURCES, Rhythm, Source

Card = dict[str, str]

_RHYTHMS = {
    Rhythm.DAILY: "每天。当天结束以后交付且含有当天的行，或签有零报告，才算有据；没有业务和没有数据是两回事",
    Rhythm.HOURLY: "每小时。该小时至少有一行才算有据",
    Rhythm.MONTHLY: "每月。月末以后交付过，或签有全月零报告，才算有据；没有据的月份不计入，也不沿用上月",
    Rhythm.STANDING: "自生效日起一直有效，直到下一次核定；月末有生效的核定才算有据",
    Rhythm.SURVEY: "每年一轮。期间内有问卷才算有据；没有问卷的月份为不适用，全年没有为无法核实",
}


def card(indicator: Indicator) -> Card:
    """The card of an indicator: Chinese title of the field → text, in the order of reading."""
    told = indicator.card
    fields = {
        "编码": indicator.key,
        "名称": indicator.title,
        "单位": indicator.unit or "无",
        "为什么": told.why,
        "分子": told.numerator,
        "分母": told.denominator or "无（本指标是数量）",
        "公式": formula(indicator),
        "包含": told.includes,
        "不含": told.excludes,
        "月份归属": told.month,
        "例子": _example(indicator, told.example),
        "舍入": f"{indicator.rounding.words}，保留{indicator.scale}位小数；分子、分母保持精确",
        "年度和季度": _longer_periods(indicator),
        "数据来源": "；".join(expected(SOURCES[need]) for need in indicator.needs),
        "目标": _target(indicator),
        "方向": indicator.direction.value,
        "出处": indicator.source,
        "口径版本": str(indicator.version),
        "施行月份": f"自{indicator.effective_from.label}起" if indicator.effective_from else "自最初起",
    }
    return fields | ({"区间": "另附95%置信区间（Wilson）"} if indicator.wilson else {})


def measure_card(measure: Measure) -> Card:
    """The card of a measure."""
    return {
        "编码": measure.key,
        "名称": measure.title,
        "单位": measure.unit,
        "数什么": measure.about,
        "一行是": measure.among.title,
        "数据来源": "、".join(SOURCES[need].title for need in measure.needs),
    }


def text(indicator: Indicator) -> str:
    """The card as plain text."""
    return written(card(indicator))


def written(one: Card) -> str:
    """A card's fields, one a line."""
    return "\n".join(f"{title}：{told}" for title, told in one.items())


def cards() -> Iterator[tuple[str, list[Card]]]:
    """All cards, group by group."""
    for title, indicators in GROUPS:
        yield title, [card(indicator) for indicator in indicators]


def formula(indicator: Indicator) -> str:
    """The formula in the measures' names."""
    declared = indicator.formula
    above = _part(declared.numerator)
    if declared.denominator is None:
        return above
    if isinstance(declared, Median):
        return f"{above}，由短到长排列，取正中的一件；总数是双数的，取正中两件的平均"
    below = _part(declared.denominator)
    times = f" × {declared.times}" if declared.times != 1 else ""
    share = f"{_grouped(above)} ÷ {_grouped(below)}{times}"
    return f"逐个24小时计算{share}，取最低的一个" if isinstance(declared, Lowest) else share


def expected(source: Source) -> str:
    """What is expected of a source, and what backs it."""
    return f"{source.title}——{_RHYTHMS[source.rhythm]}"


def _target(indicator: Indicator) -> str:
    """全年≥98%；其他期间只看进度；分母少于5的不判."""
    target = indicator.target
    if target is None:
        return "未设"
    others = "" if target.span is Span.ANY else "；其他期间只看进度，不判达标与否"
    few = f"；分母少于{target.fewest}的不判" if is_of_things(indicator.formula) else ""
    return f"{target.words(indicator.unit)}{others}{few}"


def _part(part: Part) -> str:
    signed = "".join(
        f" {'−' if term.times < 0 else '+'} {MEASURES[term.measure].title}" for term in part.terms
    )
    told = signed.removeprefix(" + ").lstrip()
    if _is_mean_of_ends(part):
        return f"（{told}）÷2"
    return f"各{told}的平均数" if part.averaged else told


def _is_mean_of_ends(part: Part) -> bool:
    return {term.over for term in part.terms} == {Over.FIRST, Over.LAST}


def _grouped(told: str) -> str:
    return f"（{told}）" if (" + " in told or " − " in told) and not told.startswith("（") else told


def _example(indicator: Indicator, example: Example) -> str:
    words = f"{example.words}：" if example.words else ""
    value = f"{example.value}{indicator.unit}"
    if example.denominator is None:
        return f"{words}{value}"
    return f"{words}{example.numerator}÷{example.denominator}={value}"


def _longer_periods(indicator: Indicator) -> str:
    if indicator.year_to_date:
        return "累计：某月的数字从1月算到该月底，季度从1月算到季末"
    if isinstance(indicator.formula, Lowest):
        return "期间内最低的一个，不是各月的平均"
    if isinstance(indicator.formula, Median):
        return "整个期间的重新排列取正中，不是各月的平均"
    below = indicator.formula.denominator
    if {term.over for term in indicator.formula.numerator.terms} == {Over.LAST}:
        return "取最后一个月的月末，不是各月相加"
    if below and (below.averaged or _is_mean_of_ends(below)):
        return "分子之和÷期间的平均人数"
    if below and Over.FIRST in {term.over for term in below.terms}:
        return "按整个期间重新数人，不是各月相加"
    if below is None and Over.LAST in {term.over for term in indicator.formula.numerator.terms}:
        return "取期间最后一个有据的月末，不是各月相加"
    if below is None:
        return "各月相加"
    return "分子之和÷分母之和，不是各月比率的平均"

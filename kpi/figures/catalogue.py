"""Definition cards: everything that a person who defends a number needs to read of its definition."""

from kpi.figures.attainment import is_of_things
from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import Lowest, Median, Over, Part
from kpi.figures.indicators.indicator import Example
from kpi.figures.indicators.target import Horizon
from kpi.figures.measures import MEASURES, Measure
from kpi.figures.sources import SOURCES, Rhythm, Source

CardFields = dict[str, str]

_RHYTHMS = {
    Rhythm.DAILY: "每天。次日零时以后报送且含有当日数据，或已确认零报告，视为已报送",
    Rhythm.HOURLY: "每小时。该小时至少有一行，视为已报送",
    Rhythm.MONTHLY: "每月。月末以后报送，或已确认全月零报告，视为已报送；未报送的月份不计入，也不沿用上月",
    Rhythm.STANDING: "自生效日起一直有效，直到下一次核定；月末有生效的核定，视为已报送",
    Rhythm.SURVEY: "每年一轮。期间内有问卷，视为已报送；没有问卷的月份为不适用，全年没有为无法核实",
}


def build_card(indicator: Indicator) -> CardFields:
    """The card of an indicator: Chinese title of the field → text, in the order of reading."""
    words = indicator.card
    fields = {
        "编码": indicator.key,
        "名称": indicator.title,
        "单位": indicator.unit or "无",
        "设置依据": words.why,
        "分子": words.numerator,
        "分母": words.denominator or "无（本指标是数量）",
        "公式": format_formula(indicator),
        "包含": words.includes,
        "不含": words.excludes,
        "归属月份": words.month,
        "例子": _format_example(indicator, words.example),
        "舍入": f"{indicator.rounding.words}，保留{indicator.scale}位小数；分子、分母保持精确",
        "年度和季度": _describe_longer_periods(indicator),
        "数据来源": "；".join(describe_expected(SOURCES[need]) for need in indicator.needs),
        "目标": _format_target(indicator),
        "方向": indicator.direction.value,
        "出处": indicator.source,
        "口径版本": str(indicator.version),
        "启用月份": f"自{indicator.effective_from.label}起" if indicator.effective_from else "自系统启用起",
    }
    return fields | ({"区间": "另附95%置信区间（Wilson）"} if indicator.wilson else {})


def build_measure_card(measure: Measure) -> CardFields:
    """The card of a measure."""
    return {
        "编码": measure.key,
        "名称": measure.title,
        "单位": measure.unit,
        "数什么": measure.about,
        "一行是": measure.among.title,
        "数据来源": "、".join(SOURCES[need].title for need in measure.needs),
    }


def format_card(indicator: Indicator) -> str:
    """The card as plain text."""
    return format_fields(build_card(indicator))


def format_fields(one: CardFields) -> str:
    """A card's fields, one a line."""
    return "\n".join(f"{title}：{text}" for title, text in one.items())


def format_formula(indicator: Indicator) -> str:
    """The formula in the measures' names."""
    declared = indicator.formula
    above = _format_part(declared.numerator)
    if declared.denominator is None:
        return above
    if isinstance(declared, Median):
        return f"{above}，由短到长排列，取正中的一件；总数是双数的，取正中两件的平均"
    below = _format_part(declared.denominator)
    times = f" × {declared.times}" if declared.times != 1 else ""
    share = f"{_parenthesize(above)} ÷ {_parenthesize(below)}{times}"
    return f"逐个24小时计算{share}，取最低的一个" if isinstance(declared, Lowest) else share


def describe_expected(source: Source) -> str:
    """What is expected of a source, and what backs it."""
    return f"{source.title}——{_RHYTHMS[source.rhythm]}"


def _format_target(indicator: Indicator) -> str:
    """全年≥98%；其他期间只看进度；分母少于5的不判."""
    target = indicator.target
    if target is None:
        return "未设"
    others = "" if target.span is Horizon.ANY else "；其他期间只看进度，不判达标与否"
    few = f"；分母少于{target.fewest}的不判" if is_of_things(indicator.formula) else ""
    return f"{target.words(indicator.unit)}{others}{few}"


def _format_part(part: Part) -> str:
    signed = "".join(
        f" {'−' if term.times < 0 else '+'} {MEASURES[term.measure].title}" for term in part.terms
    )
    names = signed.removeprefix(" + ").lstrip()
    if _is_mean_of_ends(part):
        return f"（{names}）÷2"
    return f"各{names}的平均数" if part.averaged else names


def _is_mean_of_ends(part: Part) -> bool:
    return {term.over for term in part.terms} == {Over.FIRST, Over.LAST}


def _parenthesize(text: str) -> str:
    return f"（{text}）" if (" + " in text or " − " in text) and not text.startswith("（") else text


def _format_example(indicator: Indicator, example: Example) -> str:
    words = f"{example.words}：" if example.words else ""
    value = f"{example.value}{indicator.unit}"
    if example.denominator is None:
        return f"{words}{value}"
    return f"{words}{example.numerator}÷{example.denominator}={value}"


def _describe_longer_periods(indicator: Indicator) -> str:
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
        return "取期间最后一个已报送的月末，不是各月相加"
    if below is None:
        return "各月相加"
    return "分子之和÷分母之和，不是各月比率的平均"

"""What a definition must hold to be computable and honest, beyond the form of its document."""

from fractions import Fraction

from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.indicators.formula import Lowest, Median, Over, Part, Quantity
from kpi.figures.indicators.units import get_part_unit, get_term_unit
from kpi.figures.measures import MEASURES
from tracker.toml_file import TomlTable

UNITS = (
    {"", "%", "‰", "秒", "元"}
    | {indicator.unit for indicator in INDICATORS.values()}
    | {measure.unit for measure in MEASURES.values()}
)
_OF_TIMES = {100: "%", 1000: "‰"}


def check_definition(indicator: Indicator, node: TomlTable) -> None:
    """Raises: the problem of the node that was read, for a definition that contradicts itself."""
    formula = node.table("formula")
    _check_kind(indicator, formula)
    _check_median(indicator, node)
    for name, part in _list_parts(indicator):
        _check_part(formula.table(name), part)
    _check_unit(indicator, node)
    _check_wilson(indicator, node)
    _check_card(indicator, node.table("card"))


def _list_parts(indicator: Indicator) -> list[tuple[str, Part]]:
    formula = indicator.formula
    parts = [("numerator", formula.numerator)]
    return [*parts, ("denominator", formula.denominator)] if formula.denominator else parts


def _check_kind(indicator: Indicator, node: TomlTable) -> None:
    formula = indicator.formula
    match formula.kind:
        case Quantity.COUNT | Quantity.SHARE if isinstance(formula, Lowest):
            raise node.fault("kind", "写了 formula.lowest 的，公式种类要写 ratio。")
        case Quantity.COUNT | Quantity.SHARE if isinstance(formula, Median):
            raise node.fault("kind", "写了 formula.median 的，公式种类要写 ratio。")
        case Quantity.COUNT if formula.denominator is not None or formula.times != 1:
            raise node.fault("kind", "公式种类 count 是一个数量：不能有 formula.denominator，times 只能是1。")
        case Quantity.SHARE if formula.denominator is None or formula.times != 100:
            raise node.fault(
                "kind",
                "公式种类 share 是百分比：要有 formula.denominator，times 要写100；不是百分比的写 ratio。",
            )
        case Quantity.SHARE if any(part.averaged for _, part in _list_parts(indicator)):
            raise node.fault(
                "kind", "公式种类 share 的分子要数在分母之中，averaged 只能是 false；否则请写 ratio。"
            )
        case Quantity.RATIO if formula.denominator is None:
            raise node.fault("kind", "公式种类 ratio 要有 formula.denominator；没有分母的写 count。")


def _check_median(indicator: Indicator, node: TomlTable) -> None:
    """A median is of one ranked measure and of the rows that it counts; so few that it is not judged, it is
    not taken either, as the figure does not keep of how many it is."""
    formula = indicator.formula
    if not isinstance(formula, Median):
        return
    here = node.table("formula")
    above, below = (part.terms if part else () for part in (formula.numerator, formula.denominator))
    measures = [MEASURES[term.measure] for term in (*above, *below)]
    single = len(above) == len(below) == 1 and not any(part.averaged for _, part in _list_parts(indicator))
    if not single or not measures[0].ranked or any(term.over is not Over.ALL for term in (*above, *below)):
        raise here.fault(
            "median",
            "中位数的 formula.numerator 只能有一项，而且是按件排列的统计项，"
            "例如 work_orders_handling_each_s；"
            "formula.denominator 也只能有一项。",
        )
    if measures[1].among is not measures[0].among or measures[1].value is not None or below[0].times != 1:
        raise here.fault(
            "denominator", "中位数的 formula.denominator 要数的是同一种对象的件数，factor 只能是1。"
        )
    if above[0].times <= 0:
        raise here.fault("numerator", "中位数的 formula.numerator 的 factor 要大于0。")
    if indicator.target is not None and indicator.target.fewest > formula.fewest:
        raise node.table("target").fault(
            "fewest",
            f"target.fewest（{indicator.target.fewest}）不能大于 formula.median.fewest"
            f"（{formula.fewest}）：少于前者的不判，也就不取中位数。",
        )


def _check_part(node: TomlTable, part: Part) -> None:
    """The terms of a part add alike things, whose rows can be listed under the same columns."""
    units = {get_term_unit(term) for term in part.terms}
    if len(units) > 1:
        terms = "、".join(f"{term.measure}（{get_term_unit(term)}）" for term in part.terms)
        raise node.problem("terms", f"里各项单位不同，不能相加：{terms}。")
    shapes = {tuple(title for title, _ in MEASURES[term.measure].among.columns) for term in part.terms}
    if len(shapes) > 1:
        terms = "、".join(f"{term.measure}（{MEASURES[term.measure].among.title}）" for term in part.terms)
        raise node.problem("terms", f"里各项数的不是同一种对象，不能相加：{terms}。")


def _check_unit(indicator: Indicator, node: TomlTable) -> None:
    formula = indicator.formula
    expected = (
        get_part_unit(formula.numerator) if formula.kind is Quantity.COUNT else _OF_TIMES.get(formula.times)
    )
    if expected is not None and indicator.unit != expected:
        by = f"按公式（{formula.kind}，times = {formula.times}）"
        raise node.problem("unit", f"写的是“{indicator.unit}”，而{by}单位是“{expected}”。")


def _check_wilson(indicator: Indicator, node: TomlTable) -> None:
    if indicator.wilson and indicator.formula.kind is not Quantity.SHARE:
        raise node.problem("wilson", "（95%置信区间）只能用于公式种类 share。")


def _check_card(indicator: Indicator, node: TomlTable) -> None:
    """The worked example must come out, so that the card cannot tell another formula than the one counted."""
    card, example, example_node = indicator.card, indicator.card.example, node.table("example")
    is_count = indicator.formula.kind is Quantity.COUNT
    for here, denominator in ((node, card.denominator), (example_node, example.denominator)):
        if (denominator is None) != is_count:
            raise here.problem("denominator", "不能写：数量没有分母。" if is_count else "没有写。")
    try:
        value = Fraction(example.numerator) * indicator.formula.times
        value = value / Fraction(example.denominator) if example.denominator is not None else value
    except (ValueError, ZeroDivisionError):
        raise example_node.problem(None, "的分子和分母应为数，分母不能是0。") from None
    right = str(indicator.round_value(value))
    if right != example.value:
        raise example_node.problem("value", f"写的是“{example.value}”，按公式应为“{right}”。")

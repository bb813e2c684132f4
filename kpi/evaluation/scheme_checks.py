"""What is checked when a scheme is loaded; `CHECKS` is the registry."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise

from kpi.evaluation.actual import Amount
from kpi.evaluation.numbers import show_points
from kpi.evaluation.scheme import Feed, PointCondition, RatingBand, Scheme, SchemeItem, Take
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.units import get_part_unit as unit_of_part
from kpi.figures.measures import MEASURES
from tracker.toml_file import TomlTable, suggest_words

TEN_THOUSAND = "万"
_MONEY = {"分": 1, "元": 100, "万元": 1_000_000}


def check_scheme(node: TomlTable, scheme: Scheme) -> None:
    """Raises: the node's problem for the first thing that is wrong."""
    for check in CHECKS:
        check(node, scheme)


def _check_tree(node: TomlTable, scheme: Scheme) -> None:
    """Every indicator stands under a group that exists, and every group holds something."""
    groups = {group.code for group in scheme.groups}
    if not scheme.items:
        raise node.problem(None, "方案里没有 [indicators.…] 三级指标。")
    for group in scheme.groups:
        if group.under is not None and group.under not in groups:
            raise node.table("groups").table(group.code).problem("under", f"没有“{group.under}”这一级指标。")
        if not any(True for _ in scheme.list_children(group.code)):
            raise node.table("groups").problem(group.code, "之下没有指标；请补上，或删去这一行。")
    for item in scheme.items:
        if item.under not in groups:
            raise _locate_item(node, item).problem(
                "under", f"没有“{item.under}”这个上级；请先在 [groups] 里写出。"
            )
    _check_roots(node, scheme)


def _check_roots(node: TomlTable, scheme: Scheme) -> None:
    """No group stands under itself, by whatever way round."""
    under = {group.code: group.under for group in scheme.groups}
    for code in under:
        seen, above = {code}, under[code]
        while above is not None:
            if above in seen:
                raise node.table("groups").problem(code, "绕了一圈又归到自己之下；请检查 under。")
            seen.add(above)
            above = under[above]


def _check_weights(node: TomlTable, scheme: Scheme) -> None:
    """Weights add up at every level, and none is 0 or less."""
    for item in scheme.items:
        if item.weight <= 0:
            raise _locate_item(node, item).problem(
                "weight", f"应大于0，读到的是 {show_points(item.weight)}。"
            )
    _check_sum(node, "total", scheme.total, scheme, None)
    for group in scheme.groups:
        _check_sum(node.table("groups"), group.code, group.weight, scheme, group.code)


def _check_sum(node: TomlTable, key: str, wanted: Fraction, scheme: Scheme, code: str | None) -> None:
    parts = list(scheme.list_children(code))
    found = sum((part.weight for part in parts), Fraction(0))
    if found != wanted:
        text = "＋".join(f"{part.code} {show_points(part.weight)}" for part in parts)
        raise node.problem(
            key, f"的权重是{show_points(wanted)}，下级合计{show_points(found)}（{text}）；请改其中之一。"
        )


def _check_rules(node: TomlTable, scheme: Scheme) -> None:
    for item in scheme.items:
        fault = item.rule.fault(item.target, item.weight, len(item.points))
        if fault:
            raise _locate_item(node, item).problem("rule", f"：规则 {item.rule.kind} {fault}。")


def _check_references(node: TomlTable, scheme: Scheme) -> None:
    """Whatever feeds an indicator exists, and its unit is that of the target."""
    for item in scheme.items:
        here = _locate_item(node, item)
        for feed in (item.feed, item.feed.checks):
            _check_feed(here, item, feed)
        if item.feed.checks is not None and item.rule.takes is not Amount:
            raise here.problem("from", f"：规则 {item.rule.kind} 不取数值，checks 应写在 points 的各条里。")
        for condition in (point.condition for point in item.points):
            if condition is not None:
                _check_condition(here, condition)


def _check_feed(here: TomlTable, item: SchemeItem, feed: Feed | None) -> None:
    if feed is None:
        return
    if feed.figure is not None and feed.figure not in INDICATORS:
        raise here.problem("from", f"没有指标“{feed.figure}”；{_suggest_near(feed.figure, INDICATORS)}")
    if feed.measure is not None and feed.measure not in MEASURES:
        raise here.problem("from", f"没有统计项“{feed.measure}”；{_suggest_near(feed.measure, MEASURES)}")
    if feed.measure is not None and feed.take not in (Take.VALUE, Take.NUMERATOR):
        raise here.problem("from", f"：统计项只有全年合计，不能按 {feed.take} 取数；请改用指标（figure）。")
    unit = get_feed_unit(feed)
    if item.target is not None and unit is not None and find_factor(unit, item.target.unit) is None:
        units = f"的单位是“{item.target.unit}”，取数的单位是“{unit}”"
        raise here.problem("target", f"{units}，两者对不上；请改目标的单位或取数的来源。")


def _check_condition(here: TomlTable, condition: PointCondition) -> None:
    key, wanted = condition.counted, condition.target.unit
    if key not in INDICATORS and key not in MEASURES:
        raise here.problem("points", f"没有指标“{key}”；{_suggest_near(key, [*INDICATORS, *MEASURES])}")
    unit = INDICATORS[key].unit if key in INDICATORS else MEASURES[key].unit
    if find_factor(unit, wanted) is None:
        raise here.problem("points", f"：{key} 的单位是“{unit}”，条件写的单位是“{wanted}”，两者对不上。")


def get_feed_unit(feed: Feed) -> str | None:
    """The unit of what the log gives for an indicator; None where nothing is taken of it.

    A mean over days or months has the unit of what is counted: 件, not 件/天.
    """
    if feed.measure in MEASURES and feed.measure is not None:
        return MEASURES[feed.measure].unit
    if feed.figure not in INDICATORS or feed.figure is None:
        return None
    formula = INDICATORS[feed.figure].formula
    match feed.take:
        case Take.VALUE:
            return INDICATORS[feed.figure].unit
        case Take.DENOMINATOR:
            return None if formula.denominator is None else unit_of_part(formula.denominator)
        case _:
            return unit_of_part(formula.numerator)


def find_factor(unit: str, wanted: str) -> Fraction | None:
    """What a number in one unit is multiplied by to be in another: 条 → 万条; None where they do not fit."""
    plain = unit.partition("/")[0]
    if plain in _MONEY and wanted in _MONEY:
        return Fraction(_MONEY[plain], _MONEY[wanted])
    if wanted in (unit, plain):
        return Fraction(1)
    return Fraction(1, 10_000) if wanted == TEN_THOUSAND + plain else None


def _check_bands(node: TomlTable, scheme: Scheme) -> None:
    """The bands cover 0 … total, every number once."""
    here = node.table("bands")
    bands = sorted(scheme.bands, key=lambda band: (band.low, band.high))
    if not bands or bands[0].low != 0 or not bands[0].low_included:
        raise node.problem("bands", "应从0分（含）开始；请补上最低一等。")
    if bands[-1].high != scheme.total or not bands[-1].high_included:
        raise here.problem(bands[-1].name, f"应到满分{show_points(scheme.total)}（含）为止。")
    for lower, upper in pairwise(bands):
        _check_joint(here, lower, upper)


def _check_joint(node: TomlTable, lower: RatingBand, upper: RatingBand) -> None:
    pair = f"“{lower.name}”与“{upper.name}”"
    at = show_points(upper.low)
    if lower.high > upper.low or (lower.high == upper.low and lower.high_included and upper.low_included):
        raise node.problem(upper.name, f"：{pair}在{at}分处重叠；同一分数只能属于一个等级。")
    if lower.high < upper.low or not (lower.high_included or upper.low_included):
        raise node.problem(
            upper.name, f"：{pair}之间有空档（{show_points(lower.high)}至{at}分）；请让两者相接。"
        )


def _suggest_near(name: str, names: Iterable[str]) -> str:
    return suggest_words(name, names) or "hotline catalogue 列出全部。"


def _locate_item(node: TomlTable, item: SchemeItem) -> TomlTable:
    return node.table("indicators").table(item.code)


CHECKS: tuple[Callable[[TomlTable, Scheme], None], ...] = (
    _check_tree,
    _check_weights,
    _check_rules,
    _check_references,
    _check_bands,
)

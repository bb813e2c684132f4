"""The texts of the score tables: what an indicator asks, by which standard, and how its score came about."""

from fractions import Fraction

from kpi.evaluation.actual import Amount
from kpi.evaluation.numbers import PLACES, round_half_up_to, show_number, show_points, show_share
from kpi.evaluation.scheme import Scheme, SchemeGroup, SchemeItem, Take
from kpi.evaluation.scoring import ItemScore
from kpi.figures.indicators import INDICATORS
from kpi.figures.measures import MEASURES

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_TAKES = {
    Take.NUMERATOR: "取分子",
    Take.DENOMINATOR: "取分母",
    Take.SHORTFALL: "取分母与分子之差",
    Take.PER_MONTH: "按月平均",
    Take.PER_DAY: "按日历日平均",
    Take.PER_WORKING_DAY: "按工作日平均",
    Take.PER_SERVICE_DAY: "按有业务的日子平均",
}


def title_group(group: SchemeGroup) -> str:
    """A1 项目立项（6）"""
    return f"{group.code} {group.title}（{show_points(group.weight)}）"


def title_item(item: SchemeItem) -> str:
    return f"{item.code} {item.title}"


def explain(item: SchemeItem) -> str:
    """指标解释: what the number is made of, or what has to be looked at."""
    if item.feed.figure is not None:
        indicator = INDICATORS[item.feed.figure]
        taken = _TAKES.get(item.feed.take, "")
        below = f"÷{indicator.card.denominator}" if indicator.card.denominator else ""
        text = f"{indicator.title}：{indicator.card.numerator.rstrip('。')}{below}".rstrip("。")
        return f"{text}；{taken}。" if taken else f"{text}。"
    if item.feed.measure is not None:
        return MEASURES[item.feed.measure].about
    return (
        (f"根据{item.feed.attested or '佐证材料'}等佐证材料，考察{item.title}情况。")
        if item.feed.attested
        else f"根据佐证材料，考察{item.title}情况。"
    )


def word_standard(item: SchemeItem) -> str:
    """评价标准: the points of a list, then the rule."""
    listed = "；".join(f"{_format_ordinal(place)}{point.text}" for place, point in enumerate(item.points))
    share = show_share(item.unverifiable)
    lost = "无法核实的不得分。" if item.unverifiable == 1 else f"无法核实的扣权重分的{share}。"
    backing = f"无后台统计数据支撑的，扣权重分的{show_share(item.no_backing)}。" if item.no_backing else ""
    return (f"考察{listed}。" if listed else "") + item.rule.standard() + backing + lost


def cite_basis(item: SchemeItem) -> str:
    """评分依据: the clause, else the scheme itself."""
    return item.clause if item.clause not in ("", "—") else "评价方案"


def word_steps(score: ItemScore) -> str:
    """评分过程: why these points."""
    note = score.told.note
    reason = score.final.reason
    return f"{reason}（{note}）。" if note and note not in reason else f"{reason}。".replace("。。", "。")


def format_achieved(score: ItemScore) -> str:
    """实际完成值 as printed."""
    return score.told.text.removesuffix("*") if score.told.provisional else score.told.text


def round_points(points: Fraction) -> Fraction:
    """Points as they are printed, half up at two places."""
    return round_half_up_to(points, PLACES)


def compute_rate(points: Fraction, weight: Fraction) -> Fraction:
    """得分率 in per cent, of the points as printed, at two places."""
    return round_half_up_to(round_points(points) / weight * 100, PLACES)


def format_rate(points: Fraction, weight: Fraction) -> str:
    return f"{show_number(compute_rate(points, weight))}%"


def format_bands(scheme: Scheme) -> str:
    """90（含）—100（含）分为优，80（含）—90分为良，…"""
    return "，".join(
        f"{show_points(band.low)}{'（含）' if band.low_included else ''}—"
        f"{show_points(band.high)}{'（含）' if band.high_included else ''}分为{band.name}"
        for band in sorted(scheme.bands, key=lambda band: -band.low)
    )


def is_numeric_score(score: ItemScore) -> bool:
    return isinstance(score.told.actual, Amount) and not score.told.unverifiable


def _format_ordinal(place: int) -> str:
    return CIRCLED[place] if place < len(CIRCLED) else f"（{place + 1}）"

"""The texts of the score tables: what an indicator asks, by which standard, and how its score came about."""

from fractions import Fraction

from kpi.evaluation.actual import Amount
from kpi.evaluation.numbers import PLACES, number_text, points_text, rounded, share_text
from kpi.evaluation.scheme import Group, Item, Scheme, Take
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


def group_title(group: Group) -> str:
    """A1 项目立项（6）"""
    return f"{group.code} {group.title}（{points_text(group.weight)}）"


def item_title(item: Item) -> str:
    return f"{item.code} {item.title}"


def asked(item: Item) -> str:
    """指标解释: what the number is made of, or what has to be looked at."""
    if item.feed.figure is not None:
        indicator = INDICATORS[item.feed.figure]
        taken = _TAKES.get(item.feed.take, "")
        below = f"÷{indicator.card.denominator}" if indicator.card.denominator else ""
        told = f"{indicator.title}：{indicator.card.numerator.rstrip('。')}{below}".rstrip("。")
        return f"{told}；{taken}。" if taken else f"{told}。"
    if item.feed.measure is not None:
        return MEASURES[item.feed.measure].about
    return f"查看{item.feed.attested or '证明材料'}，考察{item.title}。"


def standard(item: Item) -> str:
    """评价标准: the points of a list, then the rule."""
    listed = "；".join(f"{_number(place)}{point.text}" for place, point in enumerate(item.points))
    lost = f"无法核实的扣{share_text(item.unverifiable)}权重分。"
    backing = f"没有后台统计的扣{share_text(item.no_backing)}权重分。" if item.no_backing else ""
    return (f"考察{listed}。" if listed else "") + item.rule.standard() + backing + lost


def basis(item: Item) -> str:
    """评分依据: the clause, else the scheme itself."""
    return item.clause if item.clause not in ("", "—") else "评价方案"


def course(score: ItemScore) -> str:
    """评分过程: why these points."""
    note = score.told.note
    told = score.final.reason
    return f"{told}（{note}）。" if note and note not in told else f"{told}。".replace("。。", "。")


def achieved(score: ItemScore) -> str:
    """业绩值 as printed."""
    return score.told.text.removesuffix("*") if score.told.provisional else score.told.text


def printed_points(points: Fraction) -> Fraction:
    """Points as they are printed, half up at two places."""
    return rounded(points, PLACES)


def rate(points: Fraction, weight: Fraction) -> Fraction:
    """得分率 in per cent, of the points as printed, at two places."""
    return rounded(printed_points(points) / weight * 100, PLACES)


def rate_text(points: Fraction, weight: Fraction) -> str:
    return f"{number_text(rate(points, weight))}%"


def bands_text(scheme: Scheme) -> str:
    """优 90—100分（含90），…"""
    return "；".join(
        f"{band.name}：{'≥' if band.low_included else '>'}{points_text(band.low)}分"
        + (
            ""
            if band.high == scheme.total
            else f"且{'≤' if band.high_included else '<'}{points_text(band.high)}分"
        )
        for band in scheme.bands
    )


def is_number(score: ItemScore) -> bool:
    return isinstance(score.told.actual, Amount) and not score.told.unverifiable


def _number(place: int) -> str:
    return CIRCLED[place] if place < len(CIRCLED) else f"（{place + 1}）"

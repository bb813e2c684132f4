"""Indicators of the marks that an order bears: hung up with leave, merged, repeated, urged on."""

from kpi.figures.indicators.formula import count, percent
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.indicators.order_cards import CARRIED_OVER

GROUP = "工单"

_MONTH = "按受理时间的北京日期归月；以后才挂账、催办的都回到受理的那个月。"
_ALL = "本期受理、没有作废的工单（件），一个工单编号算一件；协办的有自己的编号，也算一件。"


def _build_share(
    key: str, title: str, below: str, source: str, card: Card, direction: Direction = Direction.LOWER
) -> Indicator:
    return Indicator(
        key=f"work_order_{key}_rate", title=title, unit="%", scale=2, direction=direction, source=source,
        formula=percent(f"work_orders_{key}", f"work_orders_{below}_marked"), card=card,
    )  # fmt: skip


INDICATORS = (
    Indicator(
        key="work_orders_hung_in_period", title="挂账数", unit="件", scale=0,
        formula=count("work_orders_hung_in_period"), direction=Direction.LOWER,
        source="数字城管案件统计表的挂账数（缓办数）",
        card=Card(
            why="挂账的工单经同意暂不办理，时限不再催人，要另外看住。",
            numerator="挂账时间落在本期的工单（件），不论何时受理。",
            denominator=None,
            includes=f"挂账以后又办结的。{CARRIED_OVER}",
            excludes="作废的。工单表没有“挂账时间”一列的，无法核实。",
            month="按挂账时间的北京日期归月。",
            example=Example("8", None, "8"),
        ),
    ),
    _build_share(
        "hung", "挂账率", "dispatched", "挂账÷派单；挂账见数字城管案件统计表",
        Card(
            why="挂账多了，按时办结率就没有意义。",
            numerator="本期受理并派单、没有作废、挂账过的工单（件），不论何时挂账。",
            denominator="本期受理并派单、没有作废的工单（件）。",
            includes="挂账以后又办结的。",
            excludes="没有派单时间的（直接办结的）工单。工单表没有“挂账时间”一列的，无法核实。",
            month=_MONTH, example=Example("2", "100", "2.00", "派单100件、2件挂账过时"),
        ),
    ),
    _build_share(
        "repeated", "重复工单率", "accepted", "重复÷受理；重复以工单表所写为准（北京市某区工单的“是否重复”）",
        Card(
            why="同一件事一再受理，多半是上一次没有办好。",
            numerator="本期受理、没有作废，工单表写明是重复诉求的工单（件）。",
            denominator=_ALL,
            includes="重复的仍然各算一件，不从别的指标里扣除。",
            excludes="作废的。不按号码或内容推断；工单表没有“是否重复”一列的，无法核实。",
            month=_MONTH, example=Example("6", "100", "6.00", "受理100件、6件写明重复时"),
        ),
    ),
    _build_share(
        "merged", "并单率", "accepted", "并单÷受理；原工单编号见北京市级工单表的“旧工单号”",
        Card(
            why="并入别的工单的，不是一件新的事；并了多少，各项件数就虚高多少。",
            numerator="本期受理、没有作废，写有原工单编号（旧工单号、主工单号）的工单（件）。",
            denominator=_ALL,
            includes="原工单是以前受理的。",
            excludes="作废的。工单表没有“原工单编号”一列的，无法核实。",
            month=_MONTH, example=Example("4", "100", "4.00", "受理100件、4件并入别的工单时"),
        ),
        Direction.NEITHER,
    ),
    _build_share(
        "urged_by_citizens", "催办率", "accepted", "催办过÷受理；催办单号见北京市级工单表",
        Card(
            why="诉求人催了，说明等得太久；催办不是新的诉求。",
            numerator="本期受理、没有作废，写有催办单号的工单（件）；催办几次算一件。",
            denominator=_ALL,
            includes="已经办结的。",
            excludes="作废的；中心对承办单位的督办。工单表没有“催办单号”一列的，无法核实。",
            month=_MONTH, example=Example("5", "100", "5.00", "受理100件、5件催办过时"),
        ),
    ),
)  # fmt: skip

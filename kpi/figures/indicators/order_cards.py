"""What the cards of several indicators of work orders say in the same words."""

from kpi.figures.indicators.formula import percent
from kpi.figures.indicators.indicator import Card, Direction, Indicator

BY_ACCEPTANCE = "按受理时间的北京日期归月；以后各月的办结、回访都回到受理的那个月。"
CARRIED_OVER = (
    "上一个月受理的工单未报送、也没有签零报告的，结转来的工单不明，只算部分可核实；更早的月份不追溯。"
)
SAMPLE = "样例中心2023年"
AS_KNOWN_NOW = "以现在所知为准：以后才办结、回访或退回重办的，数字会随新报送的工单变动。"
STEPS_NEEDED = "流转记录或工单表的相应一列未报送的，无法核实。"


def build_share(
    key: str, title: str, above: str, below: str, direction: Direction, source: str, card: Card
) -> Indicator:
    """The share of one measure of orders in another, in percent with two places."""
    return Indicator(
        key=key, title=title, unit="%", scale=2, formula=percent(above, below), direction=direction,
        source=source, card=card,
    )  # fmt: skip

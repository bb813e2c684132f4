"""Indicators of what is left out of assessment."""

from kpi.figures.indicators.formula import count
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator

GROUP = "工单"

INDICATORS = (
    Indicator(
        key="work_orders_excluded", title="剔除工单数", unit="件", scale=0,
        formula=count("work_orders_excluded"), direction=Direction.NEITHER,
        source="考核申诉逐件计数；剔除前后的各项比率见其他口径“考核申诉同意剔除的不算”",
        card=Card(
            why="剔除越多，剔除后的比率离实际越远；每一件由谁提出、为什么、谁同意，都要查得到。",
            numerator="审核日期落在本期、同意剔除的工单（件）。",
            denominator=None,
            includes="同一张工单几次申诉的，有一次同意就算一件。",
            excludes="驳回的、还没有审核的。同意剔除而没有写审核日期的，不猜是哪个月，列为不明。",
            month="按审核日期归月，不论工单何时受理。",
            example=Example("12", None, "12"),
        ),
    ),
)  # fmt: skip

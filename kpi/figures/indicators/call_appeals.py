"""Indicators of calls that are left out of assessment."""

from kpi.figures.indicators.formula import count
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator

GROUP = "电话"

INDICATORS = (
    Indicator(
        key="calls_excluded", title="剔除通话数", unit="通", scale=0,
        formula=count("calls_excluded"), direction=Direction.NEITHER,
        source="通话考核申诉逐通计数；剔除前后的各项比率见其他口径“考核申诉同意剔除的不算”",
        card=Card(
            why="剔除越多，剔除后的接通率、满意率离实际越远；每一通由谁提出、为什么、谁同意，都要查得到。",
            numerator="审核日期落在本期、同意剔除的电话（通），只剔除评价的也在内。",
            denominator=None,
            includes="同一通电话几次申诉的，有一次同意就算一通。",
            excludes="驳回的、还没有审核的。同意剔除而没有写审核日期的，不猜是哪个月，列为不明。",
            month="按审核日期归月，不论哪天来电。",
            example=Example("7", None, "7"),
        ),
    ),
)  # fmt: skip

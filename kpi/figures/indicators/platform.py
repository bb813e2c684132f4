"""Indicators of the platform."""

from decimal import Decimal

from kpi.figures.indicators.formula import percent
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.indicators.target import AtLeast

INDICATORS = (
    Indicator(
        key="platform_uptime_rate", title="平台运转率", unit="%", scale=2,
        formula=percent("probes_up", "probes"), direction=Direction.HIGHER, target=AtLeast(Decimal("99")),
        source="2022年12345热线服务费项目绩效目标表：平台运转率≥99%",
        card=Card(
            why="平台停了，市民就打不进来；没有后台记录的运转率评价中按无法核实得零分。",
            numerator="结果为正常的巡检（次）。",
            denominator="全部巡检（次）。",
            includes="计划内和计划外的停机都算不正常。",
            excludes="没有巡检的小时不算正常也不算不正常，只降低有据率。",
            month="按巡检时间的北京日期归月；每小时至少应有一次巡检。",
            example=Example("8731", "8736", "99.94", "样例中心2023年，缺24小时"),
        ),
    ),
)  # fmt: skip

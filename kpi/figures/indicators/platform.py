"""Indicators of the platforms."""

from decimal import Decimal
from fractions import Fraction

from kpi.figures.indicators.formula import percent, total
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.indicators.target import AtLeast

GROUP = "平台"

HOURS = Fraction(1, 3_600_000)  # 毫秒 → 小时

INDICATORS = (
    Indicator(
        key="platform_uptime_rate", title="平台运转率", unit="%", scale=2,
        formula=percent(total("platform_up_ms", times=HOURS), total("platform_probed_ms", times=HOURS)),
        direction=Direction.HIGHER, target=AtLeast(Decimal("99")),
        source="2022年12345热线服务费项目绩效评价评分表（C201）：平台运转率≥99%",
        card=Card(
            why="反映平台可用程度；无后台记录的，评价时按无法核实处理。",
            numerator="有巡检的平台时间中正常的时间（小时）。",
            denominator="有巡检的平台时间（小时）：一个平台的一小时里至少有一次巡检的，计一小时。",
            includes="按时间计，不按次数计：一次巡检代表到同一小时内下一次巡检为止的时间，最后一次代表到整点，"
            "第一次也代表整点到它的时间。有几个平台的，各平台的时间相加，即各平台运转率按有巡检的时间加权平均。"
            "计划内和计划外的停机都算不正常。",
            excludes="没有巡检的小时不算正常也不算不正常，只降低数据完整率，并列出最差和最好的可能。"
            "每个平台从第一次巡检的那一小时起都应每小时有巡检；统计设定写明不计入的平台，自那天起不计也不应有。",
            month="按巡检时间的北京日期归月；每个平台每小时至少应有一次巡检。",
            example=Example("8731", "8736", "99.94", "样例中心2023年，缺24小时"),
        ),
    ),
)  # fmt: skip

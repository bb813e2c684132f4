"""Indicators of what is counted by the day, and of inspected calls."""

from decimal import Decimal

from kpi.figures.indicators.formula import count, percent
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.indicators.target import AtLeast

GROUP = "业务日报与质检"

_SAMPLE = "样例中心2023年"


def _build_reported(key: str, title: str, unit: str, measure: str, source: str, example: str) -> Indicator:
    return Indicator(
        key=key, title=title, unit=unit, scale=0, formula=count(measure), direction=Direction.NEITHER,
        source=source,
        card=Card(
            why="评价要求逐日的后台统计；仅有个别日期数据的扣分。",
            numerator=f"业务日报所报的{title}之和（{unit}）。",
            includes="填报0的日期为实际为零，如周末不接待。",
            excludes="缺业务日报或该项未填的日期：不按0计，只降低数据完整率。",
            month="按业务日报日期归月。",
            example=Example(example, None, example, _SAMPLE),
        ),
    )  # fmt: skip


INDICATORS = (
    _build_reported(
        "messages_sent", "短信发送量", "条", "messages",
        "2023年12345云呼叫中心平台技术服务运维费项目绩效目标表：发送短信数", "621333",
    ),
    _build_reported(
        "cases_handled", "办件量", "件", "cases", "2023年政务服务运行维护费项目绩效评价指标：日均办件量",
        "1369913",
    ),
    _build_reported(
        "visits_received", "接待人次", "人次", "visits",
        "2023年政务服务运行维护费项目绩效评价指标：月接待办事人次", "88080",
    ),
    Indicator(
        key="inspection_pass_rate", title="话务质检合格率", unit="%", scale=2,
        formula=percent("inspections_passed", "inspections"), direction=Direction.HIGHER,
        target=AtLeast(Decimal("95")), source="2022年12345热线服务费项目年度目标：话务质检通过率≥95%",
        card=Card(
            why="抽听录音检查服务规范，说明接听的质量。",
            numerator="抽检合格的电话（通）。",
            denominator="抽检的电话（通）。",
            includes="同一通电话在不同的日子抽检两次算两次，同一天的以最后报送的为准。"
            "以后才抽检的，数字会随新报送的质检变动。",
            excludes="没有抽检的电话。",
            month="按来电日期归月；手中没有这通电话的话单时按质检日期。",
            example=Example("677", "720", "94.03", _SAMPLE),
        ),
    ),
)  # fmt: skip

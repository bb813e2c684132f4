"""Indicators of the knowledge base."""

from kpi.figures.indicators.formula import count, percent
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator

GROUP = "知识库"

INDICATORS = (
    Indicator(
        key="knowledge_updates", title="知识库更新条数", unit="条", scale=0,
        formula=count("knowledge_updates"), direction=Direction.HIGHER,
        source="知识库更新记录逐条计数；GB/T 44191-2024 政务服务便民热线知识库建设指南",
        card=Card(
            why="话务员照知识库答复，政策变了知识库不变，答复就会出错。",
            numerator="本期新增、更新和停用的知识条目（条）。",
            denominator=None,
            includes="同一条知识更新几次算几条。",
            excludes="只审核而没有改动的。",
            month="按操作日期归月。",
            example=Example("86", None, "86"),
        ),
    ),
    Indicator(
        key="knowledge_update_on_time_rate", title="知识库更新及时率", unit="%", scale=2,
        formula=percent("knowledge_updates_on_time", "knowledge_updates_dated"), direction=Direction.HIGHER,
        source="按期更新÷有应完成日期的更新",
        card=Card(
            why="更新得晚了，中间的来电都是照旧政策答复的。",
            numerator="本期更新中，操作日期不晚于应完成日期的（条）。",
            denominator="本期新增、更新和停用中，写有应完成日期的（条）。",
            includes="应完成日期当天完成的算按期。",
            excludes="没有应完成日期的；应更新而一直没有更新的，更新记录里没有，看不到。",
            month="按操作日期归月，不按应完成日期。",
            example=Example("57", "60", "95.00"),
        ),
    ),
)  # fmt: skip

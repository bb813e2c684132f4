"""Indicators from questionnaires."""

from decimal import Decimal

from kpi.figures.indicators.formula import percent, ratio
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.indicators.target import AtLeast
from kpi.figures.measures.surveys import ITEMS

GROUP = "问卷"

_SEED = "2022年12345热线服务费项目满意度调查"
_MONTH = "按填写日期归月。调查按年组织：没有问卷的月份为不适用，全年没有问卷为无法核实。"
_SAMPLE = "样例中心2023年"
_ONE_SURVEY = "一年只有一种问卷的，收回的全部问卷；几种问卷并存的不合并，只数统计设定里说明计入的。"
_ONE_QUESTION = "没有回答这一题的问卷。"


def _build_share(
    key: str, title: str, item: str, target: AtLeast | None, why: str, example: Example
) -> Indicator:
    return Indicator(
        key=key, title=title, unit="%", scale=2, wilson=True,
        formula=percent(f"survey_{item}", f"survey_answered_{item}"), direction=Direction.HIGHER,
        target=target, source=f"{_SEED}；置信区间：E. B. Wilson, JASA 22 (1927)",
        card=Card(
            why=why,
            numerator=f"“{ITEMS[item]}”一题答“是”的问卷（份）。",
            denominator="回答了这一题的问卷（份）。",
            includes=f"{_ONE_SURVEY}问卷少则95%置信区间（Wilson）宽，一并列出。",
            excludes=_ONE_QUESTION,
            month=_MONTH,
            example=example,
        ),
    )  # fmt: skip


INDICATORS = (
    _build_share(
        "survey_awareness_rate", "热线知晓率", "aware", AtLeast(Decimal("75")),
        "群众知不知道有这条热线。", Example("94", "95", "98.95", _SAMPLE),
    ),
    _build_share(
        "survey_can_use_rate", "热线使用知晓率", "can_use", None,
        "知道热线，也要会用它解决问题。", Example("89", "95", "93.68", "2022年某热线95份问卷"),
    ),
    _build_share(
        "survey_satisfaction_rate", "问卷满意度", "satisfied", AtLeast(Decimal("85")),
        "答卷的人是否满意；不分用没用过热线，只看用过的有其他口径。", Example("93", "95", "97.89", _SAMPLE),
    ),
    Indicator(
        key="survey_response_rate", title="问卷回收率", unit="%", scale=2,
        formula=ratio("survey_answers", "survey_issued", 100), direction=Direction.HIGHER, source=_SEED,
        card=Card(
            why="回收太少，知晓率和满意度就靠不住。",
            numerator="实际收到明细的问卷（份）。",
            denominator="发放的问卷（份）。",
            includes="每份问卷一行明细，发放表上自报的回收份数只作对照。一年只有一种问卷的全部计入；几种问卷并存的，"
            "收回和发放都只数统计设定里说明计入的；发放的问卷里不明的比计入的多时不给出数字。",
            excludes="未报送明细的问卷。",
            month="收回按填写日期、发放按发放日期归月；跨月收回时月度数字可能超过100%，以年度为准。",
            example=Example("95", "100", "95.00", _SAMPLE),
        ),
    ),
)  # fmt: skip

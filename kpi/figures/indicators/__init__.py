"""Indicators, one module a domain. `INDICATORS` is the registry, `GROUPS` its order on a page."""

from kpi.figures.indicators import (
    appeals,
    calls,
    daily_counts,
    documents,
    knowledge,
    payments,
    platform,
    seats,
    staffing,
    surveys,
    work_orders,
)
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator, Rounding
from kpi.figures.indicators.target import AtLeast, AtMost

__all__ = [
    "EARLIER",
    "GROUPS",
    "HEADLINES",
    "INDICATORS",
    "AtLeast",
    "AtMost",
    "Card",
    "Direction",
    "Example",
    "Indicator",
    "IndicatorProblem",
    "Rounding",
    "find_indicator",
]

GROUPS: tuple[tuple[str, tuple[Indicator, ...]], ...] = (
    ("电话", calls.INDICATORS),
    ("座席", seats.INDICATORS),
    ("工单", (*work_orders.INDICATORS, *appeals.INDICATORS)),
    ("人员", staffing.INDICATORS),
    ("资金", payments.INDICATORS),
    ("平台", platform.INDICATORS),
    ("问卷", surveys.INDICATORS),
    ("日报与质检", daily_counts.INDICATORS),
    ("知识库", knowledge.INDICATORS),
    ("档案", documents.INDICATORS),
)
INDICATORS: dict[str, Indicator] = {
    indicator.key: indicator for _, indicators in GROUPS for indicator in indicators
}
EARLIER: tuple[Indicator, ...] = ()
"""Packaged versions that a newer one replaced, whose months they still count."""

HEADLINES = (
    "call_answer_rate",
    "work_orders_opened",
    "staffing_in_post_rate",
    "staff_turnover_rate",
    "payment_on_time_rate",
)


class IndicatorProblem(LookupError):
    """没有这个指标。"""


def find_indicator(key: str) -> Indicator:
    """The indicator of that key, or of that Chinese title.

    Raises: IndicatorProblem that names what is near.
    """
    for indicator in INDICATORS.values():
        if key in (indicator.key, indicator.title):
            return indicator
    near = [one.key for one in INDICATORS.values() if key in one.key or key in one.title]
    hint = f"相近的有：{'、'.join(near[:5])}。" if near else "hotline catalogue 列出全部指标。"
    raise IndicatorProblem(f"没有指标“{key}”。{hint}")

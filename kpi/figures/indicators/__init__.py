"""Indicators, one module a domain: it declares its `INDICATORS` and the `GROUP` that they stand in on a page.

`INDICATORS` is the registry, `GROUPS` its order on a page.
"""

from typing import Any

from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator, Rounding
from kpi.figures.indicators.target import AtLeast, AtMost
from tracker.modules import find_modules

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

_FIRST = (
    "calls", "seats", "work_orders", "order_steps", "order_assessments", "appeals", "staffing", "payments",
    "platform", "surveys", "daily_counts", "knowledge", "documents",
)  # fmt: skip
_MODULES: tuple[Any, ...] = find_modules("INDICATORS", __name__, first=_FIRST)


def _list_group(title: str) -> tuple[Indicator, ...]:
    return tuple(one for module in _MODULES if title == module.GROUP for one in module.INDICATORS)


GROUPS: tuple[tuple[str, tuple[Indicator, ...]], ...] = tuple(
    (title, _list_group(title)) for title in dict.fromkeys(module.GROUP for module in _MODULES)
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

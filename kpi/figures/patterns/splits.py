"""The ways in which a population's rows can be told apart. `SPLITS` is the registry."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import Lowest, Median, Over
from kpi.figures.measures import MEASURES, POPULATIONS
from kpi.figures.measures import calls as of_calls
from kpi.figures.measures import order_populations as of_orders
from kpi.figures.measures import payments as of_payments
from kpi.figures.measures import posts as of_posts
from kpi.figures.measures import staffing as of_staff
from kpi.figures.measures import surveys as of_surveys
from kpi.figures.measures.daily_counts import INSPECTED
from kpi.figures.measures.names import select_name_on
from kpi.figures.measures.platform import PROBED, PROBES
from kpi.figures.measures.population import Population, SqlColumn
from kpi.figures.measures.repeat_calls import POPULATIONS as CALLED_AGAIN
from kpi.figures.measures.trainings import TRAININGS
from tracker.events.calls import DIRECTIONS
from tracker.facts.calls import calls
from tracker.facts.daily_counts import inspections
from tracker.facts.staffing import trainings
from tracker.facts.work_orders import work_orders

ZONE = "Asia/Shanghai"


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """A column by which rows are told apart, for each population that has it."""

    key: str
    title: str
    of: Mapping[str, SqlColumn]  # population → column
    words: Mapping[Any, str] = field(default_factory=dict)  # value → Chinese, where it is a code
    in_time: bool = False  # days, months: what is averaged over months cannot be told apart by it
    shown: bool = True  # offered as a breakdown of every indicator that has it
    read: Callable[[str], Any] = str  # a value from an address; raises ValueError

    def only(self, value: Any) -> Mapping[str, sa.ColumnElement[bool]]:
        """The condition that keeps the rows of one value, for each population."""
        return {key: column.is_not_distinct_from(value) for key, column in self.of.items()}


def _build_split(
    key: str, title: str, *of: tuple[Population, SqlColumn], words: Mapping[Any, str] | None = None
) -> Split:
    read = int if words else str
    return Split(
        key=key, title=title, of={one.key: column for one, column in of}, words=words or {}, read=read
    )


def _pair_alike(
    populations: Iterable[Population], column: SqlColumn
) -> tuple[tuple[Population, SqlColumn], ...]:
    return tuple((one, column) for one in populations)


def _to_month(day: sa.ColumnElement[Any]) -> SqlColumn:
    return sa.cast(sa.func.date_trunc("month", day), sa.Date)


_orders = of_orders.POPULATIONS
_payments = (
    of_payments.DUE, of_payments.PAID, *of_payments.ACCEPTED.values(), of_payments.THEN,
    of_payments.LABOUR_DUE, of_payments.LABOUR_COST,
)  # fmt: skip


def _to_hour(at: SqlColumn) -> SqlColumn:
    return sa.cast(sa.extract("hour", sa.func.timezone(ZONE, at)), sa.Integer)


def _to_weekday(day: SqlColumn) -> SqlColumn:
    return sa.cast(sa.extract("isodow", day), sa.Integer)


_hour, _weekday = _to_hour(calls.c.entered_at), _to_weekday(calls.c.entered_on)

MONTH = Split(
    key="month", title="月", in_time=True, read=date.fromisoformat,
    of={one.key: _to_month(one.day) for one in POPULATIONS},
)  # fmt: skip
DAY = Split(
    key="day", title="日", in_time=True, read=date.fromisoformat,
    of={one.key: one.day for one in POPULATIONS if not one.by_month},
)  # fmt: skip
HOUR = _build_split(
    "hour", "时段", (of_calls.CALLS, _hour), (PROBES, sa.cast(PROBED.c.hour, sa.Integer)),
    *((one, _to_hour(one.of.c.entered_at)) for one in CALLED_AGAIN),
    words={hour: f"{hour}时" for hour in range(24)},
)  # fmt: skip
WEEKDAY = _build_split(
    "weekday", "星期", (of_calls.CALLS, _weekday),
    *((one, _to_weekday(one.of.c.entered_on)) for one in CALLED_AGAIN),
    words={number: f"周{name}" for number, name in enumerate("一二三四五六日", start=1)},
)  # fmt: skip
WEEK_HOUR = Split(
    key="week_hour", title="星期时段",
    of={
        key: (weekday - 1) * 24 + HOUR.of[key]
        for key, weekday in WEEKDAY.of.items()
        if key in HOUR.of
    },
    words={place: f"周{'一二三四五六日'[place // 24]}{place % 24}时" for place in range(7 * 24)},
    shown=False, read=int,
)  # fmt: skip
DIRECTION = Split(
    key="direction", title="呼叫方向", of={of_calls.CALLS.key: calls.c.direction},
    words=DIRECTIONS, shown=False,
)  # fmt: skip
SKILL_GROUP = _build_split("skill_group", "技能组", (of_calls.CALLS, calls.c.skill_group))
AGENT = _build_split(
    "agent", "座席",
    (of_calls.CALLS, select_name_on("agent", calls, calls.c.agent, calls.c.entered_on)),
    (INSPECTED, select_name_on("agent", inspections, inspections.c.agent, inspections.c.inspected_on)),
)  # fmt: skip
UNIT = _build_split(
    "unit", "承办单位",
    *((one, select_name_on("unit", work_orders, of_orders.UNITS[one.key], one.day)) for one in _orders),
)  # fmt: skip
KIND = _build_split("kind", "诉求类型", *_pair_alike(_orders, work_orders.c.kind))
TOPIC = _build_split("topic", "诉求分类", *_pair_alike(_orders, work_orders.c.topic))
CHANNEL = _build_split("channel", "受理渠道", *_pair_alike(_orders, work_orders.c.channel))
POST = _build_split(
    "post", "岗位",
    *(
        (one, one.of.c.post)
        for one in (
            of_staff.JOINED, of_staff.LEFT, of_staff.STAFF_MONTHS, of_posts.PLACED, of_posts.POST_MONTHS,
        )
    ),
)  # fmt: skip
TRAINING = _build_split("training", "培训内容", (TRAININGS, trainings.c.topic))
ITEM = _build_split(
    "item", "费用项目", *((one, one.of.c.item) for one in (*_payments, of_payments.BUDGET, of_payments.FLOWS))
)
PAYEE = _build_split("payee", "收款单位", *((one, one.of.c.payee) for one in _payments))
PLATFORM = _build_split("platform", "平台", (PROBES, PROBED.c.platform))
SURVEY = _build_split("survey", "问卷", *((one, one.of.c.survey) for one in of_surveys.POPULATIONS))

SPLITS: dict[str, Split] = {
    split.key: split
    for split in (
        MONTH, DAY, WEEKDAY, HOUR, WEEK_HOUR, UNIT, KIND, TOPIC, CHANNEL, SKILL_GROUP, AGENT, DIRECTION,
        POST, TRAINING, ITEM, PAYEE, PLATFORM, SURVEY,
    )
}  # fmt: skip


def list_splits(indicator: Indicator, hidden: Collection[Split] = ()) -> list[Split]:
    """The ways in which both sides of the indicator can be told apart so that the parts add up to it.

    Of those that are not offered as a breakdown, only the `hidden` ones asked for."""
    formula = indicator.formula
    if isinstance(formula, Lowest | Median):
        return []
    parts = [formula.numerator, *([formula.denominator] if formula.denominator else [])]
    levels = any(part.averaged or term.over is not Over.ALL for part in parts for term in part.terms)
    among = {MEASURES[key].among.key for key in formula.measures}
    return [
        split
        for split in SPLITS.values()
        if (split.shown or split in hidden) and among <= split.of.keys() and not (levels and split.in_time)
    ]

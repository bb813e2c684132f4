"""Calls by hour and weekday, with waiting time: when the lines are full."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import sqlalchemy as sa

from kpi.figures.coverage_reading import read_backed_days
from kpi.figures.measures import Measure
from kpi.figures.measures.calls import CALLS
from kpi.figures.patterns.grouped import GroupSums, SummedMeasure, add_up_groups, sum_groups
from kpi.figures.patterns.splits import DIRECTION, HOUR, SKILL_GROUP, WEEKDAY
from kpi.figures.sources import SOURCES
from tracker.facts.calls import calls
from tracker.periods import Period

_answered = calls.c.answered.is_(True)

MEASURES = (
    Measure(key="calls_any", title="通话", unit="通", among=CALLS, about="全部通话，呼入或呼出。"),
    Measure(
        key="calls_any_answered", title="接通的通话", unit="通", among=CALLS, where=_answered,
        about="有人接听的通话：呼入由座席接听，呼出由对方接听。",
    ),
    Measure(
        key="calls_waited_for", title="等到座席的电话", unit="通", among=CALLS,
        where=sa.and_(_answered, calls.c.wait_ms.is_not(None)),
        about="进入人工队列并由座席接听的电话。",
    ),
    Measure(
        key="calls_any_wait_ms", title="等待时长", unit="毫秒", among=CALLS, where=_answered,
        value=calls.c.wait_ms, about="从进入人工队列到座席应答的时长之和。",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class CallCell:
    """One hour of one weekday, over all such days of the period."""

    weekday: int  # 1 Monday … 7 Sunday
    hour: int  # 0 … 23, Beijing
    days: int  # such weekdays with backing; 0: nothing is known
    calls: int
    answered: int
    waited_for: int
    wait_ms: int

    @property
    def per_day(self) -> Fraction | None:
        """Calls in this hour on a day like this; None without a day that is backed."""
        return Fraction(self.calls, self.days) if self.days else None

    @property
    def mean_wait_ms(self) -> Fraction | None:
        """Mean wait of the calls that were answered; None where none was."""
        return Fraction(self.wait_ms, self.waited_for) if self.waited_for else None


@dataclass(frozen=True)
class CallHours:
    """A period's calls by weekday, hour, direction and skill group."""

    groups: list[GroupSums]
    days: Counter[int]  # weekday → days with backing

    @property
    def skill_groups(self) -> list[str]:
        return sorted({group.values[3] for group in self.groups if group.values[3] is not None})

    def cells(self, direction: str, skill_group: str | None = None) -> list[CallCell]:
        """All 168 hours of a week, Monday first; of all skill groups, or of one."""
        of_direction = [one for one in self.groups if one.values[2] == direction]
        selected = [one for one in of_direction if skill_group in (None, one.values[3])]
        sums = add_up_groups(selected, lambda values: (values[0], values[1]))
        nothing = (0,) * len(MEASURES)
        return [
            CallCell(weekday, hour, self.days[weekday], *sums.get((weekday, hour), nothing))
            for weekday in range(1, 8)
            for hour in range(24)
        ]


def read_call_hours(connection: sa.Connection, center: str, period: Period, today: date) -> CallHours:
    """The calls of a period, of days before `today`."""
    first, end = period.first_day, max(period.first_day, min(period.end_day, today))
    summed = [SummedMeasure(measure, ((first, end),)) for measure in MEASURES if first < end]
    groups = sum_groups(connection, center, summed, [WEEKDAY, HOUR, DIRECTION, SKILL_GROUP])
    backed = read_backed_days(connection, center, SOURCES["calls"], first, end)
    return CallHours(groups, Counter(day.isoweekday() for day in backed))

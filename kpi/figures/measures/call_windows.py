"""Measures of the answer rate in short: of each day, and of any 24 hours on end.

Source: GB/T 33358-2016 政府热线服务规范 (in any 24 hours on end no less than 95 % are answered).
"""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.calls import ANSWERED, DAYS_COVERED, OFFERED, SUSPECTS, pair_with_days_before
from kpi.figures.measures.certainty import declare_field, is_certain, is_possible
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, SqlColumn
from tracker.facts.calls import calls

HOURS = 24
FEWEST = 30  # calls that a window must have to be judged
NORM = 95  # per cent

_answered = is_certain(ANSWERED)
_unanswered = sa.and_(is_certain(OFFERED), sa.not_(is_possible(ANSWERED)))

_days = pair_with_days_before(
    sa.select(calls.c.center_id, calls.c.entered_on.label("day"))
    .join(  # of others nobody knows what came in before midnight
        DAYS_COVERED,
        sa.and_(DAYS_COVERED.c.center_id == calls.c.center_id, DAYS_COVERED.c.day == calls.c.entered_on - 1),
    )
    .where(calls.c.direction == "inbound")
    .group_by(calls.c.center_id, calls.c.entered_on),
    number=1,
)  # a day's windows reach into the day before
_at_ms = sa.cast(sa.extract("epoch", calls.c.entered_at) * 1000, sa.BigInteger)


def _sum_within_24_hours(function: Any) -> SqlColumn:
    """Over the calls of the 24 hours that end with one."""
    windowed: SqlColumn = function.over(
        partition_by=(_days.c.center_id, _days.c.day),
        order_by=_at_ms,
        range_=(1 - HOURS * 3_600_000, 0),
    )
    return windowed


_windows = (
    sa.select(
        _days.c.center_id,
        _days.c.day,
        _days.c.on_day,
        calls.c.subject,
        calls.c.seq,
        calls.c.entered_at,
        _sum_within_24_hours(sa.func.count()).label("offered"),
        _sum_within_24_hours(sa.func.count(sa.case((_answered, 1)))).label("answered"),
    )
    .join(calls, sa.and_(calls.c.center_id == _days.c.center_id, calls.c.entered_on == _days.c.on_day))
    .where(sa.or_(_answered, _unanswered))
    .subquery("windows")
)
_in_order = (
    sa.select(
        *_windows.c,
        sa.func.row_number()
        .over(
            partition_by=(_windows.c.center_id, _windows.c.day),
            order_by=(
                sa.cast(_windows.c.answered, sa.Double) / _windows.c.offered,
                _windows.c.entered_at,
                _windows.c.subject,
            ),
        )
        .label("place"),
    )
    .where(_windows.c.on_day == _windows.c.day, _windows.c.offered >= FEWEST)
    .subquery("windows_in_order")
)
WORST = sa.select(*_in_order.c).where(_in_order.c.place == 1).subquery("worst_windows")
"""Of each day the 24 hours with the lowest answer rate among those that end with one of its calls; of a day
after one that was not delivered none."""

WINDOWS = Population(
    key="call_windows",
    title="一天里接通率最低的24小时",
    rows=WORST,
    of=WORST,
    day=WORST.c.day,
    columns=(
        ("24小时截至", WORST.c.entered_at),
        ("进入人工队列（通）", WORST.c.offered),
        ("人工接听（通）", WORST.c.answered),
    ),
    source="calls",
    facts=("calls", "covered_days"),
    rolled=True,
    compared=True,
    over_midnight=True,
)

_day_counts = (
    sa.select(
        calls.c.center_id,
        calls.c.entered_on,
        sa.func.min(calls.c.subject).label("subject"),
        sa.func.min(calls.c.seq).label("seq"),
        sa.func.count().label("possible"),
        sa.func.count().filter(_answered).label("answered"),
        sa.func.count().filter(_unanswered).label("unanswered"),
    )
    .where(is_possible(OFFERED))
    .group_by(calls.c.center_id, calls.c.entered_on)
    .subquery("told_days")
)
_at_worst = _day_counts.c.answered * 100 < NORM * _day_counts.c.possible
_at_best = (_day_counts.c.possible - _day_counts.c.unanswered) * 100 < NORM * _day_counts.c.possible
_judged_days = sa.select(
    _day_counts.c.center_id,
    _day_counts.c.entered_on,
    _day_counts.c.subject,
    _day_counts.c.seq,
    _day_counts.c.answered,
    (_day_counts.c.answered + _day_counts.c.unanswered).label("offered"),
    _at_best.label("below"),
    sa.case((_at_best == _at_worst, ""), else_=" below ").label("unknown"),
).subquery("judged_days")
declare_field(_judged_days.c.below, "当天全部来电的接听情况", is_partly_known=True)

OFFERED_DAYS = Population(
    key="offered_days",
    title="有人工请求的一天",
    unit="天",
    rows=_judged_days,
    of=_judged_days,
    day=_judged_days.c.entered_on,
    columns=(("进入人工队列（通）", _judged_days.c.offered), ("人工接听（通）", _judged_days.c.answered)),
    source="calls",
    facts=("calls",),
    rolled=True,
    suspects=SUSPECTS,
)

_hour = sa.cast(sa.extract("hour", sa.func.timezone("Asia/Shanghai", calls.c.entered_at)), sa.Integer)
_hour_counts = (
    sa.select(
        calls.c.center_id,
        calls.c.entered_on,
        _hour.label("hour"),
        sa.func.min(calls.c.subject).label("subject"),
        sa.func.min(calls.c.seq).label("seq"),
        sa.func.count().filter(is_certain(OFFERED)).label("offered"),
        sa.func.count().filter(_answered).label("answered"),
        sa.func.count().filter(is_possible(ANSWERED)).label("perhaps_answered"),
    )
    .where(is_possible(OFFERED))
    .group_by(calls.c.center_id, calls.c.entered_on, _hour)
    .subquery("told_hours")
)
_silent = sa.and_(_hour_counts.c.offered > 0, _hour_counts.c.perhaps_answered == 0)
_perhaps_silent = _hour_counts.c.answered == 0
_judged_hours = sa.select(
    *_hour_counts.c,
    _silent.label("silent"),
    sa.case((_silent == _perhaps_silent, ""), else_=" silent ").label("unknown"),
).subquery("judged_hours")
declare_field(_judged_hours.c.silent, "该小时全部来电的接听情况", is_partly_known=True)

OFFERED_HOURS = Population(
    key="offered_hours",
    title="有人工请求的一小时",
    unit="小时",
    rows=_judged_hours,
    of=_judged_hours,
    day=_judged_hours.c.entered_on,
    columns=(
        ("时", _judged_hours.c.hour),
        ("进入人工队列（通）", _judged_hours.c.offered),
        ("人工接听（通）", _judged_hours.c.answered),
    ),
    source="calls",
    facts=("calls",),
    rolled=True,
    suspects=SUSPECTS,
)

POPULATIONS = (WINDOWS, OFFERED_DAYS, OFFERED_HOURS)

MEASURES = (
    Measure(
        key="window_offered", title=f"不少于{FEWEST}通人工请求的24小时", unit="通", among=WINDOWS,
        value=WORST.c.offered,
        about=f"一天里接通率最低的连续24小时的人工请求：以当天每一通人工请求进入系统的时刻为终点往前24小时，"
        f"不满{FEWEST}通的不比较。",
    ),
    Measure(
        key="window_answered", title="接通率最低的24小时里接听的电话", unit="通", among=WINDOWS,
        value=WORST.c.answered, about="一天里接通率最低的连续24小时里由座席接听的电话。",
    ),
    Measure(
        key="days_answered_below_norm", title=f"接通率低于{NORM}%的天数", unit="天", among=OFFERED_DAYS,
        where=_judged_days.c.below.is_(True),
        about=f"当天进入人工队列的电话中由座席接听的不到{NORM}%的日子；没有电话进入人工队列的日子不算。",
        most_a_day=1,
    ),
    Measure(
        key="hours_unanswered", title="有来电而无人接听的小时", unit="小时", among=OFFERED_HOURS,
        where=_judged_hours.c.silent.is_(True), most_a_day=HOURS,
        about="整点到整点的一小时里有电话进入人工队列，而座席一通也没有接的；没有电话进入人工队列的小时不算。",
    ),
)  # fmt: skip

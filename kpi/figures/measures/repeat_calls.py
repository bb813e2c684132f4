"""Measures of calls by callers who had called shortly before.

A call is held against those before it, so that its month is known when the month is over. Of a call whose
number nobody told two things are not known: whether it is one again, and whether it makes the next call of
the same number one. The second is a row of its own here, which counts for nothing and may count as a call
again.
"""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.calls import SUSPECTS, pair_with_days_before
from kpi.figures.measures.certainty import declare_field, is_unknown
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, SqlColumn, scale
from tracker.facts.calls import calls

HOURS = 24  # within which a call to the hotline is one again
OTHER_HOURS = (2, 48, 168)  # as other places count

_INBOUND = calls.c.direction == "inbound"
_CALLER = (calls.c.unknown, "caller")
_TEXT, _TIME = sa.Text(), sa.TIMESTAMP(timezone=True)


def format_hours(hours: int) -> str:
    """24小时, 7天."""
    return f"{hours}小时" if hours <= 48 else f"{hours // 24}天"


def _count_days(hours: int) -> int:
    """The days after a call's own on which it can make another one again."""
    return -(-hours // 24)


def _add_days(column: Any, days: int) -> SqlColumn:
    moved: SqlColumn = column + sa.literal_column(str(days), sa.Integer)
    return moved


def _select_with_last_call(hours: int) -> sa.Subquery:
    """Calls in, with the time at which the same number called last within so many hours; of calls at one
    moment the subject decides.

    Day by day with the days before it, so that one day is counted without reading the others.
    """
    every = sa.select(calls.c.center_id, calls.c.entered_on.label("day")).where(_INBOUND).distinct()
    days = pair_with_days_before(every, _count_days(hours))
    last = sa.func.max(calls.c.entered_at).over(
        partition_by=(days.c.center_id, days.c.day, calls.c.caller),
        order_by=(calls.c.entered_at, calls.c.subject),
        rows=(None, -1),
    )
    every_call = (
        sa.select(
            *(calls.c[name] for name in ("center_id", "subject", "seq", "entered_at", "caller", "unknown")),
            days.c.day.label("entered_on"),
            days.c.on_day,
            last.label("last_at"),
        )
        .join(calls, sa.and_(calls.c.center_id == days.c.center_id, calls.c.entered_on == days.c.on_day))
        .where(_INBOUND)
        .subquery("with_last")
    )
    span = sa.literal_column(f"INTERVAL '{hours} hours'", sa.Interval)
    near = sa.and_(every_call.c.caller.is_not(None), every_call.c.last_at >= every_call.c.entered_at - span)
    before_at = sa.case((near, every_call.c.last_at), else_=sa.cast(sa.null(), _TIME)).label("before_at")
    return (
        sa.select(*every_call.c, before_at)
        .where(every_call.c.on_day == every_call.c.entered_on)
        .subquery(f"last_within_{hours}h")
    )


def _mark_unknown(unknown: Any) -> SqlColumn:
    return sa.case(
        (is_unknown((unknown, "caller"), unclear=True), " numbered again numbered? again? "),
        (is_unknown((unknown, "caller")), " numbered again "),
        else_="",
    )


def _select_rows(hours: int) -> sa.Subquery:
    calls_in = _select_with_last_call(hours).c
    real = sa.select(
        calls_in.center_id,
        calls_in.subject,
        calls_in.seq,
        calls_in.entered_on,
        calls_in.entered_at,
        calls_in.before_at,
        calls_in.caller.is_not(None).label("numbered"),
        calls_in.before_at.is_not(None).label("again"),
        sa.false().label("follows"),
        _mark_unknown(calls_in.unknown).label("unknown"),
    )

    def next_one(day: Any) -> sa.Select[Any]:
        """The call that one of an untold number may make one again."""
        return sa.select(
            calls.c.center_id,
            calls.c.subject,
            calls.c.seq,
            day.label("entered_on"),
            calls.c.entered_at,
            sa.cast(sa.null(), _TIME).label("before_at"),
            sa.false().label("numbered"),
            sa.false().label("again"),
            sa.false().label("follows"),
            sa.literal_column("' follows '", _TEXT).label("unknown"),
        ).where(_INBOUND, is_unknown(_CALLER))

    end = _add_days(calls.c.entered_on, _count_days(hours))
    of_next_month = sa.extract("month", end) != sa.extract("month", calls.c.entered_on)
    every = sa.union_all(real, next_one(calls.c.entered_on), next_one(end).where(of_next_month))
    return every.subquery(f"calls_again_{hours}h")


def _build_population(hours: int) -> tuple[Population, tuple[Measure, Measure]]:
    rows, packaged = _select_rows(hours), hours == HOURS
    name, suffix = ("", "") if packaged else (f"_within_{hours}h", f"（{format_hours(hours)}）")
    declare_field(rows.c.numbered, "主叫号码")
    declare_field(rows.c.again, "主叫号码")
    declare_field(rows.c.follows, "前一通来电的主叫号码", is_partly_known=True)
    numbered = rows.c.numbered.is_(True)
    population = Population(
        key=f"calls_again{name}", title=f"一通呼入电话，看同一号码{format_hours(hours)}内是否打过",
        rows=rows, of=rows, day=rows.c.entered_on,
        columns=(
            ("进入系统", rows.c.entered_at), ("上一通进入系统", rows.c.before_at),
            ("隔了（分钟）", scale(_measure_seconds(rows.c.before_at, rows.c.entered_at), 60, 1)),
        ),
        source="calls", facts=("calls",), rolled=packaged, regrouped=not packaged, reaches=_count_days(hours),
        suspects=SUSPECTS,
    )  # fmt: skip
    below = Measure(
        key=f"calls_numbered{name}", title=f"看得见号码的呼入电话{suffix}", unit="通", among=population,
        where=numbered, about="打进热线号码、看得见来电号码的电话，含在语音导航里结束的和拦截的。",
    )  # fmt: skip
    above = Measure(
        key=f"calls_again{name}", title=f"重复来电{suffix}", unit="通", among=population, touches=2,
        where=sa.or_(sa.and_(numbered, rows.c.again.is_(True)), rows.c.follows.is_(True)),
        about=f"看得见号码的呼入电话中，同一号码在此前{format_hours(hours)}内打进来过的；连打三通的，后两通是重复来电。",
    )  # fmt: skip
    return population, (above, below)


def _measure_seconds(start: SqlColumn, end: SqlColumn) -> SqlColumn:
    return sa.cast(sa.func.floor(sa.extract("epoch", end - start)), sa.BigInteger)


_EVERY = tuple(_build_population(hours) for hours in (HOURS, *OTHER_HOURS))
POPULATIONS = tuple(population for population, _ in _EVERY)
MEASURES = tuple(measure for _, measures in _EVERY for measure in measures)

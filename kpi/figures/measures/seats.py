"""Measures of the time at seats: what agents did, and whether as many were there as was agreed."""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.call_forks import count_ms
from kpi.figures.measures.certainty import declare_field
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, SqlColumn, scale
from kpi.figures.source import Rhythm, Source
from tracker.events.seats import STATES
from tracker.facts.deliveries import covered_days
from tracker.facts.seats import IN_DOUBT, ROUNDED, agent_states, agent_time, contracted_seats

SOURCES = (
    Source(
        key="agent_states",
        rhythm=Rhythm.DAILY,
        optional=True,
        remedy="请平台供应商补报缺失日期的座席状态日志；当天确无座席签入的，请签零报告。",
    ),
)

HOUR_MS = 3_600_000
_MINUTE_MS = 60_000
UNTOLD = 2_000_000_000  # in the place of a number of seats that is told in two ways


def _of_agents_day(value: Any) -> SqlColumn:
    """Over all that is told of an agent on a day."""
    day = (agent_time.c.center_id, agent_time.c.agent, agent_time.c.on_day)
    told: SqlColumn = value.over(partition_by=day)
    return told


_carried, _is_there = agent_time.c.carried.is_(True), agent_time.c.present.is_(True)
_from_at = sa.case((_is_there, agent_time.c.from_at), else_=agent_time.c.from_at + ROUNDED)
_eve_until = _of_agents_day(sa.func.max(sa.case((_carried, agent_time.c.until_at))))
_own_from = _of_agents_day(sa.func.min(sa.case((_carried, None), else_=_from_at)))
_clashes = sa.or_(
    sa.and_(_carried, agent_time.c.until_at > _own_from),
    sa.and_(sa.not_(_carried), _is_there, agent_time.c.from_at < _eve_until),
)
TIME = sa.select(
    agent_time.c.center_id,
    agent_time.c.subject,
    agent_time.c.told_by.label("seq"),
    agent_time.c.agent,
    agent_time.c.on_day,
    agent_time.c.hour,
    agent_time.c.from_at,
    agent_time.c.until_at,
    agent_time.c.ms,
    agent_time.c.present,
    agent_time.c.state,
    (agent_time.c.unknown + sa.case((_clashes, " present state "), else_="")).label("unknown"),
).subquery("seat_time")
"""Each stretch of an agent's time, and the sign-out that her day begins with; where a state of the eve
reaches into what is told of the day itself, nobody knows which of them was so."""
declare_field(TIME.c.present, "是否签入", is_partly_known=True)
declare_field(TIME.c.state, "座席状态", is_partly_known=True)

AGENT_TIME = Population(
    key="agent_time", title="一段座席时间", rows=TIME, of=TIME, day=TIME.c.on_day,
    columns=(
        ("座席", TIME.c.agent), ("起", TIME.c.from_at), ("止", TIME.c.until_at), ("状态", TIME.c.state),
        ("时长（秒）", scale(TIME.c.ms, 1000, 1)),
    ),
    source="agent_states", facts=("agent_time",), words={"状态": STATES}, unit="段", rolled=True, reaches=1,
    suspects=sa.select(agent_time.c.center_id, agent_time.c.on_day.label("day")).where(IN_DOUBT),
)  # fmt: skip

_stated = sa.select(
    *(column for column in agent_states.c if column.name != "seq"), agent_states.c.told_by.label("seq")
).subquery("stated")
STATED = Population(
    key="agent_states", title="一个座席状态", rows=_stated, of=_stated, day=_stated.c.started_on,
    columns=(
        ("座席", _stated.c.agent), ("开始", _stated.c.started_at), ("结束", _stated.c.ended_at),
        ("状态", _stated.c.state), ("原因", _stated.c.reason), ("时长（秒）", scale(_stated.c.ms, 1000, 1)),
    ),
    source="agent_states", facts=("agent_states",), words={"状态": STATES}, rolled=True, regrouped=True,
)  # fmt: skip

_covered = (
    sa.select(covered_days.c.center_id, covered_days.c.day)
    .where(
        covered_days.c.source == "agent_states",
        covered_days.c.as_of
        >= sa.func.timezone("Asia/Shanghai", sa.cast(covered_days.c.day + 1, sa.TIMESTAMP)),
    )
    .distinct()
    .subquery("seat_days")
)
_first_days = (
    sa.select(contracted_seats.c.center_id, contracted_seats.c.effective_on).distinct().subquery("timetables")
)
_in_force = sa.select(
    *_first_days.c,
    sa.func.lead(_first_days.c.effective_on)
    .over(partition_by=_first_days.c.center_id, order_by=_first_days.c.effective_on)
    .label("until"),
).subquery("timetables_in_force")
_lasts = count_ms(TIME.c.from_at, TIME.c.until_at)
_is_coarse = TIME.c.unknown.like("% ms %")  # to the minute: up to one longer or shorter
_by_agent = (
    sa.select(
        TIME.c.center_id,
        TIME.c.on_day,
        TIME.c.hour,
        TIME.c.agent,
        sa.func.sum(
            sa.case(
                (TIME.c.unknown.like("% present %"), 0),
                (_is_coarse, sa.func.greatest(_lasts - _MINUTE_MS, 0)),
                else_=_lasts,
            )
        ).label("surely"),
        sa.func.sum(sa.case((_is_coarse, _lasts + _MINUTE_MS), else_=_lasts)).label("perhaps"),
    )
    .group_by(TIME.c.center_id, TIME.c.on_day, TIME.c.hour, TIME.c.agent)
    .subquery("agent_hours")
)
_staffed = (
    sa.select(
        _by_agent.c.center_id,
        _by_agent.c.on_day,
        _by_agent.c.hour,
        sa.func.sum(sa.func.least(_by_agent.c.surely, HOUR_MS)).label("surely"),
        sa.func.sum(sa.func.least(_by_agent.c.perhaps, HOUR_MS)).label("perhaps"),
    )
    .group_by(_by_agent.c.center_id, _by_agent.c.on_day, _by_agent.c.hour)
    .subquery("staffed_hours")
)
_weekday = sa.cast(sa.extract("isodow", _covered.c.day), sa.Integer)
_nothing = sa.cast(sa.literal(0), sa.BigInteger)
_agreed = (
    sa.select(
        _covered.c.center_id,
        _covered.c.day,
        contracted_seats.c.hour,
        contracted_seats.c.subject,
        contracted_seats.c.seq,
        sa.func.coalesce(contracted_seats.c.seats, UNTOLD).label("seats"),
        _nothing.label("surely"),
        _nothing.label("perhaps"),
    )
    .select_from(_covered)
    .join(
        _in_force,
        sa.and_(
            _in_force.c.center_id == _covered.c.center_id,
            _in_force.c.effective_on <= _covered.c.day,
            sa.or_(_in_force.c.until.is_(None), _in_force.c.until > _covered.c.day),
        ),
    )
    .join(
        contracted_seats,
        sa.and_(
            contracted_seats.c.center_id == _covered.c.center_id,
            contracted_seats.c.effective_on == _in_force.c.effective_on,
            contracted_seats.c.weekday == _weekday,
        ),
    )
    .where(sa.or_(contracted_seats.c.seats.is_(None), contracted_seats.c.seats > 0))
)
_was_there = sa.select(
    _staffed.c.center_id,
    _staffed.c.on_day,
    _staffed.c.hour,
    sa.cast(sa.null(), sa.Text),
    sa.cast(sa.null(), sa.BigInteger),
    sa.cast(sa.null(), sa.Integer),
    _staffed.c.surely,
    _staffed.c.perhaps,
)
_both = sa.union_all(_agreed, _was_there).subquery("agreed_and_there")  # not joined: nobody knows how many
_owed = sa.cast(sa.func.max(_both.c.seats), sa.BigInteger) * HOUR_MS


def _there(column: SqlColumn) -> SqlColumn:
    """The part of what was agreed for an hour that was there."""
    return sa.cast(sa.func.least(sa.func.sum(column), _owed), sa.BigInteger)


_hours = (
    sa.select(
        _both.c.center_id,
        sa.func.max(_both.c.subject).label("subject"),
        sa.func.max(_both.c.seq).label("seq"),
        _both.c.day,
        _both.c.hour,
        sa.func.max(_both.c.seats).label("seats"),
        sa.cast(_owed, sa.BigInteger).label("owed"),
        _there(_both.c.surely).label("surely"),
        _there(_both.c.perhaps).label("perhaps"),
    )
    .group_by(_both.c.center_id, _both.c.day, _both.c.hour)
    .having(sa.func.max(_both.c.seats).is_not(None))
    .subquery("contracted_hours")
)
_untold = _hours.c.seats == UNTOLD
_seats = sa.case((_untold, None), else_=_hours.c.seats)
_parts = sa.union_all(*(sa.select(sa.literal(part).label("part")) for part in (1, 2, 3))).subquery("parts")
_ms = sa.case(
    (_untold, 0),
    (_parts.c.part == 1, _hours.c.surely),
    (_parts.c.part == 2, _hours.c.perhaps - _hours.c.surely),
    else_=_hours.c.owed - _hours.c.perhaps,
)
SEATS = (
    sa.select(
        *(_hours.c[name] for name in ("center_id", "subject", "seq", "day", "hour")),
        _seats.label("seats"),
        sa.cast(_ms, sa.BigInteger).label("ms"),
        (_parts.c.part != 3).label("filled"),
        sa.case((_untold, " ms filled "), (_parts.c.part == 2, " filled "), else_="").label("unknown"),
    )
    .select_from(_hours.join(_parts, sa.true()))
    .where(sa.or_(_ms > 0, sa.and_(_untold, _parts.c.part == 3)))
    .subquery("contracted_parts")
)
"""Each agreed hour of a day for which states were delivered, in up to three parts: staffed, perhaps staffed,
not staffed."""
declare_field(SEATS.c.filled, "当时在座席的人数", is_partly_known=True)
declare_field(SEATS.c.ms, "约定座席数（同一时段写了两个数）", is_partly_known=True)

SEAT_HOURS = Population(
    key="seat_hours", title="一个约定时段的座席时间", rows=SEATS, of=SEATS, day=SEATS.c.day,
    columns=(
        ("日期", SEATS.c.day), ("时", SEATS.c.hour), ("约定座席", SEATS.c.seats), ("到岗", SEATS.c.filled),
        ("座席时间（小时）", scale(SEATS.c.ms, HOUR_MS, 4)),
    ),
    source="agent_states", facts=("agent_time", "contracted_seats", "covered_days"), unit="段",
    regrouped=True, reaches=1, suspects=sa.select(contracted_seats.c.center_id),
)  # fmt: skip

_judged = sa.select(
    *(_hours.c[name] for name in ("center_id", "subject", "seq", "day", "hour")),
    _seats.label("seats"),
    (_hours.c.surely >= _hours.c.owed).label("reached"),
    sa.case(
        (_untold, " reached "),
        (sa.and_(_hours.c.perhaps >= _hours.c.owed, _hours.c.surely < _hours.c.owed), " reached "),
        else_="",
    ).label("unknown"),
).subquery("judged_seat_hours")
declare_field(_judged.c.reached, "当时在座席的人数", is_partly_known=True)
CONTRACTED_HOURS = Population(
    key="contracted_hours", title="一个约定时段", rows=_judged, of=_judged, day=_judged.c.day,
    columns=(
        ("日期", _judged.c.day), ("时", _judged.c.hour), ("约定座席", _judged.c.seats),
        ("整小时到岗", _judged.c.reached),
    ),
    source="agent_states", facts=("agent_time", "contracted_seats", "covered_days"), unit="小时",
    regrouped=True, reaches=1, suspects=sa.select(contracted_seats.c.center_id),
)  # fmt: skip

POPULATIONS = (AGENT_TIME, STATED, SEAT_HOURS, CONTRACTED_HOURS)

_present = TIME.c.present.is_(True)


def _time(key: str, title: str, about: str, *states: str, but: str = "", on_demand: bool = False) -> Measure:
    """Time at the seats: all of it, that of some states, or all but that of one."""
    where: sa.ColumnElement[bool] = _present
    if states:
        where = sa.and_(_present, TIME.c.state.in_(states))
    elif but:
        where = sa.and_(_present, TIME.c.state != but)
    return Measure(
        key=f"agent_{key}_ms", title=title, unit="毫秒", among=AGENT_TIME, where=where, value=TIME.c.ms,
        about=about, on_demand=on_demand,
    )  # fmt: skip


_wrapped = _stated.c.state == "wrap_up"

MEASURES = (
    _time("signed_in", "签入时间", "座席签入的时间，不论做什么；没有状态记录的时间不算。"),
    _time("available", "签入且不在小休的时间", "座席签入的时间，除去小休。", but="rest"),
    _time("handling", "通话和整理的时间", "座席处于通话或整理状态的时间。", "talking", "wrap_up"),
    _time(
        "handling_with_ringing", "通话、整理、振铃和拨号的时间",
        "座席处于通话、整理、振铃或拨号状态的时间。", "talking", "wrap_up", "ringing", "dialing",
        on_demand=True,
    ),
    _time("not_ready", "示忙的时间", "座席处于示忙状态的时间，小休、整理、培训会议不在内。", "not_ready"),
    Measure(
        key="agent_wrap_ups", title="话后整理", unit="次", among=STATED, where=_wrapped,
        about="开始时间落在本期的整理状态，一次通话后整理几段的算几次。",
    ),
    Measure(
        key="agent_wrap_up_ms", title="话后整理的时长", unit="毫秒", among=STATED, where=_wrapped,
        value=_stated.c.ms, about="开始时间落在本期的整理状态的时长之和，过零点的记在开始的一天。",
    ),
    Measure(
        key="seats_contracted_ms", title="约定的座席时间", unit="毫秒", among=SEAT_HOURS, value=SEATS.c.ms,
        about="合同座席表里当天各小时的座席数各乘一小时，只算报送了座席状态的日子。",
    ),
    Measure(
        key="seats_staffed_ms", title="到岗的座席时间", unit="毫秒", among=SEAT_HOURS,
        where=SEATS.c.filled.is_(True), value=SEATS.c.ms,
        about="约定的座席时间中有座席签入的部分；一小时里最多计到约定的座席数。",
    ),
    Measure(
        key="seat_hours_contracted", title="有约定座席的小时", unit="小时", among=CONTRACTED_HOURS,
        on_demand=True, about="合同座席表约定了座席的小时，只算报送了座席状态的日子。",
    ),
    Measure(
        key="seat_hours_reached", title="到齐的小时", unit="小时", among=CONTRACTED_HOURS, on_demand=True,
        where=_judged.c.reached.is_(True),
        about="有约定座席的小时中，座席签入的时间之和不少于约定座席数乘一小时的。",
    ),
)  # fmt: skip

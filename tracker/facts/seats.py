"""Seats: the states of agents as they were told, the time at their seats that follows from these hour by
hour, and how many seats were to be staffed.

An agent's day is one thing, so that what is told of it twice, or against each other, is seen together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from tracker.events.seats import AgentStateEntered, SeatsContracted
from tracker.events.times import BEIJING, get_day
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table, make_unknown_column, to_day

_TIME = sa.TIMESTAMP(timezone=True)
_EXACT = "精确到秒的起止时间"
_HOUR = timedelta(hours=1)
LONGEST = timedelta(hours=24)  # of a state whose end nobody told
ROUNDED = timedelta(seconds=1)  # so much one state may reach into the next by rounding alone

agent_states = define_fact_table(
    "agent_states",
    (AgentStateEntered,),
    sa.Column("told_by", sa.BigInteger, nullable=False, doc="记录号"),  # seq of the statement itself
    sa.Column("agent", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started_on", sa.Date, nullable=False, doc="状态开始日期"),
    sa.Column("started_at", _TIME, nullable=False),
    sa.Column("ended_at", _TIME),  # None: nobody knows
    sa.Column("latest_at", _TIME, nullable=False, doc="最晚结束时间"),  # it cannot have lasted longer
    sa.Column("ms", sa.BigInteger, info={"by": ("ms",), "title": _EXACT}, doc="状态时长（毫秒）"),
    sa.Column("reason", sa.Text),
    make_unknown_column(),
    more_key=("started_at", "state"),
)
sa.Index("agent_states_started", agent_states.c.center_id, agent_states.c.started_on, agent_states.c.agent)
sa.Index(
    "agent_states_unknown", agent_states.c.center_id, agent_states.c.started_on,
    postgresql_where=agent_states.c.unknown != "",
)  # fmt: skip

agent_time = define_fact_table(
    "agent_time",
    (AgentStateEntered,),
    sa.Column("told_by", sa.BigInteger, nullable=False, doc="记录号"),
    sa.Column("agent", sa.Text, nullable=False),
    sa.Column("on_day", sa.Date, nullable=False, doc="日期"),
    sa.Column("hour", sa.Integer, nullable=False, doc="小时"),  # Beijing hour of the day, 0–23
    sa.Column("from_at", _TIME, nullable=False, doc="起"),
    sa.Column("until_at", _TIME, nullable=False, doc="止"),
    sa.Column("ms", sa.BigInteger, info={"by": ("ms",), "title": _EXACT}, doc="时长（毫秒）"),
    sa.Column(
        "present", sa.Boolean, nullable=False, doc="在座席", info={"by": ("present",), "title": "是否签入"}
    ),
    sa.Column("state", sa.Text, nullable=False, info={"by": ("state",)}),
    sa.Column("carried", sa.Boolean, nullable=False, doc="前一天开始的"),
    make_unknown_column(),
    more_key=("from_at",),
    title="座席时间",
)
sa.Index("agent_time_day", agent_time.c.center_id, agent_time.c.on_day, agent_time.c.hour)
IN_DOUBT = sa.or_(agent_time.c.unknown != "", agent_time.c.carried)  # the eve may speak against the day
sa.Index("agent_time_doubt", agent_time.c.center_id, agent_time.c.on_day, postgresql_where=IN_DOUBT)

contracted_seats = define_fact_table(
    "contracted_seats",
    (SeatsContracted,),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("weekday", sa.Integer, nullable=False, doc="星期几"),  # 1: Monday
    sa.Column("hour", sa.Integer, nullable=False, doc="小时"),
    sa.Column("seats", sa.Integer),  # None: two numbers are told
    more_key=("weekday", "hour"),
)


@dataclass(frozen=True, eq=False)
class _State:
    """One statement: surely until `ended`, or, where that is None, at most until `latest`."""

    told_by: int
    agent: str
    state: str
    started: datetime
    ended: datetime | None
    latest: datetime
    end_told: bool
    coarse: bool
    reason: str | None

    @property
    def is_out(self) -> bool:
        return self.state == "signed_out"

    @property
    def tells_doing(self) -> bool:
        return self.state not in ("signed_in", "signed_out")


@dataclass(frozen=True)
class _Stretch:
    """A time within one hour in which nothing changes."""

    start: datetime
    end: datetime
    by: _State
    unknown: str

    @property
    def what(self) -> tuple[int, str, tuple[int, int]]:
        return self.by.told_by, self.unknown, (self.start.toordinal(), self.start.hour)


def _states(slots: Slots) -> list[_State]:
    """The statements of an agent's day, in order of time."""
    told = [(datetime.fromisoformat(str(one.data["started_at"])), one) for one in slots.values()]
    starts = sorted({at for at, _ in told})
    following = dict(pairwise(starts))
    found = [_state(at, one.seq, one.data, following.get(at)) for at, one in told]
    found.sort(key=lambda one: (one.started, one.told_by))
    return [_trimmed(one, following.get(one.started)) for one in found]


def _trimmed(one: _State, following: datetime | None) -> _State:
    """Ended by the next state where it reaches into that by no more than rounding does."""
    if following and one.ended and following < one.ended <= following + ROUNDED:
        return replace(one, ended=following, latest=following)
    return one


def _state(start: datetime, seq: int, data: Mapping[str, Any], following: datetime | None) -> _State:
    """A sign-in or a sign-out, and each state of a log of changes, lasts until the next one that is told of
    that day; who has signed out stays out where none is."""
    state, end = data["state"], data.get("ended_at")
    ended = None if end is None else datetime.fromisoformat(end).astimezone(BEIJING)
    if ended is None and (state in ("signed_in", "signed_out") or data.get("until_next")):
        ended = following
    latest = ended or min(following or start + LONGEST, start + LONGEST)
    if state == "signed_out":
        ended = latest
    coarse, reason = bool(data.get("to_the_minute")), data.get("reason")
    return _State(seq, data["agent"], state, start, ended, latest, end is not None, coarse, reason)


def _stretches(states: list[_State]) -> Iterator[tuple[_Stretch, list[_State]]]:
    """What was so from when to when, hour by hour, and the statements that speak of it."""
    ends = sorted({one.latest for one in states} | {one.started for one in states})
    cuts = [cut for start, end in pairwise(ends) for cut in _hours(start, end)] + ends[-1:]
    waiting, active = list(reversed(states)), list[_State]()
    for start, end in pairwise(cuts):
        while waiting and waiting[-1].started <= start:
            active.append(waiting.pop())
        active = [one for one in active if one.latest > start]
        there = [one for one in active if not one.is_out]
        if there:
            by = [one for one in there if one.tells_doing] or there
            yield _Stretch(start, end, by[-1], _unknown(active, there)), active


def _hours(start: datetime, end: datetime) -> Iterator[datetime]:
    """The start, and every full hour after it and before the end."""
    while start < end:
        yield start
        start = start.replace(minute=0, second=0, microsecond=0) + _HOUR


def _unknown(active: list[_State], there: list[_State]) -> str:
    """Whether she was there is unknown where a sign-out speaks against it, or where nothing tells it but what
    may have ended; what she did, where two states are told, or one that may have ended."""
    sure = [one for one in there if one.ended is not None]
    is_there = bool(sure) and len(there) == len(active)
    doings = {one.state for one in there} - {"signed_in"}
    surely = {one.state for one in sure} - {"signed_in"}
    one_doing = is_there and len(doings) <= 1 and doings == surely
    lacking = [] if is_there else ["present"]
    lacking += [] if one_doing else ["state"]
    lacking += ["ms"] if any(one.coarse for one in active) else []
    return f" {' '.join(lacking)} " if lacking else ""


def _joined(stretches: Iterator[_Stretch]) -> Iterator[_Stretch]:
    """Stretches of one hour and one statement that follow each other as one."""
    last: _Stretch | None = None
    for one in stretches:
        if last and last.end == one.start and last.what == one.what:
            last = _Stretch(last.start, one.end, last.by, last.unknown)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _time(slots: Slots) -> list[FactRow]:
    states = _states(slots)
    of_day = get_day(states[0].started)
    parts = [_part(one, of_day) for one in _joined(stretch for stretch, _ in _stretches(states))]
    first = [one for one in states if one.started == states[0].started]
    return [_sign_out(one, of_day) for one in first if all(each.is_out for each in first)] + parts


def _sign_out(one: _State, of_day: date) -> FactRow:
    """A sign-out before all else of its day, as a stretch without length: what the eve says to last longer is
    held against it."""
    at = one.started.isoformat()
    return (one.told_by, one.agent, f"{of_day}", one.started.hour, at, at, 0, False, one.state, False, "")


def _part(one: _Stretch, of_day: date) -> FactRow:
    on_day, ms = get_day(one.start), None if "ms" in one.unknown else _ms(one.start, one.end)
    return (
        one.by.told_by, one.by.agent, f"{on_day}", one.start.hour, one.start.isoformat(),
        one.end.isoformat(), ms, True, one.by.state, on_day != of_day, one.unknown,
    )  # fmt: skip


def _told(slots: Slots) -> list[FactRow]:
    states = _states(slots)
    contested = {
        one
        for stretch, active in _stretches(states)
        if "state" in stretch.unknown or sum(each.tells_doing for each in active) > 1
        for one in active
    }
    return [_row(one, is_contested=one in contested) for one in states]


def _row(one: _State, *, is_contested: bool) -> FactRow:
    ended = None if one.is_out and not one.end_told else one.ended
    lacks = not one.is_out and (ended is None or one.coarse or is_contested)
    ms = None if lacks or ended is None else _ms(one.started, ended)
    return (
        one.told_by, one.agent, one.state, f"{get_day(one.started)}", one.started.isoformat(),
        ended and ended.isoformat(), one.latest.isoformat(), ms, one.reason, " ms " if lacks else "",
    )  # fmt: skip


def _ms(start: datetime, end: datetime) -> int:
    return (end - start) // timedelta(milliseconds=1)


def _timetable(slots: Slots) -> list[FactRow]:
    """Each hour of the week that a timetable names; one of which it tells two numbers has none."""
    found: dict[tuple[int, int], set[int]] = {}
    for part in slots.values():
        one: Any = part.data
        for hour in range(one["from_hour"], one["to_hour"]):
            for weekday in one["weekdays"]:
                found.setdefault((int(weekday), hour), set()).add(one["seats"])
    first = to_day(next(iter(slots.values())).data["effective_on"])
    return [
        (first, weekday, hour, min(seats) if len(seats) == 1 else None)
        for (weekday, hour), seats in sorted(found.items())
    ]


AGENT_STATES = FactTable(table=agent_states, kind="agent_day", days=("started_on",), rows=_told)
AGENT_TIME = FactTable(table=agent_time, kind="agent_day", days=("on_day",), rows=_time)
CONTRACTED_SEATS = FactTable(
    table=contracted_seats, kind="contracted_seats", days=("effective_on",), rows=_timetable
)
FACTS = (AGENT_STATES, AGENT_TIME, CONTRACTED_SEATS)

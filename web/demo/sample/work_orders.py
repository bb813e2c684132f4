"""Work orders: what a caller asks for, who handles it, how far it has come at a given moment."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from random import Random
from typing import NamedTuple

from web.demo.sample.calls import Call
from web.demo.sample.offices import CENTRE, OFFICES, Office
from web.demo.sample.scenario import Scenario
from web.demo.sample.traps import Incident


class RequestKind(NamedTuple):
    name: str
    share: int  # of 1000 orders
    days: int  # calendar days from the dispatch to 18:00 of the last day
    answered_by_centre: float = 0.0  # share that needs no dispatch; these are due after 24 hours


KINDS = (
    RequestKind("咨询", 528, 2, 0.7),
    RequestKind("投诉", 220, 5),
    RequestKind("求助", 164, 3),
    RequestKind("建议", 50, 10),
    RequestKind("举报", 29, 10),
    RequestKind("表扬", 9, 5, 0.7),
)
SATISFACTION = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
SATISFACTION_IF_SOLVED = (394, 484, 79, 30, 13)
SATISFACTION_IF_NOT = (0, 2, 11, 53, 34)
SOLVED, NOT_SOLVED, NOT_REACHED = "已解决", "未解决", "未接通"
OFFICE_HOURS = (8, 18)
DEADLINE_TIME = time(18)
INCIDENT_SHARE = 0.5  # of an incident day's orders that are about the incident


@dataclass(frozen=True, kw_only=True)
class OrderRates:
    """What differs from centre to centre; shares between 0 and 1."""

    opened: float  # of answered inbound calls
    never_closed: float
    stuck: float  # closed only after weeks
    overdue: float
    followed: float
    not_reached: float
    solved: float


def draw_rates(scenario: Scenario) -> OrderRates:
    rng = scenario.stream("order rates")
    return OrderRates(
        opened=rng.uniform(0.18, 0.24),
        never_closed=rng.uniform(0.008, 0.016),
        stuck=rng.uniform(0.003, 0.007),
        overdue=rng.uniform(0.025, 0.055),
        followed=rng.uniform(0.86, 0.93),
        not_reached=rng.uniform(0.02, 0.04),
        solved=rng.uniform(0.94, 0.98),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkOrder:
    """A work order with all that ever happens to it; None: never, or not yet (`as_of`)."""

    number: str
    call_serial: str
    opened: datetime
    kind: str
    office: Office
    dispatched: datetime | None
    signed: datetime | None
    deadline: datetime
    closed: datetime | None
    followed: datetime | None
    outcome: str | None  # what the follow-up call heard: solved, not solved, nobody reached
    satisfaction: str | None
    redone: int

    @property
    def status(self) -> str:
        if self.followed:
            return "已回访"
        return "已办结" if self.closed else "办理中"

    @property
    def last_change(self) -> datetime:
        return self.followed or self.closed or self.signed or self.dispatched or self.opened

    def is_changed_between(self, start: datetime, end: datetime) -> bool:
        steps = (self.dispatched, self.signed, self.closed, self.followed)
        return any(start <= step < end for step in steps if step)

    def as_of(self, moment: datetime) -> "WorkOrder":
        """The order as it stood just before the moment."""
        if self.last_change < moment:
            return self
        dispatched, signed, closed, followed = (
            step if step and step < moment else None
            for step in (self.dispatched, self.signed, self.closed, self.followed)
        )
        earlier = replace(self, dispatched=dispatched, signed=signed, closed=closed, followed=followed)
        return earlier if followed else replace(earlier, outcome=None, satisfaction=None, redone=0)


def draw_order(
    rng: Random, rates: OrderRates, sequence: int, call: Call, incident: Incident | None
) -> WorkOrder:
    """The order that an answered call leads to, opened half a minute to seven minutes after the answer."""
    assert call.answered
    opened = call.answered + timedelta(seconds=rng.randint(30, 399))
    kind = rng.choices(KINDS, [kind.share for kind in KINDS])[0]
    office = incident.office if incident and rng.random() < INCIDENT_SHARE else rng.choice(OFFICES)
    dispatched = signed = closed = None
    if rng.random() < kind.answered_by_centre:
        office = Office(office.topic, CENTRE)
        deadline = opened + timedelta(days=1)
        closed = opened + timedelta(seconds=rng.randint(60, 600))
    else:
        dispatched = opened + timedelta(seconds=rng.randint(2 * 60, 120 * 60))
        signed = dispatched + timedelta(seconds=rng.randint(10 * 60, 25 * 3600))
        deadline = datetime.combine(dispatched.date() + timedelta(days=kind.days), DEADLINE_TIME)
        closed = _draw_closing(rng, rates, signed, deadline)
    followed = _draw_follow_up(rng, closed) if closed and rng.random() < rates.followed else None
    outcome = _draw_outcome(rng, rates) if followed else None
    return WorkOrder(
        number=f"GD{opened:%Y%m%d}{sequence:06d}",
        call_serial=call.serial,
        opened=opened,
        kind=kind.name,
        office=office,
        dispatched=dispatched,
        signed=signed,
        deadline=deadline,
        closed=closed,
        followed=followed,
        outcome=outcome,
        satisfaction=_draw_satisfaction(rng, outcome),
        redone=int(outcome == NOT_SOLVED and rng.random() < 0.42),
    )


def _draw_closing(rng: Random, rates: OrderRates, signed: datetime, deadline: datetime) -> datetime | None:
    """Mostly in time and in office hours, now and then exactly on the deadline."""
    fate = rng.random()
    if fate < rates.never_closed:
        return None
    fate -= rates.never_closed
    if fate < rates.stuck:
        return deadline + timedelta(seconds=rng.randint(20 * 86400, 60 * 86400))
    if fate < rates.stuck + rates.overdue:
        return deadline + timedelta(seconds=rng.randint(4 * 3600, 120 * 3600))
    if rng.random() < 0.003:
        return deadline
    closed = signed + timedelta(seconds=int((deadline - signed).total_seconds() * rng.uniform(0.25, 1)))
    at_work = _draw_office_time(rng, closed)
    return at_work if signed < at_work <= deadline else closed


def _draw_follow_up(rng: Random, closed: datetime) -> datetime:
    return _draw_office_time(rng, closed + timedelta(days=rng.randint(1, 4)))


def _draw_office_time(rng: Random, day: datetime) -> datetime:
    start, end = OFFICE_HOURS
    return datetime.combine(day, time(start)) + timedelta(seconds=rng.randrange((end - start) * 3600))


def _draw_outcome(rng: Random, rates: OrderRates) -> str:
    if rng.random() < rates.not_reached:
        return NOT_REACHED
    return SOLVED if rng.random() < rates.solved else NOT_SOLVED


def _draw_satisfaction(rng: Random, outcome: str | None) -> str | None:
    if outcome not in (SOLVED, NOT_SOLVED):
        return None
    weights = SATISFACTION_IF_SOLVED if outcome == SOLVED else SATISFACTION_IF_NOT
    return rng.choices(SATISFACTION, weights)[0]

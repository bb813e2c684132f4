"""Which unit held a work order from when to when, as its flow log (流转记录) tells.

A unit holds an order from the 派单 or 改派 that names it until it is returned, handed on, closed or
cancelled; a 重办 gives it back to the unit it names, or else to the one that closed it.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa

from tracker.events import Payload
from tracker.events.work_orders import WorkOrderDispatched
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table, to_day
from tracker.facts.milestones import get_time_key, group_by_milestone, select_steps
from tracker.names import fold_name

_TIME = sa.TIMESTAMP(timezone=True)

order_holdings = define_fact_table(
    "order_holdings",
    (WorkOrderDispatched,),
    sa.Column("held_from", _TIME, nullable=False, doc="持有起始时间"),
    sa.Column("begun_by", sa.Text, nullable=False, doc="持有起于"),  # dispatched | reassigned | redone
    sa.Column("unit", sa.Text),  # None: the log does not say which
    sa.Column("held_until", _TIME, doc="持有结束时间"),  # None: it holds the order still
    # returned | dispatched | reassigned | redone | closed | cancelled
    sa.Column("ended_by", sa.Text, doc="持有止于"),
    sa.Column("ended_on", sa.Date, doc="结束日期"),
    more_key=("held_from",),
    title="承办单位持有工单",
)
sa.Index("order_holdings_ended", order_holdings.c.center_id, order_holdings.c.ended_on)

_HANDED = ("dispatched", "reassigned")
_TURNS = ("redone", "returned", *_HANDED, "closed", "cancelled")  # at the same moment, in this order


class Holding(NamedTuple):
    """A time in which one unit held the order."""

    since: str
    begun_by: str
    unit: str | None
    until: str | None = None
    ended_by: str | None = None


def list_holdings(milestones: Mapping[str, list[Payload]]) -> list[Holding]:
    """An order's holdings one after the other; none where no flow log says to whom it was handed."""
    if not any(select_steps(milestones[milestone]) for milestone in _HANDED):
        return []
    found: list[Holding] = []
    closer: str | None = None
    for _, milestone, one in _list_handovers(milestones):
        current = found[-1] if found and found[-1].until is None else None
        at, unit = str(one["at"]), fold_name(str(one["unit"])) if one.get("unit") else None
        begins = milestone in _HANDED or milestone == "redone"
        if current and begins and (unit == current.unit or (unit is None and milestone == "redone")):
            continue
        if current:
            found[-1] = current._replace(until=at, ended_by=milestone)
        if milestone == "closed":
            closer = current.unit if current else unit or closer
        if begins:
            found.append(Holding(at, milestone, unit or (closer if milestone == "redone" else None)))
    return found


def _list_handovers(
    milestones: Mapping[str, list[Payload]],
) -> list[tuple[tuple[str, int, int], str, Payload]]:
    """The steps that change who holds the order. What a flow log tells step by step, it tells better than the
    export's one statement of it; only a closing after all of its closings is new."""
    turns = []
    for rank, milestone in enumerate(_TURNS):
        steps = select_steps(milestones[milestone])
        if milestone == "dispatched":
            steps = merge_dispatches(steps, milestones)
        later = [
            one for one in milestones[milestone] if not steps or get_time_key(one) > get_time_key(steps[-1])
        ]
        for one in (*steps, *(later if milestone == "closed" or not steps else ())):
            if one["at"] and (milestone not in _HANDED or one.get("step") is not None):
                turns.append(((*get_time_key(one), rank), milestone, one))
    return sorted(turns, key=lambda turn: turn[0])


def merge_dispatches(steps: Iterable[Payload], milestones: Mapping[str, list[Payload]]) -> list[Payload]:
    """Dispatches of the same moment as one. Where they name several units, that is the one which the export
    names as in charge (主办), or else all of them together: 甲局、乙局."""
    named = {fold_name(str(one["unit"])) for one in milestones["accepted"] if one.get("unit")}
    found: list[Payload] = []
    for _, alike in groupby(steps, key=lambda one: one["at"]):
        together = list(alike)
        units = dict.fromkeys(fold_name(str(one["unit"])) for one in together if one.get("unit"))
        if len(units) > 1:
            in_charge = [unit for unit in units if unit in named]
            found.append({**together[-1], "unit": "、".join(in_charge[:1] or sorted(units))})
        else:
            found += together
    return found


def find_holder(holdings: list[Holding], at: str, unnamed: str | None) -> str | None:
    """The unit that held the order when a moment passed, or that had closed it by then.

    None where the flow log tells of none: before the first was handed it, or after one had returned it;
    `unnamed` where one held it whom the log does not name."""
    before = [one for one in holdings if one.since <= at]
    if not before:
        return None
    closing = (one for one in before if one.until == at and one.ended_by == "closed")
    holding = (one for one in before if one.until is None or one.until >= at)
    holding_then = next(closing, None) or next(holding, before[-1])
    if holding_then.until is not None and holding_then.until < at and holding_then.ended_by != "closed":
        return None
    return holding_then.unit or unnamed


def _project_holdings(slots: Slots) -> list[FactRow]:
    if not any(slot.startswith(("dispatched/", "reassigned/")) for slot in slots):
        return []
    return [
        (one.since, one.begun_by, one.unit, one.until, one.ended_by, to_day(one.until))
        for one in list_holdings(group_by_milestone(slots))
        if one.since != one.until
    ]


ORDER_HOLDINGS = FactTable(
    table=order_holdings, kind="work_order", days=("ended_on",), rows=_project_holdings
)
FACTS = (ORDER_HOLDINGS,)

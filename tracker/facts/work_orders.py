"""Work orders: one row per order, its state derived from its milestones."""

from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from tracker.events import Payload
from tracker.events.work_orders import TYPES
from tracker.facts import deadlines
from tracker.facts.closings import (
    DeadlineCheck,
    count_redone,
    find_effective,
    find_first,
    find_undone_closings,
    is_to_the_minute,
)
from tracker.facts.fact import (
    FactRow,
    FactTable,
    Slots,
    SlotState,
    count_seconds,
    define_fact_table,
    list_unknown,
    make_unknown_column,
    to_day,
    to_moment,
)
from tracker.facts.follow_ups import is_after_closing, merge_follow_ups
from tracker.facts.holdings import find_holder, list_holdings, merge_dispatches
from tracker.facts.milestones import get_last, get_time_key, group_by_milestone, select_steps
from tracker.facts.order_fields import DECIDING, STEPS, find_delivered_fields
from tracker.names import fold_name

_TIME = sa.TIMESTAMP(timezone=True)
HOUR = "closed_hour"  # unknown: when on the day of the deadline it was closed
HANDLING = "handling"  # unknown: how long it was handled, as it was closed before it was dispatched
FIRST_CLOSING = "first_closing"  # untold: the closing before it was first sent back
_JUDGED_BY = ("deadline_at", *deadlines.TITLES)
_LAST_BY = ("deadline_at", deadlines.PAUSED)
_FIRST_BY = ("deadline_at", deadlines.BEFORE, deadlines.PAUSED)
_IN_TIME = {
    "title": "办结时间和办结时限",
    "titles": {HOUR: "办结的钟点", FIRST_CLOSING: "首次办结时间"},
}


def _make_step_info(title: str, name: str) -> dict[str, Any]:
    """The info of a column that only a step, or a column of its own, tells."""
    return {"title": title, "by": (), "by_steps": (name,)}


work_orders = define_fact_table(
    "work_orders",
    TYPES,
    sa.Column("kind", sa.Text, info={"by": ("kind",)}),
    sa.Column("topic", sa.Text),
    sa.Column("unit", sa.Text),  # the unit last in charge
    sa.Column("channel", sa.Text),
    sa.Column("call_subject", sa.Text, doc="对应通话"),  # the call it came from
    sa.Column("accepted_at", _TIME, doc="受理时间"),
    sa.Column("accepted_on", sa.Date, doc="受理日期"),
    sa.Column(
        "dispatched_at", _TIME, info=_make_step_info("派单时间", "dispatched_at"), doc="派单时间"
    ),  # first
    sa.Column("signed_at", _TIME, info=_make_step_info("签收时间", "signed_at"), doc="签收时间"),  # first
    # the one that was in force when it passed: later ones do not undo the breach
    sa.Column("deadline_at", _TIME, info={"by": _JUDGED_BY, "titles": deadlines.TITLES}),
    sa.Column("due_on", sa.Date, info={"by": _JUDGED_BY}, doc="到期日"),
    # last; None: open, or sent back after closing
    sa.Column("closed_at", _TIME, info={"by": ("closed_at",)}, doc="办结时间"),
    sa.Column("closed_on", sa.Date, info={"by": ("closed_at",)}, doc="办结日期"),
    # from the first dispatch to the last closing
    sa.Column(
        "handling_s",
        sa.BigInteger,
        info={
            "title": "办结时间",
            "by": ("closed_at", HANDLING),
            "by_steps": ("dispatched_at",),
            "titles": {HANDLING: "派单时间和办结时间（办结早于派单）"},
        },
        doc="办理时间（秒）",
    ),
    # closed at or before the deadline; None: not closed or no deadline
    sa.Column(
        "on_time", sa.Boolean, info={**_IN_TIME, "by": ("closed_at", HOUR, *_JUDGED_BY)}, doc="是否按时"
    ),
    # neither open nor closed any more
    sa.Column("cancelled", sa.Boolean, nullable=False, info={"title": "工单状态", "by": ("cancelled",)}),
    sa.Column("cancelled_at", _TIME, info={"by": ("cancelled_at",)}, doc="作废时间"),
    # cancelled before its deadline came
    sa.Column(
        "lapsed",
        sa.Boolean,
        nullable=False,
        info={"title": "作废时间", "by": ("cancelled", "cancelled_at")},
        doc="到期前已作废",
    ),
    sa.Column("followed_up_at", _TIME, info={"by": ("followed_up_at",)}, doc="回访时间"),  # last
    sa.Column("followed_up_on", sa.Date, info={"by": ("followed_up_at",)}, doc="回访日期"),
    # followed up after it was closed; a contact before that is none
    sa.Column(
        "called_back",
        sa.Boolean,
        info={"title": "回访时间", "by": ("closed_at", "called_back")},
        doc="办结后回访过",
    ),
    sa.Column("reached", sa.Boolean, info={"title": "是否接通", "by": ("reached",)}),
    sa.Column("solved", sa.Boolean, info={"by": ("solved",)}),
    sa.Column("satisfaction", sa.Text, info={"by": ("satisfaction",)}),
    sa.Column(
        "returned", sa.Integer, nullable=False, info=_make_step_info("退单时间", "returned"), doc="退单次数"
    ),
    sa.Column(
        "reassigned",
        sa.Integer,
        nullable=False,
        info=_make_step_info("改派时间", "reassigned"),
        doc="改派次数",
    ),
    sa.Column(
        "extended", sa.Integer, nullable=False, info=_make_step_info("延期时间", "extended"), doc="延期次数"
    ),
    sa.Column(
        "urged",
        sa.Integer,
        nullable=False,
        info=_make_step_info("催办/督办时间", "urged"),
        doc="催办/督办次数",
    ),
    sa.Column(
        "redone", sa.Integer, nullable=False, info=_make_step_info("重办次数", "redone"), doc="重办次数"
    ),
    # before any sending back; closed_at is the last
    sa.Column("first_closed_at", _TIME, info={"by": ("closed_at",)}, doc="首次办结时间"),
    # the same closing against the deadline, when its order was first closed
    sa.Column(
        "first_on_time",
        sa.Boolean,
        info={**_IN_TIME, "by": ("closed_at", HOUR, *_JUDGED_BY), "by_steps": (FIRST_CLOSING,)},
        doc="首次办结按时",
    ),
    # as if no extension had been granted
    sa.Column(
        "first_deadline_at",
        _TIME,
        info={"by": _FIRST_BY, "by_steps": ("extended",)},
        doc="最初的办结时限",
    ),
    sa.Column(
        "first_due_on",
        sa.Date,
        info={"by": _FIRST_BY, "by_steps": ("extended",)},
        doc="最初的到期日",
    ),
    sa.Column(
        "unextended_on_time",
        sa.Boolean,
        info={**_IN_TIME, "by": ("closed_at", HOUR, *_FIRST_BY), "by_steps": ("extended",)},
        doc="不计延期按时",
    ),
    # the last granted, whenever that was
    sa.Column("last_deadline_at", _TIME, info={"by": _LAST_BY}, doc="最后的办结时限"),
    sa.Column("last_due_on", sa.Date, info={"by": _LAST_BY}, doc="最后的到期日"),
    sa.Column(
        "last_on_time",
        sa.Boolean,
        info={**_IN_TIME, "by": ("closed_at", HOUR, *_LAST_BY)},
        doc="按最后的时限按时",
    ),
    # the units that held it when these deadlines passed, or when it was closed before; None: no unit did
    sa.Column("due_unit", sa.Text, doc="到期时的承办单位"),
    sa.Column("last_due_unit", sa.Text, doc="最后到期时的承办单位"),
    sa.Column("paused", sa.Integer, nullable=False, doc="暂停次数"),
    # whether time paused moves the deadline; None: never paused
    sa.Column("prolonged", sa.Boolean, doc="暂停是否顺延时限"),
    # as `unknown`: steps of its life that no delivery can tell
    sa.Column("untold", sa.Text, nullable=False, doc="未报送的环节"),
    make_unknown_column(),
)
UNKNOWN = work_orders.c.unknown != ""
sa.Index("work_orders_unknown", work_orders.c.center_id, work_orders.c.accepted_on, postgresql_where=UNKNOWN)
sa.Index("work_orders_accepted", work_orders.c.center_id, work_orders.c.accepted_on)
sa.Index("work_orders_due", work_orders.c.center_id, work_orders.c.due_on)
sa.Index("work_orders_last_due", work_orders.c.center_id, work_orders.c.last_due_on)
sa.Index("work_orders_followed_up", work_orders.c.center_id, work_orders.c.followed_up_on)
sa.Index("work_orders_first_due", work_orders.c.center_id, work_orders.c.first_due_on)
sa.Index(
    "work_orders_open", work_orders.c.center_id, work_orders.c.due_on,
    postgresql_where=work_orders.c.closed_at.is_(None),
)  # fmt: skip
sa.Index("work_orders_closed", work_orders.c.center_id, work_orders.c.closed_on)

DUE_TOO_SOON = work_orders.c.deadline_at < work_orders.c.accepted_at
_called_at = sa.func.timezone("Asia/Shanghai", work_orders.c.followed_up_at)
_closed_on = sa.cast(sa.func.timezone("Asia/Shanghai", work_orders.c.first_closed_at), sa.Date)
FOLLOWED_UP_TOO_SOON = sa.and_(  # one told by its day alone may have been later that day
    work_orders.c.followed_up_at < work_orders.c.first_closed_at,
    work_orders.c.redone == 0,
    sa.or_(sa.cast(_called_at, sa.Time) != time(), work_orders.c.followed_up_on < _closed_on),
)


def project_order(slots: Slots) -> list[FactRow]:
    """One row; its acceptance columns are None while only later milestones are known."""
    milestones = group_by_milestone(slots)
    accepted = _merge_acceptances(milestones["accepted"])
    undone = find_undone_closings(slots)
    closed_at = find_effective(milestones["closed"], milestones["redone"], undone)
    cancelled, cancelled_at, doubts = _find_cancellation(accepted, milestones["cancelled"], closed_at)
    if cancelled:
        closed_at = None
    closed = to_moment(closed_at)
    in_steps = any("/" in slot for slot in slots)
    counted: Any = accepted.get("pauses_extend")
    pauses = (
        deadlines.Pauses(counted, deadlines.list_pauses(milestones) if in_steps else None)
        if counted
        else None
    )
    judged = deadlines.judge_deadline(
        _list_acceptances(slots),
        milestones["extended"],
        deadlines.OrderLife(milestones["closed"], milestones["redone"], undone),
        closed,
        pauses,
    )
    deadline_at, last_deadline_at = _format_time(judged.deadline), _format_time(judged.last)
    if closed_at is None and any(one["shown_again"] for one in milestones["undone"]):
        doubts = [*doubts, "closed_at"]
    if judged.lacking:
        doubts = [*doubts, judged.lacking]
    in_time = DeadlineCheck(closed, to_the_minute=is_to_the_minute(milestones["closed"], closed_at))
    on_time, last_on_time = in_time.by(judged.deadline), in_time.by(judged.last)
    first_closed_at = find_first(milestones["closed"], undone)
    first_in_time = DeadlineCheck(
        to_moment(first_closed_at), to_the_minute=is_to_the_minute(milestones["closed"], first_closed_at)
    )
    first_on_time = first_in_time.by(judged.deadline)
    fields = find_delivered_fields(slots, milestones)
    first_due = judged.first if "extended" in fields else None
    unextended_on_time = in_time.by(first_due)
    if in_time.hour_counts or first_in_time.hour_counts:
        doubts = [*doubts, HOUR]
    handling_s = count_seconds(_get_first(milestones["dispatched"]).get("at"), closed_at)
    if handling_s is not None and handling_s < 0:
        handling_s, doubts = None, [*doubts, HANDLING]
    redone = count_redone([*milestones["redone"], *milestones["undone"]])
    sent_back = redone > 0 and not select_steps(milestones["closed"])  # only the last closing may be told
    after = [one for one in milestones["followed_up"] if is_after_closing(one, first_closed_at, sent_back)]
    follow_up = merge_follow_ups(after or milestones["followed_up"])
    followed_up_at, called_back = follow_up.get("at"), bool(after)
    is_told = called_back or {"followed_up_at", "reached"} <= fields.keys() or followed_up_at
    if not is_told or (called_back is False and "redone" not in fields and followed_up_at):
        doubts = [*doubts, "called_back"]
    first_is_known = bool(select_steps(milestones["closed"])) or ("redone" in fields and not redone)
    ended = to_moment(cancelled_at) if cancelled else None
    accepted_at = accepted.get("at")
    call_id = accepted.get("call_id")
    dispatched = merge_dispatches(milestones["dispatched"], milestones)
    unit = _find_unit(accepted, [*dispatched, *milestones["reassigned"], *milestones["redone"]])
    named: Any = accepted.get("unit")
    holdings = list_holdings(milestones)
    due_unit, last_due_unit = (
        find_holder(holdings, min(deadline, closed_at or deadline), named and fold_name(named))
        if deadline and holdings
        else unit
        for deadline in (deadline_at, last_deadline_at)
    )
    return [
        (
            accepted.get("kind"),
            accepted.get("topic"),
            unit,
            accepted.get("channel"),
            f"call/{call_id}" if call_id else None,
            accepted_at,
            to_day(accepted_at),
            _get_first(milestones["dispatched"]).get("at"),
            _get_first(milestones["signed"]).get("at"),
            deadline_at,
            to_day(deadline_at),
            closed_at,
            to_day(closed_at),
            handling_s,
            on_time,
            cancelled,
            cancelled_at,
            bool(ended and judged.deadline and ended <= judged.deadline),
            followed_up_at,
            to_day(followed_up_at),
            called_back,
            follow_up.get("reached"),
            follow_up.get("solved"),
            merge_follow_ups(milestones["followed_up"]).get("satisfaction"),
            len(milestones["returned"]),
            len(milestones["reassigned"]),
            len(milestones["extended"]),
            len(milestones["urged"]),
            redone,
            first_closed_at,
            first_on_time,
            _format_time(first_due),
            to_day(_format_time(first_due)),
            unextended_on_time,
            last_deadline_at,
            to_day(last_deadline_at),
            last_on_time,
            due_unit,
            last_due_unit,
            len(milestones["paused"]),
            bool(counted) if milestones["paused"] else None,
            list_unknown(fields, STEPS, [] if first_is_known else [FIRST_CLOSING]),
            list_unknown(fields, DECIDING, doubts),
        )
    ]


def _merge_acceptances(events: list[Payload]) -> Payload:
    """The acceptance as the export of orders tells it, filled up from the flow log."""
    merged: dict[str, Any] = {}
    for event in sorted(events, key=lambda event: event.get("step") is None):
        merged.update({name: value for name, value in event.items() if value is not None})
    return merged


def _get_first(events: list[Payload]) -> Payload:
    return events[0] if events else {}


def _list_acceptances(slots: Slots) -> list[SlotState]:
    """What was told of the acceptance, that of the flow log first."""
    return [slots[slot] for slot in sorted(slots, reverse=True) if slot.partition("/")[0] == "accepted"]


def _format_time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _find_cancellation(
    accepted: Payload, cancellations: list[Payload], closed_at: Any
) -> tuple[bool, Any, list[str]]:
    """Whether and when an order was cancelled, and what of this is unknown.

    One that was closed first stays closed; where nobody says which came first, either may be."""
    at = get_last(cancellations).get("at")
    unclear: Any = accepted.get("unclear") or ()
    if "cancelled" in unclear:
        return False, None, ["cancelled"]
    if not cancellations and not accepted.get("cancelled"):
        return False, None, []
    if closed_at is not None:
        earlier = at is not None and str(at) < str(closed_at)
        return earlier, at, [] if at else ["cancelled"]
    return True, at, [] if at else ["cancelled_at"]


def _find_unit(accepted: Payload, handed: list[Payload]) -> Any:
    named = [event["unit"] for event in sorted(handed, key=get_time_key) if event.get("unit")]
    unit: Any = named[-1] if named else accepted.get("unit")
    return unit and fold_name(unit)


WORK_ORDERS = FactTable(
    table=work_orders,
    kind="work_order",
    days=("accepted_on", "due_on", "first_due_on", "last_due_on", "closed_on", "followed_up_on"),
    rows=project_order,
)
FACTS = (WORK_ORDERS,)

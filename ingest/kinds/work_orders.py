"""工单: one row an order as it stands; every filled milestone cell becomes an event."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from ingest.cells import NoticeCounts, is_to_the_minute, to_unmarked
from ingest.kinds.kind import (
    AmbiguousTitles,
    Build,
    FieldNames,
    IdentityMarks,
    Lookalike,
    Reading,
    RowProblem,
    TableKind,
    check_order,
    leave_out_alike,
)
from ingest.kinds.order_fields import FIELDS, ORDERS_AT_A_GLANCE
from ingest.profiles.deadlines import DELIVERED, WORKING_DAYS, WORKING_HOURS, DeadlineRule, Limit
from tracker.events import Event
from tracker.events.event import leave_out as leave_out_of
from tracker.events.times import get_day
from tracker.events.work_orders import (
    BY_RULE,
    WorkOrderAccepted,
    WorkOrderAssessed,
    WorkOrderCancelled,
    WorkOrderClosed,
    WorkOrderClosingUndone,
    WorkOrderDispatched,
    WorkOrderEvent,
    WorkOrderExtended,
    WorkOrderFollowedUp,
    WorkOrderMilestoneRetracted,
    WorkOrderReassigned,
    WorkOrderRedone,
    WorkOrderReturned,
    WorkOrderSigned,
    WorkOrderUrged,
)
from tracker.workdays import Calendar, CalendarUnknown

_KEYS = tuple(field.key for field in FIELDS)
_TITLES = {field.key: field.title for field in FIELDS}

RowValues = Mapping[str, Any]
DeadlineFinder = Callable[[str | None, datetime, datetime | Limit | None], tuple[datetime | None, str | None]]


class Milestone(NamedTuple):
    """A milestone of an order's row, and the columns that tell it; the first holds its time."""

    name: str
    columns: tuple[str, ...]
    event: Callable[[RowValues], WorkOrderEvent]


MILESTONES = (
    Milestone(
        "dispatched",
        ("dispatched_at",),
        lambda row: WorkOrderDispatched(**_get_time_and_precision(row, "dispatched_at")),
    ),
    Milestone(
        "signed", ("signed_at",), lambda row: WorkOrderSigned(**_get_time_and_precision(row, "signed_at"))
    ),
    Milestone(
        "returned",
        ("returned_at",),
        lambda row: WorkOrderReturned(
            **_get_time_and_precision(row, "returned_at"), reason=row["return_reason"]
        ),
    ),
    Milestone(
        "reassigned",
        ("reassigned_at",),
        lambda row: WorkOrderReassigned(**_get_time_and_precision(row, "reassigned_at")),
    ),
    Milestone(
        "extended",
        ("extended_at", "extended_to"),
        lambda row: WorkOrderExtended(
            **_get_time_and_precision(row, "extended_at"), deadline_at=row["extended_to"]
        ),
    ),
    Milestone("urged", ("urged_at",), lambda row: WorkOrderUrged(**_get_time_and_precision(row, "urged_at"))),
    Milestone(
        "closed",
        ("closed_at",),
        lambda row: WorkOrderClosed(
            **_get_time_and_precision(row, "closed_at"), to_the_minute=is_to_the_minute(row["closed_at"])
        ),
    ),
    Milestone(
        "cancelled",
        ("cancelled_at",),
        lambda row: WorkOrderCancelled(**_get_time_and_precision(row, "cancelled_at")),
    ),
    Milestone(
        "followed_up",
        ("followed_up_at", "reached", "solved", "satisfaction"),
        lambda row: WorkOrderFollowedUp(
            **_get_time_and_precision(row, "followed_up_at"),
            reached=row["reached"],
            solved=row["solved"],
            satisfaction=row["satisfaction"],
        ),
    ),
    Milestone(
        "redone",
        ("redone_at", "redone_times", "closings"),
        lambda row: _build_redone(row),
    ),
)


_ASSESSED = {
    "contacted", "attitude", "process", "first_satisfaction", "sign_due_at", "return_due_at", "sub_unit",
    "sub_signed_at", "sub_replied_at", "sub_reply_due_at", "role", "main_order", "hung_at",
    "repeated", "urging_order",
}  # fmt: skip


def _assessed(row: RowValues) -> WorkOrderAssessed:
    """What the row is assessed by; of who was not reached no answer is taken."""
    told = {key: row[key] for key in _ASSESSED}
    for key in ("contacted", "repeated"):
        told[key] = None if row[key] is None else row[key] == "yes"
    if row["reached"] is False:
        told |= {"contacted": None, "attitude": None, "process": None}
    return WorkOrderAssessed(order_id=row["order_id"], part_solved=row["part_solved"] or None, **told)


def _build_redone(row: RowValues) -> WorkOrderRedone:
    """The unit of the row is the one in charge now, perhaps another than it was sent back to."""
    redone = WorkOrderRedone(**_get_time_and_precision(row, "redone_at"), times=row["redone_times"])
    leave_out_of(redone, ("unit",))
    return redone


def build_order(reading: Reading) -> Build:
    """Events of one order; an empty cell, or 0 for 重办次数, says nothing unless a profile lets it."""
    due = _make_deadline_finder(reading)
    retracting = reading.rules.empty_retracts
    assesses = bool(reading.present & _ASSESSED)
    milestones = [milestone for milestone in MILESTONES if reading.present & set(milestone.columns)]

    def events(*values: Any) -> list[WorkOrderEvent]:
        row = dict(zip(_KEYS, values, strict=True))
        row["part_solved"] = row["solved"] == "part"
        if row["redone_times"] is None and row["closings"]:
            row["redone_times"] = row["closings"] - 1
        row["closings"] = None  # told as the number of times that it was redone
        _settle_follow_up(row, reading.notices)
        _check_state(row, reading)
        for key in ("deadline_at", "extended_to"):
            if not isinstance(row[key], Limit):
                check_order(row["accepted_at"], row[key], key, ("受理时间", _TITLES[key]))
        order: list[WorkOrderEvent] = [_build_acceptance(row, due, reading.rules.deadline)]
        for milestone in milestones:
            if any(_is_told(row[column]) for column in milestone.columns):
                key = milestone.columns[0]
                row[key] = _limit_to_first_day(row["accepted_at"], row[key])
                check_order(row["accepted_at"], row[key], key, ("受理时间", _TITLES[key]))
                order.append(milestone.event(row))
            elif retracting:
                order.append(WorkOrderMilestoneRetracted(order_id=row["order_id"], retracted=milestone.name))
        if row["cancelled"] == "redone":
            order.append(WorkOrderClosingUndone(order_id=row["order_id"], closing=None))
        if assesses or row["part_solved"]:
            order.append(_assessed(row))
        return order

    return events


def _check_state(row: RowValues, reading: Reading) -> None:
    """An order cannot be open and closed: where the state denies the time of closing, nobody can say when
    it was closed. Raises: RowProblem."""
    state, closed_at = row["cancelled"], row["closed_at"]
    if state in ("open", "redone") and closed_at is not None:
        raise RowProblem("closed_at", "与工单状态（尚未办结）矛盾", "请核对办结时间和工单状态")
    if state == "closed" and closed_at is None and "closed_at" in reading.present:
        remedy = "请补上办结时间；没有办结的，请改正工单状态"
        reading.doubts.append(RowProblem("closed_at", "是空的，而工单状态是已办结", remedy))


def _is_told(value: Any) -> bool:
    """Whether a milestone's cell says something: 0 times does not, but that nobody was reached does."""
    return value is False or value not in (None, 0)


def _limit_to_first_day(accepted_at: datetime, at: datetime | None) -> datetime | None:
    """A moment told by its day alone, that of the acceptance, is no earlier than the acceptance."""
    if at is not None and at < accepted_at and get_day(at) == get_day(accepted_at) and at.time() == time():
        return accepted_at
    return at


_LATER = {  # column → what it tells of an order's later life
    "dispatched_at": "dispatched_at", "signed_at": "signed_at", "returned_at": "returned",
    "reassigned_at": "reassigned", "extended_at": "extended", "urged_at": "urged", "closed_at": "closed_at",
    "followed_up_at": "followed_up_at", "reached": "reached", "solved": "solved",
    "satisfaction": "satisfaction", "redone_at": "redone", "redone_times": "redone",
    "closings": "redone",
}  # fmt: skip


_COLUMNS = {milestone.name: {*milestone.columns} for milestone in MILESTONES}


def leave_out(events: Sequence[Event], untold: FieldNames, unclear: FieldNames) -> Sequence[Event]:
    """Says with the acceptance what the row can tell of the order's later life; what was not understood takes
    nothing back."""
    accepted = events[0]
    if (
        "kind" in unclear
        and isinstance(accepted, WorkOrderAccepted)
        and (accepted.deadline_basis or "").startswith(BY_RULE)
    ):
        accepted.__dict__.update(deadline_at=None, deadline_basis=None)
        unclear = unclear | {"deadline_at", "deadline_basis"}
    if unclear & {"solved", "satisfaction"} and all(one.__dict__.get("reached") is None for one in events):
        unclear = unclear | {"reached"}  # who gave the answer that is not understood may have been reached
    if "cancelled_at" in unclear and accepted.__dict__.get("cancelled") is None:
        unclear = unclear | {"cancelled"}  # on a day that is not understood it may have been
    events = [
        event
        for event in leave_out_alike(events, untold, unclear)
        if not (isinstance(event, WorkOrderMilestoneRetracted) and unclear & _COLUMNS[event.retracted])
        and not (isinstance(event, WorkOrderClosingUndone) and "closed_at" in unclear)
    ]
    if "solved" in untold | unclear:
        leave_out_of(events[-1], [name for name in ("part_solved",) if name in events[-1].__dict__])
    delivered = {name for column, name in _LATER.items() if column not in untold}
    doubtful = {name for column, name in _LATER.items() if column in unclear}
    about = events[0].__dict__
    about["tells"] = sorted(delivered - doubtful)
    if unclear:
        about["unclear"] = sorted({*about.get("unclear", ()), *doubtful})
    return events


def _get_time_and_precision(row: RowValues, time: str) -> dict[str, Any]:
    return {"order_id": row["order_id"], "at": to_unmarked(row[time])}


def _build_acceptance(row: RowValues, due: DeadlineFinder, rule: DeadlineRule | None) -> WorkOrderAccepted:
    deadline_at, basis = due(row["kind"], row["accepted_at"], row["deadline_at"])
    accepted = WorkOrderAccepted(
        order_id=row["order_id"],
        at=row["accepted_at"],
        kind=row["kind"],
        topic=row["topic"],
        unit=row["unit"],
        call_id=row["call_id"],
        channel=row["channel"],
        cancelled=None if row["cancelled"] is None else row["cancelled"] == "cancelled",
        deadline_at=deadline_at,
        deadline_basis=basis,
        pauses_extend=rule.pauses_extend(basis) if rule else None,
    )
    if rule is None or rule.pauses is None:
        leave_out_of(accepted, ("pauses_extend",))
    return accepted


def _make_deadline_finder(reading: Reading) -> DeadlineFinder:
    """The delivered deadline; else the centre's rule, where its calendar knows the year."""
    rule = reading.rules.deadline
    calendar = reading.calendar or Calendar.load() if rule else None

    def due(
        kind: str | None, accepted_at: datetime, delivered: datetime | Limit | None
    ) -> tuple[datetime | None, str | None]:
        try:
            if isinstance(delivered, Limit):
                _check_countable(delivered, rule)
                counted = (rule or DeadlineRule()).end_of(delivered, calendar or Calendar.load(), accepted_at)
                return counted, f"按报送的期限推算：{delivered}"
            if delivered is not None:
                return delivered, DELIVERED
            return rule.deadline(calendar, kind, accepted_at) if rule and calendar else (None, None)
        except CalendarUnknown as problem:
            reading.notices[f"办结时限无法推算：{problem}"] += 1
            return None, None

    return due


def _check_countable(limit: Limit, rule: DeadlineRule | None) -> None:
    """Raises: RowProblem where nobody has said when working days end, or what working hours are."""
    if limit.unit == WORKING_DAYS and rule is None:
        raise RowProblem(
            "deadline_at", "是期限，不是时刻", "请在导入方案里写明 [deadline] 的 end_of_day（工作日几点结束）"
        )
    if limit.unit == WORKING_HOURS and (rule is None or not rule.work_hours):
        raise RowProblem(
            "deadline_at", "是工作时间，不是时刻", "请在导入方案里写明 [deadline] 的 work_hours（工作时间）"
        )


_DEFAULTS = (None, "very_satisfied", "satisfied", "fairly_satisfied")


def _settle_follow_up(row: dict[str, Any], notices: NoticeCounts) -> None:
    """Turns the follow-up's words into yes and no; who was not reached has not answered.

    That somebody not reached is satisfied is a form's default, and not taken. Raises: RowProblem for what is
    no default: she answered, or was not reached, and nobody can say which."""
    solved, satisfaction = row["solved"], row["satisfaction"]
    reached: bool | None = None
    if "unreached" in (row["reached"], solved):
        reached = False
        if row["reached"] == "reached" or solved in ("unsolved", "part") or satisfaction not in _DEFAULTS:
            raise RowProblem(
                "reached" if row["reached"] else "solved",
                "与同一行的解决情况或满意度矛盾：没有接通的人不会答复",
                "请核对回访是否接通，以及解决情况和满意度",
                doubtful=("reached", "solved", "satisfaction"),
            )
        if satisfaction or solved == "solved":
            notices["回访未接通的工单仍填有解决情况或满意度：这些评价未采用。"] += 1
        solved = satisfaction = None
    elif row["reached"] or solved or satisfaction:
        reached = True
    row["reached"] = reached
    row["solved"] = None if solved is None else solved == "solved"
    row["satisfaction"] = satisfaction


def _get_day(event: WorkOrderAccepted) -> date:
    assert event.at is not None
    return get_day(event.at)


LOOKALIKES = tuple(
    Lookalike(title=title, by=by, unless=unless)
    for title, by, unless in (
        ("回访清单", "回访员 回访人", "closed_at"),
        ("回访清单", "followed_up_at reached solved satisfaction", "closed_at kind deadline_at"),
        ("催办、督办清单", "urged_at", "closed_at"),
        ("退单、改派清单", "returned_at reassigned_at", "closed_at"),
        ("延期清单", "extended_at extended_to", "closed_at"),
        ("重办清单", "redone_at redone_times", "closed_at"),
    )
)

WORK_ORDERS = TableKind(
    name="work_orders",
    called="工单 诉求 转办 交办 ticket case",
    thing="work_order",
    entire=True,
    source="work_orders",
    fields=FIELDS,
    build=build_order,
    leave_out=leave_out,
    has_state=True,
    mark="诉求 受理 办结 承办 主办 交办 转办 回访 来电",
    when_repeated="一张工单由几个单位分办的，请只留主办单位的一行，各单位的派单写在流转记录里；否则请删去不对的一行",
    lookalikes=LOOKALIKES,
    remarks="工单 诉求 受理 登记 派单 转办 交办 办理 处理 办结 承办",
    ambiguous=(AmbiguousTitles(titles="处理时限", fields=("deadline_at",), or_else="办理天数"),),
    dated_by="accepted_at",
    day=_get_day,
    marks=IdentityMarks(
        type=WorkOrderAccepted.type, day="at", who=("at",), of_the_day=("kind", "unit", "call_id")
    ),
    glance=ORDERS_AT_A_GLANCE,
)

KINDS = (WORK_ORDERS,)

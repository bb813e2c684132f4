"""工单 by hand: 受理, and every later step in the order that a work order's life allows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest.forms.form import Form, FormState, KnownSlots
from ingest.forms.life_cycle import OrderStep, check_step
from ingest.kinds import Build, Reading, RowProblem, TableKind
from ingest.kinds.work_order_steps import WORK_ORDER_STEPS
from ingest.kinds.work_orders import WORK_ORDERS
from tracker.events import Event
from tracker.events.work_orders import WorkOrderEvent
from tracker.facts.closings import find_undone_closings
from tracker.facts.fact import to_moment

_ACTIONS = {
    "work_order.dispatched": "dispatched", "work_order.signed": "signed", "work_order.returned": "returned",
    "work_order.reassigned": "reassigned", "work_order.extended": "extended", "work_order.urged": "urged",
    "work_order.paused": "paused", "work_order.resumed": "resumed",
    "work_order.closed": "closed", "work_order.cancelled": "cancelled",
    "work_order.followed_up": "followed_up", "work_order.redone": "redone",
}  # fmt: skip


def _make_order_kind(entered: FormState) -> TableKind:
    def build(reading: Reading) -> Build:
        events_of = WORK_ORDERS.build(replace(reading, present=frozenset({"accepted_at"})))

        def events(*values: Any) -> tuple[Event, ...]:
            if entered.known and not entered.correcting:
                raise RowProblem(
                    "order_id", "已有这个编号的工单", "请核对编号；派单、办结等后续环节请填“工单办理”"
                )
            found = events_of(*values)
            deadline, accepted = found[0].__dict__["deadline_at"], found[0].__dict__["at"]
            if deadline is not None and deadline < accepted:
                raise RowProblem("deadline_at", "早于受理时间", "请核对办结时限")
            return tuple(found)

        return events

    return replace(WORK_ORDERS, build=build)


def _make_step_kind(entered: FormState) -> TableKind:
    """The flow log's kind, in which a step must follow from what is known of the order."""

    def build(reading: Reading) -> Build:
        events_of = WORK_ORDER_STEPS.build(reading)

        def events(*values: Any) -> tuple[Event, ...]:
            found = events_of(*values)
            event = found[0] if found else None
            if not isinstance(event, WorkOrderEvent) or event.type not in _ACTIONS:
                raise RowProblem("action", "不在可选的环节之列", "请从列表里选；受理请填“工单受理”")
            numbered = event.step if values[3] else find_next_step(entered.known)
            event = replace(event, step=numbered)
            check_step(list_steps(entered.known, without=event.slot), _as_step(event))
            return (event,)

        return events

    return replace(WORK_ORDER_STEPS, build=build)


def list_steps(slots: KnownSlots, *, without: str = "") -> list[OrderStep]:
    """The milestones known of an order in the order of their times; those without a time come first.

    A closing after which the order was sent back, nobody told when, is none of them."""
    undone = max(find_undone_closings(slots), default="")
    found = [
        OrderStep(slot.partition("/")[0], to_moment(state.data.get("at")), str(state.data.get("unit") or ""))
        for slot, state in slots.items()
        if slot != without
        and state.type not in ("work_order.milestone_retracted", "work_order.closing_undone")
        and not (state.type == "work_order.closed" and str(state.data.get("at")) <= undone)
    ]
    return sorted(found, key=lambda step: step.at.isoformat() if step.at else "")


def find_next_step(slots: KnownSlots) -> str:
    """The number of a further step entered by hand; a step that is corrected keeps its own."""
    taken = {slot.partition("/")[2] for slot in slots}
    return next(f"F{n}" for n in range(1, len(taken) + 2) if f"F{n}" not in taken)


def _as_step(event: WorkOrderEvent) -> OrderStep:
    assert isinstance(event.at, datetime)
    return OrderStep(event.milestone, event.at, str(event.__dict__.get("unit") or ""))


def _read_step_values(data: Mapping[str, Any]) -> dict[str, Any]:
    solved = {True: "solved", False: "unsolved", None: None}[data.get("solved")]
    return {
        **data,
        "action": data.get("action"),
        "solved": "unreached" if data.get("reached") is False else solved,
    }


ORDER = Form(
    name="order",
    title="工单受理",
    about="新受理的工单，一张一条。没有时限的，按本中心的办结时限规则推算。",
    kind=_make_order_kind,
    asks=("order_id", "accepted_at", "kind", "topic", "channel", "unit", "call_id", "deadline_at"),
    subject=lambda values: f"work_order/{values.get('order_id', '')}",
    identity=("order_id",),
    events=("work_order.accepted",),
    hints={"call_id": "由电话受理的，填通话流水号，可与话单对上。", "unit": "还不知道的空着，派单时再填。"},
    suggested={
        "kind": ("咨询", "求助", "投诉", "举报", "建议", "表扬"),
        "channel": ("电话", "网站", "微信", "短信", "来访", "上级转办"),
    },
    moment="accepted_at",
    values_of=lambda data: {**data, "accepted_at": data["at"]},
)

STEP = Form(
    name="step",
    title="工单办理",
    about="派单、签收、退单、改派、延期、催办/督办、办结、作废、回访、重办，一步一条，按先后顺序。",
    kind=_make_step_kind,
    asks=("order_id", "action", "at", "unit", "reason", "deadline_at", "solved", "satisfaction"),
    subject=lambda values: f"work_order/{values.get('order_id', '')}",
    identity=("order_id", "action"),
    events=tuple(_ACTIONS),
    hints={
        "unit": "派单、签收、退单、改派、办结填承办单位。",
        "reason": "退单、改派、延期、催办/督办的原因。",
        "deadline_at": "只在延期时填：延到什么时候。",
        "solved": "只在回访时填。",
        "satisfaction": "只在回访时填。",
    },
    left_out={"action": ("accepted", "other")},
    moment="at",
    values_of=_read_step_values,
)

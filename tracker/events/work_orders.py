"""The life of a work order: one event per milestone (受理 … 重办).

An export of orders "as they stand" yields one event per filled milestone cell; a flow log (流转记录) yields
one per row, told apart by `step`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tracker.events.event import Event, leave_out


@dataclass(frozen=True, kw_only=True)
class WorkOrderEvent(Event):
    """Something happened to a work order.

    Source: work-order export (工单), one row per order; or its flow log (工单流转记录), one row per step.
    """

    source: ClassVar[str] = "work_orders"
    milestone: ClassVar[str]

    order_id: str
    at: datetime | None  # None: known to have happened, the export does not say when
    step: str | None = None  # ordinal or time of a repeatable milestone in a flow log

    @property
    def subject(self) -> str:
        return f"work_order/{self.order_id}"

    @property
    def slot(self) -> str:
        return self.milestone if self.step is None else f"{self.milestone}/{self.step}"

    @property
    def occurred_at(self) -> datetime | None:
        return self.at


@dataclass(frozen=True, kw_only=True)
class WorkOrderAccepted(WorkOrderEvent):
    """受理: an appeal became a work order."""

    type: ClassVar[str] = "work_order.accepted"
    milestone: ClassVar[str] = "accepted"

    kind: str | None = None  # 诉求类型: 投诉, 咨询, 求助, 建议, 举报, 表扬, …
    topic: str | None = None  # 诉求分类
    unit: str | None = None  # 承办单位 named with the order
    call_id: str | None = None
    channel: str | None = None
    deadline_at: datetime | None = None
    deadline_basis: str | None = (
        None  # 交付文件 where delivered, else the rule and calendar it was counted by
    )
    pauses_extend: str | None = None  # how time paused moves the deadline: BY_HOURS, BY_DAYS (working
    # days), or the hours of work that are counted (09:00:00-12:00:00 …); None: not at all
    cancelled: bool | None = None  # whether its state says that it was cancelled (已作废)
    tells: list[str] | None = None  # which of LATER the delivery can tell; None: all of the order's life


LATER = (
    "dispatched_at", "signed_at", "returned", "reassigned", "extended", "urged", "closed_at",
    "followed_up_at", "reached", "solved", "satisfaction", "redone",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class WorkOrderDispatched(WorkOrderEvent):
    """派单: handed to the unit in charge."""

    type: ClassVar[str] = "work_order.dispatched"
    milestone: ClassVar[str] = "dispatched"

    unit: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderSigned(WorkOrderEvent):
    """签收: the unit signed for it."""

    type: ClassVar[str] = "work_order.signed"
    milestone: ClassVar[str] = "signed"

    unit: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderReturned(WorkOrderEvent):
    """退单: the unit sent it back as not its duty."""

    type: ClassVar[str] = "work_order.returned"
    milestone: ClassVar[str] = "returned"

    unit: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderReassigned(WorkOrderEvent):
    """改派: handed to another unit."""

    type: ClassVar[str] = "work_order.reassigned"
    milestone: ClassVar[str] = "reassigned"

    unit: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderExtended(WorkOrderEvent):
    """延期: a later deadline was granted."""

    type: ClassVar[str] = "work_order.extended"
    milestone: ClassVar[str] = "extended"

    deadline_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderUrged(WorkOrderEvent):
    """督办: the unit was urged to act."""

    type: ClassVar[str] = "work_order.urged"
    milestone: ClassVar[str] = "urged"

    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderPaused(WorkOrderEvent):
    """暂停: handling waits, for example for what the citizen is to add; any later step ends the pause."""

    type: ClassVar[str] = "work_order.paused"
    milestone: ClassVar[str] = "paused"

    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderResumed(WorkOrderEvent):
    """恢复: handling goes on, after a pause or as before."""

    type: ClassVar[str] = "work_order.resumed"
    milestone: ClassVar[str] = "resumed"


@dataclass(frozen=True, kw_only=True)
class WorkOrderClosed(WorkOrderEvent):
    """办结: the unit declared it done."""

    type: ClassVar[str] = "work_order.closed"
    milestone: ClassVar[str] = "closed"

    unit: str | None = None
    to_the_minute: bool | None = None  # True: written without seconds; else left out

    def __post_init__(self) -> None:
        if self.to_the_minute is None:
            leave_out(self, ("to_the_minute",))


@dataclass(frozen=True, kw_only=True)
class WorkOrderCancelled(WorkOrderEvent):
    """作废: taken out of handling, without being closed."""

    type: ClassVar[str] = "work_order.cancelled"
    milestone: ClassVar[str] = "cancelled"

    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderFollowedUp(WorkOrderEvent):
    """回访: the citizen was called back; `reached` is None where the export does not say."""

    type: ClassVar[str] = "work_order.followed_up"
    milestone: ClassVar[str] = "followed_up"

    reached: bool | None = None
    solved: bool | None = None
    satisfaction: str | None = None  # one of SATISFACTION


@dataclass(frozen=True, kw_only=True)
class WorkOrderRedone(WorkOrderEvent):
    """重办: sent back after the follow-up; `times` is the running count where only a count is exported.

    Without a `unit` it goes back to the one that closed the order."""

    type: ClassVar[str] = "work_order.redone"
    milestone: ClassVar[str] = "redone"

    unit: str | None = None
    times: int | None = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderClosingUndone(WorkOrderEvent):
    """A closing stands no more: a newer export tells of a 重办 without its time, and of no closing."""

    type: ClassVar[str] = "work_order.closing_undone"
    milestone: ClassVar[str] = "undone"

    at: None = None
    closing: datetime | None  # the closing that stood; None: none was told
    shown_again: bool = False  # by a row newer still, so that nobody knows which of them is right


@dataclass(frozen=True, kw_only=True)
class WorkOrderMilestoneRetracted(WorkOrderEvent):
    """A milestone told before no longer stands; only where a profile, or a person who is asked, lets an empty
    cell say so."""

    type: ClassVar[str] = "work_order.milestone_retracted"
    milestone: ClassVar[str] = ""

    at: None = None
    retracted: str  # the milestone taken back, for example closed

    @property
    def slot(self) -> str:
        return self.retracted


BY_HOURS, BY_DAYS = "小时", "工作日"  # what time paused is counted in, beside hours of work

BY_RULE = "按规则推算"  # begins the basis of a deadline that a rule of the centre gives

SATISFACTION = {
    "very_satisfied": "非常满意",
    "satisfied": "满意",
    "fairly_satisfied": "基本满意",
    "neutral": "一般",
    "dissatisfied": "不满意",
    "very_dissatisfied": "非常不满意",
}

TYPES = (
    WorkOrderAccepted,
    WorkOrderDispatched,
    WorkOrderSigned,
    WorkOrderReturned,
    WorkOrderReassigned,
    WorkOrderExtended,
    WorkOrderUrged,
    WorkOrderPaused,
    WorkOrderResumed,
    WorkOrderClosed,
    WorkOrderCancelled,
    WorkOrderFollowedUp,
    WorkOrderRedone,
    WorkOrderClosingUndone,
    WorkOrderMilestoneRetracted,
)

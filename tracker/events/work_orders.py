"""The life of a work order: one event per milestone (受理 … 重办).

An export of orders "as they stand" yields one event per filled milestone cell; a flow log (流转记录) yields
one per row, told apart by `step`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event, leave_out
from tracker.events.title import Title

SATISFACTION = {
    "very_satisfied": "非常满意",
    "satisfied": "满意",
    "fairly_satisfied": "基本满意",
    "neutral": "一般",
    "dissatisfied": "不满意",
    "very_dissatisfied": "非常不满意",
}


@dataclass(frozen=True, kw_only=True)
class WorkOrderEvent(Event):
    """Something happened to a work order.

    Source: work-order export (工单), one row per order; or its flow log (工单流转记录), one row per step.
    """

    source: ClassVar[str] = "work_orders"
    milestone: ClassVar[str]

    order_id: Annotated[str, Title("工单编号", code=True)]
    # None: known to have happened, the export does not say when
    at: Annotated[datetime | None, Title("时间")]
    # ordinal or time of a repeatable milestone in a flow log
    step: Annotated[str | None, Title("步骤")] = None

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
    type_title: ClassVar[str] = "受理"
    milestone: ClassVar[str] = "accepted"

    kind: Annotated[str | None, Title("诉求类型")] = None  # 投诉, 咨询, 求助, 建议, 举报, 表扬, …
    topic: Annotated[str | None, Title("诉求分类")] = None
    unit: Annotated[str | None, Title("承办单位")] = None  # named with the order
    call_id: Annotated[str | None, Title("通话流水号", code=True)] = None
    channel: Annotated[str | None, Title("受理渠道")] = None
    deadline_at: Annotated[datetime | None, Title("办结时限")] = None
    # 来源文件 where delivered, else the rule and calendar it was counted by
    deadline_basis: Annotated[str | None, Title("时限依据")] = None
    # how time paused moves the deadline: BY_HOURS, BY_DAYS (working days), or the hours of work that are
    # counted (09:00:00-12:00:00 …); None: not at all
    pauses_extend: Annotated[str | None, Title("暂停时长怎样顺延时限")] = None
    # whether its state says that it was cancelled (已作废)
    cancelled: Annotated[bool | None, Title("是否作废")] = None
    # which of LATER the delivery can tell; None: all of the order's life
    tells: Annotated[list[str] | None, Title("看得出的环节")] = None


LATER = (
    "dispatched_at", "signed_at", "returned", "reassigned", "extended", "urged", "closed_at",
    "followed_up_at", "reached", "solved", "satisfaction", "redone",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class WorkOrderDispatched(WorkOrderEvent):
    """派单: handed to the unit in charge."""

    type: ClassVar[str] = "work_order.dispatched"
    type_title: ClassVar[str] = "派单"
    milestone: ClassVar[str] = "dispatched"

    unit: Annotated[str | None, Title("承办单位")] = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderSigned(WorkOrderEvent):
    """签收: the unit signed for it."""

    type: ClassVar[str] = "work_order.signed"
    type_title: ClassVar[str] = "签收"
    milestone: ClassVar[str] = "signed"

    unit: Annotated[str | None, Title("承办单位")] = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderReturned(WorkOrderEvent):
    """退单: the unit sent it back as not its duty."""

    type: ClassVar[str] = "work_order.returned"
    type_title: ClassVar[str] = "退单"
    milestone: ClassVar[str] = "returned"

    unit: Annotated[str | None, Title("承办单位")] = None
    reason: Annotated[str | None, Title("原因")] = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderReassigned(WorkOrderEvent):
    """改派: handed to another unit."""

    type: ClassVar[str] = "work_order.reassigned"
    type_title: ClassVar[str] = "改派"
    milestone: ClassVar[str] = "reassigned"

    unit: Annotated[str | None, Title("承办单位")] = None
    reason: Annotated[str | None, Title("原因")] = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderExtended(WorkOrderEvent):
    """延期: a later deadline was granted."""

    type: ClassVar[str] = "work_order.extended"
    type_title: ClassVar[str] = "延期"
    milestone: ClassVar[str] = "extended"

    deadline_at: Annotated[datetime | None, Title("办结时限")] = None
    reason: Annotated[str | None, Title("原因")] = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderUrged(WorkOrderEvent):
    """催办/督办: the unit was urged to act."""

    type: ClassVar[str] = "work_order.urged"
    type_title: ClassVar[str] = "催办/督办"
    milestone: ClassVar[str] = "urged"

    reason: Annotated[str | None, Title("原因")] = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderPaused(WorkOrderEvent):
    """暂停: handling waits, for example for what the citizen is to add; any later step ends the pause."""

    type: ClassVar[str] = "work_order.paused"
    type_title: ClassVar[str] = "暂停"
    milestone: ClassVar[str] = "paused"

    reason: Annotated[str | None, Title("原因")] = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderResumed(WorkOrderEvent):
    """恢复: handling goes on, after a pause or as before."""

    type: ClassVar[str] = "work_order.resumed"
    type_title: ClassVar[str] = "恢复"
    milestone: ClassVar[str] = "resumed"


@dataclass(frozen=True, kw_only=True)
class WorkOrderClosed(WorkOrderEvent):
    """办结: the unit declared it done."""

    type: ClassVar[str] = "work_order.closed"
    type_title: ClassVar[str] = "办结"
    milestone: ClassVar[str] = "closed"

    unit: Annotated[str | None, Title("承办单位")] = None
    # True: written without seconds; else left out
    to_the_minute: Annotated[bool | None, Title("时间只到分")] = None

    def __post_init__(self) -> None:
        if self.to_the_minute is None:
            leave_out(self, ("to_the_minute",))


@dataclass(frozen=True, kw_only=True)
class WorkOrderCancelled(WorkOrderEvent):
    """作废: taken out of handling, without being closed."""

    type: ClassVar[str] = "work_order.cancelled"
    type_title: ClassVar[str] = "作废"
    milestone: ClassVar[str] = "cancelled"

    reason: Annotated[str | None, Title("原因")] = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderFollowedUp(WorkOrderEvent):
    """回访: the citizen was called back; `reached` is None where the export does not say."""

    type: ClassVar[str] = "work_order.followed_up"
    type_title: ClassVar[str] = "回访"
    milestone: ClassVar[str] = "followed_up"

    reached: Annotated[bool | None, Title("回访接通")] = None
    solved: Annotated[bool | None, Title("是否解决")] = None
    satisfaction: Annotated[str | None, Title("满意度", words=SATISFACTION)] = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderRedone(WorkOrderEvent):
    """重办: sent back after the follow-up; `times` is the running count where only a count is exported.

    Without a `unit` it goes back to the one that closed the order."""

    type: ClassVar[str] = "work_order.redone"
    type_title: ClassVar[str] = "重办"
    milestone: ClassVar[str] = "redone"

    unit: Annotated[str | None, Title("承办单位")] = None
    times: Annotated[int | None, Title("次数")] = None


@dataclass(frozen=True, kw_only=True)
class WorkOrderClosingUndone(WorkOrderEvent):
    """A closing stands no more: a newer export tells of a 重办 without its time, and of no closing."""

    type: ClassVar[str] = "work_order.closing_undone"
    type_title: ClassVar[str] = "退回重办，尚未再办结"
    milestone: ClassVar[str] = "undone"

    at: None = None
    # the closing that stood; None: none was told
    closing: Annotated[datetime | None, Title("不再算数的办结时间")]
    # by a row newer still, so that nobody knows which of them is right
    shown_again: Annotated[bool, Title("后来的工单表里又有")] = False


@dataclass(frozen=True, kw_only=True)
class WorkOrderAssessed(WorkOrderEvent):
    """考核信息: what an order is assessed by beside its milestones; fields that a table lacks are left out.

    Source: order tables with the columns of Beijing's 三率 and of second-level units.
    """

    type: ClassVar[str] = "work_order.assessed"
    type_title: ClassVar[str] = "考核信息"
    milestone: ClassVar[str] = "assessed"

    at: None = None
    contacted: Annotated[bool | None, Title("是否联系市民")] = None  # by the unit, as the citizen says
    part_solved: Annotated[bool | None, Title("部分解决")] = None
    attitude: Annotated[str | None, Title("服务态度满意度", words=SATISFACTION)] = None
    process: Annotated[str | None, Title("办理过程满意度", words=SATISFACTION)] = None
    first_satisfaction: Annotated[str | None, Title("首次满意度", words=SATISFACTION)] = None
    sign_due_at: Annotated[datetime | None, Title("签收截止时间")] = None
    return_due_at: Annotated[datetime | None, Title("退单截止时间")] = None
    sub_unit: Annotated[str | None, Title("二级承办单位")] = None
    sub_signed_at: Annotated[datetime | None, Title("二级签收时间")] = None
    sub_replied_at: Annotated[datetime | None, Title("二级反馈时间")] = None
    sub_reply_due_at: Annotated[datetime | None, Title("二级反馈截止时间")] = None
    role: Annotated[str | None, Title("工单性质")] = None  # 主办, 协办, 转办
    main_order: Annotated[str | None, Title("原工单编号", code=True)] = (
        None  # that it repeats or was merged into
    )
    hung_at: Annotated[datetime | None, Title("挂账时间")] = None  # waits with leave since
    repeated: Annotated[bool | None, Title("是否重复")] = None  # the same request was accepted before
    urging_order: Annotated[str | None, Title("催办单号", code=True)] = (
        None  # of the citizen's call to urge it on
    )


@dataclass(frozen=True, kw_only=True)
class WorkOrderMilestoneRetracted(WorkOrderEvent):
    """A milestone told before no longer stands; only where a profile, or a person who is asked, lets an empty
    cell say so."""

    type: ClassVar[str] = "work_order.milestone_retracted"
    type_title: ClassVar[str] = "环节撤销"
    milestone: ClassVar[str] = ""

    at: None = None
    retracted: Annotated[str, Title("撤销的环节")]  # the milestone taken back, for example closed

    @property
    def slot(self) -> str:
        return self.retracted


BY_HOURS, BY_DAYS = "小时", "工作日"  # what time paused is counted in, beside hours of work

BY_RULE = "按规则推算"  # begins the basis of a deadline that a rule of the centre gives

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
    WorkOrderAssessed,
    WorkOrderMilestoneRetracted,
)
THINGS = {"work_order": "工单"}
SOURCES = {"work_orders": "工单"}

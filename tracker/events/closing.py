"""Closing a month: each source's way to approval, the seal, corrections of it, and lock exceptions.

Every act has a slot of its own, so that none ever takes the place of another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event, Json
from tracker.events.title import Title


@dataclass(frozen=True, kw_only=True)
class ClosingEvent(Event):
    """Something that a person did to a month. Source: the product's own pages and commands."""

    source: ClassVar[str] = "closing"

    month: Annotated[str, Title("月份")]  # 2023-05

    @property
    def subject(self) -> str:
        return f"month/{self.month}"


@dataclass(frozen=True, kw_only=True)
class SourceAct(ClosingEvent):
    """An act on one source of a month, and what stood there at that moment."""

    of: Annotated[str, Title("数据来源")]  # a source of figures: calls, roster, messages, …
    number: Annotated[int, Title("次序")]  # place among the acts on this source and month, from 1
    by: Annotated[str, Title("经办人")]
    at: Annotated[datetime, Title("时间")]
    remark: Annotated[str | None, Title("备注")]
    # exact share of the expected units that were backed; None: nothing expected
    coverage: Annotated[str | None, Title("数据完整率")]
    # gaps, rows held back and rules not kept, in a sentence; None: nothing
    findings: Annotated[str | None, Title("当时的问题")]

    @property
    def subject(self) -> str:
        return f"month/{self.month}/{self.of}"

    @property
    def slot(self) -> str:
        return f"act/{self.number}"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, kw_only=True)
class SourceCompleted(SourceAct):
    """报齐: whoever delivers the source said that the month is all there."""

    type: ClassVar[str] = "month.source_completed"
    type_title: ClassVar[str] = "报齐"


@dataclass(frozen=True, kw_only=True)
class SourceSubmitted(SourceAct):
    """提交: put before another person for approval."""

    type: ClassVar[str] = "month.source_submitted"
    type_title: ClassVar[str] = "提交"

    # why the month is submitted although something was found
    acknowledged: Annotated[str | None, Title("对所列问题的说明")]


@dataclass(frozen=True, kw_only=True)
class SourceApproved(SourceAct):
    """审批: a person other than the one who submitted it agreed."""

    type: ClassVar[str] = "month.source_approved"
    type_title: ClassVar[str] = "审批"


@dataclass(frozen=True, kw_only=True)
class SourceReturned(SourceAct):
    """退回: sent back to be completed anew."""

    type: ClassVar[str] = "month.source_returned"
    type_title: ClassVar[str] = "退回"

    reason: Annotated[str, Title("原因")]


@dataclass(frozen=True, kw_only=True)
class LockRequested(ClosingEvent):
    """申请锁定: the first of the two people who seal a month."""

    type: ClassVar[str] = "month.lock_requested"
    type_title: ClassVar[str] = "申请锁定"

    number: Annotated[int, Title("次序")]
    requested_by: Annotated[str, Title("申请人")]
    requested_at: Annotated[datetime, Title("申请时间")]
    remark: Annotated[str | None, Title("备注")]

    @property
    def slot(self) -> str:
        return f"lock_request/{self.number}"

    @property
    def occurred_at(self) -> datetime:
        return self.requested_at


@dataclass(frozen=True, kw_only=True)
class CorrectionProposed(ClosingEvent):
    """申请更正: what a sealed month would say instead, for a second person to approve."""

    type: ClassVar[str] = "month.correction_proposed"
    type_title: ClassVar[str] = "申请更正"

    number: Annotated[int, Title("次序")]
    vintage: Annotated[int, Title("数据版本")]  # the one it would become
    reason: Annotated[str, Title("原因")]
    proposed_by: Annotated[str, Title("申请人")]
    proposed_at: Annotated[datetime, Title("申请时间")]
    # the lock exception that permits it: lock_exception/2023-05/1
    exception: Annotated[str, Title("限期解锁")]
    figures: Annotated[list[Json], Title("指标值", code=True)]  # those that change, as they would be sealed
    replaced: Annotated[
        list[Json], Title("被更正的指标值", code=True)
    ]  # the same figures as they are sealed now
    caused_by: Annotated[list[Json], Title("起因事件")]  # seqs, or [first, last] of a run

    @property
    def slot(self) -> str:
        return f"correction/{self.number}"

    @property
    def occurred_at(self) -> datetime:
        return self.proposed_at


@dataclass(frozen=True, kw_only=True)
class MonthSealed(ClosingEvent):
    """锁定: the figures of a month no longer move; quarter and year are sealed with the month that ends them.

    A figure is an object of texts, integers and None: indicator, period, definition_version, numerator,
    denominator, value, unit, coverage (fractions exact: 38817 or 100/3), status, reason, low, high, bounds,
    code. The first vintage holds every figure; a later one (更正) only those that changed, so that a figure's
    newest vintage is the highest one that names it.
    """

    type: ClassVar[str] = "month.sealed"
    type_title: ClassVar[str] = "锁定"

    vintage: Annotated[int, Title("数据版本")]  # 1: the lock itself; 2, 3, …: corrections
    figures: Annotated[list[Json], Title("指标值", code=True)]
    # of a correction: the same figures as they were sealed before
    replaced: Annotated[list[Json], Title("被更正的指标值", code=True)]
    head_seq: Annotated[int, Title("锁定时的记录号")]  # the log's end just before this event
    head_hash: Annotated[str, Title("日志校验值", code=True)]  # hex
    sealed_by: Annotated[str, Title("锁定申请人")]
    approved_by: Annotated[str, Title("审批人")]
    sealed_at: Annotated[datetime, Title("锁定时间")]
    reason: Annotated[str | None, Title("原因")]  # None for the first vintage
    caused_by: Annotated[list[Json], Title("起因事件")]  # of a correction: seqs, or [first, last] of a run
    # of a correction: the lock exception that permitted it
    exception: Annotated[str | None, Title("限期解锁")]

    @property
    def slot(self) -> str:
        return f"vintage/{self.vintage}"

    @property
    def occurred_at(self) -> datetime:
        return self.sealed_at


@dataclass(frozen=True, kw_only=True)
class ExceptionEvent(ClosingEvent):
    """Something about a lock exception (限期解锁)."""

    number: Annotated[int, Title("次序")]  # among the month's exceptions, from 1

    @property
    def subject(self) -> str:
        return f"lock_exception/{self.month}/{self.number}"


@dataclass(frozen=True, kw_only=True)
class LockExceptionRequested(ExceptionEvent):
    """申请限期解锁: a correction of a sealed month is asked for."""

    type: ClassVar[str] = "lock_exception.requested"
    type_title: ClassVar[str] = "申请限期解锁"

    of: Annotated[str | None, Title("数据来源（空为全部）")]  # one source; None: all
    reason: Annotated[str, Title("原因")]
    requested_by: Annotated[str, Title("申请人")]
    requested_at: Annotated[datetime, Title("申请时间")]
    expires_at: Annotated[datetime, Title("到期时间（不含）")]  # excluded

    @property
    def slot(self) -> str:
        return "requested"

    @property
    def occurred_at(self) -> datetime:
        return self.requested_at


@dataclass(frozen=True, kw_only=True)
class LockException(ExceptionEvent):
    """批准解锁: until it expires or is closed, corrections may be proposed and approved."""

    type: ClassVar[str] = "lock_exception.opened"
    type_title: ClassVar[str] = "批准解锁"

    of: Annotated[str | None, Title("数据来源（空为全部）")]
    reason: Annotated[str, Title("原因")]
    requested_by: Annotated[str, Title("申请人")]
    approved_by: Annotated[str, Title("审批人")]
    opened_at: Annotated[datetime, Title("批准时间")]
    expires_at: Annotated[datetime, Title("到期时间（不含）")]  # excluded

    @property
    def slot(self) -> str:
        return "opened"

    @property
    def occurred_at(self) -> datetime:
        return self.opened_at


@dataclass(frozen=True, kw_only=True)
class LockExceptionClosed(ExceptionEvent):
    """结束限期解锁: before it expired."""

    type: ClassVar[str] = "lock_exception.closed"
    type_title: ClassVar[str] = "结束限期解锁"

    closed_by: Annotated[str, Title("关闭人")]
    closed_at: Annotated[datetime, Title("关闭时间")]
    reason: Annotated[str | None, Title("原因")]

    @property
    def slot(self) -> str:
        return "closed"

    @property
    def occurred_at(self) -> datetime:
        return self.closed_at


TYPES = (
    SourceCompleted,
    SourceSubmitted,
    SourceApproved,
    SourceReturned,
    LockRequested,
    CorrectionProposed,
    MonthSealed,
    LockExceptionRequested,
    LockException,
    LockExceptionClosed,
)
THINGS = {"month": "月份", "lock_exception": "限期解锁"}
SOURCES = {"closing": "月份月度审核"}

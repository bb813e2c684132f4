"""Closing a month: each source's way to approval, the seal, corrections of it, and lock exceptions.

Every act has a slot of its own, so that none ever takes the place of another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tracker.events.event import Event, Json


@dataclass(frozen=True, kw_only=True)
class ClosingEvent(Event):
    """Something that a person did to a month. Source: the product's own pages and commands."""

    source: ClassVar[str] = "closing"

    month: str  # 2023-05

    @property
    def subject(self) -> str:
        return f"month/{self.month}"


@dataclass(frozen=True, kw_only=True)
class SourceAct(ClosingEvent):
    """An act on one source of a month, and what stood there at that moment."""

    of: str  # a source of figures: calls, roster, messages, …
    number: int  # place among the acts on this source and month, from 1
    by: str
    at: datetime
    remark: str | None
    coverage: str | None  # exact share of the expected units that were backed; None: nothing expected
    findings: str | None  # gaps, rows held back and rules not kept, in a sentence; None: nothing

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


@dataclass(frozen=True, kw_only=True)
class SourceSubmitted(SourceAct):
    """提交: put before another person for approval."""

    type: ClassVar[str] = "month.source_submitted"

    acknowledged: str | None  # why the month is submitted although something was found


@dataclass(frozen=True, kw_only=True)
class SourceApproved(SourceAct):
    """审批: a person other than the one who submitted it agreed."""

    type: ClassVar[str] = "month.source_approved"


@dataclass(frozen=True, kw_only=True)
class SourceReturned(SourceAct):
    """退回: sent back to be completed anew."""

    type: ClassVar[str] = "month.source_returned"

    reason: str


@dataclass(frozen=True, kw_only=True)
class LockRequested(ClosingEvent):
    """提请锁定: the first of the two people who seal a month."""

    type: ClassVar[str] = "month.lock_requested"

    number: int
    requested_by: str
    requested_at: datetime
    remark: str | None

    @property
    def slot(self) -> str:
        return f"lock_request/{self.number}"

    @property
    def occurred_at(self) -> datetime:
        return self.requested_at


@dataclass(frozen=True, kw_only=True)
class CorrectionProposed(ClosingEvent):
    """提请更正: what a sealed month would say instead, for a second person to approve."""

    type: ClassVar[str] = "month.correction_proposed"

    number: int
    vintage: int  # the one it would become
    reason: str
    proposed_by: str
    proposed_at: datetime
    exception: str  # the lock exception that permits it: lock_exception/2023-05/1
    figures: list[Json]  # those that change, as they would be sealed
    replaced: list[Json]  # the same figures as they are sealed now
    caused_by: list[Json]  # seqs, or [first, last] of a run

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

    vintage: int  # 1: the lock itself; 2, 3, …: corrections
    figures: list[Json]
    replaced: list[Json]  # of a correction: the same figures as they were sealed before
    head_seq: int  # the log's end just before this event
    head_hash: str  # hex
    sealed_by: str
    approved_by: str
    sealed_at: datetime
    reason: str | None  # None for the first vintage
    caused_by: list[Json]  # of a correction: seqs, or [first, last] of a run
    exception: str | None  # of a correction: the lock exception that permitted it

    @property
    def slot(self) -> str:
        return f"vintage/{self.vintage}"

    @property
    def occurred_at(self) -> datetime:
        return self.sealed_at


@dataclass(frozen=True, kw_only=True)
class ExceptionEvent(ClosingEvent):
    """Something about a lock exception (锁定例外)."""

    number: int  # among the month's exceptions, from 1

    @property
    def subject(self) -> str:
        return f"lock_exception/{self.month}/{self.number}"


@dataclass(frozen=True, kw_only=True)
class LockExceptionRequested(ExceptionEvent):
    """申请锁定例外: a correction of a sealed month is asked for."""

    type: ClassVar[str] = "lock_exception.requested"

    of: str | None  # one source; None: all
    reason: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime  # excluded

    @property
    def slot(self) -> str:
        return "requested"

    @property
    def occurred_at(self) -> datetime:
        return self.requested_at


@dataclass(frozen=True, kw_only=True)
class LockException(ExceptionEvent):
    """批准锁定例外: until it expires or is closed, corrections may be proposed and approved."""

    type: ClassVar[str] = "lock_exception.opened"

    of: str | None
    reason: str
    requested_by: str
    approved_by: str
    opened_at: datetime
    expires_at: datetime  # excluded

    @property
    def slot(self) -> str:
        return "opened"

    @property
    def occurred_at(self) -> datetime:
        return self.opened_at


@dataclass(frozen=True, kw_only=True)
class LockExceptionClosed(ExceptionEvent):
    """关闭锁定例外: before it expired."""

    type: ClassVar[str] = "lock_exception.closed"

    closed_by: str
    closed_at: datetime
    reason: str | None

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

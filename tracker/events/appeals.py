"""Appeals against assessment: what is taken out of the assessed rates, who asked for it and who decided."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.times import get_day_start
from tracker.events.title import Title

SCOPES = {"all": "整通电话", "rating": "只剔除评价"}


@dataclass(frozen=True, kw_only=True)
class Appeal(Event):
    """What appeals about orders and about calls say alike: who asked, when and why, and what was decided."""

    asked_on: Annotated[date, Title("申诉日期")]
    asked_by: Annotated[str | None, Title("申诉单位")] = None
    reason: Annotated[str | None, Title("申诉理由")] = None
    granted: Annotated[bool | None, Title("是否剔除")] = None  # None: not decided yet
    decided_on: Annotated[date | None, Title("审核日期")] = None
    decided_by: Annotated[str | None, Title("审核人")] = None

    @property
    def slot(self) -> str:
        return self.asked_on.isoformat()

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.asked_on)


@dataclass(frozen=True, kw_only=True)
class ExclusionAppealed(Appeal):
    """A unit asked that a work order be left out of assessment, and was granted it, refused it, or waits.

    It changes nothing of the order: rates are counted with it, and beside that without it.
    Source: list of appeals (考核申诉), one row per appeal.
    """

    type: ClassVar[str] = "exclusion.appealed"
    type_title: ClassVar[str] = "考核申诉"
    source: ClassVar[str] = "appeals"

    order_id: Annotated[str, Title("工单编号", code=True)]

    @property
    def subject(self) -> str:
        return f"appeal/{self.order_id}"


@dataclass(frozen=True, kw_only=True)
class CallExclusionAppealed(Appeal):
    """Somebody asked that a call, or its rating, be left out of assessment; granted, refused, or waiting.

    It changes nothing of the call: rates are counted with it, and beside that without it.
    Source: list of appeals about calls (通话考核申诉), one row per appeal.
    """

    type: ClassVar[str] = "exclusion.call_appealed"
    type_title: ClassVar[str] = "通话考核申诉"
    source: ClassVar[str] = "call_appeals"

    call_id: Annotated[str, Title("通话流水号", code=True)]
    scope: Annotated[str | None, Title("剔除范围", words=SCOPES)] = None  # None: nobody said which

    @property
    def subject(self) -> str:
        return f"call_appeal/{self.call_id}"


TYPES = (ExclusionAppealed, CallExclusionAppealed)
THINGS = {"appeal": "考核申诉", "call_appeal": "通话考核申诉"}
SOURCES = {"appeals": "考核申诉", "call_appeals": "通话考核申诉"}

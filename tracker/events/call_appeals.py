"""Appeals against the assessment of calls: a wrong number, a rating that was not about the agent."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.times import get_day_start
from tracker.events.title import Title

SCOPES = {"all": "整通电话", "rating": "只剔除评价"}


@dataclass(frozen=True, kw_only=True)
class CallExclusionAppealed(Event):
    """Somebody asked that a call, or its rating, be left out of assessment; granted, refused, or waiting.

    It changes nothing of the call: rates are counted with it, and beside that without it.
    Source: list of appeals about calls (通话考核申诉), one row per appeal.
    """

    type: ClassVar[str] = "exclusion.call_appealed"
    type_title: ClassVar[str] = "通话考核申诉"
    source: ClassVar[str] = "call_appeals"

    call_id: Annotated[str, Title("通话流水号")]
    asked_on: Annotated[date, Title("申诉日期")]
    asked_by: Annotated[str | None, Title("申诉单位")] = None
    reason: Annotated[str | None, Title("申诉理由")] = None
    scope: Annotated[str | None, Title("剔除范围", words=SCOPES)] = None  # None: nobody said which
    granted: Annotated[bool | None, Title("是否剔除")] = None  # None: not decided yet
    decided_on: Annotated[date | None, Title("审核日期")] = None
    decided_by: Annotated[str | None, Title("审核人")] = None

    @property
    def subject(self) -> str:
        return f"call_appeal/{self.call_id}"

    @property
    def slot(self) -> str:
        return self.asked_on.isoformat()

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.asked_on)


TYPES = (CallExclusionAppealed,)
THINGS = {"call_appeal": "通话考核申诉"}
SOURCES = {"call_appeals": "通话考核申诉"}

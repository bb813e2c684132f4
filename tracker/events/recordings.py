"""Recordings of calls, as the recording system lists them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.title import Title


@dataclass(frozen=True, kw_only=True)
class CallRecorded(Event):
    """A call, or a piece of one, was recorded: a witness to the call log that another system wrote.

    Source: list of recordings (录音清单), one row per recording.
    """

    type: ClassVar[str] = "call.recorded"
    type_title: ClassVar[str] = "录音"
    source: ClassVar[str] = "recordings"

    call_id: Annotated[str | None, Title("通话流水号", code=True)] = (
        None  # None: the list does not say which call
    )
    started_at: Annotated[datetime, Title("开始时间")]
    duration_ms: Annotated[int | None, Title("录音时长", unit="毫秒")] = None
    agent: Annotated[str | None, Title("座席", code=True)] = None

    @property
    def subject(self) -> str:
        return f"recording/{self.call_id or self.agent or '-'}/{self.started_at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.started_at


TYPES = (CallRecorded,)
THINGS = {"recording": "录音"}
SOURCES = {"recordings": "录音清单"}

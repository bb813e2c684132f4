"""Recordings of calls, as the recording system lists them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tracker.events.event import Event


@dataclass(frozen=True, kw_only=True)
class CallRecorded(Event):
    """A call, or a piece of one, was recorded: a witness to the call log that another system wrote.

    Source: list of recordings (录音清单), one row per recording.
    """

    type: ClassVar[str] = "call.recorded"
    source: ClassVar[str] = "recordings"

    call_id: str | None = None  # None: the list does not say which call
    started_at: datetime
    duration_ms: int | None = None
    agent: str | None = None

    @property
    def subject(self) -> str:
        return f"recording/{self.call_id or self.agent or '-'}/{self.started_at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.started_at


TYPES = (CallRecorded,)

"""Telephone calls."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from tracker.events.event import Event
from tracker.events.times import day_start

OUTCOMES = {
    "answered": "已接听",
    "ivr_abandoned": "导航放弃",
    "queue_abandoned": "队列放弃",
    "ring_no_answer": "振铃未接",
    "overflow": "溢出",
    "voicemail": "留言",
    "callback_requested": "预约回拨",
    "blocked": "拦截",
    "self_service": "机器人或自助应答",
    "no_reply": "无人接听",
    "queue_unanswered": "排队或人工未接听，原因不明",
    "unanswered": "未接听，原因不明",
    "other": "其他",
}
OF_THE_QUEUE = (
    "queue_abandoned",
    "ring_no_answer",
    "overflow",
    "queue_unanswered",
)  # none ends so in the IVR
BY_NO_PERSON = ("self_service", "blocked", "ivr_abandoned")  # an answer time beside it is the platform's own


@dataclass(frozen=True, kw_only=True)
class CallEnded(Event):
    """A call left the system, answered or not; one per call, or one per leg where the platform logs legs.

    Source: vendor call-detail export (话单), one row per call or per leg.
    """

    type: ClassVar[str] = "call.ended"
    source: ClassVar[str] = "calls"

    call_id: str
    leg: str | None = None
    direction: str  # inbound | outbound
    entered_at: datetime  # reached the number (进入系统); its Beijing day places the call in its month
    queued_at: datetime | None = None  # reached the agent queue; None: ended in the IVR
    rang_at: datetime | None = None  # rang at an agent
    answered_at: datetime | None = None  # an agent spoke
    ended_at: datetime | None = None
    talk_ms: int | None = None  # as the platform prints it
    outcome: str | None = None  # one of OUTCOMES; the vendor's word is kept in the delivered file
    agent: str | None = None
    skill_group: str | None = None
    caller: str | None = None  # token of the number in the vault
    callee: str | None = None  # outbound: token of the number that was called
    rating: str | None = None  # the caller's key press after the call
    to_the_minute: bool | None = None  # True: queueing or answer was written without seconds; else left out

    @property
    def subject(self) -> str:
        return f"call/{self.call_id}"

    @property
    def slot(self) -> str:
        return "" if self.leg is None else f"leg/{self.leg}"

    @property
    def occurred_at(self) -> datetime:
        return self.ended_at or self.entered_at


@dataclass(frozen=True, kw_only=True)
class CallsTallied(Event):
    """What the platform's own daily report says of the calls of a day: held against the log, never counted.

    Source: a form (话务日报).
    """

    type: ClassVar[str] = "calls.tallied"
    source: ClassVar[str] = "call_tallies"

    counted_on: date
    inbound: int | None = None  # 呼入量
    offered: int | None = None  # 人工请求量: reached the agent queue
    answered: int | None = None  # 人工接听量

    @property
    def subject(self) -> str:
        return f"call_tally/{self.counted_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.counted_on)


TYPES = (CallEnded, CallsTallied)

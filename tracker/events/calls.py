"""Telephone calls."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.times import get_day_start
from tracker.events.title import Title

DIRECTIONS = {"inbound": "呼入", "outbound": "呼出"}
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
IN_THE_IVR = ("ivr_abandoned", "self_service", "blocked")  # nor these in the queue
PARTS = {"ivr": "导航", "queue": "队列", "agent": "座席"}
BY_NO_PERSON = ("self_service", "blocked", "ivr_abandoned")  # an answer time beside it is the platform's own


@dataclass(frozen=True, kw_only=True)
class CallEnded(Event):
    """A call left the system, answered or not; one per call, or one per leg or device where the platform logs
    these.

    Whether a call was queued, or answered, follows from the moment; `queued` and `answered` say it where the
    platform tells no moment, by a result, a mark or a duration.

    Source: vendor call-detail export (话单), one row per call, leg or device.
    """

    type: ClassVar[str] = "call.ended"
    type_title: ClassVar[str] = "通话结束"
    source: ClassVar[str] = "calls"

    call_id: Annotated[str, Title("通话流水号", code=True)]
    leg: Annotated[str | None, Title("分段", code=True)] = None
    # where a row tells what happened at one device (of PARTS); None: it tells of all
    part: Annotated[str | None, Title("话段类型", words=PARTS)] = None
    direction: Annotated[str, Title("呼叫方向", words=DIRECTIONS)]  # inbound | outbound
    # reached the number (进入系统); its Beijing day places the call in its month
    entered_at: Annotated[datetime, Title("进入系统时间")]
    # reached the agent queue; None: ended in the IVR
    queued_at: Annotated[datetime | None, Title("进入队列时间")] = None
    rang_at: Annotated[datetime | None, Title("座席振铃时间")] = None  # rang at an agent
    answered_at: Annotated[datetime | None, Title("座席应答时间")] = None  # an agent spoke
    queued: Annotated[bool | None, Title("是否进入人工队列")] = None  # where no moment tells
    answered: Annotated[bool | None, Title("是否座席接听")] = None  # where no moment tells
    wait_ms: Annotated[int | None, Title("等待时长", unit="毫秒")] = (
        None  # queue to answer, as the platform prints it
    )
    ended_at: Annotated[datetime | None, Title("结束时间")] = None
    talk_ms: Annotated[int | None, Title("通话时长", unit="毫秒")] = None  # as the platform prints it
    # one of OUTCOMES; the vendor's word is kept in the delivered file
    outcome: Annotated[str | None, Title("呼叫结果", words=OUTCOMES)] = None
    agent: Annotated[str | None, Title("座席", code=True)] = None
    skill_group: Annotated[str | None, Title("技能组")] = None
    caller: Annotated[str | None, Title("主叫号码", personal=True)] = None  # token of the number in the vault
    # outbound: token of the number that was called
    callee: Annotated[str | None, Title("被叫号码", personal=True)] = None
    rating: Annotated[str | None, Title("满意度按键")] = None  # the caller's key press after the call
    # True: queueing or answer was written without seconds; else left out
    to_the_minute: Annotated[bool | None, Title("时间只到分")] = None

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
    type_title: ClassVar[str] = "填报话务日报"
    source: ClassVar[str] = "call_tallies"

    counted_on: Annotated[date, Title("日期")]
    inbound: Annotated[int | None, Title("呼入量")] = None
    offered: Annotated[int | None, Title("人工请求量")] = None  # reached the agent queue
    answered: Annotated[int | None, Title("人工接听量")] = None

    @property
    def subject(self) -> str:
        return f"call_tally/{self.counted_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.counted_on)


TYPES = (CallEnded, CallsTallied)
THINGS = {"call": "通话", "call_tally": "话务日报"}
SOURCES = {"calls": "话单", "call_tallies": "话务日报"}

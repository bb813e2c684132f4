"""What agents did at their seats from when to when, and how many seats were to be staffed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.times import get_day, get_day_start
from tracker.events.title import Title

STATES = {
    "signed_in": "签入",
    "signed_out": "签出",
    "idle": "空闲",
    "not_ready": "示忙",
    "rest": "小休",
    "training": "培训会议",
    "ringing": "振铃",
    "dialing": "拨号",
    "talking": "通话",
    "wrap_up": "整理",
}
"""States of a seat: `signed_in` says that the agent was there, whatever she did; the others what she did."""


@dataclass(frozen=True, kw_only=True)
class AgentStateEntered(Event):
    """An agent was in a state from a moment on: until another, until she entered her next state, or nobody
    says until when.

    Source: log of agent states (座席状态日志), one row per state, or per change of state.
    """

    type: ClassVar[str] = "agent.state_entered"
    type_title: ClassVar[str] = "座席状态"
    source: ClassVar[str] = "agent_states"

    agent: Annotated[str, Title("座席", code=True)]
    state: Annotated[str, Title("座席状态", words=STATES)]
    started_at: Annotated[datetime, Title("状态开始时间")]
    ended_at: Annotated[datetime | None, Title("状态结束时间")] = None  # None: the log does not say
    until_next: Annotated[bool, Title("到下一状态为止")] = False  # the log tells changes of state alone
    to_the_minute: Annotated[bool | None, Title("时间只到分钟")] = None
    reason: Annotated[str | None, Title("状态原因")] = None

    @property
    def subject(self) -> str:
        return f"agent_day/{self.agent}/{get_day(self.started_at)}"

    @property
    def slot(self) -> str:
        return f"{self.started_at.isoformat()}/{self.state}"

    @property
    def occurred_at(self) -> datetime:
        return self.started_at


@dataclass(frozen=True, kw_only=True)
class SeatsContracted(Event):
    """So many seats are to be staffed in certain hours of certain days of the week, from a day on.

    All that is told of one first day is one timetable, which takes the place of the one before.
    Source: table of seats by hour of the week (合同座席表), as contract or schedule has them.
    """

    type: ClassVar[str] = "seats.contracted"
    type_title: ClassVar[str] = "约定座席"
    source: ClassVar[str] = "contracted_seats"

    effective_on: Annotated[date, Title("生效日期")]
    weekdays: Annotated[str, Title("星期")]  # numbers from 1 (Monday) to 7, in order: 12345
    from_hour: Annotated[int, Title("起始小时")]  # 0 to 23
    to_hour: Annotated[int, Title("结束小时")]  # 1 to 24, exclusive
    seats: Annotated[int, Title("约定座席数", unit="席")]
    basis: Annotated[str | None, Title("依据")] = None

    @property
    def subject(self) -> str:
        return f"contracted_seats/{self.effective_on}"

    @property
    def slot(self) -> str:
        return f"{self.weekdays}/{self.from_hour}-{self.to_hour}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.effective_on)


TYPES = (AgentStateEntered, SeatsContracted)
THINGS = {"agent_day": "座席一天的状态", "contracted_seats": "合同座席表"}
SOURCES = {"agent_states": "座席状态日志", "contracted_seats": "合同座席表"}

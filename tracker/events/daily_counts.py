"""Counts that the centre reports by the day, and inspected calls."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.times import get_day_start
from tracker.events.title import Title


@dataclass(frozen=True, kw_only=True)
class DayCounted(Event):
    """A day's counts were reported; 0 is a real zero, None was not reported.

    Source: daily report (业务日报), one row per day.
    """

    type: ClassVar[str] = "day.counted"
    type_title: ClassVar[str] = "填报业务日报"
    source: ClassVar[str] = "daily_counts"

    counted_on: Annotated[date, Title("日期")]
    messages: Annotated[int | None, Title("发送短信数")] = None
    cases: Annotated[int | None, Title("办件量")] = None
    visits: Annotated[int | None, Title("接待人次")] = None

    @property
    def subject(self) -> str:
        return f"day/{self.counted_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.counted_on)


@dataclass(frozen=True, kw_only=True)
class CallInspected(Event):
    """A recorded call was listened to and passed or failed.

    Source: quality inspection (话务质检), one row per inspected call.
    """

    type: ClassVar[str] = "call.inspected"
    type_title: ClassVar[str] = "质检"
    source: ClassVar[str] = "inspections"

    call_id: Annotated[str, Title("通话流水号", code=True)]
    inspected_on: Annotated[date, Title("质检日期")]
    agent: Annotated[str | None, Title("座席", code=True)] = None
    passed: Annotated[bool, Title("是否合格")]

    @property
    def subject(self) -> str:
        return f"inspection/{self.call_id}/{self.inspected_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.inspected_on)


TYPES = (DayCounted, CallInspected)
THINGS = {"day": "业务日报", "inspection": "话务质检"}
SOURCES = {"daily_counts": "业务日报", "inspections": "话务质检"}

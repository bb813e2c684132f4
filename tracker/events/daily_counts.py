"""Counts that the centre reports by the day, and inspected calls."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from tracker.events.event import Event
from tracker.events.times import day_start


@dataclass(frozen=True, kw_only=True)
class DayCounted(Event):
    """A day's counts were reported; 0 is a real zero, None was not reported.

    Source: daily report (日报), one row per day.
    """

    type: ClassVar[str] = "day.counted"
    source: ClassVar[str] = "daily_counts"

    counted_on: date
    messages: int | None = None  # 发送短信数
    cases: int | None = None  # 办件量
    visits: int | None = None  # 接待人次

    @property
    def subject(self) -> str:
        return f"day/{self.counted_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.counted_on)


@dataclass(frozen=True, kw_only=True)
class CallInspected(Event):
    """A recorded call was listened to and passed or failed.

    Source: quality inspection (话务质检), one row per inspected call.
    """

    type: ClassVar[str] = "call.inspected"
    source: ClassVar[str] = "inspections"

    call_id: str
    inspected_on: date
    agent: str | None = None
    passed: bool

    @property
    def subject(self) -> str:
        return f"inspection/{self.call_id}/{self.inspected_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.inspected_on)


TYPES = (DayCounted, CallInspected)

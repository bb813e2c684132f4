"""Is the platform up?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.title import Title


@dataclass(frozen=True, kw_only=True)
class PlatformProbed(Event):
    """The platform was probed and answered, or did not.

    Source: probe log (平台巡检), one row per probe.
    """

    type: ClassVar[str] = "platform.probed"
    type_title: ClassVar[str] = "巡检"
    source: ClassVar[str] = "probes"

    platform: Annotated[str, Title("平台")]
    at: Annotated[datetime, Title("时间")]
    up: Annotated[bool, Title("是否正常")]

    @property
    def subject(self) -> str:
        return f"probe/{self.platform}/{self.at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, kw_only=True)
class PlatformDown(Event):
    """Somebody saw that the platform was down; it explains probes, and counts for none.

    Source: a form (平台停机).
    """

    type: ClassVar[str] = "platform.down"
    type_title: ClassVar[str] = "平台停机"
    source: ClassVar[str] = "outages"

    platform: Annotated[str, Title("平台")]
    down_at: Annotated[datetime, Title("停机开始")]
    up_at: Annotated[datetime | None, Title("恢复时间")]  # None: still down
    planned: Annotated[bool, Title("计划停机")]  # announced maintenance
    reason: Annotated[str | None, Title("原因")]

    @property
    def subject(self) -> str:
        return f"outage/{self.platform}/{self.down_at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.down_at


TYPES = (PlatformProbed, PlatformDown)
THINGS = {"probe": "平台巡检", "outage": "平台停机"}
SOURCES = {"probes": "平台巡检", "outages": "平台停机"}

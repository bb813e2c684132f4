"""Is the platform up?"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tracker.events.event import Event


@dataclass(frozen=True, kw_only=True)
class PlatformProbed(Event):
    """The platform was probed and answered, or did not.

    Source: probe log (平台巡检), one row per probe.
    """

    type: ClassVar[str] = "platform.probed"
    source: ClassVar[str] = "probes"

    platform: str
    at: datetime
    up: bool

    @property
    def subject(self) -> str:
        return f"probe/{self.platform}/{self.at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, kw_only=True)
class PlatformDown(Event):
    """Somebody saw that the platform was down; it explains probes, and counts for none.

    Source: a form (停机).
    """

    type: ClassVar[str] = "platform.down"
    source: ClassVar[str] = "outages"

    platform: str
    down_at: datetime
    up_at: datetime | None  # None: still down
    planned: bool  # announced maintenance
    reason: str | None

    @property
    def subject(self) -> str:
        return f"outage/{self.platform}/{self.down_at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.down_at


TYPES = (PlatformProbed, PlatformDown)

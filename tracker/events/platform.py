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


TYPES = (PlatformProbed,)

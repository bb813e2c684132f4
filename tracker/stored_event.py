"""An event as it stands in the log, wherever the log was read from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from tracker.events.times import BEIJING


@dataclass(frozen=True)
class Recorded:
    """One event as it stands in the log."""

    center: str
    seq: int
    type: str
    source: str
    subject: str
    slot: str
    occurred_at: datetime | None
    recorded_at: datetime
    as_of: datetime
    delivery: str | None
    row: int | None
    text: str  # canonical payload
    hash: bytes

    @property
    def data(self) -> Any:
        return orjson.loads(self.text)

    def build_envelope(self) -> dict[str, Any]:
        """Everything but payload and hash, in the form that is hashed: times in Beijing time with offset."""
        return {
            "as_of": _format_time(self.as_of),
            "center": self.center,
            "delivery": self.delivery,
            "occurred_at": _format_time(self.occurred_at),
            "recorded_at": _format_time(self.recorded_at),
            "row": self.row,
            "seq": self.seq,
            "slot": self.slot,
            "source": self.source,
            "subject": self.subject,
            "type": self.type,
        }

    def to_cloudevent(self) -> dict[str, Any]:
        """The event after CloudEvents 1.0; what that lacks travels as extension attributes."""
        return {
            "specversion": "1.0",
            "id": f"{self.center}/{self.seq}",
            "source": f"/centers/{self.center}/{self.source}",
            "type": self.type,
            "subject": self.subject,
            "time": _format_time(self.occurred_at),
            "datacontenttype": "application/json",
            "recordedtime": _format_time(self.recorded_at),
            "asof": _format_time(self.as_of),
            "slot": self.slot,
            "delivery": self.delivery,
            "row": self.row,
            "hash": self.hash.hex(),
            "data": self.data,
        }


def _format_time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(BEIJING).isoformat()

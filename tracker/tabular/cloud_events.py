"""CloudEvents as rows: each event's data is a row, and its time says of which state of the world it speaks.

Source: CloudEvents 1.0.2 (github.com/cloudevents/spec), JSON event format.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tracker.periods import YEARS
from tracker.tabular.table import Table

FORM = "CloudEvents"
_ATTRIBUTES = ("specversion", "id", "source", "type")


def find_type(records: Sequence[object]) -> str | None:
    """The type that all of the records have as CloudEvents; None where they are not that."""
    types = {_get_type(record) for record in records}
    return types.pop() if len(types) == 1 else None


def list_times(events: Sequence[Any]) -> dict[int, str]:
    """Number of an event, from 1 → the time that it carries; empty without one that has an offset."""
    times = ((row, event.get("time")) for row, event in enumerate(events, 1))
    return {row: time if _is_time(time) else "" for row, time in times}


def read_times(tables: Sequence[Table], received: datetime) -> Mapping[int, datetime]:
    """Row → the time of its event, and when it was received where it carries none, or one that was yet to
    come then; nothing for other tables."""
    times: Mapping[str, str] = getattr(tables[0], "times", {}) if tables else {}
    return {
        int(row): min(datetime.fromisoformat(time), received) if time else received
        for row, time in times.items()
    }


def _is_time(text: object) -> bool:
    try:
        time = datetime.fromisoformat(text) if isinstance(text, str) else None
        return time is not None and time.tzinfo is not None and time.year in YEARS
    except ValueError:
        return False


def _get_type(record: object) -> str | None:
    if not isinstance(record, dict) or not isinstance(record.get("data"), dict):
        return None
    found: Any = record["type"] if all(isinstance(record.get(one), str) for one in _ATTRIBUTES) else None
    return found  # type: ignore[no-any-return]

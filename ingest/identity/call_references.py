"""Calls that other lists name by their numbers, where a number is given to several calls."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import psycopg

from ingest.identity.numbers import EVER, FILE, Identity
from ingest.profiles.profile import load_profiles
from ingest.quarantine.row_days import find_times
from tracker.events.appeals import CallExclusionAppealed
from tracker.events.daily_counts import CallInspected
from tracker.events.recordings import CallRecorded
from tracker.events.work_orders import WorkOrderAccepted
from tracker.log import PreparedEvents

_DAYS = {
    CallInspected.type: "inspected_on",
    CallRecorded.type: "started_at",
    WorkOrderAccepted.type: "at",
    CallExclusionAppealed.type: "asked_on",
}
_NAMES_A_CALL = b'"call_id":"'


class CallReferences:
    """Finds which call a number means on a day, as the centre's profile of calls says how long one lasts."""

    def __init__(self, connection: psycopg.Connection[Any], home: Path, center: str) -> None:
        self._connection = connection
        self._center = center
        profiles = load_profiles(home / "profiles", center).values()
        scopes = {one.identity.within for one in profiles if one.kind.name == "calls"} - {EVER, FILE}
        self._identity = Identity(within=scopes.pop()) if len(scopes) == 1 else Identity()

    def look_up(self, batch: PreparedEvents) -> PreparedEvents:
        """The batch with the calls that its events name, by the names that the calls bear."""
        if self._identity.plain or _DAYS.keys().isdisjoint(batch.types):
            return batch
        named: dict[int, tuple[dict[str, Any], str, date]] = {}
        for place, ready in enumerate(batch):
            if ready.type in _DAYS and _NAMES_A_CALL in ready.text:
                data = orjson.loads(ready.text)
                day = date.fromisoformat(str(data[_DAYS[ready.type]])[:10])
                named[place] = data, f"call/{data['call_id']}", day
        times_by_number = find_times(self._connection, self._center, {call for _, call, _ in named.values()})
        texts, facts, days = list(batch.texts), list(batch.facts), list(batch.days)
        for place, (data, call, day) in named.items():
            times = {name: on.day for name, on in times_by_number.get(call, {}).items() if on.day}
            name = self._meant(call, day, times).partition("/")[2]
            if name != data["call_id"]:
                text = orjson.dumps({**data, "call_id": name}, option=orjson.OPT_SORT_KEYS)
                texts[place], facts[place], days[place] = text, None, b""
        return replace(batch, texts=texts, facts=facts, days=days)

    def _meant(self, call: str, day: date, times: Mapping[str, date]) -> str:
        """The last call of the number that was not after the day. While no call of the stretch of the day is
        known, it is one of that stretch that is to come."""
        scope = self._identity.scope(day, "")
        before = max(((on, name) for name, on in times.items() if on <= day), default=None)
        if before is None or not (self._identity.scope(before[0], "") == scope or self._has_calls(scope)):
            return self._identity.subject(call, day, "")
        return before[1]

    def _has_calls(self, scope: str) -> bool:
        """Whether any call of a stretch of days is known."""
        first = date.fromisoformat(f"{scope}-01-01"[:10])
        found = self._connection.execute(
            "SELECT FROM calls WHERE center_id = %s AND entered_on >= %s"
            " AND starts_with(entered_on::text, %s) LIMIT 1",
            (self._center, first, scope),
        )
        return found.fetchone() is not None

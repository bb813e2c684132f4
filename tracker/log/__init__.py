"""The event log: append-only, one gap-free sequence and one hash chain per centre."""

from tracker.log.appending import CLOCK_STEP, Appender, StatementCounts, appending
from tracker.log.prepared_events import PreparedEvent, PreparedEvents, prepare_event
from tracker.log.reading import (
    LogHead,
    Recorded,
    read_between,
    read_event,
    read_head,
    read_last_recorded,
    read_timeline,
    stream_events,
)
from tracker.log.rebuilding import rebuild_facts
from tracker.log.verification import LogVerification, verify

__all__ = [
    "CLOCK_STEP",
    "Appender",
    "LogHead",
    "LogVerification",
    "PreparedEvent",
    "PreparedEvents",
    "Recorded",
    "StatementCounts",
    "appending",
    "prepare_event",
    "read_between",
    "read_event",
    "read_head",
    "read_last_recorded",
    "read_timeline",
    "rebuild_facts",
    "stream_events",
    "verify",
]

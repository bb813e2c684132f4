"""The event log: append-only, one gap-free sequence and one hash chain per centre."""

from tracker.log.appending import Appending, Counts, appending
from tracker.log.prepared_events import Prepared, PreparedEvents, prepare
from tracker.log.reading import Head, Recorded, event, head, stream, timeline, told_between
from tracker.log.rebuilding import rebuild_facts
from tracker.log.verification import Verdict, verify

__all__ = [
    "Appending",
    "Counts",
    "Head",
    "Prepared",
    "PreparedEvents",
    "Recorded",
    "Verdict",
    "appending",
    "event",
    "head",
    "prepare",
    "rebuild_facts",
    "stream",
    "timeline",
    "told_between",
    "verify",
]

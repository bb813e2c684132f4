"""Event types, one module a domain; `TYPES` is the registry."""

from tracker.events import (
    assertions,
    calls,
    closing,
    daily_counts,
    declarations,
    definitions,
    documents,
    evaluation,
    ledger,
    lists,
    names,
    payments,
    platform,
    recordings,
    staffing,
    surveys,
    work_orders,
)
from tracker.events.event import Data, Event, Json

__all__ = ["TYPES", "Data", "Event", "Json"]

TYPES: dict[str, type[Event]] = {
    kind.type: kind
    for module in (
        calls, work_orders, staffing, names, declarations, payments, platform, surveys, daily_counts,
        recordings, documents, assertions, definitions, ledger, lists, closing, evaluation,
    )
    for kind in module.TYPES
}  # fmt: skip

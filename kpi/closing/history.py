"""Everything that people did to a month, in the order of the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from kpi.figures.sources import SOURCES
from tracker.events.closing import (
    TYPES,
    ClosingEvent,
    CorrectionProposed,
    LockException,
    LockExceptionClosed,
    LockExceptionRequested,
    LockRequested,
    MonthSealed,
)
from tracker.log.tables import events
from tracker.periods import Month

ACTS: dict[str, str] = {act.type: act.type_title for act in TYPES}
_SIGNED = {  # the field that names whoever did it
    LockRequested.type: "requested_by",
    CorrectionProposed.type: "proposed_by",
    MonthSealed.type: "approved_by",
    LockExceptionRequested.type: "requested_by",
    LockException.type: "approved_by",
    LockExceptionClosed.type: "closed_by",
}


@dataclass(frozen=True)
class ClosingAct:
    """One act on a month."""

    seq: int
    at: datetime
    type: str
    source: str | None  # key of a source; None: the whole month
    by: str
    said: str  # reason, remark, what was acknowledged
    vintage: int | None  # of a seal

    @property
    def title(self) -> str:
        return "更正" if (self.vintage or 1) > 1 else ACTS[self.type]

    @property
    def scope(self) -> str:
        return "全部" if self.source is None else SOURCES[self.source].title


def read_history(connection: sa.Connection, center: str, month: Month) -> list[ClosingAct]:
    """All acts on a month, its sources and its lock exceptions, the oldest first."""
    subjects = [f"{kind}/{month}" for kind in ("month", "lock_exception")]
    of_month = sa.or_(
        *(events.c.subject == subject for subject in subjects),
        *(events.c.subject.startswith(f"{subject}/", autoescape=True) for subject in subjects),
    )
    rows = (
        sa.select(events.c.seq, events.c.occurred_at, events.c.type, events.c.data)
        .where(events.c.center_id == center, events.c.source == ClosingEvent.source, of_month)
        .order_by(events.c.seq)
    )
    return [
        _build_act(row.seq, row.occurred_at, row.type, orjson.loads(row.data))
        for row in connection.execute(rows)
    ]


def _build_act(seq: int, at: datetime, kind: str, data: Mapping[str, Any]) -> ClosingAct:
    by = data[_SIGNED.get(kind, "by")]
    return ClosingAct(seq, at, kind, data.get("of"), by, _describe_act(kind, data), _find_vintage(kind, data))


def _describe_act(kind: str, data: Mapping[str, Any]) -> str:
    parts = [data[name] for name in ("reason", "acknowledged", "remark") if data.get(name)]
    if kind == MonthSealed.type:
        parts.insert(0, f"第{data['vintage']}版，{len(data['figures'])}个数字，申请人{data['sealed_by']}")
    elif data.get("findings"):
        parts.append(f"当时：{data['findings']}")
    return "；".join(parts)


def _find_vintage(kind: str, data: Mapping[str, Any]) -> int | None:
    return int(data["vintage"]) if kind == MonthSealed.type else None

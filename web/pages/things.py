"""A thing's whole life, and single events: what was said of it, when, by which delivery and row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Blueprint, abort, render_template
from psycopg.rows import dict_row

from tracker import log
from tracker.database import execute
from tracker.events import TYPES
from tracker.facts import FACTS
from tracker.facts.deliveries import deliveries, voids
from tracker.log import LogHead, Recorded
from tracker.log.statements import StatementsBySlot, gather_statements, read_statements
from tracker.log.tables import events, heads
from web.access import Right, allowed, get_visible_years
from web.access.years import is_seen
from web.instance import get_log_connection
from web.pages.frame import make_frame
from web.pages.vault import read_masks

pages = Blueprint("things", __name__)


@dataclass(frozen=True)
class EventLine:
    """An event and what became of it."""

    event: Recorded
    state: str  # holds | superseded | older | voided
    by: int | None = None  # the event that superseded or voided it

    @property
    def fields(self) -> dict[str, Any]:
        """The payload in the order of the type's declaration."""
        data, declared = self.event.data, TYPES.get(self.event.type)
        names = [name for name in declared.__dataclass_fields__ if name in data] if declared else []
        return {name: data[name] for name in dict.fromkeys([*names, *data])}

    @property
    def news(self) -> dict[str, Any]:
        """What the payload says beyond the thing's own name and the event's time."""
        identity = self.event.subject.partition("/")[2]
        return {
            name: value
            for name, value in self.fields.items()
            if value is not None and str(value) != identity and (name != "at" or not self.event.occurred_at)
        }


@pages.get("/<center:center>/things/<path:subject>")
@allowed(Right.SEE_ROWS)
def thing(center: str, subject: str) -> str:
    """Everything recorded of a call, an order or a person, superseded and voided statements included."""
    around, connection = make_frame(center), get_log_connection()
    recorded = log.read_timeline(connection, center, subject)
    if not recorded or not is_seen(connection, center, subject, get_visible_years(center)):
        abort(404, f"数据日志中没有“{subject}”。请从指标的明细进入，或核对地址。")
    statements = [(e.subject, e.slot, e.type, e.seq, e.as_of, e.delivery, e.text) for e in recorded]
    history = gather_statements(connection, center, statements).get(subject, {})
    state = _read_state(connection, center, subject)
    return render_template(
        "thing.html",
        frame=around,
        subject=subject,
        timeline=_list_lines(connection, center, recorded, history),
        files=read_file_names(connection, center, recorded),
        state=state,
        masks=read_masks(connection, center, [state, *(event.data for event in recorded)]),
    )


@pages.get("/<center:center>/events/<int:seq>")
@allowed(Right.SEE_ROWS)
def event(center: str, seq: int) -> str:
    """One event as it stands in the log: envelope, payload, hash, and the hash before it."""
    around, connection = make_frame(center), get_log_connection()
    recorded = log.read_event(connection, center, seq)
    if recorded is None or not is_seen(connection, center, recorded.subject, get_visible_years(center)):
        abort(
            404, f"数据日志中没有第 {seq:,} 号记录；目前共有 {log.read_head(connection, center).seq:,} 条。"
        )
    before, head = _read_heads(connection, center, seq)
    history = read_statements(connection, center, {recorded.subject}).get(recorded.subject, {})
    return render_template(
        "event.html",
        frame=around,
        told=_list_lines(connection, center, [recorded], history)[0],
        before=before,
        files=read_file_names(connection, center, [recorded]),
        head=head,
        masks=read_masks(connection, center, [recorded.data]),
    )


def _list_lines(
    connection: psycopg.Connection[Any], center: str, recorded: Iterable[Recorded], history: StatementsBySlot
) -> list[EventLine]:
    """Events with what became of them; asks for the voids only where one was voided."""
    lines = [_place_event(event, history) for event in recorded]
    if all(one.state != "voided" for one in lines):
        return lines
    by = _read_voids(connection, center)
    return [
        EventLine(one.event, one.state, by.get(one.event.seq) or by.get(one.event.delivery))
        if one.state == "voided"
        else one
        for one in lines
    ]


def _place_event(event: Recorded, history: StatementsBySlot) -> EventLine:
    """The statements of a slot stand in the order of the states they speak of; the last one holds."""
    ranked = [statement.seq for statement in history.get(event.slot, [])]
    if event.seq not in ranked:
        return EventLine(event, "voided")
    after = ranked[ranked.index(event.seq) + 1 :]
    if not after:
        return EventLine(event, "holds")
    return EventLine(event, "superseded" if after[0] > event.seq else "older", after[0])


def _read_voids(connection: psycopg.Connection[Any], center: str) -> Mapping[int | str | None, int]:
    """The void's own number, by the event or the delivery that it voids."""
    rows = execute(
        connection,
        sa.select(voids.c.event_seq, voids.c.delivery, voids.c.seq).where(voids.c.center_id == center),
    )
    return {event_seq or delivery: seq for event_seq, delivery, seq in rows}


def _read_heads(connection: psycopg.Connection[Any], center: str, seq: int) -> tuple[LogHead | None, LogHead]:
    """Number and hash of the event before one (None before the first), and of the log's last."""
    last = sa.select(heads.c.seq, heads.c.hash).where(heads.c.center_id == center)
    one = sa.select(events.c.seq, events.c.hash)
    one = one.where(events.c.center_id == center, events.c.seq == seq - 1)
    *before, head = (LogHead(*row) for row in execute(connection, sa.union_all(one, last)))
    return (before[0] if before else None), head


def read_file_names(
    connection: psycopg.Connection[Any], center: str, recorded: Iterable[Recorded]
) -> dict[str, str]:
    """File names by delivery."""
    table, named = deliveries.c, {event.delivery for event in recorded if event.delivery}
    files = sa.select(table.delivery, table.file_name)
    files = files.where(table.center_id == center, table.delivery.in_(named))
    return dict(execute(connection, files).fetchall())


def _read_state(connection: psycopg.Connection[Any], center: str, subject: str) -> dict[str, Any]:
    """The thing's row among the facts; empty where its events make no row."""
    fact = next((fact for fact in FACTS if fact.kind == subject.partition("/")[0]), None)
    if fact is None:
        return {}
    table = fact.table
    one = sa.select(table).where(table.c.center_id == center, table.c.subject == subject).limit(1)
    row = execute(connection, one, dict_row).fetchone() or {}
    return {name: value for name, value in row.items() if name not in ("center_id", "subject", "seq")}

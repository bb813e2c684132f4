"""A thing's whole life, and single events: what was said of it, when, by which delivery and row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Blueprint, abort, render_template
from psycopg import sql
from psycopg.rows import dict_row

from tracker import log
from tracker.events import TYPES
from tracker.facts import FACTS
from tracker.log import Head, Recorded
from tracker.log.statements import Held, gather, held_of
from web.access import Right, allowed, years_seen
from web.access.years import is_seen
from web.instance import log_db
from web.pages.frame import frame
from web.pages.vault import masks_of

pages = Blueprint("things", __name__)


@dataclass(frozen=True)
class Told:
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
    around, connection = frame(center), log_db()
    events = log.timeline(connection, center, subject)
    if not events or not is_seen(connection, center, subject, years_seen(center)):
        abort(404, f"事件日志中没有“{subject}”。请从指标的行列表进入，或核对地址。")
    said = [(e.subject, e.slot, e.type, e.seq, e.as_of, e.delivery, e.text) for e in events]
    held = gather(connection, center, said).get(subject, {})
    state = _state(connection, center, subject)
    return render_template(
        "thing.html",
        frame=around,
        subject=subject,
        timeline=_told(connection, center, events, held),
        files=_files(connection, center, events),
        state=state,
        masks=masks_of(connection, center, [state, *(event.data for event in events)]),
    )


@pages.get("/<center:center>/events/<int:seq>")
@allowed(Right.SEE_ROWS)
def event(center: str, seq: int) -> str:
    """One event as it stands in the log: envelope, payload, hash, and the hash before it."""
    around, connection = frame(center), log_db()
    recorded = log.event(connection, center, seq)
    if recorded is None or not is_seen(connection, center, recorded.subject, years_seen(center)):
        abort(404, f"事件日志中没有第 {seq:,} 号事件；目前共有 {log.head(connection, center).seq:,} 条。")
    before, head = _ends(connection, center, seq)
    held = held_of(connection, center, {recorded.subject}).get(recorded.subject, {})
    return render_template(
        "event.html",
        frame=around,
        told=_told(connection, center, [recorded], held)[0],
        before=before,
        files=_files(connection, center, [recorded]),
        head=head,
        masks=masks_of(connection, center, [recorded.data]),
    )


def _told(
    connection: psycopg.Connection[Any], center: str, events: Iterable[Recorded], held: Held
) -> list[Told]:
    """Events with what became of them; asks for the voids only where one was voided."""
    told = [_placed(event, held) for event in events]
    if all(one.state != "voided" for one in told):
        return told
    voids = _voids(connection, center)
    return [
        Told(one.event, one.state, voids.get(one.event.seq) or voids.get(one.event.delivery))
        if one.state == "voided"
        else one
        for one in told
    ]


def _placed(event: Recorded, held: Held) -> Told:
    """The statements of a slot stand in the order of the states they speak of; the last one holds."""
    ranked = [statement.seq for statement in held.get(event.slot, [])]
    if event.seq not in ranked:
        return Told(event, "voided")
    after = ranked[ranked.index(event.seq) + 1 :]
    if not after:
        return Told(event, "holds")
    return Told(event, "superseded" if after[0] > event.seq else "older", after[0])


def _voids(connection: psycopg.Connection[Any], center: str) -> Mapping[int | str | None, int]:
    """The void's own number, by the event or the delivery that it voids."""
    rows = connection.execute("SELECT event_seq, delivery, seq FROM voids WHERE center_id = %s", (center,))
    return {event_seq or delivery: seq for event_seq, delivery, seq in rows}


def _ends(connection: psycopg.Connection[Any], center: str, seq: int) -> tuple[Head | None, Head]:
    """Number and hash of the event before one (None before the first), and of the log's last."""
    rows = connection.execute(
        "SELECT seq, hash FROM events WHERE center_id = %(center)s AND seq = %(before)s"
        " UNION ALL SELECT seq, hash FROM heads WHERE center_id = %(center)s",
        {"center": center, "before": seq - 1},
    ).fetchall()
    *before, head = (Head(*row) for row in rows)
    return (before[0] if before else None), head


def _files(connection: psycopg.Connection[Any], center: str, events: Iterable[Recorded]) -> dict[str, str]:
    """File names by delivery."""
    deliveries = list({event.delivery for event in events if event.delivery})
    rows = connection.execute(
        "SELECT delivery, file_name FROM deliveries WHERE center_id = %s AND delivery = ANY(%s)",
        (center, deliveries),
    )
    return dict(rows.fetchall())


def _state(connection: psycopg.Connection[Any], center: str, subject: str) -> dict[str, Any]:
    """The thing's row among the facts; empty where its events make no row."""
    fact = next((fact for fact in FACTS if fact.kind == subject.partition("/")[0]), None)
    if fact is None:
        return {}
    statement = sql.SQL("SELECT * FROM {} WHERE center_id = %s AND subject = %s LIMIT 1")
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(statement.format(sql.Identifier(fact.name)), (center, subject)).fetchone() or {}
    return {name: value for name, value in row.items() if name not in ("center_id", "subject", "seq")}

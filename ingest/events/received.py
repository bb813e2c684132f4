"""Which events came before: by source and id, with what became of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ingest.questions.held_deliveries import DROPPED
from tracker.personal_text import mask_texts
from tracker.schema import metadata

received_events = sa.Table(
    "received_events",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),  # with the id, what CloudEvents tells events apart by
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),  # SHA-256 of what it says
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # accepted | held | refused
    sa.Column("sha256", sa.Text, nullable=False),  # of the file that holds it as it came
    sa.Column("row", sa.Integer, nullable=False),  # of that file, from 1
    sa.Column("delivery", sa.Text),  # None: held, or nothing was added to the log
    sa.Column("problems", ARRAY(sa.Text), nullable=False),  # sentences
    sa.Column("token", sa.Text, nullable=False),  # name of the token that it came by
    sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
)

EventKey = tuple[str, str]  # source, id
_DROPPED = "这条事件留存以后，有人在“待答问题”页回答不采用；内容有误的，请改正后用同一个 id 重发。"


class EventState(StrEnum):
    """What became of an event when it came for the first time."""

    ACCEPTED = "accepted"  # its row is in the log; `problems` names what of it is unknown
    HELD = "held"  # it waits with others for a person's answer
    REFUSED = "refused"  # its row is held back in the quarantine, with the reason


@dataclass(frozen=True, kw_only=True)
class ReceivedEvent:
    """An event that came, and what became of it."""

    source: str
    event_id: str
    digest: str
    type: str
    state: EventState
    sha256: str
    row: int
    delivery: str | None
    problems: list[str] = field(default_factory=list)


def read_received(
    connection: psycopg.Connection[Any], center: str, keys: Iterable[EventKey]
) -> Mapping[EventKey, ReceivedEvent]:
    """The events of these keys that came before; none of a delivery that was voided since.

    One that was held is what a person's answer made of it."""
    sources, ids = zip(*keys, strict=True)
    rows = connection.execute(
        "SELECT r.source, r.event_id, r.digest, r.type, r.state, r.sha256, r.row, r.delivery, r.problems,"
        " f.delivery, h.answer, ARRAY(SELECT q.rule || '；' || q.remedy || '。' FROM quarantine q"
        "  WHERE q.center_id = r.center_id AND q.delivery = f.delivery AND q.row = r.row AND q.costs_row)"
        " FROM unnest(%s::text[], %s::text[]) AS k (source, event_id)"
        " JOIN received_events r ON r.center_id = %s AND r.source = k.source AND r.event_id = k.event_id"
        " LEFT JOIN deliveries d ON d.center_id = r.center_id AND d.delivery = r.delivery"
        " LEFT JOIN LATERAL (SELECT delivery, voided FROM deliveries WHERE center_id = r.center_id"
        "  AND sha256 = r.sha256 ORDER BY voided, imported_at DESC LIMIT 1) f ON r.state = 'held'"
        " LEFT JOIN LATERAL (SELECT answer FROM held_deliveries WHERE center_id = r.center_id"
        "  AND sha256 = r.sha256 ORDER BY number DESC LIMIT 1) h ON r.state = 'held'"
        " WHERE NOT coalesce(d.voided, f.voided, false)",
        (list(sources), list(ids), center),
    )
    found = [_read(row[: len(_FIELDS)], *row[len(_FIELDS) :]) for row in rows]
    return {(one.source, one.event_id): one for one in found}


def _read(row: tuple[Any, ...], delivery: str | None, answer: str | None, wrong: list[str]) -> ReceivedEvent:
    """`delivery`, `answer`, `wrong`: of one that was held, what it was taken in with, what a person said to
    it, and why its row is held back all the same."""
    noted = ReceivedEvent(**dict(zip(_FIELDS, row, strict=True)))
    noted = replace(noted, state=EventState(noted.state))
    if noted.state is not EventState.HELD:
        return noted
    if delivery is not None:
        state = EventState.REFUSED if wrong else EventState.ACCEPTED
        return replace(noted, state=state, delivery=delivery, problems=wrong)
    if answer == DROPPED:
        return replace(noted, state=EventState.REFUSED, problems=[_DROPPED])
    return noted


def note_received(
    connection: psycopg.Connection[Any],
    center: str,
    events: Iterable[ReceivedEvent],
    *,
    token: str,
    now: datetime,
) -> None:
    """Writes down what became of events; in place of what was refused or voided before."""
    connection.cursor().executemany(
        "INSERT INTO received_events (center_id, source, event_id, digest, type, state, sha256, row,"
        " delivery, problems, token, received_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (center_id, source, event_id) DO UPDATE SET digest = excluded.digest,"
        " type = excluded.type, state = excluded.state, sha256 = excluded.sha256, row = excluded.row,"
        " delivery = excluded.delivery, problems = excluded.problems, token = excluded.token,"
        " received_at = excluded.received_at",
        [
            (center, *(getattr(one, name) for name in _FIELDS[:-1]), mask_texts(one.problems), token, now)
            for one in events
        ],
    )


_FIELDS = ("source", "event_id", "digest", "type", "state", "sha256", "row", "delivery", "problems")

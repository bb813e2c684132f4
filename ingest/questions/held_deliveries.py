"""Deliveries that are held until somebody answers what they ask: listed, answered, looked up again."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB

from ingest.changes.repeated_numbers import DeliveryQuestion, ProposedChange
from tracker import log
from tracker.events import Json
from tracker.events.ledger import DeliveryHeld, DeliveryReleased
from tracker.schema import metadata

held_deliveries = sa.Table(
    "held_deliveries",
    metadata,
    sa.Column("number", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("center_id", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),  # of the file; its bytes are kept
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("table_number", sa.Integer, nullable=False),  # of the table that asks, from 1
    sa.Column("profile", sa.Text, nullable=False),  # import profile by which that table was read
    sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("question", sa.Text, nullable=False),  # its code
    sa.Column("data", JSONB, nullable=False),  # the question, and how the file was to be read
    sa.Column("answered_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("answered_by", sa.Text),
    sa.Column("answer", sa.Text),  # same | new … | dropped | unasked
    sa.Index("held_deliveries_open", "center_id", "sha256"),
)

DROPPED = "dropped"  # the answer by which a file is not wanted

_COLUMNS = "number, center_id, sha256, file_name, table_number, profile, asked_at, data, answered_at, answer"


@dataclass(frozen=True, kw_only=True)
class HeldDelivery:
    """A file that is kept but not taken in."""

    number: int
    center: str
    sha256: str
    file_name: str
    table_number: int
    profile: str
    asked_at: datetime
    question: DeliveryQuestion
    named_profile: str | None  # as whoever brought it said; None: found by the header
    as_of: datetime | None  # as said; None: by the file
    encoding: str | None
    answered_at: datetime | None
    answer: str | None


def hold_delivery(
    connection: psycopg.Connection[Any],
    center: str,
    *,
    sha256: str,
    file_name: str,
    table_number: int,
    profile: str,
    question: DeliveryQuestion,
    row_spans: list[Json],
    named_profile: str | None,
    as_of: datetime | None,
    encoding: str | None,
    now: datetime,
) -> int:
    """Notes the question and gives its number; the same file has one open question at a centre. The log says
    of which days `held` are missing until it is answered: [source, first day, last day, rows]."""
    connection.execute(
        "DELETE FROM held_deliveries WHERE center_id = %s AND sha256 = %s AND answered_at IS NULL",
        (center, sha256),
    )
    data = {
        "question": asdict(question),
        "named_profile": named_profile,
        "as_of": as_of and as_of.isoformat(),
        "encoding": encoding,
    }
    row = connection.execute(
        "INSERT INTO held_deliveries"
        " (center_id, sha256, file_name, table_number, profile, asked_at, question, data)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING number",
        (center, sha256, file_name, table_number, profile, now, question.code, Jsonb(data)),
    ).fetchone()
    assert row is not None
    event = DeliveryHeld(
        sha256=sha256, file_name=file_name, question=question.code, held=row_spans, held_at=now
    )
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(event, None)])
    return int(row[0])


def release_delivery(
    connection: psycopg.Connection[Any],
    center: str,
    sha256: str,
    answer: str,
    *,
    by: str | None,
    now: datetime,
) -> None:
    """Says in the log, where it says that the file is held, that none of its rows are missing any more."""
    event = DeliveryReleased(sha256=sha256, answer=answer, released_by=by, released_at=now)
    is_held = connection.execute(
        "SELECT FROM held_back WHERE center_id = %s AND subject = %s LIMIT 1", (center, event.subject)
    )
    if is_held.fetchone() is not None:
        with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
            appending.add([(event, None)])


def list_open_questions(connection: psycopg.Connection[Any], center: str) -> list[HeldDelivery]:
    """Those that nobody has answered, the oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM held_deliveries WHERE center_id = %s AND answered_at IS NULL"
        " ORDER BY number",
        (center,),
    )
    return [_read(row) for row in rows.fetchall()]


def count_questions(connection: psycopg.Connection[Any], center: str) -> int:
    """How many files are held, and one more where a full list lacks people."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM held_deliveries WHERE center_id = %s AND answered_at IS NULL)"
        " + (SELECT count(*) FROM (SELECT FROM staff WHERE center_id = %s AND last_listed_on IS NOT NULL"
        " AND left_on IS NULL LIMIT 1) AS missing)",
        (center, center),
    ).fetchone()
    assert row is not None
    return int(row[0])


def find_question(connection: psycopg.Connection[Any], center: str, number: int) -> HeldDelivery | None:
    """A held delivery of the centre, answered or not; None: there is none of this number."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM held_deliveries WHERE center_id = %s AND number = %s", (center, number)
    ).fetchone()
    return _read(row) if row else None


def settle_question(
    connection: psycopg.Connection[Any],
    center: str,
    sha256: str,
    answer: str,
    *,
    by: str | None,
    now: datetime,
) -> None:
    """Notes that the file's open question, if there is one, is answered."""
    connection.execute(
        "UPDATE held_deliveries SET answered_at = %s, answered_by = %s, answer = %s"
        " WHERE center_id = %s AND sha256 = %s AND answered_at IS NULL",
        (now, by, answer, center, sha256),
    )


def _read(row: tuple[Any, ...]) -> HeldDelivery:
    number, center, sha256, file_name, table, profile, asked_at, data, answered_at, answer = row
    question = data["question"]
    examples = tuple(ProposedChange(**example) for example in question["examples"])
    return HeldDelivery(
        number=number,
        center=center,
        sha256=sha256,
        file_name=file_name,
        table_number=table,
        profile=profile,
        asked_at=asked_at,
        question=DeliveryQuestion(**question | {"examples": examples}),
        named_profile=data["named_profile"],
        as_of=data["as_of"] and datetime.fromisoformat(data["as_of"]),
        encoding=data["encoding"],
        answered_at=answered_at,
        answer=answer,
    )

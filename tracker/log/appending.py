"""Appending to the log: the only writer of events.

An append takes the centre's head row, compares each statement with what is held for its thing, gives
consecutive numbers, chains, copies the events and their facts, and moves the head, all in the caller's
transaction. A number is therefore never skipped, and readers see 1 … head.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import psycopg

from tracker import chain
from tracker.events import Event
from tracker.events.ledger import EventVoided, StatementsConfirmed
from tracker.events.times import BEIJING
from tracker.log.changes import note_changes
from tracker.log.held import Held, Statement, held_of, rank_of, subjects_told
from tracker.log.projection import Touched, project

_COPY = (
    "COPY events (center_id, seq, type, source, subject, slot, occurred_at, recorded_at, as_of,"
    " delivery, row, data, hash) FROM STDIN"
)


class Prepared(NamedTuple):
    """An event in the words of the log, all but its place there."""

    type: str
    source: str
    subject: str
    slot: str
    occurred_at: str | None  # Beijing time with offset
    row: int | None
    text: bytes  # canonical payload


def prepare(event: Event, row: int | None) -> Prepared:
    """An event and the row it came from, ready to append. Raises: TypeError for what has no exact text."""
    at = event.occurred_at
    return Prepared(
        event.type,
        event.source,
        event.subject,
        event.slot,
        None if at is None else _written(at),
        row,
        event.text(),
    )


def _written(at: datetime) -> str:
    beijing = at if at.tzinfo is BEIJING else at.astimezone(BEIJING)
    return orjson.dumps(beijing)[1:-1].decode()


@dataclass
class Counts:
    """What became of the statements of a delivery."""

    new: int = 0
    changed: int = 0  # superseded what was held
    same: int = 0  # held already, nothing added
    stale: int = 0  # older than what is held: kept in the log, not applied


@contextmanager
def appending(
    connection: psycopg.Connection[Any],
    center: str,
    *,
    delivery: str | None,
    as_of: datetime,
    recorded_at: datetime,
) -> Iterator["Appending"]:
    """Holds the centre's head row until the caller's transaction ends; other centres append side by side."""
    head = connection.execute(
        "SELECT h.seq, h.hash, c.digest FROM heads h JOIN centers c USING (center_id)"
        " WHERE center_id = %s FOR UPDATE OF h",
        (center,),
    ).fetchone()
    if head is None:
        raise LookupError(f"没有编号为“{center}”的中心。")
    session = Appending(connection, center, delivery, as_of, recorded_at, head)
    yield session
    session.close()


class Appending:
    """One delivery's way into the log."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        center: str,
        delivery: str | None,
        as_of: datetime,
        recorded_at: datetime,
        head: tuple[int, bytes, str],
    ):
        self.counts = Counts()
        self.seq, self.hash, digest = head
        self._digest = chain.hasher(digest)
        self._connection = connection
        self._center = center
        self._as_of = as_of.astimezone(BEIJING)
        self._envelope = {
            "as_of": self._as_of.isoformat(),
            "center": center,
            "delivery": delivery,
            "recorded_at": recorded_at.astimezone(BEIJING).isoformat(),
        }
        self._parts = 0
        self._first = self.seq + 1
        self._touched: Touched = set()

    def add(self, batch: Iterable[tuple[Event, int | None]]) -> None:
        """Appends what is new or different; facts follow. Call it with some ten thousand events at a time."""
        self.add_prepared([prepare(event, row) for event, row in batch])

    def add_prepared(self, batch: Sequence[Prepared]) -> None:
        """The same for events made ready elsewhere, in another process for example."""
        held = held_of(self._connection, self._center, {ready.subject for ready in batch})
        known = set(held)
        confirmed: list[int] = []
        changed = self._write(batch, held, confirmed)
        self._touched |= project(
            self._connection,
            self._center,
            fresh={subject: held[subject] for subject in changed if subject not in known},
            known={subject: held[subject] for subject in changed if subject in known},
        )
        self._confirm(confirmed)
        self._void([ready for ready in batch if ready.type == EventVoided.type])

    def close(self) -> None:
        """Notes the days to be counted again."""
        self._connection.cursor().executemany(
            "INSERT INTO touched_days VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [(self._center, fact, day) for fact, day in sorted(self._touched)],
        )
        note_changes(self._connection, self._center, self._touched, self._first, self.seq)

    def _adds(self, statements: list[Statement], text: bytes, confirmed: list[int]) -> bool:
        """Whether a statement is new to the log; counts it, and remembers what it confirms."""
        if not statements:
            self.counts.new += 1
            return True
        holds = statements[-1]
        if holds.text == text:
            self.counts.same += 1
            if holds.rank[0] < self._as_of:
                holds.rank = (self._as_of, holds.rank[1])
                confirmed.append(holds.seq)
            return False
        if holds.rank[0] <= self._as_of:
            self.counts.changed += 1
            return True
        self.counts.stale += 1
        return all(statement.text != text for statement in statements)

    def _write(
        self, batch: Sequence[Prepared], held: dict[str, Held], confirmed: list[int]
    ) -> dict[str, None]:
        """Copies what is to be added while the server takes it in; gives the things that changed."""
        first, hashes = self.seq + 1, []
        changed: dict[str, None] = {}
        with self._connection.cursor().copy(_COPY) as copy:
            for ready in batch:
                slots = held.get(ready.subject)
                if slots is None:
                    slots = held[ready.subject] = {}
                statements = slots.setdefault(ready.slot, [])
                if not self._adds(statements, ready.text, confirmed):
                    continue
                copy.write_row(self._chained(ready))
                hashes.append(self.hash)
                statements.append(Statement(ready.type, self.seq, (self._as_of, self.seq), ready.text))
                if len(statements) > 1:
                    statements.sort(key=rank_of)
                changed[ready.subject] = None
        if hashes:
            self._move_head(first, hashes)
        return changed

    def _chained(self, ready: Prepared) -> tuple[Any, ...]:
        """The event's row, numbered and hashed."""
        kind, source, subject, slot, occurred_at, row, text = ready
        self.seq += 1
        envelope = self._envelope
        canonical = chain.canonical(
            {
                **envelope,
                "occurred_at": occurred_at,
                "row": row,
                "seq": self.seq,
                "slot": slot,
                "source": source,
                "subject": subject,
                "type": kind,
            },
            text,
        )
        self.hash = self._digest(self.hash + canonical)
        return (
            self._center,
            self.seq,
            kind,
            source,
            subject,
            slot,
            occurred_at,
            envelope["recorded_at"],
            envelope["as_of"],
            envelope["delivery"],
            row,
            text.decode(),
            self.hash,
        )

    def _move_head(self, first: int, hashes: list[bytes]) -> None:
        root = chain.merkle_root(hashes, self._digest)
        self._connection.execute(
            "INSERT INTO batches VALUES (%s, %s, %s, %s, %s, %s)",
            (self._center, first, self.seq, self._envelope["recorded_at"], root, self.hash),
        )
        self._connection.execute(
            "UPDATE heads SET seq = %s, hash = %s WHERE center_id = %s", (self.seq, self.hash, self._center)
        )

    def _confirm(self, confirmed: list[int]) -> None:
        delivery = self._envelope["delivery"]
        if not confirmed or delivery is None:
            return
        self._parts += 1
        event = StatementsConfirmed(
            delivery=delivery,
            part=self._parts,
            events=[list(pair) for pair in _ranges(sorted(confirmed))],
            confirmed_as_of=self._as_of,
        )
        counts, self.counts = self.counts, Counts()
        self.add([(event, None)])
        self.counts = counts

    def _void(self, voids: list[Prepared]) -> None:
        """Projects again whatever the voided events spoke of, or a voided delivery had confirmed."""
        for void in voids:
            told = orjson.loads(void.text)
            subjects = subjects_told(self._connection, self._center, told["event_seq"], told["delivery"])
            held = held_of(self._connection, self._center, subjects)
            self._touched |= project(self._connection, self._center, fresh={}, known=held)


def _ranges(seqs: Sequence[int]) -> list[tuple[int, int]]:
    """Inclusive runs of consecutive numbers."""
    runs: list[tuple[int, int]] = []
    for seq in seqs:
        if runs and runs[-1][1] == seq - 1:
            runs[-1] = (runs[-1][0], seq)
        else:
            runs.append((seq, seq))
    return runs

"""Appending to the log: the only writer of events.

An append takes the centre's head row, compares each statement with what is held for its thing, gives
consecutive numbers, chains, copies the events and their facts, and moves the head, all in the caller's
transaction. A number is therefore never skipped, and readers see 1 … head.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg

from tracker import chain
from tracker.events import Event
from tracker.events.ledger import EventVoided, StatementsConfirmed
from tracker.events.times import BEIJING
from tracker.fact_rows import get_kind
from tracker.log.changes import note_changes
from tracker.log.personal_events import replace_personal
from tracker.log.prepared_events import PreparedEvents, prepare_event
from tracker.log.projection import SingleEventRows, TouchedDays, project, project_singles
from tracker.log.reading import read_last_recorded
from tracker.log.serializer import COPY_EVENTS, EventSerializer
from tracker.log.statements import Statement, StatementsBySlot, get_rank, list_subjects, read_statements
from tracker.personal_numbers import may_hold_personal
from tracker.pg_copy import copy_lines
from tracker.vault import CenterVault, find_vault

CLOCK_STEP = timedelta(minutes=1)  # a larger step back is told

logger = logging.getLogger(__name__)


class PersonalNumberProblem(ValueError):
    """日志不收个人号码。"""


@dataclass
class StatementCounts:
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
    vouches: bool = False,
    vault: CenterVault | None = None,
) -> Iterator["Appender"]:
    """Holds the centre's head row until the caller's transaction ends; other centres append side by side.

    Times of recording never go back: one before the centre's last one is taken for that, so that
    the order of what people did is the log's and no clock's.

    A delivery that `vouches` has a say of its own: what it repeats stands, should the first that said it be
    voided. `vault` takes the personal numbers in events; None: that of the connection's instance."""
    head = connection.execute(
        "SELECT h.seq, h.hash, c.digest FROM heads h JOIN centers c USING (center_id)"
        " WHERE center_id = %s FOR UPDATE OF h",
        (center,),
    ).fetchone()
    if head is None:
        raise LookupError(f"没有编号为“{center}”的中心。")
    recorded_at = _keep_order(connection, center, recorded_at)
    session = Appender(connection, center, delivery, as_of, recorded_at, head, vouches=vouches, vault=vault)
    yield session
    session.close()


def _keep_order(connection: psycopg.Connection[Any], center: str, recorded_at: datetime) -> datetime:
    """The time to be written: this one, or the last that was, where the clock has gone back since."""
    last = read_last_recorded(connection, center)
    if last is None or last <= recorded_at:
        return recorded_at
    if last - recorded_at > CLOCK_STEP:
        logger.warning("the clock is behind the log of centre %s: %s, last %s", center, recorded_at, last)
    return last


BatchFilter = Callable[[PreparedEvents, Counter[str], Mapping[str, StatementsBySlot], int], PreparedEvents]


class Appender:
    """One delivery's way into the log.

    `watch`, where it is set, sees each batch beside what is held of its things, its events by subject and the
    number of the delivery's first event; the events that it gives back are appended.
    """

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        center: str,
        delivery: str | None,
        as_of: datetime,
        recorded_at: datetime,
        head: tuple[int, bytes, str],
        *,
        vouches: bool = False,
        vault: CenterVault | None = None,
    ):
        self.counts = StatementCounts()
        self.seq, self.hash, digest = head
        self._digest = chain.get_digest(digest)
        self._connection = connection
        self._center = center
        self._as_of = as_of.astimezone(BEIJING)
        self._delivery = delivery
        self._recorded_at = recorded_at
        self._written = EventSerializer(center, delivery, as_of, recorded_at)
        self._vouches = vouches
        self._vault = vault
        self._parts = 0
        self._first = self.seq + 1
        self._touched: TouchedDays = set()
        self._told = _BatchEffects()
        self.watch: BatchFilter | None = None

    def add(self, batch: Iterable[tuple[Event, int | None]]) -> None:
        """Appends what is new or different; facts follow. Call it with some ten thousand events at a time."""
        self.add_prepared(PreparedEvents.of([prepare_event(event, row) for event, row in batch]))
        self._settle()

    def add_prepared(self, batch: PreparedEvents) -> None:
        """Appends what is new or different among prepared events, which another process may have made.

        What need not be done at once is done by the next call: the other process, which goes on as soon as
        the next batch is taken from it, then has a core while the server has the other.
        """
        self._settle()
        batch = self._replace_personal(batch)
        subjects = Counter(batch.subjects)
        things = read_statements(self._connection, self._center, subjects)
        known_subjects = set(things)
        if self.watch is not None:
            watched = self.watch(batch, subjects, things, self._first)
            if watched is not batch:
                batch, subjects = watched, Counter(watched.subjects)
        effects = self._told = _BatchEffects()
        self._write(
            self._select_added(batch, things, _find_single(subjects, things), effects), effects.hashes
        )
        self._touched |= project(
            self._connection,
            self._center,
            fresh={subject: things[subject] for subject in effects.changed if subject not in known_subjects},
            existing={subject: things[subject] for subject in effects.changed if subject in known_subjects},
        )
        self._confirm(effects.confirmed)
        if EventVoided.type in batch.types:
            self._settle()
            self._void([ready.text for ready in batch if ready.type == EventVoided.type])

    @contextmanager
    def use_as_of(self, as_of: datetime, *, watched: bool = False) -> Iterator[None]:
        """Events added meanwhile speak of another state of the world than the delivery does.

        They pass by `watch` unless `watched`."""
        own, self._as_of, watch = self._as_of, as_of.astimezone(BEIJING), self.watch
        self.watch = watch if watched else None
        written, self._written = (
            self._written,
            EventSerializer(self._center, self._delivery, as_of, self._recorded_at),
        )
        try:
            yield
            self._settle()
        finally:
            self._as_of, self._written, self.watch = own, written, watch

    def close(self) -> None:
        """Notes the days to be counted again."""
        self._settle()
        self._connection.cursor().executemany(
            "INSERT INTO touched_days VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [(self._center, fact, day) for fact, day in sorted(self._touched)],
        )
        note_changes(self._connection, self._center, self._touched, self._first, self.seq)

    def _replace_personal(self, batch: PreparedEvents) -> PreparedEvents:
        """The batch with a token for each personal number; the numbers go into the vault.

        Raises: PersonalNumberProblem where nobody said which vault that is."""
        if not may_hold_personal(b"\n".join(batch.list_words()).decode()):
            return batch
        if self._vault is None and (vault := find_vault(self._connection)):
            self._vault = vault.of(self._connection, self._center)
        token = self._vault.token if self._vault else _refuse
        batch = PreparedEvents.of([replace_personal(ready, token) for ready in batch])
        if self._vault:
            self._vault.keep(self._connection)
        return batch

    def _is_new(self, statements: list[Statement], text: bytes, confirmed: list[int]) -> bool:
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
            elif self._vouches and holds.seq < self._first:
                confirmed.append(holds.seq)  # stands on this delivery as well, should the other be voided
            return False
        if holds.rank[0] <= self._as_of:
            self.counts.changed += 1
            return True
        self.counts.stale += 1
        alike = next((statement for statement in statements if statement.text == text), None)
        if alike is not None and self._vouches and alike.seq < self._first:
            confirmed.append(alike.seq)
        return alike is None

    def _select_added(
        self,
        batch: PreparedEvents,
        things: dict[str, StatementsBySlot],
        only: Collection[str],
        effects: "_BatchEffects",
    ) -> PreparedEvents:
        """What of a batch is to be added, after the last number; notes what follows from it."""
        if len(only) == len(batch) and len(set(batch.types)) == 1 and None not in batch.facts:
            self.counts.new += len(batch)  # the usual case
            following = range(self.seq + 1, self.seq + 1 + len(batch))
            effects.only.append(
                SingleEventRows(get_kind(batch.subjects[0]), following, batch.facts, set(batch.days))
            )
            return batch
        places: list[int] = []
        alone: dict[str, list[int]] = defaultdict(list)  # kind of thing → indexes in `places`
        parts = zip(batch.types, batch.subjects, batch.slots, batch.texts, batch.facts, strict=True)
        for place, (kind, subject, slot, text, fact) in enumerate(parts):
            if fact is not None and subject in only:
                alone[get_kind(subject)].append(len(places))
            else:
                statements = things.setdefault(subject, {}).setdefault(slot, [])
                if not self._is_new(statements, text, effects.confirmed):
                    continue
                seq = self.seq + 1 + len(places)
                statements.append(Statement(kind, seq, (self._as_of, seq), text, self._as_of))
                statements.sort(key=get_rank)
                effects.changed[subject] = None
            places.append(place)
        added = batch.at(places)
        for thing, indexes in alone.items():
            self.counts.new += len(indexes)
            seqs = [self.seq + 1 + index for index in indexes]
            rows, days = [added.facts[index] for index in indexes], {added.days[index] for index in indexes}
            effects.only.append(SingleEventRows(thing, seqs, rows, days))
        return added

    def _write(self, events: PreparedEvents, hashes: list[bytes]) -> None:
        """Numbers, chains and copies events; their hashes are added to `hashes`."""
        if events:
            lines = self._written.lines(events, self.seq, self.hash, self._digest, hashes)
            copy_lines(self._connection, COPY_EVENTS, lines)
            self.seq, self.hash = self.seq + len(events), hashes[-1]

    def _settle(self) -> None:
        """Moves the head past the last batch, and adds the facts of things that it alone tells of."""
        effects, self._told = self._told, _BatchEffects()
        if effects.hashes:
            self._move_head(self.seq + 1 - len(effects.hashes), effects.hashes)
        for only in effects.only:
            self._touched |= project_singles(self._connection, self._center, only)

    def _move_head(self, first: int, hashes: list[bytes]) -> None:
        root = chain.compute_merkle_root(hashes, self._digest)
        self._connection.execute(
            "INSERT INTO batches VALUES (%s, %s, %s, %s, %s, %s)",
            (self._center, first, self.seq, self._recorded_at, root, self.hash),
        )
        self._connection.execute(
            "UPDATE heads SET seq = %s, hash = %s WHERE center_id = %s", (self.seq, self.hash, self._center)
        )

    def _confirm(self, confirmed: list[int]) -> None:
        if not confirmed or self._delivery is None:
            return
        self._parts += 1
        event = StatementsConfirmed(
            delivery=self._delivery,
            part=self._parts,
            events=[list(pair) for pair in _list_ranges(sorted({*confirmed}))],
            confirmed_as_of=self._as_of,
        )
        counts, self.counts = self.counts, StatementCounts()
        self.add([(event, None)])
        self.counts = counts

    def _void(self, voids: list[bytes]) -> None:
        """Projects again whatever the voided events spoke of, or a voided delivery had confirmed."""
        for void in voids:
            payload = orjson.loads(void)
            subjects = list_subjects(
                self._connection, self._center, payload["event_seq"], payload["delivery"]
            )
            things = read_statements(self._connection, self._center, subjects)
            self._touched |= project(self._connection, self._center, fresh={}, existing=things)


def _refuse(kind: str, value: str) -> str:
    """Stands for a vault where there is none. Raises: PersonalNumberProblem."""
    raise PersonalNumberProblem("要写入的内容里有电话、证件或车牌号码，没有写入：请删去号码后再提交。")


@dataclass
class _BatchEffects:
    """What follows from the events of a batch that were added."""

    hashes: list[bytes] = field(default_factory=list)
    only: list[SingleEventRows] = field(default_factory=list)
    changed: dict[str, None] = field(default_factory=dict)  # other things, in the order of their events
    confirmed: list[int] = field(default_factory=list)  # events said again at a later time


def _find_single(subjects: Counter[str], things: Mapping[str, StatementsBySlot]) -> Set[str]:
    """Things of which nothing is held and the batch tells once."""
    if len(subjects) == subjects.total() and not things:  # the usual case
        return subjects.keys()
    return {subject for subject, times in subjects.items() if times == 1} - things.keys()


def _list_ranges(seqs: Sequence[int]) -> list[tuple[int, int]]:
    """Inclusive runs of consecutive numbers."""
    runs: list[tuple[int, int]] = []
    for seq in seqs:
        if runs and runs[-1][1] == seq - 1:
            runs[-1] = (runs[-1][0], seq)
        else:
            runs.append((seq, seq))
    return runs

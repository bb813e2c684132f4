"""What is held of a thing: its statements, ranked by the state of the world they speak of. No database."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from typing import Any, NamedTuple

import orjson

from tracker.events.lists import CHECKED, STRUCK
from tracker.facts.fact import SlotState, SlotStatement

Rank = tuple[datetime, int]  # as-of time, then position in the log


@dataclass(slots=True)
class Statement:
    """One event as far as comparing and projecting need it."""

    type: str
    seq: int
    rank: Rank
    text: bytes  # canonical payload
    as_of: datetime  # of the delivery that said it first; confirmed later, its rank is higher

    @property
    def data(self) -> Any:
        return orjson.loads(self.text)


StatementsBySlot = dict[str, list[Statement]]  # slot → statements, the one that holds last


class Confirmation(NamedTuple):
    """A later delivery said again what the events first … last (both included) had said."""

    first: int
    last: int
    as_of: datetime
    by: int  # the event that confirms


class ConfirmationRanks:
    """The highest rank at which later deliveries said the same again, by event."""

    def __init__(self, ranges: Iterable[Confirmation]):
        self._starts: list[int] = []
        self._ranks: list[Rank | None] = []
        self._lay(sorted(ranges))

    def raise_rank(self, seq: int, rank: Rank) -> Rank:
        """The rank of an event that has `rank` by itself."""
        confirmed = self.rank(seq)
        return rank if confirmed is None else max(rank, confirmed)

    def rank(self, seq: int) -> Rank | None:
        """The rank of an event by the word of the other deliveries alone; None: none of them says it."""
        place = bisect_right(self._starts, seq) - 1
        return self._ranks[place] if place >= 0 else None

    def _lay(self, ranges: list[Confirmation]) -> None:
        """Overlapping ranges as stretches side by side, each with the highest rank there."""
        open_: list[tuple[float, int, int, Rank]] = []  # the highest rank first, then where it ends
        bounds = sorted({bound for one in ranges for bound in (one.first, one.last + 1)})
        following = iter(ranges)
        coming = next(following, None)
        for bound in bounds:
            while coming is not None and coming.first == bound:
                heappush(open_, (-coming.as_of.timestamp(), -coming.by, coming.last, coming[2:]))
                coming = next(following, None)
            while open_ and open_[0][2] < bound:
                heappop(open_)
            self._starts.append(bound)
            self._ranks.append(open_[0][3] if open_ else None)


def get_rank(statement: Statement) -> Rank:
    return statement.rank


def rank_statements(
    rows: Iterable[Any],
    voided: Collection[int],
    void_deliveries: Collection[str],
    confirmed: ConfirmationRanks,
) -> dict[str, StatementsBySlot]:
    """Rows (subject, slot, type, seq, as_of, delivery, data) as ranked statements, voided ones left out.

    What a voided delivery said stands where another one says the same.
    A thing whose statements are all voided has an empty entry. `voided` and `void_deliveries` are best sets.
    """
    things: dict[str, StatementsBySlot] = {}
    for subject, slot, kind, seq, as_of, delivery, data in rows:
        slots = things.setdefault(subject, {})
        if seq in voided:
            continue
        if delivery in void_deliveries and not subject.startswith("delivery/"):
            rank = confirmed.rank(seq)
            if rank is None:
                continue
        else:
            rank = confirmed.raise_rank(seq, (as_of, seq))
        slots.setdefault(slot, []).append(Statement(kind, seq, rank, data.encode(), as_of))
    for slots in things.values():
        for statements in slots.values():
            statements.sort(key=get_rank)
    return things


def fold_statements(slots: StatementsBySlot) -> dict[str, SlotState]:
    """What holds, slot by slot: each payload laid over the earlier ones, so that an absent field keeps.

    One that a payload names as not understood is known no more, until a later one tells it."""
    return {slot: _fold(statements) for slot, statements in slots.items() if statements}


def is_struck(slots: StatementsBySlot) -> bool:
    """Whether a list left the thing out, and a person said that it counts no more."""
    statements = slots.get(CHECKED)
    return statements is not None and bool(statements) and statements[-1].data["standing"] == STRUCK


def _fold(statements: list[Statement]) -> SlotState:
    last = statements[-1]
    if len(statements) == 1:
        return SlotState(last.type, last.seq, last.data, as_of=last.rank[0], since=last.as_of)
    merged: dict[str, Any] = {}
    tells: list[Any] = []
    unclear: set[str] = set()
    past = tuple(SlotStatement(statement.as_of, statement.data) for statement in statements)
    payload: Any
    for _, payload in past:
        unclear.difference_update(payload, payload.get("tells") or ())
        unclear.update(payload.get("unclear") or ())
        merged.update(payload)
        tells.append(merged.get("tells"))
    for name in unclear:
        merged.pop(name, None)
    if "unclear" in merged:
        merged["unclear"] = sorted(unclear)
    if "tells" in merged:  # what one of them tells is told
        merged["tells"] = None if None in tells else sorted({name for names in tells for name in names})
    return SlotState(last.type, last.seq, merged, past, last.rank[0], last.as_of)

"""Cells of an order's row that were filled in the row before, or in the next one, and are empty now.

An order that was sent back (重办) since is open again, and what it shows anew explains the rest. What nothing
explains was emptied by somebody, or not exported: that is asked, and taken back if it is so.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from ingest.changes.repeated_numbers import EMPTIED, Asking, Change
from tracker.events.times import BEIJING
from tracker.events.work_orders import (
    LATER,
    WorkOrderClosingUndone,
    WorkOrderEvent,
    WorkOrderMilestoneRetracted,
)
from tracker.facts.closings import find_closing_that_stands
from tracker.facts.fact import Told, moment
from tracker.log import PreparedEvents, prepare
from tracker.log.statements import Held, told

Data = Mapping[str, Any]


class _Cell(NamedTuple):
    """A cell of a milestone: what a row says that it tells, the field, and its key in the payload."""

    tells: str
    field: str
    key: str


_CELLS: Mapping[str, tuple[_Cell, ...]] = {
    "dispatched": (_Cell("dispatched_at", "dispatched_at", "at"),),
    "signed": (_Cell("signed_at", "signed_at", "at"),),
    "returned": (_Cell("returned", "returned_at", "at"),),
    "reassigned": (_Cell("reassigned", "reassigned_at", "at"),),
    "extended": (_Cell("extended", "extended_at", "at"), _Cell("extended", "extended_to", "deadline_at")),
    "urged": (_Cell("urged", "urged_at", "at"),),
    "closed": (_Cell("closed_at", "closed_at", "at"),),
    "followed_up": (
        _Cell("followed_up_at", "followed_up_at", "at"),
        *(_Cell(key, key, key) for key in ("reached", "solved", "satisfaction")),
    ),
    "redone": (_Cell("redone", "redone_at", "at"), _Cell("redone", "redone_times", "times")),
}
_HANDED_ON = ("redone", "returned", "reassigned", "dispatched")


class Emptied:
    """Looks through the orders of a table that are known."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def look_through(self, batch: PreparedEvents, held: Mapping[str, Held], as_of: datetime) -> None:
        """Adds to a batch what follows from cells that are empty; what is doubtful is noted to be asked."""
        rows: dict[str, dict[str, int]] = {}  # subject → slot → place
        for place, (subject, slot) in enumerate(zip(batch.subjects, batch.slots, strict=True)):
            if subject in held:
                rows.setdefault(subject, {})[slot] = place
        for subject, places in rows.items():
            if "accepted" in places:
                row = _Row(batch, places, held[subject], as_of)
                for event in self._follows(subject, row):
                    row.add(event)

    def _follows(self, subject: str, row: "_Row") -> Iterator[WorkOrderEvent]:
        order_id = subject.partition("/")[2]
        if (shown := row.closing_shown_again()) is not None:
            yield WorkOrderClosingUndone(order_id=order_id, closing=shown, shown_again=True)
        for one in row.emptied():
            if one.slot == "closed":
                closing = row.closing_undone(one)
                if closing is None:  # the log tells already that the order was sent back
                    continue
                if row.is_redone(one):
                    yield WorkOrderClosingUndone(order_id=order_id, closing=closing)
                    continue
            elif row.explains(one):
                continue
            if self._asking.answer.same:
                yield WorkOrderMilestoneRetracted(order_id=order_id, retracted=one.slot)
            else:
                change = Change(
                    sort=EMPTIED,
                    row=row.number,
                    subject=subject,
                    field=one.field,
                    before=one.value,
                    after=None,
                )
                self._asking.note(change)


class _Empty(NamedTuple):
    """A milestone that one row of an order tells, and a newer one with its column does not."""

    slot: str
    data: Data  # what the older row tells of it
    field: str
    value: Any
    by_held: bool  # whether the newer row came before


class _Row:
    """An order's row beside what is held of the order."""

    def __init__(self, batch: PreparedEvents, places: dict[str, int], held: Held, as_of: datetime) -> None:
        self._batch, self._places, self._held, self._as_of = batch, places, held, as_of
        self.number = batch.rows[places["accepted"]]

    def emptied(self) -> Iterator[_Empty]:
        """What this row leaves empty of what the row before tells, or a newer one of what this one tells."""
        newer = [one for one in self._held.get("accepted", ()) if one.rank[0] > self._as_of]
        lacking = {
            slot for slot in self._held.keys() & _CELLS.keys() - self._places.keys() if self._is_told(slot)
        }
        for slot, cells in _CELLS.items() if newer or lacking else ():
            if slot in lacking:
                data = told({slot: self._held[slot]})[slot].data
                names = _tells(self._data("accepted"))
                since = self._held[slot][-1].rank[0]
                cells = tuple(cell for cell in cells if self._told_until(cell.tells) <= since)
            elif slot in self._places and newer and not self._is_newer(slot):
                data = self._data(slot)
                names = {name for one in newer for name in _tells(one.data)}
            else:
                continue
            filled = (cell for cell in cells if cell.tells in names and data.get(cell.key) is not None)
            if (cell := next(filled, None)) is not None:
                yield _Empty(slot, data, cell.field, data[cell.key], slot not in lacking)

    def closing_undone(self, one: _Empty) -> datetime | None:
        """The closing that would stand but for the empty cell; None: it would not anyway."""
        slots = told(self._held)
        stands = find_closing_that_stands({**slots, "closed": Told("work_order.closed", 0, one.data)})
        at = str(one.data["at"])
        return moment(stands if stands and stands[:10] == at[:10] else stands and at)

    def closing_shown_again(self) -> datetime | None:
        """The closing undone, where this row tells that, or one before it."""
        undone = self._held.get("undone", ())
        if "closed" not in self._places or not undone or undone[-1].rank[0] > self._as_of:
            return None
        last = max(str(one.data["closing"] or "") for one in undone)
        return moment(last) if str(self._data("closed")["at"]) <= last else None

    def is_redone(self, one: _Empty) -> bool:
        """Whether the newer row tells of a 重办 that the older one does not."""
        held = told(self._held)
        known = held["redone"].data if "redone" in held else {}
        mine = self._data("redone") if "redone" in self._places else {}
        if one.by_held:
            return "undone" in held or _redone(known) > _redone(mine)
        return "undone" in self._places or _redone(mine) > _redone(known)

    def explains(self, one: _Empty) -> bool:
        """Whether the newer row tells why a cell is empty: the order was sent back, or handed on."""
        if one.slot == "followed_up" or self.is_redone(one):
            return self.is_redone(one)
        for slot in _HANDED_ON:
            mine = {self._batch.texts[self._places[slot]]} if slot in self._places else set()
            known = {statement.text for statement in self._held.get(slot, ())}
            if (known - mine) if one.by_held else (mine - known):
                return True
        return False

    def add(self, event: WorkOrderEvent) -> None:
        """Adds an event; of a closing undone the row itself may have told, but not which."""
        ready = prepare(event, self.number)
        if isinstance(event, WorkOrderClosingUndone) and event.slot in self._places:
            self._batch.texts[self._places[event.slot]] = ready.text
        else:
            self._batch.append(ready)

    def _is_told(self, slot: str) -> bool:
        statements = self._held[slot]
        return (
            bool(statements)
            and statements[-1].type != WorkOrderMilestoneRetracted.type
            and statements[-1].rank[0] <= self._as_of
        )

    def _is_newer(self, slot: str) -> bool:
        return any(one.rank[0] > self._as_of for one in self._held.get(slot, ()))

    def _told_until(self, name: str) -> datetime:
        """The newest state of the world of which a row before tells a column."""
        ranks = (
            one.rank[0]
            for one in self._held.get("accepted", ())
            if one.rank[0] <= self._as_of and name in _tells(one.data)
        )
        return max(ranks, default=datetime.min.replace(tzinfo=BEIJING))

    def _data(self, slot: str) -> Data:
        data: Data = orjson.loads(self._batch.texts[self._places[slot]])
        return data


def _tells(accepted: Data) -> Collection[str]:
    tells: Collection[str] | None = accepted.get("tells")
    return LATER if tells is None else tells


def _redone(data: Data) -> tuple[int, str]:
    return data.get("times") or 0, str(data.get("at") or "")

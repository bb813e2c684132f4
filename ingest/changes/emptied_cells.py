"""Cells of an order's row that were filled in the row before, or in the next one, and are empty now.

An order that was sent back (重办) since is open again, and what it shows anew explains the rest. What nothing
explains was emptied by somebody, or not exported: that is asked, and taken back if it is so.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from ingest.changes.repeated_numbers import EMPTIED, ProposedChange, QuestionCollector
from tracker.events.times import BEIJING
from tracker.events.work_orders import (
    LATER,
    WorkOrderClosingUndone,
    WorkOrderEvent,
    WorkOrderMilestoneRetracted,
)
from tracker.facts.closings import find_effective_closing
from tracker.facts.fact import SlotState, to_moment
from tracker.log import PreparedEvents, prepare_event
from tracker.log.statements import StatementsBySlot, fold_statements

Payload = Mapping[str, Any]


class _MilestoneCell(NamedTuple):
    """A cell of a milestone: what a row says that it tells, the field, and its key in the payload."""

    tells: str
    field: str
    key: str


_CELLS: Mapping[str, tuple[_MilestoneCell, ...]] = {
    "dispatched": (_MilestoneCell("dispatched_at", "dispatched_at", "at"),),
    "signed": (_MilestoneCell("signed_at", "signed_at", "at"),),
    "returned": (_MilestoneCell("returned", "returned_at", "at"),),
    "reassigned": (_MilestoneCell("reassigned", "reassigned_at", "at"),),
    "extended": (
        _MilestoneCell("extended", "extended_at", "at"),
        _MilestoneCell("extended", "extended_to", "deadline_at"),
    ),
    "urged": (_MilestoneCell("urged", "urged_at", "at"),),
    "closed": (_MilestoneCell("closed_at", "closed_at", "at"),),
    "followed_up": (
        _MilestoneCell("followed_up_at", "followed_up_at", "at"),
        *(_MilestoneCell(key, key, key) for key in ("reached", "solved", "satisfaction")),
    ),
    "redone": (
        _MilestoneCell("redone", "redone_at", "at"),
        _MilestoneCell("redone", "redone_times", "times"),
    ),
}
_HANDED_ON = ("redone", "returned", "reassigned", "dispatched")


class EmptiedCells:
    """Looks through the orders of a table that are known."""

    def __init__(self, asking: QuestionCollector) -> None:
        self._asking = asking

    def look_through(
        self, batch: PreparedEvents, things: Mapping[str, StatementsBySlot], as_of: datetime
    ) -> None:
        """Adds to a batch what follows from cells that are empty; what is doubtful is noted to be asked."""
        rows: dict[str, dict[str, int]] = {}  # subject → slot → place
        for place, (subject, slot) in enumerate(zip(batch.subjects, batch.slots, strict=True)):
            if subject in things:
                rows.setdefault(subject, {})[slot] = place
        for subject, places in rows.items():
            if "accepted" in places:
                row = _OrderRow(batch, places, things[subject], as_of)
                for event in self._derive_events(subject, row):
                    row.add(event)

    def _derive_events(self, subject: str, row: "_OrderRow") -> Iterator[WorkOrderEvent]:
        order_id = subject.partition("/")[2]
        if (reshown := row.find_reshown_closing()) is not None:
            yield WorkOrderClosingUndone(order_id=order_id, closing=reshown, shown_again=True)
        for one in row.list_emptied():
            if one.slot == "closed":
                closing = row.find_undone_closing(one)
                if closing is None:  # the log tells already that the order was sent back
                    continue
                if row.is_redone(one):
                    yield WorkOrderClosingUndone(order_id=order_id, closing=closing)
                    continue
            elif row.has_explanation(one):
                continue
            if self._asking.answer.same:
                yield WorkOrderMilestoneRetracted(order_id=order_id, retracted=one.slot)
            else:
                change = ProposedChange(
                    sort=EMPTIED,
                    row=row.number,
                    subject=subject,
                    field=one.field,
                    before=one.value,
                    after=None,
                )
                self._asking.note(change)


class _EmptiedMilestone(NamedTuple):
    """A milestone that one row of an order tells, and a newer one with its column does not."""

    slot: str
    data: Payload  # what the older row tells of it
    field: str
    value: Any
    by_held: bool  # whether the newer row came before


class _OrderRow:
    """An order's row beside what is held of the order."""

    def __init__(
        self, batch: PreparedEvents, places: dict[str, int], statements: StatementsBySlot, as_of: datetime
    ) -> None:
        self._batch, self._places, self._held, self._as_of = batch, places, statements, as_of
        self.number = batch.rows[places["accepted"]]

    def list_emptied(self) -> Iterator[_EmptiedMilestone]:
        """What this row leaves empty of what the row before tells, or a newer one of what this one tells."""
        newer = [one for one in self._held.get("accepted", ()) if one.rank[0] > self._as_of]
        lacking = {
            slot for slot in self._held.keys() & _CELLS.keys() - self._places.keys() if self._is_told(slot)
        }
        for slot, cells in _CELLS.items() if newer or lacking else ():
            if slot in lacking:
                data = fold_statements({slot: self._held[slot]})[slot].data
                names = _list_columns(self._data("accepted"))
                since = self._held[slot][-1].rank[0]
                cells = tuple(cell for cell in cells if self._find_latest_time(cell.tells) <= since)
            elif slot in self._places and newer and not self._is_newer(slot):
                data = self._data(slot)
                names = {name for one in newer for name in _list_columns(one.data)}
            else:
                continue
            filled = (cell for cell in cells if cell.tells in names and data.get(cell.key) is not None)
            if (cell := next(filled, None)) is not None:
                yield _EmptiedMilestone(slot, data, cell.field, data[cell.key], slot not in lacking)

    def find_undone_closing(self, one: _EmptiedMilestone) -> datetime | None:
        """The closing that would stand but for the empty cell; None: it would not anyway."""
        slots = fold_statements(self._held)
        stands = find_effective_closing({**slots, "closed": SlotState("work_order.closed", 0, one.data)})
        at = str(one.data["at"])
        return to_moment(stands if stands and stands[:10] == at[:10] else stands and at)

    def find_reshown_closing(self) -> datetime | None:
        """The closing undone, where this row tells that, or one before it."""
        undone = self._held.get("undone", ())
        if "closed" not in self._places or not undone or undone[-1].rank[0] > self._as_of:
            return None
        last = max(str(one.data["closing"] or "") for one in undone)
        return to_moment(last) if str(self._data("closed")["at"]) <= last else None

    def is_redone(self, one: _EmptiedMilestone) -> bool:
        """Whether the newer row tells of a 重办 that the older one does not."""
        slots = fold_statements(self._held)
        redone = slots["redone"].data if "redone" in slots else {}
        mine = self._data("redone") if "redone" in self._places else {}
        if one.by_held:
            return "undone" in slots or _get_redone_key(redone) > _get_redone_key(mine)
        return "undone" in self._places or _get_redone_key(mine) > _get_redone_key(redone)

    def has_explanation(self, one: _EmptiedMilestone) -> bool:
        """Whether the newer row tells why a cell is empty: the order was sent back, or handed on."""
        if one.slot == "followed_up" or self.is_redone(one):
            return self.is_redone(one)
        for slot in _HANDED_ON:
            mine = {self._batch.texts[self._places[slot]]} if slot in self._places else set()
            texts = {statement.text for statement in self._held.get(slot, ())}
            if (texts - mine) if one.by_held else (mine - texts):
                return True
        return False

    def add(self, event: WorkOrderEvent) -> None:
        """Adds an event; of a closing undone the row itself may have told, but not which."""
        ready = prepare_event(event, self.number)
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

    def _find_latest_time(self, name: str) -> datetime:
        """The newest state of the world of which a row before tells a column."""
        ranks = (
            one.rank[0]
            for one in self._held.get("accepted", ())
            if one.rank[0] <= self._as_of and name in _list_columns(one.data)
        )
        return max(ranks, default=datetime.min.replace(tzinfo=BEIJING))

    def _data(self, slot: str) -> Payload:
        data: Payload = orjson.loads(self._batch.texts[self._places[slot]])
        return data


def _list_columns(accepted: Payload) -> Collection[str]:
    tells: Collection[str] | None = accepted.get("tells")
    return LATER if tells is None else tells


def _get_redone_key(data: Payload) -> tuple[int, str]:
    return data.get("times") or 0, str(data.get("at") or "")

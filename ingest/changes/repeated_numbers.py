"""Numbers that come again: what a delivery would change of things known, and whether to ask before.

A number that a vendor starts again would overwrite the thing that had it before. Nobody can tell that from a
correction by the file alone, so the delivery is held whole, and a person says which it is.
"""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self

import orjson

from ingest.changes.outdated import find_contradiction
from ingest.changes.reversals import find_reversal
from ingest.identity.numbers import SCOPES, find_widest_scope
from ingest.kinds import KINDS, IdentityMarks
from tracker.events.lists import CHECKED
from tracker.events.work_orders import WorkOrderReassigned, WorkOrderReturned
from tracker.facts.statements import is_struck
from tracker.log import PreparedEvent, PreparedEvents
from tracker.log.statements import Statement, StatementsBySlot, fold_statements
from tracker.personal_text import mask_texts

EXAMPLES = 3  # of what a delivery would change, shown with the question
FEW = 10  # things corrected in one delivery: a clerk who mends rows by hand mends about so many
MOST = 0.5  # of the things of a delivery that are known; a vendor's usual export says most things again

MOVED, WHO, EMPTIED, REPLACED = "moved", "who", "emptied", "replaced"
LINE, ALIKE, SPELLING, DROPPED = "line", "alike", "spelling", "dropped post"
TWIN, GONE = "twin", "gone"
TURNED, OUTDATED, OVERLAP = "turned", "outdated", "overlap"
RENUMBERED, PART = "renumbered", "part"
_BY_GRAVITY = (
    MOVED, WHO, TWIN, LINE, ALIKE, SPELLING, DROPPED, GONE, OVERLAP, RENUMBERED, PART, TURNED, EMPTIED,
    OUTDATED, REPLACED,
)  # fmt: skip

_UNCORRECTED = (SPELLING, GONE, RENUMBERED, PART)  # not answered by saying that a file corrects

MARKS: Mapping[str, IdentityMarks] = {kind.marks.type: kind.marks for kind in KINDS if kind.marks}
_NEVER_ASKED = frozenset(
    {"deadline_basis", "pauses_extend", "unclear", "tells"}
)  # the reading's own remarks on a row


_HANDED_ON = (WorkOrderReassigned.type, WorkOrderReturned.type)
_MIDNIGHT, _DEADLINE = "T00:00:00", b'"deadline_at"'

DayPair = tuple[str, str]  # ISO, before and after


@dataclass(frozen=True, kw_only=True)
class ProposedChange:
    """What a row would change of a thing that is known. Personal values are tokens."""

    sort: str  # MOVED, WHO, …
    row: int | None
    subject: str
    field: str  # key in the payload
    before: Any
    after: Any


def make_change(
    sort: str, row: int | None, subject: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> ProposedChange:
    """What a row would change in one field of a thing."""
    return ProposedChange(
        sort=sort, row=row, subject=subject, field=key, before=before.get(key), after=after.get(key)
    )


@dataclass(frozen=True, kw_only=True)
class DeliveryQuestion:
    """Why a delivery is held: data, from which page and command make their sentences."""

    kind: str  # name of the kind of table
    things: int  # told of by the delivery and known before
    counts: Mapping[str, int]  # sort of change → things
    examples: tuple[ProposedChange, ...]
    within: str | None  # the scope in which the numbers would be told apart; None: no scope would

    @property
    def code(self) -> str:
        """The gravest sort of change."""
        return next(sort for sort in _BY_GRAVITY if sort in self.counts)


@dataclass(frozen=True, kw_only=True)
class QuestionAnswer:
    """What a person says to a question: a correction of the same things, numbers that started again, or what
    the world was like before."""

    same: bool = False
    new: bool = False
    outdated: bool = False  # where the file contradicts newer ones, those hold
    within: str | None = None  # with `new`: how long a number lasts; remembered in the centre's profile
    about: tuple[str, ...] = ()  # sorts of change that the person was asked about; empty: nobody noted it

    def is_to(self, sort: str) -> bool:
        """Whether the person was asked about a sort of change, as far as is known."""
        return (self.same or self.new) and (not self.about or sort in self.about)

    @property
    def code(self) -> str:
        """The answer in a word or two: same | outdated | new | new day | …; empty: no answer."""
        if self.outdated:
            return "outdated"
        return "same" if self.same else f"new {self.within or ''}".strip() if self.new else ""

    @classmethod
    def of(cls, code: str) -> Self:
        """An answer by its code; what is none answers nothing."""
        word, _, within = code.partition(" ")
        same, new, outdated = (word == one for one in ("same", "new", "outdated"))
        return cls(same=same, new=new, outdated=outdated, within=within if within in SCOPES else None)


class DeliveryAsks(Exception):
    """The file would change what must not be changed unasked; nothing of it is taken in."""

    def __init__(
        self,
        question: DeliveryQuestion,
        profile: str,
        table: int,
        moved: Mapping[DayPair, int],
        gone: Mapping[str, int],
    ) -> None:
        """`moved`: how many things of the table would move from one day (ISO) to another; `gone`: how many
        it leaves out, by their day."""
        super().__init__(question)
        self.question = replace(question, examples=tuple(map(_mask_values, question.examples)))
        self.profile = profile
        self.table = table
        self.moved = moved
        self.gone = gone


def _mask_values(change: ProposedChange) -> ProposedChange:
    return replace(change, before=mask_texts(change.before), after=mask_texts(change.after))


@dataclass
class QuestionCollector:
    """What a table's events would change of things known, gathered while they are taken in."""

    kind: str  # name
    answer: QuestionAnswer = field(default_factory=QuestionAnswer)
    rows_dated: bool = False  # each row tells of which state of the world it speaks: none is merely outdated
    contradicting: dict[int | None, tuple[str, str | None]] = field(default_factory=dict)
    """Rows that say something else of a thing than a row far above: its subject, and the day of the row."""
    moved: Counter[DayPair] = field(default_factory=Counter)  # things that would be on another day
    gone: Counter[str] = field(default_factory=Counter)  # day (ISO) → things that a newer list leaves out
    again: dict[str, datetime] = field(default_factory=dict)
    """Things that count no more, as a list of this time had left them out, and that this newer one has."""
    corrected: list[tuple[datetime, PreparedEvent]] = field(default_factory=list)
    """What holds against newer files, as somebody says: with the state of the world that those speak of."""
    _known: set[str] = field(default_factory=set)
    _changed: dict[str, set[str]] = field(default_factory=dict)  # sort → subjects
    _examples: dict[str, list[ProposedChange]] = field(default_factory=dict)
    _pairs: set[DayPair] = field(default_factory=set)  # days of one number
    _handed_on: set[str] = field(default_factory=set)  # orders of the batch of which a row says so

    def look_through(
        self,
        batch: PreparedEvents,
        times: Counter[str],
        things: Mapping[str, StatementsBySlot],
        first: int,
        as_of: datetime,
    ) -> PreparedEvents:
        """Notes what a batch changes of what is held, and leaves out rows that contradict earlier ones of the
        table. `times`: events by subject; `first`: the number of the table's first event."""
        if not things and len(times) == len(batch):  # the usual case
            return batch
        self._known |= {subject for subject, slots in things.items() if _is_from_before(slots, first)}
        self.again |= {
            subject: slots[CHECKED][-1].rank[0]
            for subject, slots in things.items()
            if CHECKED in slots and is_struck(slots) and slots[CHECKED][-1].rank[0] <= as_of
        }
        batch_slots: dict[str, dict[str, tuple[str, Mapping[str, Any]]]] = {}  # of this batch: subject → slot
        found: dict[int | None, tuple[str, str | None]] = {}
        corrected: set[int] = set()
        self._handed_on = {
            subject for type_, subject in zip(batch.types, batch.subjects, strict=True) if type_ in _HANDED_ON
        }
        for place, ready in enumerate(batch):
            if ready.subject not in things and times[ready.subject] == 1:
                continue
            slots = things.get(ready.subject, {})
            statements = slots.get(ready.slot, [])
            if statements and statements[-1].text == ready.text and ready.subject not in batch_slots:
                continue  # said again, as most is
            data = orjson.loads(ready.text)
            mine = batch_slots.setdefault(ready.subject, {})
            previous = self._find_before(ready.type, ready.slot, slots, mine)
            mine[ready.slot] = ready.type, data
            if previous is None or previous[1] == data:
                continue
            kind, before, same_slot = previous
            older = same_slot and bool(statements) and statements[-1].rank[0] > as_of
            if older and ready.type == kind and statements[-1].seq < first:
                if self._is_outdated(ready, before, data, statements):
                    corrected.add(place)
                continue
            if self._note_move(ready.type, ready.row, ready.subject, before, data, same_slot=same_slot):
                continue
            from_table = same_slot and bool(statements) and statements[-1].seq >= first
            if from_table and statements[-1].text != ready.text and not self.rows_dated:
                marks = MARKS.get(ready.type)
                found[ready.row] = ready.subject, data.get(marks.day) if marks else None
            elif same_slot and ready.type == kind and not older:
                until = statements[-1].rank[0] if statements else as_of
                turned = find_reversal(
                    ready.type,
                    before,
                    data,
                    until,
                    deadlines=_collect_deadlines(slots, mine),
                    closed_again=_is_closed_again(slots, mine),
                )
                if turned:
                    self.note(make_change(TURNED, ready.row, ready.subject, turned, before, data))
                else:
                    self._compare(ready.row, ready.subject, before, data)
        if not (found or corrected):
            return batch
        self.contradicting |= found
        rows = enumerate(batch.rows)
        return batch.at([place for place, row in rows if row not in found and place not in corrected])

    def _is_outdated(
        self,
        ready: PreparedEvent,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        statements: list[Statement],
    ) -> bool:
        """Whether a row of an older state of the world that says otherwise than a newer one holds against it,
        as somebody says; without an answer it is noted to be asked."""
        if self.answer.outdated or self.rows_dated or any(one.text == ready.text for one in statements):
            return False
        sort, key = OUTDATED, find_contradiction(ready.type, before, after)
        if (moved := self._find_move_key(ready.type, before, after, same_slot=True)) is not None:
            sort, key = moved
        if key is None:
            return False
        if self.answer.same:
            self.corrected.append((statements[-1].rank[0], ready))
            return True
        days = _find_days(ready.type, before, after) if sort != OUTDATED else None
        self.note(make_change(sort, ready.row, ready.subject, key, before, after), days)
        return False

    def note(self, change: ProposedChange, days: DayPair | None = None) -> None:
        """Adds a change that is to be asked about."""
        self._changed.setdefault(change.sort, set()).add(change.subject)
        examples = self._examples.setdefault(change.sort, [])
        if len(examples) < EXAMPLES:
            examples.append(change)
        if change.sort == MOVED:
            self.moved[str(change.before)[:10], str(change.after)[:10]] += 1
        if days:
            self._pairs.add(days)

    @property
    def known(self) -> Set[str]:
        """Things told of by the delivery and known before."""
        return self._known

    def has_noted(self, subject: str) -> bool:
        """Whether something is asked about a thing."""
        return any(subject in things for things in self._changed.values())

    def question(self) -> DeliveryQuestion | None:
        """What to ask before the table is taken in; None: nothing."""
        counts = {sort: len(things) for sort, things in self._changed.items()}
        if self.answer.same:
            counts = {sort: things for sort, things in counts.items() if sort in _UNCORRECTED}
        elif self.answer.new and GONE in self.answer.about:  # the list holds, but for what it leaves out
            counts = {sort: things for sort, things in counts.items() if sort not in (EMPTIED, REPLACED)}
        replaced = counts.get(REPLACED, 0)
        if replaced <= FEW or replaced <= MOST * len(self._known):
            counts.pop(REPLACED, None)
        if not counts:
            return None
        examples = [change for sort in counts for change in self._examples[sort]]
        return DeliveryQuestion(
            kind=self.kind,
            things=len(self._known),
            counts=counts,
            examples=tuple(examples[:EXAMPLES]),
            within=find_widest_scope(self._pairs) if self._pairs else None,
        )

    def _find_before(
        self,
        type_: str,
        slot: str,
        slots: StatementsBySlot,
        mine: Mapping[str, tuple[str, Mapping[str, Any]]],
    ) -> tuple[str, Mapping[str, Any], bool] | None:
        """What was said of a thing: type of event, payload, and whether it is in this slot; of what marks a
        thing also in another one."""
        if slot in mine:
            return *mine[slot], True
        if slots.get(slot):
            part = fold_statements({slot: slots[slot]})[slot]
            return part.type, part.data, True
        if type_ not in MARKS:
            return None
        others = [data for kind, data in mine.values() if kind == type_]
        others += [part.data for part in fold_statements(slots).values() if part.type == type_]
        return (type_, others[0], False) if others else None

    def _note_move(
        self,
        type_: str,
        row: int | None,
        subject: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        same_slot: bool,
    ) -> bool:
        """Notes a thing that would be on another day, or be somebody or something else."""
        found = self._find_move_key(type_, before, after, same_slot=same_slot)
        if found is None:
            return False
        sort, key = found
        if key == "unit" and subject in self._handed_on:
            return False  # the order has another unit now, and the row says so
        self.note(make_change(sort, row, subject, key, before, after), _find_days(type_, before, after))
        return True

    @staticmethod
    def _find_move_key(
        type_: str, before: Mapping[str, Any], after: Mapping[str, Any], *, same_slot: bool
    ) -> tuple[str, str] | None:
        """By which key a thing would be on another day, or be somebody or something else; None: it is not."""
        marks = MARKS.get(type_)
        days = _find_days(type_, before, after)
        if marks is None or days is None:
            return None
        if days[0] != days[1]:
            return (MOVED, marks.day) if same_slot or not _is_adjacent(days) else None
        who = (*marks.who, *(marks.of_the_day if _is_day_alone(before, after, marks.day) else ()))
        for key in who if same_slot else ():
            if before.get(key) is not None and after.get(key) not in (None, before[key]):
                return WHO, key
        return None

    def _compare(
        self, row: int | None, subject: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        for key, value in after.items():
            if key in _NEVER_ASKED or before.get(key) is None or value == before[key]:
                continue
            self.note(make_change(EMPTIED if value is None else REPLACED, row, subject, key, before, after))


def _find_days(type_: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> DayPair | None:
    """The days that two payloads put their thing on; None where one of them tells none."""
    marks = MARKS.get(type_)
    days = [str(data.get(marks.day) or "")[:10] for data in (before, after)] if marks else []
    return (days[0], days[1]) if days and all(days) else None


def _is_day_alone(before: Mapping[str, Any], after: Mapping[str, Any], key: str) -> bool:
    """Whether both tell a moment by its day alone."""
    return all(str(data[key])[10:].startswith(_MIDNIGHT) for data in (before, after))


def _collect_deadlines(
    slots: StatementsBySlot, mine: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> set[str]:
    """The deadlines of a work order that are told."""
    payloads = [one.data for name in slots for one in slots[name] if _DEADLINE in one.text]
    payloads += [data for _, data in mine.values()]
    return {data["deadline_at"] for data in payloads if data.get("deadline_at")}


def _is_closed_again(slots: StatementsBySlot, mine: Mapping[str, tuple[str, Mapping[str, Any]]]) -> bool:
    """Whether a batch closes an order at another time than what is held."""
    return "closed" in mine and all(
        one.data.get("at") != mine["closed"][1].get("at") for one in slots.get("closed", ())
    )


def _is_from_before(slots: StatementsBySlot, first: int) -> bool:
    return any(statement.seq < first for statements in slots.values() for statement in statements)


def _is_adjacent(days: tuple[str, str]) -> bool:
    """Whether two parts of one thing may lie on these days: a call's legs on both sides of midnight."""
    first, second = map(date.fromisoformat, days)
    return abs((second - first).days) <= 1

"""Things without a number of their own: whether a row means one that was told of before, or another.

A row that says all the same but for one thing, of a thing that the newer list does not hold any more, may be
that thing corrected; nobody can tell by the file alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import psycopg

from ingest.changes.repeated_numbers import ALIKE, ProposedChange, QuestionCollector
from tracker.events.payments import BudgetMoved, PaymentRecorded
from tracker.events.staffing import TrainingHeld
from tracker.facts.payments import find_last_day
from tracker.log.statements import fold_statements, read_statements
from tracker.names import fold_name

Payload = Mapping[str, Any]

_TOLD_BY = {  # what a thing is known by, its day first
    PaymentRecorded.type: ("due_on", "item", "for_period", "payee", "amount_fen"),
    BudgetMoved.type: ("moved_on", "movement", "item", "amount_fen"),
    TrainingHeld.type: ("held_on", "topic", "due", "attended"),
}


class UnnumberedRow(NamedTuple):
    """A row on such a thing."""

    place: int  # of its event in the batch
    number: int | None
    type: str
    subject: str  # by what it says alone
    data: Payload
    numbered: bool  # it has a number all the same, as not all rows of its kind lack one


class MatchedRow(NamedTuple):
    """What a row turns out to mean, or say."""

    place: int
    subject: str
    data: Payload  # with the number that the thing has, which the row does not tell


class UnnumberedThings:
    """The things of a centre, and those of them that the tables of a file have told of so far."""

    def __init__(self, connection: psycopg.Connection[Any], center: str, asking: QuestionCollector) -> None:
        self._connection = connection
        self._center = center
        self.asking = asking
        self._known: dict[str, dict[str, Payload]] = {}  # type → subject → what holds
        self._mine: set[str] = set()

    def meant(self, rows: Iterable[UnnumberedRow], others: Iterable[str]) -> Iterator[MatchedRow]:
        """The rows that mean something known, perhaps other than they say; what is doubtful is noted to ask.

        `others`: the things with a number of which the batch tells."""
        self._mine.update(others)
        by_type: dict[str, list[UnnumberedRow]] = {}
        for row in rows:
            by_type.setdefault(row.type, []).append(row)
        for type_, of_type in by_type.items():
            things = self._things(type_, of_type[0].subject.partition("/")[0])
            self._mine |= {row.subject for row in of_type}
            if things:
                yield from self._again(type_, of_type, things)

    def _again(
        self, type_: str, rows: list[UnnumberedRow], things: Mapping[str, Payload]
    ) -> Iterator[MatchedRow]:
        first, last = _find_scope(
            [row.data[_TOLD_BY[type_][0]] for row in rows], again=any(row.subject in things for row in rows)
        )
        left: dict[tuple[Any, ...], list[str]] = {}  # a name, and what all other fields say → subjects
        for subject, data in things.items():
            if subject not in self._mine and first <= data[_TOLD_BY[type_][0]] <= last:
                for name in (None, *_TOLD_BY[type_]):
                    left.setdefault(_make_key(type_, data, name), []).append(subject)
        for row in rows:
            differs, meant = (None, row.subject) if row.subject in things else self._alike(row, left, things)
            if meant is None:
                continue
            if differs is not None and not self.asking.answer.same:
                before, after = things[meant].get(differs), row.data.get(differs)
                change = ProposedChange(
                    sort=ALIKE, row=row.number, subject=meant, field=differs, before=before, after=after
                )
                self.asking.note(change)
                continue
            self._mine.add(meant)
            yield MatchedRow(row.place, meant, _add_number(row, things[meant]))

    def _alike(
        self, row: UnnumberedRow, left: Mapping[tuple[Any, ...], list[str]], things: Mapping[str, Payload]
    ) -> tuple[str | None, str | None]:
        """In what a row differs from a thing that it may mean, None if but in the number; and the thing."""
        fields = () if row.numbered or self.asking.answer.new else _TOLD_BY[row.type]
        for name in (None, *fields):
            for subject in left.get(_make_key(row.type, row.data, name), ()):
                numbered = _is_numbered(row.type, things[subject])
                other = row.numbered and things[subject].get("document") != row.data.get("document")
                if subject not in self._mine and not (numbered and (other or name)):
                    return name, subject
        return None, None

    def _things(self, type_: str, kind: str) -> dict[str, Payload]:
        if type_ not in self._known:
            self._known[type_] = read_things(self._connection, self._center, kind)
        return self._known[type_]


_ORDINAL = re.compile(r"#\d+\Z")


class BudgetDocuments:
    """Budget movements by the document that tells of them and their item, whatever the brackets, widths and
    blanks of their names: the first that is met bears the name."""

    def __init__(self, connection: psycopg.Connection[Any], center: str) -> None:
        self._connection = connection
        self._center = center
        self._known: dict[str, tuple[str, Payload]] | None = None  # folded name → name, what it says

    def as_before(self, plain: str, data: Payload) -> tuple[str, Payload]:
        """The name of a movement as it was first written, and what a row says of it, in that spelling."""
        if self._known is None:
            self._known = {}
            for subject, first_data in read_things(self._connection, self._center, "budget").items():
                name = _ORDINAL.sub("", subject)
                self._known.setdefault(fold_name(name), (name, first_data))
        name, first_data = self._known.setdefault(fold_name(plain), (plain, data))
        return name, {**data, "document": first_data.get("document"), "item": first_data["item"]}


def read_things(connection: psycopg.Connection[Any], center: str, kind: str) -> dict[str, Payload]:
    """What holds of all things of a kind, by subject."""
    names = connection.execute(
        "SELECT DISTINCT subject FROM events WHERE center_id = %s AND subject >= %s AND subject < %s"
        " ORDER BY 1",
        (center, f"{kind}/", f"{kind}0"),
    ).fetchall()
    things = read_statements(connection, center, [name for (name,) in names])
    return {name: fold_statements(things[name])[""].data for (name,) in names if things.get(name, {}).get("")}


def _add_number(row: UnnumberedRow, thing: Payload) -> Payload:
    """What a row says, with the number that its thing has, where the row does not tell that."""
    if row.numbered or not _is_numbered(row.type, thing):
        return row.data
    return {**row.data, **{key: thing[key] for key in ("payment_id", "document") if key in thing}}


def _find_scope(days: list[str], *, again: bool) -> tuple[str, str]:
    """The days (ISO) of which a list speaks: whole months where it says `again` what is known, as a list that
    was corrected does."""
    return (f"{min(days)[:7]}-01", f"{max(days)[:7]}-31") if again else (min(days), max(days))


def make_payment_number(data: Payload) -> str:
    """The number of a payment without a voucher, as its kind of table makes it."""
    return "/".join((data["item"], data.get("for_period") or "", data.get("payee") or "", data["due_on"]))


def _is_numbered(type_: str, data: Payload) -> bool:
    if type_ == PaymentRecorded.type:
        return bool(data["payment_id"] != make_payment_number(data))
    return data.get("document") is not None


def _make_key(type_: str, data: Payload, lacking: str | None) -> tuple[Any, ...]:
    return (lacking, *(fold_value(name, data.get(name)) for name in _TOLD_BY[type_] if name != lacking))


def fold_value(name: str, value: Any) -> Any:
    """What a field says, however it is written: 甲公司(本部) as 甲公司（本部）, 2024-05 as 2024年5月."""
    if not isinstance(value, str):
        return value
    return (find_last_day(value) if name == "for_period" else None) or fold_name(value)

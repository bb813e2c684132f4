"""Things that share a number, told apart by what is known of them: stints of a person, lines of a voucher,
rows alike.

The first thing of a number bears the plain name, so that a later delivery that says the same means it. The
others carry what tells them from it: `person/001@2024-03-01`, `payment/记-1@2023-06`, `training/…#2`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import psycopg

from ingest.asking import LINE, MARKS, MOVED, SPELLING, WHO, Asking, Change
from ingest.identity import FILE, Identity, fold_number
from ingest.spellings import Folded
from ingest.unnumbered import Documents, Row, Unnumbered, folded, known_by
from tracker.database import ANY_OF, listed
from tracker.events.payments import BudgetMoved, PaymentRecorded
from tracker.events.staffing import PersonOnLeave, PersonRostered, PersonTransferred, TrainingHeld
from tracker.log import PreparedEvents
from tracker.log.held import Held, held_of, told
from tracker.names import fold_name

_PEOPLE = {PersonRostered.type, PersonTransferred.type, PersonOnLeave.type}
_SIDE_BY_SIDE = {BudgetMoved.type, TrainingHeld.type}
_TOLD_APART = frozenset({*_PEOPLE, *_SIDE_BY_SIDE, PaymentRecorded.type})

Data = Mapping[str, Any]


class TellingApart:
    """Names the things of one delivered table."""

    def __init__(
        self, connection: psycopg.Connection[Any], center: str, asking: Asking, identity: Identity, base: str
    ) -> None:
        """`base`: what the ids of all deliveries of the table's bytes begin with."""
        self._connection = connection
        self._center = center
        self._asking = asking
        self._identity = identity
        self._folded = Folded(connection, center) if identity.fold_spelling else None
        self._people_folded: dict[str, str] | None = None  # folded number → number
        self._base = base
        self._people: dict[str, dict[str, Data]] | None = None  # number → subject → what holds
        self._by_name: dict[tuple[Any, str], list[tuple[str, str]]] | None = None
        self._lines: dict[str, dict[str, Data]] | None = None  # voucher → subject → what holds
        self._vouchers_folded: dict[str, set[str]] | None = None  # folded voucher → vouchers
        self._mine: set[str] = set()  # people and payments that this table has told of
        self._new_people: set[str] = set()
        self._unnumbered = Unnumbered(connection, center, asking)
        self._documents = Documents(connection, center)
        self.tells_who_left = False  # whether any row so far has a day of leaving
        self._rows: dict[str, Counter[bytes]] = defaultdict(Counter)  # plain subject → texts met

    @property
    def people(self) -> tuple[Set[str], Set[str]]:
        """Everybody whom the table lists, and those among them of whom nothing was known."""
        return {subject for subject in self._mine if subject.startswith("person/")}, self._new_people

    def named(self, batch: PreparedEvents) -> PreparedEvents:
        """The batch, each event about the thing that it means; what is doubtful is noted to be asked."""
        batch = self._known_otherwise(batch)
        if _TOLD_APART.isdisjoint(batch.types):
            return batch
        subjects = list(batch.subjects)
        payments, side_by_side, texts = [], [], list(batch.texts)
        for place, ready in enumerate(batch):
            if ready.type in _PEOPLE:
                data = orjson.loads(ready.text)
                subjects[place], number = self._stint(ready.type, ready.subject, ready.row, data)
                if number != data["staff_no"]:
                    texts[place] = _dumped({**data, "staff_no": number})
            elif ready.type == PaymentRecorded.type:
                data = orjson.loads(ready.text)
                if _has_voucher(data):
                    payments.append((place, ready.row, data))
                else:
                    subjects[place] = subject = self._ordinal(ready.subject, ready.text, numbered=False)
                    side_by_side.append(Row(place, ready.row, ready.type, subject, data, numbered=False))
            elif ready.type in _SIDE_BY_SIDE:
                data, plain = orjson.loads(ready.text), ready.subject
                numbered = data.get("document") is not None
                if numbered:
                    plain, data = self._documents.as_before(plain, data)
                    texts[place] = _dumped(data)
                subjects[place] = subject = self._ordinal(plain, texts[place], numbered=numbered)
                side_by_side.append(Row(place, ready.row, ready.type, subject, data, numbered))
        lines = dict(self._vouchers(payments))
        for place, (subject, voucher) in lines.items():
            subjects[place] = subject
            if voucher is not None:
                texts[place] = _dumped({**orjson.loads(texts[place]), "payment_id": voucher})
        others = [subject for subject, _ in lines.values()]
        for place, subject, data in self._unnumbered.meant(side_by_side, others):
            subjects[place], texts[place] = subject, _dumped(data)
        return _renamed(replace(batch, texts=texts), subjects)

    def _known_otherwise(self, batch: PreparedEvents) -> PreparedEvents:
        """The batch with things by the names that they bore before the profile told of its numbers."""
        if not batch:
            return batch
        if self._identity.plain:
            return self._folded_alike(batch)
        plain = {subject: subject.rpartition("@")[0] for subject in dict.fromkeys(batch.subjects)}
        held = {name: slots for name, slots in self._held_of({*plain.values()}).items() if slots}
        from_here = self._told_by_these_bytes(held) if self._identity.within == FILE else set()
        name_of = {
            subject: name
            if name in held
            and (name in from_here or self._scope_of(held[name]) in (subject.rpartition("@")[2], ""))
            else subject
            for subject, name in plain.items()
        }
        return self._folded_alike(_renamed(batch, [name_of[subject] for subject in batch.subjects]))

    def _folded_alike(self, batch: PreparedEvents) -> PreparedEvents:
        """The batch with things by the first spelling of their numbers, where a profile folds them."""
        if self._folded is None or not _TOLD_APART.isdisjoint(batch.types):
            return batch
        names = self._folded.names(dict.fromkeys(batch.subjects))
        subjects, texts = [names[subject] for subject in batch.subjects], list(batch.texts)
        for place, (subject, before) in enumerate(zip(subjects, batch.subjects, strict=True)):
            if subject != before:
                kind, _, number = subject.partition("@")[0].partition("/")
                texts[place] = _dumped(
                    {**orjson.loads(texts[place]), f"{kind.removeprefix('work_')}_id": number}
                )
        return _renamed(replace(batch, texts=texts), subjects)

    def _scope_of(self, slots: Held) -> str | None:
        """The scope that a thing's number was given in; None: it is not known."""
        for part in told(slots).values():
            if part.type in MARKS and part.data.get(MARKS[part.type].day):
                day = date.fromisoformat(str(part.data[MARKS[part.type].day])[:10])
                return self._identity.scope(day, "") or None
        return None

    def _held_of(self, subjects: Collection[str]) -> dict[str, Held]:
        return held_of(self._connection, self._center, subjects)

    def _told_by_these_bytes(self, subjects: Collection[str]) -> set[str]:
        rows = self._connection.execute(
            f"SELECT DISTINCT subject FROM events WHERE center_id = %s AND subject {ANY_OF}"
            " AND (delivery = %s OR starts_with(delivery, %s))",
            (self._center, listed(subjects), self._base, f"{self._base}-"),
        )
        return {subject for (subject,) in rows.fetchall()}

    def _ordinal(self, plain: str, text: bytes, *, numbered: bool) -> str:
        """The n-th row alike is the n-th thing; what has a number may be said twice."""
        met = self._rows[plain]
        if numbered and text in met:
            return _nth(plain, list(met).index(text) + 1)
        met[text] += 1
        return _nth(plain, met.total())

    def _stint(self, type_: str, plain: str, row: int | None, data: Data) -> tuple[str, str]:
        """The stint of a person that a row means, and her number."""
        if self._people is None:
            self._people = self._held("person", PersonRostered.type, "staff_no")
        number = self._number(data["staff_no"])
        if type_ != PersonRostered.type:
            return _stint_on(self._people.get(number, {}), _day_of(data)) or plain, data["staff_no"]
        known = None if number in self._people else self._with_or_without_number(data)
        if known is not None:
            self._mine.add(known[1])
            return known[1], self._numbered(*known, data)
        self.tells_who_left |= data.get("left_on") is not None or "left_on" in data.get("unclear", ())
        stints = self._people.setdefault(number, {})
        self._ask_about_spelling(number, plain, row)
        subject = self._stint_of(plain, row, data, stints)
        self._mine.add(subject)
        if subject not in stints:
            self._new_people.add(subject)
        stints[subject] = {**stints.get(subject, {}), **data}
        return subject, data["staff_no"]

    def _with_or_without_number(self, data: Data) -> tuple[str, str] | None:
        """The number and stint of somebody of the same name and day of joining, of whom one list tells the
        number and another does not; None where there is none, or several."""
        assert self._people is not None
        if self._by_name is None:
            self._by_name = defaultdict(list)
            for number, stints in self._people.items():
                for subject, known in stints.items():
                    self._by_name[known.get("name"), known["joined_on"]].append((number, subject))
        lacks = _lacks_number(data)
        found = [
            (number, subject)
            for number, subject in self._by_name.get((data.get("name"), data["joined_on"]), ())
            if data.get("name") and subject not in self._mine
            if _lacks_number(self._people[number][subject]) != lacks
        ]
        return found[0] if len(found) == 1 else None

    def _numbered(self, number: str, subject: str, data: Data) -> str:
        """The number of somebody met with and without one; remembers under it what is known of her."""
        assert self._people is not None
        known = self._people[number][subject]
        told = known["staff_no"] if _lacks_number(data) else data["staff_no"]
        self._people.setdefault(self._number(told), {})[subject] = {**known, **data, "staff_no": told}
        return str(told)

    def _stint_of(self, plain: str, row: int | None, data: Data, stints: Mapping[str, Data]) -> str:
        joined, answer = data["joined_on"], self._asking.answer
        again = next((one for one, known in stints.items() if known["joined_on"] == joined), None)
        others = [one for one, known in stints.items() if not _apart(known, data)]
        if again is None and not others:
            return f"{plain}@{joined}" if stints else plain
        subject = again or others[-1]
        known = stints[subject]
        sort = WHO if known.get("name") and data.get("name") not in (None, known["name"]) else None
        key = "name" if sort else "joined_on"
        sort = sort or (None if again else MOVED)
        if sort is None or answer.same:
            return subject
        if answer.new:
            return _free(f"{plain}@{joined}", stints)
        self._asking.note(_change(sort, row, subject, key, known, data))
        return subject

    def _ask_about_spelling(self, number: str, plain: str, row: int | None) -> None:
        """A001 and a001, 7 and 007 may be two people, or one that two lists spell differently."""
        assert self._people is not None
        if self._people_folded is None:
            self._people_folded = {fold_number(one): one for one, stints in self._people.items() if stints}
        alike = self._people_folded.setdefault(fold_number(number), number)
        if alike != number and not (self._people[number] or self._asking.answer.new or self._folded):
            self._asking.note(
                Change(sort=SPELLING, row=row, subject=plain, field="staff_no", before=alike, after=number)
            )

    def _vouchers(
        self, rows: list[tuple[int, int | None, Data]]
    ) -> Iterator[tuple[int, tuple[str, str | None]]]:
        """Places and subjects of rows with a voucher, each of which is a line of it; and the voucher's number
        as it was written before, where the row writes it otherwise."""
        if not rows:
            return
        if self._lines is None:
            self._lines = self._held("payment", PaymentRecorded.type, "payment_id")
        by_voucher = defaultdict(list)
        for one in rows:
            by_voucher[self._number(one[2]["payment_id"])].append(one)
        for voucher, of_it in by_voucher.items():
            self._ask_about_voucher(voucher, of_it)
            lines = self._lines.setdefault(voucher, {})
            new = []
            for place, row, data in of_it:
                subject = self._known_line(lines, data)
                if subject is None:
                    new.append((place, row, data))
                else:
                    yield place, (subject, self._take(lines, subject, data))
            name = voucher if self._folded else of_it[0][2]["payment_id"]
            for place, number, data in new:
                subject = (
                    self._known_line(lines, data)  # by an equal row just above
                    or self._without_voucher(lines, data)
                    or self._new_line(name, lines, number, data)
                )
                yield place, (subject, self._take(lines, subject, data))

    def _take(self, lines: dict[str, Data], subject: str, data: Data) -> str | None:
        """Notes that a row tells of a line; gives its voucher as it was first written, if otherwise."""
        self._mine.add(subject)
        known = lines.get(subject, data)
        before, now = known["payment_id"], data["payment_id"]
        other = before if before != now and self._number(before) == self._number(now) else None
        lines[subject] = {**known, **data, "payment_id": other or now}
        return other

    def _ask_about_voucher(self, voucher: str, rows: list[tuple[int, int | None, Data]]) -> None:
        """记-1 and 记-0001, told of sums due in one month, may be one voucher."""
        assert self._lines is not None
        if voucher in self._lines or self._asking.answer.new or self._folded:
            return
        if self._vouchers_folded is None:
            self._vouchers_folded = defaultdict(set)
            for one in self._lines:
                self._vouchers_folded[fold_number(one)].add(one)
        _, row, data = rows[0]
        for other in sorted(self._vouchers_folded[fold_number(voucher)]):
            known = self._lines[other]
            if any(
                _has_voucher(line) and line["due_on"][:7] == data["due_on"][:7] for line in known.values()
            ):
                change = Change(
                    sort=SPELLING, row=row, subject=next(iter(known)), field="payment_id",
                    before=other, after=voucher,
                )  # fmt: skip
                self._asking.note(change)
                return
        self._vouchers_folded[fold_number(voucher)].add(voucher)

    def _known_line(self, lines: Mapping[str, Data], data: Data) -> str | None:
        """The line of the voucher that a row says again; None: it is a line not met yet."""
        alike = [one for one, known in lines.items() if _line(known) == _line(data)]
        free = [one for one in alike if one not in self._mine]
        again = [one for one in alike if one in self._mine and lines[one] == data]
        return next(iter([*again, *free]), None)

    def _without_voucher(self, lines: Mapping[str, Data], data: Data) -> str | None:
        """The sum due that had no voucher yet when it was told of first."""
        assert self._lines is not None
        without = () if lines else self._lines.get(known_by(data), ())
        return next((one for one in without if one not in self._mine), None)

    def _new_line(self, voucher: str, lines: Mapping[str, Data], row: int | None, data: Data) -> str:
        """A row that may be a further line, a line corrected, or a voucher's number given again."""
        month, answer = data["due_on"][:7], self._asking.answer
        left = {one: known for one, known in lines.items() if one not in self._mine}
        here = [one for one, known in left.items() if known["due_on"][:7] == month]
        moved = [one for one, known in left.items() if _line(known)[1:] == _line(data)[1:]]
        sort, old = (MOVED, moved) if moved else (LINE, here)
        if old and answer.same:
            return old[0]
        if old and not answer.new:
            key = "due_on" if sort == MOVED else next(
                key for key in ("item", "for_period", "payee")
                if folded(key, lines[old[0]].get(key)) != folded(key, data.get(key))
            )  # fmt: skip
            self._asking.note(_change(sort, row, old[0], key, lines[old[0]], data))
        plain = f"payment/{voucher}"
        months = {known["due_on"][:7] for known in lines.values()}
        first = plain if not lines or lines.get(plain, {}).get("due_on", "")[:7] == month else None
        root = first or (plain if not months else f"{plain}@{month}")
        return _free(root, lines)

    def _held(self, kind: str, type_: str, key: str) -> dict[str, dict[str, Data]]:
        """What holds of all things of a kind, by their number."""
        subjects = self._connection.execute(
            "SELECT DISTINCT subject FROM events WHERE center_id = %s AND subject >= %s AND subject < %s",
            (self._center, f"{kind}/", f"{kind}0"),
        ).fetchall()
        found: dict[str, dict[str, Data]] = {}
        for subject, slots in held_of(self._connection, self._center, [name for (name,) in subjects]).items():
            for part in told(slots).values():
                if part.type == type_:
                    found.setdefault(self._number(str(part.data[key])), {})[subject] = part.data
        return {number: dict(sorted(things.items())) for number, things in found.items()}

    def _number(self, number: str) -> str:
        """A number by which things are looked up: whatever its brackets, widths and blanks."""
        return fold_number(number) if self._folded else fold_name(number)


def current_stint(connection: psycopg.Connection[Any], center: str, plain: str) -> str:
    """The stint of a person that a form means: the latest that is known of the number."""
    rows = connection.execute(
        "SELECT subject FROM staff WHERE center_id = %s AND staff_no = %s ORDER BY joined_on DESC LIMIT 1",
        (center, plain.removeprefix("person/")),
    ).fetchall()
    return rows[0][0] if rows else plain


def _dumped(data: Data) -> bytes:
    """A payload as the log has it."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def _lacks_number(person: Data) -> bool:
    """Whether somebody is known by name and day of joining alone, as the kind of table makes it."""
    return bool(person["staff_no"] == f"{person.get('name')}/{person['joined_on']}")


def _has_voucher(data: Data) -> bool:
    return bool(data["payment_id"] != known_by(data))


def _line(data: Data) -> tuple[Any, ...]:
    """What tells a line of a voucher from the others, the month in which it is due first."""
    return data["due_on"][:7], *(folded(name, data.get(name)) for name in ("item", "for_period", "payee"))


def _apart(known: Data, data: Data) -> bool:
    """Whether one stint had ended before the other began."""
    return any(
        first.get("left_on") is not None and first["left_on"] <= second["joined_on"]
        for first, second in ((known, data), (data, known))
    )


def _stint_on(stints: Mapping[str, Data], day: str) -> str | None:
    """The stint that a day lies in; else the last one begun before it, else any."""
    begun = sorted(stints, key=lambda one: stints[one]["joined_on"])
    return next((one for one in reversed(begun) if stints[one]["joined_on"] <= day), next(iter(begun), None))


def _day_of(data: Data) -> str:
    return str(data.get("moved_on") or data.get("first_day"))


def _nth(plain: str, ordinal: int) -> str:
    return plain if ordinal == 1 else f"{plain}#{ordinal}"


def _free(root: str, taken: Mapping[str, Data]) -> str:
    """A name that no other thing bears."""
    ordinal = 1
    while _nth(root, ordinal) in taken:
        ordinal += 1
    return _nth(root, ordinal)


def _change(sort: str, row: int | None, subject: str, key: str, before: Data, after: Data) -> Change:
    return Change(
        sort=sort, row=row, subject=subject, field=key, before=before.get(key), after=after.get(key)
    )


def _renamed(batch: PreparedEvents, subjects: list[str]) -> PreparedEvents:
    """The batch about these things; a fact made ready for another name is dropped."""
    parts = zip(subjects, batch.subjects, batch.facts, batch.days, strict=True)
    kept = [(fact, days) if new == old else (None, b"") for new, old, fact, days in parts]
    facts, days = [fact for fact, _ in kept], [days for _, days in kept]
    return replace(batch, subjects=subjects, facts=facts, days=days)

"""People of a roster: which stint of whom a row means, and whether two rows alike are two people.

A person without a number is known by name and day of joining. Two rows of one list with the same of both may
be two people, or one written twice: that is asked.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from typing import Any, NamedTuple

import psycopg

from ingest.changes.repeated_numbers import (
    MOVED,
    SPELLING,
    TWIN,
    WHO,
    ProposedChange,
    QuestionCollector,
    make_change,
)
from ingest.identity.by_number import Payload, ThingsByNumber, find_free_name, read_by_number
from ingest.identity.numbers import fold_number
from tracker.events.staffing import PersonRostered
from tracker.names import fold_name


class _UnnumberedRow(NamedTuple):
    """A row of the file about somebody without a number."""

    sheet: int
    row: int | None
    subject: str


class Stints:
    """The people whom the tables of one file tell of, and those known before."""

    def __init__(
        self, connection: psycopg.Connection[Any], center: str, asking: QuestionCollector, *, folds: bool
    ) -> None:
        """`folds`: a number is the same however it is spelt. `asking` is that of the table being read."""
        self.asking = asking
        self.tells_who_left = False  # whether any row so far has a day of leaving
        self._connection = connection
        self._center = center
        self._folds = folds
        self._people: ThingsByNumber | None = None
        self._people_folded: dict[str, str] | None = None  # folded number → number
        self._by_name: dict[tuple[Any, str], list[tuple[str, str]]] | None = None
        self._mine: set[str] = set()
        self._new: set[str] = set()
        self._met: dict[str, list[_UnnumberedRow]] = {}  # number of somebody without one → rows
        self._sheet = 0
        self._sizes: Counter[int] = Counter()  # sheet → its rows without a number
        self._across: list[ProposedChange] = []  # people whom this sheet holds and one before it

    @property
    def people(self) -> tuple[Set[str], Set[str]]:
        """Everybody whom the file lists so far, and those among them of whom nothing was known."""
        return self._mine, self._new

    def find_stint(self, type_: str, plain: str, row: int | None, data: Payload) -> tuple[str, str]:
        """The stint of a person that a row means, and her number."""
        if self._people is None:
            self._people = read_by_number(
                self._connection, self._center, "person", PersonRostered.type, "staff_no", self._number
            )
        number = self._number(data["staff_no"])
        if type_ != PersonRostered.type:
            return _find_stint_on(self._people.get(number, {}), _get_day(data)) or plain, data["staff_no"]
        self.tells_who_left |= data.get("left_on") is not None or "left_on" in data.get("unclear", ())
        lacks = _has_no_number(data)
        if lacks and number in self._met:
            return self._find_twin(number, plain, row, data), data["staff_no"]
        match = None if number in self._people else self._find_by_name(data)
        if match is not None:
            subject, staff_no = match[1], self._numbered(*match, data)
        else:
            subject, staff_no = self._find_by_number(number, plain, row, data), data["staff_no"]
        self._mine.add(subject)
        if lacks:
            self._met[number] = [_UnnumberedRow(self._sheet, row, subject)]
            self._sizes[self._sheet] += 1
        return subject, staff_no

    def _find_by_number(self, number: str, plain: str, row: int | None, data: Payload) -> str:
        """The stint of a person that a row means, by her number; remembers what is known of her then."""
        assert self._people is not None
        stints = self._people.setdefault(number, {})
        self._ask_about_spelling(number, plain, row)
        subject = self._find_stint(plain, row, data, stints)
        if subject not in stints:
            self._new.add(subject)
        stints[subject] = {**stints.get(subject, {}), **data}
        return subject

    def _find_twin(self, number: str, plain: str, row: int | None, data: Payload) -> str:
        """Whom a row means that has no number and the name and day of joining of one before it."""
        assert self._people is not None
        met, stints, answer = self._met[number], self._people.setdefault(number, {}), self.asking.answer
        self._sizes[self._sheet] += 1
        subject = next((one for one in stints if one not in self._mine), None)  # they were two before
        across = all(one.sheet != self._sheet for one in met)
        if subject is None and answer.new and (not across or TWIN in (answer.about or (TWIN,))):
            subject = find_free_name(plain, {one.subject: data for one in met} | stints)
            self._new.add(subject)
        if subject is None and not answer.same:
            change = ProposedChange(
                sort=TWIN,
                row=row,
                subject=plain,
                field="joined_on",
                before=met[0].row,
                after=data["joined_on"],
            )
            if across:
                self._across.append(change)
            else:
                self.asking.note(change)
        subject = subject or met[0].subject
        met.append(_UnnumberedRow(self._sheet, row, subject))
        self._mine.add(subject)
        stints[subject] = {**stints.get(subject, {}), **data}
        return subject

    def finish_sheet(self) -> None:
        """Asks about people whom two sheets hold, unless one of them is a copy of the other."""
        across, self._across = self._across, []
        here = self._sizes[self._sheet]
        if len(across) not in (here, self._sizes.total() - here):
            for change in across:
                self.asking.note(change)
        self._sheet += 1

    def _find_by_name(self, data: Payload) -> tuple[str, str] | None:
        """The number and stint of somebody of the same name and day of joining, of whom one list tells the
        number and another does not; None where there is none, or several."""
        assert self._people is not None
        if self._by_name is None:
            self._by_name = defaultdict(list)
            for number, stints in self._people.items():
                for subject, person in stints.items():
                    self._by_name[person.get("name"), person["joined_on"]].append((number, subject))
        lacks = _has_no_number(data)
        found = [
            (number, subject)
            for number, subject in self._by_name.get((data.get("name"), data["joined_on"]), ())
            if data.get("name") and subject not in self._mine
            if _has_no_number(self._people[number][subject]) != lacks
        ]
        return found[0] if len(found) == 1 else None

    def _numbered(self, number: str, subject: str, data: Payload) -> str:
        """The number of somebody met with and without one; remembers under it what is known of her."""
        assert self._people is not None
        person = self._people[number][subject]
        number_of_list = person["staff_no"] if _has_no_number(data) else data["staff_no"]
        self._people.setdefault(self._number(number_of_list), {})[subject] = {
            **person,
            **data,
            "staff_no": number_of_list,
        }
        return str(number_of_list)

    def _find_stint(self, plain: str, row: int | None, data: Payload, stints: Mapping[str, Payload]) -> str:
        joined, answer = data["joined_on"], self.asking.answer
        again = next((one for one, stint in stints.items() if stint["joined_on"] == joined), None)
        others = [one for one, stint in stints.items() if not _is_apart(stint, data)]
        if again is None and not others:
            return f"{plain}@{joined}" if stints else plain
        subject = again or others[-1]
        stint = stints[subject]
        sort = WHO if stint.get("name") and data.get("name") not in (None, stint["name"]) else None
        key = "name" if sort else "joined_on"
        sort = sort or (None if again else MOVED)
        if sort is None or answer.same:
            return subject
        if answer.new:
            return find_free_name(f"{plain}@{joined}", stints)
        self.asking.note(make_change(sort, row, subject, key, stint, data))
        return subject

    def _ask_about_spelling(self, number: str, plain: str, row: int | None) -> None:
        """A001 and a001, 7 and 007 may be two people, or one that two lists spell differently."""
        assert self._people is not None
        if self._people_folded is None:
            self._people_folded = {fold_number(one): one for one, stints in self._people.items() if stints}
        alike = self._people_folded.setdefault(fold_number(number), number)
        if alike != number and not (self._people[number] or self.asking.answer.new or self._folds):
            self.asking.note(
                ProposedChange(
                    sort=SPELLING, row=row, subject=plain, field="staff_no", before=alike, after=number
                )
            )

    def _number(self, number: str) -> str:
        """A number by which people are looked up: whatever its brackets, widths and blanks."""
        return fold_number(number) if self._folds else fold_name(number)


def find_current_stint(connection: psycopg.Connection[Any], center: str, plain: str) -> str:
    """The stint of a person that a form means: the latest that is known of the number."""
    rows = connection.execute(
        "SELECT subject FROM staff WHERE center_id = %s AND staff_no = %s ORDER BY joined_on DESC LIMIT 1",
        (center, plain.removeprefix("person/")),
    ).fetchall()
    return rows[0][0] if rows else plain


def _has_no_number(person: Payload) -> bool:
    """Whether somebody is known by name and day of joining alone, as the kind of table makes it."""
    return bool(person["staff_no"] == f"{person.get('name')}/{person['joined_on']}")


def _is_apart(earlier: Payload, data: Payload) -> bool:
    """Whether one stint had ended before the other began."""
    return any(
        first.get("left_on") is not None and first["left_on"] <= second["joined_on"]
        for first, second in ((earlier, data), (data, earlier))
    )


def _find_stint_on(stints: Mapping[str, Payload], day: str) -> str | None:
    """The stint that a day lies in; else the last one begun before it, else any."""
    begun = sorted(stints, key=lambda one: stints[one]["joined_on"])
    return next((one for one in reversed(begun) if stints[one]["joined_on"] <= day), next(iter(begun), None))


def _get_day(data: Payload) -> str:
    return str(data.get("moved_on") or data.get("first_day"))

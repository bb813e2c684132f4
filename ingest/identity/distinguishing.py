"""Things that share a number, told apart by what is known of them: stints of a person, lines of a voucher,
rows alike, numbers that start again with each file.

The first thing of a number bears the plain name, so that a later delivery that says the same means it. The
others carry what tells them from it: `person/001@2024-03-01`, `payment/记-1@2023-06`, `training/…#2`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Set
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import psycopg

from ingest.changes.repeated_numbers import MARKS, QuestionCollector
from ingest.identity.by_number import dump_payload, number_name
from ingest.identity.number_streams import NumberStreams
from ingest.identity.numbers import FILE, Identity
from ingest.identity.spellings import FoldedNumbers
from ingest.identity.unnumbered import BudgetDocuments, UnnumberedRow
from ingest.identity.vouchers import has_voucher
from ingest.importing.sibling_tables import FileTables
from tracker.database import ANY_OF, format_text_array
from tracker.events.payments import BudgetMoved, PaymentRecorded
from tracker.events.staffing import PersonOnLeave, PersonRostered, PersonTransferred, TrainingHeld
from tracker.log import PreparedEvents
from tracker.log.statements import StatementsBySlot, fold_statements, read_statements

_PEOPLE = {PersonRostered.type, PersonTransferred.type, PersonOnLeave.type}
_SIDE_BY_SIDE = {BudgetMoved.type, TrainingHeld.type}
_TOLD_APART = frozenset({*_PEOPLE, *_SIDE_BY_SIDE, PaymentRecorded.type})


class ThingIdentifier:
    """Names the things of one delivered table."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        center: str,
        asking: QuestionCollector,
        identity: Identity,
        base: str,
        of_file: FileTables,
    ) -> None:
        """`base`: what the ids of all deliveries of the table's bytes begin with."""
        self._connection = connection
        self._center = center
        self._identity = identity
        self._folded = FoldedNumbers(connection, center) if identity.fold_spelling else None
        self._base = base
        folds = identity.fold_spelling
        self._stints = of_file.stints(connection, center, asking, folds=folds)
        self._vouchers = of_file.vouchers(connection, center, asking, folds=folds)
        self._unnumbered = of_file.unnumbered(connection, center, asking)
        self._documents = BudgetDocuments(connection, center)
        self._streams = NumberStreams(connection, center, asking)
        self._rows: dict[str, Counter[bytes]] = defaultdict(Counter)  # plain subject → texts met

    @property
    def people(self) -> tuple[Set[str], Set[str]]:
        """Everybody whom the file lists so far, and those among them of whom nothing was known."""
        return self._stints.people

    @property
    def tells_who_left(self) -> bool:
        """Whether any row of the file so far has a day of leaving."""
        return self._stints.tells_who_left

    def finish_table(self) -> None:
        """Asks what can be asked only when a table was read to its end."""
        self._stints.finish_sheet()

    def named(self, batch: PreparedEvents) -> PreparedEvents:
        """The batch, each event about the thing that it means; what is doubtful is noted to be asked."""
        batch = self._use_known_names(batch)
        if _TOLD_APART.isdisjoint(batch.types):
            return batch
        subjects = list(batch.subjects)
        payments, side_by_side, texts = [], [], list(batch.texts)
        for place, ready in enumerate(batch):
            if ready.type in _PEOPLE:
                data = orjson.loads(ready.text)
                subjects[place], number = self._stints.find_stint(ready.type, ready.subject, ready.row, data)
                if number != data["staff_no"]:
                    texts[place] = dump_payload({**data, "staff_no": number})
            elif ready.type == PaymentRecorded.type:
                data = orjson.loads(ready.text)
                if has_voucher(data):
                    payments.append((place, ready.row, data))
                else:
                    subjects[place] = subject = self._number_alike(ready.subject, ready.text, numbered=False)
                    side_by_side.append(
                        UnnumberedRow(place, ready.row, ready.type, subject, data, numbered=False)
                    )
            elif ready.type in _SIDE_BY_SIDE:
                data, plain = orjson.loads(ready.text), ready.subject
                numbered = data.get("document") is not None
                if numbered:
                    plain, data = self._documents.as_before(plain, data)
                    texts[place] = dump_payload(data)
                subjects[place] = subject = self._number_alike(plain, texts[place], numbered=numbered)
                side_by_side.append(UnnumberedRow(place, ready.row, ready.type, subject, data, numbered))
        lines = dict(self._vouchers.lines(payments))
        for place, (subject, voucher) in lines.items():
            subjects[place] = subject
            if voucher is not None:
                texts[place] = dump_payload({**orjson.loads(texts[place]), "payment_id": voucher})
        others = [subject for subject, _ in lines.values()]
        for place, subject, data in self._unnumbered.meant(side_by_side, others):
            subjects[place], texts[place] = subject, dump_payload(data)
        return _rename_subjects(replace(batch, texts=texts), subjects)

    def _use_known_names(self, batch: PreparedEvents) -> PreparedEvents:
        """The batch with things by the names that they bore before the profile told of its numbers."""
        if not batch:
            return batch
        if self._identity.plain:
            return self._fold_spellings(batch)
        plain = {subject: subject.rpartition("@")[0] for subject in dict.fromkeys(batch.subjects)}
        things = {name: slots for name, slots in self._read_statements({*plain.values()}).items() if slots}
        if self._identity.within == FILE:
            name_of = self._streams.names(batch, plain, self._read_same_bytes(things))
        else:
            name_of = {
                subject: name
                if name in things and self._find_scope(things[name]) in (subject.rpartition("@")[2], "")
                else subject
                for subject, name in plain.items()
            }
        return self._fold_spellings(_rename_subjects(batch, [name_of[subject] for subject in batch.subjects]))

    def _fold_spellings(self, batch: PreparedEvents) -> PreparedEvents:
        """The batch with things by the first spelling of their numbers, where a profile folds them."""
        if self._folded is None or not _TOLD_APART.isdisjoint(batch.types):
            return batch
        names = self._folded.names(dict.fromkeys(batch.subjects))
        subjects, texts = [names[subject] for subject in batch.subjects], list(batch.texts)
        for place, (subject, before) in enumerate(zip(subjects, batch.subjects, strict=True)):
            if subject != before:
                kind, _, number = subject.partition("@")[0].partition("/")
                texts[place] = dump_payload(
                    {**orjson.loads(texts[place]), f"{kind.removeprefix('work_')}_id": number}
                )
        return _rename_subjects(replace(batch, texts=texts), subjects)

    def _find_scope(self, slots: StatementsBySlot) -> str | None:
        """The scope that a thing's number was given in; None: it is not known."""
        for part in fold_statements(slots).values():
            if part.type in MARKS and part.data.get(MARKS[part.type].day):
                day = date.fromisoformat(str(part.data[MARKS[part.type].day])[:10])
                return self._identity.scope(day, "") or None
        return None

    def _read_statements(self, subjects: Collection[str]) -> dict[str, StatementsBySlot]:
        return read_statements(self._connection, self._center, subjects)

    def _read_same_bytes(self, subjects: Collection[str]) -> set[str]:
        rows = self._connection.execute(
            f"SELECT DISTINCT subject FROM events WHERE center_id = %s AND subject {ANY_OF}"
            " AND (delivery = %s OR starts_with(delivery, %s))",
            (self._center, format_text_array(subjects), self._base, f"{self._base}-"),
        )
        return {subject for (subject,) in rows.fetchall()}

    def _number_alike(self, plain: str, text: bytes, *, numbered: bool) -> str:
        """The n-th row alike is the n-th thing; what has a number may be said twice."""
        met = self._rows[plain]
        if numbered and text in met:
            return number_name(plain, list(met).index(text) + 1)
        met[text] += 1
        return number_name(plain, met.total())


def _rename_subjects(batch: PreparedEvents, subjects: list[str]) -> PreparedEvents:
    """The batch about these things; a fact made ready for another name is dropped."""
    parts = zip(subjects, batch.subjects, batch.facts, batch.days, strict=True)
    fact_days = [(fact, days) if new == old else (None, b"") for new, old, fact, days in parts]
    facts, days = [fact for fact, _ in fact_days], [days for _, days in fact_days]
    return replace(batch, subjects=subjects, facts=facts, days=days)

"""Payments with a voucher: which line of it a row means."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from ingest.changes.repeated_numbers import (
    LINE,
    MOVED,
    SPELLING,
    ProposedChange,
    QuestionCollector,
    make_change,
)
from ingest.identity.by_number import Payload, ThingsByNumber, find_free_name, read_by_number
from ingest.identity.numbers import fold_number
from ingest.identity.unnumbered import fold_value, make_payment_number
from tracker.events.payments import PaymentRecorded
from tracker.names import fold_name


class Vouchers:
    """The vouchers of which the tables of one file tell, and those known before."""

    def __init__(
        self, connection: psycopg.Connection[Any], center: str, asking: QuestionCollector, *, folds: bool
    ) -> None:
        """`folds`: a number is the same however it is spelt. `asking` is that of the table being read."""
        self.asking = asking
        self._connection = connection
        self._center = center
        self._folds = folds
        self._lines: ThingsByNumber | None = None
        self._numbers_folded: dict[str, set[str]] | None = None  # folded voucher → vouchers
        self._mine: set[str] = set()  # lines that the file has told of

    def lines(
        self, rows: list[tuple[int, int | None, Payload]]
    ) -> Iterator[tuple[int, tuple[str, str | None]]]:
        """Places and subjects of rows with a voucher, each of which is a line of it; and the voucher's number
        as it was written before, where the row writes it otherwise."""
        if not rows:
            return
        if self._lines is None:
            self._lines = read_by_number(
                self._connection, self._center, "payment", PaymentRecorded.type, "payment_id", self._number
            )
        by_voucher = defaultdict(list)
        for one in rows:
            by_voucher[self._number(one[2]["payment_id"])].append(one)
        for voucher, of_it in by_voucher.items():
            self._ask_about_voucher(voucher, of_it)
            lines = self._lines.setdefault(voucher, {})
            new = []
            for place, row, data in of_it:
                subject = self._find_known_line(lines, data)
                if subject is None:
                    new.append((place, row, data))
                else:
                    yield place, (subject, self._take(lines, subject, data))
            name = voucher if self._folds else of_it[0][2]["payment_id"]
            for place, number, data in new:
                subject = (
                    self._find_known_line(lines, data)  # by an equal row just above
                    or self._find_without_voucher(lines, data)
                    or self._add_line(name, lines, number, data)
                )
                yield place, (subject, self._take(lines, subject, data))

    def _take(self, lines: dict[str, Payload], subject: str, data: Payload) -> str | None:
        """Notes that a row tells of a line; gives its voucher as it was first written, if otherwise."""
        self._mine.add(subject)
        line = lines.get(subject, data)
        before, now = line["payment_id"], data["payment_id"]
        other = before if before != now and self._number(before) == self._number(now) else None
        lines[subject] = {**line, **data, "payment_id": other or now}
        return other

    def _ask_about_voucher(self, voucher: str, rows: list[tuple[int, int | None, Payload]]) -> None:
        """记-1 and 记-0001, told of sums due in one month, may be one voucher."""
        assert self._lines is not None
        if voucher in self._lines or self.asking.answer.new or self._folds:
            return
        if self._numbers_folded is None:
            self._numbers_folded = defaultdict(set)
            for one in self._lines:
                self._numbers_folded[fold_number(one)].add(one)
        _, row, data = rows[0]
        for other in sorted(self._numbers_folded[fold_number(voucher)]):
            lines = self._lines[other]
            if any(has_voucher(line) and line["due_on"][:7] == data["due_on"][:7] for line in lines.values()):
                change = ProposedChange(
                    sort=SPELLING, row=row, subject=next(iter(lines)), field="payment_id",
                    before=other, after=voucher,
                )  # fmt: skip
                self.asking.note(change)
                return
        self._numbers_folded[fold_number(voucher)].add(voucher)

    def _find_known_line(self, lines: Mapping[str, Payload], data: Payload) -> str | None:
        """The line of the voucher that a row says again; None: it is a line not met yet."""
        alike = [one for one, line in lines.items() if _make_line_key(line) == _make_line_key(data)]
        free = [one for one in alike if one not in self._mine]
        number = {"payment_id": data["payment_id"]}  # it may be written in another way
        again = [one for one in alike if one in self._mine and {**lines[one], **number} == data]
        return next(iter([*again, *free]), None)

    def _find_without_voucher(self, lines: Mapping[str, Payload], data: Payload) -> str | None:
        """The sum due that had no voucher yet when it was told of first."""
        assert self._lines is not None
        without = () if lines else self._lines.get(make_payment_number(data), ())
        return next((one for one in without if one not in self._mine), None)

    def _add_line(self, voucher: str, lines: Mapping[str, Payload], row: int | None, data: Payload) -> str:
        """A row that may be a further line, a line corrected, or a voucher's number given again."""
        month, answer = data["due_on"][:7], self.asking.answer
        left = {one: line for one, line in lines.items() if one not in self._mine}
        here = [one for one, line in left.items() if line["due_on"][:7] == month]
        moved = [one for one, line in left.items() if _make_line_key(line)[1:] == _make_line_key(data)[1:]]
        sort, old = (MOVED, moved) if moved else (LINE, here)
        if old and answer.same:
            return old[0]
        if old and not answer.new:
            key = "due_on" if sort == MOVED else next(
                key for key in ("item", "for_period", "payee")
                if fold_value(key, lines[old[0]].get(key)) != fold_value(key, data.get(key))
            )  # fmt: skip
            self.asking.note(make_change(sort, row, old[0], key, lines[old[0]], data))
        plain = f"payment/{voucher}"
        months = {line["due_on"][:7] for line in lines.values()}
        first = plain if not lines or lines.get(plain, {}).get("due_on", "")[:7] == month else None
        root = first or (plain if not months else f"{plain}@{month}")
        return find_free_name(root, lines)

    def _number(self, number: str) -> str:
        """A number by which vouchers are looked up: whatever its brackets, widths and blanks."""
        return fold_number(number) if self._folds else fold_name(number)


def has_voucher(data: Payload) -> bool:
    """Whether a payment has the number of a voucher."""
    return bool(data["payment_id"] != make_payment_number(data))


def _make_line_key(data: Payload) -> tuple[Any, ...]:
    """What tells a line of a voucher from the others, the month in which it is due first."""
    return data["due_on"][:7], *(fold_value(name, data.get(name)) for name in ("item", "for_period", "payee"))

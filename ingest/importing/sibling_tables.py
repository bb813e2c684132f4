"""What the tables of one file have told of so far: they are parts of one list."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, TypeVar

import psycopg

from ingest.changes.repeated_numbers import QuestionCollector
from ingest.identity.stints import Stints
from ingest.identity.unnumbered import UnnumberedThings
from ingest.identity.vouchers import Vouchers

_Sort = TypeVar("_Sort", Stints, Vouchers, UnnumberedThings)


@dataclass
class FileTables:
    """Shared by the tables of a file, which are taken in one after the other.

    A thing that stands on one sheet is not missing because the next one does not hold it.
    """

    coming: Counter[str] = field(default_factory=Counter)  # kind of table → tables still to be taken in
    has_come: bool | None = None  # whether its bytes were taken in before; None: nobody looked
    known: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Kind of table → things told of that were known before."""
    named: set[str] = field(default_factory=set)  # things of rows that were held back
    days: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    """Kind of table → days of which it holds rows."""
    deliveries: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # the same, their ids
    posts: set[str] = field(default_factory=set)  # that lists of posts hold
    tells_leaving: bool = False  # whether a roster has a column of leaving days
    _told: dict[tuple[type[Any], bool], Any] = field(default_factory=dict)

    @classmethod
    def of(cls, kinds: Iterable[str]) -> "FileTables":
        """For tables of these kinds."""
        return cls(coming=Counter(kinds))

    def is_last(self, kind: str) -> bool:
        """Whether no table of a kind comes after the one being taken in."""
        return self.coming[kind] <= 1

    def done(self, kind: str) -> None:
        """Notes that a table of a kind was taken in."""
        self.coming[kind] -= 1

    def stints(
        self, connection: psycopg.Connection[Any], center: str, asking: QuestionCollector, *, folds: bool
    ) -> Stints:
        """The people of the file, asked about as the table being read asks."""
        made = partial(Stints, connection, center, asking, folds=folds)
        return self._get_shared(Stints, asking, folds, made)

    def vouchers(
        self, connection: psycopg.Connection[Any], center: str, asking: QuestionCollector, *, folds: bool
    ) -> Vouchers:
        """The payments with a voucher, asked about as the table being read asks."""
        return self._get_shared(
            Vouchers, asking, folds, lambda: Vouchers(connection, center, asking, folds=folds)
        )

    def unnumbered(
        self, connection: psycopg.Connection[Any], center: str, asking: QuestionCollector
    ) -> UnnumberedThings:
        """The things without a number, asked about as the table being read asks."""
        return self._get_shared(
            UnnumberedThings, asking, False, partial(UnnumberedThings, connection, center, asking)
        )

    def _get_shared(
        self, sort: type[_Sort], asking: QuestionCollector, folds: bool, make: Callable[[], _Sort]
    ) -> _Sort:
        found: _Sort = self._told.get((sort, folds)) or make()
        found.asking = asking
        self._told[sort, folds] = found
        return found

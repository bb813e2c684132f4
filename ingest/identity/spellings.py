"""Numbers that two lists spell differently: GD-1 and gd1, 0007 and 7.

Whether they are one number is asked, once: a list is compared with what is known only where it writes numbers
in a way that no list before did, and that may be another way of writing theirs.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations, product
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

import psycopg

from ingest.changes.repeated_numbers import SPELLING, ProposedChange, QuestionCollector
from ingest.identity.numbers import fold_number
from tracker.fact_rows import get_kind

_MOST = 64  # ways of writing numbers; where there are more, they are drawn at random
_PADDING = "%"  # the first nought of a number filled up with them
_PADDED = re.compile(b"(?<![0-9])0(?=[0-9])")
_WAYS = bytes.maketrans(
    (digits + ascii_uppercase + ascii_lowercase).encode(), b"9" * 10 + b"A" * 26 + b"a" * 26
)
_STARTS = bytes(n if n in b"0123456789" else ord("x") for n in range(256))
_RUNS = re.compile(rf"[{_PADDING}9]+|[Aa]+")


class Spellings:
    """The ways in which a table, and those before it, write the numbers of things of a kind."""

    def __init__(self, connection: psycopg.Connection[Any], center: str, asking: QuestionCollector) -> None:
        self._connection = connection
        self._center = center
        self._asking = asking
        self._mine: set[str] = set()

    def look_through(self, subjects: Iterable[str]) -> None:
        """Notes how the numbers of things are written."""
        if len(self._mine) <= _MOST:
            self._mine |= {*_describe_spelling("\n".join(subjects)).split("\n")}

    def new(self) -> list[str]:
        """The ways that no delivery before had."""
        if len(self._mine) > _MOST:
            return []
        return sorted(self._mine - self._known() - {""})

    def ask(self, kind: str, *, folds: bool) -> None:
        """Notes numbers of things of a kind that may be one; where a profile `folds` them they are."""
        if folds or self._asking.answer.new:
            return
        new = self.new()
        all_ = self._mine | self._known() if new else set()
        doubtful = {way for pair in product(new, all_) if _may_be_one(*pair) for way in pair}
        if not doubtful:
            return
        for first, other in self._alike(kind, doubtful, {*new}):
            self._asking.note(
                ProposedChange(sort=SPELLING, row=None, subject=first, field="", before=first, after=other)
            )

    def _alike(self, kind: str, doubtful: set[str], new: set[str]) -> Iterator[tuple[str, str]]:
        """Pairs of things whose numbers differ in their spelling alone, one of them spelt in a new way."""
        spelt: dict[str, list[str]] = {}
        for subject in list_subjects(self._connection, self._center, kind):
            if _describe_spelling(subject) in doubtful:
                spelt.setdefault(fold_number(subject), []).append(subject)
        for alike in spelt.values():
            yield from (
                pair for pair in combinations(alike, 2) if not new.isdisjoint(map(_describe_spelling, pair))
            )

    def _known(self) -> set[str]:
        rows = self._connection.execute(
            "SELECT spellings FROM deliveries WHERE center_id = %s AND spellings IS NOT NULL AND NOT voided",
            (self._center,),
        )
        return {way for (ways,) in rows.fetchall() for way in ways.split("\n")}


class FoldedNumbers:
    """Things by their number, however it is spelt: the first that is met bears the name."""

    def __init__(self, connection: psycopg.Connection[Any], center: str) -> None:
        self._connection = connection
        self._center = center
        self._names: dict[str, dict[str, str]] = {}  # kind → folded name → name

    def names(self, subjects: Iterable[str]) -> Mapping[str, str]:
        """The name of each thing."""
        return {
            subject: self._of(get_kind(subject)).setdefault(fold_number(subject), subject)
            for subject in subjects
        }

    def _of(self, kind: str) -> dict[str, str]:
        if kind not in self._names:
            subjects = list_subjects(self._connection, self._center, kind)
            self._names[kind] = {fold_number(subject): subject for subject in reversed(subjects)}
        return self._names[kind]


def list_subjects(connection: psycopg.Connection[Any], center: str, kind: str) -> list[str]:
    """The things of a kind of which anything is told, in the order of their names."""
    found = connection.execute(
        "SELECT DISTINCT subject FROM events WHERE center_id = %s AND subject >= %s AND subject < %s"
        " ORDER BY 1",
        (center, f"{kind}/", f"{kind}0"),
    )
    return [subject for (subject,) in found]


def _describe_spelling(text: str) -> str:
    """How numbers are written: a digit as 9, the first of a run that is padded as %, a letter as A or a."""
    written = text.encode()
    if b"x0" in b"x" + written.translate(_STARTS):  # much sooner found than searched for
        written = _PADDED.sub(_PADDING.encode(), written)
    return written.translate(_WAYS).decode()


@lru_cache(maxsize=1 << 14)
def _may_be_one(one: str, other: str) -> bool:
    """Whether a number written in one way may be one written in the other."""
    if one == other:
        return False
    runs, others = _RUNS.findall(one), _RUNS.findall(other)
    return len(runs) == len(others) and all(map(_may_be_alike, runs, others))


def _may_be_alike(run: str, other: str) -> bool:
    letters = {run[0] in "Aa", other[0] in "Aa"}
    if letters != {False} or run[0] == other[0] == "9":
        return len(letters) == 1 and len(run) == len(other)
    if run[0] == other[0]:
        return True
    plain, padded = sorted((run, other), key=lambda one: one[0] == _PADDING)
    return len(plain) < len(padded)

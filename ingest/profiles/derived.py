"""Values that a platform does not print and that follow from others: 进入队列 = 进入系统 + 导航时长.

A profile writes them in the fields' own terms: `"entered_at + ivr_ms"`, `"ended_at - talk_ms"`,
`"queueing_ms + ring_ms"`, `"queued_at or rang_at"` (the first that is told), `"talk_ms > 0"` (whether).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_TERM = re.compile(r"\s*([+-]?)\s*([a-z_]+)\s*")
_WHETHER = re.compile(r"\s*([a-z_]+)\s*>\s*0\s*")


class DerivedProblem(ValueError):
    """The text says no value; the message names what is wrong with it."""


@dataclass(frozen=True)
class Derived:
    """How a value follows from other fields of its row."""

    text: str  # as a profile writes it
    sums: tuple[tuple[tuple[int, str], ...], ...]  # alternatives, each of signed fields
    whether: bool = False  # True or False, by a quantity's being more than 0

    @property
    def fields(self) -> frozenset[str]:
        """Keys of the fields that it is made of."""
        return frozenset(key for terms in self.sums for _, key in terms)

    @property
    def steps(self) -> int:
        """Of how many rounded quantities a value is made: it may be off by a unit for each."""
        return max(len(terms) - 1 for terms in self.sums)

    def value(self, row: Mapping[str, Any]) -> Any:
        """The value of a row, field → value; None where no alternative has all its terms.

        A moment plus and minus milliseconds gives a moment, milliseconds give milliseconds.
        """
        found = next((one for terms in self.sums if (one := _add_up(terms, row)) is not None), None)
        return found if found is None or not self.whether else found > 0


def read_derived(text: str, known: Collection[str]) -> Derived:
    """Raises: DerivedProblem for a text of another form, or with a field that is not `known`."""
    if whether := _WHETHER.fullmatch(text):
        derived = Derived(text, (((1, whether[1]),),), whether=True)
    else:
        derived = Derived(text, tuple(_read_sum(part) for part in text.split(" or ")))
    unknown = sorted(derived.fields - {*known})
    if unknown:
        raise DerivedProblem(f"没有名为“{'”、“'.join(unknown)}”的字段")
    return derived


def _read_sum(text: str) -> tuple[tuple[int, str], ...]:
    terms, place = [], 0
    while place < len(text):
        found = _TERM.match(text, place)
        if found is None or bool(found[1]) != bool(place):
            raise DerivedProblem(f"“{text}”应写成 entered_at + ivr_ms、ended_at - talk_ms 这样的式子")
        terms.append((-1 if found[1] == "-" else 1, found[2]))
        place = found.end()
    if not terms:
        raise DerivedProblem("式子是空的")
    return tuple(terms)


def _add_up(terms: tuple[tuple[int, str], ...], row: Mapping[str, Any]) -> Any:
    total: Any = None
    for sign, key in terms:
        value = row.get(key)
        if value is None:
            return None
        if total is None:
            total = value if sign > 0 else -value
        elif isinstance(total, datetime):
            total += sign * timedelta(milliseconds=value)
        else:
            total += sign * value
    return total

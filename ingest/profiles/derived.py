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
        raise DerivedProblem(f"没有名为“{'”、“'.join(unknown)}”的字段。")
    return derived


def check_derived(rules: Mapping[str, Derived], moments: Collection[str], durations: Collection[str]) -> None:
    """Raises: DerivedProblem for a rule that makes no value of its field's sort, or that rests on itself."""
    for key, rule in rules.items():
        _check_sort(key, rule, moments, durations)
    own = {key for rule in rules.values() for key in rule.fields} - {*rules}
    if lost := [key for key in rules if key not in find_derivable(rules, own)]:
        raise DerivedProblem(f"“{'”、“'.join(lost)}”只由自己或互相推出，什么也推不出来")


def _check_sort(key: str, rule: Derived, moments: Collection[str], durations: Collection[str]) -> None:
    whether = key not in {*moments, *durations}
    if whether and not rule.whether:
        raise DerivedProblem(f"“{key}”说的是有没有，应写成 talk_ms > 0 这样的式子，读到的是“{rule.text}”")
    if rule.whether and not whether:
        raise DerivedProblem(f"“{key}”是时刻或时长，不能写成“{rule.text}”")
    for terms in rule.sums:
        first, *others = terms
        if key in moments and first[1] in moments:
            terms = tuple(others)
        elif key in moments:
            raise DerivedProblem(f"“{key} = {rule.text}”应由一个时刻起算，如 entered_at + ivr_ms")
        if wrong := [one for _, one in terms if one not in durations]:
            raise DerivedProblem(f"“{key} = {rule.text}”里的“{'”、“'.join(wrong)}”不是时长，不能这样加减")


def find_derivable(rules: Mapping[str, Derived], there: Collection[str]) -> set[str]:
    """Keys of the rules whose fields are `there`, or follow from what is."""
    found: set[str] = set()
    for _ in rules:
        known = {*there, *found}
        found |= {
            key for key, rule in rules.items()
            if any(known.issuperset(one for _, one in terms) for terms in rule.sums)
        }  # fmt: skip
    return found


def _read_sum(text: str) -> tuple[tuple[int, str], ...]:
    terms, place = [], 0
    while place < len(text):
        found = _TERM.match(text, place)
        if found is None or bool(found[1]) != bool(place):
            raise DerivedProblem(f"“{text}”应写成 entered_at + ivr_ms、ended_at - talk_ms 这样的式子。")
        terms.append((-1 if found[1] == "-" else 1, found[2]))
        place = found.end()
    if not terms:
        raise DerivedProblem("式子是空的。")
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

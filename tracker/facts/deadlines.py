"""By which of its deadlines a work order is judged.

The deadline in force when it passes decides: an extension granted later does not undo the breach. Where a
delivery leaves open what was in force then, the possible deadlines are weighed; if it matters which one it
was, the deadline is unknown.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tracker.events import Data
from tracker.events.work_orders import BY_RULE
from tracker.facts.fact import Told, moment, place

BEFORE, WHEN = "deadline_before", "extended_at"  # unknown: the deadline that was extended; when it was
TITLES = {BEFORE: "延期前的办结时限", WHEN: "延期时间"}


class Judged(NamedTuple):
    """The deadline that decides; None where there is none, or where something is `lacking` to know it."""

    deadline: datetime | None
    last: datetime | None  # the last one granted, whenever that was
    lacking: str | None = None


class _Granted(NamedTuple):
    """A later deadline, or a change of the deadline from one delivery to the next."""

    to: datetime | None  # None: the delivery does not say
    at: datetime | None  # None: the delivery does not say
    by: datetime | None = None  # it was granted by then, if it was: it may be a correction


def judge(
    accepted: Sequence[Told], extended: Sequence[Data], closed: Sequence[Data], redone: Sequence[Data],
    closed_at: datetime | None,
) -> Judged:  # fmt: skip
    """Judges by what acceptances told of the deadline, by extensions, and by when the order was open.

    `closed_at` is the closing that counts."""
    first, granted = _told(accepted, extended)
    last = next((one.to for one in reversed(granted) if one.to), first)
    if not granted:
        return Judged(first, last)
    possible = _possible(first, granted, _Life(closed, redone))
    if None in possible:
        return Judged(None, last, BEFORE)
    deadlines = {one for one in possible if one}
    found = {(one.year, one.month, closed_at and closed_at <= one) for one in deadlines}
    return Judged(max(deadlines), last) if len(found) == 1 else Judged(None, last, WHEN)


def _told(accepted: Sequence[Told], extended: Sequence[Data]) -> tuple[datetime | None, list[_Granted]]:
    """The first deadline of which is told, and what came after it, in the order of time."""
    known = _delivered(accepted)
    first = known[0][0] if known else None
    explicit = [_Granted(moment(one.get("deadline_at")), moment(one["at"])) for one in extended]
    named = {one.to for one in explicit}
    changed = []
    for deadline, as_of in known[1:]:
        undated = next((place for place, one in enumerate(explicit) if one.to is None), None)
        if deadline not in named and undated is not None:
            explicit[undated] = explicit[undated]._replace(to=deadline)
        elif deadline not in named:
            changed.append(_Granted(deadline, None, as_of))
    granted = [*explicit, *changed]
    granted.sort(key=lambda one: (one.at or one.by or one.to or datetime.max).timestamp())
    return (None if first in named else first), granted


def _delivered(accepted: Sequence[Told]) -> list[tuple[datetime, datetime | None]]:
    """The deadlines told one after the other, each with the state of the world that first told it.

    One that was counted by a rule is no other deadline when the rule changes: of those the last holds."""
    said = [one for told in accepted for one in (told.said or ((None, told.data),))]
    found: list[tuple[datetime, datetime | None]] = []
    for as_of, data in said:
        if "deadline_at" not in data:
            continue
        deadline = moment(data["deadline_at"])
        if deadline is None:
            found = []
        elif str(data.get("deadline_basis")).startswith(BY_RULE):
            found = [*found[:-1], (deadline, as_of)]
        elif not found or found[-1][0] != deadline:
            found.append((deadline, as_of))
    return found


class _Life:
    """When an order was open."""

    def __init__(self, closed: Sequence[Data], redone: Sequence[Data]) -> None:
        told = ((True, closed), (False, redone))
        self._steps = sorted(
            (at, place(one.get("step")), closes)
            for closes, events in told
            for one in events
            if (at := moment(one["at"]))
        )

    def is_open(self, at: datetime) -> bool:
        """Whether it was open at a moment, the closing at that very moment taken for done."""
        before = [closes for when, _, closes in self._steps if when <= at]
        return not (before and before[-1])

    def is_reopened(self, after: datetime) -> bool:
        """Whether it was sent back later."""
        return any(when > after and not closes for when, _, closes in self._steps)


def _possible(first: datetime | None, granted: Sequence[_Granted], life: _Life) -> set[datetime | None]:
    """The deadlines by which the order may have to be judged; None: one that nobody told."""
    in_force: set[datetime | None] = {first}
    breached: set[datetime | None] = set()
    for one in granted:
        following: set[datetime | None] = set()
        for deadline in in_force:
            if deadline is None:
                following.add(None)
            elif one.at is not None and one.at > deadline:
                if life.is_open(deadline):
                    breached.add(deadline)
                else:
                    following.add(one.to if life.is_reopened(deadline) else deadline)
            else:
                following.add(one.to)
                is_longer = one.to is None or one.to > deadline
                is_in_time = one.at is not None or (one.by is not None and one.by <= deadline)
                if is_longer and not is_in_time and life.is_open(deadline):
                    breached.add(deadline)
        in_force = following
    return in_force | breached

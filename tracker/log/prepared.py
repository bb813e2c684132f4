"""Events made ready for the log, in another process for example: all but their place there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, Self

import orjson

from tracker.copying import escaped
from tracker.events import Event
from tracker.events.times import BEIJING
from tracker.log.projection import only_row


class Prepared(NamedTuple):
    """An event in the words of the log."""

    type: str
    subject: str
    slot: str
    text: bytes  # canonical payload
    occurred_at: bytes  # canonical: Beijing time with offset, or null
    row: int | None
    names: bytes  # the canonical form from slot to its end
    fields: bytes  # of COPY_EVENTS, from type to row
    fact: bytes | None = None  # its thing's row, if this is all that is told of it; see `only_row`
    days: bytes = b""


def prepare(event: Event, row: int | None, *, alone: bool = False) -> Prepared:
    """An event and the row it came from, ready to append. Raises: TypeError for what has no exact text.

    `alone`: most likely nothing else is told of its thing, so that its fact can be made ready as well.
    """
    kind, source, subject, slot, text = event.type, event.source, event.subject, event.slot, event.text()
    at = None if event.occurred_at is None else time_text(event.occurred_at)
    names = orjson.dumps({"slot": slot, "source": source, "subject": subject, "type": kind})[1:]
    fact, days = only_row(kind, subject, slot, text) if alone else (None, b"")
    copied = (kind, source, subject, slot, at, None if row is None else str(row))
    return Prepared(
        kind,
        subject,
        slot,
        text,
        b"null" if at is None else b'"%b"' % at.encode(),
        row,
        names,
        "\t".join(map(escaped, copied)).encode(),
        fact,
        days,
    )


def time_text(at: datetime) -> str:
    """A moment as the log writes it: in Beijing time, with its offset."""
    beijing = at if at.tzinfo is BEIJING else at.astimezone(BEIJING)
    return orjson.dumps(beijing)[1:-1].decode()


@dataclass(slots=True)
class PreparedEvents:
    """Prepared events as columns, one a field of `Prepared`: many pass on in a fraction of the time."""

    types: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    slots: list[str] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    times: list[bytes] = field(default_factory=list)
    rows: list[int | None] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)
    fields: list[bytes] = field(default_factory=list)
    facts: list[bytes | None] = field(default_factory=list)
    days: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, events: Iterable[Prepared]) -> Self:
        """Events one by one, as columns."""
        return cls(*map(list, zip(*events, strict=True)))

    def __len__(self) -> int:
        return len(self.subjects)

    def __iter__(self) -> Iterator[Prepared]:
        return map(Prepared._make, self.each())

    def each(self) -> "zip[tuple[Any, ...]]":
        """Each event's fields, without their names."""
        return zip(*self.columns(), strict=True)

    def columns(self) -> tuple[list[Any], ...]:
        """The columns in the order of the fields."""
        return _columns(self)

    def append(self, event: Prepared) -> None:
        """Adds an event."""
        for column, value in zip(self.columns(), event, strict=True):
            column.append(value)

    def extend(self, more: Self) -> None:
        """Adds events."""
        for column, other in zip(self.columns(), more.columns(), strict=True):
            column += other

    def at(self, places: Sequence[int]) -> Self:
        """The events at these places."""
        if len(places) == len(self):
            return self
        return type(self)(*[[column[place] for place in places] for column in self.columns()])

    def cut(self, start: int, end: int) -> Self:
        """Some of the events; `end` is excluded."""
        return type(self)(*[column[start:end] for column in self.columns()])


_columns = attrgetter(*[each.name for each in fields(PreparedEvents)])


class Plain:
    """Makes ready events of one type without slots, about things whose names JSON does not escape."""

    def __init__(self, event: type[Event]) -> None:
        kind, source = event.type.encode(), event.source.encode()
        self._type = event.type
        self._names = b'"slot":"","source":"%b","subject":"%%b","type":"%b"}' % (source, kind)
        self._fields = b"%b\t%b\t%%b\t\t%%b\t%%d" % (kind, source)

    def events(
        self,
        subjects: Sequence[bytes],
        times: list[bytes],
        rows: Sequence[int],
        texts: list[bytes],
        facts: list[bytes],
        days: list[bytes],
    ) -> PreparedEvents:
        """`times`: JSON of when each occurred; the others as in `Prepared`."""
        of_all, copied = len(subjects), zip(subjects, [at[1:-1] for at in times], rows, strict=True)
        return PreparedEvents(
            types=[self._type] * of_all,
            subjects=[subject.decode() for subject in subjects],
            slots=[""] * of_all,
            texts=texts,
            times=times,
            rows=[*rows],
            names=[self._names % subject for subject in subjects],
            fields=[self._fields % each for each in copied],
            facts=[*facts],
            days=days,
        )

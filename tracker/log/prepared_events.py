"""Events made ready for the log, in another process for example: all but their place there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, Self

import orjson

from tracker.events import Event
from tracker.events.times import BEIJING
from tracker.log.projection import project_single


class PreparedEvent(NamedTuple):
    """An event in the words of the log."""

    type: str
    subject: str
    slot: str
    text: bytes  # canonical payload
    occurred_at: bytes  # canonical: Beijing time with offset, or null
    row: int | None
    fact: bytes | None = None  # its thing's row, if this is all that is told of it; see `only_row`
    days: bytes = b""
    words: bytes | None = None  # what of the payload was not gone through for numbers; None: all of it


def prepare_event(event: Event, row: int | None, *, alone: bool = False) -> PreparedEvent:
    """An event and the row it came from, ready to append. Raises: TypeError for what has no exact text.

    `alone`: most likely nothing else is told of its thing, so that its fact can be made ready as well.
    """
    kind, subject, slot, text = event.type, event.subject, event.slot, event.text()
    at = None if event.occurred_at is None else format_time(event.occurred_at)
    fact, days = project_single(kind, subject, slot, text) if alone else (None, b"")
    return PreparedEvent(kind, subject, slot, text, orjson.dumps(at), row, fact, days)


def format_time(at: datetime) -> str:
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
    facts: list[bytes | None] = field(default_factory=list)
    days: list[bytes] = field(default_factory=list)
    words: list[bytes | None] = field(default_factory=list)

    @classmethod
    def of(cls, events: Iterable[PreparedEvent]) -> Self:
        """Events one by one, as columns."""
        return cls(*map(list, zip(*events, strict=True)))

    def __len__(self) -> int:
        return len(self.subjects)

    def __iter__(self) -> Iterator[PreparedEvent]:
        return map(PreparedEvent._make, self.each())

    def each(self) -> "zip[tuple[Any, ...]]":
        """Each event's fields, without their names."""
        return zip(*self.columns(), strict=True)

    def columns(self) -> tuple[list[Any], ...]:
        """The columns in the order of the fields."""
        return _columns(self)

    def list_words(self) -> list[bytes]:
        """What people may have written: things and slots, and of the payloads what was not gone through."""
        pairs = zip(self.words, self.texts, strict=True)
        names = "\n".join((*self.subjects, *{*self.slots})).encode()
        return [names, *(text if words is None else words for words, text in pairs if words != b"")]

    def append(self, event: PreparedEvent) -> None:
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

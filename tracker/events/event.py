"""What every event type shares: its name, the thing it speaks of, its time, its payload."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

import orjson

from tracker.events.times import BEIJING

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]
Payload = Mapping[str, Json]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One statement about one thing, in the past tense.

    Two events with the same `subject` and `slot` speak of the same fact, and the later known one holds.
    Times are aware, days are dates, money is an integer of 分, durations are integer milliseconds,
    no value is None and never 0.

    A field's type carries its Chinese name, as a `Title`.

    None means that the delivery has the column and the cell says nothing. What the delivery cannot tell is
    missing from the payload (`leave_out`), so that an earlier delivery's word stays.
    """

    type: ClassVar[str]
    type_title: ClassVar[str]  # Chinese, as people see it
    source: ClassVar[str]

    @property
    def subject(self) -> str:
        """The thing spoken of, as `kind/identity`, for example `call/2023080100023932`."""
        raise NotImplementedError

    @property
    def slot(self) -> str:
        """Which fact of the thing this is; empty where a thing has just one."""
        return ""

    @property
    def occurred_at(self) -> datetime | None:
        """When it happened, with an offset; None where the delivery does not say."""
        raise NotImplementedError

    def text(self) -> bytes:
        """The payload as it is stored and hashed: RFC 8785, without floating-point numbers.

        Raises: TypeError for a time without an offset and for what has no exact text.
        """
        values = self.__dict__
        for value in values.values():
            if value.__class__ in _CHECKED and getattr(value, "tzinfo", None) is not BEIJING:
                values = _convert_times(values)
                break
        # orjson's bytes keep the buffer they were written in, twenty times their size; a copy does not
        return bytes(memoryview(orjson.dumps(values, _to_text, orjson.OPT_SORT_KEYS)))


def leave_out(event: Event, names: Iterable[str], unclear: Collection[str] = ()) -> None:
    """Takes fields out of an event that its delivery cannot tell; reading them gives their default, None.

    `unclear` are those among them whose cell was there but was not understood.
    """
    for name in names:
        event.__dict__.pop(name, None)
    if unclear:
        event.__dict__["unclear"] = sorted(unclear)


_CHECKED = (datetime, float)


def _convert_times(values: dict[str, object]) -> dict[str, object]:
    """The values with every time in Beijing time."""
    exact = dict(values)
    for name, value in values.items():
        if isinstance(value, float):
            raise TypeError(f"{name} is a floating-point number and has no exact text: {value!r}")
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise TypeError(f"{name} is a time without an offset: {value.isoformat()}")
            exact[name] = value.astimezone(BEIJING)
    return exact


def _to_text(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an event: {value!r}")

"""What lists say of things by holding them, or by leaving them out."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from tracker.events.event import Event
from tracker.events.times import day_start

CHECKED = "list_check"  # slot
STRUCK, KEPT, LISTED = "struck", "kept", "listed"


@dataclass(frozen=True, kw_only=True)
class ThingChecked(Event):
    """A newer list of the days of a thing no longer holds it, and a person said whether it counts on; or a
    list that is newer still holds it again.

    Source: the answer to what the import of that list asked; the import of the later one.
    """

    type: ClassVar[str] = "thing.checked"
    source: ClassVar[str] = "lists"

    thing: str  # subject
    listed_until: date  # last day of which the list speaks
    standing: str  # struck: counts no more | kept: counts on | listed: a later list holds it
    said_by: str | None  # None: a list, or nobody noted who said it

    @property
    def subject(self) -> str:
        return self.thing

    @property
    def slot(self) -> str:
        return CHECKED

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.listed_until)


TYPES = (ThingChecked,)

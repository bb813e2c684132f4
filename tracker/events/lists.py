"""What lists say of things by holding them, or by leaving them out."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.times import get_day_start
from tracker.events.title import Title

CHECKED = "list_check"  # slot
STRUCK, KEPT, LISTED = "struck", "kept", "listed"


@dataclass(frozen=True, kw_only=True)
class ThingChecked(Event):
    """A newer list of the days of a thing no longer holds it, and a person said whether it counts on; or a
    list that is newer still holds it again.

    Source: the answer to what the import of that list asked; the import of the later one.
    """

    type: ClassVar[str] = "thing.checked"
    type_title: ClassVar[str] = "清单核对"
    source: ClassVar[str] = "lists"

    thing: Annotated[str, Title("所指的记录", code=True)]  # subject
    listed_until: Annotated[date, Title("清单说到的最后一天")]  # last day of which the list speaks
    # struck: counts no more | kept: counts on | listed: a later list holds it
    standing: Annotated[str, Title("答复")]
    said_by: Annotated[str | None, Title("答复人")]  # None: a list, or nobody noted who said it

    @property
    def subject(self) -> str:
        return self.thing

    @property
    def slot(self) -> str:
        return CHECKED

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.listed_until)


TYPES = (ThingChecked,)
SOURCES = {"lists": "清单核对"}

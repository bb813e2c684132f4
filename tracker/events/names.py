"""Names of units, posts and agents over time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.times import get_day_start
from tracker.events.title import Title
from tracker.names import fold_name

SORTS = {"unit": "承办单位", "post": "岗位", "agent": "座席"}
WAYS = {"renamed": "改名", "merged": "并入", "distinct": "新设"}


@dataclass(frozen=True, kw_only=True)
class NameChanged(Event):
    """A unit, post or agent was renamed or became part of another; or it is new and took no other's place.

    Source: table or form of names (名称变更).
    """

    type: ClassVar[str] = "name.changed"
    type_title: ClassVar[str] = "名称变更"
    source: ClassVar[str] = "names"

    sort: Annotated[str, Title("类别", words=SORTS)]
    known_as: Annotated[str, Title("原名称")]
    way: Annotated[str, Title("变更方式", words=WAYS)]
    becomes: Annotated[str | None, Title("现名称")] = None  # None: the name stays
    # of the new name; None: two spellings of one name
    first_day: Annotated[date | None, Title("起始日")] = None
    basis: Annotated[str | None, Title("依据")] = None

    @property
    def subject(self) -> str:
        return f"names/{self.sort}"

    @property
    def slot(self) -> str:
        return fold_name(self.known_as)

    @property
    def occurred_at(self) -> datetime | None:
        return None if self.first_day is None else get_day_start(self.first_day)


TYPES = (NameChanged,)
THINGS = {"names": "名称变更"}
SOURCES = {"names": "名称变更"}

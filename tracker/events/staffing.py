"""People in post, established posts, training."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from tracker.events.event import Data, Event, leave_out
from tracker.events.times import day_start


@dataclass(frozen=True, kw_only=True)
class PersonRostered(Event):
    """A person stands in the roster with these dates and checks.

    Source: roster (人员花名册), one row per person.
    """

    type: ClassVar[str] = "person.rostered"
    source: ClassVar[str] = "roster"

    staff_no: str  # where there is none: token of the name and day of joining
    name: str | None = None  # token of the name in the vault
    post: str | None = None
    education: str | None = None
    education_check_no: str | None = None  # None: the diploma is not verified
    joined_on: date  # first day in post
    left_on: date | None = None  # first day not in post
    leaving_reason: str | None = None
    pre_job_score: Decimal | None = None  # None: no pre-job test

    @property
    def subject(self) -> str:
        return f"person/{self.staff_no}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.left_on or self.joined_on)


def restate_person(data: Data, **changes: Any) -> PersonRostered:
    """The person as an earlier payload has her, but for the changes; what it does not tell stays untold."""
    values: dict[str, Any] = {one.name: data[one.name] for one in fields(PersonRostered) if one.name in data}
    for name in ("joined_on", "left_on"):
        if values.get(name) is not None:
            values[name] = date.fromisoformat(values[name])
    if values.get("pre_job_score") is not None:
        values["pre_job_score"] = Decimal(str(values["pre_job_score"]))
    values |= changes
    person = PersonRostered(**values)
    unclear: Any = data.get("unclear") or ()
    leave_out(
        person,
        [one.name for one in fields(PersonRostered) if one.name not in values],
        [name for name in unclear if name not in changes],
    )
    return person


@dataclass(frozen=True, kw_only=True)
class PostsEstablished(Event):
    """The number of posts was fixed from a day on.

    Source: table of established posts (岗位核定), one row per post and effective day.
    """

    type: ClassVar[str] = "posts.established"
    source: ClassVar[str] = "posts"

    effective_on: date
    post: str
    headcount: int
    basis: str | None = None  # document that fixed it

    @property
    def subject(self) -> str:
        return f"posts/{self.post}/{self.effective_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.effective_on)


@dataclass(frozen=True, kw_only=True)
class TrainingHeld(Event):
    """A training session took place, or was entered and did not.

    Source: training records (培训记录), one row per session.
    """

    type: ClassVar[str] = "training.held"
    source: ClassVar[str] = "training"

    held_on: date
    topic: str
    due: int  # people who had to attend
    attended: int
    on_leave: int | None = None
    took_place: bool | None = None  # False: cancelled, or still to come; left out where no column tells

    @property
    def subject(self) -> str:
        return f"training/{self.held_on.isoformat()}/{self.topic}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.held_on)


@dataclass(frozen=True, kw_only=True)
class PersonTransferred(Event):
    """A person of the roster took up another post.

    Source: a form (调动).
    """

    type: ClassVar[str] = "person.transferred"
    source: ClassVar[str] = "roster"

    staff_no: str
    moved_on: date  # first day in the new post
    post: str
    reason: str | None = None

    @property
    def subject(self) -> str:
        return f"person/{self.staff_no}"

    @property
    def slot(self) -> str:
        return f"transfer/{self.moved_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.moved_on)


@dataclass(frozen=True, kw_only=True)
class PersonOnLeave(Event):
    """A person of the roster was on leave; she stays in post.

    Source: a form (请假).
    """

    type: ClassVar[str] = "person.on_leave"
    source: ClassVar[str] = "leaves"

    staff_no: str
    first_day: date
    end_day: date  # exclusive
    leave: str  # 年休假, 病假, 事假, …

    @property
    def subject(self) -> str:
        return f"person/{self.staff_no}"

    @property
    def slot(self) -> str:
        return f"leave/{self.first_day.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.first_day)


@dataclass(frozen=True, kw_only=True)
class _Listing(Event):
    """What full rosters say of a person by listing her, or not."""

    source: ClassVar[str] = "roster"

    person: str  # subject
    left_out_on: date  # day up to which the list speaks that has left the person out

    @property
    def subject(self) -> str:
        return self.person

    @property
    def slot(self) -> str:
        return "listing"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.left_out_on)


@dataclass(frozen=True, kw_only=True)
class PersonLeftOut(_Listing):
    """A full roster no longer lists a person of whom nobody said that she left.

    Source: the import of that roster.
    """

    type: ClassVar[str] = "person.left_out"

    last_listed_on: date  # the same of the last list that had the person


@dataclass(frozen=True, kw_only=True)
class PersonFoundAgain(_Listing):
    """A person whom a roster had left out is in post: a later list says so, or somebody does.

    Source: the import of the later roster; an answer to the question who had left.
    """

    type: ClassVar[str] = "person.found_again"

    reason: str  # listed | in_post | list_not_full
    said_by: str | None  # None: a list


TYPES = (
    PersonRostered,
    PostsEstablished,
    TrainingHeld,
    PersonTransferred,
    PersonOnLeave,
    PersonLeftOut,
    PersonFoundAgain,
)

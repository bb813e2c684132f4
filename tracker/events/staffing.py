"""People in post, established posts, training."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from tracker.events.event import Event, Payload, leave_out
from tracker.events.times import get_day_start
from tracker.events.title import Title


@dataclass(frozen=True, kw_only=True)
class PersonRostered(Event):
    """A person stands in the roster with these dates and checks.

    Source: roster (人员花名册), one row per person.
    """

    type: ClassVar[str] = "person.rostered"
    type_title: ClassVar[str] = "列入花名册"
    source: ClassVar[str] = "roster"

    staff_no: Annotated[
        str, Title("工号", code=True)
    ]  # where there is none: token of the name and day of joining
    name: Annotated[str | None, Title("姓名", personal=True)] = None
    post: Annotated[str | None, Title("岗位")] = None
    education: Annotated[str | None, Title("学历")] = None
    # None: the diploma is not verified
    education_check_no: Annotated[str | None, Title("学历核验编号", code=True)] = None
    joined_on: Annotated[date, Title("入职日期")]  # first day in post
    left_on: Annotated[date | None, Title("离职日期")] = None  # first day not in post
    leaving_reason: Annotated[str | None, Title("离职原因")] = None
    pre_job_score: Annotated[Decimal | None, Title("岗前考核成绩")] = None  # None: no pre-job test

    @property
    def subject(self) -> str:
        return f"person/{self.staff_no}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.left_on or self.joined_on)


def restate_person(data: Payload, **changes: Any) -> PersonRostered:
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
    type_title: ClassVar[str] = "核定岗位"
    source: ClassVar[str] = "posts"

    effective_on: Annotated[date, Title("生效日期")]
    post: Annotated[str, Title("岗位")]
    headcount: Annotated[int, Title("核定人数")]
    basis: Annotated[str | None, Title("核定依据")] = None  # document that fixed it

    @property
    def subject(self) -> str:
        return f"posts/{self.post}/{self.effective_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.effective_on)


@dataclass(frozen=True, kw_only=True)
class TrainingHeld(Event):
    """A training session took place, or was entered and did not.

    Source: training records (培训记录), one row per session.
    """

    type: ClassVar[str] = "training.held"
    type_title: ClassVar[str] = "举办培训"
    source: ClassVar[str] = "training"

    held_on: Annotated[date, Title("培训日期")]
    topic: Annotated[str, Title("培训内容")]
    due: Annotated[int, Title("应到人数")]  # people who had to attend
    attended: Annotated[int, Title("实到人数")]
    on_leave: Annotated[int | None, Title("请假人数")] = None
    # False: cancelled, or still to come; left out where no column tells
    took_place: Annotated[bool | None, Title("是否举办")] = None

    @property
    def subject(self) -> str:
        return f"training/{self.held_on.isoformat()}/{self.topic}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.held_on)


@dataclass(frozen=True, kw_only=True)
class PersonTransferred(Event):
    """A person of the roster took up another post.

    Source: a form (调动).
    """

    type: ClassVar[str] = "person.transferred"
    type_title: ClassVar[str] = "调动"
    source: ClassVar[str] = "roster"

    staff_no: Annotated[str, Title("工号", code=True)]
    moved_on: Annotated[date, Title("调动日期")]  # first day in the new post
    post: Annotated[str, Title("岗位")]
    reason: Annotated[str | None, Title("原因")] = None

    @property
    def subject(self) -> str:
        return f"person/{self.staff_no}"

    @property
    def slot(self) -> str:
        return f"transfer/{self.moved_on.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.moved_on)


@dataclass(frozen=True, kw_only=True)
class PersonOnLeave(Event):
    """A person of the roster was on leave; she stays in post.

    Source: a form (请假).
    """

    type: ClassVar[str] = "person.on_leave"
    type_title: ClassVar[str] = "请假"
    source: ClassVar[str] = "leaves"

    staff_no: Annotated[str, Title("工号", code=True)]
    first_day: Annotated[date, Title("起始日")]
    end_day: Annotated[date, Title("截止日（不含）")]  # exclusive
    leave: Annotated[str, Title("假别")]  # 年休假, 病假, 事假, …

    @property
    def subject(self) -> str:
        return f"person/{self.staff_no}"

    @property
    def slot(self) -> str:
        return f"leave/{self.first_day.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.first_day)


@dataclass(frozen=True, kw_only=True)
class _ListingEvent(Event):
    """What full rosters say of a person by listing her, or not."""

    source: ClassVar[str] = "roster"

    person: Annotated[str, Title("人员", code=True)]  # subject
    # day up to which the list speaks that has left the person out
    left_out_on: Annotated[date, Title("缺人名单的日期")]

    @property
    def subject(self) -> str:
        return self.person

    @property
    def slot(self) -> str:
        return "listing"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.left_out_on)


@dataclass(frozen=True, kw_only=True)
class PersonLeftOut(_ListingEvent):
    """A full roster no longer lists a person of whom nobody said that she left.

    Source: the import of that roster.
    """

    type: ClassVar[str] = "person.left_out"
    type_title: ClassVar[str] = "名单缺人"

    last_listed_on: Annotated[date, Title("最后在册日")]  # the same of the last list that had the person


@dataclass(frozen=True, kw_only=True)
class PersonFoundAgain(_ListingEvent):
    """A person whom a roster had left out is in post: a later list says so, or somebody does.

    Source: the import of the later roster; an answer to the question who had left.
    """

    type: ClassVar[str] = "person.found_again"
    type_title: ClassVar[str] = "名单复核"

    reason: Annotated[str, Title("原因")]  # listed | in_post | list_not_full
    said_by: Annotated[str | None, Title("答复人")]  # None: a list


TYPES = (
    PersonRostered,
    PostsEstablished,
    TrainingHeld,
    PersonTransferred,
    PersonOnLeave,
    PersonLeftOut,
    PersonFoundAgain,
)
THINGS = {"person": "人员", "posts": "岗位核定", "training": "培训"}
SOURCES = {"roster": "人员花名册", "posts": "岗位核定", "training": "培训记录", "leaves": "请假"}

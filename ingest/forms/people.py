"""人员变动 by hand: 入职, 离职, 调动, 请假. What is not asked for stays as the roster has it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ingest.cells import read_brief, read_day, read_id, text
from ingest.forms.form import Form, FormState, FormValues
from ingest.kinds import Build, Reading, RowProblem, TableKind
from ingest.kinds.kind import check_order
from ingest.kinds.staffing import ROSTER
from ingest.recognition.fields import Field, add_titles
from tracker.events import Event
from tracker.events.staffing import PersonOnLeave, PersonRostered, PersonTransferred, restate_person
from tracker.facts.staffing import find_post

_STAFF_NO = Field(key="staff_no", title="工号", read=read_id, required=True)
LEAVES = ("年休假", "病假", "事假", "婚假", "产假", "丧假", "工伤假", "培训", "其他")


def _make_subject(values: FormValues) -> str:
    return f"person/{values.get('staff_no', '')}"


def _restate(entered: FormState, **changes: Any) -> PersonRostered:
    """The person as the roster has her, but for the changes. Raises: RowProblem where it does not."""
    if "" not in entered.known:
        raise RowProblem("staff_no", "不在花名册里", "请核对工号；新来的人请先填“入职”")
    return restate_person(entered.known[""].data, post=find_post(entered.known), **changes)


def _has_left(current: PersonRostered, person: PersonRostered) -> bool:
    """Whether somebody comes back whose stint had ended before."""
    return current.left_on is not None and current.left_on <= person.joined_on


def _make_kind(
    name: str, source: str, asks: tuple[Field, ...], build: Callable[[FormState], Callable[[Reading], Build]],
    dated_by: str,
) -> Callable[[FormState], TableKind]:  # fmt: skip
    return lambda entered: TableKind(
        name=name,
        title=name,
        source=source,
        fields=asks,
        build=build(entered),
        dated_by=dated_by,
        day=lambda event: event.occurred_at.date(),
        past=False,
    )


def _make_joining_kind(entered: FormState) -> TableKind:
    """The roster's own kind; a number that is taken is refused, a name left empty stays."""

    def build(reading: Reading) -> Build:
        events_of = ROSTER.build(reading)

        def events(*values: Any) -> tuple[Event, ...]:
            [person] = events_of(*values)
            assert isinstance(person, PersonRostered)
            if "" not in entered.known or _has_left(_restate(entered), person):
                return (person,)
            if not entered.correcting:
                raise RowProblem(
                    "staff_no", "已在花名册里", "请核对工号；要改他的资料，请从“手工录入”或人员页更正"
                )
            current = _restate(entered)
            return (
                replace(
                    person,
                    name=person.name or current.name,
                    left_on=current.left_on,
                    leaving_reason=current.leaving_reason,
                ),
            )

        return events

    return replace(ROSTER, build=build)


def _make_leaving_builder(entered: FormState) -> Callable[[Reading], Build]:
    def build(reading: Reading) -> Build:
        def events(staff_no: str, left_on: date, leaving_reason: str | None) -> tuple[PersonRostered]:
            person = _restate(entered)
            if person.left_on and not entered.correcting:
                raise RowProblem("staff_no", f"已于 {person.left_on} 离职", "要改离职日期，请更正那一条")
            check_order(person.joined_on, left_on, "left_on", ("入职日期", "离职日期"))
            return (_restate(entered, left_on=left_on, leaving_reason=leaving_reason),)

        return events

    return build


def _make_transfer_builder(entered: FormState) -> Callable[[Reading], Build]:
    def build(reading: Reading) -> Build:
        def events(staff_no: str, moved_on: date, post: str, reason: str | None) -> tuple[PersonTransferred]:
            _check_in_post(_restate(entered), moved_on, "moved_on", "调动日期")
            return (PersonTransferred(staff_no=staff_no, moved_on=moved_on, post=post, reason=reason),)

        return events

    return build


def _make_leave_builder(entered: FormState) -> Callable[[Reading], Build]:
    def build(reading: Reading) -> Build:
        def events(staff_no: str, leave: str, first_day: date, last_day: date) -> tuple[PersonOnLeave]:
            check_order(first_day, last_day, "last_day", ("起始日", "末日"))
            _check_in_post(_restate(entered), first_day, "first_day", "起始日")
            end_day = last_day + timedelta(days=1)
            return (PersonOnLeave(staff_no=staff_no, first_day=first_day, end_day=end_day, leave=leave),)

        return events

    return build


def _check_in_post(person: PersonRostered, on: date, key: str, name: str) -> None:
    check_order(person.joined_on, on, key, ("入职日期", name))
    if person.left_on and on >= person.left_on:
        raise RowProblem(key, f"在离职（{person.left_on}）以后", "请核对工号和日期")


def _read_leave_values(data: Mapping[str, Any]) -> dict[str, Any]:
    last = date.fromisoformat(data["end_day"]) - timedelta(days=1)
    return {**data, "last_day": last.isoformat()}


JOINING = Form(
    name="joining",
    title="入职",
    about="新到岗的人，一人一条。姓名只存脱敏标识，原文进个人信息库。",
    kind=_make_joining_kind,
    asks=("staff_no", "name", "post", "joined_on", "education", "education_check_no", "pre_job_score"),
    subject=_make_subject,
    identity=("staff_no",),
    events=("person.rostered",),
    must=("name", "post"),
    hints={
        "joined_on": "第一个在岗的日子。",
        "education_check_no": "学信网验证编号；没有验证的空着。",
        "pre_job_score": "没有考核的空着。",
    },
    suggested={"education": ("大专", "本科", "硕士", "高中", "中专")},
    day="joined_on",
    values_of=lambda data: {**data, "name": None},
)

LEAVING = Form(
    name="leaving",
    title="离职",
    about="离职日期填写不在岗首日：最后工作日为6月30日的，填7月1日。",
    kind=_make_kind(
        "离职",
        "roster",
        add_titles(
            (PersonRostered,),
            _STAFF_NO,
            Field(key="left_on", read=read_day, required=True),
            Field(key="leaving_reason", read=read_brief),
        ),
        _make_leaving_builder,
        "left_on",
    ),
    asks=("staff_no", "left_on", "leaving_reason"),
    subject=_make_subject,
    identity=("staff_no",),
    events=("person.rostered",),
    suggested={"leaving_reason": ("个人原因", "合同到期", "调离", "辞退", "退休")},
    day="left_on",
)

TRANSFER = Form(
    name="transfer",
    title="调动",
    about="在本中心内换岗位。调离本中心的，请填“离职”。",
    kind=_make_kind(
        "调动",
        "roster",
        add_titles(
            (PersonTransferred,),
            _STAFF_NO,
            Field(key="moved_on", read=read_day, required=True),
            Field(key="post", title="新岗位", read=text, required=True),
            Field(key="reason", read=read_brief),
        ),
        _make_transfer_builder,
        "moved_on",
    ),
    asks=("staff_no", "moved_on", "post", "reason"),
    subject=_make_subject,
    identity=("staff_no", "moved_on"),
    events=("person.transferred",),
    day="moved_on",
)

LEAVE = Form(
    name="leave",
    title="请假",
    about="请假的人仍算在岗，不影响到位率和流动率；记下来备查。",
    kind=_make_kind(
        "请假",
        "leaves",
        add_titles(
            (PersonOnLeave,),
            _STAFF_NO,
            Field(key="leave", read=text, required=True),
            Field(key="first_day", read=read_day, required=True),
            Field(key="last_day", title="末日（含）", read=read_day, required=True),
        ),
        _make_leave_builder,
        "first_day",
    ),
    asks=("staff_no", "leave", "first_day", "last_day"),
    subject=_make_subject,
    identity=("staff_no", "first_day"),
    events=("person.on_leave",),
    suggested={"leave": LEAVES},
    day="first_day",
    values_of=_read_leave_values,
)

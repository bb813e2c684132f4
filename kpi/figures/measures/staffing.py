"""Measures of people in post, established posts and training.

A level is counted once for each person (or post) and month, so that it adds up: a year is Σ ÷ Σ.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.certainty import declare_field
from kpi.figures.measures.declared import declared
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.names import is_told_of, name_now, name_on
from kpi.figures.measures.population import Population, months
from tracker.facts.deliveries import deliveries
from tracker.facts.staffing import posts, staff, staff_posts, trainings

PASS_MARKS = (60, 70, 80)  # 岗前考核合格线; the first where nothing else is agreed
TRANSFER_WORDS = ("调动", "调岗", "转岗", "借调")
LEAVING_WORDS = ("期满", "到期", "结束", "辞职", "辞退", "解聘", "解除", "终止")  # no mere transfer

_PERSON = (
    ("工号", staff.c.staff_no),
    ("岗位", staff.c.post),
    ("入职日期", staff.c.joined_on),
    ("离职日期", staff.c.left_on),
    ("学历已验证", staff.c.education_verified),
    ("岗前考核成绩", staff.c.pre_job_score),
)


_missed_since = staff.c.last_listed_on  # the newest full list misses the person: who knows whether she left
_untold = staff.c.unknown.like("% left_on %")
_misread = staff.c.unknown.like("% left_on? %")
_first_list = (
    sa.select(sa.func.min(deliveries.c.as_of))
    .where(
        deliveries.c.center_id == staff.c.center_id,
        deliveries.c.source == "roster",
        deliveries.c.as_of_basis != "form",
        sa.not_(deliveries.c.voided),
    )
    .scalar_subquery()
)


def _listed_by(day: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether full lists had begun when a day began; from then on they tell who is in post."""
    midnight = sa.func.timezone("Asia/Shanghai", sa.cast(day, sa.TIMESTAMP))
    return sa.func.coalesce(_first_list <= midnight, sa.false(), type_=sa.Boolean)


def _left_unknown(day: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether a row does not tell if the person had left when a day began."""
    return sa.or_(
        _misread,
        sa.func.coalesce(_missed_since < day - 1, sa.false(), type_=sa.Boolean),
        sa.and_(_untold, sa.not_(_listed_by(day))),
    )


def _mark(field: str, unknown: sa.ColumnElement[bool]) -> sa.ColumnElement[str]:
    return sa.case((unknown, sa.literal(f" {field} ")), else_=sa.literal(""))


_SUSPECTS = sa.select(staff.c.center_id).where(
    sa.or_(staff.c.unknown != "", staff.c.last_listed_on.is_not(None))
)
_known = [column for column in staff.c if column.name != "unknown"]


def _post_on(day: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The post that a person of the table `staff` held on a day, as it was called then."""
    held = (
        sa.select(name_on("post", staff_posts, staff_posts.c.post, day))
        .where(
            staff_posts.c.center_id == staff.c.center_id,
            staff_posts.c.subject == staff.c.subject,
            staff_posts.c.first_day <= day,
            sa.or_(staff_posts.c.end_day.is_(None), staff_posts.c.end_day > day),
        )
        .scalar_subquery()
    )
    return sa.cast(held, sa.Text)


_stayed = sa.or_(staff.c.left_on.is_(None), staff.c.left_on > staff.c.joined_on)  # was there for a day
_joiners = (
    sa.select(
        *(column for column in staff.c if column.name != "post"),
        _post_on(staff.c.joined_on).label("post"),
    )
    .where(_stayed)
    .subquery("joiners")
)
JOINED = Population(
    key="staff_joined", title="一名入职人员", rows=_joiners, of=_joiners, day=_joiners.c.joined_on,
    columns=tuple((title, _joiners.c[column.name]) for title, column in _PERSON),
    source="roster", facts=("staff", "staff_posts", "names"), suspects=_SUSPECTS,
)  # fmt: skip

_last_present = sa.func.greatest(staff.c.left_on - 1, staff.c.joined_on, type_=sa.Date)
_leavers = (
    sa.select(
        *(column for column in _known if column.name != "post"),
        _post_on(_last_present).label("post"),
        (staff.c.unknown + _mark("left_on", _missed_since.is_not(None))).label("unknown"),
        sa.func.coalesce(staff.c.last_listed_on, staff.c.joined_on, type_=sa.Date).label("since"),
    )
    .where(_stayed)
    .subquery("leavers")
)

LEFT = Population(
    key="staff_left", title="一名离职人员", rows=_leavers, of=_leavers, day=_leavers.c.left_on,
    columns=tuple((title, _leavers.c[column.name]) for title, column in _PERSON),
    source="roster", facts=("staff",), since=_leavers.c.since, suspects=_SUSPECTS,
)  # fmt: skip

WAS_IN_POST = sa.and_(
    staff.c.joined_on <= months.c.last_day,
    sa.or_(staff.c.left_on.is_(None), staff.c.left_on >= months.c.first_day),
    sa.or_(staff.c.left_on.is_(None), staff.c.left_on > staff.c.joined_on),
)
_established_from = (
    sa.select(sa.func.min(posts.c.effective_on))
    .where(posts.c.center_id == staff.c.center_id)
    .scalar_subquery()
)
_present = sa.func.least(months.c.last_day, staff.c.left_on - 1, type_=sa.Date)
_in_months = (
    sa.select(
        *(column for column in _known if column.name != "post"),
        _post_on(_present).label("post"),
        staff.c.left_on.label("left_by_then"),  # by the first day of the month
        (
            sa.func.replace(staff.c.unknown, " left_on ", " ")
            + _mark("left_on", _left_unknown(months.c.end_day))
            + _mark("left_by_then", _left_unknown(months.c.first_day))
        ).label("unknown"),
        months.c.first_day,
        months.c.last_day,
        months.c.end_day,
        sa.cast(_established_from, sa.Date).label("established_from"),
    )
    .select_from(staff.join(months, WAS_IN_POST))
    .subquery("staff_in_months")
)
declare_field(_in_months.c.left_by_then, "离职日期")
STAFF_MONTHS = Population(
    key="staff_months", title="一人一月", rows=_in_months, of=_in_months, day=_in_months.c.last_day,
    columns=tuple((title, _in_months.c[column.name]) for title, column in _PERSON),
    source="roster", facts=("staff", "staff_posts", "posts", "names", "deliveries"), by_month=True,
    suspects=_SUSPECTS,
)  # fmt: skip

_established = sa.select(posts, name_now("post", posts, posts.c.post).label("thing")).subquery("established")
_of_thing: Any = {
    "partition_by": (_established.c.center_id, _established.c.thing),
    "order_by": (_established.c.effective_on, _established.c.seq),
}
_in_force = sa.select(
    _established,
    sa.func.lead(_established.c.effective_on).over(**_of_thing).label("until"),  # None: still in force
    (sa.func.row_number().over(**_of_thing) == 1).label("is_first"),
).subquery("posts_in_force")

# A list may rename a post, and nobody says so: one that nobody holds yet may be another that is still in
# force; so may that other one, from the day on which all who held it hold the new one.
_thing_held = name_now("post", staff_posts, staff_posts.c.post)
_held = (
    sa.select(
        staff_posts.c.center_id,
        _thing_held.label("thing"),
        sa.func.min(staff_posts.c.first_day).label("first_held"),
        sa.func.max(sa.func.coalesce(sa.func.least(staff_posts.c.end_day, staff.c.left_on), date.max)).label(
            "last_end"
        ),
    )
    .join(
        staff, sa.and_(staff.c.center_id == staff_posts.c.center_id, staff.c.subject == staff_posts.c.subject)
    )
    .where(staff_posts.c.post.is_not(None))
    .group_by(staff_posts.c.center_id, _thing_held)
    .subquery("held")
)
_old, _new, _old_held, _new_held = (
    _in_force.alias("old"),
    _in_force.alias("new"),
    _held.alias(),
    _held.alias(),
)
_with_posts = sa.select(_held.c.center_id).distinct().subquery("with_posts")  # centres whose rosters tell
_pairs = (
    _old.join(_with_posts, _with_posts.c.center_id == _old.c.center_id)
    .join(
        _new,
        sa.and_(
            _old.c.center_id == _new.c.center_id,
            _old.c.thing != _new.c.thing,
            _old.c.effective_on < _new.c.effective_on,
            sa.or_(_old.c.until.is_(None), _old.c.until > _new.c.effective_on),
            _new.c.is_first,
            sa.not_(is_told_of("post", _new, _new.c.post)),
        ),
    )
    .outerjoin(
        _old_held,
        sa.and_(_old_held.c.center_id == _old.c.center_id, _old_held.c.thing == _old.c.thing),
    )
    .outerjoin(
        _new_held,
        sa.and_(_new_held.c.center_id == _new.c.center_id, _new_held.c.thing == _new.c.thing),
    )
)
_doubted = sa.union_all(
    sa.select(
        _new.c.center_id,
        _new.c.subject,
        _new.c.effective_on.label("first_day"),
        _new_held.c.first_held.label("end_day"),
        (_old.c.headcount > _new.c.headcount).label("is_smaller"),
    )
    .select_from(_pairs)
    .where(sa.or_(_new_held.c.first_held.is_(None), _new_held.c.first_held > _new.c.effective_on)),
    sa.select(
        _old.c.center_id,
        _old.c.subject,
        _old_held.c.last_end,
        sa.cast(sa.null(), sa.Date),
        sa.false(),
    )
    .select_from(_pairs)
    .where(_old_held.c.last_end == _new_held.c.first_held),
).subquery("doubted")


def _is_doubted(*more: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether a post in a month may be another one under a new name."""
    return sa.exists().where(
        _doubted.c.center_id == _in_force.c.center_id,
        _doubted.c.subject == _in_force.c.subject,
        _doubted.c.first_day <= months.c.last_day,
        sa.or_(_doubted.c.end_day.is_(None), _doubted.c.end_day > months.c.last_day),
        *more,
    )


_thing_then = (
    sa.select(name_now("post", staff_posts, staff_posts.c.post))
    .where(
        staff_posts.c.center_id == _in_months.c.center_id,
        staff_posts.c.subject == _in_months.c.subject,
        staff_posts.c.first_day <= _in_months.c.last_day,
        sa.or_(staff_posts.c.end_day.is_(None), staff_posts.c.end_day > _in_months.c.last_day),
    )
    .scalar_subquery()
)
_at_ends = (
    sa.select(_in_months, sa.cast(_thing_then, sa.Text).label("thing"))
    .where(sa.or_(_in_months.c.left_on.is_(None), _in_months.c.left_on > _in_months.c.last_day))
    .subquery("at_month_ends")
)
_approved = (
    sa.select(sa.func.sum(_in_force.c.headcount))
    .where(
        _in_force.c.center_id == _at_ends.c.center_id,
        _in_force.c.thing == _at_ends.c.thing,
        _in_force.c.effective_on <= _at_ends.c.last_day,
        sa.or_(_in_force.c.until.is_(None), _in_force.c.until > _at_ends.c.last_day),
    )
    .scalar_subquery()
)
_sure_first = (_at_ends.c.unknown.like("% left_on %"), _at_ends.c.joined_on, _at_ends.c.subject)
_placed = sa.select(
    *(column for column in _at_ends.c if column.name != "unknown"),
    (_at_ends.c.unknown + _mark("place", _at_ends.c.thing.is_(None))).label("unknown"),
    sa.cast(_approved, sa.BigInteger).label("approved"),  # None: nobody is established in the post
    sa.func.row_number()
    .over(partition_by=(_at_ends.c.center_id, _at_ends.c.last_day, _at_ends.c.thing), order_by=_sure_first)
    .label("place"),  # among those who hold the post
).subquery("placed")
declare_field(_placed.c.place, "岗位")
PLACED = Population(
    key="staff_placed", title="一人一月，按岗位", rows=_placed, of=_placed, day=_placed.c.last_day,
    columns=(
        *((title, _placed.c[column.name]) for title, column in _PERSON),
        ("本岗位第几人", _placed.c.place),
        ("本岗位核定", _placed.c.approved),
    ),
    source="roster", facts=("staff", "staff_posts", "posts", "names", "deliveries"), by_month=True,
    suspects=sa.select(staff.c.center_id).join(
        staff_posts,
        sa.and_(staff_posts.c.center_id == staff.c.center_id, staff_posts.c.subject == staff.c.subject),
    ).where(sa.or_(staff.c.unknown != "", staff.c.last_listed_on.is_not(None), staff_posts.c.post.is_(None))),
)  # fmt: skip

_post_months = (
    sa.select(
        *(column for column in _in_force.c if column.name != "post"),
        name_on("post", _in_force, _in_force.c.post, months.c.last_day).label("post"),
        months,
        sa.case(
            (_is_doubted(_doubted.c.is_smaller), " until headcount "), (_is_doubted(), " until "), else_=""
        ).label("unknown"),
    )
    .select_from(
        _in_force.join(
            months,
            sa.and_(
                _in_force.c.effective_on <= months.c.last_day,
                sa.or_(_in_force.c.until.is_(None), _in_force.c.until > months.c.first_day),
            ),
        )
    )
    .subquery("post_months")
)
declare_field(_post_months.c.until, "是否由原有岗位改名")
declare_field(_post_months.c.headcount, "是否由原有岗位改名")
POST_MONTHS = Population(
    key="post_months", title="一个岗位一月", rows=_post_months, of=_post_months, day=_post_months.c.last_day,
    columns=(
        ("岗位", _post_months.c.post),
        ("核定人数", _post_months.c.headcount),
        ("生效日期", _post_months.c.effective_on),
        ("依据", _post_months.c.basis),
    ),
    source="posts", facts=("posts", "staff", "staff_posts", "names"), by_month=True,
    suspects=sa.select(_doubted.c.center_id),
)  # fmt: skip

_ANSWERING = "岗位是否接听电话（在统计设定里说明）"


def _answering(rows: Any, post: sa.ColumnElement[Any]) -> sa.Subquery:
    """Rows with whether the centre says that their post answers the phone."""
    said = sa.cast(declared("phone_post", rows, post, rows.c.last_day), sa.Boolean)
    found = sa.select(
        *(column for column in rows.c if column.name != "unknown"),
        said.label("answering"),
        (rows.c.unknown + _mark("answering", said.is_(None))).label("unknown"),
    ).subquery(f"{rows.name}_answering")
    declare_field(found.c.answering, _ANSWERING)
    return found


_answering_staff = _answering(_at_ends, _at_ends.c.thing)
ANSWERING_STAFF = Population(
    key="staff_answering", title="一人一月，按岗位是否接听电话", rows=_answering_staff, of=_answering_staff,
    day=_answering_staff.c.last_day,
    columns=tuple((title, _answering_staff.c[column.name]) for title, column in _PERSON),
    source="roster", facts=("staff", "staff_posts", "names", "declarations", "deliveries"), by_month=True,
    suspects=sa.select(staff.c.center_id),
)  # fmt: skip
_answering_posts = _answering(_post_months, _post_months.c.post)
ANSWERING_POSTS = Population(
    key="posts_answering", title="一个岗位一月，按是否接听电话", rows=_answering_posts, of=_answering_posts,
    day=_answering_posts.c.last_day,
    columns=(("岗位", _answering_posts.c.post), ("核定人数", _answering_posts.c.headcount)),
    source="posts", facts=(*POST_MONTHS.facts, "declarations"), by_month=True,
    suspects=sa.select(posts.c.center_id),
)  # fmt: skip

TRAININGS = Population(
    key="trainings", title="一场培训", rows=trainings, of=trainings, day=trainings.c.held_on,
    columns=(
        ("培训日期", trainings.c.held_on),
        ("培训内容", trainings.c.topic),
        ("应到人数", trainings.c.due),
        ("实到人数", trainings.c.attended),
        ("请假人数", trainings.c.on_leave),
    ),
    source="training", facts=("trainings",),
)  # fmt: skip

POPULATIONS = (JOINED, LEFT, STAFF_MONTHS, PLACED, POST_MONTHS, ANSWERING_STAFF, ANSWERING_POSTS, TRAININGS)


def _days_between(
    start: sa.ColumnElement[object], end: sa.ColumnElement[object], month: Any = months.c
) -> sa.ColumnElement[int]:
    """Days of the month from `start` to before `end`; no end: to the end of the month."""
    last = sa.func.least(sa.func.coalesce(end, month.end_day), month.end_day, type_=sa.Date)
    first = sa.func.greatest(start, month.first_day, type_=sa.Date)
    return sa.cast(last - first, sa.BigInteger)


_there = sa.and_(
    _in_months.c.joined_on < _in_months.c.first_day,
    sa.or_(_in_months.c.left_by_then.is_(None), _in_months.c.left_by_then >= _in_months.c.first_day),
)
ON_FIRST_DAY = sa.and_(
    _in_months.c.joined_on < _in_months.c.first_day,
    sa.or_(_in_months.c.left_by_then.is_(None), _in_months.c.left_by_then > _in_months.c.first_day),
)
_at_end = sa.or_(_in_months.c.left_on.is_(None), _in_months.c.left_on > _in_months.c.last_day)
_transferred = sa.and_(
    sa.or_(*(_leavers.c.leaving_reason.like(f"%{word}%") for word in TRANSFER_WORDS)),
    *(_leavers.c.leaving_reason.not_like(f"%{word}%") for word in LEAVING_WORDS),
)


def _of_people(
    key: str, title: str, about: str, shows: Callable[[Any], sa.ColumnElement[bool]]
) -> Iterator[Measure]:
    """People in post on a month's first day, and those who came in it, of whom something shows."""
    yield Measure(
        key=f"staff_on_first_day_{key}", title=f"月初当天在岗且{title}", unit="人", among=STAFF_MONTHS,
        where=sa.and_(ON_FIRST_DAY, shows(_in_months.c)),
        about=f"每月1日以前入职、1日当天在岗、{about}的人。",
    )  # fmt: skip
    yield Measure(
        key=f"staff_joined_{key}", title=f"入职且{title}", unit="人", among=JOINED, where=shows(_joiners.c),
        about=f"本期入职、{about}的人。",
    )  # fmt: skip


def _passed(mark: int) -> Callable[[Any], sa.ColumnElement[bool]]:
    return lambda person: person.pre_job_score >= mark


_days_in_post = sa.func.greatest(
    _days_between(
        sa.func.greatest(_in_months.c.joined_on, _in_months.c.established_from, type_=sa.Date),
        _in_months.c.left_on,
        _in_months.c,
    ),
    0,
    type_=sa.BigInteger,
)

MEASURES = (
    Measure(
        key="staff_joined", title="入职人数", unit="人", among=JOINED,
        about="入职日期（在岗第一天）落在本期的人；来了当天又走、一天也没有在岗的不计。",
    ),
    *_of_people("verified", "学历已验证", "有学历验证编号", lambda one: one.education_verified.is_(True)),
    *_of_people("college", "学历在大专以上", "学历为大专以上", lambda one: one.college.is_(True)),
    *(
        one
        for mark in PASS_MARKS
        for one in _of_people(
            f"passed_{mark}", f"岗前考核满{mark}分", f"岗前考核成绩不低于{mark}分", _passed(mark)
        )
    ),
    Measure(
        key="staff_left", title="离职人数", unit="人", among=LEFT,
        about="离职日期（不在岗第一天）落在本期的人；来了当天又走、一天也没有在岗的不计。",
    ),
    Measure(
        key="staff_left_not_transferred", title="离职人数（不含调动）", unit="人", among=LEFT,
        where=sa.func.coalesce(sa.not_(_transferred), sa.true()), on_demand=True,
        about=f"离职人员，除去离职原因有“{'”“'.join(TRANSFER_WORDS)}”而没有“{'”“'.join(LEAVING_WORDS)}”字样的；"
        "没写原因的算在内。",
    ),
    Measure(
        key="staff_at_month_end", title="月末在岗人数", unit="人", among=STAFF_MONTHS, where=_at_end,
        about="每月最后一天在岗的人，一人一月计一次。",
    ),
    Measure(
        key="staff_at_month_end_in_posts", title="月末在核定岗位上的人数", unit="人", among=PLACED,
        where=sa.and_(
            sa.or_(_placed.c.left_on.is_(None), _placed.c.left_on > _placed.c.last_day),
            _placed.c.place <= _placed.c.approved,
        ),
        about="每月最后一天在岗、岗位有核定人数的人；每个岗位最多计到核定人数，超出的和没有核定的岗位上的不计。",
    ),
    Measure(
        key="staff_at_month_end_answering", title="月末在接听岗位上的人数", unit="人", among=ANSWERING_STAFF,
        where=_answering_staff.c.answering.is_(True), on_demand=True,
        about="每月最后一天在岗、岗位设定为接听电话的人，一人一月计一次。",
    ),
    Measure(
        key="posts_at_month_end_answering", title="月末接听岗位的核定人数", unit="人", among=ANSWERING_POSTS,
        where=sa.and_(
            sa.or_(
                _answering_posts.c.until.is_(None), _answering_posts.c.until > _answering_posts.c.last_day
            ),
            _answering_posts.c.answering.is_(True),
        ),
        value=_answering_posts.c.headcount, on_demand=True,
        about="每月最后一天有效、岗位设定为接听电话的核定人数。",
    ),
    Measure(
        key="staff_at_month_start", title="月初在岗人数", unit="人", among=STAFF_MONTHS, where=_there,
        about="每月开始前（上月最后一天）在岗的人，一人一月计一次。",
    ),
    Measure(
        key="staff_on_first_day", title="月初当天在岗人数", unit="人", among=STAFF_MONTHS, where=ON_FIRST_DAY,
        about="每月1日以前入职、1日当天在岗的人；1日离职的人当天已不在岗，不计。",
    ),
    Measure(
        key="staff_person_days", title="在岗人日", unit="人日", among=STAFF_MONTHS, value=_days_in_post,
        where=sa.or_(_in_months.c.left_by_then.is_(None), _in_months.c.left_by_then > _in_months.c.first_day),
        about="每人在岗的日历天数之和，离职当天不算，首次岗位核定生效以前的日子不算；按月记在月末。",
    ),
    Measure(
        key="posts_at_month_end", title="月末核定人数", unit="人", among=POST_MONTHS,
        where=sa.or_(_post_months.c.until.is_(None), _post_months.c.until > _post_months.c.last_day),
        value=_post_months.c.headcount,
        about="每月最后一天有效的岗位核定人数；一经核定，直到下次核定前有效。",
    ),
    Measure(
        key="post_days", title="核定人日", unit="人日", among=POST_MONTHS,
        value=_post_months.c.headcount
        * _days_between(_post_months.c.effective_on, _post_months.c.until, _post_months.c),
        about="每天有效的核定人数之和；按月记在月末。",
    ),
    Measure(
        key="training_sessions", title="培训场次", unit="场", among=TRAININGS, about="本期举办的培训。",
    ),
    Measure(
        key="training_due", title="培训应到人次", unit="人次", among=TRAININGS, value=trainings.c.due,
        about="本期各场培训的应到人数之和。",
    ),
    Measure(
        key="training_attended", title="培训实到人次", unit="人次", among=TRAININGS,
        value=trainings.c.attended, about="本期各场培训的实到人数之和。",
    ),
)  # fmt: skip

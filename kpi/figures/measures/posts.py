"""Measures of established posts, and of people by the posts that they hold.

A level is counted once for each person (or post) and month, so that it adds up: a year is Σ ÷ Σ.
"""

from datetime import date
from typing import Any

import sqlalchemy as sa

from kpi.figures.gap import GapCode
from kpi.figures.measures.certainty import declare_field
from kpi.figures.measures.declared import select_declaration
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.names import is_name_declared, select_current_name, select_name_on
from kpi.figures.measures.population import Population, months
from kpi.figures.measures.staffing import PERSON_COLUMNS, count_days_between, in_months, mark_unknown
from kpi.figures.source import Rhythm, Source
from tracker.facts.staffing import posts, staff, staff_posts

SOURCES = (
    Source(
        key="posts",
        rhythm=Rhythm.STANDING,
        remedy="请报送岗位核定表，写明生效日期和核定人数。",
    ),
)

_established = sa.select(posts, select_current_name("post", posts, posts.c.post).label("thing")).subquery(
    "established"
)
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
_held_thing = select_current_name("post", staff_posts, staff_posts.c.post)
_holders = (
    sa.select(
        staff_posts.c.center_id,
        _held_thing.label("thing"),
        sa.func.min(staff_posts.c.first_day).label("first_held"),
        sa.func.max(sa.func.coalesce(sa.func.least(staff_posts.c.end_day, staff.c.left_on), date.max)).label(
            "last_end"
        ),
    )
    .join(
        staff, sa.and_(staff.c.center_id == staff_posts.c.center_id, staff.c.subject == staff_posts.c.subject)
    )
    .where(staff_posts.c.post.is_not(None))
    .group_by(staff_posts.c.center_id, _held_thing)
    .subquery("held")
)
_old, _new, _old_holders, _new_holders = (
    _in_force.alias("old"),
    _in_force.alias("new"),
    _holders.alias(),
    _holders.alias(),
)
_with_posts = sa.select(_holders.c.center_id).distinct().subquery("with_posts")  # centres whose rosters tell
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
            sa.not_(is_name_declared("post", _new, _new.c.post)),
        ),
    )
    .outerjoin(
        _old_holders,
        sa.and_(_old_holders.c.center_id == _old.c.center_id, _old_holders.c.thing == _old.c.thing),
    )
    .outerjoin(
        _new_holders,
        sa.and_(_new_holders.c.center_id == _new.c.center_id, _new_holders.c.thing == _new.c.thing),
    )
)
_doubted = sa.union_all(
    sa.select(
        _new.c.center_id,
        _new.c.subject,
        _new.c.effective_on.label("first_day"),
        _new_holders.c.first_held.label("end_day"),
        (_old.c.headcount > _new.c.headcount).label("is_smaller"),
    )
    .select_from(_pairs)
    .where(sa.or_(_new_holders.c.first_held.is_(None), _new_holders.c.first_held > _new.c.effective_on)),
    sa.select(
        _old.c.center_id,
        _old.c.subject,
        _old_holders.c.last_end,
        sa.cast(sa.null(), sa.Date),
        sa.false(),
    )
    .select_from(_pairs)
    .where(_old_holders.c.last_end == _new_holders.c.first_held),
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
    sa.select(select_current_name("post", staff_posts, staff_posts.c.post))
    .where(
        staff_posts.c.center_id == in_months.c.center_id,
        staff_posts.c.subject == in_months.c.subject,
        staff_posts.c.first_day <= in_months.c.last_day,
        sa.or_(staff_posts.c.end_day.is_(None), staff_posts.c.end_day > in_months.c.last_day),
    )
    .scalar_subquery()
)
_at_ends = (
    sa.select(in_months, sa.cast(_thing_then, sa.Text).label("thing"))
    .where(sa.or_(in_months.c.left_on.is_(None), in_months.c.left_on > in_months.c.last_day))
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
    (_at_ends.c.unknown + mark_unknown("place", _at_ends.c.thing.is_(None))).label("unknown"),
    sa.cast(_approved, sa.BigInteger).label("approved"),  # None: nobody is established in the post
    sa.func.row_number()
    .over(partition_by=(_at_ends.c.center_id, _at_ends.c.last_day, _at_ends.c.thing), order_by=_sure_first)
    .label("place"),  # among those who hold the post
).subquery("placed")
declare_field(_placed.c.place, "岗位")
PLACED = Population(
    key="staff_placed", title="一人一月，按岗位", rows=_placed, of=_placed, day=_placed.c.last_day,
    columns=(
        *((title, _placed.c[column.name]) for title, column in PERSON_COLUMNS),
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
        select_name_on("post", _in_force, _in_force.c.post, months.c.last_day).label("post"),
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

_ANSWERING = "岗位是否接听电话"


def _mark_answering(rows: Any, post: sa.ColumnElement[Any]) -> sa.Subquery:
    """Rows with whether the centre says that their post answers the phone."""
    declared_value = sa.cast(select_declaration("phone_post", rows, post, rows.c.last_day), sa.Boolean)
    marked = sa.select(
        *(column for column in rows.c if column.name != "unknown"),
        declared_value.label("answering"),
        (rows.c.unknown + mark_unknown("answering", declared_value.is_(None))).label("unknown"),
    ).subquery(f"{rows.name}_answering")
    declare_field(marked.c.answering, _ANSWERING, code=GapCode.TOPIC_UNDECLARED)
    return marked


_answering_staff = _mark_answering(_at_ends, _at_ends.c.thing)
ANSWERING_STAFF = Population(
    key="staff_answering", title="一人一月，按岗位是否接听电话", rows=_answering_staff, of=_answering_staff,
    day=_answering_staff.c.last_day,
    columns=tuple((title, _answering_staff.c[column.name]) for title, column in PERSON_COLUMNS),
    source="roster", facts=("staff", "staff_posts", "names", "declarations", "deliveries"), by_month=True,
    suspects=sa.select(staff.c.center_id),
)  # fmt: skip
_answering_posts = _mark_answering(_post_months, _post_months.c.post)
ANSWERING_POSTS = Population(
    key="posts_answering", title="一个岗位一月，按是否接听电话", rows=_answering_posts, of=_answering_posts,
    day=_answering_posts.c.last_day,
    columns=(("岗位", _answering_posts.c.post), ("核定人数", _answering_posts.c.headcount)),
    source="posts", facts=(*POST_MONTHS.facts, "declarations"), by_month=True,
    suspects=sa.select(posts.c.center_id),
)  # fmt: skip

POPULATIONS = (PLACED, POST_MONTHS, ANSWERING_STAFF, ANSWERING_POSTS)

MEASURES = (
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
        key="posts_at_month_end", title="月末核定人数", unit="人", among=POST_MONTHS,
        where=sa.or_(_post_months.c.until.is_(None), _post_months.c.until > _post_months.c.last_day),
        value=_post_months.c.headcount,
        about="每月最后一天有效的岗位核定人数；一经核定，直到下次核定前有效。",
    ),
    Measure(
        key="post_days", title="核定人日", unit="人日", among=POST_MONTHS,
        value=_post_months.c.headcount
        * count_days_between(_post_months.c.effective_on, _post_months.c.until, _post_months.c),
        about="每天有效的核定人数之和；按月记在月末。",
    ),
)  # fmt: skip

"""Measures of people: who is in post, who came and who left.

A level is counted once for each person (or post) and month, so that it adds up: a year is Σ ÷ Σ.
"""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from kpi.figures.gap import GapCode
from kpi.figures.measures.certainty import declare_field
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.names import select_name_on
from kpi.figures.measures.population import Population, months
from kpi.figures.source import Reach, Rhythm, Source
from tracker.facts.deliveries import deliveries
from tracker.facts.staffing import posts, staff, staff_posts

SOURCES = (
    Source(
        key="roster",
        rhythm=Rhythm.MONTHLY,
        reach=Reach.LEAVERS,
        remedy="请报送月末以后导出的花名册，列入已离职的人并填离职日期；确无变动的，请签零报告。",
    ),
)

PASS_MARKS = (60, 70, 80)  # 岗前考核合格线; the first where nothing else is agreed
TRANSFER_WORDS = ("调动", "调岗", "转岗", "借调")
LEAVING_WORDS = ("期满", "到期", "结束", "辞职", "辞退", "解聘", "解除", "终止")  # no mere transfer

PERSON_COLUMNS = (
    ("工号", staff.c.staff_no),
    ("岗位", staff.c.post),
    ("入职日期", staff.c.joined_on),
    ("离职日期", staff.c.left_on),
    ("学历已核验", staff.c.education_verified),
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


def _is_listed_by(day: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether full lists had begun when a day began; from then on they tell who is in post."""
    midnight = sa.func.timezone("Asia/Shanghai", sa.cast(day, sa.TIMESTAMP))
    return sa.func.coalesce(_first_list <= midnight, sa.false(), type_=sa.Boolean)


def _is_leaving_unknown(day: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether a row does not tell if the person had left when a day began."""
    return sa.or_(
        _misread,
        sa.func.coalesce(_missed_since < day - 1, sa.false(), type_=sa.Boolean),
        sa.and_(_untold, sa.not_(_is_listed_by(day))),
    )


def mark_unknown(field: str, unknown: sa.ColumnElement[bool]) -> sa.ColumnElement[str]:
    """What a row's column `unknown` says of a field: its name where the row does not tell it."""
    return sa.case((unknown, sa.literal(f" {field} ")), else_=sa.literal(""))


_SUSPECTS = sa.select(staff.c.center_id).where(
    sa.or_(staff.c.unknown != "", staff.c.last_listed_on.is_not(None))
)
_columns_but_unknown = [column for column in staff.c if column.name != "unknown"]


def _select_post_on(day: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The post that a person of the table `staff` held on a day, as it was called then."""
    post = (
        sa.select(select_name_on("post", staff_posts, staff_posts.c.post, day))
        .where(
            staff_posts.c.center_id == staff.c.center_id,
            staff_posts.c.subject == staff.c.subject,
            staff_posts.c.first_day <= day,
            sa.or_(staff_posts.c.end_day.is_(None), staff_posts.c.end_day > day),
        )
        .scalar_subquery()
    )
    return sa.cast(post, sa.Text)


_stayed = sa.or_(staff.c.left_on.is_(None), staff.c.left_on > staff.c.joined_on)  # was there for a day
_joiners = (
    sa.select(
        *(column for column in staff.c if column.name != "post"),
        _select_post_on(staff.c.joined_on).label("post"),
    )
    .where(_stayed)
    .subquery("joiners")
)
JOINED = Population(
    key="staff_joined", title="一名入职人员", rows=_joiners, of=_joiners, day=_joiners.c.joined_on,
    columns=tuple((title, _joiners.c[column.name]) for title, column in PERSON_COLUMNS),
    source="roster", facts=("staff", "staff_posts", "names"), suspects=_SUSPECTS,
)  # fmt: skip

_last_present = sa.func.greatest(staff.c.left_on - 1, staff.c.joined_on, type_=sa.Date)
_leavers = (
    sa.select(
        *(column for column in _columns_but_unknown if column.name != "post"),
        _select_post_on(_last_present).label("post"),
        (staff.c.unknown + mark_unknown("left_on", _missed_since.is_not(None))).label("unknown"),
        sa.func.coalesce(staff.c.last_listed_on, staff.c.joined_on, type_=sa.Date).label("since"),
    )
    .where(_stayed)
    .subquery("leavers")
)

LEFT = Population(
    key="staff_left", title="一名离职人员", rows=_leavers, of=_leavers, day=_leavers.c.left_on,
    columns=tuple((title, _leavers.c[column.name]) for title, column in PERSON_COLUMNS),
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
in_months = (
    sa.select(
        *(column for column in _columns_but_unknown if column.name != "post"),
        _select_post_on(_present).label("post"),
        staff.c.left_on.label("left_by_then"),  # when the first day of the month began
        staff.c.left_on.label("left_by_first"),  # when it had ended
        (
            sa.func.replace(staff.c.unknown, " left_on ", " ")
            + mark_unknown("left_on", _is_leaving_unknown(months.c.end_day))
            + mark_unknown("left_by_then", _is_leaving_unknown(months.c.first_day))
            + mark_unknown("left_by_first", _is_leaving_unknown(months.c.first_day + 1))
        ).label("unknown"),
        months.c.first_day,
        months.c.last_day,
        months.c.end_day,
        sa.cast(_established_from, sa.Date).label("established_from"),
    )
    .select_from(staff.join(months, WAS_IN_POST))
    .subquery("staff_in_months")
)
for _leaving in (
    in_months.c.left_on,
    in_months.c.left_by_then,
    in_months.c.left_by_first,
    _leavers.c.left_on,
):
    declare_field(_leaving, "离职日期", code=GapCode.LEAVING_UNTOLD)
STAFF_MONTHS = Population(
    key="staff_months", title="一人一月", rows=in_months, of=in_months, day=in_months.c.last_day,
    columns=tuple((title, in_months.c[column.name]) for title, column in PERSON_COLUMNS),
    source="roster", facts=("staff", "staff_posts", "posts", "names", "deliveries"), by_month=True,
    suspects=_SUSPECTS,
)  # fmt: skip

POPULATIONS = (JOINED, LEFT, STAFF_MONTHS)


def count_days_between(
    start: sa.ColumnElement[object], end: sa.ColumnElement[object], month: Any = months.c
) -> sa.ColumnElement[int]:
    """Days of the month from `start` to before `end`; no end: to the end of the month."""
    last = sa.func.least(sa.func.coalesce(end, month.end_day), month.end_day, type_=sa.Date)
    first = sa.func.greatest(start, month.first_day, type_=sa.Date)
    return sa.cast(last - first, sa.BigInteger)


_there = sa.and_(
    in_months.c.joined_on < in_months.c.first_day,
    sa.or_(in_months.c.left_by_then.is_(None), in_months.c.left_by_then >= in_months.c.first_day),
)
ON_FIRST_DAY = sa.and_(
    in_months.c.joined_on < in_months.c.first_day,
    sa.or_(in_months.c.left_by_first.is_(None), in_months.c.left_by_first > in_months.c.first_day),
)
_at_end = sa.or_(in_months.c.left_on.is_(None), in_months.c.left_on > in_months.c.last_day)
_transferred = sa.and_(
    sa.or_(*(_leavers.c.leaving_reason.like(f"%{word}%") for word in TRANSFER_WORDS)),
    *(_leavers.c.leaving_reason.not_like(f"%{word}%") for word in LEAVING_WORDS),
)


def _count_people(
    key: str, title: str, about: str, shows: Callable[[Any], sa.ColumnElement[bool]]
) -> Iterator[Measure]:
    """People in post on a month's first day, and those who came in it, of whom something shows."""
    yield Measure(
        key=f"staff_on_first_day_{key}", title=f"月初当天在岗且{title}", unit="人", among=STAFF_MONTHS,
        where=sa.and_(ON_FIRST_DAY, shows(in_months.c)),
        about=f"每月1日以前入职、1日当天在岗、{about}的人。",
    )  # fmt: skip
    yield Measure(
        key=f"staff_joined_{key}", title=f"入职且{title}", unit="人", among=JOINED, where=shows(_joiners.c),
        about=f"本期入职、{about}的人。",
    )  # fmt: skip


def _match_passed(mark: int) -> Callable[[Any], sa.ColumnElement[bool]]:
    return lambda person: person.pre_job_score >= mark


_days_in_post = sa.func.greatest(
    count_days_between(
        sa.func.greatest(in_months.c.joined_on, in_months.c.established_from, type_=sa.Date),
        in_months.c.left_on,
        in_months.c,
    ),
    0,
    type_=sa.BigInteger,
)

MEASURES = (
    Measure(
        key="staff_joined", title="入职人数", unit="人", among=JOINED,
        about="入职日期（在岗第一天）落在本期的人；来了当天又走、一天也没有在岗的不计。",
    ),
    *_count_people("verified", "学历已核验", "有学历核验编号", lambda one: one.education_verified.is_(True)),
    *_count_people("college", "学历在大专以上", "学历为大专以上", lambda one: one.college.is_(True)),
    *(
        one
        for mark in PASS_MARKS
        for one in _count_people(
            f"passed_{mark}", f"岗前考核满{mark}分", f"岗前考核成绩不低于{mark}分", _match_passed(mark)
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
        key="staff_at_month_start", title="月初在岗人数", unit="人", among=STAFF_MONTHS, where=_there,
        about="每月开始前（上月最后一天）在岗的人，一人一月计一次。",
    ),
    Measure(
        key="staff_on_first_day", title="月初当天在岗人数", unit="人", among=STAFF_MONTHS, where=ON_FIRST_DAY,
        about="每月1日以前入职、1日当天在岗的人；1日离职的人当天已不在岗，不计。",
    ),
    Measure(
        key="staff_person_days", title="在岗人日", unit="人日", among=STAFF_MONTHS, value=_days_in_post,
        where=sa.or_(
            in_months.c.left_by_first.is_(None), in_months.c.left_by_first > in_months.c.first_day
        ),
        about="每人在岗的日历天数之和，离职当天不算，首次岗位核定生效以前的日子不算；按月记在月末。",
    ),
)  # fmt: skip

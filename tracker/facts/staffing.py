"""People of the roster, established posts, training sessions."""

import re
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tracker.events.staffing import PersonLeftOut, PersonRostered, PostsEstablished, TrainingHeld
from tracker.events.times import BEIJING
from tracker.facts.fact import (
    FactRow,
    FactTable,
    Slots,
    define_fact_table,
    list_unknown,
    make_unknown_column,
    to_day,
)
from tracker.names import fold_name

staff = define_fact_table(
    "staff",
    (PersonRostered, PersonLeftOut),
    sa.Column("staff_no", sa.Text, nullable=False),
    sa.Column("name", sa.Text),  # vault token
    sa.Column("post", sa.Text, info={"by": ("post",)}),
    sa.Column("education", sa.Text),
    # 大专 and above
    sa.Column("college", sa.Boolean, info={"by": ("education",)}, doc="是否大专以上"),
    sa.Column(
        "education_verified",
        sa.Boolean,
        info={"by": ("education_check_no",)},
        doc="学历已验证",
    ),
    sa.Column("joined_on", sa.Date, nullable=False),
    sa.Column("left_on", sa.Date, info={"by": ("left_on",)}),  # first day not in post
    sa.Column("leaving_reason", sa.Text, info={"by": ("leaving_reason",)}),
    sa.Column("pre_job_score", sa.Numeric, info={"by": ("pre_job_score",)}),  # None: no pre-job test
    # None: no full list misses the person, or it is known when she left
    sa.Column("last_listed_on", sa.Date),
    make_unknown_column(),
)

staff_posts = define_fact_table(
    "staff_posts",
    (PersonRostered,),  # who held which post on which days
    sa.Column("first_day", sa.Date, nullable=False, doc="起始日"),
    sa.Column("end_day", sa.Date, doc="截止日（不含）"),  # exclusive; None: since then
    sa.Column("post", sa.Text),
    more_key=("first_day",),
    title="人员所在岗位",
)

posts = define_fact_table(
    "posts",
    (PostsEstablished,),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("post", sa.Text, nullable=False),
    sa.Column("headcount", sa.Integer, nullable=False),
    sa.Column("basis", sa.Text),
)

trainings = define_fact_table(
    "trainings",
    (TrainingHeld,),
    sa.Column("held_on", sa.Date, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("due", sa.Integer, nullable=False),
    sa.Column("attended", sa.Integer, nullable=False),
    sa.Column("on_leave", sa.Integer),
)


_COLLEGE = ("大专", "专科", "高职", "本科", "学士", "大学", "硕士", "研究生", "博士")
_SCHOOL = ("高中", "中专", "中技", "技校", "职高", "中职", "初中", "小学", "文盲")
# Words beside a 大专 that was not finished (大专结业, 大学辍学, 本科在读, 未取得毕业证, 待发证),
# or is but a limit or a likeness (大专以下, 相当于大专)
_UNFINISHED = re.compile(
    r"肄|结业|辍学|退学|休学|弃学|失学|开除|在读|在学|在校|在籍|就读|攻读|应届|年级|大[一二三四](?!专)|学期|进修|旁听|预科"
    r"|班|课程|培训|[未没无不否待拟预将非缺差]|即将|以下|低于|同等|相当|视同|相近|[?？或]"
)
_OF_A_KIND = re.compile(
    r"非(?:全日制|脱产|定向|在职|普通|统招)|不脱产|或(?:以上|更高)"
)  # says nothing of finishing


def is_college(education: str | None) -> bool | None:
    """Whether an education is 大专 or above; None where the word does not tell: one that was not finished, or
    that names a limit (大专以下) in place of a diploma, is neither."""
    if education is None:
        return None
    college, school = (any(word in education for word in words) for words in (_COLLEGE, _SCHOOL))
    if school:  # 高中 and 中专 name no 大专, finished or not; 高中以上 may be one
        return None if college or "以上" in education else False
    return True if college and not _UNFINISHED.search(_OF_A_KIND.sub("", education)) else None


def _project_person(slots: Slots) -> list[FactRow]:
    """None for whom nothing is told but leave or a transfer."""
    if "" not in slots:
        return []
    data: Any = slots[""].data
    college = is_college(data.get("education"))
    return [
        (
            data["staff_no"],
            data.get("name"),
            find_post(slots),
            data.get("education"),
            college,
            data["education_check_no"] is not None if "education_check_no" in data else None,
            to_day(data["joined_on"]),
            to_day(data.get("left_on")),
            data.get("leaving_reason"),
            data.get("pre_job_score"),
            _find_last_listed_on(slots),
            list_unknown(
                data,
                ("education_check_no", "left_on", "leaving_reason", "pre_job_score"),
                ("education",) if college is None else (),
            ),
        )
    ]


def _find_last_listed_on(slots: Slots) -> str | None:
    """The day up to which the last full list speaks that held a person whom the next one left out.

    None where it is known when she left."""
    listing = slots.get("listing")
    if listing is None or listing.type != PersonLeftOut.type or slots[""].data.get("left_on") is not None:
        return None
    return to_day(listing.data["last_listed_on"])


def find_post(slots: Slots) -> Any:
    """Of the roster and the transfers, what was told last."""
    states = [slots[""], *(part for slot, part in slots.items() if slot.startswith("transfer/"))]
    post: Any = max(states, key=lambda part: part.seq).data.get("post")
    return _fold(post)


def _fold(name: Any) -> Any:
    return name and fold_name(name)


def _project_staff_posts(slots: Slots) -> list[FactRow]:
    """The posts of a person one after the other.

    A transfer counts from its day, what the first roster says from the day of joining, what a later one says
    from the last day that it speaks of.
    """
    if "" not in slots:
        return []
    person = slots[""]
    posts = [(_find_last_day(one.as_of), one.data.get("post")) for one in person.said if "post" in one.data]
    posts = posts or [("", person.data.get("post"))]
    moves = [part.data for slot, part in slots.items() if slot.startswith("transfer/")]
    joined = str(to_day(person.data["joined_on"]))
    steps = [(joined, posts[0][1]), *posts[1:], *((to_day(move["moved_on"]), move["post"]) for move in moves)]
    changes: list[tuple[str, Any]] = []
    for first, post in sorted(steps, key=lambda step: max(str(step[0]), joined)):
        first, post = max(str(first), joined), _fold(post)
        if changes and changes[-1][0] == first:
            changes[-1] = (first, post)
        elif not changes or changes[-1][1] != post:
            changes.append((first, post))
    ends = [*(first for first, _ in changes[1:]), None]
    return [(first, end, post) for (first, post), end in zip(changes, ends, strict=True)]


def _find_last_day(as_of: datetime) -> str:
    """The last day of which a delivery of this as-of time speaks."""
    return (as_of.astimezone(BEIJING) - timedelta(microseconds=1)).date().isoformat()


def _project_posts(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    return [(to_day(data["effective_on"]), _fold(data["post"]), data["headcount"], data.get("basis"))]


def _project_training(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    if data.get("took_place") is False:
        return []
    return [(to_day(data["held_on"]), data["topic"], data["due"], data["attended"], data.get("on_leave"))]


STAFF = FactTable(
    table=staff, kind="person", days=("joined_on", "left_on", "last_listed_on"), rows=_project_person
)
STAFF_POSTS = FactTable(table=staff_posts, kind="person", days=("first_day",), rows=_project_staff_posts)
POSTS = FactTable(table=posts, kind="posts", days=("effective_on",), rows=_project_posts)
TRAININGS = FactTable(table=trainings, kind="training", days=("held_on",), rows=_project_training)
FACTS = (STAFF, STAFF_POSTS, POSTS, TRAININGS)

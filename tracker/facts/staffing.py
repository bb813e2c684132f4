"""People of the roster, established posts, training sessions."""

from typing import Any

import sqlalchemy as sa

from tracker.facts.fact import Fact, Row, Slots, day, fact_table

staff = fact_table(
    "staff",
    sa.Column("staff_no", sa.Text, nullable=False),
    sa.Column("name", sa.Text),  # vault token
    sa.Column("post", sa.Text),
    sa.Column("education", sa.Text),
    sa.Column("education_verified", sa.Boolean, nullable=False),
    sa.Column("joined_on", sa.Date, nullable=False),
    sa.Column("left_on", sa.Date),  # first day not in post
    sa.Column("leaving_reason", sa.Text),
    sa.Column("pre_job_score", sa.Numeric),  # None: no pre-job test
)

posts = fact_table(
    "posts",
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("post", sa.Text, nullable=False),
    sa.Column("headcount", sa.Integer, nullable=False),
    sa.Column("basis", sa.Text),
)

trainings = fact_table(
    "trainings",
    sa.Column("held_on", sa.Date, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("due", sa.Integer, nullable=False),
    sa.Column("attended", sa.Integer, nullable=False),
    sa.Column("on_leave", sa.Integer),
)


def _person(slots: Slots) -> list[Row]:
    """None for whom nothing is told but leave or a transfer."""
    if "" not in slots:
        return []
    data = slots[""].data
    return [
        (
            data["staff_no"],
            data["name"],
            post_of(slots),
            data["education"],
            data["education_check_no"] is not None,
            day(data["joined_on"]),
            day(data["left_on"]),
            data["leaving_reason"],
            data["pre_job_score"],
        )
    ]


def post_of(slots: Slots) -> Any:
    """Of the roster and the transfers, what was told last."""
    told = [slots[""], *(part for slot, part in slots.items() if slot.startswith("transfer/"))]
    return max(told, key=lambda part: part.seq).data["post"]


def _posts(slots: Slots) -> list[Row]:
    data = slots[""].data
    return [(day(data["effective_on"]), data["post"], data["headcount"], data["basis"])]


def _training(slots: Slots) -> list[Row]:
    data = slots[""].data
    return [(day(data["held_on"]), data["topic"], data["due"], data["attended"], data["on_leave"])]


STAFF = Fact(table=staff, kind="person", days=("joined_on", "left_on"), rows=_person)
POSTS = Fact(table=posts, kind="posts", days=("effective_on",), rows=_posts)
TRAININGS = Fact(table=trainings, kind="training", days=("held_on",), rows=_training)

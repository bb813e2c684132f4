"""岗位核定 and 合同座席 by hand: what was fixed once, of which few centres have a file."""

from collections.abc import Mapping
from typing import Any

from ingest.forms.form import Form, use_kind
from ingest.kinds.seats import CONTRACTED_SEATS as SEATS_KIND
from ingest.kinds.staffing import POSTS as POSTS_KIND
from tracker.events.seats import SeatsContracted
from tracker.events.staffing import PostsEstablished

_DAYS = "一二三四五六日"


def _spell_seats(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The row as somebody would type it: 12345 is 周一、周二 …"""
    days = "、".join(f"周{_DAYS[int(number) - 1]}" for number in payload["weekdays"])
    return {**payload, "weekdays": days}


POST = Form(
    name="post",
    title="核定岗位",
    about="编制文件或合同核定的岗位人数，每个岗位一条；人数变动时，按新的生效日期再填一条，以前各月不变。",
    kind=use_kind(POSTS_KIND),
    asks=("effective_on", "post", "headcount", "basis"),
    subject=lambda values: f"posts/{values.get('post', '')}/{values.get('effective_on', '')}",
    identity=("effective_on", "post"),
    events=(PostsEstablished.type,),
    hints={
        "effective_on": "从哪天起按这个人数核定。",
        "post": "与花名册里的写法一致。",
        "headcount": "撤销岗位的，填 0。",
        "basis": "批复或合同的文号、名称。",
    },
)

CONTRACTED_SEATS = Form(
    name="contracted_seats",
    title="合同座席",
    about="合同约定的在岗座席数，每个时段一条；同一生效日期的各条合成一张时段表，取代以前的时段表。",
    kind=use_kind(SEATS_KIND),
    asks=("effective_on", "weekdays", "from_hour", "to_hour", "seats", "basis"),
    subject=lambda values: f"contracted_seats/{values.get('effective_on', '')}",
    identity=("effective_on", "weekdays", "from_hour", "to_hour"),
    events=(SeatsContracted.type,),
    hints={
        "effective_on": "这张时段表从哪天起执行。",
        "weekdays": "如“周一至周五”“周六、周日”“每天”。",
        "from_hour": "整点，如 8:00。",
        "to_hour": "整点，最晚 24:00；跨零点的分成两条。",
        "basis": "合同或排班文件的名称、编号。",
    },
    values_of=_spell_seats,
)

"""Appeals against assessment: one row per thing that somebody asked to leave out."""

from typing import Any

import sqlalchemy as sa

from tracker.events.appeals import ExclusionAppealed
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table, make_unknown_column, to_day

appeals = define_fact_table(
    "appeals",
    (ExclusionAppealed,),
    sa.Column("about", sa.Text(collation="C"), nullable=False, doc="对象"),  # subject of the thing
    sa.Column("asked_on", sa.Date, nullable=False),
    sa.Column("asked_by", sa.Text),
    sa.Column("reason", sa.Text),
    # of several appeals one that was granted suffices
    sa.Column(
        "excluded",
        sa.Boolean,
        nullable=False,
        doc="是否剔除",
        info={"title": "审核结果", "by": ("excluded",)},
    ),
    sa.Column("decided_on", sa.Date, info={"by": ("decided_on",)}),
    sa.Column("decided_by", sa.Text),
    make_unknown_column(),
)
sa.Index("appeals_about", appeals.c.center_id, appeals.c.about)


def _appeal(slots: Slots) -> list[FactRow]:
    """The appeal that was granted, one with its day if there is any, else the last; while one waits, nobody
    knows how it ends."""
    told: list[Any] = [slots[slot].data for slot in sorted(slots)]
    granted = [each for each in told if each.get("granted")]
    one = next((each for each in granted if each.get("decided_on")), (granted or told[-1:])[0])
    excluded = bool(one.get("granted"))
    waits = not excluded and any(each.get("granted") is None for each in told)
    undated = excluded and one.get("decided_on") is None
    lacking = [name for name, lacks in (("excluded", waits), ("decided_on", undated)) if lacks]
    return [
        (
            f"work_order/{one['order_id']}", to_day(one["asked_on"]), one.get("asked_by"), one.get("reason"),
            excluded, to_day(one.get("decided_on")), one.get("decided_by"),
            f" {lacking[0]} " if lacking else "",
        )
    ]  # fmt: skip


APPEALS = FactTable(table=appeals, kind="appeal", days=("asked_on", "decided_on"), rows=_appeal)
FACTS = (APPEALS,)

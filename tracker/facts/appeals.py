"""Appeals against assessment: one row per thing that somebody asked to leave out."""

from typing import Any

import sqlalchemy as sa

from tracker.events.appeals import CallExclusionAppealed, ExclusionAppealed
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table, make_unknown_column, to_day


def _make_columns(*more: sa.Column[Any]) -> tuple[sa.Column[Any], ...]:
    """The columns of appeals whatever they are about; `more` stand before the decision."""
    return (
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
        *more,
        sa.Column("decided_on", sa.Date, info={"by": ("decided_on",)}),
        sa.Column("decided_by", sa.Text),
        make_unknown_column(),
    )


appeals = define_fact_table("appeals", (ExclusionAppealed,), *_make_columns())
call_appeals = define_fact_table(
    "call_appeals",
    (CallExclusionAppealed,),
    # what the granted one leaves out: all of the call, or its rating alone
    *_make_columns(sa.Column("scope", sa.Text, info={"by": ("scope",)})),
    more_key=("about",),
)
sa.Index("appeals_about", appeals.c.center_id, appeals.c.about)
sa.Index("call_appeals_about", call_appeals.c.center_id, call_appeals.c.about)


def _list_appeals(slots: Slots) -> list[FactRow]:
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


def _list_call_appeals(slots: Slots) -> list[FactRow]:
    """A row for each call: a number that is given to several calls has appeals about several."""
    by_call: dict[str, list[Any]] = {}
    for slot in sorted(slots):
        told: Any = slots[slot].data
        by_call.setdefault(told["call_id"], []).append(told)
    return [_make_call_row(call, told) for call, told in by_call.items()]


def _make_call_row(call: str, told: list[Any]) -> FactRow:
    """The appeal that was granted, one about all of the call with its day if there is any, else the last."""
    granted = [each for each in told if each.get("granted")]
    granted.sort(key=lambda each: (each.get("scope") != "all", each.get("decided_on") is None))
    one = (granted or told[-1:])[0]
    excluded = bool(granted)
    waiting = [each for each in told if each.get("granted") is None]
    asked = [one] if one.get("scope") == "all" and granted else [*granted, *waiting]
    doubts = {
        "excluded": bool(waiting) and not excluded,
        "scope": any(each.get("scope") is None for each in asked)
        or (excluded and len({each["scope"] for each in asked}) > 1 and one["scope"] == "rating"),
        "decided_on": excluded and one.get("decided_on") is None,
    }
    unknown = " ".join(name for name, doubted in doubts.items() if doubted)
    return (
        f"call/{call}", to_day(one["asked_on"]), one.get("asked_by"), one.get("reason"), excluded,
        one.get("scope"), to_day(one.get("decided_on")), one.get("decided_by"), unknown and f" {unknown} ",
    )  # fmt: skip


APPEALS = FactTable(table=appeals, kind="appeal", days=("asked_on", "decided_on"), rows=_list_appeals)
CALL_APPEALS = FactTable(
    table=call_appeals, kind="call_appeal", days=("asked_on", "decided_on"), rows=_list_call_appeals
)
FACTS = (APPEALS, CALL_APPEALS)
